"""A rule set carried over to another year: its fixed dates move with the year."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from branches.rules.dates import read_day
from branches.rules.kinds import Day, Kind, Maybe, Span
from branches.rules.resolving import SPECS
from branches.rules.spec import CATEGORIES
from branches.rules.steplines import StepLines

LEAP_DAY = (2, 29)


@dataclass(frozen=True)
class DateValue:
    """A rule that names a fixed day: key, label, category (empty: the general rule) and the day in words."""

    key: str
    label: str
    category: str
    shown: str

    @property
    def category_label(self) -> str:
        """The name of the category, or the words for the general rule."""
        return CATEGORIES.get(self.category, "各领域通用")


def moved_day(day: date, years: int) -> date:
    """Return the same day so many years later; 29 February becomes 28 February in a common year."""
    year = min(max(day.year + years, MINYEAR), MAXYEAR)
    if (day.month, day.day) == LEAP_DAY and not calendar.isleap(year):
        return date(year, day.month, day.day - 1)
    return day.replace(year=year)


def carried(values: Mapping[str, Any], years: int) -> dict[str, Any]:
    """Return stored values (a base or one overlay) with every fixed date moved; unknown keys are left out."""
    return {key: _moved(_kind(key), raw, years) for key, raw in values.items() if key in SPECS}


def dates_in(values: Mapping[str, Any], overlays: Mapping[str, Mapping[str, Any]]) -> tuple[DateValue, ...]:
    """Return every rule that names a fixed day, general rules first, in the order of the rule set."""
    parts = (("", values), *((name, part) for name, part in overlays.items() if name in CATEGORIES))
    return tuple(found for category, part in parts for found in _dates(category, part))


def same_dates(dates: Iterable[DateValue]) -> tuple[tuple[DateValue, ...], ...]:
    """Return the dates with those together that say the same of the same rule for different categories."""
    found: dict[tuple[str, str], list[DateValue]] = {}
    for one in dates:
        found.setdefault((one.key, one.shown), []).append(one)
    return tuple(tuple(group) for group in found.values())


def mentioning(
    values: Mapping[str, Any], overlays: Mapping[str, Mapping[str, Any]], year: int
) -> tuple[str, ...]:
    """Return the labels of rules whose words (not dates) name the year: a person has to look at them."""
    word, labels = str(year), []
    for part in (values, *overlays.values()):
        for key, raw in part.items():
            if key in SPECS and not _days(_kind(key), raw) and word in _words(raw):
                labels.append(SPECS[key].label)
    return tuple(dict.fromkeys(labels))


def _kind(key: str) -> Kind[Any]:
    """The kind of value of a rule, without the wrapper of those that may be absent."""
    kind = SPECS[key].kind
    return kind.inner if isinstance(kind, Maybe) else kind


def _moved(kind: Kind[Any], raw: Any, years: int) -> Any:
    """A stored value with its dates moved."""
    if isinstance(kind, Day) and raw is not None:
        return moved_day(read_day(raw), years).isoformat()
    if isinstance(kind, Span) and raw is not None:
        return {end: moved_day(read_day(raw[end]), years).isoformat() for end in ("from", "to")}
    if isinstance(kind, StepLines):
        return [{**line, "due": _moved_due(line.get("due", ""), years)} for line in raw]
    return raw


def _moved_due(due: str, years: int) -> str:
    """A due rule of a written-out step, moved where it is a fixed day."""
    return moved_day(date.fromisoformat(due), years).isoformat() if _is_day(due) else due


def _is_day(due: str) -> bool:
    """Whether a due rule is a fixed day and not counted from the meeting."""
    return due[:1].isdigit()


def _days(kind: Kind[Any], raw: Any) -> bool:
    """Whether a stored value names a fixed day."""
    if isinstance(kind, StepLines):
        return any(_is_day(line.get("due", "")) for line in raw)
    return isinstance(kind, Day | Span) and raw is not None


def _dates(category: str, part: Mapping[str, Any]) -> Iterator[DateValue]:
    """The rules of one table that name a fixed day."""
    for key, spec in SPECS.items():
        if key not in part or not _days(_kind(key), part[key]):
            continue
        kind = _kind(key)
        if isinstance(kind, StepLines):
            for line in kind.parse(part[key]):
                if _is_day(line.due):
                    shown = f"{line.label} {Day().show(date.fromisoformat(line.due))}"
                    yield DateValue(key, spec.label, category, shown)
        else:
            yield DateValue(key, spec.label, category, kind.show(kind.parse(part[key])))


def _words(raw: Any) -> str:
    """The words of a stored value."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Mapping):
        return "\n".join(_words(item) for item in raw.values())
    return "\n".join(_words(item) for item in raw) if isinstance(raw, list | tuple) else ""
