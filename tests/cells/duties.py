"""What a campaign asks and what it does not: by campaign, and for one organisation."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World


def targets(world: World) -> Targets:
    """The page of each campaign, and of the own campaign for organisations near and far (at_…)."""
    pages = {r: Target({"slug": c.slug}) for r, c in world.campaigns.items() if r in RELATIONS}
    for relation, place in world.organizations().items():
        pages[f"at_{relation}"] = Target({"slug": "own"}, query=f"organization={place.pk}")
    return {"branches:duties": pages}


RELATIONS = ("own", "parent", "unrelated", "draft")
