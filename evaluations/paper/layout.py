"""Where everything stands on the ballot form, in mm from the upper left corner of the sheet.

The drawing and a later reader of scanned sheets both take their coordinates from `layout`.
"""

from dataclasses import dataclass

from evaluations.paper.text import Fitted, fit, width_mm, wrap

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
SIDE, TOP, BOTTOM = 15.0, 12.0, 14.0  # the page number stands in the lower margin
INNER = PAGE_WIDTH - 2 * SIDE
ROWS_A_PAGE = 20
ROW_LOW, ROW_HIGH = 10.0, 12.0
HEAD = 10.0
NUMBER_WIDTH = 12.0
REMARK_WIDTH = 30.0
MARK_LOW = 13.0
NAME_WIDTHS = (36.0, 48.0, 60.0, 72.0, 84.0)
PADDING = 1.5
GAP = 4.0
EXAMPLE_WIDTH, EXAMPLE_HEIGHT = 76.0, 35.0
NOTES_WIDTH = INNER - EXAMPLE_WIDTH - GAP
NOTE_SIZES = (12.0, 11.0, 10.0, 9.5)
TITLE_STEPS = ((20.0, 1), (18.0, 2), (16.0, 2), (14.0, 4))
LINE_STEPS = ((12.0, 1), (11.0, 2), (10.0, 3), (9.0, 4))
POINTS_SIZE, POINTS_HIGH = 11.0, 45.0
POINTS_PAGE_SIZES = (16.0, 14.0, 12.0, 10.0, 9.0)
BRANCH = "党支部："
POINTS_TITLE = "评议内容"
NOTES_TITLE = "填表说明"


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
    """All that is printed on the form F1: the same on every copy, and nothing about the voter."""

    title: str
    organization: str
    date_text: str
    columns: tuple[str, ...]
    rows: tuple[FormRow, ...]
    notes: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    with_remarks: bool = True
    name_heading: str = "姓名"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in mm from the upper left corner of the sheet."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where one row stands; `marks` has one box a grade, none when the row is not graded."""

    row: FormRow
    number: Rect
    name: Rect
    marks: tuple[Rect, ...]
    remark: Rect | None
    whole: Rect


@dataclass(frozen=True, slots=True)
class PageLayout:
    """One side of the form. `points_page` is the side that carries only the 评议内容."""

    number: int
    pages: int
    title: Rect
    line: Rect
    head: tuple[Rect, ...]
    rows: tuple[RowPlace, ...]
    points: Rect | None
    notes: Rect | None
    note_size: float
    example: Rect | None
    points_page: bool = False


@dataclass(frozen=True, slots=True)
class _Columns:
    """Widths of the table in mm."""

    name: float
    mark: float
    remark: float

    def cells(self, y: float, height: float, grades: int) -> tuple[Rect, ...]:
        """Number, name, one cell a grade, and the remark if there is such a column."""
        widths = [NUMBER_WIDTH, self.name, *([self.mark] * grades)]
        if self.remark:
            widths.append(self.remark)
        cells, x = [], SIDE
        for width in widths:
            cells.append(Rect(x, y, width, height))
            x += width
        return tuple(cells)


