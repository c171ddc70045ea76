"""How far organisations are with what this app keeps: plans, ticks, decisions and rounds; one query each."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.db.models import QuerySet

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

Facts = dict[int, dict[str, Fact]]
SETTLED_PLANS = (PlanStatus.APPROVED, PlanStatus.FILED, PlanStatus.MADE)


@dataclass(frozen=True)
class OwnProgress:
    """By organisation: facts and decisions by step, the round (absent: 1) and when it was ordered."""

    facts: Facts = field(default_factory=dict)
    decisions: dict[int, dict[str, Decision]] = field(default_factory=dict)
    rounds: dict[int, int] = field(default_factory=dict)
    since: dict[int, datetime.datetime] = field(default_factory=dict)


def own_progress(campaign: Campaign, organizations: QuerySet[Organization]) -> OwnProgress:
    """What plans, 沟通记录, ticks and decisions of the present round say; five queries."""
    found = OwnProgress()
    scope = {"campaign": campaign, "organization__in": organizations.order_by().values("pk")}
    runs = Run.objects.filter(**scope).order_by("round_no")
    for pk, number, opened_at in runs.values_list("organization_id", "round_no", "opened_at"):
        found.rounds[pk], found.since[pk] = number, opened_at
    _marks(found, scope)
    _plans(found, scope)
    holding = StepDecision.objects.filter(**scope, ended_at=None)
    fields = ("organization_id", "round_no", "step", "kind", "reason", "until", "decided_by")
    for pk, number, step, kind, reason, until, by in holding.values_list(*fields):
        if number == found.rounds.get(pk, 1):
            found.decisions.setdefault(pk, {})[step] = Decision(kind, reason, until, by)
    return found


def _marks(found: OwnProgress, scope: dict[str, object]) -> None:
    """Ticks by hand."""
    rows = StepMark.objects.filter(**scope).values_list("organization_id", "round_no", "step", "done_on")
    for pk, number, step, day in rows:
        if number == found.rounds.get(pk, 1):
            found.facts.setdefault(pk, {})[step] = Fact(done=True, on=day, by_hand=True)


def _plans(found: OwnProgress, scope: dict[str, object]) -> None:
    """Plans, and consultations where there is no plan."""
    fields = ("organization_id", "round_no", "status", "submitted_on", "decided_on")
    for pk, number, status, submitted, decided in Plan.objects.filter(**scope).values_list(*fields):
        if number == found.rounds.get(pk, 1):
            handed_in = None if status in (PlanStatus.DRAFT, PlanStatus.RETURNED) else submitted
            found.facts.setdefault(pk, {})["plan"] = Fact(
                done=status in SETTLED_PLANS,
                on=decided,
                handed_in=handed_in,
                word=PlanStatus(status).label,
            )
    talks = Consultation.objects.filter(**scope).values_list("organization_id", "round_no", "held_on")
    for pk, number, day in talks:
        if number == found.rounds.get(pk, 1):
            found.facts.setdefault(pk, {}).setdefault("plan", Fact(done=True, on=day, word="已沟通"))
