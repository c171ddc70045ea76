"""Decides each row of a sheet: one clean mark and nothing else is certain, all the rest goes to a person."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.blanks import ink_is_lost, judge_blanks
from evaluations.paper.reading.coats import filled
from evaluations.paper.reading.finding import SHARE, SMALLEST, rows_of, usual_of
from evaluations.paper.reading.found import Found, Usual
from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.looking import FEWEST, Look
from evaluations.paper.reading.marks import Groups
from evaluations.paper.reading.result import CERTAIN_BLANK, UNSURE, RowReading
from evaluations.paper.reading.shapes import CROSS, OTHER, RING, SLASH, TICK, shape_of, struck
from evaluations.paper.reading.straightening import FINE
from evaluations.paper.reading.strokes import Drawing, drawings

Grey = NDArray[np.uint8]

SPAN = 0.75  # of its width and of its height a mark that runs over no line has between its box's lines
OVER_SHARE, OVER_SPAN = (
    0.62,
    0.5,
)  # the same, and of its ink, of a mark that clearly belongs there all the same
# Of its ink and of the length of its strokes, in the middle of both, such a mark has inside.
BELONGS = {TICK: 0.715, CROSS: 0.72, RING: 0.665, SLASH: 0.88}
BEYOND = 0.16  # of its length it has in another row at most
INSIDE = 0.8  # mm a mark stands inside of its box at least
BELOW = 1.1  # mm a √ may reach below its box with its tip when hardly any of it does
SMALLER, LARGER = 0.40, 2.0  # of the sheet's usual ink: outside of this a mark is unlike the others
LEAST_SIZE, SLASH_SIZE = 0.4, 0.6  # of the usual size; a small slash may be a ditto mark
PALER = 0.5  # of the sheet's usual darkness
AT_EDGE, CUT_AREA = 1.0, 0.7  # mm from its box's edge; a small mark there may be part of one on the line
DRY, THICKER = 9, 1.4  # pixels (at 200 dpi) a pen ran dry, and how much thicker closing may make a stroke
RARE_SHAPE = 0.1  # a shape that fewer of a sheet's marks have is unlike the others
MOST_SLASH = 0.8  # share of a sheet's marks before a hasty kind counts
TINY, ENLARGED, MOST_TIMES = (
    3.0,
    5.0,
    3.0,
)  # mm of a mark that is enlarged, to how much, how many times at most
TINY_SIZE, TINY_AREA, TINY_PEAK = (
    1.2,
    0.1,
    0.85,
)  # mm, share of the usual ink and darkness of the smallest marks
TINY_SLASH = 2.6  # times the width of the pen a tiny slash is long at least: less is a dot
# Times the ink on each mm of its strokes that the sheet's marks have: beyond, something was filled or crossed
# out, or two strokes flow together. A × and a ○ may come from crossing out, a small / from a ditto mark.
# A √ or / drawn twice has up to 1.7 times the ink; what is beyond by its shape is told by `coats`.
DENSE = {TICK: 1.8, SLASH: 1.6, CROSS: 1.2, RING: 1.2}
DENSE_SMALL = {TICK: 1.5, SLASH: 1.35, CROSS: 1.2, RING: 1.2}
SHORTEST = 0.3  # mm of the strokes of a mark, so that none has no length
BLOCK, BLOCK_LONG = (
    1.2,
    4.0,
)  # mm: a stroke so thick is long at least so many times that; less is a filled block


def decide(
    inks: list[Ink], groups: list[Groups], *, tick_only: bool, coarse: bool
) -> tuple[list[RowReading], bool]:
    """All rows of a sheet in order, and whether its picture lost too much of the ink to decide them.

    `coarse` says that the picture knows only black and white; no other loses ink without a trace.
    """
    usual = usual_of(groups, inks)
    rows = [row for ink, group in zip(inks, groups, strict=True) for row in rows_of(ink, group, usual)]
    marked = [row for row in rows if row.tile is not None]
    _recognise(marked)
    # A pen that ran dry leaves gaps: those marks are looked at once more with their gaps closed.
    broken = [row for row in marked if row.shape == OTHER and row.drawing.pieces > 1]
    _recognise(broken, DRY)
    if coarse:
        for row in marked:
            row.largest = _largest_piece(np.asarray(row.tile))
    shapes = Counter(row.shape for row in marked if row.shape != OTHER)
    areas = _of_shape(marked, usual)
    dense = float(np.median([row.dense for row in marked])) if marked else 0.0
    look = Look.of(inks, rows, usual, coarse)
    for row, full in zip(
        marked, filled([(row.shape, row.drawing, row.times) for row in marked]), strict=True
    ):
        of_shape = replace(usual, area=areas[row.shape], dense=dense)
        reason = _doubt(row, of_shape, shapes, tick_only)
        row.reason = reason or ("complex" if full or look.may_hide(row, of_shape) else "")
    judge_blanks(rows, usual, coarse=coarse)
    readings = sorted((_reading(row) for row in rows), key=lambda reading: reading.row)
    return readings, look.lost and ink_is_lost(readings)


def _recognise(rows: list[Found], gap: int = 0) -> None:
    """Say of each mark what shape it has and how far inside of its box it stands; gaps up to `gap` pixels closed."""
    times = [min(max(1.0, ENLARGED / row.size), MOST_TIMES) if row.size < TINY else 1.0 for row in rows]
    tiles = [_enlarged(row.tile, k) for row, k in zip(rows, times, strict=True) if row.tile is not None]
    if gap:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap))
        tiles = [np.asarray(cv2.morphologyEx(tile, cv2.MORPH_CLOSE, kernel), np.uint8) for tile in tiles]
    for row, tile, drawing, k in zip(rows, tiles, drawings(tiles), times, strict=True):
        if gap and drawing.thick > THICKER * row.drawing.thick:
            continue  # not a gap but two strokes beside each other
        row.shape, (x, y) = shape_of(drawing)
        if struck(row.shape, drawing, (x, y), k):
            row.shape = OTHER
        left, top, right, low = row.box
        row.aside, row.stands = min(x / k - left, right - x / k), min(y / k - top, low - y / k)
        row.thick, row.times = drawing.thick / k, k
        row.length = sum(line.length for line in drawing.lines) / k
        row.dense = np.count_nonzero(tile) / (k * FINE) ** 2 / max(row.length, SHORTEST)
        if row.edge < INSIDE and row.shape != OTHER:
            row.inside, row.beyond = _lengths(drawing, row.box)
        row.drawing = drawing


def _largest_piece(tile: Grey) -> float:
    """Which part of its ink the largest piece of a mark has."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(tile, connectivity=8)
    pieces = stats[1:, cv2.CC_STAT_AREA]
    return float(pieces.max() / pieces.sum()) if len(pieces) else 0.0


