"""谁缺什么: what each organisation still owes, as lines to copy into a message."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from branches.rules.standing import OVERDUE, Standing, day_said
from config.home.board.asked import is_wanted
from config.home.board.cells import left_words
from config.home.board.scope import Place
from config.home.standings import Row

MOST_LINES = 300  # on a page; the file has all


@dataclass(frozen=True)
class Owing:
    """One organisation with what it owes: the longest overdue first, then by due day."""

    place: Place
    above: Place | None
    items: tuple[Standing, ...]

    @property
    def overdue(self) -> int:
        """How many steps are overdue."""
        return sum(item.state == OVERDUE for item in self.items)

    @property
    def latest(self) -> int:
        """The most days any of them is late."""
        return max((item.late for item in self.items if item.state == OVERDUE), default=0)

    @property
    def first_due(self) -> datetime.date | None:
        """The first day something was or is due."""
        return min((item.due for item in self.items if item.due), default=None)

    def said(self, today: datetime.date) -> str:
        """实施方案报上级（8月8日到期，已逾期 3 天）；集中学习（8月20日前，还剩 9 天）."""
        return "；".join(item_said(item, today) for item in self.items)


def item_said(item: Standing, today: datetime.date) -> str:
    """One missing step with its day."""
    if item.due is None:
        when = item.step.due.words
    elif item.state == OVERDUE:
        when = f"{day_said(item.due, today)}到期，已逾期 {item.late} 天"
    else:
        when = left_words(item.due, today)
    return f"{item.step.label}（{when}）" if when else item.step.label


def owing(
    place: Place, above: Place | None, row: Row, asked: tuple[str, str], near: datetime.date
) -> Owing | None:
    """What one organisation owes of a group and a step; None when that is nothing."""
    show, step = asked
    items = [item for item in row if is_wanted(item, show, step, near)]
    items.sort(key=lambda item: item.due or datetime.date.max)
    return Owing(place, above, tuple(items)) if items else None


def lines_of(owings: Iterable[Owing], today: datetime.date) -> Iterator[str]:
    """The lines: a heading for each superior where there are several, then one line for each organisation."""
    last: str | None = ""
    found = list(owings)
    several = len({o.above.path if o.above else "" for o in found}) > 1
    for owing_ in found:
        above = owing_.above.short_name if owing_.above else "直属"
        if several and above != last:
            last = above
            yield f"【{above}】"
        yield f"{owing_.place.short_name}：{owing_.said(today)}"
