"""Addresses of the channels by which messages leave."""

from __future__ import annotations

from branches.models import DeliveryState
from tests.cells.world import Target, Targets, World
from tests.factories.channels import ADDRESSES, channel_of, delivery_for

LABEL = {"label": "值班室"}


def targets(world: World) -> Targets:
    """A channel of each place, and a message of it that did not leave."""
    places = world.organizations()
    made = {relation: channel_of(place) for relation, place in places.items()}
    failed = {r: delivery_for(channel, state=DeliveryState.FAILED) for r, channel in made.items()}
    one = {relation: Target({"pk": channel.pk}) for relation, channel in made.items()}
    filled = {**LABEL, "kind": "email", "address": ADDRESSES["email"]}
    return {
        "branches:channels": {r: Target({"pk": place.pk}) for r, place in places.items()},
        "branches:channel_add": {r: Target({"pk": place.pk}, filled) for r, place in places.items()},
        "branches:channel": {r: Target({"pk": channel.pk}, LABEL) for r, channel in made.items()},
        "branches:channel_switch": one,
        "branches:channel_remove": one,
        "branches:channel_test": one,
        "branches:delivery_again": {r: Target({"pk": delivery.pk}) for r, delivery in failed.items()},
    }
