"""Announcements: rows written with the fact they announce, delivered by the relay."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils import timezone

from branches.models import Appointment, Notice, Organization, User


def announce(
    *,
    kind: str,
    about: models.Model,
    recipients: Iterable[User],
    title: str,
    day: datetime.date | None = None,
    body: str = "",
    url: str = "",
) -> int:
    """Write one notice for each recipient; the same kind about the same object on one day only once.

    Returns the number of recipients asked for. Call it in the transaction of the fact.
    """
    today = day or timezone.localdate()
    rows = [
        Notice(
            kind=kind,
            about_id=f"{about._meta.label_lower}:{about.pk}",
            day=today,
            recipient=person,
            title=title,
            body=body,
            url=url,
        )
        for person in recipients
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


@dataclass(frozen=True, slots=True)
class Personal:
    """What one person is told, in words made for this person."""

    recipient: int
    title: str
    body: str = ""
    url: str = ""


def announce_each(*, kind: str, day: datetime.date, messages: Iterable[Personal]) -> int:
    """Write to each person a notice of their own: one of this kind a person and day, whoever else writes.

    Returns the number of notices asked for.
    """
    rows = [
        Notice(
            kind=kind,
            about_id=f"{User._meta.label_lower}:{message.recipient}",
            day=day,
            recipient_id=message.recipient,
            title=message.title[:120],
            body=message.body,
            url=message.url,
        )
        for message in messages
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def deliver_due() -> int:
    """Deliver what lies in the outbox; returns how many. In-app delivery is the mark itself."""
    return Notice.objects.filter(delivered_at__isnull=True).update(delivered_at=timezone.now())


def holders(organizations: models.QuerySet[Organization], roles: Iterable[str]) -> list[User]:
    """The people with an account who hold one of `roles` today in these organisations."""
    posts = Appointment.objects.current(timezone.localdate()).filter(
        organization__in=organizations, role__in=list(roles), user__isnull=False
    )
    return list(User.objects.filter(appointments__in=posts, is_active=True).distinct())
