"""Damage of office scanners and of the paper on their glass."""

from __future__ import annotations

import math

import cv2
import numpy as np

from bench.paper.optics import (
    DPI,
    Grey,
    Map,
    blurred,
    field,
    grey,
    jpeg,
    noisy,
    rotated,
    scaled,
    shaded,
    toned,
)
from bench.paper.sheets import Damaged, Leaf
from bench.paper.voters import Rng


def scan(
    page: Grey, rng: Rng, dpi: int = 200, quality: tuple[int, int] = (70, 90), skew: float = 0.8
) -> Grey:
    """What an office scanner makes of a page: resolution, a little skew, soft edges, tone, noise, JPEG."""
    picture = exposed(placed(page, rng, dpi, skew), rng)
    return jpeg(picture, int(rng.integers(quality[0], quality[1] + 1)))


def placed(page: Grey, rng: Rng, dpi: int, skew: float) -> Grey:
    """The page on the glass at that resolution, a little skewed and off its place."""
    picture = scaled(page, dpi / DPI) if dpi != DPI else page
    lid = 255 if rng.random() < 0.8 else int(rng.integers(40, 160))
    shift = rng.normal(0, 0.8, 2) * dpi / 25.4
    degrees = float(np.clip(rng.normal(0, skew / 2), -skew * 1.5, skew * 1.5))
    return rotated(picture, degrees, (float(shift[0]), float(shift[1])), lid)


def exposed(picture: Grey, rng: Rng, noise: tuple[float, float] = (1.0, 4.0)) -> Grey:
    """Soft edges, tone and noise of a scanner."""
    if rng.random() < 0.7:
        picture = blurred(picture, float(rng.uniform(0.4, 0.8)))
    black, white = float(rng.uniform(0, 45)), float(rng.uniform(226, 255))
    return noisy(toned(picture, black, white, float(rng.uniform(0.85, 1.2))), rng, float(rng.uniform(*noise)))


def scan300(leaf: Leaf, rng: Rng) -> Damaged:
    """300 dpi."""
    return Damaged(scan(leaf.page, rng, 300, (80, 95)))


def scan200(leaf: Leaf, rng: Rng) -> Damaged:
    """200 dpi."""
    return Damaged(scan(leaf.page, rng, 200, (70, 88)))


def scan150(leaf: Leaf, rng: Rng) -> Damaged:
    """150 dpi."""
    return Damaged(scan(leaf.page, rng, 150, (58, 80)))


def scan100(leaf: Leaf, rng: Rng) -> Damaged:
    """100 dpi, as a scanner set to save room."""
    return Damaged(scan(leaf.page, rng, 100, (60, 85)))


def jpeg40(leaf: Leaf, rng: Rng) -> Damaged:
    """200 dpi, heavily compressed."""
    return Damaged(scan(leaf.page, rng, 200, (36, 44)))


def turned(leaf: Leaf, rng: Rng) -> Damaged:
    """3–10° askew on a large glass."""
    degrees = float(rng.uniform(3, 10)) * (1 if rng.random() < 0.5 else -1)
    picture = scaled(leaf.page, 200 / DPI)
    high, wide = picture.shape
    angle = math.radians(abs(degrees))
    size = (
        int(wide * math.cos(angle) + high * math.sin(angle)),
        int(high * math.cos(angle) + wide * math.sin(angle)),
    )
    lid = 255 if rng.random() < 0.7 else int(rng.integers(40, 200))
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    matrix[:, 2] += [(size[0] - wide) / 2, (size[1] - high) / 2]
    glass = grey(
        cv2.warpAffine(
            picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=lid
        )
    )
    return Damaged(jpeg(exposed(glass, rng), int(rng.integers(65, 90))))


def upside_down(leaf: Leaf, rng: Rng) -> Damaged:
    """Fed the wrong way round, up to 3° askew; corners may be cut."""
    page = grey(cv2.rotate(leaf.page, cv2.ROTATE_180))
    picture = rotated(scaled(page, 200 / DPI), float(rng.uniform(-3, 3)), (0, 0), 255)
    return Damaged(jpeg(exposed(picture, rng), int(rng.integers(65, 90))))


