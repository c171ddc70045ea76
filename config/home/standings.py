"""Where every organisation stands with every step of a campaign: facts of all apps, judged on one day.

A constant number of queries for any number of organisations.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from django.db.models import QuerySet

from branches.models import Appointment, Campaign, Organization, PlanStatus
from branches.models.organization import BODIES
from branches.rules import Rules
from branches.rules.standing import (
    DONE,
    OPEN,
    OVERDUE,
    PENDING,
    POSTPONED,
    WAIVED,
    Standing,
    stand,
)
from branches.rules.steps import Step, steps_of
from config.home.step_facts import StepFacts
from members.progress import BACK, Asked

RETURNED = (PlanStatus.RETURNED.label, BACK)
TONES = {OPEN: "now", OVERDUE: "bad", PENDING: "idle", POSTPONED: "warn", WAIVED: "ok", DONE: "ok"}
Shape = tuple[str, bool, bool, bool]  # category, is a body, has a committee, is the issuer itself


def came_back(found: Standing) -> bool:
    """Whether a plan or a material of this step came back to be mended, in time or late."""
    said = found.word.startswith(RETURNED) or found.reason.startswith(RETURNED)
    return said and found.state in (OPEN, OVERDUE)


_PAIRS: dict[tuple[str, str], tuple[str, str]] = {}  # each pair once; there are few


class Row(tuple[Standing, ...]):
    """The standings of one organisation in the order of its steps, with what is worked out from them once."""

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Key and state of each step."""
        found = ((standing.step.key, standing.state) for standing in self)
        return tuple(_PAIRS.setdefault(pair, pair) for pair in found)

    @cached_property
    def mix(self) -> frozenset[tuple[str, bool]]:
        """The states that occur, each with whether it is out of the organisation's hands."""
        return frozenset((standing.state, standing.handed_in) for standing in self)


@dataclass(frozen=True)
class Standings:
    """The standings of many organisations on one day; `lists` are the different lists of steps among them."""

    campaign: Campaign
    today: datetime.date
    rows: dict[int, Row]
    columns: tuple[Step, ...]
    lists: tuple[tuple[Step, ...], ...]
    rules: dict[int, Rules]
    rounds: dict[int, int]

    @classmethod
    def of(cls, campaign: Campaign, organizations: QuerySet[Organization], today: datetime.date) -> Standings:
        """Judge the organisations of a queryset (they should be among those the campaign addresses)."""
        shapes = _shapes(campaign, organizations, today)
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
        lists = tuple(dict.fromkeys(steps.values()))
        asked = {
            shape: Asked.of(rules[shape], steps[shape], is_body=shape[1], has_committee=shape[2])
            for shape in rules
        }
        facts = StepFacts.read(
            campaign,
            organizations,
            {pk: asked[shape] for pk, shape in shapes.items()},
            {pk: rules[shape] for pk, shape in shapes.items()},
            frozenset(step.kind for listed in lists for step in listed),
        )
        return cls(
            campaign=campaign,
            today=today,
            rows=_judge(facts, shapes, steps, today),
            columns=columns_of(lists),
            lists=lists,
            rules={pk: rules[shape] for pk, shape in shapes.items()},
            rounds=facts.own.rounds,
        )


def _rules(campaign: Campaign, shape: Shape) -> Rules:
    """The rules of one category, or of the issuer itself."""
    return campaign.rules_for(Organization(pk=campaign.issuer_id if shape[3] else None, category=shape[0]))


def _shapes(
    campaign: Campaign, organizations: QuerySet[Organization], today: datetime.date
) -> dict[int, Shape]:
    """What the steps of each organisation depend on; two queries."""
    seats = Appointment.objects.current(today).committee()
    inside = seats.filter(organization__in=organizations.order_by().values("pk"))
    seated = set(inside.values_list("organization_id", flat=True))
    rows = organizations.values_list("pk", "category", "kind", "committee_override")
    return {
        pk: (
            category,
            kind in BODIES,
            pk in seated if override is None else override,
            pk == campaign.issuer_id,
        )
        for pk, category, kind, override in rows
    }


class _Known:
    """Rows judged before: judging is pure, so facts that are read again are judged again only if they differ."""

    rows: ClassVar[dict[tuple[datetime.date, tuple[Step, ...]], dict[object, Row]]] = {}
    most = 20_000  # rows of all lists together; a worker that holds more begins anew, as on each new day

    @classmethod
    def of(cls, today: datetime.date, steps: tuple[Step, ...]) -> dict[object, Row]:
        """The rows known for a list of steps on a day, by facts; to be added to."""
        return cls.rows.setdefault((today, steps), {})

    @classmethod
    def forget(cls, today: datetime.date) -> None:
        """Let go of other days, and of everything when it is too much."""
        rows = list(cls.rows.items())
        if sum(len(alike) for _key, alike in rows) > cls.most:
            rows = []
        cls.rows = {key: alike for key, alike in rows if key[0] == today}


def _judge(
    facts: StepFacts,
    shapes: dict[int, Shape],
    steps: dict[Shape, tuple[Step, ...]],
    today: datetime.date,
) -> dict[int, Row]:
    """Judge each organisation; those that stand alike are judged once."""
    _Known.forget(today)
    by_shape = {shape: _Known.of(today, listed) for shape, listed in steps.items()}
    rows: dict[int, Row] = {}
    for pk, shape in shapes.items():
        alike, key = by_shape[shape], facts.key(pk)
        row = alike.get(key)
        if row is None:
            row = Row(stand(steps[shape], facts.of(pk), facts.own.decisions.get(pk, {}), today))
            alike[key] = row
        rows[pk] = row
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
