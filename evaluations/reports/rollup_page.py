"""The roll-up cut for the screen: tabs, and the rows of one tab as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evaluations.reports.rollup_table import HEADS, NotYet, RollUp, RollUpLine, RollUpSection
from evaluations.reports.summary import count_text, percent_text

NOT_YET_TAB = "open"


@dataclass(frozen=True)
class Tab:
    """One tab: its key in the address, its label, how many rows."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class ScreenLine:
    """One row as text, made when it is shown: heading and value pairs stay together for phones."""

    line: RollUpLine
    grades: tuple[str, ...]

    @property
    def heads(self) -> list[tuple[str, str]]:
        """The ten counts with their headings."""
        return list(zip(HEADS, map(count_text, self.line.heads()), strict=True))

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        """Grade, votes and percentage."""
        figures = zip(self.grades, self.line.figures(), strict=True)
        return [(grade, count_text(votes), percent_text(share)) for grade, (votes, share) in figures]

    @property
    def rest(self) -> list[tuple[str, str]]:
        """Abstentions and invalid marks with their headings."""
        return list(zip(("弃权", "无效"), map(count_text, self.line.rest()), strict=True))


@dataclass(frozen=True)
class RollUpPage:
    """What one tab shows: the rows to page through, and the sums under the last of them."""

    tabs: tuple[Tab, ...]
    current: str
    section: RollUpSection | None
    lines: list[Any]
    sums: tuple[ScreenLine, ...]
    heads: tuple[str, ...] = HEADS


def rollup_page(table: RollUp, asked: str) -> RollUpPage:
    """The tab asked for, else the first: one tab a scale, then the branches that are not done."""
    sections = {str(number): section for number, section in enumerate(table.sections, 1)}
    tabs = [Tab(key, f"已完成（{s.scale}）", len(s.lines)) for key, s in sections.items()]
    tabs.append(Tab(NOT_YET_TAB, "尚未完成", len(table.not_yet)))
    current = asked if asked in {tab.key for tab in tabs} else tabs[0].key
    section = sections.get(current)
    if section is None:
        waiting: list[NotYet] = list(table.not_yet)
        return RollUpPage(tuple(tabs), current, None, waiting, ())
    return RollUpPage(
        tabs=tuple(tabs),
        current=current,
        section=section,
        lines=[ScreenLine(line, section.grades) for line in section.lines],
        sums=tuple(ScreenLine(line, section.grades) for line in (*section.subtotals, section.total)),
    )
