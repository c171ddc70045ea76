"""Addresses of meetings: being prepared in three branches."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World
from tests.factories.meetings import MeetingFactory

STEPS = ("open", "close", "cancel")
PAGES = ("detail", "edit", "officers", "attendance", "sign_in", "notice", *STEPS)


def targets(world: World) -> Targets:
    """The planned meetings of the own, a sibling and an unrelated branch."""
    found: Targets = {"meetings:list": {"any": Target()}, "meetings:new": {"any": Target()}}
    made = {}
    for relation, evening in world.evenings["setup"].items():
        made[relation] = MeetingFactory.create(
            organization=evening.organization, campaign=world.campaigns["parent"]
        )
    for name in PAGES:
        data = {"note": "另行安排"} if name in STEPS else {}
        found[f"meetings:{name}"] = {r: Target({"pk": m.pk}, data) for r, m in made.items()}
    found["meetings:of_kind"] = {
        r: Target({"slug": world.campaigns["parent"].slug, "pk": m.organization_id, "kind": "plenary"})
        for r, m in made.items()
    }
    found["meetings:duty_account"] = {
        r: Target({"pk": e.meeting.pk, "member_pk": e.people[0].pk})
        for r, e in world.evenings["setup"].items()
    }
    return found
