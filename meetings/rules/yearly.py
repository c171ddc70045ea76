"""How often organisations meet in a year (三会一课、组织生活会、双重组织生活): periods of a year and what is on record in each.

The figures and their clauses stand in meetings/presets/yearly.toml. What is not on record is asked about, never judged.
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DELIVERED = Path(__file__).resolve().parent.parent / "presets" / "yearly.toml"
EVERY_BRANCH, WITH_COMMITTEE, EACH_GROUP, OF_BODY = "branch", "committee", "group", "body"
QUARTER, MONTH, YEAR = "quarter", "month", "year"
MONTHS = {QUARTER: 3, MONTH: 1, YEAR: 12}  # months of the calendar in one period
UNITS = {QUARTER: "个季度", MONTH: "个月", YEAR: "次"}
HELD, SHORT, NOW, AHEAD = "held", "short", "now", "ahead"
WORDS = {HELD: "已登记", SHORT: "没有登记", NOW: "还没有登记", AHEAD: "还没到"}
TONES = {HELD: "ok", SHORT: "idle", NOW: "now", AHEAD: "idle"}


@dataclass(frozen=True)
class Check:
    """One thing asked every so often, with its clause."""

    key: str
    label: str
    who: str
    every: str
    held: tuple[str, ...]
    noted: str
    clause: str
    source: str


@dataclass(frozen=True)
class Double:
    """One of the two kinds of organisational life a leader takes part in."""

    key: str
    label: str
    held: tuple[str, ...]
    noted: str


@dataclass(frozen=True)
class Delivered:
    """What is delivered: the checks, the two kinds of a leader's life, and the clause of the latter."""

    checks: tuple[Check, ...]
    double: tuple[Double, ...]
    clause: str
    source: str

    def asked_of(self, *, is_body: bool, has_committee: bool, has_groups: bool) -> tuple[Check, ...]:
        """The checks that make sense for an organisation: without a committee nobody asks for 支委会."""
        holders = {OF_BODY} if is_body else {EVERY_BRANCH}
        if not is_body:
            holders |= ({WITH_COMMITTEE} if has_committee else set()) | (
                {EACH_GROUP} if has_groups else set()
            )
        return tuple(check for check in self.checks if check.who in holders)


@dataclass(frozen=True)
class Period:
    """One quarter, month or year with the days on record in it."""

    label: str
    days: tuple[date, ...]
    state: str

    @property
    def word(self) -> str:
        """The state in words, with the days where there are any."""
        if self.state == HELD:
            return "、".join(f"{day.month}月{day.day}日" for day in self.days)
        return WORDS[self.state]

    @property
    def tone(self) -> str:
        """The colour that goes with the word."""
        return TONES[self.state]


@cache
def delivered() -> Delivered:
    """The checks as delivered."""
    read = tomllib.loads(DELIVERED.read_text(encoding="utf-8"))
    checks = [Check(**{**line, "held": tuple(line["held"])}) for line in read["checks"]]
    double = [Double(**{**line, "held": tuple(line["held"])}) for line in read["double"]]
    return Delivered(tuple(checks), tuple(double), **read["double_source"])


def periods(every: str, days: Iterable[date], year: int, today: date) -> tuple[Period, ...]:
    """The periods of a year, each with the days in it; days of other years are left out."""
    length, inside = MONTHS[every], sorted(set(days))
    found = []
    for number, first in enumerate(range(1, 13, length), 1):
        last = first + length - 1
        begin, end = date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
        here = tuple(day for day in inside if begin <= day <= end)
        state = HELD if here else SHORT if end < today else NOW if begin <= today else AHEAD
        found.append(Period(_name(every, number, year), here, state))
    return tuple(found)


def _name(every: str, number: int, year: int) -> str:
    if every == YEAR:
        return f"{year}年"
    return f"第{number}季度" if every == QUARTER else f"{number}月"


@dataclass(frozen=True)
class Coverage:
    """Of the periods begun, in how many a meeting is on record; the present one counts once something is."""

    held: int
    begun: int
    unit: str

    @property
    def is_full(self) -> bool:
        """Whether nothing is missing from what is over."""
        return self.held == self.begun

    @property
    def text(self) -> str:
        """3/4 个季度; a dash before the year has begun."""
        return f"{self.held}/{self.begun} {self.unit}" if self.begun else "—"


def coverage(every: str, found: Iterable[Period]) -> Coverage:
    """How much of a year is on record; a period that is still running is not missed."""
    states = [period.state for period in found]
    return Coverage(states.count(HELD), states.count(HELD) + states.count(SHORT), UNITS[every])
