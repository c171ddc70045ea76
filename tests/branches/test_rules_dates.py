"""Days as the notices write them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branches.rules import (
    Rules,
    Window,
    committee_report_day,
    days_after,
    days_late,
    finish_day,
    load_preset,
    month_end,
    months_after,
    quarter_end,
    report_due_day,
    resolve,
    ten_days,
    third_cap,
)
from branches.rules.dates import TEN_DAYS


def rules_of(key: str, category: str = "") -> Rules:
    preset = load_preset(key)
    return resolve(preset.values, preset.overlays, category)


@settings(deadline=None)
@given(st.integers(1, 9999), st.integers(1, 12))
def test_the_three_parts_of_a_month_are_the_whole_month(year: int, month: int) -> None:
    first, middle, last = (ten_days(year, month, part) for part in TEN_DAYS)
    assert first == Window(date(year, month, 1), date(year, month, 10))
    assert middle == Window(date(year, month, 11), date(year, month, 20))
    assert last == Window(date(year, month, 21), month_end(year, month))


def test_a_month_that_does_not_exist_is_refused() -> None:
    for month in (0, 13):
        with pytest.raises(ValueError, match=str(month)):
            month_end(2024, month)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2019, 3, 20), 6, date(2019, 9, 20)),
        (date(2018, 8, 31), 6, date(2019, 2, 28)),
        (date(2019, 8, 31), 6, date(2020, 2, 29)),
        (date(2019, 12, 31), 12, date(2020, 12, 31)),
        (date(9999, 8, 1), 6, date.max),
    ],
)
def test_months_later_is_the_same_day_or_the_end_of_the_month(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


@settings(deadline=None)
@given(st.dates(), st.integers(0, 120))
def test_months_later_is_never_earlier_and_never_overflows(day: date, months: int) -> None:
    assert months_after(day, months) >= day


def test_the_meeting_is_day_zero_of_the_fifteen_days() -> None:
    assert days_after(date(2014, 8, 20), 15) == date(2014, 9, 4)
    assert days_after(date(9999, 12, 30), 15) == date.max


def test_a_quarter_ends_on_its_last_day() -> None:
    assert quarter_end(date(2019, 1, 1)) == date(2019, 3, 31)
    assert quarter_end(date(2019, 6, 30)) == date(2019, 6, 30)
    assert quarter_end(date(2019, 10, 1)) == date(2019, 12, 31)


def test_days_late_counts_from_the_day_after_the_due_day() -> None:
    assert days_late(None, date(2019, 3, 20)) == 0
    assert days_late(date(2019, 3, 20), date(2019, 3, 20)) == 0
    assert days_late(date(2019, 3, 20), date(2019, 3, 22)) == 2
    assert days_late(date(2019, 3, 20), date(2019, 3, 1)) == 0


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_a_third_is_rounded_down(n: int) -> None:
    cap = third_cap(Fraction(1, 3), n)
    assert cap is not None
    assert 3 * cap <= n < 3 * (cap + 1)


def test_a_third_of_two_is_nobody_and_without_a_cap_there_is_no_number() -> None:
    assert third_cap(Fraction(1, 3), 2) == 0
    assert third_cap(None, 40) is None
    with pytest.raises(ValueError, match="人数"):
        third_cap(Fraction(1, 3), -1)


def test_the_current_year_ends_with_march_of_the_next_year() -> None:
    assert finish_day(rules_of("current_year"), 2024) == date(2025, 3, 31)


def test_a_written_day_comes_before_the_months_after_the_year() -> None:
    assert finish_day(rules_of("xinyi_2018"), 2018) == date(2019, 3, 20)
    assert finish_day(Rules(), 2018) is None


def test_the_township_report_is_due_fifteen_days_after_the_meeting() -> None:
    assert report_due_day(rules_of("luoyang_2014"), date(2014, 8, 15)) == date(2014, 8, 30)


def test_the_city_offices_report_is_due_on_a_fixed_day() -> None:
    assert report_due_day(rules_of("xianning_2015"), date(2015, 9, 1)) == date(2015, 9, 30)


def test_the_village_owes_no_report_and_the_leadership_one_without_a_day() -> None:
    assert report_due_day(rules_of("xinyi_2018"), date(2019, 3, 1)) is None
    assert report_due_day(rules_of("town_leadership_2014"), date(2014, 7, 15)) is None


def test_the_village_committee_tells_within_half_a_year() -> None:
    assert committee_report_day(rules_of("xinyi_2018"), date(2019, 3, 1)) == date(2019, 9, 1)
    assert committee_report_day(rules_of("luoyang_2014"), date(2014, 8, 15)) is None
