"""The address of the board's file."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World


def targets(world: World) -> Targets:
    """One campaign of each relation."""
    return {"board_file": {r: Target({"slug": c.slug}) for r, c in world.campaigns.items()}}
