"""Draws the ballot form F1 《民主评议党员测评表》 as PDF with exact coordinates.

Every copy is the same: no name of the voter, no serial number, no code that differs.
"""

import io

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from evaluations.paper.layout import (
    BRANCH,
    LINE_STEPS,
    NOTES_TITLE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    POINTS_SIZE,
    POINTS_TITLE,
    TITLE_STEPS,
    BallotForm,
    FormRefused,
    FormRow,
    PageLayout,
    Rect,
    RowPlace,
    fitted_name,
    layout,
    paragraphs,
)
from evaluations.paper.text import LEADING, Fitted, face, fit, load_fonts, printable, width_mm

__all__ = ["BallotForm", "FormRefused", "FormRow", "PageLayout", "Rect", "draw_form", "layout"]

THIN, THICK = 0.25, 0.5
GREY, SHADE, HEAD_SHADE = 0.35, 0.9, 0.95
HEAD_STEPS = ((14.0, 1), (12.0, 1), (11.0, 2), (9.0, 2), (8.0, 3))
NOTE_STEPS = ((12.0, 1), (11.0, 1), (10.0, 2), (8.0, 3))
SMALL_STEPS = ((9.0, 1), (8.0, 1), (7.0, 2), (6.0, 3))
SEAL = "（印章处）"
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
    pages = layout(form)
    load_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH * mm, PAGE_HEIGHT * mm), invariant=1)
    canvas.setTitle(printable(form.title))
    canvas.setAuthor(printable(form.organization))
    canvas.setViewerPreference("Duplex", "DuplexFlipLongEdge" if len(pages) > 1 else "Simplex")
    canvas.setViewerPreference("PrintScaling", "None")
    for _ in range(copies):
        for page in pages:
            _Sheet(canvas, form, page).draw()
            canvas.showPage()
        if copies > 1 and len(pages) > 1 and len(pages) % 2:
            canvas.showPage()
    canvas.save()
    return out.getvalue()


