"""Addresses of the review of materials: seats of the village's head, of supervisors, of nobody here."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World
from tests.factories.branches import CampaignFactory
from tests.factories.preparing import in_review

DATA: dict[str, dict[str, object]] = {
    "review_keep": {"note": "先记着"},
    "review_pass": {"note": ""},
    "review_return": {"note": "请改"},
}


def targets(world: World) -> Targets:
    """Materials of the own, a sibling and an unrelated branch, each at a seat of its own."""
    campaign = CampaignFactory.create(
        issuer=world.tree.county,
        slug="reviews",
        status="running",
        rules={"head_reviewer": "supervisors", "official_reviewer": "own_head"},
    )
    places = {
        "official": (world.tree.village, "official"),
        "own": (world.tree.village, "head"),
        "sibling": (world.tree.sibling, "head"),
        "unrelated": (world.tree.other_village, "head"),
    }
    seats = {
        relation: in_review(campaign=campaign, organization=place, role=role)[1][0]
        for relation, (place, role) in places.items()
    }
    found: Targets = {"members:reviews": {"all": Target()}}
    for page in ("review", "review_keep", "review_pass", "review_return"):
        found[f"members:{page}"] = {
            r: Target({"pk": slot.pk}, DATA.get(page, {})) for r, slot in seats.items()
        }
    return found
