"""Who owes a material: by category and role, for branches and bodies; under rules that ask nothing nobody does."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from branches.models import Campaign, Organization, Role
from branches.rules import Rules, load_preset
from branches.rules.resolving import resolve
from members.models import ExemptReason
from members.rules.material_owed import WEAK_HEAD, Candidate, heads_for, owed
from members.services.material_people import owed_here, owed_in
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, UserFactory
from tests.factories.members import MemberFactory, RosterEntryFactory, RosterFactory

HEAD = Candidate("m1", "书记", is_head=True)
OFFICIAL = Candidate("m2", "村官", is_official=True)
BOTH = Candidate("m3", "又是书记又是村官", is_head=True, is_official=True)
PLAIN = Candidate("m4", "党员")
EXCUSED = Candidate("m5", "不计应到", is_excused=True)
OUTSIDE = Candidate("a6", "不在册的书记", is_head=True)
PEOPLE = (PLAIN, HEAD, OFFICIAL, EXCUSED)


def rules_of(preset: str, category: str = "") -> Rules:
    """The rules of a preset for a category."""
    chosen = load_preset(preset)
    return resolve(chosen.values, chosen.overlays, category)


def asked(**values: Any) -> Rules:
    """Rules with these keys."""
    nothing = dict.fromkeys(
        ("committee_material", "head_material", "official_material", "member_material"), "none"
    )
    return Rules(**{**nothing, **values})


def roles(rules: Rules, people: Any = PEOPLE, **where: bool) -> list[tuple[str, str, str]]:
    """Role, key and form of what is owed."""
    return [(one.role, one.key, one.form) for one in owed(rules, people, **where)]


class TestTables:
    """Against tables written by hand from the notices."""

    @pytest.mark.parametrize(
        ("category", "form", "official"),
        [
            ("office", "full", False),
            ("school", "full", False),
            ("hospital", "full", False),
            ("village", "list", True),
            ("community", "list", True),
            ("private", "list", False),
            ("social", "list", False),
        ],
    )
    def test_luoyang(self, category: str, form: str, official: bool) -> None:
        found = roles(rules_of("luoyang_2014", category))
        wanted = [("committee", "", form), ("head", "m1", form)]
        if official:
            wanted.append(("official", "m2", form))
        assert found == wanted

    def test_xianning_asks_every_member(self) -> None:
        found = roles(rules_of("xianning_2015"))
        assert found == [("member", "m4", "list"), ("member", "m1", "list"), ("member", "m2", "list")]

    def test_xinyi_asks_the_committee_and_no_member(self) -> None:
        assert roles(rules_of("xinyi_2018", "village")) == [("committee", "", "list")]
        assert roles(rules_of("xinyi_2018", "village"), has_committee=False) == []

    def test_the_leadership_of_a_town(self) -> None:
        people = (Candidate("a1", "党委书记", is_head=True), Candidate("a2", "委员"))
        found = roles(rules_of("town_leadership_2014"), people, body=True, has_committee=False)
        assert found == [("committee", "", "full"), ("head", "a1", "full"), ("member", "a2", "full")]

    def test_a_body_owes_no_members_lists_where_each_writes_in_the_own_branch(self) -> None:
        people = (Candidate("a1", "党委书记", is_head=True), Candidate("a2", "委员"))
        assert roles(asked(member_material="list", head_material="list"), people, body=True) == [
            ("head", "a1", "list")
        ]

    def test_one_person_owes_one_as_head_before_official_before_member(self) -> None:
        every = {"head_material": "list", "official_material": "full", "member_material": "full"}
        assert roles(asked(**every), (BOTH,)) == [("head", "m3", "list")]
        assert roles(asked(**{**every, "head_material": "none"}), (BOTH,)) == [("official", "m3", "full")]
        assert roles(asked(member_material="full"), (BOTH,)) == [("member", "m3", "full")]

    def test_a_secretary_from_elsewhere_owes_as_head_and_not_as_member(self) -> None:
        assert roles(asked(head_material="list"), (OUTSIDE,)) == [("head", "a6", "list")]
        assert roles(asked(member_material="list"), (OUTSIDE,)) == []

    @given(
        st.lists(
            st.builds(
                Candidate,
                st.uuids().map(lambda k: f"m{k.hex}"),
                st.just("某"),
                st.booleans(),
                st.booleans(),
                st.booleans(),
            ),
            max_size=12,
        ),
        st.sampled_from(["none", "list", "full"]),
        st.sampled_from(["none", "list", "full"]),
        st.booleans(),
    )
    def test_nobody_owes_twice(self, people: list[Candidate], head: str, member: str, body: bool) -> None:
        found = owed(asked(head_material=head, member_material=member), people, body=body)
        keys = [one.key for one in found]
        assert len(keys) == len(set(keys))
        assert all(one.form != "none" for one in found)


def test_heads_and_the_weak_organisations_own() -> None:
    rules = rules_of("luoyang_2014", "village")
    assert WEAK_HEAD not in heads_for(rules, "head")
    assert heads_for(rules, "committee", is_weak=True)[-1] == WEAK_HEAD
    assert heads_for(rules, "head", is_weak=True)[-1] == WEAK_HEAD
    assert WEAK_HEAD not in heads_for(rules, "official", is_weak=True)
    assert heads_for(asked(committee_heads=("甲",), member_heads=("乙",)), "member") == ("乙",)
    twice = asked(committee_heads=(WEAK_HEAD,), weak_branch_section=True)
    assert heads_for(twice, "committee", is_weak=True) == (WEAK_HEAD,)


@pytest.fixture
def every(tree: Tree) -> Campaign:
    """A campaign that asks everybody."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township,
        slug="every",
        status="running",
        rules={
            "committee_material": "list",
            "head_material": "list",
            "official_material": "list",
            "member_material": "list",
        },
    )
    return made


