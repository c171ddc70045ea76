"""Thins the ink of many boxes at once and follows its strokes: lines between crossings and free ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading.lines import Line, Point, hanging, joined
from evaluations.paper.reading.straightening import FINE
from evaluations.paper.reading.thinning import CODES, healed, thinned

Grey = NDArray[np.uint8]
Pixel = tuple[int, int]

UNIT = 2 / FINE  # mm of a pixel of the thinned picture: half of the fine one
PAD = 6  # pixels between tiles
SPUR, SPUR_SHARE = 0.6, 0.8  # mm and share of the pen: a shorter side branch comes from thinning
NEAR = 1.3  # mm: crossings nearer than this are one
COLUMNS = 8  # tiles beside each other
AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
STEPS = [  # for each neighbourhood (bits as in CODES) the ways on
    [
        step
        for k, step in enumerate(AROUND)
        if code >> k & 1 and (k % 2 == 0 or not (code >> (k - 1) | code >> ((k + 1) % 8)) & 1)
    ]
    for code in range(256)
]


@dataclass(slots=True)
class Drawing:
    """The strokes in one box. `thick` is the width of the pen in mm, `pieces` how many parts hang apart.

    `swollen` is how much wider its widest place is, at `widest`: where strokes were filled or retraced. `ink` is the
    area of the ink in mm². `spurs` are short side branches that count as no stroke.
    """

    lines: list[Line] = field(default_factory=list)
    thick: float = 0.0
    pieces: int = 0
    swollen: float = 0.0
    widest: Point = (0.0, 0.0)
    ink: float = 0.0
    spurs: list[Line] = field(default_factory=list)

    @property
    def length(self) -> float:
        """Of all its strokes, in mm."""
        return sum(line.length for line in self.lines)


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
    thin = thinned(healed((cv2.resize(fine, half, interpolation=cv2.INTER_AREA) > 100).astype(np.uint8)))
    depth = np.asarray(
        cv2.dilate(cv2.distanceTransform(fine, cv2.DIST_L2, 5), np.ones((3, 3), np.uint8)), np.float32
    )[::2, ::2]
    return [
        _drawing(thin[y : y + high, x : x + wide], depth[y : y + high, x : x + wide], cv2.countNonZero(ink))
        for ink, (y, x) in zip(inks, places, strict=True)
    ]


def _drawing(skeleton: Grey, depth: NDArray[np.float32], ink: int) -> Drawing:
    """The strokes of one box out of its thinned picture, the distance to the paper at each pixel, and its ink."""
    ys, xs = np.nonzero(skeleton)
    if not len(ys):
        return Drawing()
    halves = depth[ys, xs]
    thick = max(2 * float(np.median(halves)) - 1, 1.0) / FINE
    at = int(halves.argmax())
    swollen = (2 * float(halves[at]) - 1) / FINE - thick
    kept, spurs = _pruned(_follow(skeleton), SPUR + SPUR_SHARE * thick)
    lines = _merged(kept)
    for line in lines:
        line.path = _extended(line, _smoothed(line.path), thick / 2)
    lines = joined(lines)
    pieces = len(set(hanging(lines)))
    return Drawing(lines, thick, pieces, swollen, _place((int(ys[at]), int(xs[at]))), ink / FINE**2, spurs)


def _smoothed(path: list[Point]) -> list[Point]:
    """Without the stairs of pixels: each point is the mean of those near it along the stroke."""
    if len(path) < 4:
        return path
    padded = np.array([path[0], path[0], *path, path[-1], path[-1]])
    added = padded[:-4] + padded[1:-3] + padded[2:-2] + padded[3:-1] + padded[4:]
    return [(x, y) for x, y in (added / 5).tolist()]


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


def _neighbours(skeleton: Grey) -> dict[Pixel, list[Pixel]]:
    """Beside each pixel those it is joined to; a slanting step counts only where no straight way leads."""
    codes = cv2.filter2D(skeleton, cv2.CV_8U, CODES, borderType=cv2.BORDER_CONSTANT)
    ys, xs = np.nonzero(skeleton)
    return {
        (y, x): [(y + dy, x + dx) for dy, dx in STEPS[code]]
        for y, x, code in zip(ys.tolist(), xs.tolist(), codes[ys, xs].tolist(), strict=True)
    }


def _follow(skeleton: Grey) -> list[Line]:
    """All strokes of a thinned picture."""
    joined = _neighbours(skeleton)
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
    return lines + _loops(set(joined) - seen, joined)


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


def _line(start: int, end: int, path: list[Pixel]) -> Line:
    return Line(start, end, [_place(pixel) for pixel in path])


def _place(pixel: Pixel) -> Point:
    """Where a pixel of the thinned picture lies (mm)."""
    return (pixel[1] - PAD // 2) * UNIT, (pixel[0] - PAD // 2) * UNIT


def _pruned(lines: list[Line], spur: float) -> tuple[list[Line], list[Line]]:
    """Without the short side branches thinning leaves, the shortest first; and those."""
    spurs: list[Line] = []
    while True:
        short = [
            line
            for line in lines
            if (line.start < 0) != (line.end < 0) and line.chord < spur and len(lines) > 1
        ]
        if not short:
            return lines, spurs
        worst = min(short, key=lambda line: line.length)
        spurs.append(worst)
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
