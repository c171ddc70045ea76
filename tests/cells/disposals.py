"""Addresses of help plans, disposals and commendation: branches with a plan to be set, a case proposed and one handed in."""

from __future__ import annotations

from django.utils import timezone

from tests.cells.feedback import followed_branches
from tests.cells.world import Target, Targets, World
from tests.factories.disposing import FACTS, case_of, plan_of

PROPOSED, HANDED_IN, ENDED, HELPED = 0, 1, 2, 3


def targets(world: World) -> Targets:
    """Every page of these, in the own, a sibling and an unrelated branch."""
    found: Targets = {"evaluations:disposals": {"any": Target()}}

    def add(name: str, relation: str, target: Target) -> None:
        found.setdefault(f"evaluations:{name}", {})[relation] = target

    for relation, made in followed_branches(world, "stage-disposals").items():
        free = [n for n, row in enumerate(made.rows) if row.entry.member.user_id is None]
        plan = plan_of(made, row=free[HELPED])
        proposed = case_of(made, row=free[PROPOSED]).case
        handed_in = case_of(made, "submitted", row=free[HANDED_IN]).now()
        ended = case_of(made, "ended", row=free[ENDED]).now()
        place = {"pk": made.evening.organization.pk}
        campaign = {"slug": made.evening.campaign.slug, **place}
        add("follow_up", relation, Target(place))
        add("help_new", relation, Target(place, {"who": str(made.rows[free[PROPOSED]].pk)}))
        add("help_plan", relation, Target({"pk": plan.pk}))
        soon = timezone.localdate().replace(year=timezone.localdate().year + 1, day=1).isoformat()
        start = {
            "start-version": "0",
            "start-measures": "谈心",
            "start-helper": "何文",
            "start-review_on": soon,
        }
        add("help_step", relation, Target({"pk": plan.pk, "step": "start"}, start))
        person = str(made.rows[free[HELPED]].entry.member_id)
        data = {"member": person, "kind": "deadline", "reason": FACTS}
        add("disposal_new", relation, Target(campaign, data))
        add("disposal", relation, Target({"pk": proposed.pk}))
        add("disposal", f"{relation}_handed_in", Target({"pk": handed_in.pk}))
        drop = {"drop-version": str(proposed.version), "drop-note": "情况有变"}
        add("disposal_step", relation, Target({"pk": proposed.pk, "step": "drop"}, drop))
        refuse = {"refuse-version": str(handed_in.version), "refuse-note": "事实不清"}
        add("disposal_step", f"{relation}_handed_in", Target({"pk": handed_in.pk, "step": "refuse"}, refuse))
        follow = {"kind": "persuade", "reason": FACTS}
        add("disposal_follow", relation, Target({"pk": ended.pk}, follow))
    campaign_slug = {"slug": "stage-disposals"}
    for relation, organization in world.organizations().items():
        add("commend", relation, Target({**campaign_slug, "pk": organization.pk}))
    return found
