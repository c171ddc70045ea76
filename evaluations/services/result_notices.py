"""The notice of results: drafted from the rules, saved, approved, posted, ended or withdrawn; objections and answers."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as date_format

from branches.models import User
from branches.services.audit import record
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from evaluations.models import AssessmentSheet, NoticeNames, NoticeObjection, NoticeStatus, ResultNotice
from evaluations.models.result_notice import LONGEST_OBJECTION
from evaluations.permissions import can_draft_result_notice, can_post_result_notice
from evaluations.rules.publicity import last_day
from evaluations.services.assessing import locked_sheet
from evaluations.workflow import RESULT_NOTICE
from evaluations.workflow.notice_rows import left_out_at_first, may_show_votes, people_of, rows_of
from evaluations.workflow.result_notices import DAY, may_draft

RELATED = ("sheet__campaign__issuer", "sheet__organization", "sheet__ballot__meeting")
LONGEST_REASON = 300  # characters, as the column
KEPT = ("wording", "scope", "place", "contact", "from_on", "to_on", "names", "left_out", "show_votes")


def standing_notice(sheet: AssessmentSheet) -> ResultNotice | None:
    """The notice of this assessment that is not withdrawn."""
    return ResultNotice.objects.standing().filter(sheet=sheet).first()


def draft(*, sheet: AssessmentSheet, by: User) -> ResultNotice:
    """Begin the notice from campaign and rules, or return the one that stands. Raises NotAllowed with the reason."""
    insist(can_draft_result_notice(by, sheet))
    with transaction.atomic():
        sheet = locked_sheet(sheet)
        found = standing_notice(sheet)
        if found is not None:
            return found
        rules, today = sheet.rules(), timezone.localdate()
        notice = ResultNotice(
            sheet=sheet,
            wording=_wording(sheet),
            scope=rules.result_scope,
            contact=f"公示期间有不同意见的，请向{sheet.organization.name}书面或者当面反映。"[:200],
            from_on=today,
            to_on=last_day(today, rules.notice_board_days),
        )
        insist(may_draft(notice))
        notice.left_out = left_out_at_first(notice)
        notice.save()
        record(by=by, action="draft_result_notice", about=notice, detail={"sheet": str(sheet.pk)})
    return notice


def _wording(sheet: AssessmentSheet) -> str:
    """The opening words, to be edited."""
    day = sheet.ballot.meeting.day
    told = "，结果已向党员本人反馈" if sheet.rules().feedback_required else ""
    when = date_format(day, DAY)
    return (
        f"按照“{sheet.campaign.name}”的安排，本支部于{when}进行了民主评议党员{told}。现将评议结果公示如下。"
    )


def _locked(notice: ResultNotice, version: int | None = None) -> ResultNotice:
    """The notice under a lock; raises Stale when it was saved since `version`."""
    return locked_row(notice, *RELATED, version=version)


def _keep(notice: ResultNotice, *fields: str) -> None:
    """Save these fields as a new version."""
    notice.version += 1
    notice.save(update_fields=[*fields, "version"])


def save(
    *,
    notice: ResultNotice,
    version: int,
    wording: str,
    scope: str,
    place: str,
    contact: str,
    from_on: datetime.date,
    to_on: datetime.date,
    names: str,
    left_out: Collection[str],
    show_votes: bool,
    by: User,
) -> ResultNotice:
    """Keep the draft as typed. Raises Stale, and NotAllowed for others, for a notice approved, and what does not fit."""
    with transaction.atomic():
        locked = _locked(notice, version)
        insist(can_draft_result_notice(by, locked.sheet))
        if locked.status != NoticeStatus.DRAFT:
            raise NotAllowed(
                f"现在是「{locked.get_status_display()}」，不能再改。要改的，先撤回，再重新起草。"
            )
        insist(may_draft(locked))
        if to_on < from_on:
            raise NotAllowed("结束日期早于开始日期，请核对。")
        if names not in NoticeNames.values:
            raise NotAllowed("请选择姓名怎样写。")
        if show_votes and not may_show_votes(locked):
            raise NotAllowed("这次不能公布票数：有评定等次的公示等次；人少的支部，票数只在签字的汇总表上。")
        locked.wording, locked.scope = wording.strip(), scope.strip()
        locked.place, locked.contact = place.strip(), contact.strip()
        locked.from_on, locked.to_on, locked.names, locked.show_votes = from_on, to_on, names, show_votes
        locked.left_out = [str(row.pk) for row in people_of(locked) if str(row.pk) in set(left_out)]
        _keep(locked, *KEPT)
        detail = {"version": locked.version, "left_out": len(locked.left_out)}
        record(by=by, action="save_result_notice", about=locked, detail=detail)
    return locked


def approve(*, notice: ResultNotice, version: int, by: User) -> ResultNotice:
    """Approve what was read at `version`: the table is frozen as it stands."""
    with transaction.atomic():
        locked = _locked(notice, version)
        insist(RESULT_NOTICE.step(locked, "approve", by))
        locked.body, locked.approved_on = rows_of(locked), timezone.localdate()
        _keep(locked, "body", "approved_on")
        return perform(RESULT_NOTICE, locked, "approve", by=by)


def post(*, notice: ResultNotice, version: int, by: User) -> ResultNotice:
    """Note that it hangs since its first day."""
    with transaction.atomic():
        locked = _locked(notice, version)
        insist(RESULT_NOTICE.step(locked, "post", by))
        locked.posted_on = locked.from_on
        _keep(locked, "posted_on")
        return perform(RESULT_NOTICE, locked, "post", by=by)


def end(*, notice: ResultNotice, version: int, by: User) -> ResultNotice:
    """Note that it is over; the machine never does."""
    with transaction.atomic():
        locked = _locked(notice, version)
        insist(RESULT_NOTICE.step(locked, "take_down", by))
        locked.ended_on = timezone.localdate()
        _keep(locked, "ended_on")
        return perform(RESULT_NOTICE, locked, "take_down", by=by)


def withdraw(*, notice: ResultNotice, version: int, note: str, by: User) -> ResultNotice:
    """Withdraw it with a reason; another may then be drafted."""
    with transaction.atomic():
        locked = _locked(notice, version)
        moved = perform(RESULT_NOTICE, locked, "withdraw", by=by, note=note)
        moved.reason = note.strip()[:LONGEST_REASON]
        _keep(moved, "reason")
    return moved


def _text(written: str, what: str) -> str:
    """A text without blank ends; raises NotAllowed when it is missing or too long."""
    text = written.strip()
    if not text or len(text) > LONGEST_OBJECTION:
        raise NotAllowed(f"请写明{what}，最多 {LONGEST_OBJECTION} 个字。")
    return text


def note_objection(*, notice: ResultNotice, on: datetime.date, text: str, by: User) -> NoticeObjection:
    """Note what was objected while it hangs; who said it is not kept. Raises NotAllowed with what to do."""
    with transaction.atomic():
        locked = _locked(notice)
        insist(can_post_result_notice(by, locked))
        if locked.status != NoticeStatus.POSTED:
            raise NotAllowed("正在公示的时候才能登记意见。")
        if locked.posted_on is None or not locked.posted_on <= on <= timezone.localdate():
            raise NotAllowed("反映日期应在公示开始那天和今天之间，请核对。")
        said = NoticeObjection.objects.create(notice=locked, on=on, text=_text(text, "反映的意见"))
        record(by=by, action="note_notice_objection", about=locked, detail={"objection": said.pk})
    return said


def answer_objection(*, objection: NoticeObjection, answer: str, by: User) -> NoticeObjection:
    """Note the answer; once given it stays. Raises NotAllowed with what to do."""
    with transaction.atomic():
        locked = _locked(objection.notice)
        insist(can_post_result_notice(by, locked))
        said = NoticeObjection.objects.select_for_update().get(pk=objection.pk)
        if said.answer:
            raise NotAllowed("这条意见已经答复过，没有再改。")
        said.answer, said.answered_on = _text(answer, "答复"), timezone.localdate()
        said.save(update_fields=["answer", "answered_on"])
        record(by=by, action="answer_notice_objection", about=locked, detail={"objection": said.pk})
    return said
