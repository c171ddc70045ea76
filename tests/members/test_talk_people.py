"""Who is in the talk grid: the roll, the holders of posts, the partners from outside; one person once."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from branches.models import (
    Appointment,
    Campaign,
    Category,
    Organization,
    OrganizationStatus,
    Portfolio,
    PortfolioKind,
    Role,
)
from members.models import Capacity, ConcernKind, Member, Outsider, Standing, TalkConcern
from members.rules.talk_people import Person
from members.services.talk_people import find_people, people_of
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, OrganizationFactory, UserFactory
from tests.factories.members import MemberFactory, members_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the county."""
    made: Campaign = CampaignFactory.create(issuer=tree.county, preset="luoyang_2014")
    return made


def post(role: str, organization: Organization, name: str = "", **fields: Any) -> Appointment:
    """A post; without `user=` its holder has no account."""
    fields.setdefault("user", None)
    if name:
        fields["holder_name"] = name
    made: Appointment = AppointmentFactory.create(role=role, organization=organization, **fields)
    return made


def member(organization: Organization, name: str, **fields: Any) -> Member:
    """Somebody on the roll."""
    made: Member = MemberFactory.create(organization=organization, name=name, **fields)
    return made


def by_name(people: tuple[Person, ...]) -> dict[str, Person]:
    """The people by name; each name once."""
    assert len({person.name for person in people}) == len(people)
    return {person.name: person for person in people}


def key(one: Member) -> str:
    """A member's key."""
    return f"m{one.pk.hex}"


class TestBranch:
    """A branch: its roll and its posts."""

    def test_the_roll_in_stroke_order_with_groups_and_flags(self, tree: Tree, campaign: Campaign) -> None:
        member(tree.village, "魏长河", is_poor=True, is_veteran=True, is_lost=True)
        member(tree.village, "丁一", group=tree.group, is_village_official=True)
        member(tree.village, "王走", standing=Standing.TRANSFERRED)
        member(tree.sibling, "王别")
        people = people_of(campaign, tree.village)
        assert [person.name for person in people] == ["丁一", "魏长河"]
        assert people[0].group == "一组"
        assert people[0].flags == {"village_official"}
        assert people[1].flags == {"poor", "veteran"}
        assert people[1].posts == {"member"}

    def test_the_holder_is_the_member_with_the_account(self, tree: Tree, campaign: Campaign) -> None:
        user = UserFactory.create()
        one = member(tree.village, "刘德福", user=user)
        member(tree.village, "刘别", user=UserFactory.create())
        office = post(Role.SECRETARY, tree.village, "老刘", user=user)
        found = find_people(campaign, tree.village)
        person = by_name(found.people)["刘德福"]
        assert person.key == key(one)
        assert person.posts == {"secretary", "member"}
        assert person.title == "书记"
        assert found.key(f"a{office.pk}") == key(one)
        assert found.key("a0") == "a0"

    def test_else_the_only_member_of_that_name(self, tree: Tree, campaign: Campaign) -> None:
        one = member(tree.village, "王桂兰")
        post(Role.DEPUTY, tree.village, "王桂兰", user=UserFactory.create())
        post(Role.ORGANIZER, tree.village, "王桂兰")
        (person,) = people_of(campaign, tree.village)
        assert person.key == key(one)
        assert person.posts == {"deputy", "committee", "member"}
        assert person.title == "副书记、组织委员"

    def test_two_of_one_name_or_another_account_are_not_guessed(self, tree: Tree, campaign: Campaign) -> None:
        members = [member(tree.village, "李敏"), member(tree.village, "李敏")]
        member(tree.village, "张强", user=UserFactory.create())
        first = post(Role.SECRETARY, tree.village, "李敏")
        other = post(Role.DEPUTY, tree.village, "张强", user=UserFactory.create())
        keys = {person.key for person in people_of(campaign, tree.village)}
        assert len(keys) == 5
        assert {f"a{first.pk}", f"a{other.pk}", *map(key, members)} <= keys

    def test_a_holder_on_no_roll_with_two_posts_is_one_person(self, tree: Tree, campaign: Campaign) -> None:
        user = UserFactory.create(full_name="驻村同志")
        first = post(Role.SECRETARY, tree.village, user=user)
        post(Role.ORGANIZER, tree.village, user=user)
        post(Role.OFFICE, tree.village, "党建办同志")
        (person,) = people_of(campaign, tree.village)
        assert person.key == f"a{first.pk}"
        assert person.posts == {"secretary", "committee"}

    def test_no_committee_as_set_by_hand(self, tree: Tree, campaign: Campaign) -> None:
        post(Role.SECRETARY, tree.village, "甲")
        post(Role.DEPUTY, tree.village, "乙")
        tree.village.committee_override = False
        found = find_people(campaign, tree.village)
        assert by_name(found.people)["乙"].posts == {"deputy"}
        assert not found.links.has_committee

    def test_of_two_secretaries_the_newest(self, tree: Tree, campaign: Campaign) -> None:
        post(Role.SECRETARY, tree.village, "旧", starts_on=datetime.date(2020, 1, 1))
        post(Role.SECRETARY, tree.village, "新", starts_on=datetime.date(2025, 1, 1))
        post(Role.ORGANIZER, tree.village, "委")
        post(Role.SECRETARY, tree.village, "前", ends_on=timezone.localdate() - datetime.timedelta(days=1))
        found = find_people(campaign, tree.village)
        people = by_name(found.people)
        assert people["新"].posts == {"secretary"}
        assert people["旧"].posts == {"committee"}
        assert set(people) == {"新", "旧", "委"}
        assert found.links.several_secretaries

    def test_a_village_official_by_post(self, tree: Tree, campaign: Campaign) -> None:
        post(Role.VILLAGE_OFFICIAL, tree.village, "村官")
        (person,) = people_of(campaign, tree.village)
        assert person.posts == {"official"}
        assert person.flags == {"village_official"}
        assert person.title == "大学生村官"

    def test_investors_count_in_private_firms_only(self, tree: Tree, campaign: Campaign) -> None:
        for place in (tree.mill, tree.village):
            Outsider.objects.create(organization=place, name="出资人", capacity=Capacity.INVESTOR)
            Outsider.objects.create(organization=place, name="以前的", is_current=False)
        (person,) = people_of(campaign, tree.mill)
        assert (person.posts, person.title) == (frozenset({"investor"}), "出资人（合伙人）")
        assert people_of(campaign, tree.village)[0].posts == frozenset()

    def test_concerns_of_this_campaign(self, tree: Tree, campaign: Campaign) -> None:
        one, two, three = members_of(tree.village, 3)
        gone = member(tree.village, "走了", standing=Standing.TRANSFERRED)
        above = post(Role.SECRETARY, tree.township, "镇书记")

        def mark(kind: str, who: Member, other: Member | None = None, where: Campaign = campaign) -> None:
            TalkConcern.objects.create(
                campaign=where, organization=tree.village, kind=kind, member=who, other=other
            )

        mark(ConcernKind.UNAWARE, one)
        mark(ConcernKind.UNAWARE, gone)
        mark(ConcernKind.ESTRANGED, one, two)
        mark(ConcernKind.ESTRANGED, two, gone)
        mark(ConcernKind.UNAWARE, three, where=CampaignFactory.create(issuer=tree.county))
        found = find_people(campaign, tree.village)
        flags = {person.key: person.flags for person in found.people}
        assert flags == {key(one): {"unaware"}, key(two): frozenset(), key(three): frozenset()}
        assert found.links.estranged == {tuple(sorted((key(one), key(two))))}
        assert found.links.superior == ""
        mark(ConcernKind.PROBLEM_COMMITTEE, three)
        found = find_people(campaign, tree.village)
        assert found.links.superior == f"a{above.pk}"
        assert by_name(found.people)["镇书记"].posts == {"superior"}
        assert by_name(found.people)["镇书记"].title == "青石镇书记"

    def test_as_many_queries_for_many_as_for_few(self, tree: Tree, campaign: Campaign) -> None:
        post(Role.SECRETARY, tree.village, members_of(tree.village, 1)[0].name)
        counts = []
        for more in (0, 30):
            for one in members_of(tree.village, more, group=tree.group):
                TalkConcern.objects.create(
                    campaign=campaign, organization=tree.village, kind=ConcernKind.UNAWARE, member=one
                )
            with CaptureQueriesContext(connection) as queries:
                people_of(campaign, tree.village)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 7


