"""The surveys of one organisation in a campaign: one line a step that asks for one, with what came out."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from branches.models import Campaign, Organization, StepMark, User
from branches.permissions import Answer
from branches.rules import Clause, Rules, clause_for
from branches.rules.steptypes import Step
from branches.services.rounds import round_of
from rectification.models import RoundStatus, Survey, SurveyRound
from rectification.permissions.satisfaction import can_run_survey
from rectification.progress.satisfaction import TO_MAKE_UP, closed_word
from rectification.rules.satisfaction import BASES, fraction_words
from rectification.services.surveys import respondents_of, survey_steps

CLAUSES = ("satisfaction_surveys", "satisfaction_threshold", "appraisal_use")


@dataclass(frozen=True)
class SurveyLine:
    """One step: its survey if begun, the newest round, a day noted by hand."""

    step: Step
    survey: Survey | None
    newest: SurveyRound | None
    by_hand: datetime.date | None

    @property
    def word(self) -> str:
        """How far it is."""
        if self.newest is not None:
            return word_of(self.newest)
        return "已登记完成（纸质）" if self.by_hand else "还没有测评"

    @property
    def tone(self) -> str:
        """The colour of the word."""
        if self.newest is None:
            return "ok" if self.by_hand else "idle"
        return tone_of(self.newest)


def word_of(newest: SurveyRound) -> str:
    """How far a survey is, by its newest round."""
    if newest.status == RoundStatus.CLOSED:
        return closed_word(newest.turn, newest.passed)
    return TO_MAKE_UP if newest.turn > 1 else newest.get_status_display()


def tone_of(newest: SurveyRound) -> str:
    """The colour of that word."""
    if newest.status != RoundStatus.CLOSED:
        return "warn" if newest.turn > 1 else "now"
    return "bad" if newest.passed is False else "ok"


@dataclass(frozen=True)
class Surveys:
    """All surveys of one organisation in a campaign, and what the rules say about them."""

    lines: tuple[SurveyLine, ...]
    rules: Rules
    respondents: tuple[str, ...]
    clauses: tuple[Clause, ...]
    may_run: Answer

    @property
    def threshold(self) -> str:
        """The share to be reached, in words; empty where the rules name none."""
        share = self.rules.satisfaction_threshold
        return "" if share is None else fraction_words(share)

    @property
    def satisfied(self) -> str:
        """Which grades count as satisfied."""
        chosen = self.rules.satisfied_options
        return "、".join(grade.label for grade in self.rules.satisfaction_scale if grade.key in chosen)

    @property
    def base(self) -> str:
        """The denominator in words."""
        return BASES[self.rules.satisfaction_base]


def surveys_of(campaign: Campaign, organization: Organization, user: User) -> Surveys:
    """The page of the surveys; a constant number of queries."""
    number = round_of(campaign, organization)
    here = {"campaign": campaign, "organization": organization, "round_no": number}
    surveys = {survey.step: survey for survey in Survey.objects.filter(**here)}
    rounds: dict[object, SurveyRound] = {}
    for one in SurveyRound.objects.standing().filter(survey__in=surveys.values()).order_by("turn"):
        rounds[one.survey_id] = one
    marks = dict(StepMark.objects.filter(**here).values_list("step", "done_on"))
    lines = []
    for step in survey_steps(campaign, organization):
        survey = surveys.get(step.key)
        newest = rounds.get(survey.pk) if survey is not None else None
        lines.append(SurveyLine(step, survey if newest else None, newest, marks.get(step.key)))
    rules, quoted = campaign.rules_for(organization), campaign.rule_set().quoted()
    clauses = [clause_for(key, quoted, organization.category) for key in CLAUSES]
    return Surveys(
        lines=tuple(lines),
        rules=rules,
        respondents=respondents_of(rules),
        clauses=tuple(clause for clause in clauses if clause is not None),
        may_run=can_run_survey(user, organization),
    )
