"""Draws the slips with codes as PDF, several on a sheet to be cut; all alike but for the code. Never stored."""

from __future__ import annotations

import io
from dataclasses import dataclass

import segno
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from evaluations.paper.text import LEADING, face, fit, load_fonts, printable, width_mm, wrap
from evaluations.urn.codes import shown_code

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
COLUMNS, ROWS = 2, 4
WIDTH, HEIGHT = PAGE_WIDTH / COLUMNS, PAGE_HEIGHT / ROWS
MARGIN = 7.0  # of a slip, so that an uneven cut harms nothing
QR_SIZE = 32.0
CODE_SIZE = 16.5  # the widest code still fits
TITLE_STEPS = ((13.0, 1), (12.0, 1), (11.0, 2), (9.0, 2))
ADDRESS_STEPS = ((9.0, 1), (8.0, 2), (7.0, 2), (6.0, 3))
GREY = 0.4
CARD_TITLE = "大厅平板的网址（给帮助的同志）"
CARD = (
    "1．用平板或手机扫这个二维码，或者输入下面的网址，打开“大厅投票”页面。",
    "2．党员自己输入票条上的投票码，一次显示一个人，选完点“投票”。",
    "3．投完十几秒，或者一分钟没有人动，屏幕自动清空，等下一位。",
    "4．请帮助的同志站开，不要看屏幕。投完的票条由党员自己收好或者撕掉。",
)


@dataclass(frozen=True, slots=True)
class Wording:
    """What every slip of a kind says."""

    heading: str
    code: str
    steps: tuple[str, ...]
    foot: str


BALLOT = Wording(
    "无记名电子票",
    "投票码",
    (
        "手机扫二维码；或到大厅的平板上",
        "输入投票码。",
        "每人选一项，看清了点“投票”。",
        "看到“已投”，就不用再管这张条。",
    ),
    "一码只投一次，投了不能改。抽到哪张没有人登记。",
)
SURVEY = Wording(
    "群众满意度测评",
    "填表码",
    (
        "手机扫二维码；或者在手机上打开",
        "下面的网址，输入填表码。",
        "选一项，看清了点“交上去”。",
        "看到“已交”，就不用再管这张条。",
    ),
    "不用登录，不留姓名。一码只填一次，交了不能改。拿到哪张没有人登记。",
)


@dataclass(frozen=True, slots=True)
class Slips:
    """What stands on the slips: the branch, what is asked, the addresses, and the codes in random order."""

    organization: str
    title: str
    address: str  # of the page, ends with a slash
    kiosk: str  # of the page for the tablet in the hall; empty where there is none
    codes: tuple[str, ...]
    wording: Wording = BALLOT


def draw_slips(*kinds: Slips) -> bytes:
    """The PDF: eight slips a sheet with lines to cut along, each kind on sheets of its own.

    After slips with a tablet in the hall comes one card for whoever sets it up.
    """
    load_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH * mm, PAGE_HEIGHT * mm), invariant=1)
    canvas.setTitle("票条")
    canvas.setAuthor(printable(kinds[0].organization))
    canvas.setViewerPreference("PrintScaling", "None")
    for slips in kinds:
        _sheets(canvas, slips)
        if slips.kiosk:
            _card(canvas, slips)
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _sheets(canvas: Canvas, slips: Slips) -> None:
    """All slips of one kind."""
    each = COLUMNS * ROWS
    for start in range(0, len(slips.codes), each):
        _cut_lines(canvas)
        for place, code in enumerate(slips.codes[start : start + each]):
            row, column = divmod(place, COLUMNS)
            _slip(canvas, slips, code, column * WIDTH, PAGE_HEIGHT - row * HEIGHT)
        canvas.showPage()


