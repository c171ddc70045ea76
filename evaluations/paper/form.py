"""Draws the ballot form F1 《民主评议党员测评表》 as PDF with exact coordinates.

Every copy is the same: no name of the voter, no serial number, no code that differs.
"""

import io
from collections.abc import Iterable

from reportlab.pdfgen.canvas import Canvas

from evaluations.paper.layout import (
    BETWEEN,
    BRANCH,
    LINE_STEPS,
    NOTES_TITLE,
    POINTS_TITLE,
    TITLE_STEPS,
    layout,
    paragraphs,
    running,
)
from evaluations.paper.pen import Pen, mm
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
from evaluations.paper.signs import marker_squares, qr_modules
from evaluations.paper.template import FormTemplate, template_of
from evaluations.paper.text import LEADING, Fitted, Steps, fit, fit_evenly, load_fonts, printable, width_mm

__all__ = ["BallotForm", "FormRefused", "FormRow", "PageLayout", "Rect", "draw_form", "layout"]

GREY, SHADE, HEAD_SHADE = 0.35, 0.92, 0.95
HEAD_STEPS: Steps = ((14.0, 1), (12.0, 1), (11.0, 1), (10.0, 1), (9.0, 2), (8.0, 3), (7.0, 3))
NARROW_HEAD_STEPS: Steps = ((14.0, 1), (12.0, 2), (10.0, 2), (8.0, 3), (7.0, 4))
LARGE_HEAD_STEPS: Steps = ((18.0, 1), (16.0, 1), (14.0, 1), (12.0, 2), (10.0, 3))
NOTE_STEPS: Steps = ((12.0, 1), (11.0, 1), (10.0, 2), (8.0, 3))
LARGE_NOTE_STEPS: Steps = ((16.0, 1), *NOTE_STEPS)
SMALL_STEPS: Steps = ((9.0, 1), (8.0, 1), (7.0, 1), (7.0, 2), (5.0, 3), (4.0, 4))
SEAL = "印章处"
SEAL_LINE = "（印章处，请不要压住表格和四角的黑块）"
QR_LINES = Fitted(("所有票上的二维码都一样，", "只说明是哪一张表，", "不含个人信息"), 7.5)
TEST_WORD = "试票"
TEST_STEPS: Steps = ((16.0, 1), (14.0, 2), (12.0, 2), (10.0, 3), (8.0, 4), (6.0, 6), (4.0, 9))
TEST_LINE = "试票：只用来检查打印和扫描，不发给党员，不计票"
BESIDE = 18.0  # mm the number of the side moves to the right of that line
EXAMPLE_TITLE = "划“√”示例"
# What is right or wrong, why, and the boxes with a stroke (0 = first; .5 = on the line after it).
EXAMPLES = (
    ("正确", "只划一个", (0.0,)),
    ("错误", "划了两个", (0.0, 1.0)),
    ("错误", "划在格线上", (0.5,)),
)


def draw_form(form: BallotForm, copies: int = 1) -> bytes:
    """The PDF of the form, `copies` times over; the same form gives the same bytes.

    A copy of several sides always starts on a new sheet, also when printed on both sides.
    Raises FormRefused when a text is too long for a sheet.
    """
    pages, template = layout(form), template_of(form)
    load_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH * mm, PAGE_HEIGHT * mm), invariant=1)
    canvas.setTitle(printable(form.title))
    canvas.setAuthor(printable(form.organization))
    canvas.setViewerPreference("Duplex", "DuplexFlipLongEdge" if len(pages) > 1 else "Simplex")
    canvas.setViewerPreference("PrintScaling", "None")
    for _ in range(copies):
        for page in pages:
            _Sheet(canvas, form, page, template).draw()
            canvas.showPage()
        if copies > 1 and len(pages) > 1 and len(pages) % 2:
            canvas.showPage()
    canvas.save()
    return out.getvalue()


