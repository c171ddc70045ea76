"""Days of reminders: a reminder may move off a holiday, a deadline never does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules.reminders import FARTHEST, reminder_days
from config.lib.workdays import is_workday

DAYS = st.dates(date(2002, 1, 1), date(2026, 12, 31))
COUNTS = st.lists(st.integers(0, 60), max_size=5)


def on(*days: tuple[int, int, int]) -> frozenset[date]:
    """A set of days."""
    return frozenset(date(*day) for day in days)


@pytest.mark.parametrize(
    ("due", "before", "after", "expected"),
    [
        # 国庆 2014: 1–7 October free, Sunday 28 September and Saturday 11 October worked.
        ((2014, 10, 5), (7, 3, 1, 0), (1, 3, 7), on((2014, 9, 28), (2014, 9, 30), (2014, 10, 8), (2014, 10, 13))),
        # 国庆和中秋 2025: 1–8 October free, Sunday 28 September and Saturday 11 October worked.
        ((2025, 10, 3), (7, 3, 1, 0), (1, 3, 7), on((2025, 9, 26), (2025, 9, 30), (2025, 10, 9), (2025, 10, 10))),
        # Spring Festival 2026: 15–23 February free, Saturdays 14 and 28 February worked.
        ((2026, 2, 17), (7, 3, 1, 0), (1, 3, 7), on((2026, 2, 10), (2026, 2, 14), (2026, 2, 24))),
        # A worked Saturday is a day like any other, also for the deadline's own reminder.
        ((2026, 2, 28), (1, 0), (1,), on((2026, 2, 27), (2026, 2, 28), (2026, 3, 2))),
        # An ordinary Saturday is not.
        ((2014, 8, 9), (0,), (), on((2014, 8, 8))),
        # Leap day, a Thursday.
        ((2024, 2, 29), (0,), (1,), on((2024, 2, 29), (2024, 3, 1))),
        # Saturday 29 February 2020: the day before; and Monday.
        ((2020, 2, 29), (0,), (1,), on((2020, 2, 28), (2020, 3, 2))),
        # Over the end of the year: 1–3 January 2026 free, Sunday 4 January worked.
        ((2026, 1, 1), (1, 0), (1,), on((2025, 12, 31), (2026, 1, 4))),
        # 31 December 2007, a Monday, was free for the new year; Saturday 29 December was worked.
        ((2007, 12, 31), (0,), (1,), on((2007, 12, 29), (2008, 1, 2))),
    ],
)  # fmt: skip
def test_reminders_move_off_public_holidays(
    due: tuple[int, int, int],
    before: tuple[int, ...],
    after: tuple[int, ...],
    expected: frozenset[date],
) -> None:
    assert reminder_days(date(*due), before, after, is_workday) == expected


def test_without_a_calendar_the_days_are_the_nominal_ones() -> None:
    found = reminder_days(date(2024, 3, 1), (7, 1, 0), (1, 366))
    assert found == on((2024, 2, 23), (2024, 2, 29), (2024, 3, 1), (2024, 3, 2), (2025, 3, 2))


def test_nothing_asked_is_no_reminder() -> None:
    assert reminder_days(date(2026, 2, 17), (), (), is_workday) == frozenset()


def test_a_calendar_without_working_days_moves_nothing() -> None:
    assert reminder_days(date(2026, 2, 17), (1,), (1,), lambda _day: False) == on(
        (2026, 2, 16), (2026, 2, 18)
    )


def test_a_day_beyond_the_calendar_is_no_reminder() -> None:
    assert reminder_days(date.max, (), (1,)) == frozenset()
    assert reminder_days(date.min, (1,), (), is_workday) == frozenset()


@given(due=DAYS, before=COUNTS, after=COUNTS)
def test_moved_reminders_are_on_working_days_on_their_side_of_the_deadline(
    due: date, before: list[int], after: list[int]
) -> None:
    moved = reminder_days(due, before, after, is_workday)
    assert all(is_workday(day) for day in moved)
    assert len(moved) <= len(set(before)) + len(set(after))
    for days in before:
        (day,) = reminder_days(due, (days,), (), is_workday)
        assert due - timedelta(days=days + FARTHEST) < day <= due - timedelta(days=days)
    for days in after:
        (day,) = reminder_days(due, (), (days,), is_workday)
        nominal = due + timedelta(days=days)
        assert day >= nominal if days else day <= nominal


@given(due=DAYS, before=COUNTS, after=COUNTS)
def test_a_reminder_on_a_working_day_stays_where_it_is(
    due: date, before: list[int], after: list[int]
) -> None:
    nominal = reminder_days(due, before, after)
    moved = reminder_days(due, before, after, is_workday)
    assert {day for day in nominal if is_workday(day)} <= moved
