"""The steps of a help plan and of a disposal case; every step is a person's, none happens by itself."""

from __future__ import annotations

from branches.permissions import Answer, Denied
from branches.rules import Rules
from branches.workflow import Transition, Workflow
from evaluations.models import DisposalCase, DisposalKind, DisposalStatus, HelpPlan, HelpStatus
from evaluations.permissions import (
    can_escalate_help,
    can_handle_disposal,
    can_judge_disposal,
    can_plan_help,
)
from evaluations.rules.assessing import Resolution
from evaluations.workflow.assessments import stands
from meetings.models import MeetingKind, MeetingStatus


def _planned(plan: HelpPlan) -> Answer:
    """Measures, helper and day are written down, and the assessment stands; help goes on after the campaign."""
    if plan.measures.strip() and plan.helper.strip() and plan.review_on:
        return stands(plan.assessment.sheet)
    return Denied("请写明帮扶措施、帮扶人和回访日期。")


def _looked_at(plan: HelpPlan) -> Answer:
    """How it went is written down, and the assessment stands."""
    if plan.reviewed_on and plan.outcome.strip():
        return stands(plan.assessment.sheet)
    return Denied("请写明回访日期和情况。")


HELP: Workflow[HelpPlan] = Workflow(
    "帮扶计划",
    HelpPlan,
    {
        "start": Transition(
            "定下帮扶计划", frozenset({HelpStatus.OWED}), HelpStatus.RUNNING, can_plan_help, guard=_planned
        ),
        "review": Transition(
            "登记回访", frozenset({HelpStatus.RUNNING}), HelpStatus.REVIEWED, can_plan_help, guard=_looked_at
        ),
        "go_on": Transition(
            "继续帮扶", frozenset({HelpStatus.REVIEWED}), HelpStatus.RUNNING, can_plan_help, guard=_planned
        ),
        "close": Transition(
            "结束帮扶", frozenset({HelpStatus.REVIEWED}), HelpStatus.CLOSED, can_plan_help, guard=_looked_at
        ),
        "escalate": Transition(
            "转组织处置",
            frozenset({HelpStatus.REVIEWED}),
            HelpStatus.ESCALATED,
            can_escalate_help,
            guard=_looked_at,
            note_required=True,
        ),
    },
)


def rules_of(case: DisposalCase) -> Rules:
    """The rules that hold for the case's branch today."""
    return case.campaign.rules_for(case.organization)


def resolution_of(case: DisposalCase) -> Resolution | None:
    """The counted vote of the 大会; None as long as a number is missing."""
    numbers = (case.expected, case.present, case.in_favour, case.against, case.abstained)
    known = [n for n in numbers if n is not None]
    return Resolution(*known) if len(known) == len(numbers) else None


def _heard(case: DisposalCase, rules: Rules) -> Answer:
    """The member was met and heard, where the rules ask for it."""
    if rules.appeal_before_effect and not (case.heard_on and case.heard_by and case.statement.strip()):
        return Denied("作出决议以前，要先同本人见面、听取申辩并登记。")
    return True


def _may_resolve(case: DisposalCase) -> Answer:
    """The member was heard, and the 大会 carried it by a counted vote, where the rules ask for these."""
    rules = rules_of(case)
    heard = _heard(case, rules)
    if not heard or not rules.disposal_needs_plenary:
        return heard
    meeting, vote = case.meeting, resolution_of(case)
    if meeting is None or vote is None:
        return Denied("请选择作出决议的党员大会，填写应到、到会、赞成、反对、弃权人数。")
    if meeting.kind != MeetingKind.PLENARY or meeting.organization_id != case.organization_id:
        return Denied("组织处置须由本支部党员大会讨论决定。")
    if meeting.status not in (MeetingStatus.OPENED, MeetingStatus.CLOSED):
        return Denied("这次党员大会还没有召开。")
    problems = vote.problems(rules.resolution_quorum, rules.resolution_majority)
    return Denied(problems[0]) if problems else True


def _needs_parent(case: DisposalCase) -> Answer:
    """The rules ask for the superior's approval."""
    if rules_of(case).disposal_needs_parent:
        return True
    return Denied("本次活动不要求上级批准，登记执行即可。")


def _needs_no_parent(case: DisposalCase) -> Answer:
    """The rules ask for no approval, and the day it begins is known."""
    if rules_of(case).disposal_needs_parent:
        return Denied("须报上级党组织批准后执行。")
    return _has_day(case)


def _has_day(case: DisposalCase) -> Answer:
    """The day it begins is known, and for 限期改正 the day it is up."""
    if case.starts_on and (case.due_on or case.kind != DisposalKind.DEADLINE):
        return True
    return Denied("请写明起算日期；限期改正的，还要写明期满日期。")


def _has_outcome(case: DisposalCase) -> Answer:
    """How it ended is written down."""
    return True if case.outcome.strip() and case.ended_on else Denied("请写明结束日期和结果。")


DISPOSAL: Workflow[DisposalCase] = Workflow(
    "组织处置",
    DisposalCase,
    {
        "resolve": Transition(
            "登记大会决议",
            frozenset({DisposalStatus.PROPOSED}),
            DisposalStatus.RESOLVED,
            can_handle_disposal,
            guard=_may_resolve,
        ),
        "submit": Transition(
            "报上级批准",
            frozenset({DisposalStatus.RESOLVED}),
            DisposalStatus.SUBMITTED,
            can_handle_disposal,
            guard=_needs_parent,
        ),
        "enforce": Transition(
            "执行",
            frozenset({DisposalStatus.RESOLVED}),
            DisposalStatus.IN_FORCE,
            can_handle_disposal,
            guard=_needs_no_parent,
        ),
        "approve": Transition(
            "批准",
            frozenset({DisposalStatus.SUBMITTED}),
            DisposalStatus.IN_FORCE,
            can_judge_disposal,
            guard=_has_day,
        ),
        "refuse": Transition(
            "不同意",
            frozenset({DisposalStatus.SUBMITTED}),
            DisposalStatus.REFUSED,
            can_judge_disposal,
            note_required=True,
        ),
        "drop": Transition(
            "撤回",
            frozenset({DisposalStatus.PROPOSED, DisposalStatus.RESOLVED}),
            DisposalStatus.DROPPED,
            can_handle_disposal,
            note_required=True,
        ),
        "end": Transition(
            "结束",
            frozenset({DisposalStatus.IN_FORCE}),
            DisposalStatus.ENDED,
            can_handle_disposal,
            guard=_has_outcome,
        ),
    },
)
