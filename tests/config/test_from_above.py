"""The board leads an office to what it does before the meetings: opinions from the net, spot checks."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from branches.models import Role, User
from members.models import Moderation
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.opinions import OpinionFactory, OpinionRoundFactory, asking

ClientOf = Callable[[User], Client]
LINK = "抽查材料"


def board(client_of: ClientOf, user: User) -> str:
    """The person's home page."""
    return client_of(user).get("/").content.decode()


def test_an_office_is_led_to_opinions_from_the_net_and_nobody_else(
    tree: Tree, township: User, supervisor: User, client_of: ClientOf
) -> None:
    campaign = asking(tree.township)
    url = reverse("members:opinion_moderation", args=[campaign.slug, tree.village.pk])
    assert url not in board(client_of, township)
    for number in range(2):
        asked = OpinionRoundFactory.create(campaign=campaign, organization=tree.village)
        OpinionFactory.create_batch(number + 1, round=asked, moderation=Moderation.WAITING)
        OpinionFactory.create(round=asked)
    page = board(client_of, township)
    assert url in page
    assert "新河村支部（3 条）" in page
    assert url not in board(client_of, supervisor)


def test_opinions_on_the_own_organisation_wait_for_the_office_above(tree: Tree, client_of: ClientOf) -> None:
    campaign = asking(tree.county)
    asked = OpinionRoundFactory.create(campaign=campaign, organization=tree.township)
    OpinionFactory.create(round=asked, moderation=Moderation.WAITING)
    url = reverse("members:opinion_moderation", args=[campaign.slug, tree.township.pk])
    assert url not in board(client_of, account_with(Role.OFFICE, tree.township))
    assert url in board(client_of, account_with(Role.OFFICE, tree.county))


def test_spot_checks_are_linked_where_the_rules_want_them(
    tree: Tree, township: User, client_of: ClientOf
) -> None:
    campaign = CampaignFactory.create(issuer=tree.township, slug="plain", status="running")
    assert LINK not in board(client_of, township)
    checked = CampaignFactory.create(
        issuer=tree.township, slug="checked", status="running", rules={"spot_check": True}
    )
    url = reverse("members:spot_checks", args=[checked.slug, tree.township.pk])
    page = client_of(township).get("/", {"campaign": checked.slug}).content.decode()
    assert LINK in page
    assert url in page
    assert LINK not in client_of(township).get("/", {"campaign": campaign.slug}).content.decode()
