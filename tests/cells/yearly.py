"""Addresses of the yearly checks: one organisation's year, days noted and taken off, the branches below."""

from __future__ import annotations

from django.utils import timezone

from branches.models import Role
from meetings.models import HeldNote
from tests.cells.world import Target, Targets, World
from tests.factories.branches import account_with

KINDS = {"parent": "democratic_life", "child": "group"}


def targets(world: World) -> Targets:
    """A note from paper in every place; the township has a leader with an account."""
    today, names = timezone.localdate(), ("yearly", "held_note", "leader_note", "held_remove")
    found: Targets = {f"meetings:{name}": {} for name in names}
    head = account_with(Role.SECRETARY, world.tree.township)
    for relation, organization in world.organizations().items():
        kind = KINDS.get(relation, "plenary")
        note = HeldNote.objects.create(
            organization=organization, kind=kind, held_on=today, by=world.people["county"]
        )
        where = {"pk": organization.pk, "year": today.year}
        data = {"kind": f"{organization.pk}-{kind}", "on": today.isoformat()}
        led = {"kind": "thematic", "on": today.isoformat(), "person": str(head.pk)}
        found["meetings:yearly"][relation] = Target(where)
        found["meetings:held_note"][relation] = Target(where, data)
        found["meetings:leader_note"][relation] = Target(where, led)
        found["meetings:held_remove"][relation] = Target({**where, "note": note.pk})
    found["meetings:yearly_list"] = {"any": Target()}
    return found
