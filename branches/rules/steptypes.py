"""What a prescribed step is: its key, prerequisite and due rule. Which steps there are stands in steps.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from branches.rules.dates import MONTHS_A_QUARTER, days_after, months_after, quarter_end

BEFORE, AT, AFTER = "会前", "会上", "会后"
MEETINGS = ("upper_meeting", "committee_meeting", "democratic_life", "meeting")
# Steps an app of this program keeps with figures or a review; all others may be ticked by hand.
BY_APP = ("ballot", "committee_ballot", "masses_ballot", "summary")

# Clocks that run on after the campaign is closed: half a year, and every quarter, after the meeting.
OUTLASTING = ("committee_report", "pledge_report")


def outlasts(key: str) -> bool:
    """Whether a step is owed, and may be worked on, after its campaign is closed."""
    return kind_of(key) in OUTLASTING


def kind_of(key: str) -> str:
    """The key of a step without its number: satisfaction-2 is a satisfaction."""
    return key.partition("-")[0]


@dataclass(frozen=True)
class Due:
    """When a step is due: a fixed day, or days or months after an anchor day, which itself is day 0.

    `anchor` is "planned" (the day set for the meeting), "plenary", "ballot", "last_meeting" or the key of
    one meeting step. With a `day` as well, the earlier of both holds. `quarter` moves to the quarter's end.
    """

    day: date | None = None
    anchor: str = ""
    days: int = 0
    months: int = 0
    quarter: bool = False

    def on(self, anchors: Mapping[str, date], *, postponed: bool = False) -> date | None:
        """The last day in time (day boundaries are local days), None while it is not known.

        `postponed`: the meeting is, so what is counted from the day set for it is not bound to `day`.
        """
        fixed = None if postponed and self.anchor else self.day
        base = anchors.get(self.anchor)
        if base is None:
            return fixed
        moved = days_after(months_after(base, self.months), self.days)
        if self.quarter:
            moved = quarter_end(moved)
        return moved if fixed is None else min(fixed, moved)

    @property
    def words(self) -> str:
        """The rule in words, for the time when no day is known."""
        if not self.anchor:
            return ""
        if self.anchor == "planned":
            return f"会前 {-self.days} 天" if self.days < 0 else "会前"
        if self.quarter:
            return "每季度"
        if self.months:
            return "会后半年内" if self.months == 2 * MONTHS_A_QUARTER else f"会后 {self.months} 个月内"
        return f"会后 {self.days} 日内"


@dataclass(frozen=True)
class Step:
    """One step: `kind` says which app keeps it, `rule` is the rule key whose clause asks for it."""

    key: str
    label: str
    part: str
    rule: str
    due: Due = Due()
    opens_on: date | None = None
    after: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The key without its number."""
        return kind_of(self.key)

    @property
    def may_tick(self) -> bool:
        """Whether a person may tick it by hand: paper suffices, but not for a plan or a count kept here."""
        return self.key not in BY_APP and not (self.key == "plan" and self.rule == "plan_gate")
