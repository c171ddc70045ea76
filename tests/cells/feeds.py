"""The calendar of an organisation, and making and revoking its address."""

from __future__ import annotations

from branches.services.feeds import make_feed
from tests.cells.world import Target, Targets, World


def targets(world: World) -> Targets:
    """Organisations near and far; the address that holds and one that does not."""
    places = {r: Target({"pk": place.pk}) for r, place in world.organizations().items()}
    token = make_feed(organization=world.tree.village, by=world.people["secretary"])
    return {
        "branches:feed_make": places,
        "branches:feed_revoke": places,
        "calendar": {"right": Target({"token": token}), "wrong": Target({"token": "x" * len(token)})},
    }
