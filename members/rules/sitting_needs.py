"""What sittings have to cover: pairs that must talk, choices among pairs, and who is talked with one-to-one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from members.rules.talk_book import REMIND, REMOTE, VISIT, stronger
from members.rules.talk_people import Pair
from members.rules.talk_standing import DutyState

AT_ODDS = "key:estranged"


@dataclass(frozen=True)
class Star:
    """A choice that is still open: `left` more of `pairs` have to talk once."""

    who: str
    pairs: frozenset[Pair]
    left: int


@dataclass
class Needs:
    """All that is owed: how many talks each certain pair still needs, and the open choices."""

    demand: dict[Pair, int] = field(default_factory=dict)
    stars: list[Star] = field(default_factory=list)
    singles: list[tuple[Pair, str]] = field(default_factory=list)

    @classmethod
    def of(cls, states: Collection[DutyState]) -> Needs:
        """What the states leave open. Talks that are to be one-to-one are taken out first, as `singles`."""
        states = [state for state in states if state.left or state.duty.mode]
        lonely = {state.duty.who: state.duty.mode for state in states if state.duty.mode in (VISIT, REMOTE)}
        apart = {
            state.duty.pair: state.duty.mode
            for state in states
            if state.duty.is_definite and (state.duty.mode == REMIND or AT_ODDS in state.duty.reasons)
        }
        needs = cls(
            {state.duty.pair: state.times[0] for state in states if state.left and state.duty.is_definite}
        )
        choices = [state for state in states if state.left and not state.duty.is_definite]
        needs._take_choices(sorted(choices, key=lambda state: state.duty.who not in lonely), lonely.keys())
        needs._take_singles(lonely, apart)
        return needs

    def _take_choices(self, choices: list[DutyState], lonely: AbstractSet[str]) -> None:
        """Turn choices into certain pairs where a sitting cannot serve them; keep the others as stars."""
        popular: dict[Pair, int] = defaultdict(int)
        for state in choices:
            for two in state.open:
                popular[two] += 1
        for state in choices:
            once: list[Pair] = []
            else_: list[tuple[int, int, Pair, int]] = []
            left = state.left
            for two, times in zip(state.open, state.times, strict=True):
                if self.demand.get(two, 0) >= times:
                    left -= 1
                elif times == 1 and lonely.isdisjoint(two):
                    once.append(two)
                else:
                    else_.append((times, -popular[two], two, times))
            for _, _, two, times in sorted(else_)[: max(left - len(once), 0)]:
                self.demand[two] = times
                left -= 1
            if left > 0:
                self.stars.append(Star(state.duty.who, frozenset(once), left))
        self.stars = [star for star in map(self._rest, self.stars) if star.left > 0]

    def _rest(self, star: Star) -> Star:
        """The choice without the pairs that became certain after it was looked at."""
        certain = star.pairs & self.demand.keys()
        return Star(star.who, star.pairs - certain, star.left - len(certain)) if certain else star

    def _take_singles(self, lonely: dict[str, str], apart: dict[Pair, str]) -> None:
        for two in list(self.demand):
            one, other = two
            if one in lonely or other in lonely or two in apart:
                mode = apart.get(two) or stronger(lonely.get(one, ""), lonely.get(other, ""))
                self.singles += [(two, mode)] * self.demand.pop(two)

    def people(self) -> tuple[str, ...]:
        """Everybody who still has to sit with somebody, those with the most to do first."""
        weight: dict[str, int] = defaultdict(int)
        for (one, other), times in self.demand.items():
            weight[one] += times
            weight[other] += times
        for star in self.stars:
            for one, other in star.pairs:
                weight[one] += star.who in ("", one)
                weight[other] += star.who in ("", other)
        return tuple(sorted(weight, key=lambda key: (-weight[key], key)))

    def met_by(self, groups: Collection[Collection[str]]) -> bool:
        """Whether these sittings would settle all but the singles."""
        covered: dict[Pair, int] = defaultdict(int)
        for group in groups:
            for two in pairs_in(group):
                covered[two] += 1
        return all(covered[two] >= times for two, times in self.demand.items()) and all(
            sum(1 for two in star.pairs if covered[two]) >= star.left for star in self.stars
        )


def pairs_in(group: Collection[str]) -> Iterator[Pair]:
    """Every pair of a group."""
    keys = sorted(group)
    for place, one in enumerate(keys):
        for other in keys[place + 1 :]:
            yield one, other
