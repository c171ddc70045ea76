"""The steps of a notice of results: drafted, approved, posted, ended; or withdrawn. Only people take them."""

from __future__ import annotations

from django.utils import timezone
from django.utils.dateformat import format as date_format

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from evaluations.models import AssessmentStatus, Feedback, FeedbackStatus, NoticeStatus, ResultNotice
from evaluations.permissions import can_approve_result_notice, can_post_result_notice
from evaluations.permissions.publicity import SCOPED
from evaluations.rules.publicity import days_posted
from evaluations.workflow.assessments import works
from evaluations.workflow.notice_rows import rows_of

DAY = "Y年n月j日"


def may_draft(notice: ResultNotice) -> Answer:
    """The rules ask for a notice, and the assessment is in effect and of the present round."""
    sheet = notice.sheet
    if sheet.rules().result_publicity != SCOPED:
        return Denied("本次活动不要求公示评议结果，不用办理。")
    if sheet.status != AssessmentStatus.EFFECTIVE:
        return Denied("评定还没有生效，不能公示。")
    return works(sheet)


def _told(notice: ResultNotice) -> Answer:
    """Everybody was told first and every objection is answered, where the rules ask for feedback."""
    if not notice.sheet.rules().feedback_required:
        return True
    rows = Feedback.objects.filter(assessment__sheet=notice.sheet)
    owed = rows.filter(status=FeedbackStatus.OWED).count()
    if owed:
        return Denied(f"先反馈本人，再公示：还有 {owed} 人没有反馈。请先登记反馈。")
    if rows.filter(status=FeedbackStatus.OBJECTED).exists():
        return Denied("还有党员的异议没有答复。请先答复异议，再公示。")
    return True


def _ready(notice: ResultNotice) -> Answer:
    """It may be drafted, everybody was told, it hangs long enough, somewhere, and somebody stands in it."""
    for answer in (may_draft(notice), _told(notice)):
        if not answer:
            return answer
    least, days = notice.sheet.rules().notice_board_days, days_posted(notice.from_on, notice.to_on)
    if days < least:
        return Denied(f"公示不少于 {least} 天（首尾两天都算），现在是 {days} 天。请把结束日期往后改。")
    if notice.sheet.effective_on is not None and notice.from_on < notice.sheet.effective_on:
        return Denied("公示的开始日期早于评定生效的日期，请核对。")
    if not notice.place.strip():
        return Denied("请写明公示地点。")
    return True if rows_of(notice) else Denied("名单里没有人。请至少列入一名党员。")


def _may_post(notice: ResultNotice) -> Answer:
    """The first day has come, and the assessment says today what was approved."""
    for answer in (may_draft(notice), _told(notice)):
        if not answer:
            return answer
    if rows_of(notice) != notice.body:
        return Denied("批准以后评定有变化，这份公示不能再用。请撤回，重新起草。")
    if timezone.localdate() < notice.from_on:
        return Denied(f"公示从{date_format(notice.from_on, DAY)}开始，到那天张贴以后再登记。")
    return True


def _may_end(notice: ResultNotice) -> Answer:
    """The last day is over or today, and every objection is answered."""
    if timezone.localdate() < notice.to_on:
        return Denied(f"公示到{date_format(notice.to_on, DAY)}为止，还没有到期。")
    if notice.objections.filter(answer="").exists():
        return Denied("还有意见没有答复。请先答复，再结束公示。")
    return True


RESULT_NOTICE: Workflow[ResultNotice] = Workflow(
    "评议结果公示",
    ResultNotice,
    {
        "approve": Transition(
            "批准公示",
            frozenset({NoticeStatus.DRAFT}),
            NoticeStatus.APPROVED,
            can_approve_result_notice,
            guard=_ready,
        ),
        "post": Transition(
            "登记已张贴",
            frozenset({NoticeStatus.APPROVED}),
            NoticeStatus.POSTED,
            can_post_result_notice,
            guard=_may_post,
        ),
        "take_down": Transition(
            "结束公示",
            frozenset({NoticeStatus.POSTED}),
            NoticeStatus.ENDED,
            can_post_result_notice,
            guard=_may_end,
        ),
        "withdraw": Transition(
            "撤回",
            frozenset({NoticeStatus.DRAFT, NoticeStatus.APPROVED, NoticeStatus.POSTED}),
            NoticeStatus.WITHDRAWN,
            can_approve_result_notice,
            note_required=True,
        ),
    },
)
