"""Whether a problem is the one of an earlier year again (原地打转): a fact to be looked at, never a score."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from branches.rules.overlap import counted, overlap


def repeats(problem: str, earlier: Sequence[str], least: Fraction) -> int | None:
    """Return the place of the earlier problem that this one repeats, the most alike first; None for none.

    Alike: each has at least the share `least` of its characters from the other, or, short as problems may be, both
    are the same but for blanks, signs and numbers.
    """
    mine = counted(problem)
    found: tuple[Fraction, int] | None = None
    for place, other in enumerate(earlier):
        share = Fraction(0)
        if mine and counted(other) == mine:
            share = Fraction(1)
        else:
            share = min(overlap(problem, other).share, overlap(other, problem).share)
        if share >= least and share > 0 and (found is None or share > found[0]):
            found = (share, place)
    return None if found is None else found[1]
