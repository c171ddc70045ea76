"""Where every organisation stands with every step of a campaign: facts of all apps, judged on one day.

A constant number of queries for any number of organisations.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from branches.models import Appointment, Campaign, Organization
from branches.models.organization import BODIES
from branches.progress import OwnProgress, own_progress
from branches.rules import Rules
from branches.rules.standing import (
    DONE,
    OPEN,
    OVERDUE,
    PENDING,
    POSTPONED,
    WAIVED,
    Fact,
    Standing,
    stand,
)
from branches.rules.steps import Step, steps_of
from evaluations.models import SubjectKind
from evaluations.progress import ballot_progress
from meetings.progress import meetings_by_organization

TONES = {OPEN: "now", OVERDUE: "bad", PENDING: "idle", POSTPONED: "warn", WAIVED: "ok", DONE: "ok"}
Shape = tuple[str, bool, bool]  # category, is a body, has a committee


@dataclass(frozen=True)
class Standings:
    """The standings of many organisations on one day."""

    campaign: Campaign
    today: datetime.date
    rows: dict[int, tuple[Standing, ...]]
    columns: tuple[Step, ...]
    rules: dict[int, Rules]
    rounds: dict[int, int]

    @classmethod
    def of(cls, campaign: Campaign, organizations: QuerySet[Organization], today: datetime.date) -> Standings:
        """Judge the organisations of a queryset (they should be among those the campaign addresses)."""
        own = own_progress(campaign, organizations)
        _add_meetings(own, campaign, organizations)
        _add_ballots(own, campaign, organizations)
        shapes = _shapes(organizations, today)
        rules = {shape: _rules(campaign, shape) for shape in set(shapes.values())}
        steps = {
            shape: steps_of(
                rules[shape],
                year=campaign.year,
                finish=campaign.finish_by,
                is_body=shape[1],
                has_committee=shape[2],
            )
            for shape in rules
        }
        return cls(
            campaign=campaign,
            today=today,
            rows=_judge(own, shapes, steps, today),
            columns=columns_of(steps.values()),
            rules={pk: rules[shape] for pk, shape in shapes.items()},
            rounds=own.rounds,
        )


def _rules(campaign: Campaign, shape: Shape) -> Rules:
    """The rules of one category."""
    return campaign.rules_for(Organization(category=shape[0]))


def _shapes(organizations: QuerySet[Organization], today: datetime.date) -> dict[int, Shape]:
    """What the steps of each organisation depend on; two queries."""
    seats = Appointment.objects.current(today).committee()
    inside = seats.filter(organization__in=organizations.order_by().values("pk"))
    seated = set(inside.values_list("organization_id", flat=True))
    rows = organizations.values_list("pk", "category", "kind", "committee_override")
    return {
        pk: (category, kind in BODIES, pk in seated if override is None else override)
        for pk, category, kind, override in rows
    }


def _add_meetings(own: OwnProgress, campaign: Campaign, organizations: QuerySet[Organization]) -> None:
    """What the meetings say; a tick by hand holds only where no meeting is kept."""
    found = meetings_by_organization(campaign, organizations, own.since)
    for pk, meeting in found.items():
        facts = own.facts.setdefault(pk, {})
        if meeting.held_on is not None:
            facts["meeting"] = Fact(done=True, on=meeting.held_on)
        elif "meeting" not in facts:
            facts["meeting"] = Fact(planned=meeting.planned_for)


def _add_ballots(own: OwnProgress, campaign: Campaign, organizations: QuerySet[Organization]) -> None:
    """What the ballots say: the count, and with it the summary table."""
    for kind, key in ((SubjectKind.MEMBERS, "ballot"), (SubjectKind.COMMITTEE, "committee_ballot")):
        for pk, ballot in ballot_progress(campaign, organizations, kind, own.since).items():
            facts = own.facts.setdefault(pk, {})
            if not ballot.certified:
                facts[key] = Fact(word=ballot.label)
                continue
            facts[key] = Fact(done=True, on=ballot.held_on, word="已核定")
            if kind == SubjectKind.MEMBERS:
                facts["summary"] = Fact(done=True, on=ballot.certified_on, word="已汇总")


def _judge(
    own: OwnProgress,
    shapes: dict[int, Shape],
    steps: dict[Shape, tuple[Step, ...]],
    today: datetime.date,
) -> dict[int, tuple[Standing, ...]]:
    """Judge each organisation; those that stand alike are judged once."""
    known: dict[object, tuple[Standing, ...]] = {}
    rows = {}
    for pk, shape in shapes.items():
        facts, decisions = own.facts.get(pk, {}), own.decisions.get(pk, {})
        alike = (shape, frozenset(facts.items()), frozenset(decisions.items()))
        if alike not in known:
            known[alike] = stand(steps[shape], facts, decisions, today)
        rows[pk] = known[alike]
    return rows


def columns_of(lists: Iterable[tuple[Step, ...]]) -> tuple[Step, ...]:
    """The steps of all lists in one order that keeps the order of each; the longest list leads."""
    found: list[Step] = []
    for steps in sorted(lists, key=len, reverse=True):
        place = 0
        for step in steps:
            at = next((i for i, known in enumerate(found) if known.key == step.key), None)
            if at is None:
                found.insert(place, step)
                at = place
            place = at + 1
    return tuple(found)
