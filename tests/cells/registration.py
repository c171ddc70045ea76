"""Addresses of registration forms and of the retype page: assessments in force of three branches, and one kept there."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World
from tests.factories.evaluations import evening, published_campaign
from tests.factories.exporting import assessed


def targets(world: World) -> Targets:
    """What fills the addresses."""
    places = {
        "own": world.tree.village,
        "sibling": world.tree.sibling,
        "unrelated": world.tree.other_village,
        "kept": world.tree.school,
    }
    found: Targets = {}
    for relation, place in places.items():
        publicity = "branch_only" if relation == "kept" else "file_up"
        campaign = published_campaign(
            world.tree.county, slug=f"assessed-{relation}", rules={"result_publicity": publicity}
        )
        sheet = assessed(evening("certified", organization=place, campaign=campaign))
        for name in ("registration", "registration_all", "retype"):
            found.setdefault(f"evaluations:{name}", {})[relation] = Target({"pk": sheet.pk})
        row = sheet.assessments.order_by("ordinal")[0]
        kwargs = {"pk": sheet.pk, "row": row.pk}
        found.setdefault("evaluations:registration_one", {})[relation] = Target(kwargs, {"format": "docx"})
    return found
