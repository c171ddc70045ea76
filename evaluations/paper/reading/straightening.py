"""Straightens a registered sheet: perspective by its markers, curl and folds by the printed lines themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.layout import PAGE_HEIGHT, PAGE_WIDTH, Rect
from evaluations.paper.reading.registering import INCH, Registration
from evaluations.paper.template import SheetTemplate

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

LOW_DPI = 100  # for the picture of the page and for measuring curl
FINE_DPI = 200  # for reading marks
LOW, FINE = LOW_DPI / INCH, FINE_DPI / INCH  # pixels a mm
PATCH, STEP = 26.0, 13.0  # mm: size and distance of the places where displacement is measured
SEARCH = 3.2  # mm that a place may be off
COARSE = 24  # pixels between the points of a map that are computed exactly
WORTH = 0.12  # mm: a smaller curl is left alone
PASSES = 2
LOWEST_SCORE = 0.35  # median likeness of the printed lines to the template


@dataclass(frozen=True, slots=True)
class Straight:
    """A sheet whose every place is known: `place` from the markers, `bend` (mm) on a grid of `STEP` mm.

    `score` is the likeness (to 1) of the lines found to the lines printed, `rest` the mm still unexplained.
    """

    place: Registration
    bend: Floats
    score: float
    rest: float
    page: Grey

    def area(self, grey: Grey, rect: Rect, density: float = FINE) -> Grey:
        """The part of the sheet in a rectangle (mm), straight, with `density` pixels a mm."""
        source, place = _thinned(grey, self.place, density)
        return warped(source, place, self.bend, rect, density)


WHOLE = Rect(0.0, 0.0, PAGE_WIDTH, PAGE_HEIGHT)
GRID = (int(PAGE_HEIGHT // STEP) + 1, int(PAGE_WIDTH // STEP) + 1)


def straighten(grey: Grey, place: Registration, sheet: SheetTemplate) -> Straight:
    """Measure how the paper bends and say where everything is."""
    bend = np.zeros((*GRID, 2))
    source, thin = _thinned(grey, place, LOW)
    page = warped(source, thin, None, WHOLE, LOW)
    score, rest = 0.0, 0.0
    for _ in range(PASSES):
        shifts, scores = _measure(page, sheet)
        score = float(np.median(scores[scores > -1])) if (scores > -1).any() else 0.0
        if score < LOWEST_SCORE:
            break
        field, rest = _smooth(shifts, scores)
        size = float(np.abs(field).max())
        if size < WORTH:
            break
        bend = bend + field
        if size < 3 * WORTH:
            break  # too little to be seen in the picture of the page
        page = warped(source, thin, bend, WHOLE, LOW)
    return Straight(place, bend, score, rest, page)


def warped(grey: Grey, place: Registration, bend: Floats | None, rect: Rect, density: float) -> Grey:
    """A rectangle of the sheet as the reader sees it, with or without the bend."""
    size = (round(rect.width * density), round(rect.height * density))
    if bend is None or not bend.any():
        shift = np.array([[1 / density, 0, rect.x], [0, 1 / density, rect.y], [0, 0, 1.0]])
        centre = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
        matrix = place.matrix @ shift @ centre
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(
            cv2.warpPerspective(grey, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )
    wide, high = size
    # Exact points every COARSE pixels, beginning one step outside; linear between, for a paper is smooth.
    xs = (np.arange(-(-wide // COARSE) + 2) - 0.5) * COARSE
    ys = (np.arange(-(-high // COARSE) + 2) - 0.5) * COARSE
    mm = np.stack(np.meshgrid(rect.x + xs / density, rect.y + ys / density), -1)
    at = place.points(mm + _bend_at(bend, mm)).astype(np.float32)
    full = (len(xs) * COARSE, len(ys) * COARSE)
    maps = [
        cv2.resize(np.ascontiguousarray(at[..., axis]), full, interpolation=cv2.INTER_LINEAR)[
            COARSE : COARSE + high, COARSE : COARSE + wide
        ]
        for axis in (0, 1)
    ]
    return np.asarray(
        cv2.remap(grey, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _thinned(grey: Grey, place: Registration, density: float) -> tuple[Grey, Registration]:
    """A picture much denser than wanted is halved first, that no thin line falls between its pixels."""
    if place.dpi / INCH < 1.7 * density:
        return grey, place
    smaller = np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    half = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1.0]])
    return smaller, replace(place, matrix=half @ place.matrix)


def _bend_at(bend: Floats, mm: Floats) -> Floats:
    """The bend in mm at places in mm, linear between the points of the grid."""
    x = np.clip(mm[..., 0] / STEP, 0, GRID[1] - 1.001)
    y = np.clip(mm[..., 1] / STEP, 0, GRID[0] - 1.001)
    i, j = x.astype(int), y.astype(int)
    fx, fy = (x - i)[..., None], (y - j)[..., None]
    upper = bend[j, i] * (1 - fx) + bend[j, i + 1] * fx
    lower = bend[j + 1, i] * (1 - fx) + bend[j + 1, i + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy)


def darkness(grey: Grey, width: int) -> Grey:
    """How much darker than the paper round it each pixel is, 0 to 255; nothing wider than `width` pixels is."""
    return darker(grey, paper_of(grey, width))


def paper_of(grey: Grey, width: int) -> Grey:
    """The paper under everything that is no wider than `width` pixels."""
    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((width, width), np.uint8)), np.uint8)


def darker(grey: Grey, paper: Grey) -> Grey:
    """How much darker than the paper under it each pixel is, 0 to 255."""
    return np.asarray(cv2.divide(cv2.subtract(paper, grey), paper, scale=255.0), np.uint8)


@lru_cache(maxsize=8)
def _printed(sheet: SheetTemplate) -> tuple[tuple[Floats, NDArray[np.bool_]], ...]:
    """By x and by y: profiles (of mean 0 and length 1) of the printed lines round points, and which points those are."""
    high, wide = round(PAGE_HEIGHT * LOW), round(PAGE_WIDTH * LOW)
    small = np.zeros((high, wide), np.float32)
    for rect in sheet.lines:
        inside = [
            np.clip(np.minimum(at + 1, (start + length) * LOW) - np.maximum(at, start * LOW), 0, 1)
            for at, start, length in (
                (np.arange(high), rect.y, rect.height),
                (np.arange(wide), rect.x, rect.width),
            )
        ]
        small = np.maximum(small, np.outer(*inside).astype(np.float32))
    found = []
    for profiles in _profiles(np.asarray(cv2.GaussianBlur(small, (0, 0), 1.0), np.float32), 0.0):
        usable = profiles.std(-1) > 0.02
        model = profiles[usable] - profiles[usable].mean(-1, keepdims=True)
        found.append((model / np.linalg.norm(model, axis=-1, keepdims=True), usable))
    return tuple(found)


def _profiles(dark: NDArray[np.float32] | Grey, more: float) -> tuple[Floats, Floats]:
    """Mean darkness by x and by y in the patch round each point of the grid, `more` mm longer to both sides."""
    half, extra = round(PATCH / 2 * LOW), round(more * LOW)
    pad = half + extra
    padded = cv2.copyMakeBorder(dark, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
    centres = [np.round(np.arange(n) * STEP * LOW).astype(int) + pad for n in GRID]
    bands, columns = (
        np.array(
            [cv2.reduce(part, axis, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel() for part in parts], np.float64
        )
        for axis, parts in (
            (0, [padded[at - half : at + half] for at in centres[0]]),
            (1, [padded[:, at - half : at + half] for at in centres[1]]),
        )
    )
    span = np.arange(-pad, pad)
    return bands[:, centres[1][:, None] + span], columns[:, centres[0][:, None] + span].transpose(1, 0, 2)


def _measure(page: Grey, sheet: SheetTemplate) -> tuple[Floats, Floats]:
    """At each point of the grid how far (mm; x, y) the lines are off, and how alike they look (-2: none)."""
    dark = np.asarray(cv2.blur(np.minimum(darkness(page, 13), 110), (3, 3)), np.uint8)
    seen = _profiles(dark, SEARCH)
    reach = round(SEARCH * LOW)
    shifts = np.zeros((*GRID, 2))
    scores = np.full((*GRID, 2), -2.0)
    for axis, (model, usable) in enumerate(_printed(sheet)):
        likeness = _likeness(seen[axis][usable], model)
        best = np.clip(likeness.argmax(-1), 1, likeness.shape[1] - 2)
        at = np.arange(len(best))
        before, peak, after = likeness[at, best - 1], likeness[at, best], likeness[at, best + 1]
        bow = before - 2 * peak + after
        fine = np.where(bow < -1e-9, 0.5 * (before - after) / np.minimum(bow, -1e-9), 0.0)
        shifts[usable, axis] = (best + np.clip(fine, -1, 1) - reach) / LOW
        scores[usable, axis] = peak
    return shifts, scores


def _likeness(seen: Floats, model: Floats) -> Floats:
    """The correlation of each model (of mean 0 and length 1) with what was seen, at every shift of it."""
    length = model.shape[1]
    windows = np.lib.stride_tricks.sliding_window_view(seen, length, -1)
    sums, squares = (
        before[:, length:] - before[:, :-length]
        for before in (np.pad(np.cumsum(values, 1), ((0, 0), (1, 0))) for values in (seen, seen * seen))
    )
    spread = np.sqrt(np.maximum(squares - sums * sums / length, 0.0))
    return np.asarray(np.einsum("pst,pt->ps", windows, model) / (spread + 1e-6), np.float64)


def _smooth(shifts: Floats, scores: Floats) -> tuple[Floats, float]:
    """A smooth bend through the measured shifts, deaf to single wrong ones, and what it leaves unexplained."""
    rows, columns = np.mgrid[: GRID[0], : GRID[1]]
    x, y = columns / GRID[1] - 0.5, rows / GRID[0] - 0.5
    terms = np.stack([x**i * y**j for i in range(4) for j in range(4 - i)], -1)
    field = np.zeros((*GRID, 2))
    rest = 0.0
    for axis in (0, 1):
        usable = scores[..., axis] > 0.2
        weights = scores[..., axis][usable].copy()
        design, wanted = terms[usable], shifts[..., axis][usable]
        for _ in range(4):
            root = np.sqrt(weights)[:, None]
            ridge = 0.02 * np.eye(design.shape[1])
            ridge[0, 0] = 0
            factors = np.linalg.solve(
                (design * root).T @ (design * root) + ridge, (design * root).T @ (wanted * root[:, 0])
            )
            off = wanted - design @ factors
            weights = scores[..., axis][usable] / (1 + (off / 0.3) ** 2)
        field[..., axis] = terms @ factors
        left = np.zeros(GRID)
        left[usable] = off
        field[..., axis] += _middle(left, usable)
        rest = max(rest, float(np.percentile(np.abs(wanted - field[..., axis][usable]), 75)))
    return field, rest


def _middle(values: Floats, usable: NDArray[np.bool_]) -> Floats:
    """The median of the neighbours that were measured, 0 where fewer than four were."""
    padded = np.pad(np.where(usable, values, np.nan), 1, constant_values=np.nan)
    views = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).reshape(*values.shape, 9)
    counted = np.isfinite(views).sum(-1)
    ordered = np.sort(np.where(np.isfinite(views), views, np.inf), -1)
    middle = np.take_along_axis(ordered, np.maximum(counted - 1, 0)[..., None] // 2, -1)[..., 0]
    return np.where(counted >= 4, middle, 0.0)
