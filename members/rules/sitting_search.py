"""Builds sittings one by one, each as full of what is owed as can be; then leaves out what became superfluous."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from members.rules.sitting_needs import Needs, pairs_in
from members.rules.talk_people import Pair, pair

Group = tuple[str, ...]
GAIN = 1_000_000  # a pair settled weighs more than any number of pairs still to come
TAKEN = -(10**12)


class _Star:
    """An open choice while sittings are added; `near`: of each person the partners not yet talked with."""

    def __init__(self, who: str, pairs: Iterable[Pair], left: int) -> None:
        self.who, self.left = who, left
        self.near: dict[str, set[str]] = {}
        for one, other in pairs:
            self.near.setdefault(one, set()).add(other)
            self.near.setdefault(other, set()).add(one)

    def settle(self, one: str, other: str) -> None:
        """The two have talked."""
        near = self.near.get(one)
        if near is not None and other in near:
            near.discard(other)
            self.near[other].discard(one)
            self.left -= 1


class Table:
    """What is still to be covered while sittings are added."""

    def __init__(self, needs: Needs, order: Sequence[str], size: int) -> None:
        """`order`: the people; the earlier is taken where two would do equally well."""
        self.order, self.size = order, size
        self.near: dict[str, set[str]] = {key: set() for key in order}
        for one, other in needs.demand:
            self.near[one].add(other)
            self.near[other].add(one)
        self.demand = dict(needs.demand)
        self.stars = [_Star(star.who, star.pairs, star.left) for star in needs.stars]
        self.groups: list[Group] = []

    def fill(self) -> list[Group]:
        """Add sittings until nothing is owed."""
        while self.order and (group := self._next()):
            self.take(group)
        return self.groups

    def take(self, group: Group) -> None:
        """Add a sitting."""
        self.groups.append(group)
        for two in pairs_in(group):
            self._settle(two)
        self.stars = [star for star in self.stars if star.left > 0]

    def _settle(self, two: Pair) -> None:
        one, other = two
        times = self.demand.get(two, 0)
        if times > 1:
            self.demand[two] = times - 1
        elif times:
            del self.demand[two]
            self.near[one].discard(other)
            self.near[other].discard(one)
        for star in self.stars:
            if star.who in (one, other, ""):
                star.settle(one, other)

    def _needs(self) -> dict[str, int]:
        """How much each person still has to do."""
        found = {key: len(self.near[key]) for key in self.order}
        for star in self.stars:
            if star.who:
                found[star.who] += star.left
            else:
                for key, near in star.near.items():
                    found[key] += len(near)
        return found

    def _next(self) -> Group:
        """The next sitting: whoever has most to do, then always who settles most with those seated."""
        score = self._needs()
        seated: list[str] = []
        counts: Counter[int] = Counter()
        while len(seated) < self.size:
            best = max(score, key=score.__getitem__)
            if score[best] <= 0 or (score[best] < GAIN and len(seated) == self.size - 1):
                break
            self._seat(best, seated, score, counts)
        return tuple(seated)

    def _seat(self, who: str, seated: list[str], score: dict[str, int], counts: Counter[int]) -> None:
        """Seat somebody and see what everybody else would now settle."""
        seated.append(who)
        score[who] = TAKEN
        for key in self.near[who]:
            score[key] += GAIN
        for place, star in enumerate(self.stars):
            near = star.near.get(who)
            if not near:
                continue
            before = counts[place]
            counts[place] += sum(1 for key in near if score[key] < 0)
            if before < star.left <= counts[place]:
                self._withdraw(star, seated, score, who)
            elif counts[place] < star.left:
                for key in near:
                    score[key] += GAIN

    @staticmethod
    def _withdraw(star: _Star, seated: Sequence[str], score: dict[str, int], who: str) -> None:
        """A choice settled by those seated: others would settle nothing more of it."""
        for key in seated:
            if key != who:
                for other in star.near.get(key, ()):
                    score[other] -= GAIN


def by_halves(order: Sequence[str], size: int) -> list[Group]:
    """Everybody with everybody: halves of a sitting, each half with each other half."""
    half = size // 2
    halves = [tuple(order[start : start + half]) for start in range(0, len(order), half)]
    return [(*one, *other) for one, other in combinations(halves, 2)]


def leave_out(needs: Needs, groups: Sequence[Group]) -> list[Group]:
    """The sittings without those that the others make superfluous, the emptiest tried first."""
    covered = Counter(two for group in groups for two in pairs_in(group))
    of_pair: dict[Pair, list[int]] = {}
    for place, star in enumerate(needs.stars):
        for two in star.pairs:
            of_pair.setdefault(two, []).append(place)
    done = [sum(1 for two in star.pairs if covered[two]) for star in needs.stars]
    kept = []
    for group in reversed(groups):
        pairs = list(pairs_in(group))
        lost = Counter(place for two in pairs if covered[two] == 1 for place in of_pair.get(two, ()))
        if all(covered[two] > needs.demand.get(two, 0) for two in pairs) and all(
            done[place] - count >= needs.stars[place].left for place, count in lost.items()
        ):
            covered.subtract(pairs)
            for place, count in lost.items():
                done[place] -= count
        else:
            kept.append(group)
    return kept[::-1]


def newly_covered(needs: Needs, groups: Sequence[Group]) -> list[tuple[Pair, ...]]:
    """Of each sitting the owed pairs that it, and no sitting before it, settles or brings nearer."""
    demand = dict(needs.demand)
    stars = [_Star(star.who, star.pairs, star.left) for star in needs.stars]
    found = []
    for group in groups:
        pairs = []
        for one, other in pairs_in(group):
            two = pair(one, other)
            serves = demand.get(two, 0) > 0 or any(
                star.left > 0 and other in star.near.get(one, ()) for star in stars
            )
            if serves:
                pairs.append(two)
            demand[two] = demand.get(two, 0) - 1
            for star in stars:
                star.settle(one, other)
        found.append(tuple(pairs))
    return found
