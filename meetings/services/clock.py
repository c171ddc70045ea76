"""The clock of the slot that runs: stopped when it is left, and when the meeting is closed."""

from __future__ import annotations

import datetime

from django.utils import timezone

from branches.models import User
from branches.workflow import perform
from meetings.models import Meeting, Slot, SlotStatus
from meetings.workflow.agenda import SLOT


def leave(
    slot: Slot, moment: datetime.datetime, *, is_back: bool, reason: str, by: User
) -> datetime.datetime:
    """Stop the clock of the slot that runs; returns the moment, never before its beginning."""
    begun = slot.begun_at or moment
    moment = max(moment, begun)
    took = slot.seconds + int((moment - begun).total_seconds())
    Slot.objects.filter(pk=slot.pk).update(seconds=took, begun_at=None, skip_reason=reason)
    name = "skip_slot" if reason else "put_back_slot" if is_back else "finish_slot"
    perform(SLOT, slot, name, by=by, note=reason)
    return moment


def stop_clock(meeting: Meeting, by: User) -> None:
    """Finish the slot that runs, if one does; before the meeting is closed, within the same transaction."""
    running = Slot.objects.filter(meeting=meeting, status=SlotStatus.NOW).first()
    if running is not None:
        leave(running, timezone.now(), is_back=False, reason="", by=by)
