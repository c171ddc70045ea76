"""In the room: from slot to slot, how long each took, what was noted; a device that was cut off loses nothing."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed, insist, perform
from meetings.models import Meeting, Slot, SlotStatus
from meetings.permissions.room import can_lead_through, can_note_slot
from meetings.rules.agenda import join_notes, kinds_before_ballot
from meetings.services.agenda import OPEN, parts_asked, slots_of
from meetings.services.clock import leave
from meetings.services.meetings import locked_meeting
from meetings.workflow.agenda import SLOT
from members.rules.cleaning import clean_text

LONGEST_NOTES = 20_000  # characters of one slot; a limit of the system, of no notice
LONGEST_LAG = datetime.timedelta(hours=12)  # no device is believed to have been cut off for longer


@dataclass(frozen=True)
class Kept:
    """Notes as they are saved: how often, and whether they were joined with what somebody else noted meanwhile."""

    saved: int
    text: str
    joined: bool


def turn(
    *,
    meeting: Meeting,
    left: uuid.UUID | None,
    to: uuid.UUID | None,
    by: User,
    ago: int = 0,
    skip_reason: str = "",
) -> bool:
    """Leave the slot `left` (None: nothing has begun) and begin `to` (None: the agenda is over), `ago` seconds ago.

    A slot left for an earlier one is put back; left with a reason it is skipped, else done. Returns False, and does
    nothing, when another device has gone on meanwhile; the same turn told twice counts once.
    """
    with transaction.atomic():
        locked = locked_meeting(meeting)
        insist(can_lead_through(by, locked))
        slots = {slot.pk: slot for slot in slots_of(locked)}
        now = next((slot for slot in slots.values() if slot.status == SlotStatus.NOW), None)
        here = now.pk if now else None
        if here != left or left == to:
            return here == to
        if to is not None and to not in slots:
            return False
        moment = timezone.now() - min(datetime.timedelta(seconds=max(ago, 0)), LONGEST_LAG)
        if now is not None:
            is_back = to is not None and slots[to].ordinal < now.ordinal
            moment = leave(now, moment, is_back=is_back, reason=skip_reason.strip()[:100], by=by)
        if to is not None:
            Slot.objects.filter(pk=to).update(begun_at=moment, skip_reason="")
            perform(SLOT, slots[to], "begin_slot", by=by)
    return True


def save_notes(*, slot: Slot, saved: int, text: str, by: User, is_auto: bool = False) -> Kept:
    """Keep what was noted; `saved` is the count of saves the page builds upon.

    Where somebody else saved meanwhile both texts are kept. What the page saves by itself is not written into the
    record. Raises NotAllowed for others than clerks and recorder, before the meeting, after the minutes are drawn
    up, and for a text beyond all measure.
    """
    text = clean_text(text)
    with transaction.atomic():
        meeting = locked_meeting(slot.meeting)
        insist(can_note_slot(by, meeting))
        row = Slot.objects.filter(pk=slot.pk).first()
        if row is None:
            raise NotAllowed("这一项议程刚刚被删去了，记录没有地方存。请把内容记到别的议程里。")
        if row.notes == text:
            return Kept(row.saved, text, False)
        if len(text) > LONGEST_NOTES:
            raise NotAllowed(f"这一项记得太长（超过 {LONGEST_NOTES} 字），没有保存。请加一项议程接着记。")
        joined = text if row.saved == saved else join_notes(row.notes, text)
        Slot.objects.filter(pk=row.pk).update(notes=joined, saved=row.saved + 1)
        if not is_auto:
            record(by=by, action="note_slot", about=row, detail={"chars": len(joined)})
    return Kept(row.saved + 1, joined, joined != text)


def tick_slots(*, meeting: Meeting, by: User) -> int:
    """Note all that comes before the ballot as done: it was held without this screen; returns how many."""
    with transaction.atomic():
        locked = locked_meeting(meeting)
        insist(can_lead_through(by, locked))
        before = kinds_before_ballot(parts_asked(locked))
        waiting = [slot for slot in slots_of(locked) if slot.kind in before and slot.status in OPEN]
        for slot in waiting:
            if slot.status == SlotStatus.NOW:
                leave(slot, timezone.now(), is_back=False, reason="", by=by)
            else:
                perform(SLOT, slot, "tick_slot", by=by)
    return len(waiting)
