"""The steps of an implementation plan (实施方案); which of them there are is a rule of the campaign."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Field

from branches.models import Plan, PlanStatus, Run
from branches.permissions import Answer, Denied, can_review_plan, can_submit_plan
from branches.rules import Rules
from branches.workflow.base import Transition, Workflow

APPROVE, FILE, OWN, CONSULT = "approve", "file_for_record", "own", "consult"
REVIEWED = (APPROVE, FILE)  # the plan goes to the superior
WRITTEN = (*REVIEWED, OWN)  # a plan is written at all
PLAN_FIELDS = ("theme", "time", "form", "attendees", "requirements")
AT_LEAST = ("form", "requirements")  # one of them, where the rules name no fields
EDITABLE = (PlanStatus.DRAFT, PlanStatus.RETURNED)


def label_of(name: str) -> str:
    """The label of a field of the plan."""
    return str(cast("Field[Any, Any]", Plan._meta.get_field(name)).verbose_name)


def fields_missing(plan: Plan, rules: Rules) -> tuple[str, ...]:
    """The labels of what the rules want in the plan and it does not say, in the order of the form."""
    empty = {name for name in PLAN_FIELDS if not str(getattr(plan, name)).strip()}
    if not rules.plan_fields:
        return () if set(AT_LEAST) - empty else ("方式或相关要求",)
    wanted = [name for name in PLAN_FIELDS if name in rules.plan_fields and name in empty]
    return tuple(label_of(name) for name in wanted)


def is_past_round(plan: Plan) -> bool:
    """Whether the superior has ordered another round since, so that the plan is only there to be read."""
    newer = Run.objects.filter(campaign=plan.campaign_id, organization=plan.organization_id)
    return newer.filter(round_no__gt=plan.round_no).exists()


def _works(plan: Plan, *gates: str) -> Answer:
    """The campaign is open, the plan is of the present round, and the rules have one of these gates."""
    if not plan.campaign.is_open:
        return Denied("活动还没有发布或者已经结束，方案不能再办理。")
    if is_past_round(plan):
        return Denied("上级已经责令重新进行，这是上一轮的方案，只供查看。请办理新一轮的方案。")
    if plan.campaign.rules_for(plan.organization).plan_gate not in gates:
        return Denied("这项活动对本组织没有这样的要求，方案不用办理这一步。请刷新页面查看规则。")
    return True


def _complete(plan: Plan, *gates: str) -> Answer:
    """The step is one of the rules', and the plan says all that they want."""
    answer = _works(plan, *gates)
    missing = fields_missing(plan, plan.campaign.rules_for(plan.organization)) if answer else ()
    if missing:
        return Denied(f"方案还没有写明：{'、'.join(missing)}。请补充以后再办。")
    return answer


def may_be_submitted(plan: Plan) -> Answer:
    """The rules want a plan handed in, and it says all that they ask for."""
    return _complete(plan, *REVIEWED)


def may_be_made(plan: Plan) -> Answer:
    """The rules leave the plan to the organisation, and it says all that they ask for."""
    return _complete(plan, OWN)


def _may_move(plan: Plan) -> Answer:
    """The campaign is open and the plan is of the present round."""
    return _works(plan, *WRITTEN)


def _may_be_approved(plan: Plan) -> Answer:
    """The rules want plans approved."""
    return _works(plan, APPROVE)


def _may_be_filed(plan: Plan) -> Answer:
    """The rules want plans filed for the record."""
    return _works(plan, FILE)


def _may_be_returned(plan: Plan) -> Answer:
    """The rules want plans reviewed."""
    return _works(plan, *REVIEWED)


PLAN: Workflow[Plan] = Workflow(
    "实施方案",
    Plan,
    {
        "submit": Transition(
            "上报", frozenset(EDITABLE), PlanStatus.SUBMITTED, can_submit_plan, guard=may_be_submitted
        ),
        "withdraw": Transition(
            "撤回", frozenset({PlanStatus.SUBMITTED}), PlanStatus.DRAFT, can_submit_plan, guard=_may_move
        ),
        "approve": Transition(
            "批准",
            frozenset({PlanStatus.SUBMITTED}),
            PlanStatus.APPROVED,
            can_review_plan,
            guard=_may_be_approved,
        ),
        "file": Transition(
            "备案", frozenset({PlanStatus.SUBMITTED}), PlanStatus.FILED, can_review_plan, guard=_may_be_filed
        ),
        "return": Transition(
            "退回",
            frozenset({PlanStatus.SUBMITTED}),
            PlanStatus.RETURNED,
            can_review_plan,
            guard=_may_be_returned,
            note_required=True,
        ),
        "make": Transition(
            "定稿", frozenset({PlanStatus.DRAFT}), PlanStatus.MADE, can_submit_plan, guard=may_be_made
        ),
        "reopen": Transition(
            "修改", frozenset({PlanStatus.MADE}), PlanStatus.DRAFT, can_submit_plan, guard=_may_move
        ),
    },
)
