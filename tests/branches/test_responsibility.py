"""Who answers: the words of the notice, filled from the posts held today."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from branches.models import Campaign, Kind, Organization, Role, User
from branches.services.responsibility import responsible_for
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, OrganizationFactory
from tests.factories.evaluations import published_campaign


def post(organization: Organization, role: str, name: str, **fields: object) -> None:
    """A post held by somebody without an account."""
    AppointmentFactory.create(organization=organization, role=role, user=None, holder_name=name, **fields)


@pytest.fixture
def people(tree: Tree) -> Tree:
    """Secretaries at every level."""
    for place, name in (
        (tree.county, "孙建国"),
        (tree.township, "何长河"),
        (tree.village, "刘德福"),
        (tree.general, "魏敏"),
        (tree.mill, "姜文"),
    ):
        post(place, Role.SECRETARY, name)
    return tree


def said(campaign: Campaign, organization: Organization) -> list[tuple[str, str]]:
    """Title and line of each."""
    return [(r.title, r.shown) for r in responsible_for(campaign=campaign, organization=organization)]


@pytest.mark.parametrize(
    ("words", "place", "shown"),
    [
        ("基层党组织主要负责同志", "village", "刘德福（新河村支部书记）"),
        ("基层党组织主要负责同志", "general", "魏敏（宏达纺织总支书记）"),
        ("党支部书记", "mill", "姜文（宏达纺织一车间支部书记）"),
        ("直属党组织书记", "mill", "何长河（青石镇书记）"),
        ("党委（党组）主要负责同志", "mill", "何长河（青石镇书记）"),
        ("党委书记", "county", "孙建国（云岭县委书记）"),
        ("党总支书记", "mill", "魏敏（宏达纺织总支书记）"),
        ("党总支书记", "village", "刘德福（新河村支部书记）"),
        ("工委书记", "village", "刘德福（新河村支部书记）"),
    ],
)
def test_the_words_say_whose_head_is_meant(words: str, place: str, shown: str, people: Tree) -> None:
    campaign = published_campaign(people.county, rules={"first_responsible": words})
    assert said(campaign, getattr(people, place)) == [("第一责任人", shown)]


def test_directly_below_is_counted_from_the_issuer(people: Tree) -> None:
    campaign = published_campaign(people.township, rules={"first_responsible": "直属党组织书记"})
    assert said(campaign, people.mill) == [("第一责任人", "魏敏（宏达纺织总支书记）")]
    assert said(campaign, people.village) == [("第一责任人", "刘德福（新河村支部书记）")]
    assert said(campaign, people.township) == [("第一责任人", "何长河（青石镇书记）")]


def test_a_work_committee_is_found_above(tree: Tree) -> None:
    work = OrganizationFactory.create(name="市直机关工委", short_name="机关工委", kind=Kind.WORK_COMMITTEE)
    branch = OrganizationFactory.create(parent=work, short_name="档案局支部")
    post(work, Role.SECRETARY, "钱永强")
    campaign = published_campaign(work, rules={"first_responsible": "工委书记"})
    assert said(campaign, branch) == [("第一责任人", "钱永强（机关工委书记）")]


@pytest.mark.parametrize(
    ("preset", "lines"),
    [
        ("luoyang_2014", [("第一责任人", "刘德福（新河村支部书记）")]),
        (
            "xianning_2015",
            [("第一责任人", "刘德福（新河村支部书记）"), ("直接责任人", "刘德福（新河村支部书记）")],
        ),
        (
            "yancheng_2005",
            [("第一责任人", "何长河（青石镇书记）"), ("直接责任人", "刘德福（新河村支部书记）")],
        ),
        ("xinyi_2018", [("整改第一责任人", "刘德福（新河村支部书记）")]),
    ],
)
def test_each_notice_names_its_own_lines(preset: str, lines: list[tuple[str, str]], people: Tree) -> None:
    campaign = published_campaign(people.township, preset=preset)
    assert said(campaign, people.village) == lines


def test_a_notice_that_names_nobody_gives_no_line(people: Tree) -> None:
    campaign = published_campaign(people.township, rules={"first_responsible": "", "direct_responsible": ""})
    found = responsible_for(campaign=campaign, organization=people.village)
    assert {line.key for line in found} <= {"rectification_first_responsible"}


class TestVacancy:
    """A vacant post falls to the deputy, or to the head of the parent, as the rules say."""

    RULES = {"first_responsible": "党支部书记", "rectification_first_responsible": ""}

    def test_the_deputy_stands_in(self, tree: Tree) -> None:
        campaign = published_campaign(tree.township, rules=self.RULES)
        post(tree.village, Role.DEPUTY, "王桂兰")
        assert said(campaign, tree.village) == [("第一责任人", "王桂兰（新河村支部副书记，书记空缺）")]

    def test_without_a_deputy_it_says_vacant(self, tree: Tree) -> None:
        campaign = published_campaign(tree.township, rules=self.RULES)
        assert said(campaign, tree.village) == [("第一责任人", "空缺（新河村支部书记）")]

    def test_the_head_of_the_parent_answers_when_the_rules_say_so(self, tree: Tree) -> None:
        rules = {**self.RULES, "reviewer_when_vacant": "parent_head"}
        campaign = published_campaign(tree.township, rules=rules)
        assert said(campaign, tree.village) == [("第一责任人", "空缺（新河村支部书记）")]
        post(tree.township, Role.SECRETARY, "何长河")
        assert said(campaign, tree.village) == [("第一责任人", "何长河（青石镇书记，下级书记空缺）")]

    def test_at_the_top_there_is_nobody_above(self, tree: Tree) -> None:
        rules = {"first_responsible": "党委书记", "reviewer_when_vacant": "parent_head"}
        campaign = published_campaign(tree.county, rules={**self.RULES, **rules})
        assert said(campaign, tree.county) == [("第一责任人", "空缺（云岭县委书记）")]

    def test_a_term_that_is_over_counts_no_more(self, tree: Tree, secretary: User) -> None:
        campaign = published_campaign(tree.township, rules=self.RULES)
        last = timezone.localdate() + datetime.timedelta(days=3)
        secretary.appointments.update(ends_on=last)
        assert said(campaign, tree.village) == [("第一责任人", "刘德福（新河村支部书记）")]
        with time_machine.travel(last + datetime.timedelta(days=1, hours=12), tick=False):
            assert said(campaign, tree.village) == [("第一责任人", "空缺（新河村支部书记）")]

    def test_two_secretaries_are_both_named(self, tree: Tree, secretary: User) -> None:
        campaign = published_campaign(tree.township, rules=self.RULES)
        post(tree.village, Role.SECRETARY, "陈国庆")
        assert said(campaign, tree.village) == [("第一责任人", "刘德福、陈国庆（新河村支部书记）")]