def _enlarged(tile: Grey, times: float) -> Grey:
    """A small mark as large as others are, for what a shape is made of is measured in mm."""
    if times == 1.0:
        return tile
    wide = cv2.copyMakeBorder(tile, 0, 0, 0, 0, cv2.BORDER_CONSTANT)
    large = cv2.resize(wide, None, fx=times, fy=times, interpolation=cv2.INTER_LINEAR)
    return np.asarray((large > 127) * np.uint8(255), np.uint8)


def _lengths(drawing: Drawing, box: tuple[float, float, float, float]) -> tuple[float, float]:
    """Which part of the length of its strokes a mark has in its box, and which above or below it."""
    inside = beyond = whole = 0.0
    for line in drawing.lines:
        for (ax, ay), (bx, by) in itertools.pairwise(line.path):
            x, y, step = (ax + bx) / 2, (ay + by) / 2, math.dist((ax, ay), (bx, by))
            whole += step
            if not box[1] <= y <= box[3]:
                beyond += step
            elif box[0] <= x <= box[2]:
                inside += step
    return inside / whole, beyond / whole


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
    over = _over_line(row)
    if over:
        return over
    if tick_only and row.shape != TICK:
        return "tick_only"
    if row.peak < PALER * usual.peak:
        return "faint"
    if 0 <= row.edge < AT_EDGE and row.area < CUT_AREA * usual.area:
        return "on_line"
    if row.area > LARGER * usual.area or _is_filled(row, usual):
        return "unlike"
    if _is_small(row, usual) and not is_clear(row, usual):
        return "unlike"
    total = sum(shapes.values())
    if row.shape == SLASH and shapes[TICK] + shapes[SLASH] < max(FEWEST, MOST_SLASH * total):
        return "complex"
    if row.shape == CROSS and shapes[SLASH] > shapes[CROSS]:
        return "unlike"  # a / that was struck through looks like a ×
    family = shapes[TICK] + shapes[SLASH] if row.shape in (TICK, SLASH) else shapes[row.shape]
    if family < RARE_SHAPE * total or (family < FEWEST and row.shape in (CROSS, RING)):
        return "unlike"
    return ""


def _over_line(row: Found) -> str:
    """Why a mark that runs over a line of its box, or stands on it, is not clearly of that box."""
    if row.share < SHARE or row.span < SPAN:
        outside = row.share < OVER_SHARE or row.span < OVER_SPAN or row.beyond > BEYOND
        if outside or (row.share + row.inside) / 2 < BELONGS[row.shape]:
            return "crosses_cells"
    # The tip of a large √ in a low row often lies on the line below; what counts is where its strokes are.
    low = row.shape == TICK and row.beyond <= BEYOND and row.below <= BELOW and row.stands > -BELOW
    return "on_line" if row.aside < INSIDE or not (low or row.stands >= INSIDE) else ""


def _is_filled(row: Found, usual: Usual) -> bool:
    """Whether there is more ink in a mark than its strokes take: then it was filled or crossed out."""
    least = DENSE_SMALL if _is_small(row, usual) else DENSE
    dense = row.dense * (max(1.0, row.peak / usual.peak) if row.shape in (CROSS, RING) else 1.0)
    block = row.thick > BLOCK and row.length < BLOCK_LONG * row.thick
    return block or dense > least[row.shape] * usual.dense


def _is_small(row: Found, usual: Usual) -> bool:
    """Whether a mark is much smaller than the others of its sheet."""
    least = usual.size * (SLASH_SIZE if row.shape == SLASH else LEAST_SIZE)
    return row.size < max(SMALLEST, least) or row.area < SMALLER * usual.area


def is_clear(row: Found, usual: Usual) -> bool:
    """Whether a very small mark is still surely one: as dark as the others, alone in its row, and no dot."""
    if row.shape == SLASH and row.size < TINY_SLASH * row.thick:
        return False
    same = row.peak > TINY_PEAK * usual.peak and row.area > TINY_AREA * usual.area
    return same and row.alone and row.size > TINY_SIZE
