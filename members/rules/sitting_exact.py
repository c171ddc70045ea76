"""For a handful of people: the fewest sittings there can be, by trying what is left to try."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from members.rules.sitting_needs import Needs, pairs_in
from members.rules.sitting_search import Group

MOST_PEOPLE = 8
MOST_STEPS = 6_000


class _TooMuch(Exception):
    """More to try than is worth it."""


def fewest(needs: Needs, order: Sequence[str], size: int, plan: list[Group]) -> list[Group]:
    """A plan with fewer sittings, as few as there can be; the plan given where there is none, or too much to try."""
    if len(order) > MOST_PEOPLE:
        return plan
    search = _Search(needs, order, size)
    try:
        for count in range(1, len(plan)):
            found = search.within([], count)
            if found is not None:
                return found
    except _TooMuch:
        pass
    return plan


class _Search:
    """Depth first over full sittings: always one that serves the first pair still owed."""

    def __init__(self, needs: Needs, order: Sequence[str], size: int) -> None:
        self.needs = needs
        self.groups = list(combinations(order, min(size, len(order))))
        self.pairs = {group: list(pairs_in(group)) for group in self.groups}
        self.most = max(len(pairs) for pairs in self.pairs.values())
        self.covered: Counter[tuple[str, str]] = Counter()
        self.steps = 0

    def within(self, chosen: list[Group], left: int) -> list[Group] | None:
        """The sittings chosen and up to `left` more that settle all; None when there are none."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise _TooMuch
        missing = [two for two, times in self.needs.demand.items() if self.covered[two] < times]
        if not missing and self.needs.met_by(chosen):
            return chosen
        if left * self.most < len(missing) or not left:
            return None
        for group in self.groups:
            if missing and not set(missing[0]) <= set(group):
                continue
            self.covered.update(self.pairs[group])
            found = self.within([*chosen, group], left - 1)
            self.covered.subtract(self.pairs[group])
            if found is not None:
                return found
        return None
