"""Whole runs on the days they would happen: the clock, the notice, how the steps stand, a meeting gone through."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import time_machine
from django.utils import timezone

from branches.models import Addressee, Appointment, Audience, Campaign, Organization, User
from branches.services.campaigns import draft_campaign, publish
from config.home.standings import Standings
from meetings.models import Meeting, Slot, SlotStatus
from meetings.services.agenda import slots_of
from meetings.services.speaking import save_notes, turn
from tests.conftest import Tree

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Days:
    """The clock of a run."""

    def __init__(self, clock: time_machine.Traveller) -> None:
        self.clock = clock

    def at(self, year: int, month: int, day: int, hour: int = 9) -> datetime.datetime:
        """Go to an hour of a day; returns it."""
        moment = datetime.datetime(year, month, day, hour, tzinfo=SHANGHAI)
        self.clock.move_to(moment)
        return moment


def states(campaign: Campaign, place: Organization) -> dict[str, str]:
    """How each step of an organisation stands today."""
    found = Standings.of(campaign, Organization.objects.filter(pk=place.pk), timezone.localdate())
    return {standing.step.key: standing.state for standing in found.rows[place.pk]}


def due_day(campaign: Campaign, place: Organization, step: str) -> datetime.date | None:
    """The day a step is due."""
    found = Standings.of(campaign, Organization.objects.filter(pk=place.pk), timezone.localdate())
    return next(standing.due for standing in found.rows[place.pk] if standing.step.key == step)


def begin_posts(day: datetime.date) -> None:
    """Everybody has been in office since before the run."""
    Appointment.objects.update(starts_on=day)


def issued(
    tree: Tree,
    by: User,
    preset: str,
    year: int,
    slug: str,
    *,
    issuer: Organization | None = None,
    audience: str = Audience.BRANCHES,
    to: Organization | None = None,
) -> Campaign:
    """The notice is published today."""
    source = issuer or tree.township
    drafted = draft_campaign(
        issuer=source, name="专题组织生活会和民主评议党员", slug=slug, year=year, preset=preset, by=by
    )
    Addressee.objects.create(campaign=drafted, organization=to or source, audience=audience)
    return publish(campaign=Campaign.objects.get(pk=drafted.pk), by=by)


def goes_through(meeting: Meeting, by: User) -> list[Slot]:
    """Everybody speaks in order, each noted; two minutes a slot."""
    slots = list(Slot.objects.filter(meeting=meeting).order_by("ordinal"))
    left: Slot | None = None
    for slot in slots:
        assert turn(meeting=meeting, left=left.pk if left else None, to=slot.pk, by=by)
        save_notes(slot=slot, saved=0, text=f"{slot.title}：记录", by=by)
        left = slot
    assert left is not None
    assert turn(meeting=meeting, left=left.pk, to=None, by=by)
    assert {slot.status for slot in slots_of(meeting)} == {SlotStatus.DONE}
    return slots
