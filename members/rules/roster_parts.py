"""What part each member has in a ballot, from the campaign's rules: expected, voter, rated, only listed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """The parts of one member on the roster."""

    is_expected: bool
    is_voter: bool
    is_subject: bool
    listed_only: bool
    leader_exempt: bool


def part_of(
    *,
    probationary: bool,
    suspended: bool,
    leader: bool,
    probationary_subject: str,
    probationary_votes: bool,
    suspended_votes: bool,
    leader_exempt: str,
) -> Part:
    """Returns the parts of a member on the roll.

    A probationary member is never rated (“预备党员不评定等次”): printed when probationary_subject is "listed", and fills in a form
    when the rules say so. 留党察看: as suspended_votes says. leader_exempt ("none", "subject", "voter", "both") takes leaders who
    took part in the leading body's 民主生活会 out of being rated, of filling in, or of both; they stay in 应到.
    """
    exempt_subject = leader and leader_exempt in {"subject", "both"}
    exempt_voter = leader and leader_exempt in {"voter", "both"}
    votes = (probationary_votes or not probationary) and (suspended_votes or not suspended)
    return Part(
        is_expected=True,
        is_voter=votes and not exempt_voter,
        is_subject=not probationary and not exempt_subject,
        listed_only=probationary and probationary_subject == "listed" and not exempt_subject,
        leader_exempt=exempt_subject or exempt_voter,
    )
