"""What an assessment and its feedback say of the steps of a branch."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Organization
from branches.rules.standing import Standing
from branches.services.steps import note_step, order_redo
from config.home.standings import Standings
from evaluations.models import Feedback, FeedbackStatus
from evaluations.progress import assessments_by_organization
from tests.factories.assessing import Assessed, assessed
from tests.factories.evaluations import Evening, evening

pytestmark = pytest.mark.django_db


def stands(made: Evening) -> dict[str, Standing]:
    """Where each step of the branch stands today."""
    only = Organization.objects.filter(pk=made.organization.pk)
    found = Standings.of(made.campaign, only, timezone.localdate()).rows[made.organization.pk]
    return {standing.step.key: standing for standing in found}


def said(found: Assessed) -> list[tuple[str, str]]:
    """State and word of the two steps."""
    steps = stands(found.evening)
    return [(steps[key].state, steps[key].word) for key in ("assessment", "feedback")]


def test_the_steps_follow_the_assessment_to_the_last_feedback() -> None:
    made = evening("certified", members=3, rules={"committee_rated": False})
    assert stands(made)["assessment"].state == "open"
    found = assessed("draft", members=3)
    assert said(found) == [("open", "提出意见"), ("pending", "还不能开始")]
    found = assessed("awaiting", members=3)
    assert said(found)[0] == ("open", "待上级确认")
    assert stands(found.evening)["assessment"].handed_in
    found = assessed("decided", members=3)
    assert said(found) == [("done", "已评定"), ("open", "3 人待反馈")]
    today = timezone.localdate()
    told = {"given_on": today, "given_by": "何文", "mode": "talk"}
    Feedback.objects.update(status=FeedbackStatus.GIVEN, **told)
    assert stands(found.evening)["feedback"].state == "done"
    assert stands(found.evening)["feedback"].done_on == today
    one = Feedback.objects.all()[0]
    Feedback.objects.filter(pk=one.pk).update(status=FeedbackStatus.OBJECTED, objection="不同意")
    assert said(found)[1] == ("open", "1 人的异议待答复")


def test_a_tick_holds_beside_a_draft_but_not_against_what_is_decided_here() -> None:
    found = assessed("draft", members=3)
    made, today = found.evening, timezone.localdate()
    for step in ("assessment", "feedback"):
        note_step(
            campaign=made.campaign,
            organization=made.organization,
            step=step,
            done_on=today,
            by=found.secretary,
        )
    assert [state for state, _word in said(found)] == ["done", "done"]
    decided = assessed("decided", members=3)
    made = decided.evening
    note_step(
        campaign=made.campaign,
        organization=made.organization,
        step="feedback",
        done_on=today,
        by=made.secretary,
    )
    assert said(decided)[1] == ("open", "3 人待反馈")
    away = assessed("awaiting", members=3)
    made = away.evening
    note_step(
        campaign=made.campaign,
        organization=made.organization,
        step="assessment",
        done_on=today,
        by=made.secretary,
    )
    assert said(away)[0] == ("open", "待上级确认")


def test_an_assessment_of_an_earlier_round_says_nothing() -> None:
    found = assessed("decided", members=3)
    made = found.evening
    order_redo(campaign=made.campaign, organization=made.organization, reason="走过场", by=found.office)
    only = Organization.objects.filter(pk=made.organization.pk)
    assert assessments_by_organization(made.campaign, only, {made.organization.pk: 2}) == {}
    assert stands(made)["assessment"].state == "pending"


def test_two_queries_for_any_number_of_branches(django_assert_num_queries: Any) -> None:
    first = assessed("decided", members=3)
    campaign = first.evening.campaign
    for stage in ("draft", "awaiting", "decided"):
        assessed(stage, members=3, campaign=campaign)
    with django_assert_num_queries(2):
        found = assessments_by_organization(campaign, Organization.objects.all(), {})
    assert sorted(one.fact.word for one in found.values()) == ["已评定", "已评定", "待上级确认", "提出意见"]


def test_the_steps_of_the_branch_lead_to_sheet_and_feedback(client_of: Any) -> None:
    found = assessed("decided", members=3)
    made = found.evening
    place = [made.campaign.slug, made.organization.pk]
    browser: Client = client_of(found.secretary)
    page = browser.get(reverse("org_steps", args=place)).content.decode()
    assert reverse("evaluations:feedback_of", args=place) in page
    assert reverse("evaluations:assessment_of", args=place) in page
    to = browser.get(reverse("evaluations:feedback_of", args=place)).headers["Location"]
    assert to == reverse("evaluations:feedback", args=[found.sheet.pk])
    fresh = evening("certified", members=3)
    place = [fresh.campaign.slug, fresh.organization.pk]
    to = client_of(fresh.secretary).get(reverse("evaluations:feedback_of", args=place)).headers["Location"]
    assert to == reverse("evaluations:assessment_of", args=place)


def test_the_certified_result_leads_on_to_the_assessment(client_of: Any) -> None:
    made = evening("certified", members=5)
    url = reverse("evaluations:assessment_of", args=[made.campaign.slug, made.organization.pk])
    result = reverse("evaluations:result", args=[made.ballot.pk])
    assert url in client_of(made.secretary).get(result).content.decode()
    assert url not in client_of(made.tellers[0]).get(result).content.decode()
    committee = evening("certified", members=8, preset="xinyi_2018", subject_kind="committee")
    result = reverse("evaluations:result", args=[committee.ballot.pk])
    assert "办理组织评定" not in client_of(committee.secretary).get(result).content.decode()


def test_the_office_sees_on_its_board_what_waits_to_be_confirmed(client_of: Any) -> None:
    found = assessed("awaiting", members=3)
    url = reverse("evaluations:assessment_confirm", args=[found.sheet.pk])
    assert url in client_of(found.office).get(reverse("home")).content.decode()
    made = found.evening
    order_redo(campaign=made.campaign, organization=made.organization, reason="走过场", by=found.office)
    assert url not in client_of(found.office).get(reverse("home")).content.decode()
    decided = assessed("decided", members=3)
    page = client_of(decided.office).get(reverse("home")).content.decode()
    assert "等您确认或退回" not in page
