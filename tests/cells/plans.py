"""Addresses of plans: being written, waiting for review; and of the 沟通记录."""

from __future__ import annotations

from branches.models import Campaign, Organization
from tests.cells.world import Target, Targets, World
from tests.factories.branches import CampaignFactory
from tests.factories.plans import PlanFactory

DATA: dict[str, dict[str, object]] = {
    "plan_edit": {"revision": 1, "form": "开党员大会", "requirements": "会前谈心"},
    "plan_check": {"revision": 1, "declared": "on"},
    "plan_review": {"number": 1, "comment": "", "decision": "approve"},
    "consultation": {"held_on": "2026-01-05", "with_whom": "镇党委副书记"},
}
BEING_WRITTEN = ("plan", "plan_edit", "plan_check", "plan_history")


def targets(world: World) -> Targets:
    """Plans of every place in two campaigns of the county, and queues of campaigns of every level."""
    issuers = {
        "own": world.tree.township,
        "parent": world.tree.county,
        "unrelated": world.tree.other_township,
    }
    queues = {r: asking(issuer, f"queue-{r}") for r, issuer in issuers.items()}
    found: Targets = {
        "branches:plans": {r: Target({"slug": c.slug}) for r, c in queues.items()},
        "branches:consultation": at_places(world, world.campaigns["parent"], "consultation"),
    }
    found["branches:plans"]["none"] = Target({"slug": world.campaigns["parent"].slug})
    writing = with_plans(world, "draft")
    for name in BEING_WRITTEN:
        found[f"branches:{name}"] = at_places(world, writing, name)
    waiting = with_plans(world, "submitted")
    found["branches:plan_review"] = at_places(world, waiting, "plan_review")
    found["branches:plan_step"] = at_places(world, waiting, "plan_step", name="withdraw")
    return found


def asking(issuer: Organization, slug: str) -> Campaign:
    """A running campaign whose plans must be approved."""
    made: Campaign = CampaignFactory.create(
        issuer=issuer, slug=f"plans-{slug}", status="running", rules={"plan_gate": "approve"}
    )
    return made


def with_plans(world: World, status: str) -> Campaign:
    """A campaign of the county with a plan of every place in that state."""
    campaign = asking(world.tree.county, status)
    for organization in world.organizations().values():
        PlanFactory.create(campaign=campaign, organization=organization, status=status)
    return campaign


def at_places(world: World, campaign: Campaign, page: str, **more: object) -> dict[str, Target]:
    """One page of the campaign for every place."""
    return {
        r: Target({"slug": campaign.slug, "pk": o.pk, **more}, DATA.get(page, {}))
        for r, o in world.organizations().items()
    }
