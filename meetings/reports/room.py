"""The pages of the room: the agenda before the meeting, the recorder's screen, the projector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from branches.models import User
from branches.permissions import Denied
from meetings.models import Meeting, MeetingStatus, Slot, SlotStatus
from meetings.permissions.room import can_enter_room, can_lead_through, can_note_slot, can_order_agenda
from meetings.rules.agenda import CRITICISM, OWN_CHECK, answers_in
from meetings.rules.kinds import KINDS
from meetings.services.agenda import draw, groups_of, is_untouched, parts_open_before_ballot, slots_of

HELD = (MeetingStatus.OPENED, MeetingStatus.CLOSED)
TAGS = {
    SlotStatus.PENDING: "idle",
    SlotStatus.NOW: "now",
    SlotStatus.DONE: "ok",
    SlotStatus.SKIPPED: "warn",
}


@dataclass(frozen=True)
class Line:
    """One slot as pages show it: its number, its words, its state, and the seconds it has taken up to now."""

    slot: Slot
    number: int
    seconds: int

    @classmethod
    def of(cls, slot: Slot, number: int) -> Line:
        """A slot now; of the one that runs the time since it began counts."""
        running = (timezone.now() - slot.begun_at).total_seconds() if slot.begun_at else 0
        return cls(slot, number, slot.seconds + max(int(running), 0))

    @property
    def is_to_come(self) -> bool:
        """Whether somebody is still to speak in it."""
        return bool(self.slot.speaker_name) and self.slot.status == SlotStatus.PENDING

    @property
    def tag(self) -> str:
        """The colour of the state; its word stands beside it."""
        return TAGS[SlotStatus(self.slot.status)]

    @property
    def who(self) -> str:
        """Who speaks; where nobody in particular does, what happens."""
        return self.slot.speaker_name or self.slot.title

    @property
    def what(self) -> str:
        """What the speaker does: 对王桂兰提出批评意见, 表态; empty where `who` says it already."""
        if self.slot.kind == CRITICISM and self.slot.about_name:
            return f"对{self.slot.about_name}提出批评意见"
        if not self.slot.speaker_name:
            return ""
        return f"{self.slot.title}（对{self.slot.about_name}）" if self.slot.about_name else self.slot.title

    @property
    def words(self) -> str:
        """Both in one line."""
        return f"{self.who}　{self.what}" if self.what else self.who

    @property
    def clock(self) -> str:
        """The time taken as minutes and seconds."""
        return f"{self.seconds // 60:02}:{self.seconds % 60:02}"


def lines_of(meeting: Meeting) -> tuple[Line, ...]:
    """All slots of a meeting in their order. One query."""
    return tuple(Line.of(slot, number) for number, slot in enumerate(slots_of(meeting), 1))


def _now(lines: tuple[Line, ...]) -> Line | None:
    """The slot that runs."""
    return next((line for line in lines if line.slot.status == SlotStatus.NOW), None)


def _next(lines: tuple[Line, ...], now: Line | None) -> Line | None:
    """The slot that comes after the one that runs; before the first, the first."""
    held = (one.number for one in lines if one.slot.status == SlotStatus.DONE)
    after = now.number if now else max(held, default=0)
    return next((one for one in lines if one.number > after and one.slot.status == SlotStatus.PENDING), None)


def _before(lines: tuple[Line, ...], now: Line | None) -> Line | None:
    """The slot to go back to: the last one before that was not skipped; after the end, the last one."""
    until = now.number if now else len(lines) + 1
    held = [one for one in lines if one.number < until and one.slot.status == SlotStatus.DONE]
    return held[-1] if held else None


@dataclass(frozen=True)
class Agenda:
    """The agenda before the meeting: what stands in it, what would be drawn up, what the user may change.

    `is_behind`: those who are to speak by now are not those who stand in it (somebody is away, or came in).
    """

    lines: tuple[Line, ...]
    planned: int
    groups: tuple[str, ...]
    is_untouched: bool
    is_behind: bool
    seats: int
    may_order: bool
    refusal: str
    waiting: tuple[str, ...]
    speakers: tuple[str, ...]
    may_lead: bool

    @classmethod
    def of(cls, meeting: Meeting, user: User) -> Agenda:
        """The page as this person sees it."""
        lines = lines_of(meeting)
        answer = can_order_agenda(user, meeting)
        turns = draw(meeting)
        due = {turn.speaker.name for turn in turns if turn.kind == OWN_CHECK and turn.speaker.name}
        kept = {line.slot.speaker_name for line in lines if line.slot.kind == OWN_CHECK}
        return cls(
            lines=lines,
            planned=len(turns),
            groups=groups_of(meeting),
            is_untouched=is_untouched([line.slot for line in lines]),
            is_behind=bool(lines) and bool(due) and due != kept,
            seats=len(due),
            may_order=bool(answer),
            refusal=answer.reason if isinstance(answer, Denied) else "",
            waiting=parts_open_before_ballot(meeting),
            speakers=tuple(dict.fromkeys(line.slot.speaker_name for line in lines if line.is_to_come)),
            may_lead=bool(can_lead_through(user, meeting)),
        )


@dataclass(frozen=True)
class Asked:
    """One question that a speaker has to answer, and whether the notes say so."""

    text: str
    is_answered: bool


@dataclass(frozen=True)
class Room:
    """The recorder's screen: the slot that runs, the one whose notes are shown, all of them, what may be done."""

    lines: tuple[Line, ...]
    now: Line | None
    next: Line | None
    before: Line | None
    shown: Line | None
    asked: tuple[Asked, ...]
    may_lead: bool
    may_note: bool
    refusal: str

    @classmethod
    def of(cls, meeting: Meeting, user: User, shown: UUID | None = None) -> Room:
        """The screen now; `shown` is the slot whose notes were asked for, else those of the one that runs."""
        lines = lines_of(meeting)
        now = _now(lines)
        wanted = next((line for line in lines if line.slot.pk == shown), None) or now
        note = can_note_slot(user, meeting)
        return cls(
            lines=lines,
            now=now,
            next=_next(lines, now),
            before=_before(lines, now),
            shown=wanted,
            asked=asked_of(meeting, wanted.slot if wanted else None),
            may_lead=bool(can_lead_through(user, meeting)),
            may_note=bool(note),
            refusal=note.reason if isinstance(note, Denied) else "",
        )

    @property
    def asks(self) -> bool:
        """Whether the questions are shown: where somebody speaks of himself."""
        return bool(self.asked) and self.shown is not None and self.shown.slot.kind == OWN_CHECK

    @property
    def done(self) -> int:
        """How many slots are over."""
        return sum(line.slot.status in (SlotStatus.DONE, SlotStatus.SKIPPED) for line in self.lines)

    def state(self, *, notes: bool = False) -> dict[str, Any]:
        """What a page that is open needs to catch up; with the notes when they are asked for."""
        found = []
        for line in self.lines:
            slot = line.slot
            one = {"id": str(slot.pk), "status": slot.status, "saved": slot.saved, "seconds": line.seconds}
            found.append({**one, "notes": slot.notes} if notes else one)
        return {"now": str(self.now.slot.pk) if self.now else "", "lines": found}


