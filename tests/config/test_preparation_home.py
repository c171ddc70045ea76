"""Home pages before the meeting: own duties in plain words, what came back first, reviews that wait."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Addressee, Campaign, Notice, Role, StepMark, User
from config.home.own_duties import OwnDuties, reviews_waiting
from config.home.reminders import remind
from config.lib.workdays import is_workday
from members.models import DuesTerms, Material, Member, OpinionPoint
from members.rules.paper import Answer, Paper
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.members import MemberFactory
from tests.factories.opinions import OpinionPointFactory
from tests.factories.preparing import MaterialFactory, in_review

ClientOf = Callable[[User], Client]
RULES = {
    "opinions_asked": True,
    "talk_pairs": ["secretary_member", "member_member"],
    "talk_record_level": "tick",
    "committee_material": "none",
    "head_material": "none",
    "member_material": "list",
}


@pytest.fixture
def asking(tree: Tree) -> Campaign:
    """A running campaign that asks members for talks and lists."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township, slug="asking", status="running", rules=RULES, year=timezone.localdate().year
    )
    return made


@pytest.fixture
def villager(tree: Tree, secretary: User) -> Member:
    """A plain member of the village with an account; the secretary is on its roll too."""
    user = account_with(None, tree.village, username="villager")
    MemberFactory.create(organization=tree.village, name=secretary.full_name, user=secretary)
    found: Member = MemberFactory.create(organization=tree.village, name="石大山", user=user)
    return found


def home(client_of: ClientOf, user: User) -> str:
    """The person's home page."""
    return client_of(user).get("/").content.decode()


def test_a_member_finds_the_own_dues_once_they_are_settled(villager: Member, client_of: ClientOf) -> None:
    link = reverse("members:my_dues")
    assert link not in home(client_of, person(villager))
    DuesTerms.objects.create(member=villager, label="农民", monthly=1, since=timezone.localdate())
    assert link in home(client_of, person(villager))


def person(member: Member) -> User:
    """The account of a member."""
    assert member.user is not None
    return member.user


class TestPlainMember:
    """Only what is one's own; where nothing is asked that is said."""

    def test_partners_and_the_own_list(
        self, asking: Campaign, villager: Member, secretary: User, client_of: ClientOf
    ) -> None:
        page = home(client_of, person(villager))
        assert f"还要谈心：{secretary.full_name}" in page
        assert "您的问题清单和整改措施" in page
        assert "开始写</a>" in page
        assert "没有别的事情" not in page

    def test_one_that_came_back_stands_first_with_its_remarks(
        self, asking: Campaign, tree: Tree, villager: Member, client_of: ClientOf
    ) -> None:
        material = MaterialFactory.create(
            campaign=asking, organization=tree.village, role="member", member=villager, status="returned"
        )
        page = home(client_of, person(villager))
        assert "您的问题清单和整改措施退回来了" in page
        assert reverse("members:material_show", args=[material.pk]) in page
        Material.objects.filter(pk=material.pk).update(status="draft")
        page = home(client_of, person(villager))
        assert "继续写</a>" in page
        assert reverse("members:material_edit", args=[material.pk]) in page
        Material.objects.filter(pk=material.pk).update(status="done")
        assert "问题清单" not in home(client_of, person(villager))

    def test_points_to_answer(
        self, asking: Campaign, tree: Tree, villager: Member, client_of: ClientOf
    ) -> None:
        for verdict in ("true", "untrue"):
            OpinionPoint.objects.create(
                campaign=asking,
                organization=tree.village,
                target="person",
                member=villager,
                text="开会发言少",
                verdict=verdict,
            )
        assert "有 1 条给您的意见要回应" in home(client_of, person(villager))

    def test_a_point_answered_in_a_material_handed_in_is_off_the_page(
        self, asking: Campaign, tree: Tree, villager: Member, client_of: ClientOf
    ) -> None:
        point = OpinionPointFactory.create(
            campaign=asking, organization=tree.village, member=villager, verdict="true"
        )
        said = Paper(answers=(Answer(point.pk.hex, point.text, "认账，以后每次会都发言。"),))
        material = MaterialFactory.create(
            campaign=asking, organization=tree.village, role="member", member=villager, paper=said
        )
        assert "有 1 条给您的意见要回应" in home(client_of, person(villager))
        Material.objects.filter(pk=material.pk).update(status="submitted")
        assert "给您的意见" not in home(client_of, person(villager))

    def test_who_writes_nothing_is_told_of_a_point_and_asked_for_nothing(
        self, tree: Tree, villager: Member, township: User, client_of: ClientOf
    ) -> None:
        made = CampaignFactory.create(
            issuer=tree.township, slug="xinyi", preset="xinyi_2018", status="running", name="组织生活会"
        )
        OpinionPointFactory.create(
            campaign=made, organization=tree.village, member=villager, by_superior=True, source="superior"
        )
        page = home(client_of, person(villager))
        assert "有 1 条给您的意见。" in page
        assert "要回应" not in page

    def test_under_the_rules_of_xinyi_nothing_is_asked(
        self, tree: Tree, villager: Member, client_of: ClientOf
    ) -> None:
        AppointmentFactory.create(
            organization=tree.village, role=Role.DEPUTY, user=None, holder_name="吴水生"
        )
        MemberFactory.create(organization=tree.village, name="吴水生")
        CampaignFactory.create(
            issuer=tree.township, slug="xinyi", preset="xinyi_2018", status="running", name="组织生活会"
        )
        page = home(client_of, person(villager))
        assert "您不需要写材料" in page
        assert "会有一位同志找您谈心，不用准备" in page
        for words in ("您自己要准备的", "还要谈心", "开始写", "退回"):
            assert words not in page

    def test_what_was_done_on_paper_asks_nobody_any_more(
        self, asking: Campaign, tree: Tree, villager: Member, secretary: User, client_of: ClientOf
    ) -> None:
        page = home(client_of, person(villager))
        assert "还要谈心" in page
        assert "开始写" in page
        for step in ("lists", "talks"):
            StepMark.objects.create(
                campaign=asking, organization=tree.village, step=step, done_on=timezone.localdate()
            )
        for user in (person(villager), secretary):
            page = home(client_of, user)
            assert "还要谈心" not in page
            assert "开始写" not in page
        MaterialFactory.create(
            campaign=asking, organization=tree.village, member=villager, author=person(villager)
        )
        assert "继续写" in home(client_of, person(villager))

    def test_nothing_where_the_campaign_does_not_reach(
        self, asking: Campaign, tree: Tree, villager: Member
    ) -> None:
        assert OwnDuties.of(person(villager), None, asking) is None
        assert OwnDuties.of(person(villager), tree.village, None) is None
        assert OwnDuties.of(person(villager), tree.group, asking) is None
        assert OwnDuties.of(person(villager), tree.other_village, asking) is None
        Campaign.objects.filter(pk=asking.pk).update(status="closed")
        assert OwnDuties.of(person(villager), tree.village, Campaign.objects.get(pk=asking.pk)) is None

    def test_an_outsider_of_the_grid_has_no_talks(self, asking: Campaign, tree: Tree, county: User) -> None:
        found = OwnDuties.of(county, tree.village, asking)
        assert found is not None
        assert (found.partners, found.comes_to_you, found.is_empty) == ("", False, True)


