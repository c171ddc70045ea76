"""The table of the form: its columns, its blocks of rows, and its printed lines. Lengths in mm."""

from collections import defaultdict
from dataclasses import dataclass

from evaluations.paper.shapes import PAGE_WIDTH, THICK, THIN, BallotForm, Block, FormRow, Rect, RowPlace
from evaluations.paper.text import LARGE_STEPS, NAME_STEPS, NARROW_STEPS, Fitted, Steps, fit, width_mm

SIDE = 8.0  # the table is as wide as the markers stand apart
INNER = PAGE_WIDTH - 2 * SIDE
BLOCK_GAP = 4.0
HEAD = 9.0
ROWS_A_BLOCK = 20
MARK_LOW, MARK_GOOD = 13.0, 15.0
PADDING = 1.5


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns of a table and the rules for its rows.

    `blocks` tables stand side by side, each `width` wide; `steps` are the type sizes of the names;
    rows are `low` to `high` mm high, at most `most` in a block.
    """

    blocks: int
    width: float
    number: float
    name: float
    mark: float
    remark: float
    steps: Steps
    low: float = 10.0
    high: float = 12.0
    most: int = ROWS_A_BLOCK

    def name_of(self, row: FormRow) -> Fitted:
        """The name as it is set in this table."""
        return fit(row.name, self.name - 2 * PADDING, self.steps)

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
        return [_grid(form, 1, 14.0, (42.0, 52.0, 64.0, 76.0), LARGE_STEPS)]
    single = _grid(form, 1, 12.0, (36.0, 48.0, 60.0, 72.0, 84.0), NAME_STEPS)
    if form.with_remarks or len(form.rows) <= ROWS_A_BLOCK:
        return [single]
    double = _grid(form, 2, 9.0, (24.0, 22.8, 28.0, 32.0), NARROW_STEPS)
    words = _usual(form, NARROW_STEPS[-2][0])
    fits = double.mark >= MARK_LOW - 1e-6 and words <= 2 * (double.name - 2 * PADDING)
    return [single, double] if fits else [single]


def _usual(form: BallotForm, size: float) -> float:
    """The width in which three quarters of the names fit one line."""
    lengths = sorted(width_mm(row.name, size) for row in form.rows)
    return lengths[(len(lengths) * 3 - 1) // 4] if lengths else 0.0


def _grid(form: BallotForm, blocks: int, number: float, names: tuple[float, ...], steps: Steps) -> Grid:
    """The narrowest name column in which three quarters of the names fit one line of the largest type."""
    width = (INNER - (blocks - 1) * BLOCK_GAP) / blocks
    remark = 30.0 if form.with_remarks else 0.0
    room = width - number - remark
    grades = len(form.columns)
    widest = max(min(names), room - MARK_LOW * grades)
    choices = sorted(name for name in names if name <= widest)
    usual = _usual(form, steps[0][0]) + 2 * PADDING
    name = next((choice for choice in choices if usual <= choice), choices[-1])
    if name < names[0] <= room - MARK_GOOD * grades:
        name = names[0]
    mark = (room - name) / grades
    if form.large:
        return Grid(blocks, width, number, name, mark, remark, steps, 12.0, 14.0, 16)
    return Grid(blocks, width, number, name, mark, remark, steps)


def blocks_of(
    grid: Grid, rows: tuple[FormRow, ...], grades: int, top: float, heights: list[float]
) -> tuple[Block, ...]:
    """The tables of one side, from `top` down, with a height for each line."""
    count = grid.lines(len(rows))
    parts = [rows[start : start + count] for start in range(0, len(rows), count or 1)] or [()]
    made = []
    for index, part in enumerate(parts):
        x = SIDE + index * (grid.width + BLOCK_GAP)
        head = grid.cells(x, top, HEAD, grades)
        places, y = [], top + HEAD
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
