"""How far organisations are with what this app keeps: plans, ticks, decisions and rounds; one query each."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Aggregate, CharField, F, Func, QuerySet, Value
from django.db.models.functions import Concat

from branches.models import (
    Campaign,
    Consultation,
    Organization,
    Plan,
    PlanStatus,
    Run,
    StepDecision,
    StepMark,
)
from branches.rules.standing import Decision, Fact

SETTLED_PLANS = (PlanStatus.APPROVED, PlanStatus.FILED, PlanStatus.MADE)
PlanRow = tuple[str, datetime.date | None, datetime.date | None]  # status, handed in, decided


class DayText(Func):
    """A day as YYYY-MM-DD, whatever the database's own style."""

    template = "TO_CHAR(%(expressions)s, 'YYYY-MM-DD')"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite keeps days as that text."""
        return self.as_sql(compiler, connection, template="%(expressions)s", **context)


class Joined(Aggregate):
    """Texts of a group with commas between them, in any order."""

    template = "STRING_AGG(%(expressions)s, ',')"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same by another name."""
        return self.as_sql(compiler, connection, template="GROUP_CONCAT(%(expressions)s, ',')", **context)


@dataclass(frozen=True)
class OwnProgress:
    """By organisation, as read: ticks, plan, 沟通记录, decisions, the round (absent: 1) and when it was ordered.

    A county has tens of thousands of ticks: they stay one text for each organisation until asked for.
    """

    marks: dict[int, str] = field(default_factory=dict)
    plans: dict[int, PlanRow] = field(default_factory=dict)
    talks: dict[int, datetime.date] = field(default_factory=dict)
    decisions: dict[int, dict[str, Decision]] = field(default_factory=dict)
    rounds: dict[int, int] = field(default_factory=dict)
    since: dict[int, datetime.datetime] = field(default_factory=dict)

    def key(self, pk: int) -> tuple[object, ...]:
        """What is equal for organisations that stand alike here, quick to hash."""
        decided = self.decisions.get(pk)
        return (
            self.marks.get(pk),
            self.plans.get(pk),
            self.talks.get(pk),
            None if decided is None else frozenset(decided.items()),
        )

    def facts_of(self, pk: int) -> dict[str, Fact]:
        """The facts of one organisation by step: ticks, over them the plan, without one the 沟通记录."""
        found = dict(_ticks(self.marks.get(pk, "")))
        if pk in self.plans:
            found["plan"] = _plan(self.plans[pk])
        elif pk in self.talks:
            found.setdefault("plan", Fact(done=True, on=self.talks[pk], word="已沟通"))
        return found

    @property
    def facts(self) -> dict[int, dict[str, Fact]]:
        """The facts of all organisations that have any."""
        return {pk: self.facts_of(pk) for pk in {*self.marks, *self.plans, *self.talks}}


def own_progress(campaign: Campaign, organizations: QuerySet[Organization]) -> OwnProgress:
    """What plans, 沟通记录, ticks and decisions of the present round say; five queries."""
    found = OwnProgress()
    scope = {"campaign": campaign, "organization__in": organizations.order_by().values("pk")}
    runs = Run.objects.filter(**scope).order_by("round_no")
    for pk, number, opened_at in runs.values_list("organization_id", "round_no", "opened_at"):
        found.rounds[pk], found.since[pk] = number, opened_at
    present = found.rounds
    marks = StepMark.objects.filter(**scope).values_list("organization_id", "round_no")
    ticks = Joined(Concat(F("step"), Value("="), DayText("done_on")))
    for pk, number, text in marks.annotate(ticks=ticks).order_by():
        if number == present.get(pk, 1):
            found.marks[pk] = text
    fields = ("organization_id", "round_no", "status", "submitted_on", "decided_on")
    for pk, number, status, submitted, decided in Plan.objects.filter(**scope).values_list(*fields):
        if number == present.get(pk, 1):
            found.plans[pk] = (status, submitted, decided)
    talks = Consultation.objects.filter(**scope).values_list("organization_id", "round_no", "held_on")
    for pk, number, day in talks:
        if number == present.get(pk, 1):
            found.talks[pk] = day
    holding = StepDecision.objects.filter(**scope, ended_at=None)
    columns = ("organization_id", "round_no", "step", "kind", "reason", "until", "decided_by")
    for pk, number, step, kind, reason, until, by in holding.values_list(*columns):
        if number == present.get(pk, 1):
            found.decisions.setdefault(pk, {})[step] = Decision(kind, reason, until, by)
    return found


def _ticks(text: str) -> Iterable[tuple[str, Fact]]:
    """The ticks by hand of one organisation: step and fact of each."""
    for tick in text.split(",") if text else ():
        step, _, day = tick.partition("=")
        yield step, Fact(done=True, on=datetime.date.fromisoformat(day), by_hand=True)


def _plan(row: PlanRow) -> Fact:
    """What the plan says."""
    status, submitted, decided = row
    return Fact(
        done=status in SETTLED_PLANS,
        on=decided,
        handed_in=None if status in (PlanStatus.DRAFT, PlanStatus.RETURNED) else submitted,
        word=PlanStatus(status).label,
    )
