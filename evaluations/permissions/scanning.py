"""Who uploads scanned sheets, sees what became of them, and decides about a whole page. Nobody above the branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import User
from branches.permissions import Answer, Denied
from evaluations.models import Ballot, BallotStatus
from evaluations.permissions.ballots import can_count_heads, can_match

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

NOT_COUNTED_YET = "先当众清点收回的票，把张数填好，再扫描。"


def _not_scanned(ballot: Ballot) -> Denied:
    if not ballot.on_paper:
        return Denied("这次测评没有纸质票，不扫描。")
    return Denied(f"这次测评的计票方式是「{ballot.get_entry_mode_display()}」，不扫描。")


def can_see_scans(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """See what became of each page, never a mark: 计票人, 监票人 and the branch's clerks."""
    return can_count_heads(user, ballot)


def can_upload_scans(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Upload sheets: who may see the pages, once the papers are counted by hand and while counting is on."""
    allowed = can_see_scans(user, ballot)
    if isinstance(allowed, Denied):
        return allowed
    if not ballot.is_scanned:
        return _not_scanned(ballot)
    if ballot.status in (BallotStatus.SETUP, BallotStatus.ISSUED):
        return Denied(NOT_COUNTED_YET)
    if ballot.status != BallotStatus.COLLECTED:
        return Denied(f"现在是「{ballot.get_status_display()}」，不能再扫描。")
    return True


def can_try_sheet(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Try a printed sheet in the scanner before the meeting: who may see the pages, while the ballot is set up."""
    allowed = can_see_scans(user, ballot)
    if isinstance(allowed, Denied):
        return allowed
    if ballot.status != BallotStatus.SETUP:
        return Denied("试票在发票以前试。已经发票的，请直接清点、扫描。")
    return True


def can_judge_page(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Say that a page is a double, blank or not to be counted: a 计票人, while counting is on."""
    allowed = can_match(user, ballot)
    if isinstance(allowed, Denied):
        return Denied("只有本次会议的计票人可以判断一页票算不算。")
    if not ballot.is_scanned:
        return _not_scanned(ballot)
    if ballot.status != BallotStatus.COLLECTED:
        return Denied(f"现在是「{ballot.get_status_display()}」，不能再改扫描的页。")
    return True
