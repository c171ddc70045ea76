"""What was entered of a meeting, gathered for its minutes: head-counts, absences, guests, speeches."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from branches.rules import show
from meetings.models import (
    GUESTS,
    Attendance,
    AttendanceStatus,
    Capacity,
    Duty,
    DutyKind,
    Meeting,
    Participant,
    Slot,
)
from meetings.rules.kinds import KINDS, OPEN, ROSTER, SEATS
from meetings.rules.minutes import Absence, Gathered, Guest, Heads, Spoken
from meetings.services.seats import seats_of
from meetings.workflow import has_ballot

WEEKDAYS = "一二三四五六日"
AWAY = (AttendanceStatus.LEAVE, AttendanceStatus.ABSENT, AttendanceStatus.NOT_COUNTED)


def gather(meeting: Meeting) -> Gathered:
    """Everything entered of the meeting, for `meetings.rules.minutes.drafted`. Eight queries at most."""
    kind = KINDS[meeting.kind]
    named = list(Duty.objects.filter(meeting=meeting).order_by("ordinal", "pk"))
    people = list(Participant.objects.filter(meeting=meeting))
    seats = [one for one in people if one.capacity == Capacity.SEAT]
    marks = marked(meeting)
    expected, present = _heads(meeting, kind.people)
    return Gathered(
        title=_title(meeting),
        time=when(meeting),
        place=meeting.place,
        topics=meeting.theme or meeting.campaign.name,
        chair="、".join(_names(named, DutyKind.CHAIR)),
        recorder="、".join(_names(named, DutyKind.RECORDER)),
        expected=expected,
        present=present,
        absences=tuple(Absence(name, how.label, why) for name, how, why in marks if how in AWAY),
        elsewhere=tuple(name for name, how, _why in marks if how == AttendanceStatus.ELSEWHERE),
        guests=_guests(people),
        slots=_slots(meeting),
        speakers=_speakers(meeting, seats) if kind.speaks else (),
        parts=_parts(meeting) if kind.people == ROSTER else (),
        has_ballot=kind.people == ROSTER and has_ballot(meeting),
        scrutineers=_names(named, DutyKind.SCRUTINEER),
        tellers=_names(named, DutyKind.TELLER),
    )


def _title(meeting: Meeting) -> str:
    """The name of the meeting with that of whoever held it."""
    group = f"{meeting.group.short_name}" if meeting.group else ""
    again = "（续会）" if meeting.continues_id else ""
    theme = "（结合主题党日）" if meeting.is_theme_day else ""
    return f"{meeting.organization.name}{group}{meeting.get_kind_display()}{again}{theme}"


def when(meeting: Meeting) -> str:
    """Day, weekday and hour as they stand in minutes."""
    start = timezone.localtime(meeting.starts_at)
    return f"{start.year}年{start.month}月{start.day}日（周{WEEKDAYS[start.weekday()]}）{start:%H:%M}"


def _names(duties: Iterable[Duty], kind: str) -> tuple[str, ...]:
    """Who was named for a duty."""
    return tuple(duty.holder_name for duty in duties if duty.kind == kind)


def _heads(meeting: Meeting, people: str) -> tuple[Heads | None, Heads | None]:
    """应到 and 实到; nothing where nobody is counted or nobody was marked yet."""
    if people == OPEN:
        return None, None
    counts = meeting.counts()
    full, here = (None, None) if people == SEATS else (counts.expected_full, counts.present_full)
    expected = Heads(counts.expected, full) if counts.expected else None
    return expected, (Heads(counts.present, here) if counts.present else None)


def marked(meeting: Meeting) -> list[tuple[str, AttendanceStatus, str]]:
    """Name, mark and reason of everybody whose attendance counts and who was marked."""
    if KINDS[meeting.kind].people == SEATS:
        return _marked_seats(Participant.objects.filter(meeting=meeting).seats())
    return _marked_entries(meeting)


def _marked_seats(seats: Iterable[Participant]) -> list[tuple[str, AttendanceStatus, str]]:
    """Name, mark and reason of everybody on the committee who was marked."""
    return [(one.name, AttendanceStatus(one.status), one.reason) for one in seats if one.status]


def _marked_entries(meeting: Meeting) -> list[tuple[str, AttendanceStatus, str]]:
    """Name, mark and reason of everybody of the roster who was marked, in its order."""
    rows = Attendance.objects.filter(meeting=meeting).select_related("entry").order_by("entry__ordinal", "pk")
    return [(row.entry.name, AttendanceStatus(row.status), row.reason_text) for row in rows]


def _guests(people: Iterable[Participant]) -> tuple[Guest, ...]:
    """Those who attended without counting; who is marked as not having come is left out."""
    return tuple(
        Guest(one.name, one.post, str(one.get_capacity_display()), one.comments)
        for one in people
        if one.capacity in GUESTS and one.status in ("", AttendanceStatus.PRESENT)
    )


def _slots(meeting: Meeting) -> tuple[Spoken, ...]:
    """The agenda as it ran."""
    return tuple(
        Spoken(
            key=slot.pk.hex,
            kind=slot.kind,
            label=str(slot.get_kind_display()),
            title=slot.title,
            speaker=slot.speaker_name,
            notes=slot.notes,
            status=slot.status,
            skip_reason=slot.skip_reason,
        )
        for slot in Slot.objects.filter(meeting=meeting)
    )


def _speakers(meeting: Meeting, seats: list[Participant]) -> tuple[str, ...]:
    """Who speaks in turn where no agenda was run: the seats noted at the meeting, else those of its day."""
    if seats:
        return tuple(one.name for one in seats)
    return tuple(seat.name for seat in seats_of(meeting.organization, meeting.day))


def _parts(meeting: Meeting) -> tuple[tuple[str, str], ...]:
    """The parts of a plenary with their names; a branch without a committee may have an order of its own."""
    rules = meeting.rules()
    alone = rules.plenary_parts_alone and not meeting.organization.has_committee
    rule = "plenary_parts_alone" if alone else "plenary_parts"
    return tuple((part, show(rule, (part,))) for part in getattr(rules, rule))