class _Sheet(Pen):
    """One side being drawn."""

    def __init__(self, canvas: Canvas, form: BallotForm, page: PageLayout, template: FormTemplate) -> None:
        super().__init__(canvas)
        self.form, self.page, self.template = form, page, template

    def draw(self) -> None:
        """Everything on this side."""
        page = self.page
        self.head_line(page.title)
        if page.points_page and page.points:
            self.block(self.form.points, page.points, page.note_size)
        elif page.points:
            self.left(running(self.form.points), page.points)
        self.header_line(page.line)
        for block in page.blocks:
            self.table(block)
        if page.notes:
            self.text(
                NOTES_TITLE, page.notes.x, page.notes.y + page.note_size / mm, page.note_size, bold=True
            )
            self.block(self.form.notes, page.notes, page.note_size, page.run_in)
        if page.example:
            self.example(page.example)
        if page.seal:
            self.seal(page.seal)
        self.signs(page.signs)
        if page.pages > 1:
            said = f"第 {page.number} 页　共 {page.pages} 页"
            middle = PAGE_WIDTH / 2 + (BESIDE if self.form.test else 0)
            self.text(said, middle, PAGE_HEIGHT - 8, 10, align="centre")

    def head_line(self, rect: Rect) -> None:
        """The title; on a sheet to try out it stands between two frames that say so."""
        title = POINTS_TITLE if self.page.points_page else self.form.title
        if not self.form.test:
            self.centred(fit_evenly(title, rect.width, TITLE_STEPS, True), rect, bold=True)
            return
        frame = 30.0
        for x in (rect.x, rect.right - frame):
            self.stamp(Rect(x, rect.y + 1, frame, rect.height - 2), (TEST_WORD,), 17)
        between = Rect(rect.x + frame + 3, rect.y, rect.width - 2 * frame - 6, rect.height)
        self.centred(fit_evenly(title, between.width, TEST_STEPS, True), between, bold=True)

    def stamp(self, rect: Rect, words: tuple[str, ...], size: float) -> None:
        """Words in a double frame."""
        self.box(rect, 0.7)
        self.box(Rect(rect.x + 1, rect.y + 1, rect.width - 2, rect.height - 2))
        self.centred(Fitted(words, size), rect, bold=True)

    def seal(self, rect: Rect) -> None:
        """Where the seal of the branch goes; a sheet to try out gets none and says what it is for."""
        if self.form.test:
            self.text(TEST_LINE, BETWEEN, PAGE_HEIGHT - 8, 9, bold=True)
            return
        self.canvas.setFillGray(0.5)
        if rect.width == rect.height:
            self.ring(rect, 0.7)
            self.centred(Fitted((SEAL,), 11), rect)
        else:
            self.text(SEAL_LINE, rect.x, rect.bottom, 9)
        self.canvas.setFillGray(0)

    def signs(self, signs: Signs) -> None:
        """Markers in the corners, and the QR with what it says."""
        for number, rect in enumerate(signs.markers):
            self.fill([rect])
            self.fill(_squares(rect, 6, marker_squares(number)), 1)
        matrix = qr_modules(self.template.qr_text(self.page.number))
        black = ((x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module)
        self.fill(_squares(signs.qr, len(matrix), black))
        self.centred(QR_LINES, signs.words)
        if self.form.test:
            self.stamp(Rect(signs.qr.right + 5, signs.qr.y - 14, 11, 24), tuple(TEST_WORD), 22)

    def block(self, lines: tuple[str, ...], rect: Rect, size: float, run_in: str = "") -> None:
        """Numbered paragraphs, from the top of a rectangle: below a title line, or after a title run in."""
        for number, line in enumerate(paragraphs(lines, size, rect.width, run_in).lines):
            skipped = run_in if number == 0 else ""
            x = rect.x + (width_mm(run_in, size, bold=True) if skipped else 0)
            self.text(line.removeprefix(skipped), x, rect.y + (1 + number * LEADING) * size / mm, size)

    def header_line(self, rect: Rect) -> None:
        """The branch on the left, the date on the right."""
        fitted = fit(BRANCH + self.form.organization, rect.width * 0.6, LINE_STEPS)
        baseline = rect.y + fitted.size / mm + 0.5
        for number, line in enumerate(fitted.lines):
            self.text(line, rect.x, baseline + number * fitted.size * LEADING / mm, fitted.size)
        self.text(f"时间：{self.form.date_text}", rect.x + rect.width, baseline, 12, align="right")

    def table(self, block: Block) -> None:
        """Grey first, then the lines, then the words."""
        self.fill(list(block.head), HEAD_SHADE)
        self.fill([place.whole for place in block.rows if not place.row.graded], SHADE)
        self.fill(list(block.lines))
        steps = NARROW_HEAD_STEPS if len(self.page.blocks) > 1 else HEAD_STEPS
        if self.form.large:
            steps = LARGE_HEAD_STEPS
        grades = self.form.columns
        size = min(fit(grade, block.head[2].width - 1, steps, True).size for grade in grades)
        titles = ("序号", self.form.name_heading, *grades, self.form.remark_heading)
        for title, rect in zip(titles, block.head, strict=False):
            most = size if title in grades else max(size, 12)
            sizes = tuple(step for step in steps if step[0] <= most)
            self.centred(fit_evenly(title, rect.width - 1, sizes, True), rect, bold=True)
        for place in block.rows:
            self.row(place)

    def row(self, place: RowPlace) -> None:
        """One row; a row that is not graded is grey and says why in place of the boxes."""
        row = place.row
        self.canvas.setFillGray(0 if row.graded else GREY)
        self.centred(Fitted((str(row.ordinal),), 16 if self.form.large else 12), place.number)
        self.centred(place.words, place.name)
        where = place.remark if row.graded else place.reason
        if row.note and where:
            steps = LARGE_NOTE_STEPS if self.form.large and not row.graded else NOTE_STEPS
            self.centred(fit_evenly(row.note, where.width - 2, steps), where)
        self.canvas.setFillGray(0)

    def example(self, rect: Rect) -> None:
        """A small table that shows one right and two wrong ways to tick."""
        grades = self.form.columns[:4]
        label, high = 9.5, 6.6
        cell = min(15.0, (rect.width - label - 17.5) / len(grades))
        self.text(EXAMPLE_TITLE, rect.x, rect.y + 4.2, 12, bold=True)
        y = rect.y + 6.0
        for index, grade in enumerate(grades):
            head = Rect(rect.x + label + index * cell, y, cell, 6.0)
            self.fill([head], HEAD_SHADE)
            self.box(head)
            self.centred(fit_evenly(grade, cell - 0.6, SMALL_STEPS), head)
        y += 6.0
        for verdict, reason, strokes in EXAMPLES:
            self.text(verdict, rect.x, y + 4.9, 11, bold=True)
            for index in range(len(grades)):
                self.box(Rect(rect.x + label + index * cell, y, cell, high))
            for stroke in strokes:
                self.tick(rect.x + label + (stroke + 0.5) * cell, y + high / 2, high * 0.75)
            self.text(reason, rect.x + label + len(grades) * cell + 1.5, y + 4.7, 9)
            y += high


def _squares(rect: Rect, count: int, places: Iterable[tuple[int, int]]) -> list[Rect]:
    """The squares (column, row) of a rectangle that is `count` squares wide and high."""
    side = rect.width / count
    return [Rect(rect.x + x * side, rect.y + y * side, side, side) for x, y in places]