def blur(leaf: Leaf, rng: Rng) -> Damaged:
    """Out of focus: sigma 1.3–2.6 pixels at 200 dpi."""
    picture = blurred(placed(leaf.page, rng, 200, 0.8), float(rng.uniform(1.3, 2.6)))
    return Damaged(jpeg(exposed(picture, rng), int(rng.integers(65, 90))))


def motion(leaf: Leaf, rng: Rng) -> Damaged:
    """Moved by 4–9 pixels at 200 dpi."""
    length, angle = float(rng.uniform(4, 9)), float(rng.uniform(0, math.pi))
    kernel = np.zeros((11, 11), np.float32)
    half = length / 2
    ends = [(5 + sign * half * math.cos(angle), 5 + sign * half * math.sin(angle)) for sign in (-1, 1)]
    first, last = ((round(x * 16), round(y * 16)) for x, y in ends)
    cv2.line(kernel, first, last, 1.0, 1, cv2.LINE_8, 4)
    picture = grey(cv2.filter2D(placed(leaf.page, rng, 200, 0.8), -1, kernel / kernel.sum()))
    return Damaged(jpeg(exposed(picture, rng), int(rng.integers(65, 90))))


def bilevel(leaf: Leaf, rng: Rng, threshold: tuple[float, float] = (118, 190)) -> Damaged:
    """Black and white, 200 dpi."""
    picture = exposed(placed(leaf.page, rng, 200, 0.8), rng)
    return Damaged(grey(np.where(picture > rng.uniform(*threshold), 255, 0)))


def bilevel_light(leaf: Leaf, rng: Rng) -> Damaged:
    """Black and white, 200 dpi, set so light that ball-points and most pencils are kept."""
    return bilevel(leaf, rng, (190, 215))


def bilevel_auto(leaf: Leaf, rng: Rng) -> Damaged:
    """Black and white, 200 dpi, by a scanner that sets its threshold by the paper round each place ("text")."""
    picture = exposed(placed(leaf.page, rng, 200, 0.8), rng)
    paper = cv2.blur(picture, (79, 79)).astype(np.float32)  # 10 mm
    return Damaged(grey(np.where(picture > paper * (1 - rng.uniform(0.10, 0.22)), 255, 0)))


def fax(leaf: Leaf, rng: Rng) -> Damaged:
    """Fax of standard quality, 204 × 98 dots an inch, each line doubled as viewers show it."""
    page = leaf.page
    picture = exposed(rotated(scaled(page, 204 / DPI), float(rng.normal(0, 0.4))), rng)
    wide = picture.shape[1]
    low = grey(cv2.resize(picture, (wide, round(297 / 25.4 * 98)), interpolation=cv2.INTER_AREA))
    low = grey(np.where(low > rng.uniform(125, 190), 255, 0))
    return Damaged(grey(np.repeat(low, 2, axis=0)))


def coffee(leaf: Leaf, rng: Rng) -> Damaged:
    """Rings and spots of a cup."""
    shape = (446, 316)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float64)
    light = np.ones(shape)
    for _ in range(int(rng.integers(1, 4))):
        middle, radius = rng.uniform((20, 20), (shape[1] - 20, shape[0] - 20)), float(rng.uniform(38, 62))
        wobble = 1 + 0.04 * np.sin(
            np.arctan2(y - middle[1], x - middle[0]) * rng.integers(2, 6) + rng.uniform(0, 6)
        )
        away = np.hypot(x - middle[0], y - middle[1]) / wobble
        edge = np.exp(-(((away - radius) / rng.uniform(1.2, 3.5)) ** 2)) * rng.uniform(0.12, 0.42)
        edge *= 0.4 + 0.6 * field(rng, shape, 4)
        inner = (away < radius) * rng.uniform(0, 0.14)
        light *= 1 - np.clip(edge + inner, 0, 0.7)
    for _ in range(int(rng.integers(0, 6))):
        middle = rng.uniform((10, 10), (shape[1] - 10, shape[0] - 10))
        away = np.hypot(x - middle[0], y - middle[1])
        light *= 1 - (away < rng.uniform(1.0, 5.0)) * rng.uniform(0.1, 0.45)
    return Damaged(scan(shaded(leaf.page, light), rng))


