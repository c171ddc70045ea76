"""One page of the board's rows: the organisation, who is responsible, its cells, and reasons in full."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from branches.models import Appointment, Category, Role, path_and_above
from branches.rules.standing import POSTPONED, WAIVED
from config.home.board.cells import Cell, Head, cells_of
from config.home.board.scope import Place, Scope
from config.home.standings import Row, Standings

DECIDED = {WAIVED: "同意不做", POSTPONED: "延期"}


@dataclass(frozen=True)
class Line:
    """One organisation on the board."""

    place: Place
    above: str  # the superior between the place the board is about and the organisation
    people: str
    category: str
    round_no: int
    settled: int
    asked: int
    cells: tuple[Cell, ...]


def lines_on(
    page: Sequence[Place], scope: Scope, standings: Standings, heads: tuple[Head, ...]
) -> tuple[Line, ...]:
    """The lines of one page; one query for the people."""
    people = people_of(page, standings.today)
    shown: dict[int, tuple[Cell, ...]] = {}
    found = []
    for place in page:
        row = standings.rows[place.pk]
        if id(row) not in shown:
            shown[id(row)] = cells_of(row, heads, standings.today)
        above = scope.above(place.path)
        found.append(
            Line(
                place=place,
                above=above.short_name if above else "",
                people=people.get(place.pk, ""),
                category=str(Category(place.category).label),
                round_no=standings.rounds.get(place.pk, 1),
                settled=sum(standing.is_settled for standing in row),
                asked=len(row),
                cells=shown[id(row)],
            )
        )
    return tuple(found)


def reasons_of(page: Sequence[Place], rows: dict[int, Row]) -> tuple[str, ...]:
    """Why something was put off or let off, in full: 白沙村支部，党员大会：延期。外出党员集中返乡."""
    return tuple(
        f"{place.short_name}，{standing.step.label}：{DECIDED[standing.state]}。{standing.reason}"
        for place in page
        for standing in rows[place.pk]
        if standing.state in DECIDED
    )


def people_of(page: Sequence[Place], today: datetime.date) -> dict[int, str]:
    """书记 and 指导员 of each organisation, an instructor also of what lies below the post."""
    paths = {path for place in page for path in path_and_above(place.path)}
    posts = (
        Appointment.objects.current(today)
        .filter(organization__path__in=paths, role__in=(Role.SECRETARY, Role.INSTRUCTOR))
        .order_by("starts_on", "pk")
        .values_list("organization__path", "role", "holder_name")
    )
    held: dict[tuple[str, str], str] = {(path, role): name for path, role, name in posts}
    found = {}
    for place in page:
        secretary = held.get((place.path, Role.SECRETARY), "")
        above = reversed(path_and_above(place.path))
        instructor = next((held[p, Role.INSTRUCTOR] for p in above if (p, Role.INSTRUCTOR) in held), "")
        words = [f"书记 {secretary}" if secretary else "没有登记书记"]
        found[place.pk] = "　".join([*words, *([f"指导员 {instructor}"] if instructor else [])])
    return found
