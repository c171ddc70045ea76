"""The sheet printed for a meeting: the blank 签到表."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from config.lib.pdf import render_pdf
from meetings.models import Counts, Meeting
from meetings.rules import tell_apart
from meetings.services.attendance import is_due
from members.models import MemberKind, RosterEntry

STYLESHEET = "css/meeting-sheets.css"


@dataclass(frozen=True)
class SheetRow:
    """One line of the sheet: number, name and what is printed behind it."""

    number: str
    name: str
    remark: str


EMPTY = SheetRow("", "", "")
GUEST_LINES = 2  # pairs of blank lines below the names for those who attend without a vote
BLANK_LINES = 24  # a sheet without names


@dataclass(frozen=True)
class SignInSheet:
    """The blank 签到表: everybody expected with room for a signature, and below those not counted."""

    organization: str
    title: str
    starts_at: datetime.datetime
    place: str
    rows: tuple[SheetRow, ...]
    exempt: tuple[str, ...]
    counts: Counts
    tells_apart: bool = True  # whether full and probationary members are counted apart

    @classmethod
    def from_meeting(cls, meeting: Meeting) -> SignInSheet:
        """The sheet of a meeting: roster, party group or seats; without any of them it has blank lines only."""
        rows, exempt = _seats(meeting) if meeting.has_seats else _people(meeting)
        return cls(
            organization=meeting.organization.name,
            title=f"{meeting.group.short_name if meeting.group else ''}{meeting.get_kind_display()}签到表",
            starts_at=timezone.localtime(meeting.starts_at),
            place=meeting.place,
            rows=rows,
            exempt=exempt,
            counts=meeting.counts(),
            tells_apart=not meeting.has_seats,
        )

    @property
    def lines(self) -> list[tuple[SheetRow, SheetRow]]:
        """The printed lines, two names each, then blank ones."""
        filled = [*self.rows, EMPTY] if len(self.rows) % 2 else [*self.rows]
        pairs = list(zip(filled[::2], filled[1::2], strict=True))
        return [*pairs, *[(EMPTY, EMPTY)] * (GUEST_LINES if self.rows else BLANK_LINES)]

    def to_pdf(self) -> bytes:
        """The sheet as A4 PDF."""
        html = render_to_string("meetings/reports/sign_in.html", {"sheet": self})
        return render_pdf(html, stylesheet=STYLESHEET)


def _seats(meeting: Meeting) -> tuple[tuple[SheetRow, ...], tuple[str, ...]]:
    """Those who sit on the committee, with their posts."""
    seats = meeting.participants.seats()
    return tuple(SheetRow(str(n), one.name, one.post) for n, one in enumerate(seats, 1)), ()


def _people(meeting: Meeting) -> tuple[tuple[SheetRow, ...], tuple[str, ...]]:
    """Those of the roster who are expected at this meeting, and who is not counted."""
    entries = list(meeting.people().select_related("member"))
    apart = tell_apart((str(e.pk), e.name, e.member.birth_on) for e in entries)
    due = [entry for entry in entries if is_due(entry)]
    rows = tuple(SheetRow(str(n), e.name, _remark(e, apart)) for n, e in enumerate(due, 1))
    return rows, tuple(f"{e.name}（{e.get_exempt_reason_display()}）" for e in entries if not e.is_expected)


def _remark(entry: RosterEntry, apart: dict[str, str]) -> str:
    """What stands under a name: that the person is on probation, and which of two namesakes it is."""
    probationary = "预备党员" if entry.kind == MemberKind.PROBATIONARY else ""
    return " ".join(part for part in (probationary, apart.get(str(entry.pk), "")) if part)
