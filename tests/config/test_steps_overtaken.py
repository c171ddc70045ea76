"""Pages of steps that show an older round, and buttons pressed twice."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, StepDecision, StepMark, User
from branches.services import steps
from branches.services.rounds import round_of
from branches.workflow import NotAllowed
from config.home.steps_page import redo
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.plans import let_go_on

ClientOf = Callable[[User], Client]


def url(campaign: Campaign, organization: Organization, *more: str) -> str:
    """The page, or one of its actions."""
    if more:
        return reverse("step_action", args=[campaign.slug, organization.pk, *more])
    return reverse("org_steps", args=[campaign.slug, organization.pk])


class TestOvertakenPages:
    """A page that shows an older round, and buttons pressed twice."""

    @pytest.fixture
    def running(self, tree: Tree) -> Campaign:
        made: Campaign = CampaignFactory.create(
            issuer=tree.township,
            status="running",
            preset="luoyang_2014",
            slug="ly",
            rules={"plan_gate": "none"},
        )
        return made

    def test_a_tick_on_the_page_of_the_round_before_does_not_land_in_the_new_one(
        self, running: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        client = client_of(secretary)
        assert 'name="round" value="1"' in client.get(url(running, tree.village)).content.decode()
        redo(campaign=running, organization=tree.village, reason="没有征求意见", by=township)
        today = timezone.localdate().isoformat()
        typed = {"mobilise-note-done_on": today, "round": "1"}
        page = client.post(url(running, tree.village, "mobilise", "note"), typed).content.decode()
        assert "页面上是上一轮的情况" in page
        assert not StepMark.objects.exists()

    def test_two_offices_on_one_page_order_one_round(
        self, running: Campaign, tree: Tree, township: User, county: User, client_of: ClientOf
    ) -> None:
        page = reverse("order_redo", args=[running.slug, tree.village.pk])
        assert 'name="round" value="1"' in client_of(county).get(page).content.decode()
        redo(campaign=running, organization=tree.village, reason="没有征求意见", by=township)
        answer = client_of(county).post(
            page, {"reason": "走过场", "round": "1", "submission": str(uuid.uuid4())}
        )
        assert "页面上是上一轮的情况" in answer.content.decode()
        assert "走过场" in answer.content.decode()
        assert round_of(running, tree.village) == 2

    def test_what_was_done_before_the_new_round_does_not_count_in_it(
        self, running: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        redo(campaign=running, organization=tree.village, reason="没有征求意见", by=township)
        yesterday = (timezone.localdate() - datetime.timedelta(days=1)).isoformat()
        typed = {"mobilise-note-done_on": yesterday, "round": "2"}
        page = client_of(secretary).post(url(running, tree.village, "mobilise", "note"), typed)
        assert "这以前办的不算本轮" in page.content.decode()

    def test_a_button_pressed_twice_makes_one_decision(
        self, running: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        client, typed = client_of(secretary), {"mobilise-postpone-reason": "汛期", "round": "1"}
        for _ in range(2):
            client.post(url(running, tree.village, "mobilise", "postpone"), typed)
        assert StepDecision.objects.count() == 1

    def test_a_reason_typed_before_the_campaign_ended_is_shown_again(
        self, running: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        Campaign.objects.filter(pk=running.pk).update(status="closed")
        typed = {"mobilise-postpone-reason": "汛期抢收，改到下旬", "round": "1"}
        page = client_of(secretary).post(url(running, tree.village, "mobilise", "postpone"), typed)
        assert "不能再登记" in page.content.decode()
        assert "汛期抢收，改到下旬" in page.content.decode()

    def test_what_was_decided_stands_when_the_campaign_is_over(
        self, running: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        decision = steps.postpone_step(
            campaign=running,
            organization=tree.village,
            step="mobilise",
            reason="汛期",
            until=None,
            by=secretary,
        )
        Campaign.objects.filter(pk=running.pk).update(status="closed")
        page = client_of(secretary).post(url(running, tree.village, "mobilise", "end"), {"round": "1"})
        assert "活动已经结束" in page.content.decode()
        decision.refresh_from_db()
        assert decision.ended_at is None

    def test_a_decision_of_the_round_before_stays_as_it_was(
        self, running: Campaign, tree: Tree, secretary: User, township: User
    ) -> None:
        decision = steps.postpone_step(
            campaign=running,
            organization=tree.village,
            step="mobilise",
            reason="汛期",
            until=None,
            by=secretary,
        )
        redo(campaign=running, organization=tree.village, reason="没有征求意见", by=township)
        with pytest.raises(NotAllowed, match="上一轮"):
            steps.end_decision(decision=decision, by=township)


def test_nothing_is_offered_to_tick_that_would_be_refused_before_the_plan_is_approved(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    asking = CampaignFactory.create(
        issuer=tree.township,
        status="running",
        preset="luoyang_2014",
        slug="gate",
        rules={"plan_gate": "approve"},
    )
    client = client_of(secretary)
    shut = client.get(url(asking, tree.village)).content.decode()
    assert "先完成：实施方案报上级" in shut
    assert reverse("step_action", args=["gate", tree.village.pk, "mobilise", "note"]) not in shut
    let_go_on(asking, tree.village)
    opened = client.get(url(asking, tree.village)).content.decode()
    assert reverse("step_action", args=["gate", tree.village.pk, "mobilise", "note"]) in opened
