"""The board put together for one reader, campaign and filter.

Nobody is ranked: the order is that of the tree, what is overdue before what is open where both are shown.
"""

from __future__ import annotations

import collections
import datetime
from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Page, Paginator

from branches.models import Campaign, Kind, Organization
from branches.rules import Rules
from branches.rules.standing import DONE, OVERDUE, PENDING, POSTPONED, WAIVED
from config.home.board.asked import ALL, ATTENTION, REVIEW, Asked, groups_of
from config.home.board.cells import Head, heads_of
from config.home.board.counting import (
    PLENARY,
    BranchCoverage,
    MemberCoverage,
    Members,
    Sum,
    branch_coverage,
    members_of,
    sum_members,
    sums_of,
)
from config.home.board.levels import Level, levels_of
from config.home.board.missing import MOST_LINES, Owing, lines_of, owing
from config.home.board.rows import Line, lines_on, reasons_of
from config.home.board.scope import Place, Scope
from config.home.days import deadline
from config.home.standings import Standings
from config.lib.paging import PER_PAGE


@dataclass(frozen=True)
class Tile:
    """A number that is a filter."""

    number: str
    words: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class Board:
    """Everything the superior's home shows; the parts a tab does not show are not read."""

    scope: Scope
    asked: Asked
    standings: Standings
    places: tuple[Place, ...]
    page_asked: str | None = None

    @classmethod
    def of(
        cls,
        top: Organization,
        campaign: Campaign,
        asked: Asked,
        *,
        today: datetime.date,
        page: str | None = None,
    ) -> Board:
        """The board of what lies at or below `top`; a constant number of queries for any number of rows.

        Raises Http404 when the filter names a place that is not below `top`.
        """
        scope = Scope.of(campaign, top, asked, today)
        standings = Standings.of(campaign, scope.organizations, today)
        places = tuple(place for place in scope.places() if place.pk in standings.rows)
        return cls(scope, asked, standings, places, page)

    @property
    def campaign(self) -> Campaign:
        """The campaign."""
        return self.scope.campaign

    @property
    def unit(self) -> str:
        """What one row is called."""
        return "支部" if all(place.kind == Kind.BRANCH for place in self.places) else "党组织"

    @cached_property
    def due(self) -> tuple[str, str]:
        """The campaign's deadline in words, and its colour."""
        return deadline(self.campaign.finish_by, self.standings.today)

    @property
    def asks_reports(self) -> bool:
        """Whether anybody here owes a report."""
        return any(step.kind == "report" for step in self.standings.columns)

    @property
    def asks_pages(self) -> bool:
        """Whether anybody here may put notices up on the net."""
        return any(rules.public_page for rules in self.standings.rules.values())

    @property
    def asks_surveys(self) -> bool:
        """Whether anybody here owes a survey of the masses' satisfaction."""
        return any(step.kind == "satisfaction" for step in self.standings.columns)

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The columns."""
        return heads_of(self.standings.columns, self.standings.lists, self.standings.today)

    @cached_property
    def step(self) -> Head | None:
        """The step asked for, if it is one of the columns."""
        return next((head for head in self.heads if head.key == self.asked.step), None)

    @cached_property
    def _groups(self) -> dict[int, frozenset[str]]:
        """In which groups each organisation is, by key."""
        step = self.step.key if self.step else ""
        rows = self.standings.rows
        return {place.pk: groups_of(rows[place.pk], step) for place in self.places}

    @cached_property
    def counts(self) -> collections.Counter[str]:
        """How many organisations are in each group."""
        found: collections.Counter[str] = collections.Counter()
        for groups, times in collections.Counter(self._groups.values()).items():
            for group in groups:
                found[group] += times
        return found

    @cached_property
    def show(self) -> str:
        """The group shown: the one asked for, else what needs attention, else everything."""
        return self.asked.show or (ATTENTION if self.counts[ATTENTION] else ALL)

    @cached_property
    def chosen(self) -> list[Place]:
        """The organisations shown, in tree order; among those that need attention the overdue first."""
        groups = self._groups
        found = [place for place in self.places if self.show in groups[place.pk]]
        if self.show == ATTENTION:
            found.sort(key=lambda place: OVERDUE not in groups[place.pk])
        return found

    @cached_property
    def page(self) -> Page[Place]:
        """One page of them."""
        return Paginator(self.chosen, PER_PAGE).get_page(self.page_asked)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The rows of the page."""
        return lines_on(list(self.page), self.scope, self.standings, self.heads)

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """The reasons of what was put off or let off on the page."""
        return reasons_of(list(self.page), self.standings.rows)

    @cached_property
    def totals(self) -> list[tuple[Head, Sum]]:
        """The sums of all organisations of the filter, whatever page and group."""
        rows = (self.standings.rows[place.pk] for place in self.places)
        return list(zip(self.heads, sums_of(rows, self.heads), strict=True))

    @cached_property
    def _covering(self) -> frozenset[str]:
        """What the rules want covered entirely: branches, members."""
        asking = ((what, rules) for rules in self._rules for what in rules.coverage)
        return frozenset(what for what, rules in asking if what != "members" or rules.ballot_place != "none")

    @cached_property
    def branches(self) -> BranchCoverage:
        """How many branches have met."""
        return branch_coverage(self.places, self.standings)

    @cached_property
    def _members(self) -> Members | None:
        """The coverage of members by organisation, where the rules ask for it."""
        if "members" not in self._covering:
            return None
        return members_of(self.campaign, self.scope.organizations, self.standings)

    @cached_property
    def members(self) -> MemberCoverage | None:
        """How many members were assessed."""
        return None if self._members is None else sum_members(self._members.values())

    @property
    def coverages(self) -> list[str]:
        """The coverages the rules ask for, in sentences."""
        found = [f"支部全覆盖：{self.branches.words}。"] if "branches" in self._covering else []
        return [*found, *([f"党员全覆盖：{self.members.words}。"] if self.members else [])]

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The sums of each direct subordinate; none at the lowest level."""
        rows = self.standings.rows
        return levels_of(self.scope, self.asked, self.places, rows, self.heads, self._members)

    @cached_property
    def owings(self) -> list[Owing]:
        """What the organisations shown owe, each of them that owes anything."""
        rows, asked = self.standings.rows, (self.show, self.step.key if self.step else "")
        near = self.standings.today + datetime.timedelta(days=self.days_near)
        found = (owing(p, self.scope.above(p.path), rows[p.pk], asked, near) for p in self.chosen)
        return [one for one in found if one is not None]

    @cached_property
    def days_near(self) -> int:
        """How many days ahead something is near: as long before the day as the rules first remind."""
        return max((day for rules in self._rules for day in rules.remind_before), default=0)

    @cached_property
    def _rules(self) -> list[Rules]:
        """The different rules of the organisations."""
        return list({id(rules): rules for rules in self.standings.rules.values()}.values())

    @property
    def copy_text(self) -> str:
        """谁缺什么 as lines to copy, as far as a page can hold them."""
        today = self.standings.today
        return "\n".join(lines_of(self.owings[:MOST_LINES], today))

    @property
    def is_brief(self) -> bool:
        """Whether a phone shows only the steps somebody should look at."""
        return self.show not in (ALL, DONE, WAIVED, PENDING)

    @property
    def left_out(self) -> int:
        """How many organisations the text has no room for."""
        return max(0, len(self.owings) - MOST_LINES)

    @cached_property
    def tiles(self) -> list[Tile]:
        """The numbers that are filters."""
        keys = {head.key for head in self.heads}
        plenary = next((key for key in PLENARY if key in keys), "")
        found = []
        if self.branches.total:
            number = f"{self.branches.done} / {self.branches.total}"
            found.append(self._tile(number, "支部已开会", step=plenary, show=ALL))
        if self.members is not None:
            found.append(self._tile(self.members.fraction, "名党员已测评", step="ballot", show=ALL))
        for show, words in (
            (OVERDUE, "有环节逾期"),
            (REVIEW, "已报、等审核"),
            (POSTPONED, "有环节延期"),
            (DONE, "全部办完"),
        ):
            if self.counts[show] or show in (OVERDUE, DONE):
                found.append(self._tile(str(self.counts[show]), f"个{self.unit}{words}", show=show))
        return found

    def _tile(self, number: str, words: str, *, show: str, step: str | None = None) -> Tile:
        """One tile; it leaves the step that is asked for, unless it is about another."""
        key = self.asked.step if step is None else step
        url = self.asked.url(show=show, step=key, tab="")
        return Tile(number, words, url, chosen=(show, key) == (self.asked.show, self.asked.step))
