"""Strokes of a hand: √, ring, cross, slash, hatching, scribbles and a few written characters.

A stroke is an array of points with the columns x, y (mm, y downward) and pressure (1 = usual width).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bench.paper.voters import Rng, Voter

Stroke = npt.NDArray[np.float64]

# Characters somebody may write into a box instead of a √, as strokes in a square of 10 × 10.
CHARACTERS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "不": (((0, 1), (10, 1)), ((5, 1), (3, 5), (0, 8)), ((5, 3), (5, 10)), ((6, 4), (9, 7))),
    "可": (
        ((0, 1), (10, 1)),
        ((2, 4), (2, 8)),
        ((2, 4), (6, 4), (6, 7.5), (2, 7.5)),
        ((8, 1), (8, 9), (6, 8)),
    ),
    "好": (
        ((3, 0), (1, 6), (4, 9)),
        ((4, 3), (3, 7), (0, 10)),
        ((0, 4), (5, 3.5)),
        ((5.5, 1), (9, 1), (7, 3.5)),
        ((7, 3.5), (7.6, 7), (7, 10), (6, 9)),
        ((5, 5.5), (10, 5)),
    ),
    "无": (
        ((1, 1), (9, 1)),
        ((0, 4), (10, 4)),
        ((4.5, 1), (4, 5), (0, 10)),
        ((5.5, 4), (5.5, 9), (9.5, 9), (9.5, 7)),
    ),
    "同": (
        ((1, 0), (1, 10)),
        ((1, 0), (9, 0), (9, 9.5), (7.5, 9)),
        ((3, 3), (7, 3)),
        ((3, 5), (3, 8)),
        ((3, 5), (7, 5), (7, 8), (3, 8)),
    ),
    "对": (
        ((0, 1), (4, 1), (0, 9)),
        ((1, 3), (4.5, 8)),
        ((5, 3), (10, 3)),
        ((8.5, 0), (8.5, 9.5), (7, 8.5)),
        ((6, 5), (7, 7)),
    ),
    "优": (
        ((2.5, 0), (0, 5)),
        ((1.5, 3), (1.5, 10)),
        ((4, 3.5), (10, 3.5)),
        ((6.5, 0.5), (6, 5), (3.5, 10)),
        ((7, 4), (7, 9), (10, 9), (10, 7.5)),
        ((8, 1), (9, 2)),
    ),
    "中": (((1, 3), (1, 7)), ((1, 3), (9, 3), (9, 7), (1, 7)), ((5, 0), (5, 10))),
    "A": (((5, 0), (1, 10)), ((5, 0), (9, 10)), ((2.5, 6.5), (7.5, 6.5))),
    "B": (((1, 0), (1, 10)), ((1, 0), (7, 1), (7, 4), (1, 5)), ((1, 5), (8, 6), (8, 9), (1, 10))),
    "?": (((1, 2), (4, 0), (8, 1), (8, 4), (5, 6), (5, 8)), ((5, 9.6), (5, 10))),
}


def curve(points: list[tuple[float, float]], count: int) -> npt.NDArray[np.float64]:
    """`count` points of a Bézier curve with three control points, or of a straight line with two."""
    t = np.linspace(0, 1, count)[:, None]
    ends = np.array(points, dtype=np.float64)
    if len(ends) == 2:
        ends = np.array([ends[0], ends.mean(axis=0), ends[1]])
    result: npt.NDArray[np.float64] = ends[0] * (1 - t) ** 2 + ends[1] * 2 * t * (1 - t) + ends[2] * t**2
    return result


def _shaken(points: npt.NDArray[np.float64], tremor: float, rng: Rng) -> npt.NDArray[np.float64]:
    """The points moved by a hand that is never quite still: a slow sway, more on longer strokes."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    length = max(float(along[-1]), 1e-6)
    knots = max(4, int(length / (1.3 if tremor > 0.1 else 2.2)) + 2)
    sway = rng.normal(0, min(tremor * 1.5 + 0.02, length * 0.025), (knots, 2))
    at = along / length * (knots - 1)
    low = np.minimum(at.astype(int), knots - 2)
    part = (at - low)[:, None]
    part = part * part * (3 - 2 * part)
    result: npt.NDArray[np.float64] = points + sway[low] * (1 - part) + sway[low + 1] * part
    return result


