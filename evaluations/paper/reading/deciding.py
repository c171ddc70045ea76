"""Decides each row of a sheet: one clean mark and nothing else is certain, all the rest goes to a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.marks import Groups
from evaluations.paper.reading.result import CERTAIN_BLANK, UNSURE, RowReading
from evaluations.paper.reading.shapes import CROSS, OTHER, RING, SLASH, TICK, shape_of
from evaluations.paper.reading.straightening import FINE
from evaluations.paper.reading.strokes import Drawing, drawings

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARE = 0.80  # of its ink a mark has in its own box
SPAN = 0.75  # of its width and of its height it has between its box's lines
USUAL_AREA = 4.0  # mm² of a mark where a sheet has too few to say
SMALLEST, SMALLEST_AREA = 1.8, 0.8  # mm and mm²: less is no mark
SMALLER, LARGER = 0.40, 2.5  # of the sheet's usual ink: outside of this a mark is unlike the others
LEAST_SIZE, SLASH_SIZE = 0.4, 0.6  # of the usual size; a small slash may be a ditto mark
PALER = 0.5  # of the sheet's usual darkness
DOT, DOT_AREA, DOT_SHARE = 1.3, 0.3, 0.10  # mm, mm², share of the usual ink: a stray dot
VISIT, VISIT_SHARE = 0.6, 0.22  # ink of a neighbour's mark that may reach into a row
TOUCHED = 0.05  # mm² of ink that makes a row touched
AT_EDGE, CUT_AREA = 1.0, 0.7  # mm from its box's edge; a small mark there may be part of one on the line
MANY_BLANK = 0.15
RARE_SHAPE = 0.2  # a shape that fewer of a sheet's marks have is unlike the others
FEWEST, MOST_SLASH = (
    3,
    0.8,
)  # marks of a kind, and share of a sheet's marks, before a hasty or rare kind counts
SWEEP_ROWS = 3
CLEAR = 2.2  # times the threshold the usual ink must be dark for an empty row to be certain


@dataclass(slots=True)
class Found:
    """What lies in one row before it is decided. `column` is the box of its only mark, or -1."""

    row: int
    reason: str = ""
    column: int = -1
    group: int = -1
    area: float = 0.0
    peak: float = 0.0
    size: float = 0.0
    edge: float = 9.0
    tile: Grey | None = None
    drawing: Drawing = field(default_factory=Drawing)
    shape: str = OTHER

    @property
    def empty(self) -> bool:
        """Nothing was written here."""
        return not self.reason and self.column < 0


@dataclass(frozen=True, slots=True)
class Usual:
    """The marks of one sheet: median ink in mm², median darkness, median size in mm."""

    area: float
    peak: float
    size: float = 0.0


def decide(
    inks: list[Ink], groups: list[Groups], level: float, *, tick_only: bool, coarse: bool
) -> list[RowReading]:
    """All rows of a sheet in order. `coarse` says that the picture knows only black and white."""
    usual = _usual(groups, inks)
    rows = [row for ink, group in zip(inks, groups, strict=True) for row in _rows(ink, group, usual, level)]
    marked = [row for row in rows if row.tile is not None]
    for row, drawing in zip(
        marked, drawings([row.tile for row in marked if row.tile is not None]), strict=True
    ):
        row.drawing, row.shape = drawing, shape_of(drawing)
    shapes = Counter(row.shape for row in marked if row.shape != OTHER)
    for row in marked:
        row.reason = row.reason or _doubt(row, usual, shapes, tick_only)
    blanks = [row for row in rows if row.empty]
    reason = _blank_doubt(rows, blanks, usual, level, coarse)
    for row in blanks:
        row.reason = reason
    return sorted((_reading(row) for row in rows), key=lambda reading: reading.row)


def is_empty(inks: list[Ink], groups: list[Groups]) -> bool:
    """Whether nothing at all was written into any box of the sheet."""
    return all(not (group.cells[:, :-1] > TOUCHED).any() for group in groups) and not any(
        _hidden(ink).any() for ink in inks
    )


def _reading(row: Found) -> RowReading:
    guess = str(row.column + 1) if row.column >= 0 else ""
    if row.reason:
        return RowReading(row.row, UNSURE, row.reason, guess)
    return RowReading(row.row, guess or CERTAIN_BLANK)


def _usual(groups: list[Groups], inks: list[Ink]) -> Usual:
    """Median ink and darkness of the marks that stand in one box."""
    areas, peaks, sides = [], [], []
    for group, _ in zip(groups, inks, strict=True):
        inside = group.cells[:, :-1]
        size = _sizes(group)
        good = (
            (inside.max(1, initial=0) >= SHARE * group.area)
            & (group.area > SMALLEST_AREA)
            & (size > SMALLEST)
        )
        areas += group.area[good].tolist()
        peaks += group.peak[good].tolist()
        sides += size[good].tolist()
    if len(areas) < 3:
        return Usual(USUAL_AREA, float(np.median(peaks)) if peaks else 0.0)
    return Usual(float(np.median(areas)), float(np.median(peaks)), float(np.median(sides)))


def _sizes(group: Groups) -> Floats:
    """The longer side of each group's frame, in mm."""
    wide, high = group.frame[:, 2] - group.frame[:, 0], group.frame[:, 3] - group.frame[:, 1]
    return np.asarray(np.maximum(wide, high) / FINE, np.float64)


