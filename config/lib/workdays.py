"""Working days in mainland China: weekends, public holidays, and the working days moved for them.

The yearly arrangement (调休) is published at the end of the year before. Until the library knows it,
only weekends and the holidays fixed by statute count as free: `is_arranged` says which it is.
"""

from __future__ import annotations

import datetime
import functools

import holidays

FRIDAY = 4


def is_workday(day: datetime.date) -> bool:
    """Whether people work on this day."""
    free, moved = _year(day.year)
    if day in moved:
        return True
    return day.weekday() <= FRIDAY and day not in free


def is_arranged(year: int) -> bool:
    """Whether the arrangement of the year's holidays, with its moved working days, is known."""
    return any(day.year == year for day in _calendar(year, arranged=True).weekend_workdays)


@functools.cache
def _year(year: int) -> tuple[frozenset[datetime.date], frozenset[datetime.date]]:
    """The free days of a year and its weekend days that are worked; the next year's notice may name some."""
    free: set[datetime.date] = set()
    moved: set[datetime.date] = set()
    for named in (year, year + 1):
        known = is_arranged(named)
        calendar = _calendar(named, arranged=known)
        free.update(calendar)
        if known:
            moved |= calendar.weekend_workdays
    return (
        frozenset(day for day in free if day.year == year),
        frozenset(day for day in moved if day.year == year),
    )


@functools.cache
def _calendar(year: int, *, arranged: bool) -> holidays.HolidayBase:
    """The library's calendar of one year, with or without the days it derives from the arrangement."""
    return holidays.country_holidays("CN", years=[year], observed=arranged, expand=False)
