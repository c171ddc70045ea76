"""Who prints the slips of a survey, holds a half of its key, begins and closes it. A respondent needs nothing but a slip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.permissions import Answer
from rectification.permissions.satisfaction import can_count_survey, can_run_survey

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from branches.models import User
    from rectification.models import SurveyRound


def can_see_slips(user: User | AnonymousUser, survey_round: SurveyRound) -> Answer:
    """See how far the slips are: who counts the survey, or holds it. Nobody sees what is in the urn."""
    return can_count_survey(user, survey_round)


def can_print_survey_slips(user: User | AnonymousUser, survey_round: SurveyRound) -> Answer:
    """Print the slips, and do without them again: who holds the survey."""
    return can_run_survey(user, survey_round.organization)


def can_hold_survey_half(user: User | AnonymousUser, survey_round: SurveyRound) -> Answer:
    """Get one half of the key: two different people of those who may count the papers."""
    return can_count_survey(user, survey_round)


def can_begin_slips(user: User | AnonymousUser, survey_round: SurveyRound) -> Answer:
    """Begin the answering: who holds the survey."""
    return can_run_survey(user, survey_round.organization)


def can_close_slips(user: User | AnonymousUser, survey_round: SurveyRound) -> Answer:
    """Close with both halves: who counts the papers."""
    return can_count_survey(user, survey_round)
