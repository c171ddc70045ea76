"""The clocks after the meeting: which report is due when, and which one a new meeting answers. No Django."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from branches.rules.dates import MONTHS_A_QUARTER, months_after, quarter_end
from branches.rules.standing import Standing

COMMITTEE, PLEDGES = "committee", "pledges"
STEPS = {COMMITTEE: "committee_report", PLEDGES: "pledge_report"}


@dataclass(frozen=True)
class Clock:
    """One report that is owed: what, which of them (0 for the only one), and where it stands."""

    kind: str
    number: int
    standing: Standing

    @property
    def is_owed(self) -> bool:
        """Whether it still has to be made, and may be made now or could not be in time."""
        return not self.standing.is_settled


def clocks_of(standings: Iterable[Standing]) -> tuple[Clock, ...]:
    """Return the clocks among the steps of one organisation, in their order."""
    kinds = {step: kind for kind, step in STEPS.items()}
    found = []
    for standing in standings:
        kind = kinds.get(standing.step.kind)
        if kind:
            found.append(Clock(kind, number_of(standing.step.key), standing))
    return tuple(found)


def number_of(step: str) -> int:
    """Return the number behind the key of a step: 2 for pledge_report-2, 0 where it has none."""
    _kind, _dash, number = step.partition("-")
    return int(number) if number.isdecimal() else 0


def step_of(kind: str, number: int) -> str:
    """Return the key of the step that a report of this kind and number fulfils."""
    return f"{STEPS[kind]}-{number}" if kind == PLEDGES else STEPS[kind]


def numbers_asked(kind: str, times: int, wanted: bool) -> tuple[int, ...]:
    """Return the numbers of reports of a kind that the rules ask for; none where they ask for none."""
    if not wanted:
        return ()
    return (0,) if kind == COMMITTEE else tuple(range(1, times + 1))


def comes_after(met: datetime.date, every: int, number: int) -> datetime.date:
    """Return the day after which the `number`th report is given, every so many months since the meeting.

    That is the day the report before it is due, so that two meetings of one quarter do not stand for two quarters.
    """
    if number < 2:
        return met
    due = months_after(met, (number - 1) * every)
    return quarter_end(due) if every == MONTHS_A_QUARTER else due