def _rows(ink: Ink, group: Groups, usual: Usual, level: float) -> list[Found]:
    columns, count = len(ink.block.xs) - 1, len(ink.block.ys)
    sizes = _sizes(group)
    dot = (group.area < max(DOT_AREA, DOT_SHARE * usual.area)) & (sizes < DOT)
    best = group.cells.argmax(1) if len(group.area) else np.zeros(0, np.int64)
    share = group.cells.max(1) / group.area if len(group.area) else np.zeros(0)
    in_rows = group.cells[:, :-1].reshape(-1, count, columns)
    spread = (in_rows.sum(2) > TOUCHED).sum(1)
    hidden = _hidden(ink)
    found = []
    for number, place in enumerate(ink.block.rows):
        row = Found(place.row)
        amount = in_rows[:, number].sum(1)
        here = (amount > TOUCHED) & ~dot
        own = np.flatnonzero(here & (best // columns == number) & (best < count * columns))
        others = np.flatnonzero(here & ~np.isin(np.arange(len(best)), own))
        bad = [
            g
            for g in others
            if best[g] == count * columns
            or share[g] < SHARE
            or amount[g] > max(VISIT, VISIT_SHARE * usual.area)
        ]
        cells = sorted({int(best[g]) for g in own})
        if any(spread[g] >= SWEEP_ROWS for g in (*own, *bad)):
            row.reason = "column_sweep"
        elif len(cells) > 1:
            row.reason = "overvote"
        elif bad:
            row.reason = "crosses_cells"
        elif not cells:
            row.reason = "blank_touched" if len(others) else "faint" if hidden[number].any() else ""
        if len(cells) == 1:
            _mark(row, ink, group, own, cells[0], level)
        found.append(row)
    return found


def _mark(row: Found, ink: Ink, group: Groups, own: Ints, cell: int, level: float) -> None:
    """Put the only mark of a row into `row`, with a picture of its ink."""
    number, row.column = divmod(cell, len(ink.block.xs) - 1)
    row.area = float(group.area[own].sum())
    row.peak = float(group.peak[own].max())
    frame = group.frame[own]
    left, top, right, low = frame[:, 0].min(), frame[:, 1].min(), frame[:, 2].max(), frame[:, 3].max()
    row.size = float(max(right - left, low - top)) / FINE
    (y0, y1), x0, x1 = ink.block.ys[number], ink.block.xs[row.column], ink.block.xs[row.column + 1]
    row.edge = float(min(left - x0, x1 - right, top - y0, y1 - low)) / FINE
    spans = [
        (min(high, end) - max(low_, start)) / max(high - low_, 1)
        for low_, high, start, end in ((left, right, x0, x1), (top, low, y0, y1))
    ]
    if group.cells[own, cell].sum() < SHARE * row.area or min(spans) < SPAN:
        row.reason = row.reason or "crosses_cells"
    inside = np.isin(group.labels[y0:y1, x0:x1], own + 1) & (
        ink.dark[y0:y1, x0:x1] > max(level, 0.45 * row.peak)
    )
    row.tile = inside.astype(np.uint8) * np.uint8(255)


def _doubt(row: Found, usual: Usual, shapes: Counter[str], tick_only: bool) -> str:
    """Why a row with a single mark is not certain; empty when it is."""
    if row.shape == OTHER:
        return "complex"
    if tick_only and row.shape != TICK:
        return "tick_only"
    if row.peak < PALER * usual.peak:
        return "faint"
    if row.edge < AT_EDGE and row.area < CUT_AREA * usual.area:
        return "on_line"
    if row.size < SMALLEST or not SMALLER * usual.area < row.area < LARGER * usual.area:
        return "unlike"
    if row.size < usual.size * (SLASH_SIZE if row.shape == SLASH else LEAST_SIZE):
        return "unlike"
    total = sum(shapes.values())
    if row.shape == SLASH and shapes[TICK] + shapes[SLASH] < max(FEWEST, MOST_SLASH * total):
        return "complex"
    family = shapes[TICK] + shapes[SLASH] if row.shape in (TICK, SLASH) else shapes[row.shape]
    if family < RARE_SHAPE * total or (family < FEWEST and row.shape in (CROSS, RING)):
        return "unlike"
    return ""


def _blank_doubt(rows: list[Found], blanks: list[Found], usual: Usual, level: float, coarse: bool) -> str:
    """Why the empty rows of a sheet are not certain to be empty."""
    if len(blanks) > max(1, MANY_BLANK * len(rows)):
        return "many_blanks"
    if usual.peak < CLEAR * level:
        return "faint"
    broken = [row for row in rows if row.tile is not None and row.drawing.pieces > 1]
    if coarse and len(broken) > 0.1 * len(rows):
        return "faint"
    return ""


def _hidden(ink: Ink) -> NDArray[np.bool_]:
    """Boxes (row, column) that are a little darker somewhere than the empty ones of the sheet are."""
    calm = ink.dark.copy()
    calm[ink.bands] = 0
    soft = cv2.blur(calm, (9, 9))
    most = np.array(
        [
            [
                soft[top + 10 : low - 9, x0 + 10 : x1 - 9].max()
                for x0, x1 in zip(ink.block.xs, ink.block.xs[1:], strict=False)
            ]
            for top, low in ink.block.ys
        ],
        np.float64,
    )
    quiet = np.percentile(most, 35)
    stray = max(1.0, quiet - float(np.percentile(most, 5)))
    return np.asarray(most > quiet + max(5.0, 4 * stray))
