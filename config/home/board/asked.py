"""What the board is asked to show: the filter as it stands in the address, kept by every link."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self
from urllib.parse import urlencode

from branches.models import Category
from branches.rules.standing import DONE, OPEN, OVERDUE, PENDING, POSTPONED, SETTLED, WAIVED, Standing
from config.home.standings import Row

ATTENTION, REVIEW, ALL = "attention", "review", "all"
SHOWN = {
    ATTENTION: "需要关注的（逾期和可以办理）",
    OVERDUE: "已逾期",
    OPEN: "可以办理",
    REVIEW: "已报、等审核",
    PENDING: "还不能开始",
    POSTPONED: "已延期",
    WAIVED: "同意不做",
    DONE: "已办完",
    ALL: "全部",
}
TABS = {"": "逐个组织", "sums": "按下级汇总", "missing": "谁缺什么"}
OWED = (OPEN, OVERDUE)
LONGEST_NAME = 40


@dataclass(frozen=True)
class Asked:
    """The filter; what nobody knows is left out, never an error."""

    campaign: str = ""
    tab: str = ""
    show: str = ""
    step: str = ""
    category: str = ""
    under: str = ""
    direct: str = ""
    liaison: str = ""
    q: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """The filter of a query string, of a posted form or of a job's parameters."""
        found = {name: str(data.get(name, "")).strip() for name in cls.__dataclass_fields__}
        for name, known in (("tab", TABS), ("show", SHOWN), ("category", Category.values)):
            found[name] = found[name] if found[name] in known else ""
        for name in ("under", "liaison"):
            found[name] = found[name] if found[name].isascii() and found[name].isdigit() else ""
        found["direct"] = "1" if found["direct"] else ""
        found["q"] = found["q"][:LONGEST_NAME]
        return cls(**found)

    def values(self, **changes: str) -> dict[str, str]:
        """What is set, with changes."""
        return {name: value for name, value in {**vars(self), **changes}.items() if value}

    def url(self, **changes: str) -> str:
        """The address of the board with changes; it begins on its first page."""
        return f"?{urlencode(self.values(**changes))}"

    @property
    def cleared(self) -> str:
        """The address without any filter; the place in the tree and the tab stay."""
        return self.url(show="", step="", category="", direct="", liaison="", q="")

    @property
    def everything(self) -> str:
        """The address that shows all, whatever their state."""
        return self.url(show=ALL)

    @property
    def narrows(self) -> bool:
        """Whether anything is left out beside what the drill-down leaves out."""
        return bool(self.show or self.step or self.category or self.direct or self.liaison or self.q)


def groups_of(row: Row, step: str = "") -> frozenset[str]:
    """In which of `SHOWN` an organisation is: by all its steps, or by one; none if that is not asked of it."""
    if step:
        return _groups(frozenset((s.state, s.handed_in) for s in row if s.step.key == step), one=True)
    return _groups(row.mix, one=False)


@lru_cache(maxsize=512)
def _groups(mix: frozenset[tuple[str, bool]], *, one: bool) -> frozenset[str]:
    """The groups of a mixture of states; several steps are done when nothing more is asked for."""
    if not mix:
        return frozenset()
    found = {REVIEW if handed_in and state == OPEN else state for state, handed_in in mix}
    if any(state in OWED and not handed_in for state, handed_in in mix):
        found.add(ATTENTION)
    if not one:
        found.discard(DONE)
        if all(state in SETTLED for state, _handed_in in mix):
            found.add(DONE)
    return frozenset(found | {ALL})


def is_wanted(standing: Standing, show: str, step: str, near: datetime.date) -> bool:
    """Whether a step belongs on the list of what is missing: owed, and of the kind asked for.

    Among what needs attention only what is overdue or due by `near`; what is far off is not missing yet.
    """
    if not standing.is_owed or (step and standing.step.key != step):
        return False
    if show == ATTENTION:
        return standing.state == OVERDUE or (standing.due is not None and standing.due <= near)
    return show not in (OVERDUE, OPEN) or standing.state == show
