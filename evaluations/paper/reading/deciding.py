"""Decides each row of a sheet: one clean mark and nothing else is certain, all the rest goes to a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import cv2
import numpy as np

from evaluations.paper.reading.finding import SHARE, SMALLEST, Found, Usual, rows_of, usual_of
from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.marks import Groups
from evaluations.paper.reading.result import CERTAIN_BLANK, UNSURE, RowReading
from evaluations.paper.reading.shapes import CROSS, OTHER, RING, SLASH, TICK, shape_of
from evaluations.paper.reading.strokes import drawings

SPAN = 0.75  # of its width and of its height it has between its box's lines
TICK_SHARE, TICK_SPAN, TICK_INSIDE = 0.70, 0.67, 2.0  # the same of a √ whose tip is well inside (mm)
INSIDE = 0.8  # mm a mark stands inside of its box at least
SMALLER, LARGER = 0.40, 2.5  # of the sheet's usual ink: outside of this a mark is unlike the others
LEAST_SIZE, SLASH_SIZE = 0.4, 0.6  # of the usual size; a small slash may be a ditto mark
PALER = 0.5  # of the sheet's usual darkness
AT_EDGE, CUT_AREA = 1.0, 0.7  # mm from its box's edge; a small mark there may be part of one on the line
MANY_BLANK = 0.15
DRY, THICKER = 9, 1.4  # pixels (at 200 dpi) a pen ran dry, and how much thicker closing may make a stroke
RARE_SHAPE = 0.1  # a shape that fewer of a sheet's marks have is unlike the others
FEWEST, MOST_SLASH = (
    3,
    0.8,
)  # marks of a kind, and share of a sheet's marks, before a hasty or rare kind counts
CLEAR = 2.2  # times the threshold the usual ink must be dark for an empty row to be certain


def decide(inks: list[Ink], groups: list[Groups], *, tick_only: bool, coarse: bool) -> list[RowReading]:
    """All rows of a sheet in order. `coarse` says that the picture knows only black and white."""
    usual = usual_of(groups, inks)
    rows = [row for ink, group in zip(inks, groups, strict=True) for row in rows_of(ink, group, usual)]
    marked = [row for row in rows if row.tile is not None]
    _recognise(marked)
    # A pen that ran dry leaves gaps: those marks are looked at once more with their gaps closed.
    broken = [row for row in marked if row.shape == OTHER and row.drawing.pieces > 1]
    _recognise(broken, DRY)
    shapes = Counter(row.shape for row in marked if row.shape != OTHER)
    areas = _of_shape(marked, usual)
    for row in marked:
        row.reason = _doubt(row, replace(usual, area=areas[row.shape]), shapes, tick_only)
    blanks = [row for row in rows if row.empty]
    reason = _blank_doubt(rows, blanks, coarse)
    for row in blanks:
        row.reason = reason or ("faint" if usual.peak < CLEAR * row.level else "")
    return sorted((_reading(row) for row in rows), key=lambda reading: reading.row)


def _recognise(rows: list[Found], gap: int = 0) -> None:
    """Say of each mark what shape it has and how far inside of its box it stands; gaps up to `gap` pixels closed."""
    tiles = [row.tile for row in rows if row.tile is not None]
    if gap:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap))
        tiles = [np.asarray(cv2.morphologyEx(tile, cv2.MORPH_CLOSE, kernel), np.uint8) for tile in tiles]
    for row, drawing in zip(rows, drawings(tiles), strict=True):
        if gap and drawing.thick > THICKER * row.drawing.thick:
            continue  # not a gap but two strokes beside each other
        row.shape, (x, y) = shape_of(drawing)
        row.stands = min(x - row.box[0], row.box[2] - x, y - row.box[1], row.box[3] - y)
        row.drawing = row.drawing if gap else drawing


def _reading(row: Found) -> RowReading:
    guess = str(row.column + 1) if row.column >= 0 else ""
    if row.reason:
        return RowReading(row.row, UNSURE, row.reason, guess)
    return RowReading(row.row, guess or CERTAIN_BLANK)


def _of_shape(rows: list[Found], usual: Usual) -> dict[str, float]:
    """The usual ink of each kind of mark on a sheet: a ○ takes more than a √."""
    areas: dict[str, list[float]] = {}
    for row in rows:
        areas.setdefault(row.shape, []).append(row.area)
    return {
        shape: float(np.median(found)) if len(found) >= FEWEST and shape != OTHER else usual.area
        for shape, found in areas.items()
    }


def _doubt(row: Found, usual: Usual, shapes: Counter[str], tick_only: bool) -> str:
    """Why a row with a single mark is not certain; empty when it is."""
    if row.shape == OTHER:
        return "complex"
    if row.share < SHARE or row.span < SPAN:
        reaching = row.shape == TICK and row.share >= TICK_SHARE and row.span >= TICK_SPAN
        if not reaching or row.stands < TICK_INSIDE:
            return "crosses_cells"
    if row.stands < INSIDE:
        return "on_line"
    if tick_only and row.shape != TICK:
        return "tick_only"
    if row.peak < PALER * usual.peak:
        return "faint"
    if 0 <= row.edge < AT_EDGE and row.area < CUT_AREA * usual.area:
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


def _blank_doubt(rows: list[Found], blanks: list[Found], coarse: bool) -> str:
    """Why the empty rows of a sheet are not certain to be empty."""
    if len(blanks) > max(1, MANY_BLANK * len(rows)):
        return "many_blanks"
    # A scanner that knows only black and white drops a small pencil mark without a trace.
    return "faint" if coarse else ""
