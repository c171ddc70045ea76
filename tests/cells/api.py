"""Addresses of the summary interface and of its keys; nobody here has a key."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World

KEYS = ("summary_key", "summary_key_make", "summary_key_revoke")


def targets(world: World) -> Targets:
    """The county's campaign for the interface, every place for the keys."""
    slug = {"slug": world.campaigns["parent"].slug}
    found: Targets = {
        "evaluations:openapi": {"any": Target()},
        "evaluations:api_campaigns": {"any": Target()},
        "evaluations:api_graded": {"any": Target(slug)},
        "evaluations:api_ballots": {"any": Target(slug)},
    }
    for name in KEYS:
        found[f"evaluations:{name}"] = {
            relation: Target({"pk": place.pk}) for relation, place in world.organizations().items()
        }
    return found
