"""Damage of the printer and of the paper before anybody ticked; all are then scanned at 200 dpi."""

from __future__ import annotations

import cv2
import numpy as np

from bench.paper.optics import DPI, PX, Grey, blurred, field, grey, jpeg, noise, scaled, shaded, toned
from bench.paper.scans import exposed, placed, scan
from bench.paper.sheets import Damaged, Leaf, inked
from bench.paper.voters import Rng

UNPRINTABLE = 4.2  # mm along the edges where a laser printer puts no toner


def _printed_at(leaf: Leaf, factor: float, rng: Rng) -> Grey:
    """The sheet as if printed at that scale round its middle; no toner lies outside the printable area."""
    high, wide = leaf.page.shape
    shift = rng.normal(0, 0.8, 2) * PX
    matrix = np.array(
        [
            [factor, 0, (1 - factor) * wide / 2 + shift[0]],
            [0, factor, (1 - factor) * high / 2 + shift[1]],
        ]
    )
    print_, ink = (
        grey(
            cv2.warpAffine(
                layer,
                matrix,
                (wide, high),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=255,
            )
        )
        for layer in (leaf.printed.blank, leaf.ink)
    )
    edge = round(UNPRINTABLE * PX)
    print_[:edge], print_[-edge:], print_[:, :edge], print_[:, -edge:] = 255, 255, 255, 255
    return inked(print_, ink)


def print95(leaf: Leaf, rng: Rng) -> Damaged:
    """Printed at 95 %."""
    return Damaged(scan(_printed_at(leaf, float(rng.uniform(0.945, 0.96)), rng), rng))


def print105(leaf: Leaf, rng: Rng) -> Damaged:
    """Printed at 105 %, cut off where the printer cannot print."""
    return Damaged(scan(_printed_at(leaf, float(rng.uniform(1.035, 1.05)), rng), rng))


def fit_page(leaf: Leaf, rng: Rng) -> Damaged:
    """Printed with "fit to page": 96–98 %, not quite in the middle."""
    return Damaged(scan(_printed_at(leaf, float(rng.uniform(0.96, 0.985)), rng), rng))


def toner(leaf: Leaf, rng: Rng) -> Damaged:
    """A cartridge near its end: pale print with bands and gaps; the ink of the voter is as dark as ever."""
    blank = leaf.printed.blank
    shape = (149, 105)
    bands = 0.5 + 0.5 * field(rng, (4, shape[1]), 1)[:1]
    strength = float(rng.uniform(0.35, 0.8)) * np.broadcast_to(bands, shape) + float(rng.uniform(0.1, 0.25))
    strength = np.clip(strength * (0.8 + 0.2 * field(rng, shape, 6)), 0.12, 1)
    paper = grey(255 - shaded(grey(255 - blank), strength))
    specks = grey(np.where(noise(rng, blank.shape) > rng.uniform(150, 185), 255, 0))
    paper = grey(cv2.max(paper, blurred(specks, 1.0)))
    return Damaged(scan(inked(paper, leaf.ink), rng))


def show_through(leaf: Leaf, rng: Rng) -> Damaged:
    """Thin paper, filled on the other side too."""
    back = blurred(scaled(grey(cv2.flip(leaf.back(), 1)), 0.5), 1.5)
    back = grey(cv2.resize(back, (leaf.page.shape[1], leaf.page.shape[0])))
    weight = float(rng.uniform(0.06, 0.22))
    through = grey(cv2.addWeighted(back, weight, back, 0, 255 * (1 - weight)))
    return Damaged(scan(inked(leaf.page, through), rng))


def photocopy(leaf: Leaf, rng: Rng) -> Damaged:
    """A form copied from a copy before it was filled: thick or thin print, specks, skewed."""
    blank = scaled(leaf.printed.blank, 0.5)
    blank = blurred(blank, float(rng.uniform(0.6, 1.1)))
    centre = float(rng.uniform(105, 200))
    table = 255 / (1 + np.exp(-(np.arange(256) - centre) / rng.uniform(8, 22)))
    blank = grey(cv2.LUT(blank, table.astype(np.uint8)))
    specks = noise(rng, blank.shape)
    limit = 128 + 32 * float(rng.uniform(3.3, 3.9))
    blank = grey(np.where(specks > limit, 40, blank))
    paper = grey(cv2.resize(blank, (leaf.page.shape[1], leaf.page.shape[0])))
    return Damaged(scan(inked(paper, leaf.ink), rng))


def grey_paper(leaf: Leaf, rng: Rng) -> Damaged:
    """Recycled paper: grey, with dark fibres."""
    page = leaf.page
    fibres = np.full((page.shape[0] // 2, page.shape[1] // 2), 255, np.uint8)
    count = int(rng.integers(150, 900))
    starts = rng.uniform((0, 0), (fibres.shape[1], fibres.shape[0]), (count, 2))
    ends = starts + rng.normal(0, 7, (count, 2))
    for start, end, value in zip(
        starts.astype(int), ends.astype(int), rng.integers(120, 230, count), strict=True
    ):
        cv2.line(fibres, tuple(start.tolist()), tuple(end.tolist()), int(value), 1, cv2.LINE_AA)
    whole = grey(cv2.resize(fibres, (page.shape[1], page.shape[0])))
    picture = placed(toned(inked(page, whole), 0, float(rng.uniform(175, 225))), rng, round(DPI / 1.5), 0.8)
    return Damaged(jpeg(exposed(picture, rng), int(rng.integers(65, 90))))
