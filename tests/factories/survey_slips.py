"""Surveys with slips at any stage, made by the real services; what stands on the slips is known here only."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from branches.models import Campaign, Organization
from rectification.models import SurveyClass, SurveyCode, SurveySlot, SurveyUrn
from rectification.rules.satisfaction import Count
from rectification.services import satisfaction, survey_answers, survey_counts, survey_slips, surveys
from tests.factories.surveys import Surveyed, surveyed

STAGES = ("open", "printed", "shown", "begun", "answered", "shut", "counting", "matched", "closed")
ON_PAGE = {"survey_channel": "both"}


@dataclass
class Slips:
    """A survey with an urn: what only the slips and the two holders know is known here."""

    made: Surveyed
    address: str = ""
    codes: dict[int, tuple[str, ...]] = field(default_factory=dict)  # by the number of the class
    halves: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    @property
    def urn(self) -> SurveyUrn:
        """The urn as it is in the database now."""
        found = SurveyUrn.objects.select_related(*survey_answers.RELATED)
        return found.get(round=self.made.round.pk)

    def respondents(self, ordinal: int = 1) -> SurveyClass:
        """One class as it is in the database now."""
        return self.made.now().classes.get(ordinal=ordinal)

    def answer(self, number: int, choice: str, ordinal: int = 1) -> str:
        """Fill one slip in; returns the receipt."""
        receipt = survey_answers.answer(self.urn, self.codes[ordinal][number], choice)
        self.receipts.append(receipt)
        return receipt

    def states(self) -> dict[str, int]:
        """How many slips are in which state."""
        found: dict[str, int] = {}
        for state in SurveyCode.objects.filter(urn__round=self.made.round).values_list("state", flat=True):
            found[state] = found.get(state, 0) + 1
        return found

    def filled(self) -> int:
        """How many places hold an answer."""
        return SurveySlot.objects.filter(urn__round=self.made.round, filled=True).count()

    def shut(self) -> SurveyUrn:
        """Both close and count."""
        first, second = self.halves
        return survey_slips.close(
            survey_round=self.made.now(), first=first, second=second, by=self.made.secretary
        )


def slips_of(
    stage: str = "begun",
    *,
    numbers: Mapping[int, int] | None = None,
    answers: Sequence[str] = (),
    paper: tuple[int, int] = (0, 0),
    rules: Mapping[str, Any] | None = None,
    organization: Organization | None = None,
    campaign: Campaign | None = None,
) -> Slips:
    """A survey whose slips have come to `stage`; `numbers` are slips by the number of the class, `answers` those of the
    first class in the order of its slips, `paper` its 发出 and 收回 on paper, all of which tick the first option.
    """
    made = surveyed("open", rules={**ON_PAGE, **(rules or {})}, organization=organization, campaign=campaign)
    found, last = Slips(made), STAGES.index(stage)
    if last >= STAGES.index("printed"):
        print_slips(found, numbers or {1: 6})
    if last >= STAGES.index("shown"):
        show_halves(found)
    if last >= STAGES.index("begun"):
        survey_slips.begin(survey_round=made.now(), closes_at=None, by=made.secretary)
    if last >= STAGES.index("answered"):
        for number, choice in enumerate(answers):
            found.answer(number, choice)
    if last >= STAGES.index("shut"):
        found.shut()
    if last >= STAGES.index("counting"):
        collect(found, paper)
    if last >= STAGES.index("matched"):
        count(found, paper[1])
    if last >= STAGES.index("closed"):
        satisfaction.close(survey_round=made.now(), version=made.now().version, by=made.secretary)
    made.now()
    return found


def many_classes(classes: int) -> dict[str, Any]:
    """Rules with so many classes and three options: an answer is as long as the paper of a ballot, in the same signs."""
    scale = [
        {"key": key, "label": label}
        for key, label in (("satisfied", "满意"), ("fairly", "比较满意"), ("no", "不满意"))
    ]
    return {"respondents": [f"第{n}类" for n in range(1, classes + 1)], "satisfaction_scale": scale}


def marks_of(ordinal: int, choice: str, classes: int) -> str:
    """What is sealed of one answer with the rules above: the choice at its class, "4" at all others."""
    return "".join(choice if n == ordinal else "4" for n in range(1, classes + 1))


def invented_answers(seed: int, people: int, classes: int) -> list[tuple[int, str]]:
    """Class and choice of each, in the order they came; one of each class at most."""
    chance = random.Random(seed)
    return [(ordinal, chance.choice("1230")) for ordinal in chance.sample(range(1, classes + 1), people)]


def print_slips(found: Slips, numbers: Mapping[int, int]) -> None:
    """Print so many slips of each class."""
    classes = {row.ordinal: row.pk for row in found.made.now().classes.all()}
    printed = survey_slips.print_slips(
        survey_round=found.made.now(),
        numbers={classes[ordinal]: number for ordinal, number in numbers.items()},
        by=found.made.secretary,
    )
    found.address = printed.address
    found.codes = {row.ordinal: dealt for row, dealt in printed.codes}


def show_halves(found: Slips) -> None:
    """Two people get their half."""
    found.halves = [
        survey_slips.show_half(survey_round=found.made.now(), by=person)
        for person in (found.made.secretary, found.made.second)
    ]


def collect(found: Slips, paper: tuple[int, int] = (0, 0)) -> None:
    """All slips were handed out, and so many papers; on to the count."""
    made = found.made
    rows = list(made.now().classes.all())
    saved = surveys.save_heads(
        survey_round=made.now(),
        version=made.now().version,
        day=timezone.localdate(),
        heads={row.pk: paper if row.ordinal == 1 else (0, 0) for row in rows},
        slips={row.pk: row.slips for row in rows},
        by=made.secretary,
    )
    surveys.collect(survey_round=saved, version=saved.version, by=made.secretary)


def count(found: Slips, returned: int) -> None:
    """Both type the papers, if there are any, and the result is formed."""
    made = found.made
    if returned:
        ticks = Count((returned, *[0] * (len(made.now().scale) - 1)), 0, 0)
        for person in (made.secretary, made.second):
            counts = {row.pk: ticks for row in made.now().counted_classes()}
            survey_counts.save_count(survey_round=made.now(), counts=counts, by=person)
            survey_counts.finish(survey_round=made.now(), by=person)
    survey_counts.match(survey_round=made.now(), by=made.secretary)
