"""Which rows people look at, and in what order they see them: plain values in and out.

A strip is one row of one sheet: doubtful, or certain and mixed in as a hidden control.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evaluations.rules.marks import INVALID
from evaluations.rules.tally import Line

Item = TypeVar("Item", bound=Hashable)
ON_A_SCREEN = 8
CONTROLS_PER_HUNDRED = 2


def draw_controls(rows: Sequence[Item], chance: random.Random) -> set[Item]:
    """The certain rows that people look at all the same: two in a hundred, on average.

    Every row has the same chance. `chance` must be a generator nobody can foresee.
    """
    whole, rest = divmod(len(rows) * CONTROLS_PER_HUNDRED, 100)
    number = whole + (chance.randrange(100) < rest)
    return set(chance.sample(list(rows), number))


def apart(items: Iterable[tuple[Item, Hashable]], distance: int = ON_A_SCREEN) -> list[Item]:
    """The items in the given order, moved only so that two of one sheet stand `distance` apart if it can be.

    Each item comes with its sheet. Where too few sheets are left, they stand as far apart as they can.
    """
    waiting = list(items)
    placed: list[tuple[Item, Hashable]] = []
    while waiting:
        recent = [sheet for _, sheet in placed[-(distance - 1) :]][::-1] if distance > 1 else []
        age = {sheet: index for index, sheet in reversed(list(enumerate(recent)))}
        best = max(range(len(waiting)), key=lambda i: (age.get(waiting[i][1], distance), -i))
        placed.append(waiting.pop(best))
    return [item for item, _ in placed]


@dataclass(frozen=True)
class Estimate:
    """How often the machine is wrong where it is certain, by the hidden controls: `wrong` of `looked_at`."""

    looked_at: int = 0
    wrong: int = 0

    @property
    def text(self) -> str:
        """As it stands on the report."""
        if not self.looked_at:
            return "没有抽查"
        return f"抽查 {self.looked_at} 行，机器读错 {self.wrong} 行"


def count_marks(marks: Iterable[str], options: int) -> Line:
    """The votes of one row out of single marks: "1".."9" the option, "0" abstained, "x" invalid."""
    counts, abstained, invalid = [0] * options, 0, 0
    for mark in marks:
        if mark == INVALID:
            invalid += 1
        elif mark == "0":
            abstained += 1
        else:
            counts[int(mark) - 1] += 1
    return Line(tuple(counts), abstained, invalid)
