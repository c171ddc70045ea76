"""The outlines of one speaker on paper (批评发言提纲): for each of the others the points, else lines to write on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from branches.models import User
from config.lib.pdf import render_pdf
from meetings.models import Outline, OutlineStatus
from meetings.permissions.outlines import can_read_outline, is_author
from meetings.services.outline_book import Book
from meetings.services.seats import Seat
from members.reports.material_papers import numeral

STYLESHEET = "css/outline-sheets.css"
BLANK_LINES = range(4)  # to write on, where nothing is printed


@dataclass(frozen=True)
class SheetPart:
    """What is said of one person, paragraph by paragraph; empty: lines to write on."""

    number: str
    name: str
    post: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class OutlineSheet:
    """Everything one speaker says of the others, in the order in which they are read out."""

    title: str
    organization: str
    speaker: str
    post: str
    aim: str
    parts: tuple[SheetPart, ...]
    day: datetime.date

    @classmethod
    def of(cls, book: Book, speaker: Seat, reader: User) -> OutlineSheet:
        """The sheet with what this reader may read; all else is left blank."""
        parts = []
        for number, target in enumerate(book.targets_of(speaker.key), 1):
            row = book.row(speaker.key, target.key)
            text = row.text if row is not None and _may_print(reader, row) else ""
            parts.append(
                SheetPart(numeral(number), target.name, target.post, tuple(text.split("\n")) if text else ())
            )
        return cls(
            title="批评发言提纲",
            organization=book.organization.name,
            speaker=speaker.name,
            post=speaker.post,
            aim=book.campaign.rules_for(book.organization).criticism_aim,
            parts=tuple(parts),
            day=timezone.localdate(),
        )

    @property
    def file_name(self) -> str:
        """The name of the file."""
        return f"{self.speaker}批评发言提纲.pdf"

    @property
    def blank_lines(self) -> range:
        """The lines to write on where nothing is printed."""
        return BLANK_LINES

    def to_pdf(self) -> bytes:
        """The sheet as A4 PDF."""
        html = render_to_string("meetings/reports/outlines.html", {"sheet": self})
        return render_pdf(html, stylesheet=STYLESHEET)


def _may_print(reader: User, outline: Outline) -> bool:
    """Whether the reader prints its text: the author always, who vets it what is vetted."""
    done = outline.status in (OutlineStatus.VETTED, OutlineStatus.DISCLOSED)
    return is_author(reader, outline) or (done and bool(can_read_outline(reader, outline)))
