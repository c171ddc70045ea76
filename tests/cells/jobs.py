"""What fills the addresses of what can be done with long work."""

from branches.models import JobState
from tests.cells.world import Target, Targets, World
from tests.factories.branches import JobFactory


def targets(world: World) -> Targets:
    """A job of the secretary that runs, and one that was cancelled; nobody else may see them."""
    mine = {"requested_by": world.people["secretary"], "organization": world.tree.village}
    running = JobFactory.create(state=JobState.RUNNING, **mine)
    ended = JobFactory.create(state=JobState.CANCELLED, **mine)
    return {
        "branches:job_cancel": {"own": Target({"pk": running.pk})},
        "branches:job_again": {"own": Target({"pk": ended.pk})},
    }
