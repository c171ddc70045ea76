"""Addresses of the archive, and of the ballot's papers put into minutes."""

from __future__ import annotations

from meetings.models import MeetingStatus, Minutes
from meetings.services import minutes as services
from tests.cells.world import Target, Targets, World
from tests.factories.meetings import MeetingFactory


def targets(world: World) -> Targets:
    """The archives of all organisations the campaign was sent to; minutes of the own, a sibling and another branch."""
    slug = world.campaigns["parent"].slug
    places = {
        name: place
        for name, place in world.organizations().items()
        if name in ("own", "sibling", "unrelated")
    }
    found: Targets = {
        name: {relation: Target({"slug": slug, "pk": place.pk}) for relation, place in places.items()}
        for name in ("archive", "archive_make")
    }
    found["minutes_ballot"] = {}
    for relation, evening in world.evenings["setup"].items():
        meeting = MeetingFactory.create(
            organization=evening.organization,
            campaign=world.campaigns["parent"],
            status=MeetingStatus.CLOSED,
            place="镇会议室",
        )
        facts, sections = services.fresh(meeting).dumps()
        Minutes.objects.create(meeting=meeting, facts=facts, sections=sections)
        found["minutes_ballot"][relation] = Target({"pk": meeting.pk})
    return found