def asked_of(meeting: Meeting, slot: Slot | None) -> tuple[Asked, ...]:
    """What each speaker of a committee has to answer (逐一回应), and what the notes of the slot say of it."""
    questions = meeting.rules().must_answer if KINDS[meeting.kind].speaks else ()
    answered = answers_in(slot.notes if slot else "", questions)
    return tuple(Asked(text, text in answered) for text in questions)


def steps_in_room(meeting: Meeting, user: User) -> tuple[tuple[str, str, str, bool, str], ...]:
    """The two steps of the meeting's page that may be left to paper: key, title, how far, whether done, page."""
    states = list(Slot.objects.filter(meeting=meeting).values_list("status", flat=True))
    over = sum(state in (SlotStatus.DONE, SlotStatus.SKIPPED) for state in states)
    enters = bool(can_enter_room(user, meeting))
    agenda = reverse("meetings:agenda", args=[meeting.pk]) if enters else ""
    room = reverse("meetings:room", args=[meeting.pk]) if enters and states and meeting.status in HELD else ""
    order = f"共 {len(states)} 项" if states else "可以不排，照纸上的议程开"
    so_far = f"已进行 {over} 项，共 {len(states)} 项" if states else "可以不逐项记，会后直接写会议记录"
    return (
        ("agenda", "议程和发言顺序", order, bool(states), agenda),
        ("room", "逐项记录发言", so_far, bool(states) and over == len(states), room),
    )


@dataclass(frozen=True)
class Projection:
    """What the hall sees: who speaks, about whom, who is next, how long; never what was said."""

    lines: tuple[Line, ...]
    now: Line | None
    next: Line | None
    is_over: bool

    @classmethod
    def of(cls, meeting: Meeting) -> Projection:
        """The screen now. One query."""
        lines = lines_of(meeting)
        now = _now(lines)
        coming = _next(lines, now)
        is_over = bool(lines) and now is None and coming is None
        return cls(lines, now, coming, is_over)
