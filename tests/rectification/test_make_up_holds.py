"""A survey after 补课 that is not certified holds the campaign open, until it is or the superior says why not."""

from __future__ import annotations

from typing import Any

import pytest

from branches.models import Campaign, ClosingHold, HoldKind
from branches.permissions import Denied
from branches.services.steps import order_redo, waive_step
from branches.workflow.closing import holding, nothing_missing
from rectification.services import surveys
from tests.factories.surveys import BAD, GOOD, bring_to, make_up_done, surveyed

pytestmark = pytest.mark.django_db


def missing(campaign: Campaign) -> list[str]:
    """What holds the campaign, in words."""
    return [str(hold) for hold in holding(Campaign.objects.get(pk=campaign.pk))]


def test_an_open_make_up_holds_the_campaign_until_it_is_certified() -> None:
    made = surveyed("closed", votes=BAD)
    name = made.organization.short_name
    assert missing(made.campaign) == [f"{name}（补课后的满意度测评还没有核定）"]
    answer = nothing_missing(made.campaign)
    assert isinstance(answer, Denied)
    assert answer.reason.startswith(f"补课还没有结束，活动不能结束：{name}（补课后")
    assert "请这些党组织先把补课后的满意度测评做完、核定；" in answer.reason
    again = made.newest()
    surveys.void(survey_round=again, version=again.version, note="张数不清", by=made.office)
    assert len(missing(made.campaign)) == 1
    make_up_done(made)
    made.newest()
    bring_to(made, "closed", votes=BAD)
    assert missing(made.campaign) == []
    assert nothing_missing(made.campaign) is True
    assert ClosingHold.objects.get().steps == []


def test_a_survey_that_reached_what_was_asked_holds_nothing() -> None:
    made = surveyed("closed", votes=GOOD)
    assert missing(made.campaign) == []
    assert ClosingHold.objects.get(kind=HoldKind.MAKE_UP).count == 0


def test_the_superior_lets_it_go_with_a_reason_for_each_survey_or_by_another_round() -> None:
    made = surveyed("closed", votes=BAD)
    how: dict[str, Any] = {"organization": made.organization, "campaign": made.campaign}
    surveyed("closed", votes=BAD, step="satisfaction-2", **how)
    why: dict[str, Any] = {"reason": "已合并到换届后一起测评", "by": made.office}
    waive_step(**how, step="satisfaction-1", **why)
    assert len(missing(made.campaign)) == 1
    waive_step(**how, step="satisfaction-2", **why)
    assert missing(made.campaign) == []


def test_another_round_ordered_leaves_the_old_make_up_behind() -> None:
    made = surveyed("closed", votes=BAD)
    order_redo(campaign=made.campaign, organization=made.organization, reason="走过场", by=made.office)
    assert missing(made.campaign) == []


def test_what_is_missing_of_both_kinds_is_said_together() -> None:
    made = surveyed("closed", votes=BAD)
    ClosingHold.objects.create(
        campaign=made.campaign, organization=made.organization, kind=HoldKind.FEEDBACK, count=2
    )
    campaign = made.campaign
    campaign.rule_sets.update(values={**campaign.rule_set().values, "feedback_required": True})
    answer = nothing_missing(Campaign.objects.get(pk=campaign.pk))
    assert isinstance(answer, Denied)
    assert answer.reason.startswith("还有党员没有得到反馈，补课还没有结束，活动不能结束：")
    assert "先完成评定、向本人反馈，把补课后的满意度测评做完、核定；" in answer.reason
