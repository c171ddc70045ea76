"""Who prepares, counts, certifies, voids and reads a ballot. Nobody may ever read single papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import User
from branches.permissions import (
    CLERK_ROLES,
    COMMITTEE_ROLES,
    LEADERS,
    OFFICE_ROLES,
    READER_ROLES,
    SUPERIOR_KINDS,
    Answer,
    Denied,
    holds,
    posts_at,
)
from evaluations.models import Ballot, BallotStatus
from meetings.models import Meeting
from meetings.permissions import is_scrutineer, is_teller

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

HAS_RESULT = (BallotStatus.MATCHED, BallotStatus.CERTIFIED)


def _serves(user: User | AnonymousUser, meeting: Meeting) -> bool:
    """Whether the meeting named the user 监票人 or 计票人."""
    return bool(is_teller(user, meeting)) or bool(is_scrutineer(user, meeting))


def can_prepare_ballot(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Set up the ballot and print the form: the branch's secretary, deputy or organiser."""
    if holds(user, CLERK_ROLES, meeting.organization):
        return True
    return Denied("测评由本支部书记、副书记或组织委员准备。")


def can_print_form(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Print the empty form: who prepares the ballot, and who counts it."""
    if _serves(user, ballot.meeting):
        return True
    return can_prepare_ballot(user, ballot.meeting)


def can_count_heads(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Enter printed, issued and returned papers: the branch's clerks, 监票人 and 计票人."""
    return can_print_form(user, ballot)


def can_enter(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Type papers or totals: only a 计票人 of this meeting, while counting is on."""
    if not is_teller(user, ballot.meeting):
        return Denied("只有本次会议的计票人可以录票。")
    if not ballot.on_paper:
        return Denied("本次只用现场电子票，没有纸质票要录。")
    if ballot.status != BallotStatus.COLLECTED:
        return Denied(f"现在是「{ballot.get_status_display()}」，不能录票。")
    return True


def can_match(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Compare the two typings and read papers again: a 计票人 of this meeting."""
    if is_teller(user, ballot.meeting):
        return True
    return Denied("核对由本次会议的计票人办理。")


def can_free_slot(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Let another 计票人 go on in a typist's place: the branch's clerks."""
    return can_prepare_ballot(user, ballot.meeting)


def can_sign(user: User | AnonymousUser, ballot: Ballot, duty: str) -> Answer:
    """Vouch on screen in one's own capacity."""
    fitting = {
        "scrutineer": bool(is_scrutineer(user, ballot.meeting)),
        "teller": bool(is_teller(user, ballot.meeting)),
        "secretary": holds(user, LEADERS, ballot.organization),
    }
    if fitting.get(duty):
        return True
    return Denied("只能以自己在本次测评中的身份确认。")


def can_note_paper_signature(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Note that a 监票人 or 计票人 without an account has signed the printed table."""
    return can_prepare_ballot(user, ballot.meeting)


def can_certify(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Freeze the result: the branch's secretary or deputy."""
    if holds(user, LEADERS, ballot.organization):
        return True
    return Denied("核定由支部书记（副书记）办理。")


def can_void(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Void the round so that it is held again: the branch's secretary, or the office above (责令重新进行)."""
    if holds(user, LEADERS, ballot.organization):
        return True
    if any(
        p.organization.kind in SUPERIOR_KINDS
        for p in posts_at(user, (*OFFICE_ROLES, *LEADERS), ballot.organization)
    ):
        return True
    return Denied("只有支部书记或上级党组织可以作废重来。")


def can_see_result(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Read the counts on screen: the branch's committee and who counted; superiors once certified.

    Below the minimum of papers counts are on the signed form only, for nobody on screen.
    """
    if ballot.status not in HAS_RESULT and not ballot.certified_on:
        return Denied("还没有计票结果。")
    if ballot.counts_withheld:
        return Denied("有效票太少，为保护无记名投票，票数只在签字的汇总表上。")
    return _may_read(user, ballot)


def can_print_result(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Print the branch's table for signing: with few papers only for those who sign it."""
    if ballot.status not in HAS_RESULT and not ballot.certified_on:
        return Denied("还没有计票结果，先请两位计票人录完并核对。")
    if holds(user, CLERK_ROLES, ballot.organization) or _serves(user, ballot.meeting):
        return True
    if ballot.counts_withheld:
        return Denied("有效票太少，为保护无记名投票，汇总表只由支部打印签字保存。")
    return _may_read(user, ballot)


def _may_read(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Readers of a result that is not withheld."""
    if holds(user, COMMITTEE_ROLES, ballot.organization) or _serves(user, ballot.meeting):
        return True
    above = posts_at(user, READER_ROLES, ballot.organization)
    if any(p.organization_id != ballot.organization_id for p in above):
        if ballot.certified_on:
            return True
        return Denied("支部核定以后，上级才能查看。")
    return Denied("测评情况由支部掌握并报上一级党组织备案。")