class TestBody:
    """A 党委: its 班子, the secretaries below, the secretary's own branch, portfolios."""

    @pytest.fixture
    def office(self, tree: Tree) -> Organization:
        """The branch of the township's office."""
        made: Organization = OrganizationFactory.create(
            parent=tree.township, short_name="机关支部", category=Category.OFFICE
        )
        return made

    def test_the_people_of_a_township(self, tree: Tree, campaign: Campaign, office: Organization) -> None:
        user = UserFactory.create()
        head = member(office, "镇书记", user=user)
        clerk = member(office, "干事", is_poor=True)
        deputy = member(office, "副职")
        post(Role.SECRETARY, tree.township, user=user)
        post(Role.DEPUTY, tree.township, "副职")
        leader = post(Role.COMMITTEE, tree.township, "委员")
        post(Role.VILLAGE_OFFICIAL, tree.township, "不算")
        lower = post(Role.SECRETARY, tree.village, "村书记")
        post(Role.SECRETARY, office, "干事")
        post(Role.SECRETARY, tree.mill, "车间书记")
        Organization.objects.filter(pk=tree.school.pk).update(status=OrganizationStatus.ABOLISHED)
        found = find_people(campaign, tree.township)
        people = by_name(found.people)
        assert list(people) == ["镇书记", "副职", "委员", "村书记", "干事"]
        assert people["镇书记"].key == key(head)
        assert people["镇书记"].posts == {"secretary", "leader", "own_member"}
        assert (people["副职"].key, people["副职"].posts) == (
            key(deputy),
            frozenset({"leader", "deputy", "own_member"}),
        )
        assert (people["委员"].key, people["委员"].posts) == (f"a{leader.pk}", frozenset({"leader"}))
        assert (people["村书记"].key, people["村书记"].title) == (f"a{lower.pk}", "新河村支部书记")
        assert (people["干事"].key, people["干事"].posts) == (
            key(clerk),
            frozenset({"lower_secretary", "own_member"}),
        )
        assert people["干事"].flags == frozenset()
        assert found.links.own_branch == "机关支部"
        assert found.links.vacant == ("白沙村支部", "镇卫生院支部", "宏达纺织总支")

    def test_the_own_branch_by_a_name_found_once(
        self, tree: Tree, campaign: Campaign, office: Organization
    ) -> None:
        post(Role.SECRETARY, tree.township, "镇书记")
        assert find_people(campaign, tree.township).links.own_branch == ""
        member(office, "镇书记")
        assert find_people(campaign, tree.township).links.own_branch == "机关支部"
        member(tree.village, "镇书记")
        assert find_people(campaign, tree.township).links.own_branch == ""

    def test_a_name_with_another_account_is_not_the_secretary(
        self, tree: Tree, campaign: Campaign, office: Organization
    ) -> None:
        member(office, "镇书记", user=UserFactory.create())
        post(Role.SECRETARY, tree.township, user=UserFactory.create(full_name="镇书记"))
        assert find_people(campaign, tree.township).links.own_branch == ""

    def test_who_leads_above_and_below_is_one_person(self, tree: Tree, campaign: Campaign) -> None:
        user = UserFactory.create(full_name="兼任")
        own = post(Role.COMMITTEE, tree.township, user=user)
        lower = post(Role.SECRETARY, tree.village, user=user)
        (person,) = people_of(campaign, tree.township)
        assert person.key == f"a{own.pk}"
        assert person.posts == {"leader", "lower_secretary"}
        assert person.title == "委员、新河村支部书记"
        assert find_people(campaign, tree.township).key(f"a{lower.pk}") == person.key

    def test_portfolios(self, tree: Tree, campaign: Campaign) -> None:
        leader = post(Role.COMMITTEE, tree.township, "委员")
        lower = post(Role.SECRETARY, tree.village, "村书记")
        far = post(Role.SECRETARY, tree.mill, "车间书记")
        entered = Outsider.objects.create(
            organization=tree.township, name="所长", capacity=Capacity.DEPARTMENT, title="财政所所长"
        )

        def line(kind: str, **fields: Any) -> None:
            Portfolio.objects.create(appointment=leader, kind=kind, **fields)

        line(PortfolioKind.LIAISON, organization=tree.village)
        line(PortfolioKind.LIAISON, unit="信访办", unit_head="不算")
        line(PortfolioKind.CHARGE, organization=tree.mill)
        line(PortfolioKind.CHARGE, organization=tree.other_village)
        line(PortfolioKind.CHARGE, unit="财政所", unit_head="所长")
        line(PortfolioKind.CHARGE, unit="农机站", unit_head="站长")
        line(PortfolioKind.CHARGE, unit="水利站")
        for _ in range(2):
            found = find_people(campaign, tree.township)
            new = Outsider.objects.get(name="站长")
            assert (new.capacity, new.title) == (Capacity.DEPARTMENT, "农机站负责同志")
            mine = f"a{leader.pk}"
            assert found.links.liaison == ((mine, f"a{lower.pk}"),)
            assert found.links.portfolio == (
                (mine, f"a{far.pk}"),
                (mine, f"o{entered.pk.hex}"),
                (mine, f"o{new.pk.hex}"),
            )
            assert found.links.headless == ("水利站",)
            assert "双桥村支部" in found.links.vacant
            people = by_name(found.people)
            assert people["站长"].posts == {"department_head"}
            assert people["车间书记"].posts == frozenset()
        new.is_current = False
        new.save()
        found = find_people(campaign, tree.township)
        assert len(found.links.portfolio) == 2
        assert "站长" not in by_name(found.people)

    def test_one_head_of_two_leaders_and_heads_of_one_name(self, tree: Tree, campaign: Campaign) -> None:
        for name in ("甲", "乙"):
            leader = post(Role.COMMITTEE, tree.township, name)
            Portfolio.objects.create(appointment=leader, unit="农机站", unit_head="张三")
        for unit in ("财政所", "司法所"):
            Outsider.objects.create(
                organization=tree.township, name="张三", capacity=Capacity.DEPARTMENT, title=f"{unit}所长"
            )
        found = find_people(campaign, tree.township)
        assert Outsider.objects.count() == 3
        assert len({head for _, head in found.links.portfolio}) == 1

    def test_concerns_reach_leaders_by_their_account(self, tree: Tree, campaign: Campaign) -> None:
        user = UserFactory.create(full_name="委员")
        leader = post(Role.COMMITTEE, tree.township, user=user)
        for who in (member(tree.village, "委员", user=user), member(tree.village, "别人")):
            TalkConcern.objects.create(
                campaign=campaign, organization=tree.township, kind=ConcernKind.UNAWARE, member=who
            )
        (person,) = people_of(campaign, tree.township)
        assert (person.key, person.flags) == (f"a{leader.pk}", frozenset({"unaware"}))
