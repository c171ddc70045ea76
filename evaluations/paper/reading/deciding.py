"""Decides each row of a sheet: one clean mark and nothing else is certain, all the rest goes to a person."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.blanks import MANY_BLANK, judge_blanks
from evaluations.paper.reading.coats import filled
from evaluations.paper.reading.finding import SHARE, SMALLEST, Found, Usual, rows_of, usual_of
from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.marks import Groups
from evaluations.paper.reading.result import CERTAIN_BLANK, UNSURE, RowReading
from evaluations.paper.reading.shapes import CROSS, OTHER, RING, SLASH, TICK, shape_of
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
MOST_OTHER = 0.5  # share of a sheet's marks that may be of no clear shape
# Pixels a printed line is smeared to each side: beyond, a × may be a × over a ×, and a large √ a scribble.
SOFT = 4.6
LARGER_SOFT = 1.4  # the same as LARGER where a page is soft or black and white
# Times the ink round its dark strokes the sheet's marks have: more is a paler stroke beside them.
PALE_REST = 1.15
# The same with all paler ink counted: share more than usual, and times the spread of the sheet's marks.
PALE_AROUND, SPREAD = 0.6, 6.0
# A √ struck through along its own arms: times its usual ink, and mm it is wider somewhere than the sheet's marks are.
STRUCK, STRUCK_WIDER = 1.28, 0.21
# mm² of ink: a sheet's usual mark has no more only where most of it was lost, or few are seen; and where all are whole.
VANISHED, VANISHED_WHOLE = 4.0, 2.5
# Share of a sheet's marks in one piece below which black and white has eaten ink; share of a mark's ink its largest
# piece then has at least: what is left of a mark that was struck through lies in pieces.
ONE_PIECE, LARGEST_PIECE = 0.8, 0.75
# Times the usual darkness a × has at most: darker is a × over a ×. Share of a sheet's clear marks that are a × where
# they are the way of marking.
DARKER, MOST_CROSSES = 1.08, 0.8
DRY, THICKER = 9, 1.4  # pixels (at 200 dpi) a pen ran dry, and how much thicker closing may make a stroke
RARE_SHAPE = 0.1  # a shape that fewer of a sheet's marks have is unlike the others
FEWEST, MOST_SLASH = (
    3,
    0.8,
)  # marks of a kind, and share of a sheet's marks, before a hasty or rare kind counts
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
TINY_SLASH = 2.2  # times the width of the pen a tiny slash is long at least: less is a dot
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


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture may hide: `soft` (blurred), `coarse` (black and white), `torn` (little of the ink is left).

    `eaten` says that many marks of a picture in black and white lie in pieces: part of the ink was too pale for it.

    `rest` is the usual ink of its marks over that of their dark strokes, `around` what that is at most when all that
    is paler counts too; `swollen` how much wider than their strokes
    they usually are somewhere (mm). `crosses`: nearly all marks are a ×.
    """

    soft: bool
    coarse: bool
    torn: bool
    eaten: bool
    rest: float
    around: float
    swollen: float
    crosses: bool

    @classmethod
    def of(cls, inks: list[Ink], rows: list[Found], usual: Usual, coarse: bool) -> Look:
        """Torn: no clear shapes, or in black and white hardly anything of a pale pen, as many empty rows tell too."""
        marked = [row for row in rows if row.tile is not None]
        clear = sum(row.shape != OTHER for row in marked)
        gone = coarse and sum(row.empty for row in rows) > MANY_BLANK * len(rows)
        whole = sum(row.largest == 1.0 for row in marked)
        eaten = gone or (coarse and (whole < ONE_PIECE * len(marked) or len(marked) < FEWEST))
        little = coarse and usual.area <= (VANISHED if eaten else VANISHED_WHOLE)
        torn = len(marked) - clear > MOST_OTHER * len(marked) or gone or little
        rest = float(np.median([row.rest for row in marked])) if marked else 0.0
        around = _most([row.around for row in marked])
        swollen = [row.drawing.swollen / row.times for row in marked if row.shape != OTHER]
        soft = max((ink.smear for ink in inks), default=0.0) > SOFT
        crosses = sum(row.shape == CROSS for row in marked) >= MOST_CROSSES * max(1, clear)
        wider = float(np.median(swollen)) if swollen else 0.0
        return cls(soft, coarse, torn, eaten, rest, around, wider, crosses)

    def may_hide(self, row: Found, usual: Usual) -> bool:
        """Whether something that tells against a mark of clear shape may be unseen in this picture."""
        if self.torn or row.rest > PALE_REST * self.rest or row.around > self.around:
            return True
        wider = row.drawing.swollen / row.times - self.swollen
        if row.shape in (TICK, SLASH) and row.area > STRUCK * usual.area and wider > STRUCK_WIDER:
            return True
        if self.eaten and row.largest < LARGEST_PIECE:
            return True
        if self.eaten and row.shape == SLASH:
            return True  # the hook of a √, or what crossed a mark out, may be too pale for black and white
        if (self.soft or self.coarse) and row.area > LARGER_SOFT * usual.area:
            return True
        return row.shape == CROSS and self._may_be_twice(row, usual)

    def _may_be_twice(self, row: Found, usual: Usual) -> bool:
        """Whether a × may be one that was crossed out by another: darker, or where it would look the same.

        In black and white it is certain only on a sheet of × that lost no ink.
        """
        same = self.soft or (self.coarse and (self.eaten or not self.crosses))
        return same or row.peak > DARKER * usual.peak


def decide(inks: list[Ink], groups: list[Groups], *, tick_only: bool, coarse: bool) -> list[RowReading]:
    """All rows of a sheet in order. `coarse` says that the picture knows only black and white."""
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
    return sorted((_reading(row) for row in rows), key=lambda reading: reading.row)


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
        left, top, right, low = row.box
        row.aside, row.stands = min(x / k - left, right - x / k), min(y / k - top, low - y / k)
        row.thick, row.times = drawing.thick / k, k
        row.length = sum(line.length for line in drawing.lines) / k
        row.dense = np.count_nonzero(tile) / (k * FINE) ** 2 / max(row.length, SHORTEST)
        if row.edge < INSIDE and row.shape != OTHER:
            row.inside, row.beyond = _lengths(drawing, row.box)
        row.drawing = drawing


def _most(values: list[float]) -> float:
    """How high a value is at most that is like the others: more where they differ much, as noise makes them."""
    usual = float(np.median(values)) if values else 0.0
    spread = float(np.median(np.abs(np.array(values) - usual))) if values else 0.0
    return usual + max(PALE_AROUND * usual, SPREAD * spread)


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