class _Sheet:
    """One side being drawn."""

    def __init__(self, canvas: Canvas, form: BallotForm, page: PageLayout) -> None:
        self.canvas, self.form, self.page = canvas, form, page

    def draw(self) -> None:
        """Everything on this side."""
        page = self.page
        title = POINTS_TITLE if page.points_page else self.form.title
        self.centred(fit(title, page.title.width, TITLE_STEPS, True), page.title, bold=True)
        if page.points:
            size = page.note_size if page.points_page else POINTS_SIZE
            self.block("" if page.points_page else f"{POINTS_TITLE}：", self.form.points, page.points, size)
        if not page.points_page:
            self.header_line(page.line)
            self.table()
        if page.notes:
            self.block(f"{NOTES_TITLE}：", self.form.notes, page.notes, page.note_size)
        if page.example:
            self.example(page.example)
        if page.pages > 1:
            self.text(
                f"第 {page.number} 页　共 {page.pages} 页",
                PAGE_WIDTH / 2,
                PAGE_HEIGHT - 8,
                10,
                align="centre",
            )

    def text(
        self,
        text: str,
        x: float,
        baseline: float,
        size: float,
        *,
        align: str = "left",
        bold: bool = False,
    ) -> None:
        """One line of text; x and baseline in mm from the upper left corner."""
        text = printable(text)
        self.canvas.setFont(face(text, bold=bold), size)
        at = (x * mm, (PAGE_HEIGHT - baseline) * mm)
        if align == "centre":
            self.canvas.drawCentredString(*at, text)
        elif align == "right":
            self.canvas.drawRightString(*at, text)
        else:
            self.canvas.drawString(*at, text)

    def box(self, rect: Rect, line: float = THIN, shade: float | None = None) -> None:
        """A rectangle with a border, filled when a shade of grey is given."""
        self.canvas.setLineWidth(line * mm)
        if shade is not None:
            self.canvas.setFillGray(shade)
        self.canvas.rect(
            rect.x * mm,
            (PAGE_HEIGHT - rect.y - rect.height) * mm,
            rect.width * mm,
            rect.height * mm,
            fill=int(shade is not None),
        )
        self.canvas.setFillGray(0)

    def centred(self, fitted: Fitted, rect: Rect, *, bold: bool = False) -> None:
        """Lines in the middle of a rectangle."""
        step = fitted.size * LEADING / mm
        baseline = rect.y + (rect.height - fitted.height) / 2 + fitted.size * 0.98 / mm
        for line in fitted.lines:
            self.text(line, rect.x + rect.width / 2, baseline, fitted.size, align="centre", bold=bold)
            baseline += step

    def block(self, title: str, lines: tuple[str, ...], rect: Rect, size: float) -> None:
        """A title and numbered paragraphs, from the top of a rectangle."""
        baseline = rect.y + size / mm
        if title:
            self.text(title, rect.x, baseline, size, bold=True)
        for line in paragraphs(lines, size, rect.width).lines[1:]:
            baseline += size * LEADING / mm
            self.text(line, rect.x, baseline, size)

    def header_line(self, rect: Rect) -> None:
        """The branch with the place of its seal on the left, the date on the right."""
        fitted = fit(BRANCH + self.form.organization, rect.width * 0.6, LINE_STEPS)
        baseline = rect.y + fitted.size / mm + 0.5
        last = baseline
        for number, line in enumerate(fitted.lines):
            last = baseline + number * fitted.size * LEADING / mm
            self.text(line, rect.x, last, fitted.size)
        self.canvas.setFillGray(0.5)
        self.text(SEAL, rect.x + width_mm(fitted.lines[-1], fitted.size) + 1, last, fitted.size)
        self.canvas.setFillGray(0)
        self.text(f"时间：{self.form.date_text}", rect.x + rect.width, baseline, 12, align="right")

    def table(self) -> None:
        """Header, rows, and a thicker frame round both."""
        titles = ("序号", self.form.name_heading, *self.form.columns, "备注")
        for title, rect in zip(titles, self.page.head, strict=False):
            self.box(rect, shade=HEAD_SHADE)
            self.centred(fit(title, rect.width - 1, HEAD_STEPS, True), rect, bold=True)
        for place in self.page.rows:
            self.row(place)
        first, last = self.page.head[0], self.page.head[-1]
        height = first.height + sum(place.whole.height for place in self.page.rows)
        self.box(Rect(first.x, first.y, last.x + last.width - first.x, height), THICK)

    def row(self, place: RowPlace) -> None:
        """One row; a row that is not graded is grey and says why in place of the boxes."""
        row = place.row
        shade = None if row.graded else SHADE
        cells = [place.number, place.name, *place.marks]
        between = place.name.x + place.name.width
        end = place.remark.x if place.remark else place.whole.x + place.whole.width
        reason = Rect(between, place.whole.y, end - between, place.whole.height)
        if not row.graded:
            cells.append(reason)
        if place.remark:
            cells.append(place.remark)
        for rect in cells:
            self.box(rect, shade=shade)
        self.canvas.setFillGray(0 if row.graded else GREY)
        self.centred(Fitted((str(row.ordinal),), 12), place.number)
        self.centred(fitted_name(row, place.name.width), place.name)
        self.canvas.setFillGray(0 if row.graded else GREY)
        where = place.remark if row.graded else reason
        if row.note and where:
            self.centred(fit(row.note, where.width - 2, NOTE_STEPS), where)
        self.canvas.setFillGray(0)

    def example(self, rect: Rect) -> None:
        """A small table that shows one right and two wrong ways to tick."""
        grades = self.form.columns[:4]
        label, cell, high = 13.0, min(11.0, 44.0 / len(grades)), 7.0
        self.text(EXAMPLE_TITLE, rect.x, rect.y + 4.2, 12, bold=True)
        y = rect.y + 6.5
        for index, grade in enumerate(grades):
            head = Rect(rect.x + label + index * cell, y, cell, 6.0)
            self.box(head, shade=HEAD_SHADE)
            self.centred(fit(grade, cell - 0.6, SMALL_STEPS), head)
        y += 6.0
        for verdict, reason, strokes in EXAMPLES:
            self.text(verdict, rect.x, y + 4.9, 11, bold=True)
            for index in range(len(grades)):
                self.box(Rect(rect.x + label + index * cell, y, cell, high))
            for stroke in strokes:
                self.tick(rect.x + label + (stroke + 0.5) * cell, y + high / 2, high * 0.75)
            self.text(reason, rect.x + label + len(grades) * cell + 1.5, y + 4.7, 9)
            y += high

    def tick(self, x: float, y: float, size: float) -> None:
        """A √ drawn like one of a pen, its middle at x, y (mm)."""
        path = self.canvas.beginPath()
        path.moveTo((x - 0.45 * size) * mm, (PAGE_HEIGHT - y) * mm)
        path.lineTo((x - 0.12 * size) * mm, (PAGE_HEIGHT - y - 0.42 * size) * mm)
        path.lineTo((x + 0.5 * size) * mm, (PAGE_HEIGHT - y + 0.5 * size) * mm)
        self.canvas.setLineWidth(0.6 * mm)
        self.canvas.setLineCap(1)
        self.canvas.drawPath(path)
        self.canvas.setLineCap(0)
