"""The days on which somebody is reminded of a deadline; the deadline itself never moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

WorkdayTest = Callable[[date], bool]
FARTHEST = 40  # days: no holiday is longer; a calendar without any working day moves nothing


def reminder_days(
    due: date, before: Iterable[int], after: Iterable[int], is_workday: WorkdayTest | None = None
) -> frozenset[date]:
    """Return the days of reminders for one deadline: `before` and `after` count days, 0 is the day itself.

    With `is_workday`, reminders up to and including the day itself move earlier, to the working day
    before; those after it move later, to the next one. What falls on one day is one reminder.
    """
    early = (_moved(due, -days, -1, is_workday) for days in before)
    late = (_moved(due, days, 1 if days else -1, is_workday) for days in after)
    return frozenset(day for day in (*early, *late) if day is not None)


def _moved(due: date, days: int, step: int, is_workday: WorkdayTest | None) -> date | None:
    """The day so many days from `due`, on a working day in the direction of `step`; None beyond the calendar."""
    try:
        nominal = due + timedelta(days=days)
        if is_workday is None:
            return nominal
        tried = (nominal + timedelta(days=step * n) for n in range(FARTHEST))
        return next((day for day in tried if is_workday(day)), nominal)
    except OverflowError:
        return None
