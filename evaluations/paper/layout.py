"""Where everything stands on the ballot form, in mm from the upper left corner of the sheet.

The drawing and the reader of scanned sheets both take their coordinates from `layout`. The head of the
sheet and the QR stand at the same place on every form, whatever the title says: another title or date
moves no box, so sheets already printed stay good.
"""

from evaluations.paper.grid import HEAD, INNER, SIDE, Grid, blocks_of, grids
from evaluations.paper.shapes import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    BallotForm,
    Block,
    FormRefused,
    FormRow,
    PageLayout,
    Rect,
    RowPlace,
    Signs,
)
from evaluations.paper.text import Fitted, Steps, wrap

__all__ = ["BallotForm", "Block", "FormRefused", "FormRow", "PageLayout", "Rect", "RowPlace", "layout"]

MARKER, EDGE, QUIET = 10.0, 8.0, 2.0
TOP = EDGE
BETWEEN = EDGE + MARKER + QUIET + 2  # what stands beside the markers begins here
TITLE = Rect(BETWEEN, TOP, PAGE_WIDTH - 2 * BETWEEN, 14.0)
LINE = Rect(SIDE, TITLE.y + TITLE.height + 0.5, INNER, 7.0)
TABLE_TOP = LINE.y + LINE.height
QR_SIZE = 24.0
QR_QUIET = 3.5  # four modules
QR = Rect(
    PAGE_WIDTH - EDGE - MARKER - QUIET - QR_QUIET - QR_SIZE, PAGE_HEIGHT - EDGE - QR_SIZE, QR_SIZE, QR_SIZE
)
QR_NOTE = Rect(QR.x - 2, QR.y - QR_QUIET - 11.0, QR_SIZE + 4, 11.0)
GAP = 3.0
EXAMPLE_WIDTH, EXAMPLE_HEIGHT = 60.0, 33.0
EXAMPLE_X = QR_NOTE.x - 3 - EXAMPLE_WIDTH
NOTES_WIDTH = EXAMPLE_X - 4 - SIDE
NOTES_END = PAGE_HEIGHT - EDGE - MARKER - QUIET - 1  # the notes stand above the marker
EXAMPLE_END = PAGE_HEIGHT - 11  # and the page number under the example
NOTE_SIZES = (12.0, 11.0, 10.0, 9.5)
TITLE_STEPS: Steps = ((20.0, 1), (18.0, 1), (16.0, 2), (12.0, 2), (10.0, 3), (8.0, 4), (6.0, 6), (4.0, 9))
LINE_STEPS: Steps = ((12.0, 1), (11.0, 1), (9.0, 2), (6.0, 3), (4.0, 4))
POINTS_SIZE, POINTS_HIGH = 11.0, 24.0
POINTS_PAGE_SIZES = (16.0, 14.0, 12.0, 10.0, 9.0)
BRANCH = "党支部："
POINTS_TITLE = "评议内容"
NOTES_TITLE = "填表说明"


