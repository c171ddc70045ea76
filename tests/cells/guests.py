"""Addresses of guests: one invited to a planned meeting, one at a meeting being held, in three branches."""

from __future__ import annotations

from meetings.models import Meeting, MeetingStatus, Participant
from tests.cells.world import Target, Targets, World
from tests.factories.meetings import MeetingFactory


def targets(world: World) -> Targets:
    """The guests of the own, a sibling and an unrelated branch; the leaders of two townships."""
    found: Targets = {"meetings:guests": {}, "meetings:invite": {}, "meetings:note_guests": {}}
    one: Targets = {"meetings:remove_guest": {}, "meetings:invitation": {}}
    for relation, evening in world.evenings["setup"].items():
        place = {"organization": evening.organization, "campaign": world.campaigns["parent"]}
        planned = MeetingFactory.create(**place, kind="thematic")
        guest = Participant.objects.create(meeting=planned, capacity="masses", name="赵大爷")
        posted = {"name": "李大妈", "capacity": "masses"}
        found["meetings:guests"][relation] = Target({"pk": planned.pk}, posted)
        found["meetings:invite"][relation] = Target({"pk": planned.pk}, {"officer": "a0"})
        for name in one:
            one[name][relation] = Target({"pk": planned.pk, "guest": guest.pk})
        held = MeetingFactory.create(**place, kind="thematic")
        Meeting.objects.filter(pk=held.pk).update(status=MeetingStatus.OPENED)
        found["meetings:note_guests"][relation] = Target({"pk": held.pk})
    slug = world.campaigns["parent"].slug
    bodies = {
        "parent": world.tree.township,
        "own": world.tree.village,
        "unrelated": world.tree.other_township,
    }
    visits = {name: Target({"slug": slug, "pk": body.pk}) for name, body in bodies.items()}
    return {**found, **one, "meetings:visits": visits}
