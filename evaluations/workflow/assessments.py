"""The steps of a branch's assessment: written, decided by a meeting, confirmed above where the cap is exceeded."""

from __future__ import annotations

from django.utils import timezone

from branches.permissions import Answer, Denied
from branches.services.rounds import round_of
from branches.workflow import Transition, Workflow
from evaluations.models import AssessmentSheet, AssessmentStatus, BallotStatus
from evaluations.permissions import can_confirm_assessment, can_decide_assessment
from evaluations.rules.assessing import DISPOSE
from meetings.models import MeetingKind, MeetingStatus

NO_ASSESSMENT = "none"  # value of the rule `assessment_by`
MEETING_KINDS = {
    "committee": (MeetingKind.COMMITTEE,),
    "plenary": (MeetingKind.PLENARY,),
    "either": (MeetingKind.COMMITTEE, MeetingKind.PLENARY),
}


def stands(sheet: AssessmentSheet) -> Answer:
    """The round is the present one, and the ballot the assessment rests on still stands."""
    if round_of(sheet.campaign, sheet.organization) != sheet.round_no:
        return Denied("上级已经责令重新进行，这是上一轮的评定，只供查看。")
    if sheet.ballot.status != BallotStatus.CERTIFIED:
        return Denied("评定所依据的测评已经作废。请重新测评、核定以后，再提出评定意见。")
    return True


def works(sheet: AssessmentSheet) -> Answer:
    """The campaign is open, and the assessment stands."""
    if not sheet.campaign.is_open:
        return Denied("活动还没有发布或者已经结束，组织评定不能再办理。")
    return stands(sheet)


def _listed(names: list[str]) -> str:
    """At most five names and how many more."""
    more = f"等 {len(names)} 人" if len(names) > 5 else ""
    return f"{'、'.join(names[:5])}{more}"


def _written(sheet: AssessmentSheet) -> Answer:
    """Everybody has an opinion where one is asked for, a grade where there is a scale, and was heard where needed."""
    rules, rows = sheet.rules(), list(sheet.assessments.select_related("sheet").prefetch_related("hearings"))
    if rules.assessment_by != NO_ASSESSMENT:
        missing = [row.name for row in rows if row.graded and not row.opinion.strip()]
        if missing:
            return Denied(f"还没有写评定意见：{_listed(missing)}。")
    if sheet.scale:
        missing = [row.name for row in rows if row.graded and not row.grade]
        if missing:
            return Denied(f"还没有评定等次：{_listed(missing)}。")
    if rules.appeal_before_effect:
        unheard = [row.name for row in rows if row.use == DISPOSE and not row.hearings.all()]
        if unheard:
            label = list(sheet.labels.values())[-1]
            return Denied(f"拟评定“{label}”的，要先同本人见面、听取申辩并登记：{_listed(unheard)}。")
    return True


def _met(sheet: AssessmentSheet) -> Answer:
    """The meeting that decided is of a kind the rules name, and it was held."""
    by = sheet.rules().assessment_by
    if by == NO_ASSESSMENT:
        return True
    meeting = sheet.meeting
    if meeting is None or sheet.decided_on is None:
        return Denied("请选择作出评定的会议。")
    if meeting.kind not in MEETING_KINDS[by] or meeting.organization_id != sheet.organization_id:
        names = "、".join(kind.label for kind in MEETING_KINDS[by])
        return Denied(f"评定意见由本支部{names}提出，请选择这样的会议。")
    if meeting.status not in (MeetingStatus.OPENED, MeetingStatus.CLOSED):
        return Denied("这次会议还没有召开。请先在会议页面登记到会并宣布开会。")
    if meeting.day < sheet.ballot.meeting.day:
        return Denied("作出评定的会议早于民主测评，请核对。")
    if sheet.decided_on != meeting.day and not meeting.day < sheet.decided_on <= timezone.localdate():
        return Denied("评定日期应是开会那天，或者开会以后到今天为止的一天，请核对。")
    return True


def _ready(sheet: AssessmentSheet) -> Answer:
    """It works, is written, was decided by a meeting, and keeps the cap, or says why not."""
    for answer in (works(sheet), _written(sheet), _met(sheet)):
        if not answer:
            return answer
    cap = sheet.decided_cap
    if cap is None or not cap.over:
        return True
    if sheet.rules().excellent_hard_block:
        return Denied(f"{cap.words}本次活动不允许超过，请会议重新研究。")
    if not sheet.cap_reason.strip():
        return Denied(f"{cap.words}请写明理由。")
    return True


def asks_above(sheet: AssessmentSheet) -> bool:
    """Whether the superior has to confirm: the cap is exceeded and the rules say so."""
    cap = sheet.decided_cap
    return cap is not None and cap.over > 0 and sheet.rules().excellent_parent_confirms


def _may_take_effect(sheet: AssessmentSheet) -> Answer:
    """Ready, and nobody above has to confirm."""
    answer = _ready(sheet)
    if answer and asks_above(sheet):
        return Denied("超过优秀比例，须上级党组织确认后生效。请报上级确认。")
    return answer


def _may_ask(sheet: AssessmentSheet) -> Answer:
    """Ready, and somebody above has to confirm."""
    answer = _ready(sheet)
    if answer and not asks_above(sheet):
        return Denied("没有超过优秀比例，不用上级确认，直接登记评定结果即可。")
    return answer


ASSESSMENT: Workflow[AssessmentSheet] = Workflow(
    "组织评定",
    AssessmentSheet,
    {
        "decide": Transition(
            "登记评定结果",
            frozenset({AssessmentStatus.DRAFT}),
            AssessmentStatus.EFFECTIVE,
            can_decide_assessment,
            guard=_may_take_effect,
        ),
        "ask": Transition(
            "报上级确认",
            frozenset({AssessmentStatus.DRAFT}),
            AssessmentStatus.AWAITING,
            can_decide_assessment,
            guard=_may_ask,
        ),
        "take_back": Transition(
            "撤回",
            frozenset({AssessmentStatus.AWAITING}),
            AssessmentStatus.DRAFT,
            can_decide_assessment,
            guard=works,
        ),
        "confirm": Transition(
            "确认",
            frozenset({AssessmentStatus.AWAITING}),
            AssessmentStatus.EFFECTIVE,
            can_confirm_assessment,
            guard=_ready,
        ),
        "return": Transition(
            "退回支部",
            frozenset({AssessmentStatus.AWAITING}),
            AssessmentStatus.DRAFT,
            can_confirm_assessment,
            guard=works,
            note_required=True,
        ),
    },
)
