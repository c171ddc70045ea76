"""The quorum of one meeting: for opening it, and for taking a resolution at it."""

from __future__ import annotations

from branches.permissions import Answer, Denied
from meetings.models import Meeting
from meetings.rules.kinds import BODY, ROSTER
from meetings.rules.quorum import ALL_EXPECTED, ENTITLED, LEADERS, SEATED, Quorum


def has_ballot(meeting: Meeting) -> bool:
    """Whether the rules ask for a ballot at the meeting: at a 党员大会 only, and not again at another sitting."""
    return (
        meeting.about.people == ROSTER
        and meeting.continues_id is None
        and meeting.rules().ballot_place != "none"
    )


def _of_seats(meeting: Meeting) -> Quorum | None:
    """The quorum of a committee: all its seats are the base, whoever is on leave."""
    about, counts = meeting.about, meeting.counts()
    if not about.quorum:
        return None
    share = getattr(meeting.rules(), about.quorum)
    base = LEADERS if BODY in about.holders else SEATED
    return Quorum(base, counts.expected, counts.present, share, about.refuses)


def opening_quorum(meeting: Meeting) -> Quorum | None:
    """What must be present for the meeting to be opened; None where nothing is asked.

    A 党员大会 with a ballot asks for the share of the ballot; it warns only (不足的写明原因).
    """
    if meeting.has_seats:
        return _of_seats(meeting)
    if has_ballot(meeting):
        counts = meeting.counts()
        return Quorum(ALL_EXPECTED, counts.expected, counts.present, meeting.rules().ballot_quorum)
    return None


def resolution_quorum(meeting: Meeting) -> Quorum | None:
    """What must be present for a resolution; None for kinds that take none (党小组会、通报会、动员会、分析会).

    At a 党员大会 only full members with a right to vote are counted: neither 预备党员 nor those 留党察看; who is
    not counted (不计应到) leaves the base, who takes part elsewhere (流入地参加) stays in it and is not present.
    """
    if meeting.has_seats:
        return _of_seats(meeting)
    if meeting.about.people != ROSTER:
        return None
    counts = meeting.counts()
    share = meeting.rules().resolution_quorum
    return Quorum(ENTITLED, counts.entitled, counts.entitled_present, share, refuses=True)


def can_take_resolution(meeting: Meeting) -> Answer:
    """Whether the meeting can decide something today, with the arithmetic in the refusal."""
    quorum = resolution_quorum(meeting)
    if quorum is None:
        return Denied(f"{meeting.get_kind_display()}不作决议。")
    if not quorum.is_met:
        return Denied(f"{quorum.words}不能表决作决议。")
    return True


def below_quorum(meeting: Meeting) -> str:
    """The sentence about too few people present for opening; empty when there are enough."""
    quorum = opening_quorum(meeting)
    if quorum is None or quorum.is_met or not quorum.expected:
        return ""
    return f"{quorum.base} {quorum.expected} 人，实到 {quorum.present} 人，不到规则要求的 {quorum.least} 人"
