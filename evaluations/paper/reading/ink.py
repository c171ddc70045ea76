"""What was written into the boxes of one table: darkness, the printed lines taken out, a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.layout import Rect
from evaluations.paper.reading.straightening import FINE, Straight, darkness
from evaluations.paper.template import BoxRow, SheetTemplate

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

MARGIN = 4.0  # mm round the boxes that are looked at too: a mark may begin there
WIDEST = 27  # pixels: nothing wider is taken for ink (3.4 mm)
REACH = 9  # pixels to each side of a printed line that are measured
INSET = 14  # pixels of a line left out near its crossings
LEAST = 15.0  # of 255: fainter than this is never ink
SHARE_OF_LINE = 0.10  # of the darkness of a printed line: fainter is never ink
OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one table: `rect` is the area in mm, `xs` and `ys` its box edges in pixels of that area."""

    rect: Rect
    xs: tuple[int, ...]
    ys: tuple[tuple[int, int], ...]
    rows: tuple[BoxRow, ...]


@dataclass(slots=True)
class Ink:
    """One block as read. `bands` is where printed lines are, `lines` how dark they are, `smear` how wide (px)."""

    block: Block
    area: Grey
    dark: Grey
    bands: NDArray[np.bool_]
    lines: float
    smear: float
    quiet: float
    noise: float


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
    return Block(Rect(left, top, right - left, low - top), tuple(xs), tuple(ys), tuple(rows))


def find_ink(grey: Grey, straight: Straight, block: Block) -> Ink:
    """Straighten the area of a block and take its printed lines out."""
    area = straight.area(grey, block.rect)
    dark = np.asarray(cv2.GaussianBlur(darkness(area, WIDEST), (3, 3), 0.7), np.uint8)
    bands = np.zeros(dark.shape, bool)
    levels = sorted({edge for pair in block.ys for edge in pair})
    spans = list(zip(block.xs, block.xs[1:], strict=False))
    flat = [_band(dark, bands, y, spans) for y in levels]
    upright = [_band(dark.T, bands.T, x, list(block.ys)) for x in block.xs]
    measured = np.array([*flat, *upright])
    quiet, noise = _noise(dark, bands, block)
    return Ink(
        block,
        area,
        dark,
        bands,
        float(np.median(measured[:, 0])),
        float(np.median(measured[:, 1])),
        quiet,
        noise,
    )


def _band(dark: Grey, bands: NDArray[np.bool_], at: int, spans: list[tuple[int, int]]) -> tuple[float, float]:
    """Cover one printed line, part by part where it really lies; its darkness and half width in pixels."""
    strip = dark[at - REACH : at + REACH + 1]
    parts = np.array([strip[:, start + INSET : end - INSET].mean(1) for start, end in spans])
    floor = np.minimum(parts[:, :2].min(1), parts[:, -2:].min(1))
    peaks = np.clip(parts[:, 3:-3].argmax(1) + 3, 0, 2 * REACH)
    height = np.median(parts[np.arange(len(parts)), peaks] - floor)
    shifts = np.where(parts[np.arange(len(parts)), peaks] - floor > 0.4 * height, peaks - REACH, 0)
    aligned = np.array([np.roll(part, -shift) for part, shift in zip(parts, shifts, strict=True)])
    profile = np.median(aligned, 0)
    base = min(float(profile[:3].min()), float(profile[-3:].min()))
    limit = base + max(0.07 * (profile[REACH] - base), 3.0)
    left = next((k for k in range(1, REACH) if profile[REACH - k] < limit), REACH - 1)
    right = next((k for k in range(1, REACH) if profile[REACH + k] < limit), REACH - 1)
    middles = [start for start, _ in spans] + [spans[-1][1]]
    for (start, end), shift in zip(spans, shifts.tolist(), strict=True):
        low = start - 6 if start == middles[0] else start
        high = end + 6 if end == middles[-1] else end
        bands[at + shift - left : at + shift + right + 1, max(low, 0) : high] = True
    return float(height), (left + right) / 2


def _noise(dark: Grey, bands: NDArray[np.bool_], block: Block) -> tuple[float, float]:
    """Median darkness of the paper inside the boxes, and how far it strays."""
    top, low = block.ys[0][0], block.ys[-1][1]
    inner = (slice(top, low, 3), slice(block.xs[0], block.xs[-1], 3))
    values = dark[inner][~bands[inner]]
    quiet, high = np.percentile(values, (50, 80))
    return float(quiet), float(max(high - quiet, 0.5))


def threshold(inks: list[Ink]) -> float:
    """From which darkness a pixel of this sheet counts as ink."""
    quiet = max(ink.quiet for ink in inks)
    noise = max(ink.noise for ink in inks)
    lines = float(np.median([ink.lines for ink in inks]))
    return max(LEAST, quiet + 6.0 * noise, SHARE_OF_LINE * lines)
