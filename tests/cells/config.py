"""Addresses of the project itself."""

from tests.cells.world import Target, Targets, World


def targets(world: World) -> Targets:
    """Home and health."""
    return {"home": {"any": Target()}, "healthz": {"any": Target()}}
