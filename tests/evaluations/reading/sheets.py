"""Small forms with seeded pen strokes, drawn without the product's own drawing: what the reader's tests read."""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import segno
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from evaluations.paper.layout import Rect
from evaluations.paper.reading import RowReading
from evaluations.paper.template import BoxRow, FormTemplate, Marker, SheetTemplate

Grey = NDArray[np.uint8]
Points = list[tuple[float, float]]
INCH = 25.4
ROW, BOX, TOP = 10.0, 16.0, 52.0


@cache
def template(
    form_hash: str = "0123456789abcdef0123",
    *,
    pages: int = 1,
    rows: int = 20,
    options: int = 4,
    test: bool = False,
) -> FormTemplate:
    """A form of `pages` sides with two blocks of `rows` rows each."""
    markers = tuple(
        Marker(number, Rect(x, y, 10, 10))
        for number, (x, y) in enumerate(((7, 7), (193, 7), (193, 280), (7, 280)))
    )
    sheets = []
    for page in range(1, pages + 1):
        places, lines, tables = [], [], []
        for block, x in enumerate((10.0, 107.0)):
            left = x + 29
            width = 29 + BOX * options
            tables.append(Rect(x, TOP - ROW, width, ROW * (rows + 1)))
            for i in range(rows + 1):
                lines.append(Rect(x, TOP + i * ROW - 0.125, width, 0.25))
            lines.append(Rect(x, TOP - ROW - 0.25, width, 0.5))
            for edge in (x, x + 8, *(left + i * BOX for i in range(options + 1))):
                lines.append(Rect(edge - 0.125, TOP - ROW, 0.25, ROW * (rows + 1)))
            for i in range(rows):
                y = TOP + i * ROW
                boxes = tuple(Rect(left + j * BOX, y, BOX, ROW) for j in range(options))
                number = (page - 1) * 2 * rows + block * rows + i
                places.append(BoxRow(number, boxes, Rect(x, y, width, ROW)))
        sheets.append(
            SheetTemplate(page, markers, Rect(165, 12, 24, 24), tuple(places), tuple(lines), tuple(tables))
        )
    return FormTemplate(form_hash, test, pages, options, tuple(sheets))


def printed(form: FormTemplate, page: int = 1, *, dpi: float = 200, qr: str | None = None) -> Grey:
    """The printed side without any mark; `qr` overrides what its code says."""
    s = dpi / INCH
    sheet = form.sheets[page - 1]
    image = np.full((round(297 * s), round(210 * s)), 255, np.uint8)
    words = np.random.default_rng(5)
    for row in sheet.rows:
        for start, count in ((1.5, 2), (10.0, 3)):
            for k in range(count):
                cx, cy = row.whole.x + start + k * 5.5, row.whole.y + 5
                for _ in range(5):
                    a, b = words.uniform(-2, 2, 2), words.uniform(-2, 2, 2)
                    line(image, [(cx + a[0], cy + a[1]), (cx + b[0], cy + b[1])], 0.3, s, 20)
    for rect in sheet.lines:
        fill(image, rect, s, 30)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for marker in sheet.markers:
        squares = np.asarray(cv2.aruco.generateImageMarker(dictionary, marker.number, 6), np.uint8)
        paste(image, squares, marker.rect, s)
    code = segno.make(form.qr_text(page) if qr is None else qr, error="q", micro=False)
    modules = np.array([[0 if m else 255 for m in line_] for line_ in code.matrix], np.uint8)
    paste(image, modules, sheet.qr, s)
    return image


def fill(image: Grey, rect: Rect, s: float, value: int) -> None:
    """A filled rectangle whose edges fall between pixels."""
    corners = np.array(
        [
            (rect.x, rect.y),
            (rect.x + rect.width, rect.y),
            (rect.x + rect.width, rect.y + rect.height),
            (rect.x, rect.y + rect.height),
        ]
    )
    x0, y0 = np.floor(corners.min(0) * s).astype(int)
    x1, y1 = np.ceil(corners.max(0) * s).astype(int)
    xs = np.clip(
        np.minimum(np.arange(x0, x1) + 1, corners[1][0] * s) - np.maximum(np.arange(x0, x1), rect.x * s), 0, 1
    )
    ys = np.clip(
        np.minimum(np.arange(y0, y1) + 1, corners[2][1] * s) - np.maximum(np.arange(y0, y1), rect.y * s), 0, 1
    )
    area = image[y0:y1, x0:x1].astype(float)
    cover = np.outer(ys, xs)
    image[y0:y1, x0:x1] = (area * (1 - cover) + value * cover).astype(np.uint8)


