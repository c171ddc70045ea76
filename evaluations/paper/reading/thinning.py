"""Thins ink to lines one pixel wide."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

CODES = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)


def healed(mosaic: Grey) -> Grey:
    """Single missing pixels filled, and the notches scanning leaves along a stroke; holes stay."""
    around = cv2.filter2D(mosaic, cv2.CV_8U, np.ones((3, 3), np.float32), borderType=cv2.BORDER_CONSTANT)
    return mosaic | (around >= 6).astype(np.uint8)


def thinned(mask: Grey) -> Grey:
    """Lines one pixel wide through the middle of every stroke (Guo and Hall 1989); 0 and 1."""
    mask = mask.copy()
    while True:
        before = cv2.countNonZero(mask)
        for table in _TABLES:
            codes = cv2.filter2D(mask, cv2.CV_8U, CODES, borderType=cv2.BORDER_CONSTANT)
            mask &= np.asarray(cv2.LUT(codes, table), np.uint8)
        if cv2.countNonZero(mask) == before:
            return mask


def _tables() -> tuple[Grey, Grey]:
    """For each neighbourhood whether its middle stays, in the first and in the second half of a step."""
    tables = np.ones((2, 256), np.uint8)
    for code in range(256):
        p = [code >> bit & 1 for bit in range(8)]  # north, then clockwise
        turns = sum((1 - p[k]) & (p[k + 1] | p[(k + 2) % 8]) for k in (0, 2, 4, 6))
        ways = min(sum(p[k - 1] | p[k] for k in (0, 2, 4, 6)), sum(p[k] | p[k + 1] for k in (0, 2, 4, 6)))
        if turns == 1 and 2 <= ways <= 3:
            tables[0][code] = (p[0] | p[1] | (1 - p[3])) & p[2]
            tables[1][code] = (p[4] | p[5] | (1 - p[7])) & p[6]
    return tables[0], tables[1]


_TABLES = _tables()
