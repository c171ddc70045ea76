"""Ink of one block as groups of strokes: linked across printed lines, with their share in every box."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.ink import Ink, ink_mask
from evaluations.paper.reading.straightening import FINE

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SPECK = 4  # pixels: fewer are dust
TOUCH = 3  # pixels beside a printed line in which a stroke that crosses it is looked for
REACH = 12  # pixels to each side of the place of a printed line in which it is covered
MOST_PIECES = 4_000  # more pieces of ink than this are texture, not handwriting
PIXEL = 1 / FINE**2  # mm² of a pixel


@dataclass(slots=True)
class Groups:
    """Groups of strokes of one block, one row of each array a group.

    `labels` has the group's number + 1 at each pixel of ink. `cells` is the ink (mm²) by box (row * columns
    + column), the last column what lies outside of all boxes. `frame` is left, top, right, low in pixels,
    `peak` the darkness of the darker half of its ink. `traces` is all ink (mm²) in each box, ink paler than the
    sheet's strokes counted too; `pale` how much of it may be a mark: the largest group that lies mostly there, or
    what all such groups have more than in other boxes, since a pale mark may lie in pieces.
    """

    labels: NDArray[np.int32]
    cells: Floats
    area: Floats
    frame: Ints
    peak: Floats
    pieces: Ints
    pale: Floats
    traces: Floats


def group_strokes(ink: Ink, firm: Floats | None = None, least: float = 0.0) -> Groups | None:
    """All groups of strokes of a block; None when there is so much that it is no handwriting.

    Pieces that are nowhere darker than `firm` (a level for each box) are no strokes but the noise of a shadow.
    What is not darker than `least` belongs to no stroke.
    """
    mask = ink_mask(ink, np.maximum(ink.levels, least))
    count, found = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    labels = np.asarray(found, np.int32)
    if count > MOST_PIECES:
        return None
    if firm is not None:
        dark = np.bincount(labels[ink_mask(ink, firm)], minlength=count) >= SPECK
        labels = np.where(dark[labels], labels, 0).astype(np.int32)
        mask = labels > 0
    parent = _linked(labels, mask, ink, count)
    # Little of a block is ink: from here on only its pixels are looked at, as places in the flat picture.
    at = np.flatnonzero(mask)
    piece = labels.ravel()[at]
    # Dust away, then groups numbered from 1.
    sizes = np.bincount(parent[piece], minlength=count)
    keep = sizes >= SPECK
    keep[0] = False
    number = np.cumsum(keep) * keep
    renamed = number[parent].astype(np.int32)
    total = int(number.max())
    named = renamed[piece]
    labels.ravel()[at] = named
    at, which = at[named > 0], named[named > 0] - 1
    dark = ink.dark.ravel()[at].astype(np.float64)
    ys, xs = np.divmod(at, labels.shape[1])
    cells, boxes = _boxes_at(ink, ys, xs)
    table = (
        np.bincount(which * boxes + cells, minlength=total * boxes).reshape(total, boxes).astype(np.float64)
    )
    counts = np.maximum(table.sum(1), 1)
    upper = dark >= (np.bincount(which, weights=dark, minlength=total) / counts)[which]
    above = np.maximum(np.bincount(which[upper], minlength=total), 1)
    peak = np.bincount(which[upper], weights=dark[upper], minlength=total) / above
    pieces = np.bincount(renamed[1:], minlength=total + 1)[1:]
    table *= PIXEL
    own = np.where(np.arange(boxes) == table.argmax(1)[:, None], table, 0.0)
    there = own.sum(0)
    pale = np.maximum(own.max(0, initial=0.0), there - np.median(there[:-1]))
    frames = _frames(which, ys, xs, total)
    return Groups(labels, table, table.sum(1), frames, peak, pieces, pale, table.sum(0))


def _frames(which: NDArray[np.int32], ys: Ints, xs: Ints, total: int) -> Ints:
    """Left, top, right, low of every group out of its pixels."""
    order = np.argsort(which.astype(np.int16), kind="stable")  # there are fewer than MOST_PIECES
    first = np.searchsorted(which[order], np.arange(total))
    ends = [
        edge.reduceat(places[order], first) if total else np.zeros(0, np.int64)
        for edge, places in ((np.minimum, xs), (np.minimum, ys), (np.maximum, xs), (np.maximum, ys))
    ]
    return np.stack([*ends[:2], ends[2] + 1, ends[3] + 1], 1)


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


def _linked(labels: NDArray[np.int32], mask: NDArray[np.bool_], ink: Ink, count: int) -> NDArray[np.int32]:
    """For each piece of ink the first of those it belongs together with, across printed lines."""
    pairs = [
        _pairs(labels, mask, ink.bands, np.unique(ink.block.ys)),
        _pairs(labels.T, mask.T, ink.bands.T, np.array(ink.block.xs)),
    ]
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


def _pairs(labels: NDArray[np.int32], mask: NDArray[np.bool_], bands: NDArray[np.bool_], lines: Ints) -> Ints:
    """Pieces that touch one of the lines at these places from both sides near each other, as pairs."""
    near = bands[lines[:, None] + np.arange(-REACH, REACH + 1)]
    around = mask[lines[:, None] + np.arange(-REACH - TOUCH, REACH + TOUCH + 1)]
    # Only where there is ink can it touch; and where a line is covered from end to end, that is its thickness.
    whole = near[:, 0] & near[:, -1]
    line, column = np.nonzero(near.any(1) & (around.any(1) | whole | ~whole.any(1, keepdims=True)))
    covered = near.transpose(0, 2, 1)[line, column]
    above = lines[line] - REACH + covered.argmax(1)  # first covered pixel
    below = lines[line] + REACH - covered[:, ::-1].argmax(1)  # last covered pixel
    thick = np.ones(len(lines), np.int64)
    np.maximum.at(thick, line, below - above + 1)
    upper = np.zeros(len(line), np.int32)
    lower = upper.copy()
    for step in range(TOUCH, 0, -1):
        before = labels[np.maximum(above - step, 0), column]
        after = labels[np.minimum(below + step, len(labels) - 1), column]
        upper = np.where(before > 0, before, upper)
        lower = np.where(after > 0, after, lower)
    one, two = np.flatnonzero(upper), np.flatnonzero(lower)
    # All lines stand behind each other in one row of places, too far apart to touch.
    place = line * (labels.shape[1] + 2 * (2 * REACH + 3)) + column
    reach = thick[line[one]] + 1
    first = np.searchsorted(place[two], place[one] - reach)
    count = np.searchsorted(place[two], place[one] + reach, "right") - first
    second = np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)
    return np.stack([np.repeat(upper[one], count), lower[two[second]]], 1).astype(np.int64)
