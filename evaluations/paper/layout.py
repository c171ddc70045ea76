"""Where everything stands on the ballot form, in mm from the upper left corner of the sheet.

The drawing and the reader of scanned sheets both take their coordinates from `layout`. The head of the
sheet and the QR stand at the same place on every form, whatever the title says: another title or date
moves no box, so sheets already printed stay good.
"""

import functools

from evaluations.paper.grid import INNER, SIDE, Grid, blocks_of, grids
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
from evaluations.paper.text import Fitted, Steps, fit, wrap

__all__ = [
    "PAGE_HEIGHT",
    "PAGE_WIDTH",
    "BallotForm",
    "Block",
    "FormRefused",
    "FormRow",
    "PageLayout",
    "Rect",
    "RowPlace",
    "layout",
]

# Printed at 105 % the markers still stand 4.2 mm inside the sheet, which most printers can print.
MARKER, EDGE_X, EDGE_Y, QUIET = 10.0, 8.9, 11.4, 2.0
TOP = EDGE_Y
BETWEEN = EDGE_X + MARKER + QUIET + 2  # what stands beside the markers begins here
TITLE = Rect(BETWEEN, TOP, PAGE_WIDTH - 2 * BETWEEN, 10.0)
LINE = Rect(BETWEEN, TITLE.y + TITLE.height, PAGE_WIDTH - 2 * BETWEEN, 6.0)
TABLE_TOP = LINE.y + LINE.height
QR_SIZE = 24.0
QR_QUIET = 3.5  # four modules
QR = Rect(
    PAGE_WIDTH - EDGE_X - MARKER - QUIET - QR_QUIET - QR_SIZE,
    PAGE_HEIGHT - EDGE_Y - QR_SIZE,
    QR_SIZE,
    QR_SIZE,
)
QR_WORDS = Rect(QR.x - 5, QR.y - QR_QUIET - 10.0, QR_SIZE + 10, 10.0)
RIGHT, LOW = PAGE_WIDTH - EDGE_X - MARKER, PAGE_HEIGHT - EDGE_Y - MARKER
CORNERS = ((EDGE_X, EDGE_Y), (RIGHT, EDGE_Y), (RIGHT, LOW), (EDGE_X, LOW))
SIGNS = Signs(tuple(Rect(x, y, MARKER, MARKER) for x, y in CORNERS), QR, QR_WORDS)
GAP = 2.2
EXAMPLE_WIDTH, EXAMPLE_HEIGHT = 60.0, 33.0
WIDE_EXAMPLE = 71.0  # where it stands above the QR
EXAMPLE_X = QR_WORDS.x - 3 - EXAMPLE_WIDTH
NOTES_WIDTH = EXAMPLE_X - 4 - SIDE
# The seal of the branch is about 40 mm wide: it has a place of its own, off the boxes and the markers.
SEAL = Rect(26.0, 246.0, 40.0, 40.0)
SEAL_LINE = Rect(BETWEEN, PAGE_HEIGHT - 15.5, 60.0, 4.0)
NOTES_END = PAGE_HEIGHT - EDGE_Y - MARKER - QUIET  # the notes stand above the marker
EXAMPLE_END = PAGE_HEIGHT - 11  # and the page number under the example
NOTE_SIZES = (12.0, 11.0, 10.0, 9.5)
LARGE_NOTE_SIZES = (14.0, *NOTE_SIZES)
TITLE_STEPS: Steps = (
    (20.0, 1),
    (18.0, 1),
    (16.0, 1),
    (14.0, 2),
    (12.0, 2),
    (10.0, 3),
    (8.0, 4),
    (6.0, 6),
    (4.0, 9),
)
LINE_STEPS: Steps = ((12.0, 1), (11.0, 1), (9.0, 2), (6.0, 3), (4.0, 4))
POINTS_STEPS: Steps = ((11.0, 1), (10.5, 1), (10.0, 1), (11.0, 9))
POINTS_HIGH = 24.0
POINTS_PAGE_SIZES = (16.0, 14.0, 12.0, 10.0, 9.0)
BRANCH = "党支部："
POINTS_TITLE = "评议内容"
NOTES_TITLE = "填表说明："


