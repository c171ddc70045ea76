"""What is printed on the ballot form, and the places things stand at: plain values, nothing computed.

All lengths are mm from the upper left corner of the sheet (A4, upright).
"""

from dataclasses import dataclass

from evaluations.paper.text import Fitted

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
ROWS_A_BLOCK = 20  # as many rows as one table has room for on a sheet
THIN, THICK = 0.25, 0.5  # lines of the table, and its frame


class FormRefused(ValueError):
    """The form cannot be printed; the text says in Chinese what to shorten."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One line of the form: a member, or a heading when the committee is rated.

    `graded` False prints the row in grey with `note` in place of the boxes to tick.
    """

    ordinal: int
    name: str
    graded: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class BallotForm:
    """All that is printed on the form F1: the same on every copy, and nothing about the voter.

    `ballot` is the id of the ballot as text: it goes into the hash of the QR. `test` prints a sheet to try
    printer and scanner with (试票), `large` the variant in large type (大字版); a table has at most `most_rows`
    rows, and fewer where the sheet has no room for them.
    """

    title: str
    organization: str
    date_text: str
    columns: tuple[str, ...]
    rows: tuple[FormRow, ...]
    notes: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    with_remarks: bool = True
    name_heading: str = "姓名"
    remark_heading: str = "备注"
    ballot: str = ""
    test: bool = False
    large: bool = False
    most_rows: int = ROWS_A_BLOCK


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in mm from the upper left corner of the sheet."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where one row stands; `marks` has one box a grade, none when the row is not graded.

    `reason` is the place for the words on a row that is not graded, `words` the name as it is set.
    """

    row: FormRow
    number: Rect
    name: Rect
    marks: tuple[Rect, ...]
    remark: Rect | None
    reason: Rect | None
    whole: Rect
    words: Fitted

    @property
    def cells(self) -> tuple[Rect, ...]:
        """Every cell with a border, from left to right."""
        middle = (self.reason,) if self.reason else self.marks
        return (self.number, self.name, *middle, *((self.remark,) if self.remark else ()))


@dataclass(frozen=True, slots=True)
class Block:
    """One table: its heading cells, its rows, the outer frame, and every printed line as a thin rectangle."""

    head: tuple[Rect, ...]
    rows: tuple[RowPlace, ...]
    frame: Rect
    lines: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class Signs:
    """What a machine finds a side by: the squares in the corners, clockwise from the upper left, and the QR.

    `words` is the place of the line that says what the QR is.
    """

    markers: tuple[Rect, ...]
    qr: Rect
    words: Rect


@dataclass(frozen=True, slots=True)
class PageLayout:
    """One side of the form. `points_page` is the side that carries only the 评议内容.

    `run_in` is the title of the notes when it stands in their first line; `seal` is a square where a seal fits, or the flat place of a line that says where to put it.
    """

    number: int
    pages: int
    signs: Signs
    title: Rect
    line: Rect
    blocks: tuple[Block, ...]
    points: Rect | None
    notes: Rect | None
    note_size: float
    example: Rect | None
    seal: Rect | None
    run_in: str = ""
    points_page: bool = False

    @property
    def rows(self) -> tuple[RowPlace, ...]:
        """The rows of all blocks, in the order of the roll."""
        return tuple(place for block in self.blocks for place in block.rows)

    @property
    def head(self) -> tuple[Rect, ...]:
        """The heading cells of all blocks."""
        return tuple(cell for block in self.blocks for cell in block.head)
