"""The record: services write what they did; a command verifies the chain."""

from typing import Any

from django.db import models, transaction

from branches.models import AuditEvent, AuditHead, User
from branches.workflow import append_event, event_hash


def record(
    *, by: User | None, action: str, about: models.Model, detail: dict[str, Any] | None = None
) -> AuditEvent:
    """Add one event about a document; `detail` holds ids, counts and states, never personal values."""
    with transaction.atomic():
        return append_event(by=by, action=action, about=about, detail=detail or {})


def first_broken_link() -> int | None:
    """The sequence number of the first event whose hash does not fit, or None when the chain holds.

    A removed last event shows as the number after the last one found.
    """
    previous, number = "0" * 64, 0
    for event in AuditEvent.objects.order_by("sequence").iterator(chunk_size=2000):
        number += 1
        fits = event.sequence == number and event.previous_hash == previous
        if not fits or event.hash != event_hash(event):
            return number
        previous = event.hash
    head = AuditHead.objects.filter(pk=1).first()
    if head is not None and (head.sequence != number or head.hash != previous):
        return number + 1
    return None
