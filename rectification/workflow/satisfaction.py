"""The steps of one counting of a survey, of a duty after a failed one, and of a case of 组织措施; people take them all."""

from __future__ import annotations

from django.utils import timezone

from branches.permissions import Answer, Denied
from branches.workflow import Transition, Workflow
from evaluations.models import UrnState
from rectification.models import (
    SEATS,
    TOGETHER,
    CaseStatus,
    DutyKind,
    DutyStatus,
    MeasureCase,
    RoundStatus,
    SatisfactionDuty,
    SurveyClass,
    SurveyCount,
    SurveyRound,
    SurveyUrn,
    Turn,
    agreed_total,
)
from rectification.permissions.satisfaction import (
    can_count_survey,
    can_decide_case,
    can_note_duty,
    can_step_survey,
    can_void_survey,
    can_waive_duty,
)
from rectification.rules.satisfaction import Count, count_problem, heads_problem, slips_problem

STILL_APART = "还有两人数得不一样的地方，请先一起核对。"
NOT_BOTH = "两个人还没有都数完，数完以后才能核对。"


def _collected(survey_round: SurveyRound) -> Answer:
    """The day and the papers of every class are written down, and 补课 came before the survey after it."""
    if survey_round.day is None:
        return Denied("请填写测评日期。")
    if SurveyUrn.objects.filter(round=survey_round, state__in=(UrnState.PREPARED, UrnState.OPEN)).exists():
        return Denied("票条还没有了结：请两个人关闭网页填表；还没有开始填、不用了的，取消票条。")
    classes = list(survey_round.classes.all())
    with_slips = [row for row in classes if row.slips]
    problems = [slips_problem(row.name, row.slips_issued, row.answered or 0) for row in with_slips]
    if problem := next(filter(None, problems), "") or heads_problem({r.name: _heads(r) for r in classes}):
        return Denied(problem)
    return _made_up(survey_round)


def _heads(row: SurveyClass) -> tuple[int | None, int | None]:
    """发出 and 收回 of a class, slips and answers included; papers may be left open where only slips were used."""
    if row.slips and row.issued is row.returned is None:
        return row.all_issued, row.all_returned
    if row.issued is None or row.returned is None:
        return row.issued, row.returned
    return row.all_issued, row.all_returned


def _made_up(survey_round: SurveyRound) -> Answer:
    """补课 is noted, and the survey after it is not held before."""
    if survey_round.turn != Turn.MAKE_UP:
        return True
    owed = SatisfactionDuty.objects.filter(
        round__survey=survey_round.survey_id, kind=DutyKind.MAKE_UP, round__turn=Turn.FIRST
    ).first()
    if owed is None or owed.status == DutyStatus.WAIVED:
        return True
    if owed.done_on is None:
        return Denied("先补课，再测评：请先登记补课的日期和情况。")
    if survey_round.day is not None and survey_round.day < owed.done_on:
        return Denied("补课后的测评早于补课的日期，请核对。")
    return True


def typed_counts(survey_round: SurveyRound) -> dict[tuple[int, int], Count]:
    """What was typed so far, by seat and class."""
    rows = SurveyCount.objects.filter(respondents__round=survey_round)
    return {(row.seat, row.respondents_id): row.count for row in rows}


def both_finished(survey_round: SurveyRound) -> bool:
    """Whether both counts are complete, so that they may be compared; without any paper there is nothing to count."""
    if survey_round.status != RoundStatus.COUNTING:
        return False
    done = survey_round.seats.filter(finished=True).count()
    return done == len(SEATS) or not survey_round.counted_classes()


def agreed_counts(survey_round: SurveyRound) -> dict[int, Count] | None:
    """What both counted alike or again together, by class; None while any class is open."""
    typed, found = typed_counts(survey_round), {}
    for row in survey_round.counted_classes():
        first, second = (typed.get((seat, row.pk)) for seat in SEATS)
        again = typed.get((TOGETHER, row.pk), first if first == second else None)
        if again is None:
            return None
        found[row.pk] = again
    return found


def _agrees(survey_round: SurveyRound) -> Answer:
    """Both are done, every class is counted alike, adds up to 收回, and there is a base to take the rate of."""
    if not both_finished(survey_round):
        return Denied(NOT_BOTH)
    agreed = agreed_counts(survey_round)
    if agreed is None:
        return Denied(STILL_APART)
    classes = survey_round.counted_classes()
    problems = [count_problem(row.name, agreed[row.pk], row.returned or 0) for row in classes]
    if wrong := next(filter(None, problems), ""):
        return Denied(wrong)
    answered = sum(row.answered or 0 for row in survey_round.classes.all())
    if not answered + sum(count.valid for count in agreed.values()):
        return Denied("没有一张有效票，不能计算满意率。请督导组或者上级作废后重新测评。")
    return True


