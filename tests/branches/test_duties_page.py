"""The page 要做什么、不需要做什么: for one's own organisation, for those below, for a member, by category."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from branches.models import Addressee, Audience, Campaign, Role, User
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, UserFactory, account_with

ClientOf = Callable[[User], Client]


@pytest.fixture
def xinyi(tree: Tree) -> Campaign:
    """A running campaign that asks for little."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township, slug="xinyi", preset="xinyi_2018", year=2018, status="running", finish_by=None
    )
    return made


@pytest.fixture
def luoyang(tree: Tree) -> Campaign:
    """A running campaign that asks for much."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township, slug="luoyang", preset="luoyang_2014", year=2014, status="running"
    )
    return made


def page(client: Client, campaign: Campaign, **query: str | int) -> str:
    """The page as it is read."""
    answer = client.get(reverse("branches:duties", args=[campaign.slug]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_secretary_sees_the_own_branch_with_each_clause(
    tree: Tree, xinyi: Campaign, secretary: User, client_of: ClientOf
) -> None:
    shown = page(client_of(secretary), xinyi)
    assert "新河村党支部" in shown
    assert "写给：<b>党组织</b>" in shown
    assert "不要求支部搞工作方案。" in shown
    assert "<q>不要求党支部搞工作方案、报表台账、总结报告等村料</q>" in shown
    assert "<q>上级党组织对基层党组织不搞“痕迹管理”。</q>" in shown
    assert "依据：本系统默认" in shown
    assert "依据：本系统的承诺" in shown
    assert "出自“新义村党组织生活会和民主评议党员工作方案（2018年度）”" in shown


@pytest.mark.parametrize("who", ["member", "group_leader"])
def test_a_member_sees_what_a_member_does(
    who: str, xinyi: Campaign, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    shown = page(client_of(request.getfixturevalue(who)), xinyi)
    assert "新河村党支部" in shown
    assert "写给：<b>党员</b>" in shown
    assert "按时参加党员大会" in shown
    assert "不要求党员撰写个人发言材料、检查材料。" in shown
    assert "记下几句就行" not in shown


def test_everybody_may_read_what_is_written_to_others(
    xinyi: Campaign, member: User, client_of: ClientOf
) -> None:
    shown = page(client_of(member), xinyi, who="secretary")
    assert "代表支委会向党员大会述职。" in shown
    assert "写给：<b>党员</b>" in page(client_of(member), xinyi, who="nobody")


def test_a_superior_reads_by_category_and_for_each_organisation(
    tree: Tree, luoyang: Campaign, township: User, client_of: ClientOf
) -> None:
    client = client_of(township)
    shown = page(client, luoyang)
    assert "各领域通用" in shown
    assert "看哪个领域" in shown
    assert "1500" in page(client, luoyang, category="office")
    assert "1200" in page(client, luoyang, category="village")
    mill = page(client, luoyang, organization=tree.mill.pk)
    assert "宏达纺织一车间党支部" in mill
    assert "1000" in mill
    assert "公开承诺" in mill
    assert "各领域通用" in page(client, luoyang, category="all")


def test_the_category_of_a_secretary_can_be_left(
    luoyang: Campaign, secretary: User, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    assert "1200" in page(client, luoyang)
    assert "1500" in page(client, luoyang, category="school")


def test_others_organisations_are_not_shown(
    tree: Tree, xinyi: Campaign, secretary: User, member: User, township: User, client_of: ClientOf
) -> None:
    url = reverse("branches:duties", args=[xinyi.slug])
    hidden = {
        secretary: (tree.sibling.pk, tree.township.pk, 10**6, "x", "²", "9" * 30),
        member: (tree.sibling.pk,),
        township: (tree.township.pk, tree.group.pk, tree.other_village.pk),
    }
    for person, asked in hidden.items():
        for pk in asked:
            assert client_of(person).get(url, {"organization": pk}).status_code == 404
    assert "新河村党支部" in page(client_of(member), xinyi, organization=tree.village.pk)


def test_a_body_reads_its_own_duties(tree: Tree, luoyang: Campaign, client_of: ClientOf) -> None:
    Addressee.objects.create(campaign=luoyang, organization=tree.general, audience=Audience.BODIES)
    head = account_with(Role.SECRETARY, tree.general)
    shown = page(client_of(head), luoyang)
    assert "宏达纺织党总支" in shown
    assert "书记和下一级党组织书记谈。" in shown


def test_a_draft_is_for_its_issuer_only(
    tree: Tree, secretary: User, township: User, client_of: ClientOf
) -> None:
    draft = CampaignFactory.create(issuer=tree.township, slug="draft", status="draft")
    url = reverse("branches:duties", args=[draft.slug])
    assert client_of(secretary).get(url).status_code == 404
    assert client_of(township).get(url).status_code == 200


def test_somebody_without_posts_and_home_reads_as_a_member(
    xinyi: Campaign, tree: Tree, client_of: ClientOf
) -> None:
    homeless = account_with(None, tree.township)
    assert "写给：<b>党员</b>" in page(client_of(homeless), xinyi)


def test_a_post_is_enough_to_read_without_being_at_home_anywhere(
    xinyi: Campaign, tree: Tree, client_of: ClientOf
) -> None:
    posted = UserFactory.create(home=None)
    AppointmentFactory.create(user=posted, role=Role.DEPUTY, organization=tree.village)
    assert "新河村党支部" in page(client_of(posted), xinyi)


def test_nothing_to_do_is_said(tree: Tree, client_of: ClientOf, secretary: User) -> None:
    nothing = {"leader_examples": [], "first_responsible": "", "direct_responsible": ""}
    quiet = CampaignFactory.create(
        issuer=tree.township, slug="quiet", preset="yancheng_2005", status="running", rules=nothing
    )
    assert "这次活动没有要书记办的事。" in page(client_of(secretary), quiet, who="secretary")


def test_the_link_names_the_organisation_where_it_is_not_the_readers_own(tree: Tree, xinyi: Campaign) -> None:
    link = "branches/_duties_link.html"
    assert 'href="/campaigns/xinyi/duties/"' in render_to_string(link, {"campaign": xinyi})
    other = render_to_string(link, {"campaign": xinyi, "organization": tree.sibling})
    assert f'href="/campaigns/xinyi/duties/?organization={tree.sibling.pk}"' in other