def _cut_lines(canvas: Canvas) -> None:
    """Dashed lines between the slips."""
    canvas.setDash(4, 3)
    canvas.setLineWidth(0.5)
    canvas.setStrokeGray(GREY)
    for column in range(1, COLUMNS):
        canvas.line(column * WIDTH * mm, 0, column * WIDTH * mm, PAGE_HEIGHT * mm)
    for row in range(1, ROWS):
        canvas.line(0, row * HEIGHT * mm, PAGE_WIDTH * mm, row * HEIGHT * mm)
    canvas.setDash()


def _text(canvas: Canvas, x: float, top: float, text: str, size: float, *, bold: bool = False) -> float:
    """Write one line whose top is at `top` (mm from the bottom); returns where the next line begins."""
    canvas.setFont(face(text, bold=bold), size)
    canvas.drawString(x * mm, top * mm - size, text)
    return top - size * LEADING / mm


def _centred(
    canvas: Canvas, middle: float, top: float, text: str, size: float, *, bold: bool = False
) -> float:
    """Write one line in the middle of `middle`."""
    return _text(canvas, middle - width_mm(text, size, bold=bold) / 2, top, text, size, bold=bold)


def draw_qr(canvas: Canvas, x: float, bottom: float, size: float, content: str) -> None:
    """A QR of `size` mm with its quiet zone, as rectangles."""
    matrix = segno.make_qr(content, error="m").matrix
    quiet = 2
    cell = size / (len(matrix) + 2 * quiet)
    canvas.setFillGray(0)
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                left = x + (column + quiet) * cell
                low = bottom + size - (row + quiet + 1) * cell
                canvas.rect(left * mm, low * mm, cell * mm * 1.02, cell * mm * 1.02, stroke=0, fill=1)


def _slip(canvas: Canvas, slips: Slips, code: str, left: float, top: float) -> None:
    """One slip with its upper left corner at `left`, `top`."""
    canvas.setFillGray(0)
    x, inner = left + MARGIN, WIDTH - 2 * MARGIN
    y = top - MARGIN + 1
    title = fit(printable(f"{slips.organization}{slips.wording.heading}"), inner, TITLE_STEPS, True)
    for line in title.lines:
        y = _text(canvas, x, y, line, title.size, bold=True)
    sub = fit(printable(slips.title), inner, ((9.0, 1), (8.0, 2)))
    for line in sub.lines:
        y = _text(canvas, x, y, line, sub.size)
    draw_qr(canvas, x - 2, y - 1 - QR_SIZE, QR_SIZE, f"{slips.address}#{code}")
    right, step_y = x + QR_SIZE - 1, y - 2
    step_y = _text(canvas, right, step_y, slips.wording.code, 10)
    step_y = _text(canvas, right, step_y - 0.5, shown_code(code), CODE_SIZE, bold=True) - 1.5
    for step in slips.wording.steps:
        step_y = _text(canvas, right, step_y, step, 9.5)
    low = y - 1 - QR_SIZE - 1.5
    address = fit(printable(f"网址 {slips.address}"), inner, ADDRESS_STEPS)
    for line in address.lines:
        low = _text(canvas, x, low, line, address.size)
    for line in wrap(slips.wording.foot, 9.5, inner):
        low = _text(canvas, x, low, line, 9.5)


def _card(canvas: Canvas, slips: Slips) -> None:
    """The last sheet: the address for the tablet in the hall; it carries no code."""
    canvas.setFillGray(0)
    middle = PAGE_WIDTH / 2
    y = _centred(canvas, middle, 265, CARD_TITLE, 22, bold=True)
    y = _centred(canvas, middle, y - 2, printable(slips.organization), 15)
    size = 80.0
    draw_qr(canvas, middle - size / 2, y - 6 - size, size, slips.kiosk)
    y -= size + 12
    address = fit(printable(slips.kiosk), 170, ((14.0, 1), (12.0, 1), (10.0, 2), (8.0, 3)))
    for line in address.lines:
        y = _centred(canvas, middle, y, line, address.size)
    y -= 6
    for step in CARD:
        for line in wrap(step, 13, 170):
            y = _text(canvas, 20, y, line, 13)
        y -= 1.5
