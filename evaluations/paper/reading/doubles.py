"""Finds the same sheet scanned or photographed twice, from its ink alone: no sheet carries a number."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.ink import Ink
from evaluations.paper.reading.marks import Groups

Grey = NDArray[np.uint8]
Picture = NDArray[np.float32]

SAME = 0.9  # likeness from which two pages are shown side by side
SMALLER = 4  # the fine picture is kept at a quarter
SHIFT = 3  # pixels that two straightened pages may be off
ROUGH, ROUGH_SAME = 4, 0.45  # a first look at a further quarter of the size, and what it lets through


def fingerprint(page: int, inks: list[Ink], groups: list[Groups]) -> bytes:
    """The ink of a sheet's boxes, small and packed; the same for all scans of a sheet but for little."""
    packed = struct.pack("<BB", page, len(inks))
    body = b""
    for ink, group in zip(inks, groups, strict=True):
        block = ink.block
        place = (slice(block.ys[0][0], block.ys[-1][1]), slice(block.xs[0], block.xs[-1]))
        dark = ink.dark[place] * (group.labels[place] > 0)
        high, wide = dark.shape[0] // SMALLER, dark.shape[1] // SMALLER
        whole = dark[: high * SMALLER, : wide * SMALLER]
        # Halving twice is many times faster.
        half = cv2.resize(whole, (2 * wide, 2 * high), interpolation=cv2.INTER_AREA)
        small = cv2.resize(half, (wide, high), interpolation=cv2.INTER_AREA)
        packed += struct.pack("<HH", *small.shape)
        body += small.tobytes()
    return packed + zlib.compress(body, 1)


def _pictures(ink: bytes) -> tuple[int, list[Picture]]:
    """The side of the form and its blocks, softened; (0, []) of nothing."""
    if not ink:
        return 0, []
    page, count = struct.unpack_from("<BB", ink)
    shapes = [struct.unpack_from("<HH", ink, 2 + 4 * k) for k in range(count)]
    body = np.frombuffer(zlib.decompress(ink[2 + 4 * count :]), np.uint8)
    blocks, start = [], 0
    for high, wide in shapes:
        block = body[start : start + high * wide].reshape(high, wide).astype(np.float32)
        blocks.append(np.asarray(cv2.GaussianBlur(block, (0, 0), 0.9), np.float32))
        start += high * wide
    return page, blocks


def likeness(ink_a: bytes, ink_b: bytes) -> float:
    """How much two pages look like scans of one sheet, 0 to 1; 0 for different sides of the form."""
    return _alike(_pictures(ink_a), _pictures(ink_b))


def _alike(one: tuple[int, list[Picture]], two: tuple[int, list[Picture]]) -> float:
    if one[0] != two[0] or not one[1] or [b.shape for b in one[1]] != [b.shape for b in two[1]]:
        return 0.0
    # Blocks are moved each for itself: their straightening may differ by a fraction of a millimetre.
    weights = [float(np.sqrt((a * a).sum() * (b * b).sum())) for a, b in zip(one[1], two[1], strict=True)]
    found = [_best(a, b) for a, b in zip(one[1], two[1], strict=True)]
    return min(1.0, max(0.0, float(np.average(found, weights=weights)))) if sum(weights) else 0.0


def _best(a: Picture, b: Picture) -> float:
    """The highest normalised correlation over small shifts."""
    inner = b[SHIFT:-SHIFT, SHIFT:-SHIFT]
    if not inner.any() or not a.any():
        return 0.0
    return float(cv2.matchTemplate(a, np.ascontiguousarray(inner), cv2.TM_CCOEFF_NORMED).max())


def find_doubles(inks: Sequence[bytes]) -> list[tuple[int, int, float]]:
    """Pairs of pages (positions in `inks`) that look like one sheet, with their likeness, the likest first."""
    opened = [_pictures(ink) for ink in inks]
    groups: dict[tuple[int, ...], list[int]] = {}
    for number, (page, blocks) in enumerate(opened):
        if blocks:
            groups.setdefault((page, *(side for block in blocks for side in block.shape)), []).append(number)
    pairs = []
    for members in groups.values():
        rough = np.stack([_rough(opened[number][1]) for number in members])
        close = rough @ rough.T
        for i, j in zip(*np.nonzero(np.triu(close > ROUGH_SAME, 1)), strict=True):
            one, two = members[i], members[j]
            alike = _alike(opened[one], opened[two])
            if alike >= SAME:
                pairs.append((one, two, alike))
    return sorted(pairs, key=lambda pair: -pair[2])


def _rough(blocks: list[Picture]) -> Picture:
    """All blocks blurred and small, as one vector of length 1."""
    parts = []
    for block in blocks:
        soft = cv2.GaussianBlur(block, (0, 0), ROUGH / 1.5)
        size = (max(1, block.shape[1] // ROUGH), max(1, block.shape[0] // ROUGH))
        parts.append(cv2.resize(soft, size, interpolation=cv2.INTER_AREA).ravel())
    vector = np.concatenate(parts)
    vector = vector - vector.mean()
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6), np.float32)