def _stroke(
    points: npt.NDArray[np.float64], pressure: npt.NDArray[np.float64], voter: Voter, rng: Rng
) -> Stroke:
    """Points and pressure together, with the tremor of the voter."""
    return np.column_stack([_shaken(points, voter.tremor, rng), pressure * rng.normal(1, 0.03, len(points))])


def _fade(count: int, taper: float) -> npt.NDArray[np.float64]:
    """Pressure of a quick stroke: firm, thin at the end."""
    t = np.linspace(0, 1, count)
    pressure: npt.NDArray[np.float64] = 1 - taper * np.clip((t - 0.6) / 0.4, 0, 1) ** 1.5
    return pressure


def tick(voter: Voter, size: float, rng: Rng) -> list[Stroke]:
    """A √: hook down, turn, long stroke up to the right."""
    slant = voter.slant + rng.normal(0, 0.07)
    fall = voter.fall + rng.normal(0, 0.10)
    hook = voter.hook * math.exp(rng.normal(0, 0.18))
    end = (math.cos(slant), -math.sin(slant))
    start = (-hook * math.cos(fall), -hook * math.sin(fall))
    bend = voter.bend + rng.normal(0, 0.03)
    middle = (end[0] / 2 + bend * math.sin(slant), end[1] / 2 + bend * math.cos(slant))
    first = curve([start, (start[0] * 0.45, start[1] * (0.5 + 0.3 * bend)), (0.0, 0.0)], 12)
    second = curve([(0.0, 0.0), middle, end], 22)
    points = np.vstack([first, second[1:]])
    for _ in range(voter.round):
        points[6:18] = (points[5:17] + 2 * points[6:18] + points[7:19]) / 4
    extent = max(float(np.ptp(points[:, 0])), float(np.ptp(points[:, 1])))
    t = np.arange(len(points))
    pressure = 0.85 + 0.28 * np.exp(-(((t - 12) / 4.0) ** 2))
    pressure[12:] *= _fade(len(points) - 12, voter.taper)
    return [_stroke(points * size / extent, pressure, voter, rng)]


def slash(voter: Voter, size: float, rng: Rng) -> list[Stroke]:
    """One stroke up to the right, or down to the left, slightly bent."""
    angle = voter.slant + rng.normal(0, 0.08)
    end = (size * math.cos(angle), -size * math.sin(angle))
    bend = size * (voter.bend + rng.normal(0, 0.03))
    points = curve([(0, 0), (end[0] / 2 + bend, end[1] / 2 + bend), end], 14)
    return [_stroke(points, _fade(14, voter.taper), voter, rng)]


def ring(voter: Voter, size: float, rng: Rng) -> list[Stroke]:
    """A ring that does not quite close, or closes too far."""
    count = 30
    begin, turn = rng.uniform(-2.2, -0.9), -2 * math.pi * rng.uniform(0.93, 1.14)
    angles = begin + np.linspace(0, turn, count)
    radius = size / 2 * (1 + np.linspace(0, rng.normal(0, 0.10), count))
    high = rng.uniform(0.72, 1.0)
    points = np.column_stack([radius * np.cos(angles), high * radius * np.sin(angles)])
    return [_stroke(points, _fade(count, voter.taper * 0.5), voter, rng)]


def cross(voter: Voter, size: float, rng: Rng) -> list[Stroke]:
    """Two strokes across each other."""
    strokes = []
    for sign in (1, -1):
        angle = math.radians(rng.normal(45, 7))
        half = size / 2 * math.exp(rng.normal(0, 0.08)) * 1.15
        x, y = half * math.cos(angle), sign * half * math.sin(angle)
        shift = rng.normal(0, 0.25, 2)
        points = curve(
            [(-x * sign, -abs(y)), (rng.normal(0, 0.2), rng.normal(0, 0.2)), (x * sign, abs(y))], 12
        )
        strokes.append(_stroke(points + shift, _fade(12, voter.taper * 0.6), voter, rng))
    return strokes


