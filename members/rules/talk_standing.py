"""How far the duties to talk (谈心谈话) are done and what is still owed: counted in pairs, no marks for people.

Sources: 洛阳镇 2014 第二部分第1条 ("四个谈心", "反复谈"); 新义村 2018 "要普遍进行一次谈心谈话".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from members.rules.talk_duties import Duty
from members.rules.talk_people import Pair, pair

Held = Mapping[Pair, Sequence[object]]


class DutyState(NamedTuple):
    """A duty and how far it is.

    `done`: how many of its pairs have talked often enough. `left`: how many more have to; of a choice, beside the
    definite pairs in it, which are owed anyway; 0: nothing to do for it. `open`: the pairs among which those can be
    chosen, none where none is left; `times`: how many talks each of them still needs. `owed` and `held` are its
    share in 应谈 and 已谈, see `tally`.
    """

    duty: Duty
    done: int
    left: int
    open: tuple[Pair, ...]
    times: tuple[int, ...]
    owed: int
    held: int

    @property
    def is_met(self) -> bool:
        """Whether nothing is owed for it (beside definite pairs)."""
        return not self.left

    @property
    def missing(self) -> frozenset[str]:
        """With whom `duty.who` could still talk for it; for the duty of a whole branch everybody in an open pair."""
        return frozenset(key for two in self.open for key in two if key != self.duty.who)


@dataclass(frozen=True)
class Tally:
    """应谈 and 已谈, in pairs."""

    owed: int
    held: int


def judge(duties: Collection[Duty], held: Held, waived: AbstractSet[Pair]) -> tuple[DutyState, ...]:
    """The state of every duty, in the same order.

    `held`: the talks of each pair (only how many counts). A pair has talked enough when it has `duty.times` talks.
    A pair that is waived (and has not talked enough) is owed no more; a choice ("at least `least` of them") goes
    on without it and asks for no more pairs than are left.
    """
    definite = {duty.pair: duty.times for duty in duties if duty.is_definite}
    states = [
        _definite(duty, held, waived) if duty.is_definite else _choice(duty, held, waived, definite)
        for duty in duties
    ]
    several: dict[str, list[int]] = defaultdict(list)
    for place, duty in enumerate(duties):
        if duty.who and not duty.is_definite:
            several[duty.who].append(place)
    for places in several.values():
        if len(places) > 1:
            _share(states, places, held, waived, definite)
    return tuple(states)


def _definite(duty: Duty, held: Held, waived: AbstractSet[Pair]) -> DutyState:
    two = duty.pairs[0]
    more = duty.times - len(held.get(two, ()))
    if more <= 0:
        return DutyState(duty, 1, 0, (), (), 1, 1)
    if two in waived:
        return DutyState(duty, 0, 0, (), (), 0, 0)
    return DutyState(duty, 0, 1, duty.pairs, (more,), 1, 0)


def _choice(
    duty: Duty,
    held: Held,
    waived: AbstractSet[Pair],
    definite: Mapping[Pair, int],
) -> DutyState:
    """A choice; the definite pairs in it are owed anyway and leave so many fewer to the choice itself."""
    done = done_apart = inside = 0
    waiting: list[Pair] = []
    times: list[int] = []
    for two in duty.pairs:
        missing = duty.times - len(held.get(two, ()))
        is_inside = definite.get(two, 0) >= duty.times
        if missing <= 0:
            done += 1
            done_apart += not is_inside
        elif two in waived:
            continue
        elif not is_inside:
            waiting.append(two)
            times.append(missing)
        inside += is_inside
    apart = max(min(duty.least - inside, done_apart + len(waiting)), 0)
    left = max(apart - done_apart, 0)
    if not left:
        return DutyState(duty, done, 0, (), (), apart, apart)
    return DutyState(duty, done, left, tuple(waiting), tuple(times), apart, done_apart)


def _share(
    states: list[DutyState],
    places: Collection[int],
    held: Held,
    waived: AbstractSet[Pair],
    definite: Mapping[Pair, int],
) -> None:
    """Count a talk once where one person's wider choice contains a narrower one.

    A member owes 10 talks, and one with the 支委: together 10, not 11. The wider choice keeps what it asks for beyond
    the narrower ones in it, as far as those have no pair in common.
    """
    before = {place: states[place] for place in places}
    apart = {}
    for place, state in before.items():
        times = state.duty.times
        possible = (two for two in state.duty.pairs if definite.get(two, 0) < times)
        apart[place] = {two for two in possible if two not in waived or len(held.get(two, ())) >= times}

    def is_in(one: int, other: int) -> bool:
        narrow, wide = before[one], before[other]
        if apart[one] == apart[other] and (narrow.owed, one) > (wide.owed, other):
            return False
        return narrow.duty.times >= wide.duty.times and apart[one] <= apart[other]

    for place, state in before.items():
        taken: list[int] = []
        for other in sorted(places, key=lambda key: -before[key].owed):
            if (
                other != place
                and is_in(other, place)
                and all(apart[other].isdisjoint(apart[n]) for n in taken)
            ):
                taken.append(other)
        if taken:
            done = sum(1 for two in apart[place] if len(held.get(two, ())) >= state.duty.times)
            owed = max(state.owed - sum(before[other].owed for other in taken), 0)
            rest = max(done - sum(before[other].held for other in taken), 0)
            states[place] = state._replace(owed=owed, held=min(owed, rest))


def tally(states: Iterable[DutyState]) -> Tally:
    """应谈 and 已谈 of one organisation, in pairs.

    应谈 = the definite pairs + the least numbers of the choices, each choice less the definite pairs and the narrower
    choices of the same person it contains (the secretary's talks with the 支委 are among the 10 talks asked of the
    secretary, a member's talk with one of the 支委 is among the member's 10: counted once). Where two people
    both owe 10 talks, their talk counts for each of them, as the notice counts by people. A pair that talks k
    times is one pair, 已谈 after its k-th talk. A waived pair is in neither number. Equal exactly when all is met.
    """
    owed = held = 0
    for state in states:
        owed += state.owed
        held += state.held
    return Tally(owed, held)


def pairs_of_talk(people: Sequence[str], host: str, *, together: bool, most: int | None) -> tuple[Pair, ...]:
    """The pairs that a talk ticks.

    Two people: their pair. `together` (集体座谈, everybody with everybody): every pair, if no more than `most` sat
    together (rule talk_sitting_most; None: only one-to-one counts); a larger gathering ticks nothing. Else the
    host (谈话人) talked with each of the others one by one: those pairs, however many; without a host none.
    """
    keys = sorted(set(people))
    if len(keys) == 2:
        return ((keys[0], keys[1]),)
    if together:
        return tuple(combinations(keys, 2)) if most is not None and len(keys) <= most else ()
    return tuple(pair(host, key) for key in keys if key != host) if host else ()
