"""Finds what lies in each row of a block: nothing, one mark in one box, or something for a person."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.found import LARGEST, Found, Usual, put_mark
from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.marks import Groups
from evaluations.paper.reading.parting import parted
from evaluations.paper.reading.straightening import FINE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARE = 0.80  # of its ink a mark has in its own box
USUAL_AREA = 4.0  # mm² of a mark where a sheet has too few to say
SMALLEST, SMALLEST_AREA = 1.8, 0.8  # mm and mm²: less is no mark
DOT, DOT_AREA, DOT_SHARE = 1.45, 0.3, 0.2  # mm, mm², share of the usual ink: a stray dot
DUST = 0.1  # mm²: dust, whatever its size
PALE, PALE_SHARE = 0.45, 0.3  # of the usual darkness and ink: fibres and specks of the paper
DOT_FULL = 0.38  # of its frame a larger dot fills
STOUT_DOT, STOUT_FULL = 1.75, 0.55  # mm, share of its frame: the dot of a broad pen
HAIR, HAIR_PALE = 3, 0.45  # pixels, share of the darkness of a printed line
VISIT, VISIT_SHARE = 0.6, 0.22  # ink of a neighbour's mark that may reach into a row
TOUCHED = 0.05  # mm² of ink that makes a row touched
LENT = 0.05  # of its ink a mark has in an empty row beside its own when it may be meant for that
BESIDE = 2.0  # mm from a line of an empty row to the middle of a mark that may be meant for it
TOUCHES = 1.5  # mm beside the last line of a row: a mark outside may be meant for the box at that line
SWEEP_ROWS = 3
SECOND = 0.3  # of the usual ink: so much pale ink in another box may be a second mark
HIDING = 0.7  # of the usual darkness: noise that high can hide a mark
HALF_LIT = 1.25  # times as much light falls on one part of a box as on another where a shadow ends in it
CALM = 50.0  # darkness, of 255: with ink only from there on an empty page proves nothing


def is_empty(inks: list[Ink], groups: list[Groups]) -> bool:
    """Whether nothing at all was written into any box of the sheet; never said of a page with much noise."""
    if any(not ink.sound.all() or ink.levels.max() > CALM for ink in inks):
        return False
    return all(not (group.cells[:, :-1] > TOUCHED).any() for group in groups) and not any(
        _hidden(ink).any() for ink in inks
    )


def usual_of(groups: list[Groups], inks: list[Ink]) -> Usual:
    """Median ink, darkness and size of the strongest mark of each row that stands in one box."""
    found = []
    for group, ink in zip(groups, inks, strict=True):
        columns, count = len(ink.block.xs) - 1, len(ink.block.ys)
        size, best = _sizes(group), group.cells.argmax(1)
        good = (
            (group.cells[:, :-1].max(1) >= SHARE * group.area)
            & (group.area > SMALLEST_AREA)
            & (size > SMALLEST)
        )
        for row in range(count):
            here = np.flatnonzero(good & (best // columns == row) & (best < columns * count))
            if len(here):
                top = here[np.argmax(group.area[here] * group.peak[here])]
                found.append((group.area[top], group.peak[top], size[top]))
    if not found:
        return Usual(USUAL_AREA, 0.0)
    area, peak, side = (float(value) for value in np.median(np.array(found), axis=0))
    return Usual(area, peak, side) if len(found) >= 3 else Usual(USUAL_AREA, peak)


def _sizes(group: Groups) -> Floats:
    """The longer side of each group's frame, in mm."""
    wide, high = group.frame[:, 2] - group.frame[:, 0], group.frame[:, 3] - group.frame[:, 1]
    return np.asarray(np.maximum(wide, high) / FINE, np.float64)


def is_long(group: Groups) -> NDArray[np.bool_]:
    """Which groups in the boxes are longer than any mark: lines down a column, creases, stains."""
    return np.asarray((_sizes(group) > LARGEST) & (group.cells[:, :-1].sum(1) > TOUCHED))


def is_sweep(ink: Ink, group: Groups) -> NDArray[np.bool_]:
    """Which groups run through so many rows that they may be meant for all of them."""
    in_rows = group.cells[:, :-1].reshape(-1, len(ink.block.ys), len(ink.block.xs) - 1).sum(2)
    return np.asarray((in_rows > TOUCHED).sum(1) >= SWEEP_ROWS)


def _dots(group: Groups, sizes: Floats, usual: Usual) -> NDArray[np.bool_]:
    """Dust, and dots where a pen rested: small, and round if not tiny."""
    small = (sizes < DOT) & (group.area < max(DOT_AREA, DOT_SHARE * usual.area))
    round_ = (group.area < DOT_AREA) | (group.area > DOT_FULL * sizes**2)
    pale = (group.area < PALE_SHARE * usual.area) & (group.peak < PALE * usual.peak)
    stout = (sizes < STOUT_DOT) & (group.area < DOT_SHARE * usual.area) & (group.area > STOUT_FULL * sizes**2)
    return np.asarray((small & round_) | stout | (group.area < DUST) | pale)


def _residue(group: Groups, ink: Ink) -> NDArray[np.bool_]:
    """Pale hairs of a printed line that was not covered whole."""
    wide, high = group.frame[:, 2] - group.frame[:, 0], group.frame[:, 3] - group.frame[:, 1]
    thin, long = np.minimum(wide, high), np.maximum(wide, high)
    return np.asarray((thin <= HAIR) & (long >= 4 * thin) & (group.peak < HAIR_PALE * ink.lines))


