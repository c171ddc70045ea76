"""Thins the ink of many boxes at once and follows its strokes: lines between crossings and free ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.straightening import FINE

Grey = NDArray[np.uint8]
Pixel = tuple[int, int]
Point = tuple[float, float]  # mm, x to the right and y downward

UNIT = 2 / FINE  # mm of a pixel of the thinned picture: half of the fine one
PAD = 6  # pixels between tiles
SPUR, SPUR_SHARE = 0.6, 0.8  # mm and share of the pen: a shorter side branch comes from thinning
NEAR = 1.3  # mm: crossings nearer than this are one
COLUMNS = 8  # tiles beside each other
AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
CODES = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)


@dataclass(slots=True)
class Line:
    """A stroke from node to node; a negative node is a free end, -0.5 - i. `path` has at least two points."""

    start: int
    end: int
    path: list[Point]

    @property
    def length(self) -> float:
        """Along the stroke, in mm."""
        return sum(math.dist(a, b) for a, b in zip(self.path, self.path[1:], strict=False))

    @property
    def chord(self) -> float:
        """From end to end, in mm."""
        return math.dist(self.path[0], self.path[-1])


@dataclass(slots=True)
class Drawing:
    """The strokes in one box. `thick` is the width of the pen in mm, `pieces` how many parts hang apart.

    `swollen` is how much wider its widest place is: where strokes were filled or retraced.
    """

    lines: list[Line] = field(default_factory=list)
    thick: float = 0.0
    pieces: int = 0
    swollen: float = 0.0


def drawings(inks: list[Grey]) -> list[Drawing]:
    """The strokes of every box; `inks` are pictures (0 and 255) at `FINE` pixels a mm."""
    if not inks:
        return []
    high = (max(ink.shape[0] for ink in inks) + 1) // 2 + PAD
    wide = (max(ink.shape[1] for ink in inks) + 1) // 2 + PAD
    places = [(k // COLUMNS * high, k % COLUMNS * wide) for k in range(len(inks))]
    fine = np.zeros((2 * high * -(-len(inks) // COLUMNS), 2 * wide * COLUMNS), np.uint8)
    for ink, (y, x) in zip(inks, places, strict=True):
        fine[2 * y + PAD : 2 * y + PAD + ink.shape[0], 2 * x + PAD : 2 * x + PAD + ink.shape[1]] = ink
    half = (fine.shape[1] // 2, fine.shape[0] // 2)
    thin = thinned(_healed((cv2.resize(fine, half, interpolation=cv2.INTER_AREA) > 100).astype(np.uint8)))
    depth = np.asarray(
        cv2.dilate(cv2.distanceTransform(fine, cv2.DIST_L2, 5), np.ones((3, 3), np.uint8)), np.float32
    )[::2, ::2]
    return [_drawing(thin[y : y + high, x : x + wide], depth[y : y + high, x : x + wide]) for y, x in places]


def _healed(mosaic: Grey) -> Grey:
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


def _drawing(skeleton: Grey, depth: NDArray[np.float32]) -> Drawing:
    """The strokes of one box out of its thinned picture, and the distance to the paper at each pixel."""
    ys, xs = np.nonzero(skeleton)
    if not len(ys):
        return Drawing()
    halves = depth[ys, xs]
    thick = max(2 * float(np.median(halves)) - 1, 1.0) / FINE
    swollen = (2 * float(halves.max()) - 1) / FINE - thick
    lines, pieces = _follow(set(zip(ys.tolist(), xs.tolist(), strict=True)))
    lines = _merged(_pruned(lines, SPUR + SPUR_SHARE * thick))
    for line in lines:
        line.path = _extended(line, _smoothed(line.path), thick / 2)
    return Drawing(lines, thick, pieces, swollen)


def _smoothed(path: list[Point]) -> list[Point]:
    """Without the stairs of pixels: each point is the mean of those near it along the stroke."""
    if len(path) < 4:
        return path
    points = np.array(path)
    padded = np.vstack([points[:1].repeat(2, 0), points, points[-1:].repeat(2, 0)])
    mean = np.mean([padded[k : k + len(points)] for k in range(5)], axis=0)
    return [(float(x), float(y)) for x, y in mean]


def _extended(line: Line, path: list[Point], more: float) -> list[Point]:
    """Thinning eats half the width of the pen from a free end: give it back in the direction it had."""
    for free in (line.start < 0, line.end < 0):
        if free:
            end, inner = path[0], path[min(4, len(path) - 1)]
            far = math.dist(end, inner) or 1.0
            path = [
                (end[0] + (end[0] - inner[0]) / far * more, end[1] + (end[1] - inner[1]) / far * more),
                *path,
            ]
        path = path[::-1]
    return path


def _neighbours(pixels: set[Pixel]) -> dict[Pixel, list[Pixel]]:
    """Beside each pixel those it is joined to; a slanting step counts only where no straight way leads."""
    joined = {}
    for y, x in pixels:
        near = [(y + dy, x + dx) in pixels for dy, dx in AROUND]
        joined[y, x] = [
            (y + dy, x + dx)
            for k, (dy, dx) in enumerate(AROUND)
            if near[k] and (k % 2 == 0 or not (near[k - 1] or near[(k + 1) % 8]))
        ]
    return joined


def _follow(pixels: set[Pixel]) -> tuple[list[Line], int]:
    """All strokes of a thinned picture, and in how many pieces it falls."""
    joined = _neighbours(pixels)
    node: dict[Pixel, int] = {}
    clusters = 0
    for pixel, near in joined.items():
        if len(near) >= 3 and pixel not in node:
            clusters += 1
            waiting = [pixel]
            while waiting:
                one = waiting.pop()
                if one not in node:
                    node[one] = clusters
                    waiting += [other for other in joined[one] if len(joined[other]) >= 3]
    free = [pixel for pixel, near in joined.items() if len(near) <= 1]
    for k, pixel in enumerate(free):
        node[pixel] = -1 - k
    lines: list[Line] = []
    seen: set[Pixel] = set(node)
    for start in list(node):
        for step in joined[start]:
            if step in node:
                if node[step] != node[start] and (node[step] < 0 or node[start] < 0) and start < step:
                    lines.append(_line(node[start], node[step], [start, step]))
                continue
            if step in seen:
                continue
            path, before = [start], start
            while step not in node:
                seen.add(step)
                path.append(step)
                ahead = [other for other in joined[step] if other != before]
                before, step = step, ahead[0]
            lines.append(_line(node[start], node[step], [*path, step]))
    lines += _loops(pixels - seen, joined)
    return lines, _pieces(joined)


def _loops(rest: set[Pixel], joined: dict[Pixel, list[Pixel]]) -> list[Line]:
    """Closed strokes without any crossing."""
    lines = []
    while rest:
        first = before = rest.pop()
        path, step = [first], joined[first][0]
        while step != first:
            path.append(step)
            rest.discard(step)
            before, step = step, next(other for other in joined[step] if other != before)
        lines.append(_line(0, 0, [*path, first]))
    return lines


def _pieces(joined: dict[Pixel, list[Pixel]]) -> int:
    left, count = set(joined), 0
    while left:
        count += 1
        waiting = [left.pop()]
        while waiting:
            for other in joined[waiting.pop()]:
                if other in left:
                    left.discard(other)
                    waiting.append(other)
    return count


def _line(start: int, end: int, path: list[Pixel]) -> Line:
    return Line(start, end, [(x * UNIT, y * UNIT) for y, x in path])


def _pruned(lines: list[Line], spur: float) -> list[Line]:
    """Without the short side branches thinning leaves, the shortest first."""
    while True:
        short = [
            line
            for line in lines
            if (line.start < 0) != (line.end < 0) and line.chord < spur and len(lines) > 1
        ]
        if not short:
            return lines
        worst = min(short, key=lambda line: line.length)
        lines = _merged([line for line in lines if line is not worst])


def _merged(lines: list[Line]) -> list[Line]:
    """Two lines that meet where nothing else does are one."""
    lines = list(lines)
    while True:
        at: dict[int, list[Line]] = {}
        for line in lines:
            at.setdefault(line.start, []).append(line)
            at.setdefault(line.end, []).append(line)
        pair = next((two for n, two in at.items() if n > 0 and len(two) == 2 and two[0] is not two[1]), None)
        if pair is None:
            return lines
        one, two = pair
        joint = next(
            n for n in (one.start, one.end) if n > 0 and n in (two.start, two.end) and len(at[n]) == 2
        )
        first = one.path if one.end == joint else one.path[::-1]
        start = one.start if one.end == joint else one.end
        second = two.path if two.start == joint else two.path[::-1]
        end = two.end if two.start == joint else two.start
        lines = [line for line in lines if line is not one and line is not two]
        lines.append(Line(start, end, [*first, *second]))
