"""Who may keep, carry over and rule a campaign, by its state."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from branches.models import Campaign, CampaignStatus, User
from branches.permissions import (
    Denied,
    can_change_rules,
    can_clone_campaign,
    can_keep_campaign,
    can_revise_rules,
)
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory


@pytest.fixture(params=CampaignStatus.values)
def any_campaign(request: pytest.FixtureRequest, tree: Tree) -> Campaign:
    """A campaign of the township in each state."""
    made: Campaign = CampaignFactory.create(issuer=tree.township, status=request.param)
    return made


def test_the_issuers_office_keeps_it_until_it_is_over(any_campaign: Campaign, township: User) -> None:
    assert bool(can_keep_campaign(township, any_campaign)) is (any_campaign.status != CampaignStatus.CLOSED)


def test_rules_are_changed_in_a_draft_and_revised_while_it_is_open(
    any_campaign: Campaign, township: User, county: User
) -> None:
    for person in (township, county):
        answer = can_change_rules(person, any_campaign)
        assert bool(answer) is (any_campaign.status != CampaignStatus.CLOSED)


def test_published_rules_are_revised_while_the_campaign_is_open(
    any_campaign: Campaign, township: User
) -> None:
    assert bool(can_revise_rules(township, any_campaign)) is any_campaign.is_open


def test_it_is_carried_over_whatever_became_of_it(any_campaign: Campaign, township: User) -> None:
    assert can_clone_campaign(township, any_campaign)


@pytest.mark.parametrize("ask", [can_keep_campaign, can_clone_campaign, can_change_rules, can_revise_rules])
def test_nobody_else_may(
    ask: object, any_campaign: Campaign, secretary: User, supervisor: User, stranger: User, system: User
) -> None:
    assert callable(ask)
    for person in (secretary, supervisor, stranger, system, AnonymousUser()):
        answer = ask(person, any_campaign)
        assert isinstance(answer, Denied)
        assert answer.reason.endswith("。")
