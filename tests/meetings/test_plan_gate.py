"""经审批后方可部署实施: no meeting is planned or opened before the plan is approved."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Plan, RuleSet, User
from branches.services.steps import order_redo, waive_step
from branches.workflow import NotAllowed
from meetings.models import Meeting, MeetingStatus
from meetings.services import mark_all_present, open_meeting, plan_meeting
from meetings.workflow import obstacles
from tests.conftest import Tree
from tests.factories.meetings import ON_PAPER
from tests.factories.plans import PlanFactory

NOT_YET = "批准后方可部署实施"


@pytest.fixture
def campaign(campaign: Campaign) -> Campaign:
    """The campaign of the tests with plans that must be approved."""
    rules = campaign.rule_sets.get()
    RuleSet.objects.filter(pk=rules.pk).update(values={**rules.values, "plan_gate": "approve"})
    return Campaign.objects.get(pk=campaign.pk)


def plan(campaign: Campaign, tree: Tree, by: User) -> Meeting:
    """A meeting of the village in five days."""
    return plan_meeting(
        organization=tree.village,
        campaign=campaign,
        starts_at=timezone.now() + datetime.timedelta(days=5),
        place="村委会会议室",
        by=by,
    )


@pytest.mark.parametrize("status", [None, "draft", "submitted", "returned"])
def test_no_meeting_is_planned_before_the_approval(
    status: str | None, campaign: Campaign, tree: Tree, secretary: User
) -> None:
    if status:
        PlanFactory.create(campaign=campaign, organization=tree.village, status=status)
    with pytest.raises(NotAllowed, match=NOT_YET):
        plan(campaign, tree, secretary)
    assert not Meeting.objects.exists()


def test_with_the_approval_it_is_planned(campaign: Campaign, tree: Tree, secretary: User) -> None:
    PlanFactory.create(campaign=campaign, organization=tree.village, status="approved")
    assert plan(campaign, tree, secretary).status == MeetingStatus.PLANNED


def test_let_off_the_plan_the_branch_plans_its_meeting(
    campaign: Campaign, tree: Tree, secretary: User, township: User
) -> None:
    waive_step(
        campaign=campaign, organization=tree.village, step="plan", reason="按镇里统一安排", by=township
    )
    assert plan(campaign, tree, secretary).status == MeetingStatus.PLANNED


def test_the_page_says_so_and_keeps_what_was_typed(
    campaign: Campaign, tree: Tree, secretary: User, client_of: Callable[[User], Client]
) -> None:
    data = {
        "organization": tree.village.pk,
        "campaign": campaign.pk,
        "starts_at": "2026-12-06T19:30",
        "place": "村小学教室",
    }
    page = client_of(secretary).post(reverse("meetings:new"), data).content.decode()
    assert NOT_YET in page
    assert "村小学教室" in page
    assert not Meeting.objects.exists()


def test_a_meeting_is_not_opened_while_the_plan_of_a_new_round_is_missing(
    meeting: Meeting, campaign: Campaign, tree: Tree, secretary: User, township: User
) -> None:
    PlanFactory.create(campaign=campaign, organization=tree.village, status="approved")
    mark_all_present(meeting=meeting, by=secretary)
    order_redo(campaign=campaign, organization=tree.village, reason="走过场", by=township)
    with pytest.raises(NotAllowed, match=NOT_YET):
        open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)
    assert [found.part for found in obstacles(meeting)] == ["plan"]
    PlanFactory.create(campaign=campaign, organization=tree.village, status="approved", round_no=2)
    assert open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER).status == MeetingStatus.OPENED
    assert Plan.objects.count() == 2
