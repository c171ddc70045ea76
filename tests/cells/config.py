"""Addresses of the project itself."""

import datetime

from tests.cells.world import Target, Targets, World


def targets(world: World) -> Targets:
    """Home, health, and the steps of one organisation."""
    places, slug = world.organizations(), world.campaigns["parent"].slug
    today = datetime.date(2026, 1, 1).isoformat()
    where = {r: {"slug": slug, "pk": o.pk} for r, o in places.items()}
    return {
        "home": {"any": Target()},
        "healthz": {"any": Target()},
        "org_steps": {r: Target(kwargs) for r, kwargs in where.items()},
        "order_redo": {r: Target(kwargs, {"reason": "流于形式"}) for r, kwargs in where.items()},
        "step_action": {
            r: Target({**kwargs, "step": "talks", "action": "note"}, {"talks-note-done_on": today})
            for r, kwargs in where.items()
        },
    }
