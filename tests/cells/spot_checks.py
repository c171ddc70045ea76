"""Addresses of spot checks: a draw of every level with one material below it."""

from __future__ import annotations

from branches.models import Campaign, Organization, Role
from members.models import MaterialRole, SpotCheck
from members.services.spot_checks import draw_materials
from tests.cells.world import Target, Targets, World
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.preparing import MaterialFactory

PLACES = ("spot_checks", "spot_summary", "spot_draw")
CHECKS = ("spot_check", "spot_verify", "spot_pool")
DRAW = {"size": "1", "seed": "6-3-1"}
FINDING = {"finding": "写得实在。", "wants_more": "0", "decision": "keep"}


def targets(world: World) -> Targets:
    """The pages of the office of each level, of its draw, and of the one item drawn."""
    tree = world.tree
    found: Targets = {f"members:{name}": {} for name in (*PLACES, *CHECKS, "spot_item")}
    levels = {"own": tree.township, "parent": tree.county, "unrelated": tree.other_township}
    for relation, office in levels.items():
        campaign = asking(office, f"checked-{relation}", spot_check=True)
        below = tree.other_village if relation == "unrelated" else tree.village
        check = drawn(campaign, office, below)
        kwargs = {"slug": campaign.slug, "pk": office.pk}
        for name in PLACES:
            found[f"members:{name}"][relation] = Target(kwargs, DRAW if name == "spot_draw" else {})
        for name in CHECKS:
            found[f"members:{name}"][relation] = Target({"pk": check.pk})
        found["members:spot_item"][relation] = Target({"pk": check.pk, "position": 1}, FINDING)
    silent = asking(tree.county, "unchecked", spot_check=False)
    for name in PLACES:
        found[f"members:{name}"]["none"] = Target({"slug": silent.slug, "pk": tree.county.pk})
    return found


def asking(issuer: Organization, slug: str, *, spot_check: bool) -> Campaign:
    """A running campaign with or without spot checks."""
    made: Campaign = CampaignFactory.create(
        issuer=issuer, slug=slug, status="running", rules={"spot_check": spot_check}
    )
    return made


def drawn(campaign: Campaign, office: Organization, below: Organization) -> SpotCheck:
    """A draw of the office from one material of the branch below it."""
    MaterialFactory.create(
        campaign=campaign, organization=below, role=MaterialRole.COMMITTEE, status="passed", member=None
    )
    return draw_materials(
        campaign=campaign, organization=office, size=1, by=account_with(Role.OFFICE, office)
    )
