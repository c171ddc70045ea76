"""The count's own chain of events: every decision and change of state, without time, page, paper or voter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from branches.rules.chain import chain_hash
from evaluations.models import NO_HASH, Ballot, CountEvent


def event_content(event: CountEvent) -> dict[str, Any]:
    """What the hash of an event covers, besides the hash before it."""
    return {
        "ballot": str(event.ballot_id),
        "sequence": event.sequence,
        "kind": event.kind,
        "payload": event.payload,
    }


def note(ballot: Ballot, kind: str, payload: dict[str, Any] | None = None) -> CountEvent:
    """Add one event; `payload` holds counts, kinds, ordinals and decided values only."""
    return note_all(ballot, kind, [payload or {}])[0]


def note_all(ballot: Ballot, kind: str, payloads: Sequence[dict[str, Any]]) -> list[CountEvent]:
    """Add several events of one kind in this order."""
    events: list[CountEvent] = []
    with transaction.atomic():
        Ballot.objects.select_for_update().only("pk").get(pk=ballot.pk)
        last = CountEvent.objects.filter(ballot=ballot).order_by("-sequence").first()
        for payload in payloads:
            event = CountEvent(
                ballot=ballot,
                sequence=last.sequence + 1 if last else 1,
                kind=kind,
                payload=payload,
                previous_hash=last.hash if last else NO_HASH,
            )
            event.hash = chain_hash(event.previous_hash, event_content(event))
            events.append(event)
            last = event
        CountEvent.objects.bulk_create(events)
    return events


def chain_head(ballot: Ballot) -> str:
    """The hash of the last event; 64 zeros when there is none."""
    last = CountEvent.objects.filter(ballot=ballot).order_by("-sequence").values_list("hash", flat=True)
    return last.first() or NO_HASH


def first_broken_event(ballot: Ballot, events: Iterable[CountEvent] | None = None) -> int | None:
    """The sequence number of the first event that does not fit, or None when the chain holds."""
    previous = NO_HASH
    rows = CountEvent.objects.filter(ballot=ballot).order_by("sequence") if events is None else events
    for number, event in enumerate(rows, start=1):
        fits = event.sequence == number and event.previous_hash == previous
        if not fits or event.hash != chain_hash(previous, event_content(event)):
            return number
        previous = event.hash
    return None
