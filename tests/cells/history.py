"""Addresses of a branch's years: the own, a sibling and an unrelated branch; a superior has no such page."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World


def targets(world: World) -> Targets:
    """What fills the address."""
    return {
        "evaluations:history": {
            relation: Target({"pk": world.organizations()[relation].pk})
            for relation in ("own", "sibling", "parent", "unrelated")
        }
    }
