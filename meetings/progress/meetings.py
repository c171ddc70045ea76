"""How far each organisation is with its 党员大会: one query for any number of organisations."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, DateTimeField, F, QuerySet, When
from django.db.models.functions import TruncDate

from branches.models import Campaign, Organization
from meetings.models import Meeting, MeetingStatus


@dataclass(frozen=True)
class MeetingProgress:
    """The meeting of one organisation that matters now: the last one held, else the next one planned."""

    meeting: uuid.UUID
    status: str
    planned_for: datetime.date | None
    held_on: datetime.date | None


def exact_for(since: Mapping[int, datetime.datetime] | None, field: str) -> Case:
    """The moment in `field` for organisations in a later round, nothing for others: days are read much faster."""
    later = When(organization__in=list(since or ()), then=F(field))
    return Case(later, output_field=DateTimeField(null=True))


def meetings_by_organization(
    campaign: Campaign,
    organizations: QuerySet[Organization],
    since: Mapping[int, datetime.datetime] | None = None,
) -> dict[int, MeetingProgress]:
    """The progress of each organisation that has a meeting in the campaign, by the organisation's key.

    Cancelled meetings do not count, nor do those before `since` (an earlier round). Days are local days.
    One put off without a new day (延期待定) is planned for no day.
    """
    rows = (
        Meeting.objects.filter(campaign=campaign, organization__in=organizations)
        .exclude(status=MeetingStatus.CANCELLED)
        .order_by("starts_at")
        .with_undecided()
        .annotate(on_day=TruncDate("starts_at"), at=exact_for(since, "starts_at"))
        .values_list("organization_id", "pk", "status", "on_day", "at", "n_undecided")
    )
    found: dict[int, MeetingProgress] = {}
    for organization, pk, status, day, starts_at, undecided in rows:
        if since and organization in since and starts_at < since[organization]:
            continue
        earlier = found.get(organization)
        if status != MeetingStatus.PLANNED:
            found[organization] = MeetingProgress(pk, status, earlier.planned_for if earlier else None, day)
        elif earlier is None:
            found[organization] = MeetingProgress(pk, status, None if undecided else day, None)
    return found
