"""How an organisation stands with each step on a day: pending, open, done, overdue, waived or postponed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from branches.rules.dates import days_late
from branches.rules.steptypes import MEETINGS, Step, kind_of

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
    `last`: the day of its last sitting, where there was more than one (分次召开): done with the first, other days
    are counted from the last.
    """

    done: bool = False
    on: date | None = None
    last: date | None = None
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


def anchors_of(
    steps: tuple[Step, ...], facts: Mapping[str, Fact], decisions: Mapping[str, Decision]
) -> dict[str, date]:
    """The days other days are counted from: planned, plenary, ballot, last_meeting, and each meeting's own.

    `planned` is the first meeting held, else the first day set (for a postponed one: its new day).
    `last_meeting` is known once no meeting and no ballot is owed any more.
    """
    meetings = [step.key for step in steps if step.kind in MEETINGS]
    met = [key for key in facts if kind_of(key) in MEETINGS and facts[key].done]
    first = {key: day for key in met if (day := facts[key].on)}
    held = {key: facts[key].last or day for key, day in first.items()}
    found = dict(held)
    waived = {key for key, decision in decisions.items() if decision.kind == WAIVED}
    awaited = [key for key in meetings if key not in met and key not in waived]
    planned = [day for key in awaited if (day := _planned(key, facts, decisions))]
    if held or planned:
        found["planned"] = min(first.values() or planned)
    if plenary := [day for key, day in held.items() if kind_of(key) in ("meeting", "democratic_life")]:
        found["plenary"] = max(plenary)
    ballot = facts.get("ballot", Fact())
    if ballot.done and ballot.on:
        found["ballot"] = ballot.on
    counting = any(s.key == "ballot" for s in steps) and not ballot.done and "ballot" not in waived
    if held and not awaited and not counting:
        found["last_meeting"] = max(*held.values(), found.get("ballot", date.min))
    return found


def _planned(key: str, facts: Mapping[str, Fact], decisions: Mapping[str, Decision]) -> date | None:
    """The day set for a meeting still to come."""
    decision = decisions.get(key)
    moved = decision.until if decision is not None and decision.kind == POSTPONED else None
    return moved or facts.get(key, Fact()).planned


@dataclass(frozen=True)
class Wait:
    """A step kept others waiting until `until` without fault: postponed, or with the superior since `since`."""

    until: date
    since: date | None = None

    def excuses(self, due: date) -> bool:
        """Whether what was due on `due` had to wait: handed in only after that day excuses nothing."""
        return self.since is None or self.since <= due


def stand(
    steps: tuple[Step, ...],
    facts: Mapping[str, Fact],
    decisions: Mapping[str, Decision],
    today: date,
) -> tuple[Standing, ...]:
    """Return where each step stands, in the order of `steps`.

    A postponed step is never late, nor is one that waits for a postponed one: only a person's decision
    ends that (“时间服从质量”). Nor does what lies with the superior make anything late, if it was handed
    in in time. When such a wait is over, what waited is in time on that day still.
    """
    anchors = anchors_of(steps, facts, decisions)
    put_off = {key for key, decision in decisions.items() if decision.kind == POSTPONED}
    moved = any(step.key in put_off for step in steps if step.kind in MEETINGS)
    found: dict[str, Standing] = {}
    held_up: set[str] = set()
    waits: dict[str, tuple[Wait, ...]] = {}
    for step in steps:
        fact, decision = facts.get(step.key, Fact()), decisions.get(step.key)
        due = step.due.on(anchors, postponed=moved)
        before = tuple(wait for key in step.after for wait in waits.get(key, ()))
        if due is not None:
            due = max([due, *(wait.until for wait in before if wait.excuses(due))])
        blocking = [found[key] for key in step.after if key in found and not found[key].is_settled]
        excused = any(b.step.key in held_up or _is_away(facts, b, due) for b in blocking)
        standing = _one(step, due, fact, decision, blocking, excused, today)
        if standing.state == POSTPONED or (standing.state == PENDING and excused):
            held_up.add(step.key)
        waits[step.key] = (*before, *_wait(fact, step.key in put_off))
        found[step.key] = standing
    return tuple(found.values())


def _is_away(facts: Mapping[str, Fact], blocking: Standing, due: date | None) -> bool:
    """Whether a blocking step lies with the superior, and did so before `due` was over."""
    handed_in = facts[blocking.step.key].handed_in if blocking.handed_in else None
    return handed_in is not None and (due is None or handed_in <= due)


def _wait(fact: Fact, postponed: bool) -> tuple[Wait, ...]:
    """How long a step that is done kept others waiting without fault."""
    if not fact.done or fact.on is None or not (postponed or fact.handed_in):
        return ()
    return (Wait(fact.on, None if postponed else fact.handed_in),)


def _one(
    step: Step,
    due: date | None,
    fact: Fact,
    decision: Decision | None,
    blocking: list[Standing],
    excused: bool,
    today: date,
) -> Standing:
    """Where one step stands; `excused`: what it waits for is postponed or with the superior."""
    if fact.done:
        return _done(step, due, fact, decision)
    if decision is not None and decision.kind == WAIVED:
        return Standing(step, WAIVED, due, STATES[WAIVED], decision.reason)
    if decision is not None:
        when = f"，预计{day_said(decision.until, today)}" if decision.until else ""
        return Standing(step, POSTPONED, due, f"{STATES[POSTPONED]}{when}", decision.reason)
    if fact.handed_in is not None:
        late = days_late(due, fact.handed_in)
        return Standing(step, OPEN, due, fact.word or STATES[OPEN], late=late, handed_in=True)
    waiting = f"先完成：{'、'.join(b.step.label for b in blocking)}" if blocking else ""
    if excused:
        return Standing(step, PENDING, due, STATES[PENDING], waiting)
    if due is not None and today > due:
        late = (today - due).days
        return Standing(step, OVERDUE, due, f"已逾期 {late} 天", waiting or fact.word, late)
    if blocking:
        return Standing(step, PENDING, due, STATES[PENDING], waiting)
    if step.opens_on is not None and today < step.opens_on and not fact.word:
        return Standing(step, PENDING, due, STATES[PENDING], f"{day_said(step.opens_on, today)}开始")
    return Standing(step, OPEN, due, fact.word or STATES[OPEN])


def day_said(day: date, today: date) -> str:
    """8月8日, with the year when it is another one."""
    return f"{'' if day.year == today.year else f'{day.year}年'}{day.month}月{day.day}日"


def _done(step: Step, due: date | None, fact: Fact, decision: Decision | None) -> Standing:
    """A step that is done, with the days it was late; a postponement that still holds excuses them."""
    day = fact.handed_in or fact.on
    postponed = decision is not None and decision.kind == POSTPONED
    return Standing(
        step,
        DONE,
        due,
        fact.word or STATES[DONE],
        reason=decision.reason if decision is not None and postponed else "",
        late=0 if postponed or day is None else days_late(due, day),
        done_on=fact.on,
        by_hand=fact.by_hand,
    )
