"""What was written into the boxes of one table: darkness, the printed lines taken out, a threshold."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.layout import Rect
from evaluations.paper.reading.straightening import FINE, Straight, darker, paper_of
from evaluations.paper.template import BoxRow, SheetTemplate

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

STRIP_MARGIN = 1.5  # mm round the picture of a row
MARGIN = 4.0  # mm round the boxes that are looked at too: a mark may begin there
WIDEST = 27  # pixels: nothing wider is taken for ink (3.4 mm)
REACH = 9  # pixels to each side of a printed line that are measured
INSET = 14  # pixels of a line left out near its crossings
LEAST, LEAST_CALM = 15.0, 8.0  # of 255: fainter than this is never ink; the same on a calmed picture
SHARE_OF_LINE = 0.10  # of the darkness of a printed line: fainter is never ink
PRESENT, HALF_SEEN = 0.25, 0.5  # of the usual darkness, and share of its parts, a line that is there has
NOISE = 4.0  # times the spread of the paper's own darkness that ink is darker than it
RAISE, FAR = 1.1, 0.55  # times the level noise is in a shaded box at least, and times the usual ink at most
BEYOND = 20  # pixels beyond the boxes in which their lines go on into the names and the head of the table
KEEP_OFF = 10  # pixels from a box's edge in which the paper is not measured


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one table: `rect` is the area of its boxes in mm, `wide` that of the whole rows.

    `xs` and `ys` are the edges of its boxes in pixels of `rect`.
    """

    rect: Rect
    wide: Rect
    xs: tuple[int, ...]
    ys: tuple[tuple[int, int], ...]
    rows: tuple[BoxRow, ...]


@dataclass(slots=True)
class Ink:
    """One block as read: `wide` its whole rows, `area` its boxes, `paper` what is under their ink, `dark` the ink itself.

    `bands` is where printed lines are, `lines` how dark they are, `smear` how wide (px).

    `levels` is the darkness (0 to 255) from which ink is ink, for each box (row, column). `sound` says of
    each row whether its printed lines were found where they should be. `firm` is the darkness from which a stroke is
    darker than noise can be where light falls unevenly. `noise` is how dark the noise of the paper itself is, box by box.
    """

    block: Block
    wide: Grey
    area: Grey
    paper: Grey
    dark: Grey
    bands: NDArray[np.bool_]
    lines: float
    smear: float
    levels: Floats
    sound: NDArray[np.bool_]
    firm: Floats
    noise: Floats


@lru_cache(maxsize=16)
def blocks_of(sheet: SheetTemplate) -> tuple[Block, ...]:
    """The tables of a sheet, each with rows whose boxes stand under each other."""
    groups: dict[tuple[float, ...], list[BoxRow]] = {}
    for row in sheet.rows:
        key = tuple(round(edge, 2) for box in row.boxes for edge in (box.x, box.x + box.width))
        groups.setdefault(key, []).append(row)
    return tuple(_block(rows) for rows in groups.values())


def _block(rows: list[BoxRow]) -> Block:
    rows = sorted(rows, key=lambda row: row.boxes[0].y)
    first, last = rows[0].boxes[0], rows[0].boxes[-1]
    left, top = first.x - MARGIN, first.y - MARGIN
    right, low = last.x + last.width + MARGIN, rows[-1].boxes[0].y + rows[-1].boxes[0].height + MARGIN
    xs = [round((box.x - left) * FINE) for box in rows[0].boxes]
    xs.append(round((last.x + last.width - left) * FINE))
    ys = [
        (round((row.boxes[0].y - top) * FINE), round((row.boxes[0].y + row.boxes[0].height - top) * FINE))
        for row in rows
    ]
    # The whole rows begin a whole number of pixels before the boxes' area, and end after it.
    ends = [row.whole.x + row.whole.width for row in rows]
    before = math.ceil(max(0.0, left - min(row.whole.x for row in rows) + STRIP_MARGIN) * FINE) / FINE
    wide = Rect(left - before, top, max(right, max(ends) + STRIP_MARGIN) - left + before, low - top)
    return Block(Rect(left, top, right - left, low - top), wide, tuple(xs), tuple(ys), tuple(rows))