def rows_of(ink: Ink, group: Groups, usual: Usual) -> list[Found]:
    """Each row of a block: empty, or with its only mark, or with the reason why a person must look."""
    columns, count = len(ink.block.xs) - 1, len(ink.block.ys)
    group = parted(ink, group, usual.area)
    sizes = _sizes(group)
    dot = _dots(group, sizes, usual) | _residue(group, ink)
    best = group.cells.argmax(1) if len(group.area) else np.zeros(0, np.int64)
    share = group.cells.max(1) / group.area if len(group.area) else np.zeros(0)
    in_rows = group.cells[:, :-1].reshape(-1, count, columns)
    sweep = is_sweep(ink, group)
    hidden = _hidden(ink)
    owned = set((best[~dot] // columns).tolist())
    found = []
    for number, place in enumerate(ink.block.rows):
        row = Found(place.row)
        amount = in_rows[:, number].sum(1)
        here = (amount > TOUCHED) & ~dot
        mine = here & (best // columns == number) & (best < count * columns)
        own, others = np.flatnonzero(mine), np.flatnonzero(here & ~mine)
        bad = [
            g
            for g in others
            if best[g] == count * columns
            or share[g] < SHARE
            or amount[g] > max(VISIT, VISIT_SHARE * usual.area)
        ]
        cells = sorted({int(best[g]) for g in own})
        if not ink.sound[number]:
            row.reason = "not_flat"
        elif ink.levels[number].max() > HIDING * usual.peak > 0:
            row.reason = "faint"  # a second mark could hide in the noise of this row
        elif sweep[[*own, *bad]].any():
            row.reason = "column_sweep"
        elif len(cells) > 1:
            row.reason = "overvote"
        elif bad or _is_lent(group, in_rows, own, {number - 1, number + 1} - owned):
            row.reason = "crosses_cells"
        elif not cells:
            row.level = float(ink.firm[number].max())
            traces = hidden[number].any() or amount[dot].max(initial=0) > TOUCHED or _half_lit(ink, number)
            near = (
                len(others)
                or _stands_near(group, dot, ink, number)
                or _stands_beside(group, dot, ink, number, usual)
            )
            row.reason = "blank_touched" if near else "faint" if traces else ""
        row.alone = len(own) == (amount > TOUCHED).sum() == 1
        if len(cells) == 1:
            others_pale = np.delete(group.pale[number * columns : (number + 1) * columns], cells[0] % columns)
            if not row.reason and others_pale.max(initial=0.0) > SECOND * usual.area:
                row.reason = "faint"
            put_mark(row, ink, group, own, cells[0], usual)
        found.append(row)
    if any(row.reason == "column_sweep" for row in found):
        for row in found:  # a line or a large √ may be meant for rows of its table that it does not touch
            row.reason = "column_sweep" if row.empty else row.reason
    return found


def _is_lent(group: Groups, in_rows: Floats, own: Ints, empty: set[int]) -> bool:
    """Whether a mark of a row reaches into an empty one beside it, so that it may be meant for that."""
    return any(
        (in_rows[own, row].sum(1) > LENT * group.area[own]).any()
        for row in empty
        if 0 <= row < in_rows.shape[1]
    )


def _stands_near(group: Groups, dot: NDArray[np.bool_], ink: Ink, number: int) -> bool:
    """Whether a mark beside an empty row stands so near its lines that it may be meant for it."""
    middle = (group.frame[:, 1] + group.frame[:, 3]) / 2
    left, right = ink.block.xs[0], ink.block.xs[-1]
    over = (group.frame[:, 0] < right) & (group.frame[:, 2] > left) & ~dot
    return bool(any((over & (abs(middle - line) < BESIDE * FINE)).any() for line in ink.block.ys[number]))


def _stands_beside(group: Groups, dot: NDArray[np.bool_], ink: Ink, number: int, usual: Usual) -> bool:
    """Whether something like a mark stands outside of the table, at the line where an empty row ends."""
    top, low = ink.block.ys[number]
    middle = (group.frame[:, 1] + group.frame[:, 3]) / 2
    gap = np.maximum(ink.block.xs[0] - group.frame[:, 2], group.frame[:, 0] - ink.block.xs[-1]) / FINE
    # The printed lines go on outside of the boxes: they are no higher than a dot.
    strong = (group.peak > PALE * usual.peak) & (group.area > DOT_SHARE * usual.area) & ~dot
    strong &= group.frame[:, 3] - group.frame[:, 1] > DOT * FINE
    return bool(((gap > -TOUCHES) & (gap < TOUCHES) & (middle > top) & (middle < low) & strong).any())


def _half_lit(ink: Ink, number: int) -> bool:
    """Whether the edge of a shadow runs through a box of a row: what is written just there is hard to see."""
    top, low = ink.block.ys[number]
    boxes = (ink.paper[top:low:3, x0:x1:3] for x0, x1 in itertools.pairwise(ink.block.xs))
    return any(int(box.max()) > HALF_LIT * int(box.min()) for box in boxes)


def _hidden(ink: Ink) -> NDArray[np.bool_]:
    """Boxes (row, column) that are a little darker somewhere than the empty ones of the sheet are."""
    soft = cv2.blur(ink.dark * ~ink.bands, (9, 9))
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