def paste(image: Grey, modules: Grey, rect: Rect, s: float) -> None:
    """Black and white modules stretched over a rectangle."""
    h, w = modules.shape
    for j, i in zip(*np.nonzero(modules < 128), strict=True):
        part = Rect(
            rect.x + i * rect.width / w, rect.y + j * rect.height / h, rect.width / w, rect.height / h
        )
        fill(image, part, s, 0)


def line(image: Grey, points: Points, width: float, s: float, value: int) -> None:
    """A pen line through points in mm, `width` mm thick, drawn dark over what is there."""
    pts = np.array(points, float) * s
    pad = width * s + 3
    x0, y0 = np.maximum(np.floor(pts.min(0) - pad).astype(int), 0)
    x1, y1 = np.ceil(pts.max(0) + pad).astype(int)
    area = image[y0:y1, x0:x1]
    if not area.size:
        return
    big = np.zeros((area.shape[0] * 4, area.shape[1] * 4), np.uint8)
    scaled = np.round((pts - (x0, y0)) * 4 * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(big, [scaled], False, 255, max(1, round(width * s * 4)), cv2.LINE_8, 4)
    ink = cv2.resize(big, (area.shape[1], area.shape[0]), interpolation=cv2.INTER_AREA).astype(float) / 255
    image[y0:y1, x0:x1] = np.minimum(area, (255 * (1 - ink) + value * ink)).astype(np.uint8)


def wobble(points: Points, rng: Generator, amount: float = 0.12) -> Points:
    """The same line with a hand's tremor and more points."""
    out: Points = []
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        steps = max(2, round(math.hypot(bx - ax, by - ay) / 0.8))
        bend = rng.normal(0, amount * 2)
        for k in range(steps):
            t = k / steps
            off = bend * math.sin(math.pi * t)
            out.append((ax + (bx - ax) * t + off, ay + (by - ay) * t - off * 0.5))
    return [*out, points[-1]]


def tick(x: float, y: float, size: float, rng: Generator) -> list[Points]:
    """One √ round x, y."""
    n = rng.normal
    a = (x - size * (0.42 + n(0, 0.04)), y + size * n(0.02, 0.08))
    b = (x - size * (0.12 + n(0, 0.04)), y + size * (0.42 + n(0, 0.04)))
    c = (x + size * (0.48 + n(0, 0.05)), y - size * (0.48 + n(0, 0.06)))
    return [wobble([a, b, c], rng)]


def cross(x: float, y: float, size: float, rng: Generator) -> list[Points]:
    """One × round x, y."""
    h = size * 0.42
    return [wobble([(x - h, y - h), (x + h, y + h)], rng), wobble([(x + h, y - h), (x - h, y + h)], rng)]


def ring(x: float, y: float, size: float, rng: Generator) -> list[Points]:
    """One ○ round x, y."""
    start = rng.uniform(0, 6.28)
    r = size * 0.42
    turns = np.linspace(0, 6.28 + rng.uniform(-0.1, 0.3), 24) + start
    return [[(x + r * math.cos(t) * 1.1, y + r * math.sin(t)) for t in turns]]


def scribble(x: float, y: float, size: float, rng: Generator) -> list[Points]:
    """Crossed out: a zigzag over x, y."""
    h = size * 0.6
    return [[(x - h + 2 * h * k / 8, y + h * 0.6 * (-1) ** k + rng.normal(0, 0.2)) for k in range(9)]]


SHAPES: dict[str, Callable[[float, float, float, Generator], list[Points]]] = {
    "tick": tick,
    "cross": cross,
    "ring": ring,
}


class Voter:
    """Fills one sheet with a pen; `truth` grows by what was meant: row → "1".."9", "0", or "?" for a person."""

    def __init__(self, seed: int, shape: str = "tick") -> None:
        self.rng = np.random.default_rng(seed)
        self.shape = SHAPES[shape]
        self.width = self.rng.uniform(0.4, 0.75)
        self.ink = int(self.rng.uniform(20, 90))
        self.size = self.rng.uniform(4.2, 6.8)
        self.truth: dict[int, str] = {}

    def stroke(self, image: Grey, lines: list[Points], s: float, *, width: float = 0, ink: int = 0) -> None:
        """Draw lines with this voter's pen."""
        for points in lines:
            line(image, points, width or self.width, s, ink or self.ink)

    def mark(self, image: Grey, box: Rect, s: float) -> None:
        """One usual mark in a box."""
        size = self.size * self.rng.uniform(0.9, 1.1)
        x = box.x + box.width / 2 + self.rng.normal(0, 1.0)
        y = box.y + box.height / 2 + self.rng.normal(0, 0.6)
        self.stroke(image, self.shape(x, y, size, self.rng), s)

    def fill(self, image: Grey, sheet: SheetTemplate, dpi: float = 200, **kinds: float) -> Grey:
        """Mark every row; `kinds` gives shares of blank, overvote, correction, cancelled, on_line, sweep rows."""
        s = dpi / INCH
        half = len(sheet.rows) // 2
        swept = self.rng.integers(0, half - 5) if self.rng.random() < kinds.get("sweep", 0) else -9
        for index, row in enumerate(sheet.rows):
            choice = int(self.rng.integers(0, len(row.boxes)))
            box = row.boxes[choice]
            centre = (box.x + box.width / 2, box.y + box.height / 2)
            if swept <= index < swept + 5:
                self.truth[row.row] = "?"
                continue
            kind = self.kind(kinds)
            self.truth[row.row] = {"": str(choice + 1), "blank": "0"}.get(kind, "?")
            if kind == "on_line":
                at = (box.x + box.width, centre[1]) if choice < len(row.boxes) - 1 else (box.x, centre[1])
                self.stroke(image, self.shape(*at, self.size, self.rng), s)
            elif kind != "blank":
                self.mark(image, box, s)
            if kind == "overvote":
                self.mark(image, row.boxes[(choice + 1) % len(row.boxes)], s)
            if kind == "correction":
                self.stroke(image, scribble(*centre, self.size, self.rng), s)
                self.mark(image, row.boxes[(choice + 1) % len(row.boxes)], s)
            if kind == "cancelled":
                a = centre[0] - self.size * 0.8, centre[1] + self.rng.normal(0, 0.4)
                b = centre[0] + self.size * 0.8, centre[1] + self.rng.normal(0, 0.4)
                self.stroke(image, [wobble([a, b], self.rng)], s)
        if swept >= 0:
            box, last = sheet.rows[swept].boxes[0], sheet.rows[min(swept + 4, len(sheet.rows) - 1)].boxes[0]
            x = box.x + box.width / 2
            self.stroke(image, [wobble([(x, box.y + 3), (x + 1, last.y + 6)], self.rng)], s)
        return image

    def kind(self, kinds: dict[str, float]) -> str:
        """Draw what happens in a row."""
        point, total = self.rng.random(), 0.0
        for name in ("blank", "overvote", "correction", "cancelled", "on_line"):
            total += kinds.get(name, 0)
            if point < total:
                return name
        return ""


@cache
def blank_sheet(form_hash: str = "", page: int = 1, *, test: bool = False) -> Grey:
    """The printed side of the usual test form, drawn once; copy it before writing on it."""
    return printed(template(form_hash, test=test) if form_hash else template(test=test), page)


def voted(seed: int, shape: str = "tick", **kinds: float) -> tuple[Grey, Voter]:
    """One filled sheet of the usual test form, and its voter with the truth."""
    voter = Voter(seed, shape)
    return voter.fill(blank_sheet().copy(), template().sheets[0], **kinds), voter


def as_bytes(*pages: Grey, kind: str = "PNG", **options: object) -> bytes:
    """Pictures as one file."""
    first, *rest = [Image.fromarray(page) for page in pages]
    out = io.BytesIO()
    more = {"save_all": True, "append_images": rest} if rest else {}
    first.save(out, kind, **more, **options)
    return out.getvalue()


def wrong(rows: tuple[RowReading, ...], truth: dict[int, str]) -> list[RowReading]:
    """Rows taken as certain that are not as they were meant, or that only a person may decide."""
    return [row for row in rows if row.certain and row.mark != truth[row.row]]


def certain(rows: tuple[RowReading, ...]) -> int:
    """How many rows no person needs to look at."""
    return sum(row.certain for row in rows)
