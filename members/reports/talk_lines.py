"""How far each person is with talks: owed, done, with whom not yet, how many times; a pair counts for both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from members.rules.talk_key_people import MARKS
from members.rules.talk_standing import DutyState
from members.services.talk_grid import Grid


def discreet(grid: Grid) -> Grid:
    """The grid as it is printed, and as everybody else sees it: as if nobody had been marked."""
    return grid.without(MARKS)


@dataclass(frozen=True)
class Line:
    """One person: `missing` are the partners still owed, `more` how many others are still to be chosen."""

    key: str
    name: str
    title: str
    owed: int
    done: int
    missing: tuple[str, ...]
    more: int
    times: int

    @property
    def left(self) -> int:
        """How many talks are still owed."""
        return self.owed - self.done

    @property
    def missing_text(self) -> str:
        """未谈对象 in words."""
        parts = ["、".join(self.missing)] if self.missing else []
        if self.more:
            parts.append(f"{'另外' if self.missing else ''}再谈 {self.more} 人")
        return "；".join(parts)


@dataclass
class _Count:
    """What is counted of one person while the states are gone through."""

    owed: int = 0
    done: int = 0
    more: int = 0
    missing: dict[str, None] = field(default_factory=dict)


def lines_of(grid: Grid) -> tuple[Line, ...]:
    """A line for everybody of the grid, in its order."""
    counts: dict[str, _Count] = defaultdict(_Count)
    for state in grid.states:
        if state.duty.is_definite:
            _count_pair(counts, state)
        elif state.duty.who:
            _count_choice(counts[state.duty.who], state)
    times = _times(grid)
    names = {person.key: person.name for person in grid.people}
    return tuple(
        Line(
            key=person.key,
            name=person.name,
            title=person.title,
            owed=counts[person.key].owed,
            done=counts[person.key].done,
            missing=tuple(names.get(key, "") for key in counts[person.key].missing),
            more=counts[person.key].more,
            times=times[person.key],
        )
        for person in grid.people
    )


def _count_pair(counts: dict[str, _Count], state: DutyState) -> None:
    """A definite pair: counts for both; one that was let off for neither."""
    one, other = state.duty.pair
    for who, partner in ((one, other), (other, one)):
        counts[who].owed += state.done + state.left
        counts[who].done += state.done
        if state.left:
            counts[who].missing[partner] = None


def _count_choice(count: _Count, state: DutyState) -> None:
    """A least number among many: beside the definite pairs and narrower choices in it, as in the sum of all."""
    count.owed += state.owed
    count.done += state.held
    count.more += state.owed - state.held


def _times(grid: Grid) -> dict[str, int]:
    """人次: how often each has talked with somebody."""
    found: dict[str, int] = defaultdict(int)
    for two, talks in grid.held.items():
        for key in two:
            found[key] += len(talks)
    return found


def behind(lines: Iterable[Line], most: int = 5) -> tuple[Line, ...]:
    """Those who still owe the most, as far as somebody owes anything."""
    owing = sorted((line for line in lines if line.left), key=lambda line: -line.left)
    return tuple(owing[:most])