def result_of(survey_round: SurveyRound) -> tuple[Count, int] | None:
    """The agreed sum of all classes and the papers handed out; None before both agree."""
    classes = list(SurveyClass.objects.filter(round=survey_round))
    whole = agreed_total(classes, len(survey_round.scale))
    return None if whole is None else (whole, sum(row.all_issued or 0 for row in classes))


COUNTED = frozenset({RoundStatus.OPEN, RoundStatus.COUNTING, RoundStatus.MATCHED})
SURVEY_ROUND: Workflow[SurveyRound] = Workflow(
    "群众满意度测评",
    SurveyRound,
    {
        "collect": Transition(
            "收齐，开始计票",
            frozenset({RoundStatus.OPEN}),
            RoundStatus.COUNTING,
            can_step_survey,
            guard=_collected,
        ),
        "fix_papers": Transition(
            "改正张数", frozenset({RoundStatus.COUNTING}), RoundStatus.OPEN, can_step_survey
        ),
        "match": Transition(
            "两人相符，形成结果",
            frozenset({RoundStatus.COUNTING}),
            RoundStatus.MATCHED,
            can_count_survey,
            guard=_agrees,
        ),
        "recount": Transition(
            "退回重数",
            frozenset({RoundStatus.MATCHED}),
            RoundStatus.COUNTING,
            can_step_survey,
            note_required=True,
        ),
        "certify": Transition(
            "核定结果", frozenset({RoundStatus.MATCHED}), RoundStatus.CLOSED, can_step_survey
        ),
        "void": Transition("作废重来", COUNTED, RoundStatus.VOID, can_void_survey, note_required=True),
    },
)


def _noted(duty: SatisfactionDuty) -> Answer:
    """The day is written down and not to come, and who heard it, where somebody does."""
    if duty.done_on is None or duty.done_on > timezone.localdate():
        return Denied("请填写实际办理的日期，不能晚于今天。")
    closed = duty.round.closed_on
    if closed is not None and duty.done_on < closed:
        return Denied("办理日期早于测评结果核定的日期，请核对。")
    if duty.kind in (DutyKind.SELF_CRITICISM, DutyKind.ADMONITION) and not duty.heard_by.strip():
        return Denied("请写明向谁检讨、由谁谈话。")
    return True


def _not_built_on(duty: SatisfactionDuty) -> Answer:
    """No survey was counted on the strength of it."""
    later = SurveyRound.objects.standing().filter(survey=duty.round.survey_id, turn=Turn.MAKE_UP)
    if duty.kind == DutyKind.MAKE_UP and later.exclude(status=RoundStatus.OPEN).exists():
        return Denied("补课后的测评已经开始计票，补课的登记不能再改。")
    return True


SATISFACTION_DUTY: Workflow[SatisfactionDuty] = Workflow(
    "满意度达不到要求后的事项",
    SatisfactionDuty,
    {
        "fulfil_duty": Transition(
            "登记已办", frozenset({DutyStatus.OWED}), DutyStatus.DONE, can_note_duty, guard=_noted
        ),
        "waive_duty": Transition(
            "同意不办",
            frozenset({DutyStatus.OWED}),
            DutyStatus.WAIVED,
            can_waive_duty,
            note_required=True,
        ),
        "owe_again": Transition(
            "撤销登记",
            frozenset({DutyStatus.DONE, DutyStatus.WAIVED}),
            DutyStatus.OWED,
            can_waive_duty,
            guard=_not_built_on,
            note_required=True,
        ),
    },
)


def _decided(case: MeasureCase) -> Answer:
    """The decision and its day are written down."""
    if not case.decision.strip() or case.decided_on is None:
        return Denied("请写明决定的内容和日期。")
    if case.decided_on > timezone.localdate():
        return Denied("决定的日期还没有到，请核对。")
    return True


def _ended(case: MeasureCase) -> Answer:
    """The day it ended lies between the decision and today."""
    if case.decided_on is None or case.closed_on is None:
        return Denied("请填写办结的日期。")
    if not case.decided_on <= case.closed_on <= timezone.localdate():
        return Denied("办结的日期应在决定那天和今天之间，请核对。")
    return True


MEASURE_CASE: Workflow[MeasureCase] = Workflow(
    "组织措施",
    MeasureCase,
    {
        "decide_measures": Transition(
            "登记决定", frozenset({CaseStatus.OPEN}), CaseStatus.DECIDED, can_decide_case, guard=_decided
        ),
        "settle_measures": Transition(
            "登记办结", frozenset({CaseStatus.DECIDED}), CaseStatus.CLOSED, can_decide_case, guard=_ended
        ),
    },
)
