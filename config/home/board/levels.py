"""Sums for each level: one row for each direct subordinate, each a way down the tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from branches.rules.standing import OVERDUE
from config.home.board.asked import ALL, Asked
from config.home.board.cells import Head
from config.home.board.counting import MemberCoverage, Members, Sum, sum_members, sums_of
from config.home.board.scope import Place, Scope
from config.home.standings import Row


@dataclass(frozen=True)
class SumCell:
    """One step of one subordinate: done of asked, what is otherwise, and where to see it."""

    name: str
    sum: Sum
    url: str

    @property
    def tone(self) -> str:
        """The colour: red where something is overdue."""
        if not self.sum.asked:
            return "none"
        return "bad" if self.sum.overdue else "ok" if self.sum.done == self.sum.asked else "now"


@dataclass(frozen=True)
class Level:
    """One direct subordinate with everything at or below it, or all that is directly below the place."""

    name: str
    url: str
    organizations: int
    cells: tuple[SumCell, ...]
    members: MemberCoverage | None


def levels_of(
    scope: Scope,
    asked: Asked,
    places: Sequence[Place],
    rows: Mapping[int, Row],
    heads: tuple[Head, ...],
    members: Members | None,
) -> tuple[Level, ...]:
    """The rows in tree order, what is directly below the place last; none without subordinate superiors."""
    depth = len(scope.place.path) + type(scope.place).steplen
    below = {superior.path: superior for superior in scope.superiors if len(superior.path) == depth}
    if not below:
        return ()
    inside: dict[str, list[Place]] = {}
    for place in places:
        path = place.path[:depth]
        inside.setdefault(path if path in below else "", []).append(place)
    found = [
        _level(
            below[path].short_name, {"under": str(below[path].pk)}, inside[path], asked, rows, heads, members
        )
        for path in below
        if path in inside
    ]
    if "" in inside:
        direct = {"under": str(scope.place.pk), "direct": "1"}
        found.append(_level("直属支部", direct, inside[""], asked, rows, heads, members))
    return tuple(found)


def _level(
    name: str,
    where: dict[str, str],
    places: list[Place],
    asked: Asked,
    rows: Mapping[int, Row],
    heads: tuple[Head, ...],
    members: Members | None,
) -> Level:
    """One row."""
    url = asked.url(**where, tab="", step="", show="")
    sums = sums_of((rows[place.pk] for place in places), heads)
    return Level(
        name=name,
        url=url,
        organizations=len(places),
        cells=tuple(
            SumCell(head.name, total, f"{url}&step={head.key}&show={OVERDUE if total.overdue else ALL}")
            for head, total in zip(heads, sums, strict=True)
        ),
        members=sum_members(members[p.pk] for p in places if p.pk in members) if members else None,
    )
