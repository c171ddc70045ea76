"""What keeps a campaign from being closed: no feedback, no assessment of a counted ballot, a 补课 that goes on."""

from __future__ import annotations

from django.db.models import Max

from branches.models import Campaign, ClosingHold, DecisionKind, HoldKind, Run, StepDecision, StepMark
from branches.permissions import Answer, Denied
from branches.rules import Rules

NAMED = 5  # organisations named in a refusal
FEEDBACK, ASSESSMENT = "feedback", "assessment"  # keys of steps
# A superior's 同意不做 of one of these steps lifts the hold.
LIFTED_BY = {HoldKind.ASSESSMENT: (ASSESSMENT, FEEDBACK), HoldKind.FEEDBACK: (FEEDBACK,)}
FIRST_ROUND = 1
# Of what holds: whether it is a 补课, why the campaign cannot be closed, and what to do.
SAID = (
    (False, ("还有党员没有得到反馈", "完成评定、向本人反馈")),
    (True, ("补课还没有结束", "把补课后的满意度测评做完、核定")),
)


def holding(campaign: Campaign) -> list[ClosingHold]:
    """What is missing in the present round of the organisations addressed, in their order.

    Not what a superior let an organisation off, what its rules do not ask for, or what was left of a round that
    has to be held again. An assessment on paper counts once the branch has ticked the feedback by hand.
    """
    rows = ClosingHold.objects.filter(
        campaign=campaign, count__gt=0, organization__in=campaign.organizations()
    ).select_related("organization")
    if not (found := list(rows.order_by("organization__path", "kind"))):
        return []
    newest = Run.objects.filter(campaign=campaign).order_by().values_list("organization")
    rounds = dict(newest.annotate(newest=Max("round_no")))
    keys = ("organization", "round_no", "step")
    decisions = StepDecision.objects.filter(campaign=campaign, kind=DecisionKind.WAIVED, ended_at=None)
    waived = set(decisions.values_list(*keys))
    ticked = set(StepMark.objects.filter(campaign=campaign, step=FEEDBACK).values_list(*keys))

    def stands(hold: ClosingHold) -> bool:
        place = (hold.organization_id, hold.round_no)
        return (
            hold.round_no == rounds.get(hold.organization_id, FIRST_ROUND)
            and _asks(campaign.rules_for(hold.organization), hold.kind)
            and not any((*place, step) in waived for step in LIFTED_BY.get(HoldKind(hold.kind), ()))
            and not (hold.steps and all((*place, step) in waived for step in hold.steps))
            and not (hold.kind == HoldKind.ASSESSMENT and (*place, FEEDBACK) in ticked)
        )

    return [hold for hold in found if stands(hold)]


def _asks(rules: Rules, kind: str) -> bool:
    """Whether the rules ask for what is missing."""
    if kind == HoldKind.MAKE_UP:
        return rules.satisfaction_surveys > 0
    return rules.feedback_required or (kind == HoldKind.ASSESSMENT and rules.assessment_by != "none")


def nothing_missing(campaign: Campaign) -> Answer:
    """Everybody was told and no 补课 goes on, or the organisations where it is otherwise are named."""
    found = holding(campaign)
    if not found:
        return True
    named = "、".join(str(hold) for hold in found[:NAMED])
    more = f"，等 {len(found)} 处" if len(found) > NAMED else ""
    kinds = {hold.kind == HoldKind.MAKE_UP for hold in found}
    why, what = ("，".join(words[place] for again, words in SAID if again in kinds) for place in (0, 1))
    return Denied(
        f"{why}，活动不能结束：{named}{more}。请这些党组织先{what}；"
        "确实不用做的，由上级在该支部的步骤页面上写明原因，点“同意不做”。"
    )
