"""Addresses of the room: meetings that are being held in three branches, without an agenda yet."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World


def targets(world: World) -> Targets:
    """The meetings of the evening in the own, a sibling and an unrelated branch; they are open."""
    sent = {"agenda": {"do": "draw"}, "room": {"do": "next"}, "projector": {}}
    return {
        f"meetings:{name}": {
            relation: Target({"pk": evening.meeting.pk}, data)
            for relation, evening in world.evenings["setup"].items()
        }
        for name, data in sent.items()
    }
