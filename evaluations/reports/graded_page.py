"""The summary with grades cut for the screen: tabs, and the rows of one tab as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evaluations.reports.graded_table import HEADS, GradedLine, GradedRollUp, GradedSection
from evaluations.reports.rollup_page import NOT_YET_TAB, Tab
from evaluations.reports.summary import percent_text


@dataclass(frozen=True)
class GradedScreenLine:
    """One row as text, made when it is shown: heading and value pairs stay together for phones."""

    line: GradedLine
    grades: tuple[str, ...]

    @property
    def heads(self) -> list[tuple[str, str]]:
        """The counts of people and 参评率 with their headings."""
        counts = zip(HEADS, map(str, self.line.heads()), strict=True)
        return [*counts, ("参评率", percent_text(self.line.rate))]

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        """Grade, persons and share."""
        figures = zip(self.grades, self.line.figures(), strict=True)
        return [(grade, str(count), percent_text(part)) for grade, (count, part) in figures]


@dataclass(frozen=True)
class GradedPage:
    """What one tab shows: the rows to page through, and the total under the last of them."""

    tabs: tuple[Tab, ...]
    current: str
    section: GradedSection | None
    lines: list[Any]
    total: GradedScreenLine | None
    heads: tuple[str, ...] = (*HEADS, "参评率")


def graded_page(table: GradedRollUp, asked: str) -> GradedPage:
    """The tab asked for, else the first: one tab a scale, then the branches without a row."""
    sections = {str(number): section for number, section in enumerate(table.sections, 1)}
    tabs = [Tab(key, f"已评定（{s.scale}）", len(s.lines)) for key, s in sections.items()]
    tabs.append(Tab(NOT_YET_TAB, "没有列入", len(table.others)))
    current = asked if asked in {tab.key for tab in tabs} else tabs[0].key
    section = sections.get(current)
    if section is None:
        return GradedPage(tuple(tabs), current, None, list(table.others), None)
    return GradedPage(
        tabs=tuple(tabs),
        current=current,
        section=section,
        lines=[GradedScreenLine(line, section.grades) for line in section.lines],
        total=GradedScreenLine(section.total, section.grades),
    )
