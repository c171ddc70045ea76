"""A duty to talk, and the book in which the rules write what they ask for, so that no pair is owed twice."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

from members.rules.talk_people import Pair, pair

VISIT = "visit"
REMOTE = "remote"
REMIND = "remind"
_STRONGER = ("", VISIT, REMOTE, REMIND)


def stronger(one: str, other: str) -> str:
    """The more particular way of two: who is away cannot be visited nor visit anybody."""
    return max(one, other, key=_STRONGER.index)


class Duty(NamedTuple):
    """Of `pairs` at least `least` have to talk, each `times` times.

    A plain pair is definite: one pair, least 1. A choice leaves open which. `who`: the person every pair has in
    common (of a definite pair: whose the duty is; in a visit the person visited), "" when the duty is the whole
    branch's. `reasons`: keys of the pair rules, or "key:" and a kind of 重点对象. `general`: 一般, a shortfall is only
    pointed out. `mode`: how it is expected to happen: "visit" (上门), "remote" (电话、网络 is enough), "remind"
    (提醒谈话 by the superior), "" (as they like).
    """

    who: str
    pairs: tuple[Pair, ...]
    least: int
    times: int
    reasons: tuple[str, ...]
    general: bool = False
    mode: str = ""

    @property
    def is_definite(self) -> bool:
        """Whether it is one certain pair."""
        return len(self.pairs) == 1

    @property
    def pair(self) -> Pair:
        """The pair of a definite duty."""
        return self.pairs[0]

    @property
    def partners(self) -> frozenset[str]:
        """With whom `who` has to talk; for the duty of a whole branch everybody in a pair."""
        return frozenset(key for two in self.pairs for key in two if key != self.who)

    @property
    def reason(self) -> str:
        """The first reason."""
        return self.reasons[0]


class _Asked(NamedTuple):
    """What was asked of one definite pair so far."""

    who: str
    times: int
    reasons: tuple[str, ...]
    general: bool
    mode: str


class Book:
    """Collects what the rules ask for; `duties()` gives it without a pair owed twice."""

    def __init__(self, times: int) -> None:
        self.times = times
        self._definite: dict[Pair, _Asked] = {}
        self._choices: list[Duty] = []

    def among(self, reason: str, keys: Iterable[str]) -> None:
        """Each of them with each other."""
        asked = _Asked("", self.times, (reason,), False, "")
        for two in combinations(sorted(keys), 2):
            self._ask(two, asked)

    def between(
        self, reason: str, who: str, others: Iterable[str], *, times: int = 0, mode: str = ""
    ) -> None:
        """One person with each of the others; nothing where the post is vacant."""
        if not who:
            return
        asked = _Asked(who, times or self.times, (reason,), False, mode)
        for other in others:
            if other != who:
                self._ask(pair(who, other), asked)

    def choose(
        self,
        reason: str,
        who: str,
        others: Iterable[str],
        *,
        least: int,
        times: int = 0,
        general: bool = False,
        mode: str = "",
    ) -> None:
        """One person with at least so many of the others; with all of them where they are no more."""
        if not who:
            return
        pairs = sorted({pair(who, other) for other in others if other != who})
        self._choose(Duty(who, tuple(pairs), least, times or self.times, (reason,), general, mode))

    def choose_in_total(self, reasons: Iterable[str], pairs: Iterable[Pair], *, least: int) -> None:
        """So many of the pairs, whoever talks (整个支部合计)."""
        self._choose(Duty("", tuple(sorted(set(pairs))), least, self.times, tuple(reasons), general=True))

    def _choose(self, duty: Duty) -> None:
        if len(duty.pairs) > duty.least:
            self._choices.append(duty)
            return
        asked = _Asked(duty.who, duty.times, duty.reasons, duty.general, duty.mode)
        for two in duty.pairs:
            self._ask(two, asked)

    def _ask(self, two: Pair, asked: _Asked) -> None:
        before = self._definite.get(two)
        self._definite[two] = asked if before is None else _both(before, asked)

    def duties(self) -> tuple[Duty, ...]:
        """Definite pairs in the order they were first asked for, then the choices."""
        definite = [
            Duty(a.who or two[0], (two,), 1, a.times, a.reasons, a.general, a.mode)
            for two, a in self._definite.items()
        ]
        return (*definite, *_without_implied(self._choices))


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return one if one == other else tuple(dict.fromkeys((*one, *other)))


def _both(one: _Asked, other: _Asked) -> _Asked:
    """One pair for two rules: all reasons, the more talks, the stricter word, the more particular way."""
    mode = stronger(one.mode, other.mode)
    return _Asked(
        who=(other if mode != one.mode else one).who or other.who,
        times=max(one.times, other.times),
        reasons=_joined(one.reasons, other.reasons),
        general=one.general and other.general,
        mode=mode,
    )


def _without_implied(choices: list[Duty]) -> list[Duty]:
    """The choices of one person without those that another choice of the person asks for anyway."""
    by_person: dict[str, list[Duty]] = {}
    for duty in choices:
        kept = by_person.setdefault(duty.who, [])
        for place, other in enumerate(kept):
            if _implies(other, duty):
                kept[place] = other._replace(reasons=_joined(other.reasons, duty.reasons))
                break
            if _implies(duty, other):
                kept[place] = duty._replace(reasons=_joined(other.reasons, duty.reasons))
                break
        else:
            kept.append(duty)
    return [duty for kept in by_person.values() for duty in kept]


def _implies(strong: Duty, weak: Duty) -> bool:
    """Whether whoever does the first has done the second."""
    return (
        strong.least >= weak.least
        and strong.times >= weak.times
        and strong.general <= weak.general
        and weak.mode in ("", strong.mode)
        and set(strong.pairs) <= set(weak.pairs)
    )
