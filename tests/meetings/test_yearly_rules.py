"""Periods of a year, what is on record in each, and how much of it: prompts, never verdicts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.models import MeetingKind
from meetings.rules.kinds import KINDS
from meetings.rules.yearly import Coverage, coverage, delivered, periods

YEAR = 2026


@pytest.mark.parametrize(
    ("every", "labels"),
    [
        ("quarter", ["第1季度", "第2季度", "第3季度", "第4季度"]),
        ("month", [f"{n}月" for n in range(1, 13)]),
        ("year", ["2026年"]),
    ],
)
def test_a_year_is_cut_into_its_periods(every: str, labels: list[str]) -> None:
    assert [period.label for period in periods(every, [], YEAR, date(2026, 8, 1))] == labels


def test_what_is_over_what_is_now_and_what_is_ahead() -> None:
    days = [date(2026, 3, 31), date(2026, 1, 8), date(2025, 12, 31), date(2026, 1, 8)]
    found = periods("quarter", days, YEAR, date(2026, 7, 1))
    assert [(period.state, period.word) for period in found] == [
        ("held", "1月8日、3月31日"),
        ("short", "没有登记"),
        ("now", "还没有登记"),
        ("ahead", "还没到"),
    ]
    assert coverage("quarter", found) == Coverage(1, 2, "个季度")
    assert coverage("quarter", found).text == "1/2 个季度"


def test_a_running_period_is_not_missed_and_counts_once_something_is_there() -> None:
    found = periods("month", [date(2026, 1, 2)], YEAR, date(2026, 1, 20))
    assert coverage("month", found).is_full
    assert coverage("month", periods("month", [], YEAR, date(2026, 1, 20))).text == "—"
    assert coverage("year", periods("year", [], YEAR, date(2027, 1, 1))).text == "0/1 次"


@given(
    st.sampled_from(["quarter", "month", "year"]),
    st.lists(st.dates(date(2025, 6, 1), date(2027, 6, 1))),
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
)
def test_every_day_of_the_year_stands_in_exactly_one_period(
    every: str, days: list[date], today: date
) -> None:
    found = periods(every, days, YEAR, today)
    inside = sorted({day for day in days if day.year == YEAR})
    assert sorted(day for period in found for day in period.days) == inside
    counted = coverage(every, found)
    assert 0 <= counted.held <= counted.begun <= len(found)
    assert all(period.tone for period in found)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 30)))
def test_time_passing_never_takes_anything_away(today: date) -> None:
    days = [date(2026, 2, 3), date(2026, 5, 6)]
    before = coverage("month", periods("month", days, YEAR, today))
    after = coverage("month", periods("month", days, YEAR, today + timedelta(days=1)))
    assert (before.held, before.begun) <= (after.held, after.begun)


def test_who_is_asked_for_what() -> None:
    def keys(**shape: bool) -> list[str]:
        return [
            check.key
            for check in delivered().asked_of(
                **{"is_body": False, "has_committee": False, "has_groups": False, **shape}
            )
        ]

    assert keys() == ["plenary", "life"]
    assert keys(has_committee=True, has_groups=True) == ["plenary", "committee", "group", "life"]
    assert keys(is_body=True, has_committee=True) == ["democratic_life"]


def test_what_is_delivered_names_kinds_of_meeting_and_their_clauses() -> None:
    read = delivered()
    pairs = [(c.held, c.noted) for c in read.checks] + [(d.held, d.noted) for d in read.double]
    for held, noted in pairs:
        assert {*held, noted} <= set(KINDS)
        assert noted in MeetingKind.values
    assert all(check.clause and check.source for check in read.checks)
    assert "普通党员身份" in read.clause
