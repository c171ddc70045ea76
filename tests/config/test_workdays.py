"""Working days in mainland China, against the notices of the State Council."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from config.lib.workdays import is_arranged, is_workday


def between(first: date, last: date) -> list[date]:
    """All days from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("first", "last", "worked"),
    [
        (date(2014, 1, 31), date(2014, 2, 6), [date(2014, 1, 26), date(2014, 2, 8)]),
        (date(2014, 10, 1), date(2014, 10, 7), [date(2014, 9, 28), date(2014, 10, 11)]),
        (date(2015, 9, 3), date(2015, 9, 5), [date(2015, 9, 6)]),
        (date(2025, 10, 1), date(2025, 10, 8), [date(2025, 9, 28), date(2025, 10, 11)]),
        (date(2026, 1, 1), date(2026, 1, 3), [date(2026, 1, 4)]),
        (date(2026, 2, 15), date(2026, 2, 23), [date(2026, 2, 14), date(2026, 2, 28)]),
        (date(2007, 12, 30), date(2008, 1, 1), [date(2007, 12, 29)]),
        (date(2012, 1, 1), date(2012, 1, 3), [date(2011, 12, 31)]),
    ],
)
def test_holidays_are_free_and_the_days_moved_for_them_are_worked(
    first: date, last: date, worked: list[date]
) -> None:
    assert [day for day in between(first, last) if is_workday(day)] == []
    assert all(is_workday(day) for day in worked)
    assert all(day.weekday() >= 5 for day in worked)


def test_an_ordinary_week_has_five_working_days() -> None:
    assert [is_workday(day) for day in between(date(2014, 8, 11), date(2014, 8, 17))] == [True] * 5 + [
        False
    ] * 2


@pytest.mark.parametrize("year", range(2001, 2027))
def test_years_with_a_published_arrangement_say_so(year: int) -> None:
    assert is_arranged(year)


def test_a_year_not_yet_arranged_knows_weekends_and_the_statutory_days_and_says_so() -> None:
    year = next(year for year in range(2027, 2100) if not is_arranged(year))
    assert not is_workday(date(year, 10, 1))
    weekend = [day for day in between(date(year, 1, 1), date(year, 12, 30)) if day.weekday() >= 5]
    assert not any(is_workday(day) for day in weekend)


def test_a_year_the_library_does_not_know_at_all_has_weekends_only() -> None:
    assert not is_arranged(2150)
    assert [is_workday(day) for day in between(date(2150, 10, 1), date(2150, 10, 7))].count(True) == 5