def hatch(voter: Voter, width: float, height: float, rng: Rng, swings: int) -> list[Stroke]:
    """A zigzag over an area, as one fills a box or scribbles something out."""
    xs = np.linspace(-width / 2, width / 2, 2 * swings) + rng.normal(0, width * 0.03, 2 * swings)
    ys = np.where(np.arange(2 * swings) % 2, 0.5, -0.5) * height * rng.uniform(0.75, 1.05, 2 * swings)
    points = np.column_stack([xs, ys])
    return [_stroke(_dense(points), np.ones(len(_dense(points))), voter, rng)]


def _dense(points: npt.NDArray[np.float64], step: float = 0.5) -> npt.NDArray[np.float64]:
    """The polyline with a point every `step` mm."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0, length[-1], max(4, int(length[-1] / step)))
    return np.column_stack([np.interp(at, length, points[:, i]) for i in range(2)])


def line(voter: Voter, start: tuple[float, float], end: tuple[float, float], rng: Rng) -> Stroke:
    """A longer line of the hand: straight but for a slow sway."""
    points = _dense(np.array([start, end], dtype=np.float64), 1.5)
    sway = np.sin(np.linspace(0, rng.uniform(2, 9), len(points)) + rng.uniform(0, 6)) * rng.uniform(0.05, 0.7)
    sway *= min(1.0, float(np.hypot(end[0] - start[0], end[1] - start[1])) / 15)
    across = np.array([start[1] - end[1], end[0] - start[0]])
    across = across / max(1e-6, float(np.hypot(*across)))
    points = points + sway[:, None] * across
    return _stroke(points, _fade(len(points), voter.taper * 0.5), voter, rng)


def word(voter: Voter, size: float, rng: Rng) -> list[Stroke]:
    """A character, or two smaller ones, in the middle."""
    names = list(CHARACTERS)
    count = 2 if rng.random() < 0.25 else 1
    strokes = []
    for index in range(count):
        wide = size / (1 if count == 1 else 1.5)
        offset = (index - (count - 1) / 2) * wide * 1.1
        lean = rng.normal(0, 0.12)
        for part in CHARACTERS[names[int(rng.integers(len(names)))]]:
            points = _dense(np.array(part, dtype=np.float64) * wide / 10 - wide / 2, 0.4)
            points = points + rng.normal(0, 0.12, 2)
            points[:, 0] += offset - lean * points[:, 1]
            strokes.append(_stroke(points, _fade(len(points), voter.taper * 0.5), voter, rng))
    return strokes


def dot(voter: Voter, rng: Rng) -> list[Stroke]:
    """The pen touched the paper for a moment."""
    points = curve([(0, 0), (float(rng.uniform(0.05, 0.5)), float(rng.normal(0, 0.15)))], 3)
    return [_stroke(points, np.full(3, float(rng.uniform(0.7, 1.2))), voter, rng)]


def mark(voter: Voter, size: float, rng: Rng, style: str = "") -> list[Stroke]:
    """The mark of a voter around the origin, its box centred there; `size` is its larger side in mm."""
    style = style or voter.style
    if style == "mixed":
        style = ("tick", "ring", "cross")[int(rng.integers(3))]
    if style == "fill":
        strokes = hatch(voter, size * 1.3, size * 0.8, rng, int(rng.integers(5, 10)))
    else:
        strokes = {"tick": tick, "ring": ring, "cross": cross, "slash": slash}[style](voter, size, rng)
    points = np.vstack(strokes)[:, :2]
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return moved(strokes, -float(middle[0]), -float(middle[1]))


def moved(strokes: list[Stroke], x: float, y: float) -> list[Stroke]:
    """The strokes elsewhere."""
    return [stroke + np.array([x, y, 0.0]) for stroke in strokes]