class TestSecretary:
    """Counts in the tasks, links to the pages, unanswered points."""

    def test_tasks_lead_to_the_pages(
        self, asking: Campaign, tree: Tree, villager: Member, secretary: User, client_of: ClientOf
    ) -> None:
        MaterialFactory.create(
            campaign=asking, organization=tree.village, role="member", member=villager, status="returned"
        )
        OpinionPoint.objects.create(
            campaign=asking, organization=tree.village, text="路灯坏了没有人管", verdict="true"
        )
        page = home(client_of, secretary)
        for name in ("talks", "materials", "opinions"):
            assert reverse(f"members:{name}", args=[asking.slug, tree.village.pk]) in page
        assert "退回 1 份" in page
        assert "有 1 条属实的或者上级点明的意见还没有回应" in page
        assert "石大山" not in page.partition("还要谈心")[0]

    def test_what_the_superior_named_is_told_where_no_opinions_are_asked_too(
        self, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        silent = CampaignFactory.create(
            issuer=tree.township,
            slug="silent",
            status="running",
            rules={**RULES, "opinions_asked": False},
            year=timezone.localdate().year,
        )
        OpinionPointFactory.create(
            campaign=silent, organization=tree.village, by_superior=True, source="superior"
        )
        assert "有 1 条属实的或者上级点明的意见还没有回应" in home(client_of, secretary)

    def test_the_steps_page_has_the_button_and_still_the_tick(
        self, asking: Campaign, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        page = client_of(secretary).get(reverse("org_steps", args=[asking.slug, tree.village.pk]))
        text = page.content.decode()
        assert "登记谈心谈话</a>" in text
        assert reverse("step_action", args=[asking.slug, tree.village.pk, "talks", "note"]) in text


class TestReviewer:
    """What waits is counted, without names."""

    def test_home_and_digest(self, tree: Tree, secretary: User, client_of: ClientOf) -> None:
        made = CampaignFactory.create(
            issuer=tree.township,
            slug="reviewed",
            status="running",
            year=timezone.localdate().year,
            rules={"member_material": "list", "member_reviewer": "own_head"},
        )
        writer = MemberFactory.create(organization=tree.village, name="柳三妹")
        in_review(campaign=made, organization=tree.village, role="member", member=writer)
        assert reviews_waiting(secretary) == 1
        page = home(client_of, secretary)
        assert "有 1 份材料等您审核" in page
        assert reverse("members:reviews") in page
        day = timezone.localdate()
        while not is_workday(day):  # nothing is said on a day off
            day += datetime.timedelta(days=1)
        remind(day)
        told = Notice.objects.filter(recipient=secretary, kind="digest").get()
        assert "1 份材料待审核" in told.body
        assert "柳三妹" not in told.body
        assert told.url == reverse("members:reviews")

    def test_a_leader_of_a_body_has_own_duties_on_the_board(self, tree: Tree, client_of: ClientOf) -> None:
        leader = account_with(Role.SECRETARY, tree.township, username="leader")
        made = CampaignFactory.create(
            issuer=tree.county,
            slug="leaders",
            status="running",
            year=timezone.localdate().year,
            preset="town_leadership_2014",
        )
        Addressee.objects.filter(campaign=made).delete()
        Addressee.objects.create(campaign=made, organization=tree.township, audience="all")
        page = home(client_of, leader)
        assert "您自己要准备的" in page
        assert "对照检查材料" in page
