"""The sheet on which attendance is typed: parsed row by row, never losing what was typed."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass

from meetings.models import AttendanceStatus, Meeting
from meetings.rules import Mark, tell_apart
from meetings.services import saved_marks
from meetings.services.attendance import SEAT_STATUSES, is_due
from members.models import ExemptReason, MemberKind, RosterEntry


@dataclass(frozen=True)
class Attendee:
    """Somebody on the sheet: of the roster, or with a seat on the committee; `remark` stands in small beside the name.

    `is_expected`: counted in 应到 at this meeting; else `instead` says why not.
    """

    key: str
    number: int
    name: str
    remark: str = ""
    is_expected: bool = True
    instead: str = ""
    is_seat: bool = False
    birth_on: datetime.date | None = None

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """The marks the person can have: of a committee everybody counts."""
        return [
            (value, str(label))
            for value, label in AttendanceStatus.choices
            if not self.is_seat or value in SEAT_STATUSES
        ]


@dataclass
class AttendanceRow:
    """One person on the sheet: what is typed, what is wrong with it, what another saved meanwhile."""

    who: Attendee
    choice: str = ""
    reason: str = ""
    exemption: str = ""
    error: str = ""
    other: str = ""
    apart: str = ""

    @property
    def mark(self) -> Mark:
        """Status and the reason that belongs to it."""
        if self.choice in ("", AttendanceStatus.PRESENT):
            return self.choice, ""
        return self.choice, self.exemption if self.choice == AttendanceStatus.NOT_COUNTED else self.reason

    @property
    def label(self) -> str:
        """The status in words; who is not on the roster's count needs no mark."""
        if self.choice:
            return str(AttendanceStatus(self.choice).label)
        return "未登记" if self.who.is_expected else str(AttendanceStatus.NOT_COUNTED.label)

    @property
    def reason_text(self) -> str:
        """The reason in words."""
        return _reason_words(self.mark[1]) if self.choice or self.who.is_expected else self.who.instead

    @property
    def lacks_proof(self) -> bool:
        """Whether somebody takes part elsewhere (流入地参加) and nothing says where and how it was confirmed."""
        return self.choice == AttendanceStatus.ELSEWHERE and not self.reason


def attendees(meeting: Meeting) -> list[Attendee]:
    """Everybody whose attendance is written down at the meeting, in the order of roster or seats."""
    if meeting.has_seats:
        seats = meeting.participants.seats().select_related("member")
        return [
            Attendee(str(seat.pk), number, seat.name, seat.post, is_seat=True)
            for number, seat in enumerate(seats, 1)
        ]
    return [_of_roster(entry) for entry in meeting.people().select_related("member")]


def _of_roster(entry: RosterEntry) -> Attendee:
    """One person of the roster."""
    instead = str(entry.get_exempt_reason_display()) if not entry.is_expected else "已参加上一次会议"
    return Attendee(
        key=str(entry.pk),
        number=entry.ordinal,
        name=entry.name,
        remark="预备党员" if entry.kind == MemberKind.PROBATIONARY else "",
        is_expected=is_due(entry),
        instead="" if is_due(entry) else instead,
        birth_on=entry.member.birth_on,
    )


LONGEST_REASON = 100


class AttendanceSheet:
    """The whole sheet, from what is saved or from what was posted; never loses what was typed."""

    def __init__(self, meeting: Meeting, data: Mapping[str, str] | None = None) -> None:
        self.saved = saved_marks(meeting)
        self.pending: list[str] = []  # names another person marked differently meanwhile
        self.seen = self.saved if data is None else _read_seen(data.get("seen", ""))
        people = attendees(meeting)
        apart = tell_apart((one.key, one.name, one.birth_on) for one in people)
        self.rows = [self._row(one, data) for one in people]
        for row in self.rows:
            row.apart = apart.get(row.who.key, "") if not row.who.is_seat else ""

    def _row(self, who: Attendee, data: Mapping[str, str] | None) -> AttendanceRow:
        """One row; a row that was not posted keeps what its page had shown."""
        key = who.key
        if data is None or f"s-{key}" not in data:
            status, reason = self.seen.get(key, ("", ""))
            return AttendanceRow(who, status, reason, reason)
        status = data[f"s-{key}"] if data[f"s-{key}"] in AttendanceStatus.values else ""
        row = AttendanceRow(who, status, data.get(f"r-{key}", "").strip(), data.get(f"x-{key}", ""))
        if status == AttendanceStatus.NOT_COUNTED and row.exemption not in ExemptReason.values:
            row.error = "不计应到的，请选择原因。"
        elif len(row.reason) > LONGEST_REASON:
            row.error = f"原因请写短一些，最多 {LONGEST_REASON} 字（现有 {len(row.reason)} 字）。"
        return row

    @property
    def expected_rows(self) -> list[AttendanceRow]:
        """Those the roster expects."""
        return [row for row in self.rows if row.who.is_expected]

    @property
    def exempt_rows(self) -> list[AttendanceRow]:
        """Those the roster does not count, who may come all the same."""
        return [row for row in self.rows if not row.who.is_expected]

    @property
    def wrong(self) -> list[AttendanceRow]:
        """Rows to be mended before they can be saved."""
        return [row for row in self.rows if row.error]

    @property
    def disputed(self) -> list[AttendanceRow]:
        """Rows another person marked differently meanwhile."""
        return [row for row in self.rows if row.other]

    @property
    def without_proof(self) -> list[AttendanceRow]:
        """Rows of those who take part elsewhere without a word of where and how that was confirmed."""
        return [row for row in self.rows if row.lacks_proof]

    @property
    def marks(self) -> dict[str, Mark]:
        """The rows that can be saved, entry by entry."""
        return {row.who.key: row.mark for row in self.rows if not row.error}

    @property
    def untouched(self) -> bool:
        """Whether nobody expected has a mark yet."""
        return not any(row.choice for row in self.expected_rows)

    def catch_up(self, conflicts: tuple[str, ...]) -> None:
        """Show what others saved meanwhile: in rows not touched here at once, beside mine where both typed."""
        for row in self.rows:
            key = row.who.key
            now = self.saved.get(key, ("", ""))
            if key in conflicts:
                row.other = _words(now)
            elif row.mark == self.seen.get(key, ("", "")):
                row.choice, row.reason, row.exemption = now[0], now[1], now[1]
            else:
                continue
            self.seen = {**self.seen, key: now}

    def saved_here(self, conflicts: tuple[str, ...]) -> None:
        """After saving while the page stays open: it now shows as saved what was typed here, no more."""
        self.pending = [row.who.name for row in self.rows if row.who.key in conflicts]
        before = self.seen
        changed = {key: mark for key, mark in self.marks.items() if mark != before.get(key, ("", ""))}
        self.seen = {**before, **{key: mark for key, mark in changed.items() if key not in conflicts}}

    @property
    def seen_json(self) -> str:
        """What the page shows as saved, for the hidden field."""
        return json.dumps(self.seen, ensure_ascii=False, separators=(",", ":"))


def _reason_words(reason: str) -> str:
    """A reason as it is read: the words of an exemption, else what was typed."""
    return str(dict(ExemptReason.choices).get(reason, reason))


def _words(mark: Mark) -> str:
    """A mark as it is read."""
    status, reason = mark
    label = str(AttendanceStatus(status).label) if status else "未登记"
    return f"{label}（{_reason_words(reason)}）" if reason else label


def _read_seen(text: str) -> dict[str, Mark]:
    """What the writer's page had shown; nothing when the field was tampered with."""
    try:
        raw = json.loads(text)
        return {str(key): (str(status), str(reason)) for key, (status, reason) in raw.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