def find_ink(grey: Grey, straight: Straight, block: Block, calm: float = 0.0) -> Ink:
    """Straighten the area of a block and take its printed lines out.

    `calm` is the width (sigma, in pixels) by which noise is spread before ink is looked for; the rows people see stay
    as they are.
    """
    wide = straight.area(grey, block.wide)
    x, y = (round((a - b) * FINE) for a, b in ((block.rect.x, block.wide.x), (block.rect.y, block.wide.y)))
    still = np.asarray(cv2.GaussianBlur(wide, (0, 0), calm), np.uint8) if calm else wide
    area = still[y : y + round(block.rect.height * FINE), x : x + round(block.rect.width * FINE)]
    paper = paper_of(area, WIDEST)
    dark = np.asarray(cv2.GaussianBlur(darker(area, paper), (3, 3), 0.7), np.uint8)
    bands = np.zeros(dark.shape, bool)
    levels = sorted({edge for pair in block.ys for edge in pair})
    spans = list(itertools.pairwise(block.xs))
    seen, flat = _band(dark, bands, levels, spans)
    beside, upright = _band(dark.T, bands.T, list(block.xs), list(block.ys))
    lines = float(np.median(np.concatenate([seen.ravel(), beside.ravel()])))
    present = (seen > PRESENT * lines).mean(1) >= HALF_SEEN
    edges = {y: bool(found) for y, found in zip(levels, present, strict=True)}
    smear = float(np.median(np.concatenate([flat, upright])))
    sound = np.array([edges[top] and edges[low] for top, low in block.ys])
    noise, shade = _noise(dark, paper, block)
    level = np.maximum(noise, max(LEAST_CALM if calm else LEAST, SHARE_OF_LINE * lines))
    return Ink(
        block, wide, area, paper, dark, bands, lines, smear, level, sound, np.maximum(level, shade), noise
    )


def _band(
    dark: Grey, bands: NDArray[np.bool_], lines: list[int], spans: list[tuple[int, int]]
) -> tuple[Floats, Floats]:
    """Cover printed lines, part by part where each really lies; the darkness of each part, half widths (px)."""
    at, inner = np.array(lines), np.array([(start + INSET, end - INSET) for start, end in spans])
    strips = dark[at[:, None] + np.arange(-REACH, REACH + 1)]
    sums = np.add.reduceat(strips, inner.ravel(), axis=2, dtype=np.int64)[:, :, ::2]
    parts = (sums / (inner[:, 1] - inner[:, 0])).transpose(0, 2, 1)
    floor = np.minimum(parts[..., :2].min(-1), parts[..., -2:].min(-1))
    peaks = parts[..., 3:-3].argmax(-1) + 3
    height = np.take_along_axis(parts, peaks[..., None], -1)[..., 0] - floor
    shifts = np.where(height > 0.4 * np.median(height, 1, keepdims=True), peaks - REACH, 0)
    near = (np.arange(2 * REACH + 1) + shifts[..., None]).clip(0, 2 * REACH)
    profiles = np.median(np.take_along_axis(parts, near, -1), 1)
    base = np.minimum(profiles[:, :3].min(1), profiles[:, -3:].min(1))
    limits = base + np.maximum(0.07 * (profiles[:, REACH] - base), 3.0)
    low = profiles < limits[:, None]
    low[:, 1] = low[:, -2] = True  # no farther than that
    left = low[:, REACH - 1 : 0 : -1].argmax(1) + 1
    right = low[:, REACH + 1 : -1].argmax(1) + 1
    firsts, lasts = ((at + far)[:, None] + shifts for far in (-left, right + 1))
    for number, (start, end) in enumerate(spans):
        ends = slice(start - BEYOND * (number == 0), end + BEYOND * (number == len(spans) - 1))
        for first, last in zip(firsts[:, number].tolist(), lasts[:, number].tolist(), strict=True):
            bands[first:last, ends] = True
    return height, (left + right) / 2