def fold(leaf: Leaf, rng: Rng) -> Damaged:
    """Folded once, twice or crosswise: soft shade on one side, a dark or worn line at the crease."""
    page = leaf.page.copy()
    shape = (446, 316)
    light = np.ones(shape)
    ways = [(0, 0.5)] if rng.random() < 0.5 else [(0, 1 / 3), (0, 2 / 3)]
    if rng.random() < 0.4:
        ways.append((1, 0.5))
    for axis, place in ways:
        at = place + float(rng.normal(0, 0.02))
        light *= _crease(shape, axis, at, rng)
        _worn(page, axis, at, rng)
    return Damaged(scan(shaded(page, light), rng))


def _crease(shape: tuple[int, int], axis: int, at: float, rng: Rng) -> Map:
    """Light near a crease: darker on one side, fading away from it."""
    t = np.linspace(0, 1, shape[axis]) - at
    side = float(np.sign(rng.normal()))
    depth, reach = float(rng.uniform(0.04, 0.24)), float(rng.uniform(0.004, 0.03))
    line = 1 - depth * np.exp(-np.abs(t) / reach) * (t * side > 0)
    result: Map = np.broadcast_to(line[:, None] if axis == 0 else line[None, :], shape)
    return result


def _worn(page: Grey, axis: int, at: float, rng: Rng) -> None:
    """The crease itself: a thin grey line, or print and ink rubbed off along it."""
    high, wide = page.shape
    length, across = (wide, high) if axis == 0 else (high, wide)
    slope = float(rng.normal(0, 0.004))
    first, last = int(across * (at - slope)), int(across * (at + slope))
    ends = ((0, first), (length, last)) if axis == 0 else ((first, 0), (last, length))
    value = int(rng.integers(110, 225)) if rng.random() < 0.6 else 255
    cv2.line(page, ends[0], ends[1], value, int(rng.integers(1, 5)), cv2.LINE_AA)


def streak(leaf: Leaf, rng: Rng) -> Damaged:
    """Dirt on the glass of a feeder: lines down the whole page."""
    picture = placed(leaf.page, rng, 200, 0.8)
    for _ in range(int(rng.integers(1, 5))):
        x, wide = int(rng.integers(20, picture.shape[1] - 20)), int(rng.integers(1, 4))
        dark = float(rng.uniform(0.15, 0.9))
        part = picture[:, x : x + wide]
        fading = 1 - dark * (0.6 + 0.4 * np.cos(np.linspace(0, rng.uniform(0, 5), len(part))))[:, None]
        part[:] = grey(part * np.clip(fading, 0, 1))
    return Damaged(jpeg(exposed(picture, rng), int(rng.integers(65, 90))))


def low_contrast(leaf: Leaf, rng: Rng) -> Damaged:
    """A scanner set far too light, or a grey paper."""
    picture = blurred(placed(leaf.page, rng, 200, 0.8), 0.6)
    black = float(rng.uniform(90, 160))
    picture = toned(picture, black, black + float(rng.uniform(55, 95)), float(rng.uniform(0.8, 1.2)))
    return Damaged(jpeg(noisy(picture, rng, float(rng.uniform(1.5, 3.5))), int(rng.integers(65, 90))))


def feed_stretch(leaf: Leaf, rng: Rng) -> Damaged:
    """A feeder that pulls unevenly: parts of the page longer or shorter by up to 1.5 %."""
    picture = placed(leaf.page, rng, 200, 0.8)
    high, wide = picture.shape
    pace = 1 + 0.015 * (2 * field(rng, (64, 4), 2)[:, 0] - 1)
    rows = np.interp(np.linspace(0, 63, high), np.arange(64), np.concatenate([[0], np.cumsum(pace)[:-1]]))
    y = (rows / rows[-1] * (high - 1)).astype(np.float32)
    maps = np.repeat(y[:, None], wide, axis=1)
    across = np.repeat(np.arange(wide, dtype=np.float32)[None, :], high, axis=0)
    picture = grey(cv2.remap(picture, across, maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    return Damaged(jpeg(exposed(picture, rng), int(rng.integers(65, 90))))
