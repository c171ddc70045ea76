"""What a person says about a whole page: blank, not to be counted, or counted again after all."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Q

from branches.models import User
from branches.permissions import Denied
from branches.services.audit import record
from branches.workflow import NotAllowed
from evaluations.models import Ballot, PageFate, ScanDouble, ScanPage
from evaluations.permissions import can_judge_page
from evaluations.services.count_chain import note
from evaluations.services.scan_sealing import open_page_part
from evaluations.services.strips import reopen_seats

DOUBLE, EMPTY_SHEET = "double", "not_a_vote"
# Why a page is not counted, as people choose it.
REASONS = {
    "rescanned": "这一张已经重扫，这一页不算",
    "typed": "这一张改为手工录入",
    "void": "这是整张作废的票",
    "mistake": "这一页不是投出的票（试票、样张、余票）",
}
ASIDE_WORDS = {**REASONS, DOUBLE: "和另一页是同一张", EMPTY_SHEET: "空白页不是投出的票"}
NO_SUCH_PAGE = "没有这一页，或者它已经改过了。请刷新本页再看。"


def judged(ballot: Ballot, by: User) -> Ballot:
    """The ballot's row, locked, if the user may judge pages now; else NotAllowed with the reason."""
    locked = Ballot.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=ballot.pk)
    answer = can_judge_page(by, locked)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    return locked


def find_page(ballot: Ballot, page: uuid.UUID, *fates: str) -> ScanPage:
    """A page of the ballot that has one of these fates; raises NotAllowed when there is none."""
    found = ScanPage.objects.filter(ballot=ballot, pk=page, fate__in=fates).first()
    if found is None:
        raise NotAllowed(NO_SUCH_PAGE)
    return found


def put_aside(ballot: Ballot, page: ScanPage, why: str) -> None:
    """Count a page, and the rows that come from it, no longer; both people have to say anew that they are done."""
    ScanPage.objects.filter(pk=page.pk).update(fate=PageFate.SET_ASIDE, reason=why)
    reopen_seats(ballot.pk)


def set_aside(*, ballot: Ballot, by: User, page: uuid.UUID, reason: str) -> None:
    """Take a page that was read, or a blank one, out of the count; it can be counted again."""
    if reason not in REASONS:
        raise NotAllowed("请选一个不计这一页的原因。")
    with transaction.atomic():
        locked = judged(ballot, by)
        found = find_page(locked, page, PageFate.READ, PageFate.BLANK, PageFate.BLANK_CONFIRMED)
        put_aside(locked, found, reason)
        note(locked, "page_aside", {"side": found.form_page, "why": reason})
        record(by=by, action="set_page_aside", about=locked, detail={"reason": reason})


def judge_blank(*, ballot: Ballot, by: User, page: uuid.UUID, is_vote: bool) -> None:
    """Say of a page without ink that it is a blank vote (弃权 in every row), or no paper from the box."""
    with transaction.atomic():
        locked = judged(ballot, by)
        found = find_page(locked, page, PageFate.BLANK)
        if is_vote:
            ScanPage.objects.filter(pk=found.pk).update(fate=PageFate.BLANK_CONFIRMED)
            reopen_seats(locked.pk)
        else:
            put_aside(locked, found, EMPTY_SHEET)
        note(locked, "blank", {"side": found.form_page, "vote": is_vote})
        record(by=by, action="judge_blank", about=locked, detail={"vote": is_vote})


def page_picture(*, ballot: Ballot, by: User, page: uuid.UUID) -> bytes:
    """The picture of a page as JPEG: only while a person has to judge it as a whole, never once it is read.

    Raises NotAllowed for anybody else and for any other page.
    """
    answer = can_judge_page(by, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    counted = {"first__fate": PageFate.READ, "second__fate": PageFate.READ}
    pairs = ScanDouble.objects.filter(ballot=ballot, verdict=ScanDouble.Verdict.OPEN, **counted)
    asked = Q(fate=PageFate.BLANK) | Q(pk__in=pairs.values("first")) | Q(pk__in=pairs.values("second"))
    found = ScanPage.objects.filter(asked, ballot=ballot, pk=page).first()
    if found is None:
        raise NotAllowed("读好的票不再整张显示。")
    return open_page_part(found, "picture")