def _noise(dark: Grey, paper: Grey, block: Block) -> tuple[Floats, Floats]:
    """Up to which darkness noise goes in each box, by the paper there and near it.

    The second is where noise ends for sure: in a shadow the same noise makes the paper darker by more.
    """
    high = min(low - top for top, low in block.ys) - 2 * KEEP_OFF
    wide = min(end - start for start, end in itertools.pairwise(block.xs)) - 2 * KEEP_OFF
    boxes, light = (
        np.array(
            [
                [
                    picture[
                        top + KEEP_OFF : top + KEEP_OFF + high : 3, x + KEEP_OFF : x + KEEP_OFF + wide : 3
                    ].ravel()
                    for x in block.xs[:-1]
                ]
                for top, _ in block.ys
            ]
        )
        for picture in (dark, paper)
    )
    # The paler half of a box is paper, however much was written into it.
    least, quiet = _quantiles(boxes, (0.1, 0.5))
    shade, usual = _quantiles(light, (0.1, 0.5))
    level = quiet + NOISE * np.maximum(quiet - least, 0.5)
    even = _near(level)
    shaded = _near(level * usual) / np.maximum(shade, 1.0)
    return even, shaded


def shaded(ink: Ink, peak: float) -> Floats | None:
    """The levels with those of shaded boxes higher, where a usual stroke (of darkness `peak`) is far above them.

    Only there no stroke goes when what is not darker goes. None where nothing is shaded.
    """
    higher = (ink.firm > RAISE * ink.levels) & (ink.firm < FAR * peak)
    return np.where(higher, ink.firm, ink.levels) if higher.any() else None


def _near(values: Floats) -> Floats:
    """Of each box a rather low value of it and its neighbours, so that what was written does not count."""
    padded = np.pad(values, 1, mode="reflect" if min(values.shape) > 1 else "edge")
    near = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).reshape(*values.shape, 9)
    return np.asarray(np.percentile(near, 40, axis=-1), np.float64)


def _quantiles(boxes: Grey, shares: tuple[float, ...]) -> list[Floats]:
    """The darkness below which each share of the pixels of a box lies; counting is faster than ordering."""
    flat = boxes.reshape(-1, boxes.shape[-1])
    number = np.arange(0, 256 * len(flat), 256)[:, None]
    below = np.bincount((flat + number).ravel(), minlength=256 * len(flat)).reshape(-1, 256).cumsum(1)
    found = []
    for share in shares:
        place, more = divmod(share * (flat.shape[1] - 1), 1.0)
        first, second = ((below <= place + k).sum(1) for k in (0, 1))
        found.append(np.asarray(first + more * (second - first), np.float64).reshape(boxes.shape[:-1]))
    return found


def ink_mask(ink: Ink, levels: Floats | None = None) -> NDArray[np.bool_]:
    """Where a block is darker than its level, but for the printed lines; outside of the boxes the nearest counts."""
    high, wide = ink.dark.shape
    tops = [0, *(top for top, _ in ink.block.ys[1:]), high]
    starts = [0, *ink.block.xs[1:-1], wide]
    mask = np.empty(ink.dark.shape, bool)
    least = np.minimum(ink.levels if levels is None else levels, 255).astype(np.uint8)
    for row, (top, low) in enumerate(itertools.pairwise(tops)):
        for column, (start, end) in enumerate(itertools.pairwise(starts)):
            place = (slice(top, low), slice(start, end))
            np.greater(ink.dark[place], least[row, column], out=mask[place])
    return np.greater(mask, ink.bands, out=mask)
