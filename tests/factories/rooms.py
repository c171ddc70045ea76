"""Meetings of a committee with so many seats, planned or being held, for the tests of agenda and room."""

from __future__ import annotations

from typing import Any

from branches.models import Campaign, Organization, User
from meetings.models import Capacity, Meeting, MeetingKind, MeetingStatus, Participant, Slot
from meetings.services.agenda import draw_up
from tests.factories.meetings import MeetingFactory

NAMES = ("刘德福", "王桂兰", "吴长河", "陈国庆", "何秀兰", "万国栋", "赵文", "周敏", "李敏", "孙建军", "陶文")


def seated(
    organization: Organization,
    campaign: Campaign,
    *,
    seats: int,
    kind: str = MeetingKind.COMMITTEE,
    **more: Any,
) -> Meeting:
    """A meeting with so many seats noted, the secretary's first."""
    meeting: Meeting = MeetingFactory.create(organization=organization, campaign=campaign, kind=kind, **more)
    Participant.objects.bulk_create(
        Participant(meeting=meeting, capacity=Capacity.SEAT, ordinal=at, key=f"m{at}", name=NAMES[at])
        for at in range(seats)
    )
    return meeting


def held(organization: Organization, campaign: Campaign, by: User, *, seats: int = 5, **more: Any) -> Meeting:
    """A meeting that is being held, its agenda drawn up."""
    meeting = seated(organization, campaign, seats=seats, status=MeetingStatus.OPENED, **more)
    draw_up(meeting=meeting, by=by)
    return meeting


def slots(meeting: Meeting) -> list[Slot]:
    """The slots of a meeting in their order, as they are now."""
    return list(Slot.objects.filter(meeting=meeting).order_by("ordinal"))
