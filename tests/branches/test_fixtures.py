"""The fixtures themselves: the tree, the people, and the emptying of append-only tables."""

from collections.abc import Callable

import pytest
from django.test import Client

from branches.models import AuditEvent, Campaign, CampaignStatus, User
from branches.services.audit import record
from tests.conftest import Tree


def test_the_campaign_is_published_with_locked_rules(campaign: Campaign) -> None:
    assert campaign.status == CampaignStatus.PUBLISHED
    assert campaign.rule_set().locked_at is not None


def test_people_stand_where_their_names_say(
    tree: Tree, secretary: User, township: User, stranger: User, client_of: Callable[[User], Client]
) -> None:
    assert secretary.posts()[0].organization == tree.village
    assert township.posts()[0].organization.path == tree.village.path[:-4]
    assert not tree.village.path.startswith(stranger.posts()[0].organization.path)
    assert client_of(secretary).session["_auth_user_id"] == str(secretary.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_tables_under_append_only_triggers_are_emptied_between_tests(turn: int, secretary: User) -> None:
    assert AuditEvent.objects.count() == 0
    record(by=secretary, action="test", about=secretary)
