"""Puts the strokes of a hand on a sheet at 300 dpi: width by pressure, grain of pencil, skipping ball-point."""

from __future__ import annotations

import functools

import cv2
import numpy as np

from bench.paper.hand import Ink
from bench.paper.optics import PX, Grey, Map, grey
from bench.paper.voters import Rng, Voter

FINE = 2  # strokes are drawn that much finer, then averaged
SHIFT = 4  # fractional bits of the coordinates
MARGIN = 6


@functools.cache
def _grain() -> Map:
    """The tooth of paper under a pencil, from 0 to 1; the same in every process."""
    rough = np.random.default_rng(20_001).random((600, 600), dtype=np.float32)
    soft = np.asarray(cv2.GaussianBlur(rough, (0, 0), 1.1), dtype=np.float64)
    low, high = np.quantile(soft, [0.02, 0.98])
    result: Map = np.clip((soft - low) / (high - low), 0, 1)
    return result


def _stroke(canvas: Grey, points: Map, width: float, skips: float, rng: Rng) -> None:
    """One stroke on a canvas whose origin lies at 0, 0; points in canvas pixels with the pressure as third column."""
    at = np.round(points[:, :2] * (1 << SHIFT)).astype(np.int32)
    wide = np.maximum(1, np.round(width * (points[1:, 2] + points[:-1, 2]) / 2)).astype(int)
    force = np.clip(0.72 + 0.28 * points[1:, 2], 0, 1)
    if skips:
        force = np.where(rng.random(len(force)) < skips, force * rng.uniform(0.1, 0.7), force)
    for index in range(len(wide)):
        first, last = at[index], at[index + 1]
        cv2.line(
            canvas,
            (int(first[0]), int(first[1])),
            (int(last[0]), int(last[1])),
            int(force[index] * 255),
            int(wide[index]),
            cv2.LINE_AA,
            SHIFT,
        )


def put(layer: Grey, ink: Ink, voter: Voter, rng: Rng) -> None:
    """Darken `layer` (255 = bare paper) where the ink lies; what leaves the sheet is cut off."""
    points = np.vstack(ink.strokes)
    reach = MARGIN + voter.width * PX * 1.5
    low = np.floor(points[:, :2].min(axis=0) * PX - reach).astype(int)
    high = np.ceil(points[:, :2].max(axis=0) * PX + reach).astype(int)
    low, high = np.maximum(low, 0), np.minimum(high, [layer.shape[1], layer.shape[0]])
    wide, tall = (int(value) for value in high - low)
    if wide <= 0 or tall <= 0:
        return
    whole = np.zeros((tall * FINE, wide * FINE), np.uint8)
    for stroke in ink.strokes:
        canvas = np.zeros_like(whole)
        scaled = stroke.copy()
        scaled[:, :2] = (stroke[:, :2] * PX - low) * FINE
        _stroke(canvas, scaled, voter.width * PX * FINE, voter.skips, rng)
        np.maximum(whole, canvas, out=whole)
    cover = np.asarray(cv2.resize(whole, (wide, tall), interpolation=cv2.INTER_AREA), dtype=np.float64) / 255
    if voter.grain:
        cover *= 1 - voter.grain * _tooth(rng, (tall, wide)) * (0.35 + 0.65 * (1 - cover * 0.5))
    dark = cover * voter.dark * ink.faded
    part = layer[low[1] : high[1], low[0] : high[0]]
    part[:] = grey(np.minimum(part, 255) * (1 - dark))


def _tooth(rng: Rng, shape: tuple[int, int]) -> Map:
    """A piece of the grain; repeated when the strokes are longer than the field."""
    grain = _grain()
    y, x = (int(value) for value in rng.integers(0, 500, 2))
    rows = (np.arange(shape[0]) + y) % grain.shape[0]
    columns = (np.arange(shape[1]) + x) % grain.shape[1]
    result: Map = grain[np.ix_(rows, columns)]
    return result
