"""Takes the rings and runs of a cup out of the ink: they are paler than a sheet's strokes and soft where those are sharp.

A ring crosses many rows as a line down a column does, and would send all of them to people.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.finding import is_sweep
from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.marks import Groups
from evaluations.paper.reading.straightening import FINE, darker, paper_of

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]

# So wide is a stroke of the sheet's pen at its feet: pixels, and times its width half way up.
FEET, WIDER = 5, 1.5
PALE = 0.62  # of the usual darkness of the sheet's strokes a stain has at most
EDGE = 5  # pixels round a stroke in which it is pale too
LARGE = 3.0  # mm² a stain covers at least
BROAD = 0.3  # of a stain's darkness is wider than a stroke
SHARP = 0.25  # of the usual darkness: so much above what is wider may be a second, paler stroke
NEAR = 9  # pixels: what is softer than a stroke is measured over so many, and a stain ends so far beyond


def without_stains(ink: Ink, group: Groups, peak: float) -> Ink | None:
    """The same block without its stains, and what is written on them measured against them; None where there is none.

    `peak` is the usual darkness (0 to 255) of the sheet's strokes. A stroke on a stain is as much darker than the stain
    as it is than paper elsewhere. What is much paler than the sheet's strokes and has no edges like theirs is no mark
    and crosses nothing out; a pale stroke with sharp edges stays.
    """
    if not is_sweep(ink, group).any():
        return None
    strong = (group.labels > 0) & (ink.dark > PALE * peak)
    under = paper_of(ink.area, FEET + round(WIDER * _pen(strong)))
    wide = np.asarray(np.minimum(ink.dark, darker(under, ink.paper)), np.uint8)
    pale = (ink.dark > ink.levels.min()) & ~_spread(strong, EDGE) & ~ink.bands
    soft = _mean(wide, pale) >= BROAD * np.maximum(_mean(ink.dark, pale), 1e-6)
    narrow = cv2.GaussianBlur(darker(ink.area, under), (3, 3), 0.7)
    stain = _large(np.asarray(pale & soft & (narrow < SHARP * peak)))
    if stain is None:
        return None
    dark = np.where(_spread(stain, NEAR) & ~strong, narrow, ink.dark)
    return replace(ink, dark=np.where(stain, 0, dark).astype(np.uint8))


def _pen(strong: Mask) -> float:
    """The width in pixels of the strokes of a block, half way up to their darkness."""
    depth = cv2.distanceTransform(strong.astype(np.uint8), cv2.DIST_L2, 3)
    return 4 * float(np.median(depth[strong])) if strong.any() else 0.0


def _spread(mask: Mask, pixels: int) -> Mask:
    """The mask and what is so near to it."""
    side = 2 * pixels + 1
    return np.asarray(cv2.dilate(mask.view(np.uint8), np.ones((side, side), np.uint8)), bool)


def _mean(dark: Grey, where: Mask) -> NDArray[np.float32]:
    """The darkness round each pixel, of those pixels alone."""
    return np.asarray(cv2.blur((dark * where).astype(np.float32), (NEAR, NEAR)), np.float32)


def _large(mask: Mask) -> Mask | None:
    """The pieces of a mask that are as large as a stain; None if there are none."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] > LARGE * FINE**2
    large[0] = False
    return np.asarray(large[labels], bool) if large.any() else None
