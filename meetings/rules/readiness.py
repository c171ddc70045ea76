"""Whether a meeting is ready to be held: one line for each thing its rules ask for beforehand.

Source: 准备不充分的，不急于开会 (notices of 2014); nothing here refuses by itself but study before the meeting.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from branches.rules.standing import WAIVED, Decision, Fact
from branches.rules.steps import BEFORE, MEETINGS, Step
from meetings.rules.counting import least_present, notice_is_short, notify_by
from meetings.rules.kinds import KINDS

READY, NOT_YET, REFUSED, WISH = "ready", "not_yet", "refused", "wish"
STATES = {READY: "已准备好", NOT_YET: "还没有好", REFUSED: "不得开会", WISH: "建议"}
ASKED = (
    "mobilise",
    "study",
    "opinions",
    "analysis",
    "talks",
    "material",
    "lists",
    "discussion",
    "outlines",
)
UNKNOWN = "还没有登记"


@dataclass(frozen=True)
class Line:
    """One thing to be ready: its state, why, since or by when, and the rule that asks for it.

    `not_yet` needs a reason to open in spite of it, `refused` stands in the way, `wish` is only said.
    """

    key: str
    title: str
    state: str
    text: str = ""
    day: datetime.date | None = None
    rule: str = ""

    @property
    def word(self) -> str:
        """The state in words; colour never stands alone."""
        return STATES[self.state]


def is_prepared_for(kind: str) -> bool:
    """Whether a meeting of this kind is one the campaign prepares for (支委会、党员大会、民主生活会…)."""
    return KINDS[kind].step in MEETINGS


def own_step(kind: str, steps: Sequence[Step]) -> Step | None:
    """The step of the campaign that a meeting of this kind fulfils; None where none is asked for."""
    wanted = KINDS[kind].step
    return next((step for step in steps if wanted and step.kind == wanted), None)


def steps_ahead(kind: str, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps to be done before a meeting of this kind, in their order.

    Those that come before its own step; where it has none, before the first meeting; else those 会前.
    """
    own = own_step(kind, steps) or next((step for step in steps if step.kind in MEETINGS), None)
    before = steps[: steps.index(own)] if own is not None else [s for s in steps if s.part == BEFORE]
    return tuple(step for step in before if step.kind in ASKED)


def judge_step(
    step: Step, facts: Mapping[str, Fact], decisions: Mapping[str, Decision], study_gate: str
) -> Line:
    """Whether one step is done, or let off by the superior; study may be what the rules insist on."""
    fact, decision = facts.get(step.key, Fact()), decisions.get(step.key)
    rule = "study_gate" if step.kind == "study" and study_gate == "refuse" and not fact.done else step.rule
    if fact.done:
        return Line(step.key, step.label, READY, fact.word, fact.on, rule)
    if decision is not None and decision.kind == WAIVED:
        return Line(step.key, step.label, READY, "经上级同意不做", None, rule)
    state = NOT_YET
    if step.kind == "study":
        state = {"refuse": REFUSED, "off": WISH}.get(study_gate, NOT_YET)
    return Line(step.key, step.label, state, fact.word or UNKNOWN, None, rule)


def judge_answers(unanswered: int) -> Line:
    """Whether every opinion that must be answered has been, in what was handed in."""
    if unanswered:
        text = f"还有 {unanswered} 条意见，交来的材料里没有回应"
        return Line("answers", "逐条回应意见", NOT_YET, text, rule="must_answer")
    return Line("answers", "逐条回应意见", READY, "没有漏下的", rule="must_answer")


def judge_outlines(step: Step, *, needed: int, done: int, fact: Fact) -> Line:
    """Whether the outlines of criticism are through: `needed` is m×(m-1) for m seats; a tick stands as well."""
    if fact.done or done >= needed:
        return Line(step.key, step.label, READY, fact.word, fact.on, step.rule)
    return Line(step.key, step.label, NOT_YET, f"应有 {needed} 份，已办好 {done} 份", rule=step.rule)


def judge_guests(asked: str, invited: int) -> Line | None:
    """Whether somebody from above is invited; nothing where the rules do not ask."""
    if asked == "none":
        return None
    if invited:
        return Line("guests", "上级派员参加", READY, f"已邀请 {invited} 人", rule="superior_attendance")
    if asked == "required":
        text = "上级要派人参加，还没有登记请了谁"
        return Line("guests", "上级派员参加", NOT_YET, text, rule="superior_attendance")
    return Line("guests", "上级派员参加", WISH, "可以邀请上级派员，还没有登记", rule="superior_attendance")


def judge_notice(
    *,
    notified_on: datetime.date | None,
    meets_on: datetime.date,
    days: int,
    reason: str,
    today: datetime.date,
) -> Line:
    """Whether people were told, `days` calendar days before; told late, the reason is enough."""
    last = notify_by(meets_on, days)
    if notified_on is None:
        late = "已经晚了" if today > last else f"最迟{last.month}月{last.day}日"
        return Line("notice", "通知开会", NOT_YET, f"还没有登记通知，{late}", last, "notice_days")
    if not notice_is_short(notified_on=notified_on, meets_on=meets_on, days=days):
        return Line("notice", "通知开会", READY, "已通知", notified_on, "notice_days")
    if reason:
        return Line("notice", "通知开会", READY, f"通知晚了，原因：{reason}", notified_on, "notice_days")
    return Line("notice", "通知开会", NOT_YET, "通知晚了，还没有写原因", notified_on, "notice_days")


def forecast(*, expected: int, away: int, share: Fraction | None, rule: str) -> Line | None:
    """How many will come as far as is known: `away` have asked for leave or attend elsewhere.

    Only said: whether enough came is asked when the meeting is opened. Nothing where nobody is expected.
    """
    if not expected:
        return None
    coming = max(expected - away, 0)
    told = f"应到 {expected} 人" + (f"，已知 {away} 人不能到会" if away else "")
    least = least_present(expected, share)
    if coming < least:
        return Line("quorum", "到会人数", WISH, f"{told}，不到规则要求的 {least} 人，可以改期", rule=rule)
    return Line("quorum", "到会人数", READY, told, rule=rule)


def not_yet(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines for which opening needs a reason."""
    return tuple(line for line in lines if line.state == NOT_YET)
