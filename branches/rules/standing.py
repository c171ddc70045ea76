"""How an organisation stands with each step on a day: pending, open, done, overdue, waived or postponed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from branches.rules.dates import days_late
from branches.rules.steps import MEETINGS, Step

PENDING, OPEN, DONE, OVERDUE, WAIVED, POSTPONED = (
    "pending",
    "open",
    "done",
    "overdue",
    "waived",
    "postponed",
)
STATES: dict[str, str] = {
    PENDING: "还不能开始",
    OPEN: "可以办理",
    DONE: "已完成",
    OVERDUE: "已逾期",
    WAIVED: "同意不做",
    POSTPONED: "已延期",
}
SETTLED = (DONE, WAIVED)


@dataclass(frozen=True)
class Fact:
    """What an app, or a person by hand, says of one step.

    `on`: the day it was done. `handed_in`: the day it left the branch's hands (a plan waiting for its
    review is not late). `planned`: the day set for it. `word`: what the page says, such as 待审核.
    """

    done: bool = False
    on: date | None = None
    handed_in: date | None = None
    planned: date | None = None
    word: str = ""
    by_hand: bool = False


@dataclass(frozen=True)
class Decision:
    """A person's decision: `waived` or `postponed`, with the reason and, when known, the new day."""

    kind: str
    reason: str
    until: date | None = None
    by: str = ""


@dataclass(frozen=True)
class Standing:
    """One step of one organisation on one day; days are whole local days."""

    step: Step
    state: str
    due: date | None
    word: str
    reason: str = ""
    late: int = 0
    done_on: date | None = None
    by_hand: bool = False
    handed_in: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is asked for."""
        return self.state in SETTLED

    @property
    def is_owed(self) -> bool:
        """Whether somebody should act now or soon: open or overdue, and not out of the branch's hands."""
        return self.state in (OPEN, OVERDUE) and not self.handed_in


def anchors_of(facts: Mapping[str, Fact]) -> dict[str, date]:
    """The days other days are counted from: planned, plenary, ballot and last_meeting, where known."""
    held = {key: fact.on for key, fact in facts.items() if key in MEETINGS and fact.done and fact.on}
    found: dict[str, date] = {}
    planned = [f.planned for k, f in facts.items() if k in MEETINGS and f.planned and not f.done]
    if held:
        found["planned"] = min(held.values())
    elif planned:
        found["planned"] = min(planned)
    for name in ("meeting", "democratic_life"):
        if name in held:
            found["plenary"] = held[name]
    ballot = facts.get("ballot")
    if ballot is not None and ballot.done and ballot.on:
        found["ballot"] = ballot.on
    if held:
        found["last_meeting"] = max(held.values())
    return found


def stand(
    steps: tuple[Step, ...],
    facts: Mapping[str, Fact],
    decisions: Mapping[str, Decision],
    today: date,
) -> tuple[Standing, ...]:
    """Return where each step stands, in the order of `steps`.

    A postponed step is never late, nor is one that waits for a postponed one: only a person's decision
    ends that (“时间服从质量”). What is out of the branch's hands is not late either.
    """
    anchors = anchors_of(facts)
    found: dict[str, Standing] = {}
    held_up: set[str] = set()
    for step in steps:
        due = step.due.on(anchors)
        blocking = [found[key] for key in step.after if key in found and not found[key].is_settled]
        standing = _one(
            step, due, facts.get(step.key, Fact()), decisions.get(step.key), blocking, held_up, today
        )
        if standing.state == POSTPONED or (
            standing.state == PENDING and held_up & {b.step.key for b in blocking}
        ):
            held_up.add(step.key)
        found[step.key] = standing
    return tuple(found.values())


def _one(
    step: Step,
    due: date | None,
    fact: Fact,
    decision: Decision | None,
    blocking: list[Standing],
    held_up: set[str],
    today: date,
) -> Standing:
    """Where one step stands."""
    if fact.done:
        return _done(step, due, fact)
    if decision is not None and decision.kind == WAIVED:
        return Standing(step, WAIVED, due, STATES[WAIVED], decision.reason)
    if decision is not None:
        when = f"，预计{decision.until.month}月{decision.until.day}日" if decision.until else ""
        return Standing(step, POSTPONED, due, f"{STATES[POSTPONED]}{when}", decision.reason)
    if fact.handed_in is not None:
        late = days_late(due, fact.handed_in)
        return Standing(step, OPEN, due, fact.word, late=late, handed_in=True)
    waiting = f"先完成：{'、'.join(b.step.label for b in blocking)}" if blocking else ""
    if any(b.step.key in held_up for b in blocking):
        return Standing(step, PENDING, due, STATES[PENDING], waiting)
    if due is not None and today > due:
        late = (today - due).days
        return Standing(step, OVERDUE, due, f"已逾期 {late} 天", waiting or fact.word, late)
    if blocking:
        return Standing(step, PENDING, due, STATES[PENDING], waiting)
    if step.opens_on is not None and today < step.opens_on and not fact.word:
        day = f"{step.opens_on.month}月{step.opens_on.day}日"
        return Standing(step, PENDING, due, STATES[PENDING], f"{day}开始")
    return Standing(step, OPEN, due, fact.word or STATES[OPEN])


def _done(step: Step, due: date | None, fact: Fact) -> Standing:
    """A step that is done, with the days it was late."""
    day = fact.handed_in or fact.on
    return Standing(
        step,
        DONE,
        due,
        fact.word or STATES[DONE],
        late=days_late(due, day) if day else 0,
        done_on=fact.on,
        by_hand=fact.by_hand,
    )