def _columns(form: BallotForm) -> _Columns:
    """The narrowest name column in which three quarters of the names fit one line of 14 points."""
    remark = REMARK_WIDTH if form.with_remarks else 0.0
    room = INNER - NUMBER_WIDTH - remark
    widest = max(NAME_WIDTHS[0], room - MARK_LOW * len(form.columns))
    choices = [width for width in NAME_WIDTHS if width <= widest]
    lengths = sorted(width_mm(row.name, 14.0) for row in form.rows)
    usual = lengths[(len(lengths) * 3 - 1) // 4] if lengths else 0.0
    name = next((w for w in choices if usual + 2 * PADDING <= w), choices[-1])
    return _Columns(name, (room - name) / len(form.columns), remark)


def fitted_name(row: FormRow, name_width: float) -> Fitted:
    """The name as it is set in a column of this width."""
    return fit(row.name, name_width - 2 * PADDING)


def numbered(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with 1. 2. 3. before them when there are several."""
    return tuple(f"{i}. {line}" for i, line in enumerate(lines, 1)) if len(lines) > 1 else lines


def paragraphs(lines: tuple[str, ...], size: float, width: float) -> Fitted:
    """Several paragraphs broken to the width, under a title line of their own."""
    broken = [part for line in numbered(lines) for part in wrap(line, size, width)]
    return Fitted(("", *broken), size)


def _split(needs: list[float], rooms: tuple[float, float], most: int) -> list[int]:
    """How many rows stand on each page: first page with its own room, at most `most` a page."""
    pages: list[int] = []
    used, count = 0.0, 0
    for need in needs:
        room = rooms[0] if not pages else rooms[1]
        if count and (count == most or used + need > room):
            pages.append(count)
            used, count = 0.0, 0
        used, count = used + need, count + 1
    return [*pages, count]


def _evenly(needs: list[float], rooms: tuple[float, float]) -> list[int]:
    """As few pages as possible, filled as evenly as possible."""
    greedy = _split(needs, rooms, ROWS_A_PAGE)
    for most in range(-(-len(needs) // len(greedy)), ROWS_A_PAGE):
        even = _split(needs, rooms, most)
        if len(even) == len(greedy):
            return even
    return greedy


def layout(form: BallotForm) -> list[PageLayout]:
    """The pages of the form. Raises FormRefused when a text is too long for a sheet."""
    if not form.columns:
        raise FormRefused("测评表没有等次，请先在规则里设置测评等次。")
    columns = _columns(form)
    best = min((_Plan(form, columns, size) for size in NOTE_SIZES), key=lambda plan: len(plan.counts))
    return best.pages()


class _Plan:
    """One way to lay the form out, with the notes in a given type size."""

    def __init__(self, form: BallotForm, columns: _Columns, note_size: float) -> None:
        self.form, self.columns, self.note_size = form, columns, note_size
        self.title = fit(form.title, INNER, TITLE_STEPS, True).height + 2
        self.line = fit(BRANCH + form.organization, INNER * 0.6, LINE_STEPS).height + 3
        notes = paragraphs(form.notes, note_size, NOTES_WIDTH).height if form.notes else 0.0
        self.foot = max(notes, EXAMPLE_HEIGHT)
        points = paragraphs(form.points, POINTS_SIZE, INNER).height if form.points else 0.0
        self.points_apart = points > POINTS_HIGH
        self.points = 0.0 if self.points_apart else points
        self.needs = [max(ROW_LOW, fitted_name(row, columns.name).height + PADDING) for row in form.rows]
        fixed = TOP + self.title + self.line + HEAD + GAP + self.foot + BOTTOM
        room = PAGE_HEIGHT - fixed
        self.rooms = (room - (self.points + GAP if self.points else 0.0), room)
        if self.rooms[0] < max(self.needs, default=ROW_LOW):
            raise FormRefused("测评表的说明或某一行文字太长，一页纸放不下，请缩短后再打印。")
        self.counts = _evenly(self.needs, self.rooms)

    def pages(self) -> list[PageLayout]:
        """The sides of the form in order."""
        total = len(self.counts) + self.points_apart
        base = self._row_height()
        pages, start = [], 0
        for number, count in enumerate(self.counts, 1):
            pages.append(self._page(number, total, start, count, base))
            start += count
        if self.points_apart:
            pages.append(self._points_page(total))
        return pages

    def _row_height(self) -> float:
        """The common height of the rows: up to 12 mm where every page has room for it."""
        spare, start = [ROW_HIGH - ROW_LOW], 0
        for number, count in enumerate(self.counts):
            used = sum(self.needs[start : start + count])
            spare.append((self.rooms[min(number, 1)] - used) / max(1, count))
            start += count
        return ROW_LOW + min(spare)

    def _page(self, number: int, total: int, start: int, count: int, base: float) -> PageLayout:
        title = Rect(SIDE, TOP, INNER, self.title)
        line = Rect(SIDE, title.y + title.height, INNER, self.line)
        y = line.y + line.height
        points = None
        if self.points and number == 1:
            points = Rect(SIDE, y, INNER, self.points)
            y += self.points + GAP
        head = self.columns.cells(y, HEAD, len(self.form.columns))
        y += HEAD
        rows = []
        for index in range(start, start + count):
            height = max(base, self.needs[index])
            rows.append(self._row(self.form.rows[index], y, height))
            y += height
        y += GAP
        notes = Rect(SIDE, y, NOTES_WIDTH, self.foot) if self.form.notes else None
        example = Rect(SIDE + INNER - EXAMPLE_WIDTH, y, EXAMPLE_WIDTH, EXAMPLE_HEIGHT)
        return PageLayout(
            number, total, title, line, head, tuple(rows), points, notes, self.note_size, example
        )

    def _row(self, row: FormRow, y: float, height: float) -> RowPlace:
        grades = len(self.form.columns)
        cells = self.columns.cells(y, height, grades)
        return RowPlace(
            row,
            cells[0],
            cells[1],
            cells[2 : 2 + grades] if row.graded else (),
            cells[-1] if self.columns.remark else None,
            Rect(SIDE, y, INNER, height),
        )

    def _points_page(self, total: int) -> PageLayout:
        """The side with the 评议内容 alone, in the largest type that fits."""
        room = PAGE_HEIGHT - TOP - BOTTOM - self.title
        for size in POINTS_PAGE_SIZES:
            if paragraphs(self.form.points, size, INNER).height <= room:
                break
        else:
            raise FormRefused("评议内容太长，一页纸放不下，请缩短后再打印。")
        title = Rect(SIDE, TOP, INNER, self.title)
        points = Rect(SIDE, TOP + self.title, INNER, room)
        return PageLayout(total, total, title, title, (), (), points, None, size, None, points_page=True)
