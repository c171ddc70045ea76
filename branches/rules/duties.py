"""要做什么 / 不需要做什么: what the rule set asks of an organisation or a person, and what it does not ask.

Everything is made from the rules and cited; nothing is asked here that the rules do not ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from branches.rules.citing import Citing, Duty
from branches.rules.duty_after import AFTERWARDS
from branches.rules.duty_people import committee_lines, member_lines, secretary_lines
from branches.rules.duty_spared import HOME_KEYS, spared_lines
from branches.rules.duty_steps import DETAILS, Shape, every
from branches.rules.kinds import Day
from branches.rules.presets import Clause
from branches.rules.ruleset import Rules
from branches.rules.steps import steps_of
from branches.rules.steptypes import BEFORE, Step

AUDIENCES: dict[str, str] = {
    "organization": "党组织",
    "secretary": "书记",
    "committee": "支委（班子成员）",
    "member": "党员",
}
PERSONS = {"secretary": secretary_lines, "committee": committee_lines, "member": member_lines}
IN_STEPS = {**DETAILS, **AFTERWARDS}


@dataclass(frozen=True)
class Duties:
    """What is asked, in the order of the steps, and what is not."""

    todo: tuple[Duty, ...]
    not_needed: tuple[Duty, ...]


@dataclass(frozen=True)
class Block:
    """Sentences one after the other that rest on the same clause (or on none)."""

    texts: tuple[str, ...]
    clause: Clause | None
    origin: str
    place: str = ""  # where in its document the clause stands


@dataclass(frozen=True)
class Topic:
    """The sentences under one heading, with the days by which it is due."""

    heading: str
    part: str
    due_words: str
    blocks: tuple[Block, ...]


def duties_for(
    rules: Rules,
    clauses: Mapping[str, Clause],
    *,
    category: str,
    audience: str,
    year: int,
    finish: date | None = None,
    is_body: bool = False,
    has_committee: bool = True,
) -> Duties:
    """Return what one of `AUDIENCES` has to do, and need not do, under the rules of a category.

    `year`, `finish`, `is_body` and `has_committee` are those of `steps_of`. Raises KeyError for an
    unknown audience.
    """
    shape = Shape(is_body, has_committee or is_body)
    citing = Citing(rules, clauses, category)

    def stepped(asking: Rules) -> tuple[Step, ...]:
        return steps_of(asking, year=year, finish=finish, is_body=is_body, has_committee=has_committee)

    steps = stepped(rules)
    if audience == "organization":
        asked = {step.kind for step in stepped(replace(rules, steps=()))}
        todo = tuple(_of_organization(citing, steps, shape, asked & set(IN_STEPS)))
    else:
        due = {step.kind: due_words(step, rules) for step in reversed(steps)}
        todo = tuple(
            citing.duty(
                said.text,
                said.rule_key,
                due_words=due.get(said.step, ""),
                heading=said.heading,
                part=said.part,
            )
            for said in PERSONS[audience](rules, shape)
        )
    return Duties(todo, tuple(spared_lines(citing, audience)))


def spared(
    rules: Rules, clauses: Mapping[str, Clause], category: str
) -> tuple[tuple[str, ...], tuple[Clause, ...]]:
    """Return what an organisation need not do, in short for its home page, and the clauses that say so.

    Each sentence carries its own negation; no clause means that the notice does not ask for it.
    """
    citing = Citing(rules, clauses, category)
    found = [line for line in spared_lines(citing, "organization") if line.rule_key in HOME_KEYS]
    quoted = {line.clause.text: line.clause for line in found if line.clause is not None}
    return tuple(line.text for line in found), tuple(quoted.values())


def topics(duties: Iterable[Duty], document: str = "") -> tuple[Topic, ...]:
    """Return the sentences by heading, in order; a clause that several rest on is quoted once.

    `document` is the notice named at the head of the page: it is not named again with each clause.
    """
    grouped: dict[tuple[str, str], list[Duty]] = {}
    for duty in duties:
        grouped.setdefault((duty.part, duty.heading), []).append(duty)
    return tuple(
        Topic(
            heading=heading,
            part=part,
            due_words=next((duty.due_words for duty in found if duty.due_words), ""),
            blocks=_blocks(found, document),
        )
        for (part, heading), found in grouped.items()
    )


def due_words(step: Step, rules: Rules) -> str:
    """Return by when a step is due, in words; empty when nothing is said."""
    day, due = Day(), step.due
    if step.kind == "pledge_report" and not rules.steps:
        return every(rules.member_report_every_months or 1)
    last = f"最迟 {day.show(due.day)}" if due.day else ""
    first = f"{day.show(step.opens_on)}起" if step.opens_on else ""
    return "，".join(words for words in (first, due.words, last) if words)


def _blocks(duties: list[Duty], document: str) -> tuple[Block, ...]:
    """The sentences of one heading, those on the same ground together."""
    grounds: dict[tuple[str, str], tuple[list[str], Duty]] = {}
    for duty in duties:
        ground = (duty.clause.text, "") if duty.clause else ("", duty.origin)
        grounds.setdefault(ground, ([], duty))[0].append(duty.text)
    return tuple(
        Block(tuple(texts), duty.clause, duty.origin, _place(duty.clause, document))
        for texts, duty in grounds.values()
    )


def _place(clause: Clause | None, document: str) -> str:
    """Where a clause stands, without the name of the document everybody knows."""
    return clause.source.removeprefix(document).strip() if clause else ""


def _of_organization(
    citing: Citing, steps: tuple[Step, ...], shape: Shape, asked: set[str]
) -> Iterator[Duty]:
    """Each step with what belongs to it; steps that come back are said once.

    Steps written out by the notice stand under their own names, with the details of what is `asked`.
    """
    rules, told = citing.rules, set()
    for key, label in (("first_responsible", "第一责任人"), ("direct_responsible", "直接责任人")):
        if who := getattr(rules, key):
            yield citing.duty(f"{label}：{who}。", key, heading="责任", part=BEFORE)
    if rules.task_division:
        yield citing.duty(
            f"分工：{'；'.join(rules.task_division)}。", "task_division", heading="责任", part=BEFORE
        )
    for step in steps:
        fresh = step.kind not in told
        lines = list(IN_STEPS[step.kind](rules, shape)) if fresh and step.kind in asked else []
        if rules.steps:
            lines = [(f"{step.label}。", step.rule), *lines]
        told.add(step.kind)
        heading = step.label if rules.steps else step.label.partition("（第")[0]
        for number, (text, key) in enumerate(lines):
            due = "" if number else due_words(step, rules)
            yield citing.duty(text, key, due_words=due, heading=heading, part=step.part)
