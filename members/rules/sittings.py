"""The fewest sittings (坐在一起谈) that would cover the talks still owed: a small covering problem.

A sitting of up to `most` people covers every pair of them (rule talk_sitting_most, a point the notices leave open).
People to be visited at home (上门谈心), people away who may be rung up (电话、网络), reminders by the superior (提醒谈话)
and people at odds (有分歧、有疙瘩) are talked with one-to-one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from members.rules.sitting_exact import fewest
from members.rules.sitting_needs import Needs
from members.rules.sitting_search import Group, Table, by_halves, leave_out, newly_covered
from members.rules.talk_people import Pair
from members.rules.talk_standing import DutyState

ONE_TO_ONE = 2
HALVES_FROM = 4
# Plans of few pairs are tried in many orders; larger ones in few.
WORK = 30_000
MOST_TRIES = 20


@dataclass(frozen=True)
class Sitting:
    """One sitting: who, the owed pairs it newly covers, and the mode where one is expected (visit, remote, remind)."""

    people: tuple[str, ...]
    pairs: tuple[Pair, ...]
    mode: str = ""


def suggest(states: Collection[DutyState], *, most: int | None) -> tuple[Sitting, ...]:
    """Sittings of at most `most` people (None: one-to-one) after which every duty is met; those of two alone last.

    The same states always give the same plan. It covers everything. For a handful of people it is the fewest there
    can be, unless there is too much to try; for more it is near (everybody of 200 with everybody, six at a time:
    a fifth above what no plan can go below).
    """
    needs = Needs.of(states)
    groups = _plan(needs, most) if most is not None and most > ONE_TO_ONE else _one_to_one(needs)
    covered = newly_covered(needs, groups)
    together = (Sitting(tuple(sorted({key for two in pairs for key in two})), pairs) for pairs in covered)
    return (*together, *(Sitting(two, (two,), mode) for two, mode in needs.singles))


def _one_to_one(needs: Needs) -> list[Group]:
    """A talk for each pair that must, and those that serve most choices at once."""
    certain = [two for two, times in needs.demand.items() for _ in range(times)]
    choices = Needs(stars=needs.stars)
    return [*certain, *leave_out(choices, Table(choices, choices.people(), ONE_TO_ONE).fill())]


def _plan(needs: Needs, size: int) -> list[Group]:
    """The shortest of several plans."""
    order = needs.people()
    if not order:
        return []
    plans = [leave_out(needs, Table(needs, order, size).fill())]
    if size >= HALVES_FROM and 2 * len(needs.demand) > len(order) ** 2 // 2:
        table = Table(needs, order, size)
        for group in by_halves(order, size):
            table.take(group)
        plans.append(leave_out(needs, table.fill()))
    chance = Random(len(order))  # noqa: S311  (the same tries every time)
    work = len(needs.demand) + sum(len(star.pairs) for star in needs.stars)
    for _ in range(min(MOST_TRIES, WORK // (work + 1))):
        shuffled = chance.sample(order, len(order))
        plans.append(leave_out(needs, Table(needs, shuffled, size).fill()))
    return fewest(needs, order, size, min(plans, key=len))
