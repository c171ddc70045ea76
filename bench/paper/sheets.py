"""A filled sheet: the form, one voter's ink, and what happens to it on the way into the computer."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from bench.paper import forms
from bench.paper.filling import fill
from bench.paper.forms import Printed
from bench.paper.inking import put
from bench.paper.optics import Grey, grey
from bench.paper.truth import SheetTruth
from bench.paper.voters import Rng, Voter, invent
from evaluations.paper.layout import Rect
from evaluations.paper.shapes import BallotForm


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture of one side, and what was written on it."""

    image: Grey
    truth: SheetTruth


@dataclass(frozen=True, eq=False)
class Leaf:
    """One side before any damage: print and ink apart, at 300 dpi. `back` writes the other side."""

    printed: Printed
    ink: Grey
    truth: SheetTruth
    back: Callable[[], Grey]

    @functools.cached_property
    def page(self) -> Grey:
        """Print and ink together."""
        return inked(self.printed.blank, self.ink)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A picture of a damaged side, and the parts of the page (mm) that something hides."""

    image: Grey
    hidden: tuple[Rect, ...] = ()


def inked(paper: Grey, ink: Grey) -> Grey:
    """Ink over print."""
    return grey(cv2.multiply(paper, ink, scale=1 / 255))


def write(side: Printed, rng: Rng, voter: Voter | None = None, spoil: dict[int, str] | None = None) -> Leaf:
    """One voter fills one side; `spoil` names rows and the mishap that must happen there."""
    voter = voter or invent(rng, side.form.options)
    inks, truth = fill(side.sheet, voter, rng, spoil)
    layer = np.full_like(side.blank, 255)
    for ink in inks:
        put(layer, ink, voter, rng)
    seed = int(rng.integers(2**31))

    def back() -> Grey:
        return write(side, np.random.default_rng(seed), voter).page

    return Leaf(side, layer, truth, back)


def side_of(form: BallotForm | None, rng: Rng) -> Printed:
    """A side of the form asked for, or of one drawn from the corpus."""
    if form is None:
        shares = np.array([share for share, _ in forms.CORPUS.values()])
        form = list(forms.CORPUS.values())[int(rng.choice(len(shares), p=shares / shares.sum()))][1]
    sides = forms.printed(form)
    return sides[int(rng.integers(len(sides)))]


@functools.lru_cache(maxsize=1)
def leaf(form: BallotForm | None, seed: int, number: int = 0, voters: str = "usual") -> Leaf:
    """The sheet `number` of a seed, undamaged; the last one is kept for the next kind of damage."""
    rng = np.random.default_rng([seed, number])
    side = side_of(form, rng)
    return write(side, rng, invent(rng, side.form.options, voters))


def damaged(leaf: Leaf, seed: int, name: str, number: int, damage: Callable[[Leaf, Rng], Damaged]) -> Sheet:
    """A leaf after one kind of damage; rows that something hides are left to a person."""
    result = damage(leaf, np.random.default_rng([seed, number, zlib.crc32(name.encode())]))
    rows = []
    for row, truth in zip(leaf.printed.sheet.rows, leaf.truth.rows, strict=True):
        covered = any(_overlap(box, part) > 0.15 for box in row.boxes for part in result.hidden)
        rows.append(replace(truth, human=True, kind="covered") if covered else truth)
    return Sheet(result.image, replace(leaf.truth, rows=tuple(rows)))


def _overlap(box: Rect, part: Rect) -> float:
    """Which part of a box lies under something."""
    wide = min(box.x + box.width, part.x + part.width) - max(box.x, part.x)
    high = min(box.y + box.height, part.y + part.height) - max(box.y, part.y)
    return max(0.0, wide) * max(0.0, high) / (box.width * box.height)
