"""What a reader of scanned sheets has to know of a form: markers, QR, printed lines, and the boxes to tick.

All lengths are mm from the upper left corner of the printed side. It comes out of the same layout the
drawing uses, so a sheet is read where it was printed.
"""

from __future__ import annotations

from dataclasses import dataclass

from evaluations.paper.layout import Rect

QR_PREFIX = "PJ1"  # what a QR of our forms begins with
OFFICIAL, TEST = "O", "T"


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
