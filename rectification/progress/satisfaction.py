"""How far each organisation is with its surveys of satisfaction: one query for any number of organisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from branches.models import Campaign, Organization
from branches.rules.standing import Fact
from rectification.models import RoundStatus, SurveyRound, Turn

NO_DEMAND, PASSED, FAILED = "已测评", "已测评，达到要求", "已测评，没有达到要求"
AGAIN_PASSED, AGAIN_FAILED = "补课后达到要求", "补课后仍没有达到要求"
TO_MAKE_UP = "没有达到要求，补课后再测评"


@dataclass(frozen=True)
class SurveyProgress:
    """What the surveys of one organisation say of their steps: step, fact, and whether it outweighs a tick by hand."""

    facts: tuple[tuple[str, Fact, bool], ...]

    def merge(self, facts: dict[str, Fact]) -> None:
        """Add it to the facts known. A tick by hand holds beside a survey under way, not against a certified one."""
        for step, fact, firm in self.facts:
            if firm or step not in facts:
                facts[step] = fact


def surveys_by_organization(
    campaign: Campaign, organizations: QuerySet[Organization], rounds: Mapping[int, int]
) -> dict[int, SurveyProgress]:
    """The surveys of each organisation that has begun one in its present round (轮; absent from `rounds`: the first)."""
    inside = organizations.order_by().values("pk")
    rows = (
        SurveyRound.objects.standing()
        .filter(survey__campaign=campaign, survey__organization__in=inside)
        .order_by("survey__organization", "survey__step", "turn")
        .values_list(
            "survey__organization", "survey__step", "survey__round_no", "turn", "status", "passed", "day"
        )
    )
    found: dict[int, dict[str, tuple[Fact, bool]]] = {}
    for organization, step, number, turn, status, passed, day in rows:
        if number != rounds.get(organization, 1):
            continue
        steps = found.setdefault(organization, {})
        if status == RoundStatus.CLOSED:
            steps[step] = Fact(done=True, on=day, word=closed_word(turn, passed)), True
        elif turn == Turn.MAKE_UP:
            steps[step] = Fact(word=TO_MAKE_UP), True
        else:
            steps[step] = Fact(word=RoundStatus(status).label), False
    return {
        pk: SurveyProgress(tuple((step, fact, firm) for step, (fact, firm) in sorted(steps.items())))
        for pk, steps in found.items()
    }


def closed_word(turn: int, passed: bool | None) -> str:
    """What a certified survey says."""
    if turn == Turn.MAKE_UP:
        return AGAIN_PASSED if passed else AGAIN_FAILED
    return NO_DEMAND if passed is None else PASSED if passed else FAILED
