"""What preparation says of each step: facts of one organisation under its rules, from rows as they were read."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from branches.rules.standing import Fact
from members.models import MaterialRole, MaterialStatus
from members.progress.owing import Asked, People

WAITING, BACK = "待审核", "退回"
SETTLED = (MaterialStatus.PASSED, MaterialStatus.DONE)
OWN = (MaterialRole.COMMITTEE, MaterialRole.HEAD, MaterialRole.OFFICIAL)
Day = datetime.date | None


class Pile(NamedTuple):
    """The materials of one organisation in one role and state."""

    role: str
    status: str
    number: int
    submitted: Day
    settled: Day
    shown: int
    shown_on: Day
    discussed: Day


@dataclass(frozen=True)
class Preparation:
    """By organisation, as read; an organisation about which nothing is known is in none of them."""

    studies: dict[int, datetime.date] = field(default_factory=dict)
    opinions: dict[int, tuple[tuple[datetime.date, bool], ...]] = field(default_factory=dict)
    talks: dict[int, tuple[int, int, Day]] = field(default_factory=dict)
    materials: dict[int, tuple[Pile, ...]] = field(default_factory=dict)
    people: dict[int, People] = field(default_factory=dict)

    def key(self, pk: int, asked: Asked) -> tuple[object, ...] | None:
        """What is equal for organisations that stand alike here; None where nothing is known."""
        found = (
            self.studies.get(pk),
            self.opinions.get(pk),
            self.talks.get(pk),
            self.materials.get(pk),
            self.people.get(pk),
        )
        return None if not any(found) else (asked, *found)

    def merge(self, pk: int, asked: Asked, facts: dict[str, Fact]) -> None:
        """Add the facts of one organisation to those known, where a tick by hand may stand.

        Paper suffices: a tick holds even where less is recorded here. Only while a material kept here waits
        for its review or came back, its step is not done.
        """
        for key, fact in self.facts_of(pk, asked):
            ticked = facts.get(key)
            if ticked is None or fact.done or _stands_against(key, self.materials.get(pk, ())):
                facts[key] = fact

    def facts_of(self, pk: int, asked: Asked) -> Iterator[tuple[str, Fact]]:
        """What is known of each step that is asked."""
        piles, people = self.materials.get(pk, ()), self.people.get(pk, People())
        opinion = 0
        for key in asked.steps:
            kind, fact = key.partition("-")[0], None
            if kind == "study" and pk in self.studies:
                fact = Fact(done=True, on=self.studies[pk], word="已学习")
            elif kind == "opinions":
                opinion += 1
                wanted = opinion if "-" in key else asked.rounds
                fact = _opinions(self.opinions.get(pk, ()), wanted)
            elif kind == "talks" and pk in self.talks:
                fact = _talks(*self.talks[pk])
            elif kind == "material":
                fact = _materials([p for p in piles if p.role in OWN], people.own_owed(asked))
            elif kind == "lists":
                owed = people.members_owed(asked)
                fact = _materials([p for p in piles if p.role == MaterialRole.MEMBER], owed)
            elif kind == "discussion":
                days = [p.discussed for p in piles if p.role == MaterialRole.COMMITTEE and p.discussed]
                fact = Fact(done=True, on=max(days), word="已讨论") if days else None
            elif kind in ("material_notice", "pledge"):
                fact = _shown([p for p in piles if p.role in OWN], people.own_owed(asked), kind)
            if fact is not None:
                yield key, fact


def _stands_against(key: str, piles: tuple[Pile, ...]) -> bool:
    """Whether materials kept here contradict a tick by hand."""
    roles = {"material": OWN, "lists": (MaterialRole.MEMBER,)}.get(key, ())
    held = (MaterialStatus.SUBMITTED, MaterialStatus.RETURNED)
    return any(pile.role in roles and pile.status in held for pile in piles)


def _opinions(rounds: tuple[tuple[datetime.date, bool], ...], wanted: int) -> Fact | None:
    """Whether opinions were asked for and compiled as often as wanted."""
    compiled = sorted(day for day, is_compiled in rounds if is_compiled)
    if len(compiled) >= wanted:
        return Fact(done=True, on=compiled[wanted - 1], word="已梳理")
    if not rounds:
        return None
    return Fact(word=f"已梳理 {len(compiled)}/{wanted} 次" if compiled else "征求中")


def _talks(owed: int, held: int, last: Day) -> Fact | None:
    """Whether everybody talked who had to; nothing is said where nobody has to."""
    if not owed:
        return None
    return Fact(done=True, on=last, word="已谈完") if held >= owed else Fact(word=f"还差 {owed - held} 对")


def _materials(piles: list[Pile], owed: int) -> Fact | None:
    """Whether all that are owed are settled, or at least out of the writers' hands; in words how many."""
    if not piles or owed <= 0:
        return None
    counts = {status: sum(p.number for p in piles if p.status == status) for status in MaterialStatus.values}
    settled = sum(counts[status] for status in SETTLED)
    handed = settled + counts[MaterialStatus.SUBMITTED]
    if settled >= owed:
        return Fact(done=True, on=max((p.settled for p in piles if p.settled), default=None))
    if handed >= owed:
        day = max((p.submitted for p in piles if p.submitted), default=None)
        return Fact(handed_in=day, word=f"{WAITING} {handed - settled} 份")
    if counts[MaterialStatus.RETURNED]:
        return Fact(word=f"{BACK} {counts[MaterialStatus.RETURNED]} 份")
    if counts[MaterialStatus.PASSED]:
        return Fact(word=f"{settled}/{owed} 已通过")
    return Fact(word=f"{handed}/{owed} 已交" if handed else "撰写中")


def _shown(piles: list[Pile], owed: int, kind: str) -> Fact | None:
    """Whether all that are owed were shown to the masses, or pledged."""
    count = sum(pile.shown for pile in piles)
    if not count or owed <= 0:
        return None
    word = "公示" if kind == "material_notice" else "承诺"
    if count < owed:
        return Fact(word=f"{count}/{owed} 已{word}")
    return Fact(done=True, on=max(p.shown_on for p in piles if p.shown_on), word=f"已{word}")
