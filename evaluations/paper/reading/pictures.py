"""Pictures of single marks: their ink, drawn on where printed lines hide it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.ink import Ink

Grey = NDArray[np.uint8]
Frame = tuple[int, int, int, int]  # left, top, right, low in pixels

HALF = 0.45  # of its darkness an edge of a stroke has
HIDDEN = 12  # pixels over a printed line's middle in which a stroke that ends at the line ends
APART = 16  # pixels the two arms of a √ are apart at most where the line begins to hide its tip
ARM = 14  # pixels of an arm above the line that say how it leans
DEEPEST = 6  # pixels a tip lies below where its arms end
PEN = 3  # pixels: how thick the hidden tip is drawn


def picture(ink: Ink, mark: NDArray[np.bool_], frame: Frame, level: float) -> Grey:
    """The ink of a mark, also where it runs through printed lines: there it is drawn on from both sides."""
    left, top, right, low = frame
    place = (slice(top, low), slice(left, right))
    drawn = (mark & (ink.dark[place] > level)).astype(np.uint8)
    bands = ink.bands[place]
    if bands.any():
        width = 2 * round(ink.smear) + 5
        wide = cv2.copyMakeBorder(drawn, width, width, width, width, cv2.BORDER_CONSTANT)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
        closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, kernel)[width:-width, width:-width]
        drawn = np.where(bands, closed, drawn).astype(np.uint8)
    for line in sorted({edge for pair in ink.block.ys for edge in pair}):
        if top < line - HIDDEN and line - HIDDEN < low:
            drawn = _with_tip(drawn, line - top)
    return np.asarray(drawn * 255, np.uint8)


def _with_tip(drawn: Grey, line: int) -> Grey:
    """Join the two arms of a √ whose tip lies hidden in the printed line at the height `line`."""
    count, found, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    lows = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    ending = [k for k in range(1, count) if line - HIDDEN <= lows[k] <= line + HIDDEN]
    if len(ending) != 2:
        return drawn
    (x0, y0, lean0), (x1, y1, lean1) = sorted(_end(np.argwhere(found == k)) for k in ending)
    if x1 - x0 > APART or not lean0 > 0 > lean1:
        return drawn
    tip = (x0 + x1) // 2, max(y0, y1) + min((x1 - x0) // 2, DEEPEST)
    below = max(0, tip[1] + PEN - drawn.shape[0])
    drawn = np.asarray(cv2.copyMakeBorder(drawn, 0, below, 0, 0, cv2.BORDER_CONSTANT), np.uint8)
    cv2.polylines(drawn, [np.array([(x0, y0), tip, (x1, y1)], np.int32)], False, 1, PEN)
    return drawn


def _end(pixels: NDArray[np.int64]) -> tuple[int, int, float]:
    """Where a stroke ends below (x, y), and how far to the right it goes in its last pixels."""
    low = int(pixels[:, 0].max())
    last = pixels[pixels[:, 0] >= low - 2, 1].mean()
    before = pixels[(pixels[:, 0] <= low - ARM + 2) & (pixels[:, 0] >= low - ARM - 2), 1]
    return round(float(last)), low, float(last - before.mean()) if len(before) else 0.0
