"""Days as notices write them: thirds of a month, days and months after a day, quarters."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta

# 上旬 is day 1 to 10, 中旬 11 to 20, 下旬 21 to the last day of the month (0).
TEN_DAYS: dict[str, tuple[int, int]] = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 0)}
MONTHS_A_YEAR = 12
MONTHS_A_QUARTER = 3

ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PART = re.compile(r"([0-9]{4})年([0-9]{1,2})月(上旬|中旬|下旬)")


@dataclass(frozen=True)
class Window:
    """The first and the last day of a period, both included."""

    opens: date
    closes: date


def month_end(year: int, month: int) -> date:
    """Return the last day of a month; raises ValueError if there is no such month."""
    if not 1 <= month <= MONTHS_A_YEAR:
        raise ValueError(month)
    date(year, month, 1)
    return date(year, month, calendar.monthrange(year, month)[1])


def ten_days(year: int, month: int, part: str) -> Window:
    """Return 上旬, 中旬 or 下旬 of a month as a window of days."""
    first, last = TEN_DAYS[part]
    end = date(year, month, last) if last else month_end(year, month)
    return Window(date(year, month, first), end)


def read_day(raw: object) -> date:
    """Return the day of an ISO text, or the last day of “2014年8月中旬”; raises ValueError."""
    if not isinstance(raw, str):
        raise ValueError(raw)
    text = raw.strip()
    if found := PART.fullmatch(text):
        return ten_days(int(found[1]), int(found[2]), found[3]).closes
    if not ISO_DAY.fullmatch(text):
        raise ValueError(raw)
    return date.fromisoformat(text)


def read_window(raw: object) -> Window:
    """Return a window from {"from", "to"} or from “2014年8月上旬至2014年8月中旬”; raises ValueError."""
    if isinstance(raw, Mapping) and set(raw) == {"from", "to"}:
        return Window(read_day(raw["from"]), read_day(raw["to"]))
    if not isinstance(raw, str):
        raise ValueError(raw)
    first, _, last = raw.strip().partition("至")
    opens, closes = PART.fullmatch(first), PART.fullmatch(last or first)
    if not opens or not closes:
        raise ValueError(raw)
    return Window(
        ten_days(int(opens[1]), int(opens[2]), opens[3]).opens,
        ten_days(int(closes[1]), int(closes[2]), closes[3]).closes,
    )


def days_after(day: date, days: int) -> date:
    """Return the calendar day `days` after `day`, which itself is day 0; stops at the first and last date."""
    return day + max(min(timedelta(days=days), date.max - day), date.min - day)


def months_after(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of that month if it is shorter."""
    years, month0 = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    if day.year + years > MAXYEAR:
        return date.max
    end = month_end(day.year + years, month0 + 1)
    return end.replace(day=min(day.day, end.day))


def quarter_end(day: date) -> date:
    """Return the last day of the calendar quarter in which `day` lies."""
    quarter = (day.month - 1) // MONTHS_A_QUARTER
    return month_end(day.year, (quarter + 1) * MONTHS_A_QUARTER)


def days_late(due: date | None, done: date) -> int:
    """Return how many days after `due` something was done, 0 when in time or without a due day."""
    return max(0, (done - due).days) if due else 0
