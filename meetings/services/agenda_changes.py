"""The agenda is ordered by hand: slots are moved, added, renamed, taken off, skipped beforehand."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import F

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed, insist, perform
from meetings.models import Meeting, Slot, SlotKind, SlotStatus
from meetings.permissions.room import can_order_agenda
from meetings.services.agenda import is_untouched, slots_of
from meetings.services.meetings import locked_meeting
from meetings.workflow.agenda import SLOT

LONGEST = {
    "title": ("内容", 120),
    "speaker_name": ("发言人", 40),
    "about_name": ("对谁", 40),
}  # as the table has it
MOVED = "刚才另有一位同志改过议程，请看现在的顺序再办。"


def _locked_slot(slot: Slot, by: User) -> tuple[Meeting, Slot]:
    """The meeting under a lock and the slot as it is now; raises NotAllowed when the agenda may not be changed."""
    locked = locked_meeting(slot.meeting)
    insist(can_order_agenda(by, locked))
    now = Slot.objects.filter(pk=slot.pk).first()
    if now is None:
        raise NotAllowed(MOVED)
    return locked, now


def move_slot(*, slot: Slot, seen: int, up: bool, by: User) -> Slot:
    """Change places with the slot before or after; `seen` is the place at which the page showed it.

    Only what has not begun is moved, and never past what has. A second press of the same button changes nothing.
    """
    with transaction.atomic():
        meeting, now = _locked_slot(slot, by)
        if now.ordinal != seen:
            raise NotAllowed(MOVED)
        others = Slot.objects.filter(meeting=meeting)
        before = others.filter(ordinal__lt=seen).order_by("-ordinal", "-pk").first()
        other = before if up else others.filter(ordinal__gt=seen).order_by("ordinal", "pk").first()
        if other is None or {now.status, other.status} != {SlotStatus.PENDING}:
            raise NotAllowed("只能移动还没有进行的议程，也不能移到已经进行的前面。")
        Slot.objects.filter(pk=now.pk).update(ordinal=other.ordinal)
        Slot.objects.filter(pk=other.pk).update(ordinal=seen)
        record(by=by, action="move_slot", about=meeting, detail={"from": seen, "to": other.ordinal})
    return now


def add_slot(
    *, meeting: Meeting, title: str, by: User, speaker_name: str = "", after: uuid.UUID | None = None
) -> Slot:
    """Add a slot behind the slot `after`, else at the end."""
    with transaction.atomic():
        locked = locked_meeting(meeting)
        insist(can_order_agenda(by, locked))
        words = _words(title=title, speaker_name=speaker_name)
        slots = slots_of(locked)
        place = next((slot.ordinal for slot in slots if slot.pk == after), None)
        if place is None:
            place = slots[-1].ordinal if slots else 0
        Slot.objects.filter(meeting=locked, ordinal__gt=place).update(ordinal=F("ordinal") + 1)
        slot = Slot.objects.create(meeting=locked, ordinal=place + 1, kind=SlotKind.OTHER, **words)
        record(by=by, action="add_slot", about=locked, detail={"place": slot.ordinal})
    return slot


def rename_slot(*, slot: Slot, title: str, speaker_name: str, about_name: str, by: User) -> Slot:
    """Change the words of a slot; another name takes the key of the person away."""
    with transaction.atomic():
        meeting, now = _locked_slot(slot, by)
        words = _words(title=title, speaker_name=speaker_name, about_name=about_name)
        if words["speaker_name"] != now.speaker_name:
            words["speaker_key"] = ""
        if words["about_name"] != now.about_name:
            words["about_key"] = ""
        Slot.objects.filter(pk=now.pk).update(**words)
        record(by=by, action="rename_slot", about=meeting, detail={"place": now.ordinal})
    return now


def _words(**words: str) -> dict[str, str]:
    """What was typed, cleaned; raises NotAllowed for a slot without words and for more than fits."""
    cleaned = {name: " ".join(text.split()) for name, text in words.items()}
    if not cleaned["title"]:
        raise NotAllowed("请写明这一项的内容。")
    for name, text in cleaned.items():
        word, most = LONGEST[name]
        if len(text) > most:
            raise NotAllowed(f"{word}太长，最多 {most} 字。")
    return cleaned


def remove_slot(*, slot: Slot, by: User) -> None:
    """Take a slot off the agenda of which nothing was said or noted."""
    with transaction.atomic():
        meeting, now = _locked_slot(slot, by)
        if not is_untouched([now]):
            raise NotAllowed("这一项已经进行或者有记录，不能删去；没有进行的可以跳过。")
        now.delete()
        Slot.objects.filter(meeting=meeting, ordinal__gt=now.ordinal).update(ordinal=F("ordinal") - 1)
        record(by=by, action="remove_slot", about=meeting, detail={"place": now.ordinal})


def skip_slot(*, slot: Slot, reason: str, by: User) -> Slot:
    """Note beforehand that a slot will not take place, and why."""
    with transaction.atomic():
        _meeting, now = _locked_slot(slot, by)
        if now.status == SlotStatus.NOW:
            raise NotAllowed("这一项正在进行，请在记录页面跳过。")
        done = perform(SLOT, now, "skip_slot", by=by, note=reason)
        Slot.objects.filter(pk=now.pk).update(skip_reason=reason.strip()[:100])
    return done


def skip_person(*, meeting: Meeting, name: str, reason: str, by: User) -> int:
    """Skip all that is still to come of somebody who is not here: what he says and what is said of him; how many."""
    with transaction.atomic():
        locked = locked_meeting(meeting)
        insist(can_order_agenda(by, locked))
        waiting = Slot.objects.filter(meeting=locked, status=SlotStatus.PENDING).order_by("ordinal", "pk")
        his = [slot for slot in waiting if name and name in (slot.speaker_name, slot.about_name)]
        if not his:
            raise NotAllowed("后面没有这位同志的发言了。")
        for slot in his:
            perform(SLOT, slot, "skip_slot", by=by, note=reason)
        Slot.objects.filter(pk__in=[slot.pk for slot in his]).update(skip_reason=reason.strip()[:100])
    return len(his)


def restore_slot(*, slot: Slot, by: User) -> Slot:
    """Take a skip back."""
    with transaction.atomic():
        _meeting, now = _locked_slot(slot, by)
        done = perform(SLOT, now, "restore_slot", by=by)
        Slot.objects.filter(pk=now.pk).update(skip_reason="")
    return done
