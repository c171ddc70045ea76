"""The surveys of all organisations below a superior: one line each in the order of the tree, never ranked; what waits above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Max

from branches.models import Campaign, Organization, Run, StepMark, User
from branches.rules.steps import steps_of
from branches.rules.steptypes import Step
from rectification.models import (
    CaseStatus,
    DutyKind,
    DutyStatus,
    MeasureCase,
    RoundStatus,
    SatisfactionDuty,
    SurveyRound,
)
from rectification.permissions.satisfaction import can_see_case
from rectification.reports.surveys import tone_of, word_of
from rectification.services.surveys import KIND

BY_HAND, NOT_YET = "已登记（纸质）", "还没有测评"


@dataclass(frozen=True)
class Cell:
    """One survey of one organisation: a word, its colour, the rate of the last certified round, and its address."""

    label: str
    word: str
    tone: str
    rate: Fraction | None = None
    survey: Any = None


@dataclass(frozen=True)
class Line:
    """One organisation and its surveys in the order of the columns."""

    organization: Organization
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Waiting:
    """What waits for the superior: cases to study and duties only it can note."""

    cases: tuple[MeasureCase, ...]
    duties: tuple[SatisfactionDuty, ...]


def steps_asked(campaign: Campaign, organization: Organization) -> tuple[Step, ...]:
    """The surveys asked of one organisation; no query."""
    steps = steps_of(
        campaign.rules_for(organization),
        year=campaign.year,
        finish=campaign.finish_by,
        is_body=organization.is_body,
    )
    return tuple(step for step in steps if step.kind == KIND)


def lines_of(campaign: Campaign, organizations: Sequence[Organization]) -> list[Line]:
    """The lines of these organisations; three queries, whatever their number."""
    here: dict[str, Any] = {"campaign": campaign, "organization__in": [o.pk for o in organizations]}
    runs = Run.objects.filter(**here).order_by().values_list("organization").annotate(Max("round_no"))
    numbers: dict[int, int] = dict(runs)
    marks = {
        (pk, number, step)
        for pk, number, step in StepMark.objects.filter(**here, step__startswith=KIND).values_list(
            "organization", "round_no", "step"
        )
    }
    found: dict[tuple[int, int, str], list[SurveyRound]] = {}
    rounds = SurveyRound.objects.standing().filter(
        survey__campaign=campaign, survey__organization__in=here["organization__in"]
    )
    for one in rounds.select_related("survey").order_by("turn"):
        survey = one.survey
        found.setdefault((survey.organization_id, survey.round_no, survey.step), []).append(one)
    lines = []
    for organization in organizations:
        number = numbers.get(organization.pk, 1)
        cells = []
        for step in steps_asked(campaign, organization):
            key = (organization.pk, number, step.key)
            cells.append(_cell(step, found.get(key, []), by_hand=key in marks))
        lines.append(Line(organization, tuple(cells)))
    return lines


def _cell(step: Step, rounds: Sequence[SurveyRound], *, by_hand: bool) -> Cell:
    """One survey, by its rounds that stand."""
    if not rounds:
        return Cell(step.label, BY_HAND if by_hand else NOT_YET, "ok" if by_hand else "idle")
    closed = [one for one in rounds if one.status == RoundStatus.CLOSED]
    newest = rounds[-1]
    rate = closed[-1].rate if closed and not closed[-1].few else None
    return Cell(step.label, word_of(newest), tone_of(newest), rate, newest.survey_id)


def waiting_for(campaign: Campaign, organization: Organization, user: User) -> Waiting:
    """What waits in one campaign below an organisation, as far as this person may read it; two queries."""
    below = {
        "round__survey__campaign": campaign,
        "round__survey__organization__path__range": organization.subtree_range,
    }
    related = ("round__survey__organization", "round__survey__campaign__issuer")
    cases = MeasureCase.objects.filter(**below).exclude(status=CaseStatus.CLOSED).select_related(*related)
    duties = SatisfactionDuty.objects.filter(
        **below,
        status=DutyStatus.OWED,
        kind__in=(DutyKind.SELF_CRITICISM, DutyKind.ADMONITION, DutyKind.ACCOUNTABILITY),
    ).select_related(*related)
    order = ("round__survey__organization__path", "pk")
    return Waiting(
        tuple(case for case in cases.order_by(*order) if can_see_case(user, case)),
        tuple(duties.order_by(*order)),
    )