def numbered(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with 1. 2. 3. before them when there are several."""
    return tuple(f"{i}. {line}" for i, line in enumerate(lines, 1)) if len(lines) > 1 else lines


def paragraphs(lines: tuple[str, ...], size: float, width: float) -> Fitted:
    """Several paragraphs broken to the width, under a title line of their own."""
    broken = [part for line in numbered(lines) for part in wrap(line, size, width)]
    return Fitted(("", *broken), size)


def running(points: tuple[str, ...]) -> Fitted:
    """The 评议内容 above the table, one after the other to save height."""
    text = "；".join(line.rstrip("。；") for line in numbered(points))
    return Fitted(wrap(f"{POINTS_TITLE}：{text}", POINTS_SIZE, INNER), POINTS_SIZE)


def markers() -> tuple[Rect, ...]:
    """The four squares in the corners, clockwise from the upper left."""
    right, low = PAGE_WIDTH - EDGE - MARKER, PAGE_HEIGHT - EDGE - MARKER
    return tuple(
        Rect(x, y, MARKER, MARKER) for x, y in ((EDGE, EDGE), (right, EDGE), (right, low), (EDGE, low))
    )


def layout(form: BallotForm) -> list[PageLayout]:
    """The pages of the form. Raises FormRefused when a text is too long for a sheet."""
    if not form.columns:
        raise FormRefused("测评表没有等次，请先在规则里设置测评等次。")
    plans = [_Plan(form, grid, size) for grid in grids(form) for size in NOTE_SIZES]
    return min(plans, key=lambda plan: len(plan.counts)).pages()


class _Plan:
    """One way to lay the form out: a table, and a type size of the notes."""

    def __init__(self, form: BallotForm, grid: Grid, note_size: float) -> None:
        self.form, self.grid, self.note_size = form, grid, note_size
        notes = paragraphs(form.notes, note_size, NOTES_WIDTH).height if form.notes else 0.0
        self.notes = notes
        points = running(form.points).height if form.points else 0.0
        self.points_apart = points > POINTS_HIGH
        self.points = 0.0 if self.points_apart else points
        end = min(NOTES_END - notes, EXAMPLE_END - EXAMPLE_HEIGHT, QR_NOTE.y + 1) - GAP
        room = end - TABLE_TOP - HEAD
        self.rooms = (room - (self.points + GAP / 2 if self.points else 0.0), room)
        if self.rooms[0] < max((grid.need(row) for row in form.rows), default=grid.low):
            raise FormRefused("测评表的说明或某一行文字太长，一页纸放不下，请缩短后再打印。")
        self.counts = self._evenly()

    def _split(self, most: int) -> list[int]:
        """How many rows stand on each side: as many as its room takes, at most `most`."""
        rows, pages, start = self.form.rows, [0], 0
        for index in range(len(rows)):
            room = self.rooms[min(len(pages) - 1, 1)]
            used = sum(self.grid.heights(rows[start : index + 1]))
            if pages[-1] and (pages[-1] == most or used > room + 1e-6):
                pages.append(0)
                start = index
            pages[-1] += 1
        return pages

    def _evenly(self) -> list[int]:
        """As few pages as possible, filled as evenly as possible."""
        top = self.grid.most * self.grid.blocks
        greedy = self._split(top)
        for most in range(-(-len(self.form.rows) // len(greedy)), top):
            even = self._split(most)
            if len(even) == len(greedy):
                return even
        return greedy

    def pages(self) -> list[PageLayout]:
        """The sides of the form in order."""
        total = len(self.counts) + self.points_apart
        spare = self._spare()
        pages, start = [], 0
        for number, count in enumerate(self.counts, 1):
            pages.append(self._page(number, total, self.form.rows[start : start + count], spare))
            start += count
        if self.points_apart:
            pages.append(self._points_page(total))
        return pages

    def _spare(self) -> float:
        """What is added to the least height of every row, as far as every page has room for it."""
        spare, start = [self.grid.high - self.grid.low], 0
        for number, count in enumerate(self.counts):
            heights = self.grid.heights(self.form.rows[start : start + count])
            spare.append((self.rooms[min(number, 1)] - sum(heights)) / max(1, len(heights)))
            start += count
        return max(0.0, min(spare))

    def _page(self, number: int, total: int, rows: tuple[FormRow, ...], spare: float) -> PageLayout:
        y, points = TABLE_TOP, None
        if self.points and number == 1:
            points = Rect(SIDE, y, INNER, self.points)
            y += self.points + GAP / 2
        low = self.grid.low + spare
        heights = [max(low, need) for need in self.grid.heights(rows)]
        blocks = blocks_of(self.grid, rows, len(self.form.columns), y, heights)
        y = blocks[0].frame.bottom + GAP
        notes = Rect(SIDE, y, NOTES_WIDTH, self.notes) if self.form.notes else None
        example = Rect(EXAMPLE_X, y, EXAMPLE_WIDTH, EXAMPLE_HEIGHT)
        return PageLayout(
            number, total, TITLE, LINE, blocks, points, notes, self.note_size, example,
            Signs(markers(), QR, QR_NOTE),
        )  # fmt: skip

    def _points_page(self, total: int) -> PageLayout:
        """The side with the 评议内容 alone, in the largest type that fits."""
        side = 15.0
        width = PAGE_WIDTH - 2 * side
        title = Rect(side, TOP, width, TITLE.height)
        room = EXAMPLE_END - title.bottom
        for size in POINTS_PAGE_SIZES:
            if paragraphs(self.form.points, size, width).height <= room:
                break
        else:
            raise FormRefused("评议内容太长，一页纸放不下，请缩短后再打印。")
        points = Rect(side, title.bottom, width, room)
        return PageLayout(total, total, title, title, (), points, None, size, None, points_page=True)