def named(campaign: Campaign, organization: Organization) -> set[tuple[str, str]]:
    """Role and name of what is owed."""
    return {(one.role, one.name) for one in owed_here(campaign, organization)}


class TestPeople:
    """From the roll and the posts."""

    def test_posts_are_met_by_account_and_by_name(self, every: Campaign, tree: Tree) -> None:
        boss, outside = UserFactory.create(full_name="刘德福"), UserFactory.create(full_name="第一书记")
        MemberFactory.create(organization=tree.village, name="刘得福", user=boss)
        MemberFactory.create(organization=tree.village, name="王桂兰")
        MemberFactory.create(organization=tree.village, name="郑芳", is_village_official=True)
        MemberFactory.create(organization=tree.village, name="陈文", standing="deceased")
        AppointmentFactory.create(organization=tree.village, user=boss, holder_name="刘德福")
        AppointmentFactory.create(
            organization=tree.village, user=None, holder_name="王桂兰", role=Role.VILLAGE_OFFICIAL
        )
        AppointmentFactory.create(organization=tree.village, user=outside, holder_name="第一书记")
        assert named(every, tree.village) == {
            ("head", "刘得福"),
            ("head", "第一书记"),
            ("official", "王桂兰"),
            ("official", "郑芳"),
        }

    def test_namesakes_are_not_guessed(self, every: Campaign, tree: Tree) -> None:
        for _ in range(2):
            MemberFactory.create(organization=tree.village, name="王桂兰")
        AppointmentFactory.create(organization=tree.village, user=None, holder_name="王桂兰")
        assert [one.key[0] for one in owed_here(every, tree.village)] == ["a", "m", "m"]

    def test_a_committee_seat_makes_a_committee_unless_set_by_hand(self, every: Campaign, tree: Tree) -> None:
        assert ("committee", "") not in named(every, tree.village)
        AppointmentFactory.create(organization=tree.village, role=Role.ORGANIZER)
        assert ("committee", "") in named(every, tree.village)
        Organization.objects.filter(pk=tree.village.pk).update(committee_override=False)
        assert ("committee", "") not in named(every, Organization.objects.get(pk=tree.village.pk))

    def test_a_post_that_is_over_counts_no_more(self, every: Campaign, tree: Tree) -> None:
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        AppointmentFactory.create(organization=tree.village, holder_name="前任", ends_on=yesterday)
        assert named(every, tree.village) == set()

    def test_members_out_of_the_count_owe_none(self, every: Campaign, tree: Tree) -> None:
        away = MemberFactory.create(organization=tree.village, name="外出")
        roster = RosterFactory.create(campaign=every, organization=tree.village)
        RosterEntryFactory.create(
            roster=roster, member=away, is_expected=False, exempt_reason=ExemptReason.values[0]
        )
        assert named(every, tree.village) == set()

    def test_leaders_of_a_body(self, tree: Tree) -> None:
        campaign = CampaignFactory.create(issuer=tree.county, slug="town", preset="town_leadership_2014")
        boss = UserFactory.create()
        for role in (Role.ORGANIZER, Role.SECRETARY):
            AppointmentFactory.create(organization=tree.township, user=boss, holder_name="书记", role=role)
        AppointmentFactory.create(
            organization=tree.township, user=None, holder_name="委员甲", role=Role.COMMITTEE
        )
        AppointmentFactory.create(organization=tree.township, holder_name="党建办", role=Role.OFFICE)
        AppointmentFactory.create(organization=tree.township, holder_name="村官", role=Role.VILLAGE_OFFICIAL)
        assert named(campaign, tree.township) == {("committee", ""), ("head", "书记"), ("member", "委员甲")}
        assert named(campaign, tree.group) == set()

    def test_any_number_of_organisations_costs_the_same(self, every: Campaign, tree: Tree) -> None:
        def cost(places: list[Organization]) -> int:
            fresh = Campaign.objects.get(pk=every.pk)
            with CaptureQueriesContext(
                connection,
            ) as asked_for:
                owed_in(fresh, places)
            return len(asked_for)

        for place in (tree.village, tree.sibling, tree.school):
            MemberFactory.create(organization=place)
        assert cost([tree.village]) == cost(
            [tree.village, tree.sibling, tree.school, tree.general, tree.mill]
        )
