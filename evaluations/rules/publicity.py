"""What a posted notice of results may say of a name, and how many days it hangs; pure functions."""

from __future__ import annotations

import datetime

HIDDEN = "**"  # always two, so that the length of the name does not show


def masked(name: str) -> str:
    """The name with all but its first character hidden (王**)."""
    return f"{name[:1]}{HIDDEN}"


def days_posted(from_on: datetime.date, to_on: datetime.date) -> int:
    """How many days a notice hangs, the first and the last counted; below 1 when they are in the wrong order."""
    return (to_on - from_on).days + 1


def last_day(from_on: datetime.date, days: int) -> datetime.date:
    """The last of so many days from this one on, which counts."""
    return from_on + datetime.timedelta(days=days - 1)
