"""Minutes on paper (.docx and PDF in the standard layout) and on the screen, with what changed since."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string

from branches.models import User
from config.lib.docx_writing import OfficialPaper
from config.lib.pdf import render_pdf
from meetings.models import Meeting, Minutes, MinutesStatus
from meetings.permissions.minutes import can_draft_minutes, can_sign_minutes, can_write_minutes
from meetings.rules.minutes import BALLOT
from meetings.rules.minutes_changes import Change, changes
from meetings.rules.minutes_record import OPTIONAL_HEAD, Record
from meetings.services.minutes import fresh, record_of
from meetings.workflow.minutes import MINUTES
from members.reports.material_papers import numeral

STYLESHEET = "css/minutes-sheet.css"
BLANK_LINES = 3  # to write on by hand, where a section is empty
STATES = {MinutesStatus.DRAFT: "now", MinutesStatus.READY: "warn", MinutesStatus.SIGNED: "ok"}


@dataclass(frozen=True)
class Section:
    """One printed section: its numbered heading and its lines; without lines it is left to be written by hand."""

    title: str
    lines: tuple[str, ...]

    @property
    def with_room(self) -> Iterator[tuple[str, bool]]:
        """Each line, and whether room for writing follows it: a speaker of whom nothing was noted."""
        for line in self.lines:
            yield line, line.endswith("：")


@dataclass(frozen=True)
class MinutesSheet:
    """Minutes as they are printed; without `chair` and `recorder` the lines to sign on are blank."""

    organization: str
    head: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    chair: str = ""
    recorder: str = ""
    signed_on: datetime.date | None = None

    @classmethod
    def of(cls, meeting: Meeting, minutes: Minutes | None) -> MinutesSheet:
        """The sheet of what is written; without minutes, of what the data give: a form to write on by hand."""
        record = record_of(minutes) if minutes else fresh(meeting)
        signed = minutes if minutes and minutes.status == MinutesStatus.SIGNED else None
        return cls(
            organization=meeting.organization.name,
            head=tuple(
                (one.title, one.text.strip())
                for one in record.head
                if one.text.strip() or one.key not in OPTIONAL_HEAD
            ),
            sections=sections_of(record),
            chair=signed.chair_name if signed else "",
            recorder=signed.recorder_name if signed else "",
            signed_on=signed.signed_on if signed else None,
        )

    def to_docx(self) -> bytes:
        """The sheet as a Word document in the layout of official papers."""
        paper = OfficialPaper(title="会议记录", author=self.organization)
        paper.title("会议记录")
        paper.particulars(self.head, widths=(3.0, 12.6))
        paper.gap()
        for section in self.sections:
            paper.head(section.title)
            for line, has_room in section.with_room:
                paper.paragraph(line)
                if has_room:
                    paper.ruled(1)
            if not section.lines:
                paper.ruled(BLANK_LINES)
        paper.gap()
        paper.together(f"主持人（签字）：{self.chair}")
        paper.together(f"记录人（签字）：{self.recorder}")
        paper.signature(self.day)
        return paper.to_bytes()

    def to_pdf(self) -> bytes:
        """The sheet as A4 PDF."""
        html = render_to_string("meetings/reports/minutes.html", {"sheet": self, "blank": range(BLANK_LINES)})
        return render_pdf(html, stylesheet=STYLESHEET)

    @property
    def day(self) -> str:
        """The day of signing, or room for it."""
        if self.signed_on is None:
            return "　　　　年　　月　　日"
        return f"{self.signed_on.year}年{self.signed_on.month}月{self.signed_on.day}日"


def sections_of(record: Record) -> tuple[Section, ...]:
    """What is printed of the sections, numbered 一、二 …."""
    printed = [one for one in record.sections if not one.is_off]
    return tuple(
        Section(
            f"{numeral(number)}、{one.title}" if number < 100 else one.title,
            tuple(line.strip() for line in one.text.split("\n") if line.strip()),
        )
        for number, one in enumerate(printed, 1)
    )


@dataclass(frozen=True)
class MinutesPage:
    """The minutes of a meeting as one person sees them."""

    meeting: Meeting
    minutes: Minutes | None
    sheet: MinutesSheet
    changed: tuple[Change, ...]
    may_draft: bool
    may_write: bool
    may_sign: bool
    has_ballot_part: bool
    steps: tuple[str, ...]

    @classmethod
    def of(cls, meeting: Meeting, user: User) -> MinutesPage:
        """The page; what changed is worked out for who may still take it over."""
        minutes = Minutes.objects.filter(meeting=meeting).first()
        if minutes is not None:
            minutes.meeting = meeting
        is_draft = minutes is not None and minutes.status == MinutesStatus.DRAFT
        may_write = minutes is not None and bool(can_write_minutes(user, minutes))
        record = record_of(minutes) if minutes else Record()
        return cls(
            meeting=meeting,
            minutes=minutes,
            sheet=MinutesSheet.of(meeting, minutes),
            changed=changes(record, fresh(meeting)) if may_write and is_draft else (),
            may_draft=minutes is None and bool(can_draft_minutes(user, meeting)),
            may_write=may_write and is_draft,
            may_sign=minutes is not None and bool(can_sign_minutes(user, minutes)),
            has_ballot_part=BALLOT in record.pieces(),
            steps=tuple(name for name, _step in MINUTES.available(minutes, user)) if minutes else (),
        )

    @property
    def state(self) -> str:
        """The colour of the status; it is always said in words as well."""
        return STATES[MinutesStatus(self.minutes.status)] if self.minutes else "idle"

    @property
    def is_signed(self) -> bool:
        """Whether it is locked."""
        return self.minutes is not None and self.minutes.status == MinutesStatus.SIGNED
