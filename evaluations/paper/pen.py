"""Drawing with the origin in the upper left corner and lengths in mm, as the layout counts them."""

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from evaluations.paper.shapes import PAGE_HEIGHT, THIN, Rect
from evaluations.paper.text import LEADING, Fitted, face, printable

__all__ = ["Pen", "mm"]

NON_ZERO = 1  # the rule by which shapes that overlap stay filled


class Pen:
    """Text, boxes and strokes on one canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

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

    def fill(self, rects: list[Rect], grey: float = 0) -> None:
        """Rectangles without a border, as one shape so that no seam shows where they touch."""
        if not rects:
            return
        path = self.canvas.beginPath()
        for rect in rects:
            path.rect(rect.x * mm, (PAGE_HEIGHT - rect.bottom) * mm, rect.width * mm, rect.height * mm)
        self.canvas.setFillGray(grey)
        self.canvas.drawPath(path, stroke=0, fill=1, fillMode=NON_ZERO)
        self.canvas.setFillGray(0)

    def box(self, rect: Rect, line: float = THIN) -> None:
        """The border of a rectangle."""
        self.canvas.setLineWidth(line * mm)
        self.canvas.rect(
            rect.x * mm, (PAGE_HEIGHT - rect.bottom) * mm, rect.width * mm, rect.height * mm, fill=0
        )

    def ring(self, rect: Rect, grey: float) -> None:
        """A circle of short strokes in a square."""
        self.canvas.setDash(2 * mm, 1.5 * mm)
        self.canvas.setStrokeGray(grey)
        self.canvas.setLineWidth(THIN * mm)
        radius = rect.width / 2
        self.canvas.circle((rect.x + radius) * mm, (PAGE_HEIGHT - rect.y - radius) * mm, radius * mm)
        self.canvas.setStrokeGray(0)
        self.canvas.setDash()

    def centred(self, fitted: Fitted, rect: Rect, *, bold: bool = False) -> None:
        """Lines in the middle of a rectangle."""
        step = fitted.size * LEADING / mm
        baseline = rect.y + (rect.height - fitted.height) / 2 + fitted.size * 0.98 / mm
        for line in fitted.lines:
            self.text(line, rect.x + rect.width / 2, baseline, fitted.size, align="centre", bold=bold)
            baseline += step

    def left(self, fitted: Fitted, rect: Rect) -> None:
        """Lines from the upper left corner of a rectangle."""
        for number, line in enumerate(fitted.lines):
            self.text(line, rect.x, rect.y + (0.98 + number * LEADING) * fitted.size / mm, fitted.size)

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
