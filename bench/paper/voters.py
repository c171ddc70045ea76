"""Invented voters: the pen in the hand, the way of ticking, and how careful somebody is.

Every number is drawn from a seeded generator. Rates are those of the first study of the form (pens, shapes,
mishaps), with a few more kinds; nothing here knows how the marks are read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class PenKind:
    """A kind of pen: share among voters, stroke width in mm, darkness from 0 to 1, grain of the stroke."""

    name: str
    share: float
    width: tuple[float, float]
    dark: tuple[float, float]
    grain: float
    skips: float


PENS = (
    PenKind("gel", 46, (0.36, 0.62), (0.80, 0.95), 0.04, 0.001),
    PenKind("ball black", 22, (0.28, 0.46), (0.58, 0.82), 0.20, 0.02),
    PenKind("ball blue", 14, (0.28, 0.46), (0.48, 0.70), 0.20, 0.02),
    PenKind("red", 4, (0.32, 0.55), (0.38, 0.62), 0.12, 0.01),
    PenKind("pencil", 7, (0.35, 0.75), (0.32, 0.56), 0.55, 0.01),
    PenKind("faint pencil", 4, (0.32, 0.60), (0.13, 0.26), 0.55, 0.01),
    PenKind("marker", 3, (1.00, 2.10), (0.85, 0.97), 0.02, 0.0),
)
NORMAL_PENS = frozenset({"gel", "ball black", "ball blue"})
STYLES = {"tick": 80.0, "ring": 8.0, "cross": 5.0, "slash": 3.0, "mixed": 3.0, "fill": 1.0}
SHEETS = {"usual": 94.7, "sweep": 3.0, "giant": 0.5, "half": 1.2, "empty": 0.6}


@dataclass(frozen=True, slots=True)
class Population:
    """Who votes: ways of marking, what becomes of whole sheets, and whether people differ.

    `varied`: some write very small or very large, some are careless and others neat, and some do what the first
    study did not think of (retrace, rub out, put ditto marks or a lone dot, write notes beside the table).
    `neat`: everybody is `careful`.
    """

    styles: dict[str, float]
    sheets: dict[str, float]
    varied: bool = True
    neat: bool = False


# `first` are the voters of the first study of the form, as far as it describes them: easier than the usual ones.
# `neat` ones show what is left for people when everybody ticks as the form asks.
POPULATIONS = {
    "usual": Population(STYLES, SHEETS),
    "first": Population(
        {"tick": 84.0, "ring": 8.0, "cross": 5.0, "mixed": 3.0}, {"usual": 97.0, "sweep": 3.0}, varied=False
    ),
    "neat": Population({"tick": 1.0}, {"usual": 1.0}, varied=False, neat=True),
}


@dataclass(frozen=True, slots=True)
class Voter:
    """One person with one pen. Lengths in mm, angles in radians.

    `size` is the larger side of a usual mark, `hook` the short stroke of a √ as a part of the long one,
    `slant` the rise of the long stroke, `fall` that of the hook, `bend` the curve of the long stroke,
    `round` how soft the turn is, `tremor` the shaking of the hand, `taper` how thin a stroke ends;
    `right` and `down` are the habit of not meeting the middle of the box, `scatter` the spread about it.
    `messy` multiplies the rates of mishaps; `varied` ones err in more ways (see `Population`).
    """

    pen: str
    width: float
    dark: float
    grain: float
    skips: float
    style: str
    size: float
    hook: float
    slant: float
    fall: float
    bend: float
    round: int
    tremor: float
    taper: float
    right: float
    down: float
    scatter: float
    messy: float
    sheet: str
    favour: tuple[float, ...]
    varied: bool = True

    @property
    def size_class(self) -> str:
        """`small`, `usual` or `big` marks."""
        return "small" if self.size < 4.2 else "big" if self.size > 7.2 else "usual"


def choose(rng: Rng, weights: dict[str, float]) -> str:
    """One key, with a chance in proportion to its weight."""
    names = list(weights)
    chances = np.array([weights[name] for name in names])
    return names[int(rng.choice(len(names), p=chances / chances.sum()))]


def _size(rng: Rng) -> float:
    """Most people tick 4.2–7.2 mm large, one in twenty smaller, one in sixteen larger."""
    kind = rng.random()
    if kind < 0.05:
        return float(rng.uniform(3.0, 4.2))
    if kind < 0.94:
        return float(rng.uniform(4.2, 7.2))
    return float(rng.uniform(7.2, 9.5))


def _hook(rng: Rng) -> float:
    """A short hook, a middle one, or nearly two equal arms."""
    kind = rng.random()
    if kind < 0.35:
        return float(rng.uniform(0.14, 0.28))
    return float(rng.uniform(0.28, 0.50) if kind < 0.88 else rng.uniform(0.50, 0.80))


def invent(rng: Rng, options: int, voters: str = "usual") -> Voter:
    """A voter of a population, for a form with that many grades."""
    population = POPULATIONS[voters]
    pen = PENS[int(rng.choice(len(PENS), p=np.array([kind.share for kind in PENS]) / 100))]
    kindness = float(rng.uniform(0.4, 3.0))
    favour = np.exp(-kindness * np.arange(options)) + rng.uniform(0, 0.12, options)
    voter = Voter(
        pen=pen.name,
        width=float(rng.uniform(*pen.width)),
        dark=float(rng.uniform(*pen.dark)),
        grain=pen.grain * float(rng.uniform(0.6, 1.2)),
        skips=pen.skips * float(rng.uniform(0.0, 2.0)),
        style=choose(rng, population.styles),
        size=_size(rng) if population.varied else float(rng.uniform(4.2, 7.2)),
        hook=_hook(rng),
        slant=math.radians(rng.uniform(34, 68)),
        fall=math.radians(rng.uniform(30, 78)),
        bend=float(rng.normal(0.05, 0.09)),
        round=int(rng.integers(0, 7)),
        tremor=float(abs(rng.normal(0, 0.05))) + (0.10 if rng.random() < 0.08 else 0.0),
        taper=float(rng.uniform(0.15, 0.7)),
        right=float(rng.normal(0.3, 0.9)),
        down=float(rng.normal(-0.1, 0.55)),
        scatter=float(rng.uniform(0.3, 1.1)),
        messy=float(rng.gamma(1.5, 1 / 1.5)) if population.varied else 1.0,
        sheet=choose(rng, population.sheets),
        favour=tuple(float(value) for value in favour / favour.sum()),
        varied=population.varied,
    )
    return careful(voter) if population.neat else voter


def careful(voter: Voter) -> Voter:
    """The same hand with a usual pen, a √ of usual size in the middle of the box, and no mishaps."""
    pen = PENS[0]
    return replace(
        voter,
        pen=pen.name,
        width=max(0.4, min(voter.width, 0.6)),
        dark=max(0.82, voter.dark),
        grain=0.03,
        skips=0.0,
        style="tick",
        size=max(4.6, min(voter.size, 6.2)),
        right=max(-0.6, min(voter.right, 0.6)),
        down=max(-0.4, min(voter.down, 0.4)),
        scatter=min(voter.scatter, 0.5),
        tremor=min(voter.tremor, 0.05),
        messy=0.0,
        sheet="usual",
    )
