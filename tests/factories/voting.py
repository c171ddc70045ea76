"""Ballots with a device in the room at any stage, made by the real services; every name is invented."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from branches.models import Campaign, Organization
from evaluations.models import Ballot, Urn, UrnCode, UrnSlot
from evaluations.rules import Line, Paper, tally
from evaluations.services import casting, certifying, heads, matching, urn_counting, urns
from tests.factories.evaluations import Evening, evening, save_heads, sign_all, type_all

STAGES = ("chosen", "printed", "shown", "open", "closed", "collected", "counted", "certified")
BOTH = {"ballot_channel": "on_site_both"}


@dataclass
class Voting:
    """An evening with an urn: what only the slips and the two holders know is known here."""

    made: Evening
    address: str = ""
    codes: list[str] = field(default_factory=list)
    halves: list[str] = field(default_factory=list)
    votes: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    @property
    def ballot(self) -> Ballot:
        """The ballot as it is in the database now."""
        return self.made.reload()

    @property
    def urn(self) -> Urn:
        """The urn as it is in the database now."""
        return Urn.objects.select_related("ballot__organization").get(ballot=self.made.ballot)

    def states(self) -> dict[str, int]:
        """How many codes are in which state."""
        found: dict[str, int] = {}
        for state in UrnCode.objects.filter(urn__ballot=self.made.ballot).values_list("state", flat=True):
            found[state] = found.get(state, 0) + 1
        return found

    def filled(self) -> int:
        """How many places hold a vote."""
        return UrnSlot.objects.filter(urn__ballot=self.made.ballot, filled=True).count()

    def cast(self, number: int, marks: str = "") -> str:
        """Let one slip vote; by default an invented vote. Returns the receipt."""
        vote = marks or invented_vote(self.made.rows, len(self.made.ballot.scale), number)
        receipt = casting.cast(self.urn, self.codes[number], vote)
        self.votes.append(vote)
        self.receipts.append(receipt)
        return receipt

    def sums(self) -> list[Line]:
        """The sums of the votes cast here, counted in the plain way."""
        lines, _ = tally([Paper(v) for v in self.votes], self.made.rows, len(self.made.ballot.scale))
        return lines


def invented_vote(rows: int, options: int, seed: int) -> str:
    """A vote of all kinds of marks, the same for the same seed."""
    chance = random.Random(seed * 100 + rows)
    return "".join(
        chance.choice("1" * 4 + "".join(map(str, range(1, options + 1))) + "0") for _ in range(rows)
    )


def voting(
    stage: str = "open",
    *,
    members: int = 6,
    channel: str = "device",
    votes: Sequence[str] | int = 0,
    organization: Organization | None = None,
    campaign: Campaign | None = None,
    papers: int = 2,
) -> Voting:
    """A ballot with a device that has come to `stage`; `votes`: how many of the slips vote, or what.

    With channel "both" `papers` of those present get a paper, the others draw a slip.
    """
    made = evening("setup", members=members, organization=organization, campaign=campaign, rules=BOTH)
    made.ballot = urns.choose_channel(ballot=made.ballot, channel=channel, by=made.secretary)
    found, last = Voting(made), STAGES.index(stage)
    if last >= STAGES.index("printed"):
        print_slips(found)
    if last >= STAGES.index("shown"):
        show_halves(found)
    if last >= STAGES.index("open"):
        open_voting(found, papers=papers)
        wanted = votes if not isinstance(votes, int) else [""] * votes
        for number, vote in enumerate(wanted):
            found.cast(number, vote)
    if last >= STAGES.index("closed"):
        made.ballot = urns.close_voting(ballot=made.ballot, by=made.secretary)
    if last >= STAGES.index("collected"):
        collect(found, papers=papers)
    if last >= STAGES.index("counted"):
        count(found)
    if last >= STAGES.index("certified"):
        finish(found)
    return found


def print_slips(found: Voting) -> None:
    """Print slips; what stands on them is kept here only."""
    printed = urns.print_codes(ballot=found.made.ballot, by=found.made.secretary)
    found.address, found.codes = printed.address, list(printed.codes)


def show_halves(found: Voting) -> None:
    """Both 计票人 get their half."""
    found.halves = [urns.show_half(ballot=found.made.ballot, by=teller) for teller in found.made.tellers]


def open_voting(found: Voting, *, papers: int = 2, codes: int | None = None) -> None:
    """Hand out papers (if there are any) and slips to all present, and begin."""
    made, present = found.made, found.made.meeting.present_count
    if made.ballot.on_paper:
        codes = present - papers if codes is None else codes
        save_heads(made, printed=papers + 1, issued=papers, codes_issued=codes)
    else:
        save_heads(made, codes_issued=present if codes is None else codes)
    made.ballot = heads.issue(ballot=made.ballot, by=made.secretary)


def collect(found: Voting, *, papers: int = 2) -> None:
    """Count what is in the box of papers, if there is one, and go on to the counting."""
    made = found.made
    if made.ballot.on_paper:
        save_heads(made, replaced=0, unused=1, returned=papers)
    made.ballot = heads.collect(ballot=made.reload(), by=made.secretary)


def count(found: Voting) -> None:
    """Open the urn with both halves."""
    made = found.made
    made.ballot = urn_counting.open_urn(
        ballot=made.ballot, by=made.tellers[0], first=found.halves[0], second=found.halves[1]
    )


def finish(found: Voting) -> None:
    """Type what papers there are, vouch, certify."""
    made = found.made
    if made.ballot.on_paper:
        type_papers_of(found)
    sign_all(made)
    made.ballot = certifying.certify(ballot=made.ballot, by=made.secretary)


def type_papers_of(found: Voting) -> None:
    """Both type the papers, and the result is formed."""
    made = found.made
    from_papers = made.ballot.returned or 0
    made.votes = made.votes or [
        Paper(invented_vote(made.rows, len(made.ballot.scale), 900 + n)) for n in range(from_papers)
    ]
    type_all(made)
    made.ballot = matching.match(ballot=made.ballot, by=made.tellers[0])
