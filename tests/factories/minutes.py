"""A committee meeting of five taken through all its slots, for minutes."""

from __future__ import annotations

from meetings.models import (
    AttendanceStatus,
    Capacity,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Participant,
    Slot,
    SlotKind,
    SlotStatus,
)
from tests.factories.meetings import DutyFactory, MeetingFactory

NAMES = ("刘德福", "王桂兰", "陈国庆", "吴长河", "何秀兰")


def committee_meeting(
    names: tuple[str, ...] = NAMES, *, status: str = MeetingStatus.CLOSED, slots: bool = True, **where: object
) -> Meeting:
    """A 支委会 of these people, everybody present; with `slots` everybody spoke in three steps."""
    meeting: Meeting = MeetingFactory.create(kind=MeetingKind.COMMITTEE, status=status, **where)
    for kind, name in (("chair", names[0]), ("recorder", names[1])):
        DutyFactory.create(meeting=meeting, kind=kind, holder_name=name)
    for number, name in enumerate(names):
        Participant.objects.create(
            meeting=meeting,
            capacity=Capacity.SEAT,
            ordinal=number,
            name=name,
            status=AttendanceStatus.PRESENT,
        )
    if slots:
        speak(meeting, names)
    return meeting


def speak(meeting: Meeting, names: tuple[str, ...] = NAMES) -> list[Slot]:
    """The committee's own check by its head, then each in three steps: 1 + m(m + 1) slots."""
    rows = [(SlotKind.COMMITTEE_CHECK, f"{names[0]}代表班子对照检查", names[0], "")]
    for name in names:
        rows.append((SlotKind.OWN_CHECK, f"{name}个人对照检查", name, ""))
        rows += [(SlotKind.CRITICISM, f"{o}对{name}提批评意见", o, name) for o in names if o != name]
        rows.append((SlotKind.REPLY, f"{name}表态", name, ""))
    return [
        Slot.objects.create(
            meeting=meeting,
            ordinal=number,
            kind=kind,
            title=title,
            speaker_name=speaker,
            about_name=about,
            status=SlotStatus.DONE,
            notes=f"{title}：抓学习不够经常，联系群众不够紧密。",
        )
        for number, (kind, title, speaker, about) in enumerate(rows)
    ]
