"""Strokes as lines, and which of them are parts of one that a printed line or a dry pen has broken."""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]  # mm from the corner of its picture, x to the right and y downward

GAP, GAP_TURNED = 3.0, 1.6  # mm a stroke is broken by a printed line or a dry pen, straight or bent there
COVERED, GAP_COVERED = 1.3, 2.0  # mm: a printed line hides so much of the tip of a √
STUB = 1.4  # mm a stub is long at most
LEADING = 2.0  # times longer is the stroke that leads to it at least
ENDING = 10  # points of a stroke that say where its end goes
STRAIGHT, TURN = math.radians(25), math.radians(50)


@dataclass(slots=True)
class Line:
    """A stroke from node to node; a negative node is a free end. `path` has at least two points."""

    start: int
    end: int
    path: list[Point]

    @property
    def length(self) -> float:
        """Along the stroke, in mm."""
        return sum(map(math.dist, self.path, self.path[1:]))

    @property
    def chord(self) -> float:
        """From end to end, in mm."""
        return math.dist(self.path[0], self.path[-1])


def hanging(lines: list[Line]) -> list[int]:
    """For each line a number that is the same for all that hang together."""
    number = list(range(len(lines)))
    at: dict[int, int] = {}
    for k, line in enumerate(lines):
        for node in (line.start, line.end):
            other = number[at.setdefault(node, k)] if node else number[k]
            number = [other if n == number[k] else n for n in number]
    return number


def joined(lines: list[Line]) -> list[Line]:
    """Strokes that a printed line or a dry pen has broken are one again: ends that point at each other."""
    while True:
        best = None
        number = hanging(lines)
        for i, one in enumerate(lines):
            for j, two in enumerate(lines[:i]):
                if number[i] == number[j]:
                    continue
                for first in _outward(one):
                    for second in _outward(two):
                        gap = math.dist(first[-1], second[-1])
                        near = gap < GAP and (best is None or gap < best[0])
                        if near and _goes_on(first, second, gap):
                            best = gap, one, two, first, second
        if best is None:
            return _with_tip(lines)
        _, one, two, first, second = best
        start = one.start if first is one.path else one.end
        end = two.start if second is two.path else two.end
        lines = [line for line in lines if line is not one and line is not two]
        lines.append(Line(start, end, [*first, *second[::-1]]))


def _with_tip(lines: list[Line]) -> list[Line]:
    """Two strokes that run down to a printed line and would meet in it are one: the tip of a √ lies there."""
    if len(lines) != 2 or any(line.start >= 0 or line.end >= 0 for line in lines):
        return lines
    left, right = (
        line.path if line.path[-1][1] > line.path[0][1] else line.path[::-1]
        for line in sorted(lines, key=lambda line: min(line.path[0][0], line.path[-1][0]))
    )
    lowest = max(left[-1][1], right[-1][1])
    tip = _meeting(left, right)
    if tip is None and _closes(left, right):
        tip = (left[-1][0] + right[-1][0]) / 2, (left[-1][1] + right[-1][1]) / 2
    if tip is None or min(left[-1][1], right[-1][1]) < lowest - COVERED:
        return lines
    return [Line(lines[0].start, lines[1].end, [*left, tip, *right[::-1]])]


def _closes(left: list[Point], right: list[Point]) -> bool:
    """Whether two strokes that go down towards each other end so near that they are a round tip, cut at its side."""
    before, after = left[max(0, len(left) - ENDING)], right[max(0, len(right) - ENDING)]
    towards = left[-1][0] > before[0] and right[-1][0] < after[0]
    return towards and math.dist(left[-1], right[-1]) < GAP_TURNED


def _meeting(left: list[Point], right: list[Point]) -> Point | None:
    """Where two strokes would meet a little farther down if they went on as they end."""
    (ax, ay), (bx, by) = left[-1], right[-1]
    before, after = left[max(0, len(left) - ENDING)], right[max(0, len(right) - ENDING)]
    ux, uy, vx, vy = ax - before[0], ay - before[1], bx - after[0], by - after[1]
    cross = ux * vy - uy * vx
    if not ax < bx or ux <= 0 or cross <= 0:
        return None
    along = ((bx - ax) * vy - (by - ay) * vx) / cross
    tip = (ax + along * ux, ay + along * uy)
    return tip if max(math.dist(tip, left[-1]), math.dist(tip, right[-1])) < GAP_COVERED else None


def _outward(line: Line) -> list[list[Point]]:
    """The path towards each free end."""
    ways = [line.path] if line.end < 0 else []
    return [*ways, line.path[::-1]] if line.start < 0 else ways


def _goes_on(first: list[Point], second: list[Point], gap: float) -> bool:
    """Whether two ends are parts of one stroke; a stub has no direction of its own, so it must only lie ahead."""
    most = TURN if gap < GAP_TURNED else STRAIGHT
    if _facing(first, second, most):
        return True
    short, long = sorted((first, second), key=lambda path: math.dist(path[0], path[-1]))
    if Line(0, 0, short).length > STUB or Line(0, 0, long).length < LEADING * STUB:
        return False
    before, end = long[max(0, len(long) - ENDING)], long[-1]
    x, y = (short[0][0] + short[-1][0]) / 2, (short[0][1] + short[-1][1]) / 2
    turn = math.atan2(y - end[1], x - end[0]) - math.atan2(end[1] - before[1], end[0] - before[0])
    return abs(math.remainder(turn, math.tau)) < most


def _facing(first: list[Point], second: list[Point], turn: float) -> bool:
    """Whether two ends go on in each other's direction."""
    a, b = first[-1], second[-1]
    before, after = first[max(0, len(first) - 6)], second[max(0, len(second) - 6)]
    one = math.atan2(a[1] - before[1], a[0] - before[0])
    two = math.atan2(after[1] - b[1], after[0] - b[0])
    if abs(math.remainder(one - two, math.tau)) > turn:
        return False
    across = math.atan2(after[1] - before[1], after[0] - before[0])
    return all(abs(math.remainder(across - way, math.tau)) < turn for way in (one, two))