def numbered(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with 1. 2. 3. before them when there are several."""
    return tuple(f"{i}. {line}" for i, line in enumerate(lines, 1)) if len(lines) > 1 else lines


@functools.lru_cache(maxsize=1024)
def paragraphs(lines: tuple[str, ...], size: float, width: float, run_in: str = "") -> Fitted:
    """Several paragraphs broken to the width: under a title line of their own, or after a title run in."""
    texts = list(numbered(lines))
    texts[0] = run_in + texts[0]
    broken = [part for line in texts for part in wrap(line, size, width)]
    return Fitted(tuple(broken) if run_in else ("", *broken), size)


def running(points: tuple[str, ...]) -> Fitted:
    """The 评议内容 above the table, one after the other to save height."""
    text = "；".join(line.rstrip("。；") for line in numbered(points))
    return fit(f"{POINTS_TITLE}：{text}", INNER, POINTS_STEPS)


def layout(form: BallotForm) -> list[PageLayout]:
    """The pages of the form. Raises FormRefused when a text is too long for a sheet."""
    if not form.columns:
        raise FormRefused("测评表没有等次，请先在规则里设置测评等次。")
    sizes = LARGE_NOTE_SIZES if form.large else NOTE_SIZES
    plans = [
        _Plan(form, grid, size, title)
        for grid in grids(form)
        for title in ("", NOTES_TITLE)
        for size in sizes
    ]
    fitting = [plan for plan in plans if plan.fits]
    if not fitting:
        raise FormRefused("测评表的说明或某一行文字太长，一页纸放不下，请缩短后再打印。")
    return min(fitting, key=lambda plan: len(plan.counts)).pages()


class _Plan:
    """One way to lay the form out: a table, a type size of the notes, and their title if it is run in."""

    def __init__(self, form: BallotForm, grid: Grid, note_size: float, title: str) -> None:
        self.form, self.grid, self.note_size, self.run_in = form, grid, note_size, title
        self.notes = paragraphs(form.notes, note_size, NOTES_WIDTH, title).height if form.notes else 0.0
        points = running(form.points).height if form.points else 0.0
        self.points_apart = points > POINTS_HIGH
        self.points = 0.0 if self.points_apart else points
        end = min(NOTES_END - self.notes, EXAMPLE_END - EXAMPLE_HEIGHT, QR_WORDS.y + 1) - GAP
        room = end - TABLE_TOP - grid.head
        self.rooms = (room - (self.points + GAP / 2 if self.points else 0.0), room)
        self.fits = self.rooms[0] >= max((grid.need(row) for row in form.rows), default=grid.low)
        self.counts = self._evenly() if self.fits else []

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
        example = Rect(EXAMPLE_X, y, EXAMPLE_WIDTH, EXAMPLE_HEIGHT)
        if example.bottom <= QR_WORDS.y:
            example = Rect(PAGE_WIDTH - SIDE - WIDE_EXAMPLE, y, WIDE_EXAMPLE, EXAMPLE_HEIGHT)
        notes = Rect(SIDE, y, example.x - SIDE - 4, self.notes) if self.form.notes else None
        seal = SEAL if max(y + self.notes, example.bottom) <= SEAL.y else SEAL_LINE
        return PageLayout(
            number,
            total,
            SIGNS,
            TITLE,
            LINE,
            blocks,
            points,
            notes,
            self.note_size,
            example,
            seal,
            run_in=self.run_in,
        )

    def _points_page(self, total: int) -> PageLayout:
        """The side with the 评议内容 alone, in the largest type that fits."""
        top = TABLE_TOP + GAP
        room = QR_WORDS.y - GAP - top
        for size in POINTS_PAGE_SIZES:
            if paragraphs(self.form.points, size, INNER).height <= room:
                break
        else:
            raise FormRefused("评议内容太长，一页纸放不下，请缩短后再打印。")
        points = Rect(SIDE, top, INNER, room)
        return PageLayout(
            total, total, SIGNS, TITLE, LINE, (), points, None, size, None, None, points_page=True
        )
