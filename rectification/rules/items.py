"""What is worked out of an item from its days: overdue, what is told of it; never stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LISTED, RUNNING, DONE, VERIFIED, CLOSED, WITHDRAWN = (
    "listed",
    "in_progress",
    "done",
    "verified",
    "closed",
    "withdrawn",
)
UNFINISHED = (LISTED, RUNNING)
# 完成情况 as the register prints it.
OUTCOMES = {
    LISTED: "未启动",
    RUNNING: "推进中",
    DONE: "已完成，待验收",
    VERIFIED: "已完成，待销号",
    CLOSED: "已销号",
    WITHDRAWN: "已撤销",
}


def days_overdue(status: str, due: date | None, today: date) -> int:
    """Return how many days an item is overdue: 0 when it is finished, in time, or has no day (长期)."""
    return max(0, (today - due).days) if status in UNFINISHED and due else 0


@dataclass(frozen=True)
class Sums:
    """How many items stand where; withdrawn ones are in none but `withdrawn`."""

    listed: int = 0
    running: int = 0
    done: int = 0
    verified: int = 0
    closed: int = 0
    withdrawn: int = 0
    overdue: int = 0
    repeated: int = 0

    @property
    def total(self) -> int:
        """All that stand in the register."""
        return self.listed + self.running + self.done + self.verified + self.closed

    @property
    def finished(self) -> int:
        """Those done, whether verified and closed or not yet."""
        return self.done + self.verified + self.closed


def sums_of(rows: Iterable[tuple[str, date | None, bool]], today: date) -> Sums:
    """Return the sums of rows of (status, due day, whether it repeats a problem of an earlier year)."""
    found: dict[str, int] = {}
    overdue = repeated = 0
    for status, due, again in rows:
        found[status] = found.get(status, 0) + 1
        overdue += bool(days_overdue(status, due, today))
        repeated += again and status != WITHDRAWN
    return Sums(
        listed=found.get(LISTED, 0),
        running=found.get(RUNNING, 0),
        done=found.get(DONE, 0),
        verified=found.get(VERIFIED, 0),
        closed=found.get(CLOSED, 0),
        withdrawn=found.get(WITHDRAWN, 0),
        overdue=overdue,
        repeated=repeated,
    )
