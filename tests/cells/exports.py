"""Addresses of what is typed into other systems, and of the summary with grades."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World

BY_CAMPAIGN = ("graded", "graded_file")


def targets(world: World) -> Targets:
    """The campaigns for the summary; for exports the county's campaign and every place."""
    found: Targets = {}
    for name in BY_CAMPAIGN:
        found[f"evaluations:{name}"] = {r: Target({"slug": c.slug}) for r, c in world.campaigns.items()}
    slug = {"slug": world.campaigns["parent"].slug}
    for relation, place in world.organizations().items():
        code = {"organization": place.code}
        full = {**code, "format": "csv-gbk", "full": "on"}
        found.setdefault("evaluations:exports", {})[relation] = Target(
            slug, code, query=f"organization={place.code}"
        )
        found.setdefault("evaluations:statistics", {})[relation] = Target(slug, code)
        found.setdefault("evaluations:backfill", {})[relation] = Target(slug, full)
    return found
