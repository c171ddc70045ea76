"""Ink of one block as groups of strokes: linked across printed lines, with their share in every box."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.ink import Ink, level_map
from evaluations.paper.reading.straightening import FINE

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SPECK = 4  # pixels: fewer are dust
TOUCH = 3  # pixels beside a printed line in which a stroke that crosses it is looked for
MOST_PIECES = 4_000  # more pieces of ink than this are texture, not handwriting
PIXEL = 1 / FINE**2  # mm² of a pixel


@dataclass(slots=True)
class Groups:
    """Groups of strokes of one block, one row of each array a group.

    `labels` has the group's number + 1 at each pixel of ink. `cells` is the ink (mm²) by box (row * columns
    + column), the last column what lies outside of all boxes. `frame` is left, top, right, low in pixels,
    `peak` the darkness of the darker half of its ink.
    """

    labels: NDArray[np.int32]
    cells: Floats
    area: Floats
    frame: Ints
    peak: Floats
    pieces: Ints


def group_strokes(ink: Ink) -> Groups | None:
    """All groups of strokes of a block; None when there is so much that it is no handwriting."""
    mask = (ink.dark > level_map(ink)) & ~ink.bands
    count, found, measures, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    labels, stats = np.asarray(found, np.int32), np.asarray(measures, np.int32)
    if count > MOST_PIECES:
        return None
    parent = _linked(labels, ink, count)
    # Dust away, then groups numbered from 1.
    sizes = np.bincount(parent, weights=stats[:, cv2.CC_STAT_AREA], minlength=count)
    keep = sizes >= SPECK
    keep[0] = False
    number = np.cumsum(keep) * keep
    renamed = number[parent].astype(np.int32)
    labels = renamed[labels]
    total = int(number.max())
    ys, xs = np.nonzero(labels)
    which = labels[ys, xs] - 1
    dark = ink.dark[ys, xs].astype(np.float64)
    cells, boxes = _boxes_at(ink, ys, xs)
    table = (
        np.bincount(which * boxes + cells, minlength=total * boxes).reshape(total, boxes).astype(np.float64)
    )
    counts = np.maximum(table.sum(1), 1)
    upper = dark >= (np.bincount(which, weights=dark, minlength=total) / counts)[which]
    above = np.maximum(np.bincount(which[upper], minlength=total), 1)
    peak = np.bincount(which[upper], weights=dark[upper], minlength=total) / above
    pieces = np.bincount(renamed[1:], minlength=total + 1)[1:]
    return Groups(labels, table * PIXEL, table.sum(1) * PIXEL, _frames(stats, renamed, total), peak, pieces)


def _frames(stats: NDArray[np.int32], renamed: NDArray[np.int32], total: int) -> Ints:
    """Left, top, right, low of every group out of those of its pieces."""
    frames = np.zeros((total + 1, 4), np.int64)
    frames[:, :2] = 1 << 30
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    np.minimum.at(frames[:, 0], renamed, left)
    np.minimum.at(frames[:, 1], renamed, top)
    np.maximum.at(frames[:, 2], renamed, left + stats[:, cv2.CC_STAT_WIDTH])
    np.maximum.at(frames[:, 3], renamed, top + stats[:, cv2.CC_STAT_HEIGHT])
    return frames[1:]


def _boxes_at(ink: Ink, ys: Ints, xs: Ints) -> tuple[Ints, int]:
    """The number of the box at each pixel, the last number for outside; and how many numbers there are."""
    block = ink.block
    columns, rows = len(block.xs) - 1, len(block.ys)
    of_x = np.full(ink.dark.shape[1], -1)
    for column in range(columns):
        of_x[block.xs[column] : block.xs[column + 1]] = column
    of_y = np.full(ink.dark.shape[0], -1)
    for row, (top, low) in enumerate(block.ys):
        of_y[top:low] = row
    y, x = of_y[ys], of_x[xs]
    return np.where((y < 0) | (x < 0), rows * columns, y * columns + x), rows * columns + 1


def _linked(labels: NDArray[np.int32], ink: Ink, count: int) -> NDArray[np.int32]:
    """For each piece of ink the first of those it belongs together with, across printed lines."""
    levels = sorted({edge for pair in ink.block.ys for edge in pair})
    pairs = [_pairs(labels, ink.bands, y) for y in levels]
    pairs += [_pairs(labels.T, ink.bands.T, x) for x in ink.block.xs]
    parent = list(range(count))

    def root(of: int) -> int:
        while parent[of] != of:
            parent[of] = parent[parent[of]]
            of = parent[of]
        return of

    for one, two in np.unique(np.vstack(pairs), axis=0).tolist():
        a, b = root(one), root(two)
        parent[max(a, b)] = min(a, b)
    return np.array([root(piece) for piece in range(count)], np.int32)


def _pairs(labels: NDArray[np.int32], bands: NDArray[np.bool_], at: int) -> Ints:
    """Pieces that touch a line from both sides near each other, as pairs."""
    reach = 12
    near = bands[at - reach : at + reach + 1]
    columns = np.arange(labels.shape[1])
    covered = near.any(0)
    above = at - reach + near.argmax(0)  # first covered pixel
    below = at + reach - near[::-1].argmax(0)  # last covered pixel
    thick = int((below - above)[covered].max(initial=0)) + 1
    upper = np.zeros(labels.shape[1], np.int32)
    lower = upper.copy()
    for step in range(TOUCH, 0, -1):
        before = labels[np.maximum(above - step, 0), columns]
        after = labels[np.minimum(below + step, labels.shape[0] - 1), columns]
        upper = np.where((before > 0) & covered, before, upper)
        lower = np.where((after > 0) & covered, after, lower)
    one, two = np.flatnonzero(upper), np.flatnonzero(lower)
    beside = np.abs(one[:, None] - two[None, :]) <= thick + 1
    first, second = np.nonzero(beside)
    return np.stack([upper[one[first]], lower[two[second]]], 1).astype(np.int64)
