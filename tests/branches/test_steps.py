"""Steps of one branch: ticked, postponed, let off, ordered anew; who may, and what is refused."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from branches.models import (
    AuditEvent,
    Campaign,
    DecisionKind,
    Notice,
    Organization,
    Run,
    StepDecision,
    StepMark,
    User,
)
from branches.progress import own_progress
from branches.services import steps
from branches.services.rounds import round_of
from branches.workflow import CAMPAIGN, NotAllowed, perform
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.plans import let_go_on

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(datetime.datetime(2026, 11, 23, 1, tzinfo=datetime.UTC), tick=True):
        yield


def notices(kind: str) -> list[str]:
    """The names of those told."""
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__full_name", flat=True))


class TestTicking:
    """A step ticked by hand carries its day and nothing else."""

    def test_a_tick_is_kept_with_its_day_and_can_be_moved_and_taken_back(
        self, tree: Tree, campaign: Campaign, secretary: User
    ) -> None:
        place: dict[str, Any] = {
            "campaign": campaign,
            "organization": tree.village,
            "step": "talks",
            "by": secretary,
        }
        steps.note_step(**place, done_on=TODAY)
        steps.note_step(**place, done_on=TODAY - datetime.timedelta(days=3))
        assert StepMark.objects.get().done_on == datetime.date(2026, 11, 20)
        fact = own_progress(campaign, Organization.objects.filter(pk=tree.village.pk)).facts[tree.village.pk]
        assert (fact["talks"].done, fact["talks"].by_hand) == (True, True)
        steps.unnote_step(**place)
        steps.unnote_step(**place)
        assert not StepMark.objects.exists()
        actions = AuditEvent.objects.filter(action__contains="note_step").values_list("action", flat=True)
        assert list(actions.order_by("sequence")) == ["note_step", "note_step", "unnote_step"]

    @pytest.mark.parametrize(
        ("step", "day", "words"),
        [
            ("talks", TODAY + datetime.timedelta(days=1), "不能晚于今天"),
            ("talks", datetime.date(2006, 11, 20), "请核对年份"),
            ("ballot", TODAY, "自动登记"),
            ("plan", TODAY, "自动登记"),
            ("report", TODAY, "没有这个环节"),
        ],
    )
    def test_what_cannot_be_ticked_is_refused_with_what_to_do(
        self, step: str, day: datetime.date, words: str, tree: Tree, campaign: Campaign, secretary: User
    ) -> None:
        with pytest.raises(NotAllowed, match=words):
            steps.note_step(
                campaign=campaign, organization=tree.village, step=step, done_on=day, by=secretary
            )
        assert not StepMark.objects.exists()

    def test_others_a_closed_campaign_and_a_branch_not_addressed_are_refused(
        self, tree: Tree, campaign: Campaign, secretary: User, stranger: User, township: User, county: User
    ) -> None:
        place: dict[str, Any] = {"organization": tree.village, "step": "talks", "done_on": TODAY}
        with pytest.raises(NotAllowed, match="权限"):
            steps.note_step(campaign=campaign, **place, by=stranger)
        with pytest.raises(NotAllowed, match="没有发给"):
            steps.note_step(campaign=campaign, **{**place, "organization": tree.other_village}, by=county)
        closed = perform(CAMPAIGN, campaign, "close", by=township)
        with pytest.raises(NotAllowed, match="已经结束"):
            steps.note_step(campaign=closed, **place, by=secretary)

    def test_nothing_but_the_plan_goes_on_before_a_plan_that_must_be_approved(
        self, tree: Tree, township: User, secretary: User
    ) -> None:
        campaign = CampaignFactory.create(
            issuer=tree.township, slug="gate", status="running", preset="luoyang_2014", year=2026
        )
        place: dict[str, Any] = {"campaign": campaign, "organization": tree.village, "step": "mobilise"}
        with pytest.raises(NotAllowed, match="批准"):
            steps.note_step(**place, done_on=TODAY, by=secretary)
        let_go_on(campaign, tree.village)
        assert steps.note_step(**place, done_on=TODAY, by=secretary).done_on == TODAY


class TestDecisions:
    """Only people let off or postpone, with a reason, and the other side is told."""

    def test_a_secretary_postpones_and_the_offices_above_are_told(
        self, tree: Tree, campaign: Campaign, secretary: User, organizer: User, township: User, county: User
    ) -> None:
        until = TODAY + datetime.timedelta(days=10)
        decision = steps.postpone_step(
            campaign=campaign,
            organization=tree.village,
            step="meeting",
            reason="多数党员外出，准备不充分",
            until=until,
            by=secretary,
        )
        assert notices("step_postponed_decided") == ["周敏"]
        found = own_progress(campaign, Organization.objects.filter(pk=tree.village.pk)).decisions
        assert found[tree.village.pk]["meeting"].until == until
        with pytest.raises(NotAllowed, match="由本组织书记"):
            steps.postpone_step(
                campaign=campaign,
                organization=tree.village,
                step="meeting",
                reason="无",
                until=None,
                by=organizer,
            )
        steps.end_decision(decision=decision, by=secretary)
        steps.end_decision(decision=decision, by=secretary)
        assert StepDecision.objects.get().ended_at is not None
        assert AuditEvent.objects.filter(action="end_decision").count() == 1

    @pytest.mark.parametrize(("reason", "days", "words"), [(" ", 1, "写明原因"), ("下雪", -1, "已经过去")])
    def test_a_postponement_needs_a_reason_and_a_day_to_come(
        self, reason: str, days: int, words: str, tree: Tree, campaign: Campaign, secretary: User
    ) -> None:
        with pytest.raises(NotAllowed, match=words):
            steps.postpone_step(
                campaign=campaign,
                organization=tree.village,
                step="meeting",
                reason=reason,
                until=TODAY + datetime.timedelta(days=days),
                by=secretary,
            )

    def test_only_the_superior_lets_off_and_ends_it(
        self, tree: Tree, campaign: Campaign, secretary: User, township: User, sibling_secretary: User
    ) -> None:
        place: dict[str, Any] = {
            "campaign": campaign,
            "organization": tree.village,
            "step": "talks",
            "reason": "全体外出务工",
        }
        with pytest.raises(NotAllowed, match="上级党组织决定"):
            steps.waive_step(**place, by=secretary)
        decision = steps.waive_step(**place, by=township)
        assert notices("step_waived_decided") == ["刘德福"]
        for person in (secretary, sibling_secretary):
            with pytest.raises(NotAllowed, match="上级党组织决定"):
                steps.end_decision(decision=decision, by=person)
        steps.end_decision(decision=decision, by=township)
        assert not StepDecision.objects.filter(ended_at=None).exists()

    def test_a_new_decision_takes_the_place_of_the_old_one(
        self, tree: Tree, campaign: Campaign, secretary: User, township: User
    ) -> None:
        place: dict[str, Any] = {"campaign": campaign, "organization": tree.village, "step": "talks"}
        steps.postpone_step(**place, reason="再等一周", until=None, by=secretary)
        steps.waive_step(**place, reason="不再要求", by=township)
        holding = StepDecision.objects.get(ended_at=None)
        assert (holding.kind, StepDecision.objects.count()) == (DecisionKind.WAIVED, 2)

    def test_a_stranger_may_not_end_a_postponement(
        self, tree: Tree, campaign: Campaign, secretary: User, stranger: User
    ) -> None:
        decision = steps.postpone_step(
            campaign=campaign,
            organization=tree.village,
            step="talks",
            reason="再等一周",
            until=None,
            by=secretary,
        )
        with pytest.raises(NotAllowed):
            steps.end_decision(decision=decision, by=stranger)


class TestAnotherRound:
    """责令重新进行: everything is owed anew, the old round stays readable."""

    def test_marks_decisions_and_plans_of_the_old_round_no_longer_count(
        self, tree: Tree, campaign: Campaign, secretary: User, township: User
    ) -> None:
        place: dict[str, Any] = {"campaign": campaign, "organization": tree.village}
        steps.note_step(**place, step="talks", done_on=TODAY, by=secretary)
        steps.postpone_step(**place, step="meeting", reason="下雪", until=None, by=secretary)
        run = steps.order_redo(**place, reason="流于形式", by=township)
        assert (run.round_no, round_of(campaign, tree.village)) == (2, 2)
        assert notices("redo_ordered") == ["刘德福"]
        found = own_progress(campaign, Organization.objects.filter(pk=tree.village.pk))
        assert (found.facts, found.decisions, found.rounds) == ({}, {}, {tree.village.pk: 2})
        steps.note_step(**place, step="talks", done_on=TODAY, by=secretary)
        assert StepMark.objects.filter(step="talks").count() == 2
        assert steps.order_redo(**place, reason="仍然不行", by=township).round_no == 3

    def test_who_may_not_order_it_and_when_it_cannot_be_ordered(
        self, tree: Tree, campaign: Campaign, secretary: User, township: User, county: User
    ) -> None:
        place: dict[str, Any] = {"campaign": campaign, "organization": tree.village, "reason": "流于形式"}
        draft = CampaignFactory.create(issuer=tree.township, slug="draft", status="draft")
        refusals: list[tuple[dict[str, Any], User, str]] = [
            ({}, secretary, "上级党组织责令"),
            ({"reason": "  "}, township, "写明原因"),
            ({"campaign": draft}, township, "还没有发布"),
            ({"organization": tree.other_village}, county, "没有发给"),
        ]
        for changed, by, words in refusals:
            with pytest.raises(NotAllowed, match=words):
                steps.order_redo(**{**place, **changed}, by=by)
        assert not Run.objects.exists()
        assert timezone.localdate() == TODAY
