"""Takes apart what only a printed line holds together: the √ of one row that touches the √ of the next."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.marks import PIXEL, Groups
from evaluations.paper.reading.pictures import HALF, picture
from evaluations.paper.reading.shapes import CROSS, RING, TICK, shape_of
from evaluations.paper.reading.strokes import drawings

Labels = NDArray[np.int32]

WHOLE = (TICK, CROSS, RING)
LEAST_INK, MOST_INK = 0.4, 1.9  # of the usual ink each part has: a whole mark, and only one
MOST_ROWS = 6  # what spans more is a line down the column, whatever it looks like
NEAR_LINE = 12  # pixels from the middle of a printed line a piece touches it
MOST_WAYS = 16  # to share small pieces out
OVER = 0.3  # of the usual ink a piece has at most that is the end of a √ over its line


def parted(ink: Ink, group: Groups, usual: float) -> Groups:
    """The same groups, but those taken apart that are one √ in each of their rows; `usual` is ink in mm².

    A √ that ends at its upper line and the tip of the one above meet there and are linked as one stroke that
    crosses the line. A line down a column or one large √ over many rows is linked in the same way: therefore
    every part must be a whole √ by itself, otherwise the group stays as it is.
    """
    columns, count = len(ink.block.xs) - 1, len(ink.block.ys)
    in_rows = group.cells[:, :-1].reshape(-1, count, columns).sum(2)
    spans = (in_rows > LEAST_INK * usual).sum(1)
    for number in np.flatnonzero((spans >= 2) & (spans <= MOST_ROWS)).tolist():
        parts = _parts(ink, group, number, usual)
        if parts:
            group = _replaced(ink, group, number, parts)
    return group


def _parts(ink: Ink, group: Groups, number: int, usual: float) -> list[Labels]:
    """The pixels (y, x) of each √ of a group; empty when it must stay together."""
    left, top, right, low = group.frame[number]
    inside = (group.labels[top:low, left:right] == number + 1).astype(np.uint8)
    count, found, stats, centres = cv2.connectedComponentsWithStats(inside, connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA] * PIXEL
    large = [k for k in range(1, count) if area[k] > LEAST_INK * usual]
    main = {_row_at(ink, top + float(centres[k][1])): k for k in large}
    if len(main) != len(large) or len(main) < 2 or -1 in main:
        return []
    level = HALF * float(group.peak[number])
    ways = []
    for k in range(1, count):
        first, high = top + int(stats[k][cv2.CC_STAT_TOP]), int(stats[k][cv2.CC_STAT_HEIGHT])
        homes = {main[row] for row in _homes(ink, first, first + high) if row in main}
        ways.append([k] if k in large else sorted(homes) if area[k] <= OVER * usual else [])
    if math.prod(len(way) for way in ways) > MOST_WAYS:
        return []
    for owners in itertools.product(*ways):
        whole = np.array([0, *owners])[found]
        pixels = [np.asarray(np.argwhere(whole == k) + np.array([top, left]), np.int32) for k in large]
        if all(len(part) * PIXEL < MOST_INK * usual for part in pixels) and _all_whole(
            ink, group, pixels, usual, level
        ):
            return pixels
    return []


def _homes(ink: Ink, top: int, low: int) -> list[int]:
    """The rows a small piece may come from: its own, and the one over the line that it touches."""
    return [
        k
        for k, (first, last) in enumerate(ink.block.ys)
        if first < low + NEAR_LINE and top - NEAR_LINE < last
    ]


def _row_at(ink: Ink, y: float) -> int:
    """The number of the row at a height of the block, -1 for none."""
    return next((k for k, (top, low) in enumerate(ink.block.ys) if top <= y < low), -1)


def _all_whole(ink: Ink, group: Groups, parts: list[Labels], usual: float, level: float) -> bool:
    """Whether each part is a whole √, × or ○ when seen alone, with what else lies in its box."""
    pictures = []
    for part in parts:
        cell = int(_cells(ink, part, group.cells.shape[1]).argmax())
        small = np.flatnonzero((group.cells.argmax(1) == cell) & (group.area <= OVER * usual))
        (top, left), (low, right) = part.min(0), part.max(0) + 1
        for frame in group.frame[small].tolist():
            left, top = min(left, frame[0]), min(top, frame[1])
            right, low = max(right, frame[2]), max(low, frame[3])
        mark = np.isin(group.labels[top:low, left:right], small + 1)
        mark[part[:, 0] - top, part[:, 1] - left] = True
        pictures.append(picture(ink, mark, (left, top, right, low), level))
    return all(shape_of(drawing)[0] in WHOLE for drawing in drawings(pictures))


def _replaced(ink: Ink, group: Groups, number: int, parts: list[Labels]) -> Groups:
    """The groups with one of them cut into parts: the first takes its number, the others follow at the end."""
    labels = group.labels.copy()
    numbers = [number, *range(len(group.area), len(group.area) + len(parts) - 1)]
    size = len(numbers) - 1
    cells = np.vstack([group.cells, np.zeros((size, group.cells.shape[1]))])
    frame = np.vstack([group.frame, np.zeros((size, 4), np.int64)])
    for at, part in zip(numbers, parts, strict=True):
        labels[part[:, 0], part[:, 1]] = at + 1
        cells[at] = _cells(ink, part, group.cells.shape[1])
        (top, left), (low, right) = part.min(0), part.max(0) + 1
        frame[at] = left, top, right, low
    peak = np.append(group.peak, [group.peak[number]] * size)
    pieces = np.append(group.pieces, [1] * size)
    return replace(
        group, labels=labels, cells=cells, area=cells.sum(1), frame=frame, peak=peak, pieces=pieces
    )


def _cells(ink: Ink, part: Labels, boxes: int) -> NDArray[np.float64]:
    """The ink (mm²) of a part by box, as in `Groups.cells`."""
    tops = np.array([top for top, _ in ink.block.ys])
    lows = np.array([low for _, low in ink.block.ys])
    row = np.searchsorted(tops, part[:, 0], "right") - 1
    column = np.searchsorted(ink.block.xs, part[:, 1], "right") - 1
    columns = len(ink.block.xs) - 1
    outside = (row < 0) | (part[:, 0] >= lows[row]) | (column < 0) | (column >= columns)
    cells = np.where(outside, boxes - 1, row * columns + column)
    return np.asarray(np.bincount(cells, minlength=boxes) * PIXEL, np.float64)
