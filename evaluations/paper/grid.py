"""The table of the form: its columns, its blocks of rows, and its printed lines. Lengths in mm."""

from collections import defaultdict
from dataclasses import dataclass

from evaluations.paper.shapes import (
    PAGE_WIDTH,
    ROWS_A_BLOCK,
    THICK,
    THIN,
    BallotForm,
    Block,
    FormRow,
    Rect,
    RowPlace,
)
from evaluations.paper.text import LARGE_STEPS, NAME_STEPS, NARROW_STEPS, Fitted, Steps, fit_evenly, width_mm

SIDE = 8.9  # the table is as wide as the markers stand apart
INNER = PAGE_WIDTH - 2 * SIDE
BLOCK_GAP = 4.0
MARK_LOW = 13.0  # the least width of a box to tick
NAME_LOW = 20.0  # the least width of the names where two tables stand side by side
TWO_LINES = NARROW_STEPS[3][0]  # the type size from which a name there may take two lines
PADDING = 1.5


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns of a table and the rules for its rows.

    `blocks` tables stand side by side, each `width` wide; `steps` are the type sizes of the names;
    rows are `low` to `high` mm high, at most `most` in a block, under headings `head` mm high.
    """

    blocks: int
    width: float
    number: float
    name: float
    mark: float
    remark: float
    steps: Steps
    head: float = 8.6
    low: float = 10.0
    high: float = 12.0
    most: int = ROWS_A_BLOCK

    def name_of(self, row: FormRow) -> Fitted:
        """The name as it is set in this table."""
        return fit_evenly(row.name, self.name - 2 * PADDING, self.steps)

    def need(self, row: FormRow) -> float:
        """The least height of the row."""
        return max(self.low, self.name_of(row).height + PADDING)

    def heights(self, rows: tuple[FormRow, ...]) -> list[float]:
        """The least height of each line on one side; rows that stand side by side are equally high."""
        needs = [self.need(row) for row in rows]
        count = self.lines(len(needs))
        blocks = [needs[start : start + count] for start in range(0, len(needs), count or 1)]
        return [max(block[line] for block in blocks if line < len(block)) for line in range(count)]

    def lines(self, rows: int) -> int:
        """How many lines so many rows take on one side."""
        return -(-rows // self.blocks)

    def cells(self, x: float, y: float, height: float, grades: int) -> tuple[Rect, ...]:
        """Number, name, one cell a grade, and the remark if there is such a column."""
        widths = [self.number, self.name, *([self.mark] * grades)]
        if self.remark:
            widths.append(self.remark)
        cells = []
        for width in widths:
            cells.append(Rect(x, y, width, height))
            x += width
        return tuple(cells)


def grids(form: BallotForm) -> list[Grid]:
    """The tables the form can be set in, the one with the wider boxes first."""
    if form.large:
        return [_large(form)]
    single = _single(form)
    double = None if form.with_remarks or len(form.rows) <= _most(form) else _double(form)
    return [single, double] if double else [single]


def _large(form: BallotForm) -> Grid:
    """One table in large type."""
    number, remark = 14.0, _remark(form)
    room = INNER - number - remark
    name = _name(form, LARGE_STEPS[0][0], (40.0, 50.0, 60.0, 72.0, 84.0), room)
    mark = (room - name) / len(form.columns)
    return Grid(
        1,
        INNER,
        number,
        name,
        mark,
        remark,
        LARGE_STEPS,
        head=12.0,
        low=12.0,
        high=14.0,
        most=_most(form, 16),
    )


def _single(form: BallotForm) -> Grid:
    """One table as wide as the sheet allows."""
    number, remark = 12.0, _remark(form)
    room = INNER - number - remark
    name = _name(form, NAME_STEPS[0][0], (36.0, 48.0, 60.0, 72.0, 84.0), room)
    return Grid(
        1, INNER, number, name, (room - name) / len(form.columns), remark, NAME_STEPS, most=_most(form)
    )


def _double(form: BallotForm) -> Grid | None:
    """Two tables side by side; None when the boxes or the names would become too small."""
    number, width = 8.0, (INNER - BLOCK_GAP) / 2
    room = width - number
    narrowest = room - MARK_LOW * len(form.columns)
    if narrowest < NAME_LOW:
        return None
    name = _name(form, NARROW_STEPS[0][0], (24.0, 28.0, 32.0), room)
    name = min(name, narrowest)
    if _usual(form, TWO_LINES) > 2 * (name - 2 * PADDING):
        return None
    return Grid(
        2,
        width,
        number,
        name,
        (room - name) / len(form.columns),
        0.0,
        NARROW_STEPS,
        head=10.0,
        most=_most(form),
    )


def _most(form: BallotForm, room: int = ROWS_A_BLOCK) -> int:
    """The most rows of a table: what the sheet has room for, or fewer where the form says so."""
    return max(1, min(room, form.most_rows))


def _remark(form: BallotForm) -> float:
    return 30.0 if form.with_remarks else 0.0


def _usual(form: BallotForm, size: float) -> float:
    """The width in which three quarters of the names fit one line."""
    lengths = sorted(width_mm(row.name, size) for row in form.rows)
    return lengths[(len(lengths) * 3 - 1) // 4] if lengths else 0.0


def _name(form: BallotForm, size: float, widths: tuple[float, ...], room: float) -> float:
    """The narrowest column in which three quarters of the names fit one line of this type size."""
    widest = max(widths[0], room - MARK_LOW * len(form.columns))
    choices = [width for width in widths if width <= widest]
    usual = _usual(form, size) + 2 * PADDING
    return next((width for width in choices if usual <= width), choices[-1])


def blocks_of(
    grid: Grid, rows: tuple[FormRow, ...], grades: int, top: float, heights: list[float]
) -> tuple[Block, ...]:
    """The tables of one side, from `top` down, with a height for each line."""
    count = grid.lines(len(rows))
    parts = [rows[start : start + count] for start in range(0, len(rows), count or 1)] or [()]
    made = []
    for index, part in enumerate(parts):
        x = SIDE + index * (grid.width + BLOCK_GAP)
        head = grid.cells(x, top, grid.head, grades)
        places, y = [], top + grid.head
        for row, height in zip(part, heights, strict=False):
            places.append(_place(grid, row, grades, Rect(x, y, grid.width, height)))
            y += height
        frame = Rect(x, top, grid.width, y - top)
        made.append(Block(head, tuple(places), frame, _lines(head, places, frame)))
    return tuple(made)


def _place(grid: Grid, row: FormRow, grades: int, whole: Rect) -> RowPlace:
    cells = grid.cells(whole.x, whole.y, whole.height, grades)
    remark = cells[-1] if grid.remark else None
    between = cells[1].right
    end = remark.x if remark else whole.right
    reason = None if row.graded else Rect(between, whole.y, end - between, whole.height)
    marks = cells[2 : 2 + grades] if row.graded else ()
    return RowPlace(row, cells[0], cells[1], marks, remark, reason, whole, grid.name_of(row))


def _lines(head: tuple[Rect, ...], places: list[RowPlace], frame: Rect) -> tuple[Rect, ...]:
    """Every line of a table once, as the rectangle of its ink: the frame first, then the lines inside."""
    across: dict[float, list[tuple[float, float]]] = defaultdict(list)
    down: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for cell in (*head, *(cell for place in places for cell in place.cells)):
        for y in (cell.y, cell.bottom):
            across[round(y, 3)].append((cell.x, cell.right))
        for x in (cell.x, cell.right):
            down[round(x, 3)].append((cell.y, cell.bottom))
    edge, line = THICK / 2, THIN / 2
    found = [
        Rect(frame.x - edge, frame.y - edge, frame.width + THICK, THICK),
        Rect(frame.x - edge, frame.bottom - edge, frame.width + THICK, THICK),
        Rect(frame.x - edge, frame.y - edge, THICK, frame.height + THICK),
        Rect(frame.right - edge, frame.y - edge, THICK, frame.height + THICK),
    ]
    for y, parts in sorted(across.items()):
        if frame.y + 0.01 < y < frame.bottom - 0.01:
            found += [Rect(start, y - line, end - start, THIN) for start, end in _joined(parts)]
    for x, parts in sorted(down.items()):
        if frame.x + 0.01 < x < frame.right - 0.01:
            found += [Rect(x - line, start, THIN, end - start) for start, end in _joined(parts)]
    return tuple(found)


def _joined(parts: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches that touch or overlap, as one."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(parts):
        if joined and start <= joined[-1][1] + 0.001:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
