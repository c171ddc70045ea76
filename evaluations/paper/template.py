"""What a reader of scanned sheets has to know of a form: markers, QR, printed lines, and the boxes to tick.

All lengths are mm from the upper left corner of the printed side. It comes out of the same layout the
drawing uses, so a sheet is read where it was printed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from evaluations.paper.layout import layout
from evaluations.paper.shapes import BallotForm, PageLayout, Rect

QR_PREFIX = "PJ1"  # what a QR of our forms begins with
OFFICIAL, TEST = "O", "T"
LAYOUT_VERSION = (
    1  # another number makes every sheet printed before unreadable: only when boxes mean other things
)
HASH_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Marker:
    """One ArUco marker (DICT_4X4_50) in a corner: 0 upper left, 1 upper right, 2 lower right, 3 lower left."""

    number: int
    rect: Rect


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One rated row: `row` is its position from 0 among the rated rows of the whole form, `boxes` one a grade.

    `whole` is the printed row from number to the end of the last box (or of the remark column): what a
    strip shows begins with its name.
    """

    row: int
    boxes: tuple[Rect, ...]
    whole: Rect


@dataclass(frozen=True, slots=True)
class SheetTemplate:
    """One side of the form that carries rows to tick; `page` counts from 1 over all sides of the form.

    `lines` are the printed lines of the tables as thin rectangles (both thicknesses included), `tables`
    the outer frames of the blocks.
    """

    page: int
    markers: tuple[Marker, ...]
    qr: Rect
    rows: tuple[BoxRow, ...]
    lines: tuple[Rect, ...]
    tables: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class FormTemplate:
    """All sides of one ballot's form. `form_hash` is 20 hex digits, `pages` the number of sides."""

    form_hash: str
    test: bool
    pages: int
    options: int
    sheets: tuple[SheetTemplate, ...]

    def qr_text(self, page: int) -> str:
        """What the QR of a side says: the same on every copy, and nothing about the paper."""
        return f"{QR_PREFIX}|{self.form_hash}|{page}/{self.pages}|{TEST if self.test else OFFICIAL}"


def template_of(form: BallotForm) -> FormTemplate:
    """What the reader has to know of this form. Raises FormRefused like `layout`."""
    pages = layout(form)
    sheets, start = [], 0
    for page in pages:
        if any(place.marks for place in page.rows):
            sheet = _sheet(page, start)
            start += len(sheet.rows)
            sheets.append(sheet)
    return FormTemplate(_hash(form, sheets), form.test, len(pages), len(form.columns), tuple(sheets))


def _sheet(page: PageLayout, start: int) -> SheetTemplate:
    """One side; its first rated row has the position `start`."""
    rated = [place for place in page.rows if place.row.graded]
    return SheetTemplate(
        page=page.number,
        markers=tuple(Marker(number, rect) for number, rect in enumerate(page.signs.markers)),
        qr=page.signs.qr,
        rows=tuple(BoxRow(start + index, place.marks, place.whole) for index, place in enumerate(rated)),
        lines=tuple(line for block in page.blocks for line in block.lines),
        tables=tuple(block.frame for block in page.blocks),
    )


def _hash(form: BallotForm, sheets: list[SheetTemplate]) -> str:
    """What makes two forms the same to a reader: ballot, grades, rows, and where the boxes stand.

    Title, date, notes and the name of the branch do not count: a meeting put off does not spoil the
    sheets already printed. A test sheet has the hash of the form it tries out.
    """
    said = {
        "layout": LAYOUT_VERSION,
        "ballot": form.ballot,
        "columns": form.columns,
        "rows": [[row.ordinal, row.name, row.graded] for row in form.rows],
        "variant": "large" if form.large else "normal",
        "sides": [
            {
                "page": sheet.page,
                "markers": [_place(marker.rect) for marker in sheet.markers],
                "qr": _place(sheet.qr),
                "boxes": [[_place(box) for box in row.boxes] for row in sheet.rows],
            }
            for sheet in sheets
        ],
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]


def _place(rect: Rect) -> list[int]:
    """A rectangle in hundredths of a millimetre."""
    return [round(value * 100) for value in (rect.x, rect.y, rect.width, rect.height)]
