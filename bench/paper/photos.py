"""Damage of phones: the angle, the light, the paper in the hand, and what sending the picture does to it."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from bench.paper.optics import (
    PX,
    Grey,
    Map,
    blurred,
    camera,
    field,
    grey,
    jpeg,
    noisy,
    photographed,
    shaded,
    toned,
)
from bench.paper.sheets import Damaged, Leaf
from bench.paper.voters import Rng
from evaluations.paper.layout import Rect

TWELVE = (3024, 4032)
EIGHT = (2448, 3264)
WECHAT = (1080, 1440)
Bend = Callable[[Map, Map], tuple[Map, Map]]


def desk(rng: Rng, size: tuple[int, int]) -> Grey:
    """What the sheet lies on: wood, cloth or a dark table."""
    base, spread = float(rng.uniform(35, 175 if rng.random() < 0.8 else 235)), float(rng.uniform(5, 40))
    waves = field(rng, (size[1] // 16, size[0] // 16), float(rng.uniform(2, 12)))
    surface = np.clip(base + spread * (waves - 0.5), 0, 255).astype(np.uint8)
    return grey(cv2.resize(surface, size, interpolation=cv2.INTER_LINEAR))


def curl(rng: Rng, most: float) -> Bend:
    """A sheet that does not lie flat: points move by up to `most` mm, in one or two slow waves."""
    waves = [
        (
            rng.uniform(0.3, 1.1),
            rng.uniform(0, 2 * math.pi),
            rng.uniform(0, 2 * math.pi),
            rng.uniform(-1, 1, 2),
        )
        for _ in range(2)
    ]

    def bend(x: Map, y: Map) -> tuple[Map, Map]:
        dx, dy = np.zeros_like(x), np.zeros_like(y)
        for count, turn, phase, (along, across) in waves:
            place = (x * math.cos(turn) + y * math.sin(turn)) / 297 * 2 * math.pi * count + phase
            dx += most / 2 * along * np.sin(place)
            dy += most / 2 * across * np.sin(place)
        return x + dx, y + dy

    return bend


def creased(rng: Rng, inner: Bend) -> Bend:
    """The same sheet folded once before: a kink in the middle."""
    at, slope = float(rng.uniform(130, 165)), float(rng.uniform(0.002, 0.012))

    def bend(x: Map, y: Map) -> tuple[Map, Map]:
        x, y = inner(x, y)
        return x, y + slope * np.abs(y - at)

    return bend


def light(rng: Rng, low: float) -> Map:
    """Light that falls off towards one side, and a little unevenly."""
    shape = (64, 48)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] / 64.0
    turn = float(rng.uniform(0, 2 * math.pi))
    slope = x * math.cos(turn) + y * math.sin(turn)
    slope = (slope - slope.min()) / (slope.max() - slope.min())
    result: Map = 1 - (1 - low) * (0.75 * slope + 0.25 * field(rng, shape, 1.5))
    return result


def shadow(rng: Rng, size: tuple[int, int]) -> Map:
    """The shadow of an arm or a phone: a polygon with a rather sharp edge."""
    shape = (size[1] // 8, size[0] // 8)
    dark = np.zeros(shape, np.uint8)
    for _ in range(int(rng.integers(1, 3))):
        middle = rng.uniform((0, 0), (shape[1], shape[0]))
        turns = np.sort(rng.uniform(0, 2 * math.pi, int(rng.integers(3, 7))))
        reach = rng.uniform(0.25, 0.8, len(turns)) * shape[1]
        corners = middle + np.column_stack([np.cos(turns), np.sin(turns)]) * reach[:, None]
        cv2.fillPoly(dark, [corners.astype(np.int32)], 255)
    soft = np.asarray(cv2.GaussianBlur(dark, (0, 0), float(rng.uniform(0.6, 5))), dtype=np.float64) / 255
    result: Map = 1 - soft * (1 - float(rng.uniform(0.42, 0.72)))
    return result


def developed(picture: Grey, rng: Rng, noise: tuple[float, float], quality: tuple[int, int]) -> Grey:
    """What a phone makes of the light: softness, tone, noise, often sharpening, JPEG."""
    black, white = float(rng.uniform(5, 50)), float(rng.uniform(205, 252))
    picture = noisy(
        toned(picture, black, white, float(rng.uniform(0.85, 1.15))), rng, float(rng.uniform(*noise))
    )
    if rng.random() < 0.35:
        soft = cv2.GaussianBlur(picture, (5, 5), 1.1)
        amount = float(rng.uniform(0.3, 0.9))
        picture = grey(cv2.addWeighted(picture, 1 + amount, soft, -amount, 0))
    return jpeg(picture, int(rng.integers(quality[0], quality[1] + 1)))


def phone(leaf: Leaf, rng: Rng) -> Damaged:
    """An ordinary photo: 12 megapixels, mild angle, mild shade, a sheet that is nearly flat."""
    matrix = camera(rng, TWELVE, 9, 4, (0.80, 0.96))
    bend = curl(rng, float(rng.uniform(0.2, 0.8))) if rng.random() < 0.5 else None
    picture = photographed(leaf.page, desk(rng, TWELVE), matrix, bend)
    if rng.random() < 0.4:
        picture = grey(cv2.GaussianBlur(picture, (5, 5), float(rng.uniform(0.5, 1.1))))
    picture = shaded(picture, light(rng, float(rng.uniform(0.62, 0.95))))
    return Damaged(developed(picture, rng, (1.5, 5), (82, 95)))


def perspective(leaf: Leaf, rng: Rng) -> Damaged:
    """Taken at a steep angle."""
    picture = photographed(leaf.page, desk(rng, EIGHT), camera(rng, EIGHT, 24, 12, (0.72, 0.95)))
    picture = shaded(picture, light(rng, float(rng.uniform(0.6, 0.95))))
    return Damaged(developed(picture, rng, (2, 6), (75, 92)))


def hard_shadow(leaf: Leaf, rng: Rng) -> Damaged:
    """Lamp from the side: the shadow of arm and phone lies on the sheet."""
    picture = photographed(leaf.page, desk(rng, EIGHT), camera(rng, EIGHT, 10, 5, (0.78, 0.96)))
    picture = shaded(shaded(picture, shadow(rng, EIGHT)), light(rng, float(rng.uniform(0.7, 0.95))))
    return Damaged(developed(picture, rng, (2, 6), (75, 92)))


def wechat(leaf: Leaf, rng: Rng) -> Damaged:
    """Sent through a messenger: 1080 × 1440 pixels, hard JPEG; the sheet curls."""
    matrix = camera(rng, WECHAT, 12, 5, (0.82, 0.97))
    picture = photographed(leaf.page, desk(rng, WECHAT), matrix, curl(rng, float(rng.uniform(0.8, 2.2))))
    picture = shaded(picture, light(rng, float(rng.uniform(0.6, 0.95))))
    return Damaged(developed(picture, rng, (1.5, 4), (50, 60)))


def phone_combo(leaf: Leaf, rng: Rng) -> Damaged:
    """Everything at once: curl, fold, shadow, blur, noise, compression."""
    matrix = camera(rng, EIGHT, 15, 6, (0.78, 0.96))
    bend = curl(rng, float(rng.uniform(0.8, 2.4)))
    if rng.random() < 0.4:
        bend = creased(rng, bend)
    picture = photographed(leaf.page, desk(rng, EIGHT), matrix, bend)
    picture = blurred(picture, float(rng.uniform(0.7, 2.0)))
    picture = shaded(shaded(picture, shadow(rng, EIGHT)), light(rng, float(rng.uniform(0.6, 0.9))))
    return Damaged(developed(picture, rng, (3, 8), (55, 80)))


def dim(leaf: Leaf, rng: Rng) -> Damaged:
    """In the evening under a weak lamp: dark, noisy, a little shaken."""
    picture = photographed(leaf.page, desk(rng, EIGHT), camera(rng, EIGHT, 10, 5, (0.78, 0.96)))
    picture = blurred(picture, float(rng.uniform(0.6, 1.4)))
    picture = shaded(picture, light(rng, float(rng.uniform(0.45, 0.8))))
    picture = toned(picture, float(rng.uniform(5, 25)), float(rng.uniform(95, 165)))
    return Damaged(jpeg(noisy(picture, rng, float(rng.uniform(5, 11))), int(rng.integers(70, 88))))


def finger(leaf: Leaf, rng: Rng) -> Damaged:
    """A hand holds the sheet: one or two fingers reach over its edge."""
    page, hidden = leaf.page.copy(), []
    for _ in range(int(rng.integers(1, 3))):
        reach, wide = float(rng.uniform(5, 17)), float(rng.uniform(14, 20))
        tone = int(rng.integers(95, 190))
        side = rng.choice(["left", "right", "bottom"])
        if side == "bottom":
            at = float(rng.uniform(25, 185))
            tip, base = (at, 297 - reach + wide / 2), (at, 310.0)
            hidden.append(Rect(at - wide / 2, 297 - reach, wide, reach))
        else:
            at = float(rng.uniform(40, 270))
            x, outside = (reach - wide / 2, -12.0) if side == "left" else (210 - reach + wide / 2, 222.0)
            tip, base = (x, at), (outside, at + float(rng.normal(0, 3)))
            left = 0.0 if side == "left" else 210 - reach
            hidden.append(Rect(left, at - wide / 2, reach, wide))
        ends = [(round(x * PX), round(y * PX)) for x, y in (tip, base)]
        cv2.line(page, ends[0], ends[1], tone, round(wide * PX), cv2.LINE_AA)
    picture = photographed(page, desk(rng, EIGHT), camera(rng, EIGHT, 9, 4, (0.82, 0.96)))
    picture = shaded(picture, light(rng, float(rng.uniform(0.65, 0.95))))
    return Damaged(developed(picture, rng, (2, 5), (78, 93)), tuple(hidden))
