"""The fixtures themselves: the tree, the people, and the emptying of append-only tables."""

from collections.abc import Callable

import pytest
from django.test import Client

from branches.models import AuditEvent, Campaign, CampaignStatus, Organization, User
from branches.services.audit import record
from tests.conftest import PLACES, Tree
from tests.factories.branches import OrganizationFactory


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


def test_the_tree_of_the_tests_is_as_the_library_would_have_built_it(tree: Tree) -> None:
    assert Organization.objects.find_problems() == ([], [], [], [], [])
    assert [node.name for node in Organization.objects.all()] == [
        place["name"] for _above, place in PLACES.values()
    ]
    assert OrganizationFactory.create(parent=tree.township, code="later").path > tree.general.path
