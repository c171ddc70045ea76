"""Surveys of satisfaction for tests at any stage, made by the real services; every name is invented.

`surveyed("closed", votes=(150, 10, 60, 10))` is a branch whose first survey is that far; papers stand in the first class,
the second is empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from branches.models import Campaign, Kind, Organization, Role, User
from rectification.models import SurveyRound
from rectification.rules.satisfaction import Count
from rectification.services import satisfaction, survey_counts, surveys
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import published_campaign, secretary_of

STAGES = ("open", "counting", "typed", "matched", "closed")
GOOD, BAD = (150, 21, 49, 10), (100, 20, 60, 50)
PRESET = "yancheng_2005"


@dataclass
class Surveyed:
    """A branch with its survey: who holds it, who counts, the round as it was left last."""

    organization: Organization
    campaign: Campaign
    secretary: User
    second: User
    office: User
    round: SurveyRound

    def now(self) -> SurveyRound:
        """The round as it is in the database now."""
        self.round = SurveyRound.objects.select_related(*surveys.RELATED).get(pk=self.round.pk)
        return self.round

    @property
    def survey(self) -> Any:
        """The survey."""
        return self.now().survey

    def newest(self) -> SurveyRound:
        """The round that stands now: the make-up where there is one."""
        found = surveys.present_round(self.survey)
        assert found is not None
        self.round = found
        return self.now()


def surveyed(
    stage: str = "open",
    *,
    votes: Sequence[int] = GOOD,
    abstained: int = 0,
    void: int = 0,
    organization: Organization | None = None,
    campaign: Campaign | None = None,
    rules: Mapping[str, Any] | None = None,
    step: str = "satisfaction-1",
) -> Surveyed:
    """A first survey that has come to `stage` (one of STAGES); `votes` are the ticks of the first class."""
    if organization is None:
        above = (
            campaign.issuer
            if campaign
            else OrganizationFactory.create(kind=Kind.COMMITTEE, category="office")
        )
        organization = OrganizationFactory.create(parent=above)
    parent = organization.superior()
    assert parent is not None
    chosen = campaign or published_campaign(parent, preset=PRESET, rules=rules)
    secretary = secretary_of(organization)
    second = account_with(Role.ORGANIZER, organization)
    office = account_with(Role.OFFICE, parent)
    begun = surveys.begin(campaign=chosen, organization=organization, step=step, by=secretary)
    made = Surveyed(organization, chosen, secretary, second, office, begun)
    return bring_to(made, stage, votes=votes, abstained=abstained, void=void)


def bring_to(
    made: Surveyed, stage: str, *, votes: Sequence[int] = GOOD, abstained: int = 0, void: int = 0
) -> Surveyed:
    """Take an open round on to `stage`."""
    count = Count(tuple(votes), abstained, void)
    wanted = STAGES.index(stage)
    if wanted >= STAGES.index("counting"):
        heads = {
            row.pk: (count.returned + 3, count.returned) if row.ordinal == 1 else (0, 0)
            for row in made.round.classes.all()
        }
        saved = surveys.save_heads(
            survey_round=made.round,
            version=made.now().version,
            day=timezone.localdate(),
            heads=heads,
            by=made.secretary,
        )
        surveys.collect(survey_round=saved, version=saved.version, by=made.secretary)
    if wanted >= STAGES.index("typed"):
        for person in (made.secretary, made.second):
            type_count(made, person, count)
            survey_counts.finish(survey_round=made.now(), by=person)
    if wanted >= STAGES.index("matched"):
        survey_counts.match(survey_round=made.now(), by=made.secretary)
    if wanted >= STAGES.index("closed"):
        satisfaction.close(survey_round=made.now(), version=made.now().version, by=made.secretary)
    made.now()
    return made


def type_count(made: Surveyed, person: User, count: Count) -> list[str]:
    """One person's count of the first class; nothing came in from the others."""
    counts = {row.pk: count for row in made.now().counted_classes()}
    return survey_counts.save_count(survey_round=made.now(), counts=counts, by=person)


def make_up_done(made: Surveyed) -> None:
    """补课 noted as done today."""
    duty = made.survey.rounds.get(turn=1, status="closed").duties.get(kind="make_up")
    satisfaction.fulfil(
        duty=duty, version=duty.version, done_on=timezone.localdate(), note="再学两次", by=made.secretary
    )
