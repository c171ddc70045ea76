"""Takes the creases of a folded sheet out of its ink: straight lines from edge to edge of the paper, paler than a pen.

People fold a ballot before they drop it into the box, so this is what most sheets of a real evening have.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.layout import PAGE_HEIGHT, PAGE_WIDTH
from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.straightening import FINE, LOW

Grey = NDArray[np.uint8]
Ints = NDArray[np.int64]

PARTS = 32  # the page is looked at in so many parts along a crease
SEEN = 4.0  # of 255 a crease is darker than the paper beside it, in the mean of a part
WHOLE, ENDS = 0.8, 3  # share of the parts, and parts at either end (no pen goes there), where it must be seen
OUTER = 5.0  # mm at the edge of the paper where nothing is printed: the first and the last part
SLANT = 6.0  # mm from one edge of the page to the other
WIDTH, APART = 9, 10  # pixels (at 100 dpi): wider is no crease; creases are farther apart
BORDER = 6.0  # mm from the edge of the page there is none
PALE = 0.75  # of the darkness of the sheet's strokes a crease has at most
PIECE = 80  # pixels (at 200 dpi) along it that are measured together
REACH, FOOT = 8, 0.25  # pixels (at 200 dpi) beside it that are measured; of its darkness, where it ends
UNEVEN, ABOVE = 1.5, 8.0  # times its usual darkness, and of 255 more, a crease is dark somewhere at most


@dataclass(frozen=True, slots=True)
class Crease:
    """Where a crease begins and ends, in mm: across the top and the bottom edge if `upright`, else the left and right."""

    upright: bool
    first: float
    last: float


def find_creases(page: Grey) -> list[Crease]:
    """The creases that show as dark lines on the straight picture of a page (`LOW` pixels a mm).

    No pen draws through both margins to the edges of the paper, and no printed line does either.
    """
    found = []
    for upright in (True, False):
        image = page if upright else page.T
        long = image.shape[0] // PARTS * PARTS
        outer = round(OUTER * LOW)
        parts = np.vstack(
            [
                image[:outer].mean(0),
                image[:long].reshape(PARTS, -1, image.shape[1]).mean(1),
                image[-outer:].mean(0),
            ]
        ).astype(np.float32)
        dark = cv2.morphologyEx(parts, cv2.MORPH_BLACKHAT, np.ones((1, WIDTH), np.uint8))
        seen = cv2.dilate((dark > SEEN).astype(np.uint8), np.ones((1, 3), np.uint8)) > 0
        for at, shift in _lines(np.asarray(seen)):
            half = shift / 2
            found.append(Crease(upright, (at - half) / LOW, (at + half) / LOW))
    return found


def _lines(seen: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Where in the middle of the page, and by how much from its first to its last part, lines go through all of it."""
    slant, edge, wide = round(SLANT * LOW), round(BORDER * LOW), seen.shape[1]
    padded = np.pad(seen, ((0, 0), (slant, slant)))
    along = np.linspace(-0.5, 0.5, len(seen))
    shifts = range(-slant, slant + 1, 2)  # what is seen is spread by a pixel to each side
    scores = np.zeros((len(shifts), wide), np.int64)
    for number, shift in enumerate(shifts):
        places = slant + np.arange(wide) + np.round(along * shift).astype(int)[:, None]
        rows = np.take_along_axis(padded, places, 1)
        scores[number] = rows.sum(0) * (rows[:ENDS].all(0) & rows[-ENDS:].all(0))
    scores[:, :edge] = scores[:, -edge:] = 0
    lines = []
    while (most := int(scores.max())) >= WHOLE * len(seen):
        # A crease is seen along several ways that run close together: it is the one in their middle.
        best = int(scores.max(0).argmax())
        near = slice(best, best + APART)
        numbers, places = np.nonzero(scores[:, near] == most)
        lines.append((best + float(places.mean()), float(np.array(shifts)[numbers].mean())))
        scores[:, max(0, best - APART) : best + 2 * APART] = 0
    return lines


def without_creases(ink: Ink, creases: list[Crease], peak: float) -> Ink | None:
    """The same block without those creases; None where none is in it.

    `peak` is the usual darkness (0 to 255) of the sheet's strokes: a mark over a crease is darker than it and stays.
    """
    dark = ink.dark
    for crease in creases:
        upright = dark if crease.upright else dark.T
        bands = ink.bands if crease.upright else ink.bands.T
        at = _course(ink, crease)
        if at.min() > REACH and at.max() < upright.shape[1] - REACH - 1:
            cleaned = _without(upright, bands, at, PALE * peak)
            dark = cleaned if crease.upright else np.ascontiguousarray(cleaned.T)
    return None if dark is ink.dark else replace(ink, dark=dark)


def _course(ink: Ink, crease: Crease) -> Ints:
    """Across a block, the pixel where the crease is at each pixel along it."""
    rect = ink.block.rect
    start, across, whole = (rect.y, rect.x, PAGE_HEIGHT) if crease.upright else (rect.x, rect.y, PAGE_WIDTH)
    pixels = ink.dark.shape[0 if crease.upright else 1]
    along = (start + np.arange(pixels) / FINE) / whole
    return np.round((crease.first + (crease.last - crease.first) * along - across) * FINE).astype(np.int64)


def _without(dark: Grey, bands: NDArray[np.bool_], course: Ints, darkest: float) -> Grey:
    """The ink without an upright crease; piece by piece, since paper is never quite flat there."""
    result = dark.copy()
    beside = np.arange(-REACH, REACH + 1)
    for rows in np.array_split(np.arange(len(dark)), max(1, len(dark) // PIECE)):
        at = (rows[:, None], course[rows][:, None] + beside)
        with warnings.catch_warnings():
            # Where a printed line runs along it, nothing of it is seen.
            warnings.simplefilter("ignore", RuntimeWarning)
            usual = np.nan_to_num(np.nanmedian(np.where(bands[at], np.nan, dark[at]), axis=0))
        most = float(usual.max())
        if 0 < most < darkest:
            part = np.flatnonzero(usual > FOOT * most) - REACH
            at = (rows[:, None], course[rows][:, None] + np.arange(part.min() - 1, part.max() + 2))
            result[at] = np.where(dark[at] < UNEVEN * most + ABOVE, 0, dark[at])
    return result
