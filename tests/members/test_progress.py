"""Facts of the preparation: what is done, what is missing in counts, by the rules and the round that hold."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from branches.models import Addressee, Appointment, Campaign, Organization, Role
from branches.rules.standing import Fact
from branches.services.steps import steps_for
from members.models import (
    Material,
    MaterialRole,
    Member,
    OpinionRound,
    Roster,
    RosterEntry,
    StudySession,
    TalkState,
)
from members.progress import Asked, preparation
from members.progress.owing import People
from members.services.material_people import owed_in
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory
from tests.factories.members import MemberFactory

TODAY = timezone.localdate()
ALL = {
    "study_list": ["党章"],
    "opinions_asked": True,
    "talk_pairs": ["secretary_member"],
    "talk_record_level": "tick",
    "committee_material": "list",
    "head_material": "list",
    "member_material": "list",
    "committee_discussion": True,
    "material_public_notice": True,
    "material_pledge": True,
}
AWAY: dict[str, Any] = {
    "is_expected": False,
    "is_voter": False,
    "is_subject": False,
    "exempt_reason": "bedridden",
}
Facts = dict[str, Fact]


def asking(tree: Tree, slug: str = "all", **rules: Any) -> Campaign:
    """A running campaign that asks for everything, but for what is said otherwise."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township, slug=slug, status="running", rules={**ALL, **rules}
    )
    return made


def asked_of(campaign: Campaign, organization: Organization) -> Asked:
    """What the campaign asks of the organisation."""
    return Asked.of(
        campaign.rules_for(organization),
        steps_for(campaign, organization),
        is_body=organization.is_body,
        has_committee=organization.has_committee,
    )


def facts(campaign: Campaign, organization: Organization, **rounds: int) -> Facts:
    """The facts of one organisation."""
    only = Organization.objects.filter(pk=organization.pk)
    number = {organization.pk: rounds["number"]} if rounds else {}
    found = preparation(campaign, only, number)
    return dict(found.facts_of(organization.pk, asked_of(campaign, organization)))


def material(campaign: Campaign, organization: Organization, role: str, status: str, **more: Any) -> Material:
    """A material in a state, without any text."""
    if role != MaterialRole.COMMITTEE and not {"member", "appointment"} & set(more):
        more["member"] = MemberFactory.create(organization=organization)
    days = {"submitted_on": TODAY if status not in ("draft", "returned") else None}
    days["settled_on"] = TODAY if status in ("passed", "done") else None
    made: Material = Material.objects.create(
        campaign=campaign,
        organization=organization,
        role=role,
        status=status,
        form="list",
        **{**days, **more},
    )
    return made


def opinion_round(campaign: Campaign, organization: Organization, status: str, day: int, **more: Any) -> None:
    """A round of opinions that began on this day of January."""
    OpinionRound.objects.create(
        campaign=campaign,
        organization=organization,
        status=status,
        way="forum",
        begun_on=datetime.date(2026, 1, day),
        **more,
    )


class TestStudyOpinionsTalks:
    """Three kinds of work that need no paper."""

    def test_nothing_known_gives_no_fact(self, tree: Tree) -> None:
        campaign = asking(tree)
        assert facts(campaign, tree.village) == {}
        found = preparation(campaign, Organization.objects.all(), {})
        assert found.key(tree.village.pk, asked_of(campaign, tree.village)) is None

    def test_the_first_session_counts(self, tree: Tree) -> None:
        campaign = asking(tree)
        for day in (9, 3):
            StudySession.objects.create(
                campaign=campaign, organization=tree.village, held_on=datetime.date(2026, 1, day)
            )
        assert facts(campaign, tree.village)["study"] == Fact(
            done=True, on=datetime.date(2026, 1, 3), word="已学习"
        )
        assert "study" not in facts(campaign, tree.sibling)

    def test_as_many_rounds_of_opinions_as_are_asked_for(self, tree: Tree) -> None:
        once, twice = asking(tree, "once"), asking(tree, "twice", opinion_rounds=2)
        for campaign in (once, twice):
            opinion_round(campaign, tree.village, "collecting", 2)
            assert facts(campaign, tree.village)["opinions"] == Fact(word="征求中")
            opinion_round(campaign, tree.village, "compiled", 3, ended_on=datetime.date(2026, 1, 8))
        assert facts(once, tree.village)["opinions"].on == datetime.date(2026, 1, 8)
        assert facts(twice, tree.village)["opinions"] == Fact(word="已梳理 1/2 次")
        opinion_round(twice, tree.village, "fed_back", 9)
        assert facts(twice, tree.village)["opinions"] == Fact(
            done=True, on=datetime.date(2026, 1, 9), word="已梳理"
        )

    def test_numbered_steps_each_want_one_more_round(self, tree: Tree) -> None:
        staged = CampaignFactory.create(
            issuer=tree.township, slug="staged", status="running", preset="yancheng_2005"
        )
        opinion_round(staged, tree.village, "compiled", 3)
        opinion_round(staged, tree.village, "collecting", 9)
        found = facts(staged, tree.village)
        assert [found[f"opinions-{n}"].done for n in (1, 2, 3)] == [True, False, False]

    def test_talks_owed_and_held(self, tree: Tree) -> None:
        campaign = asking(tree)
        state = TalkState.objects.create(
            campaign=campaign, organization=tree.village, owed=0, held=0, settled_at=timezone.now()
        )
        assert "talks" not in facts(campaign, tree.village)
        for held, fact in ((3, Fact(word="还差 2 对")), (5, Fact(done=True, on=TODAY, word="已谈完"))):
            TalkState.objects.filter(pk=state.pk).update(owed=5, held=held, last_on=TODAY)
            assert facts(campaign, tree.village)["talks"] == fact


class TestMaterials:
    """Counted against what is owed: committee, heads and officials here, all other members there."""

    @pytest.fixture
    def branch(self, tree: Tree) -> Organization:
        """The village with a head on its roll, a committee, and two more members."""
        MemberFactory.create(organization=tree.village, name="周长顺")
        AppointmentFactory.create(
            organization=tree.village, role=Role.SECRETARY, user=None, holder_name="周长顺"
        )
        AppointmentFactory.create(organization=tree.village, role=Role.DEPUTY, user=None)
        for name in ("吴秋菊", "郑石头"):
            MemberFactory.create(organization=tree.village, name=name)
        return tree.village

    def test_from_the_draft_to_the_last_one_passed(self, tree: Tree, branch: Organization) -> None:
        campaign = asking(tree)
        head = Member.objects.get(name="周长顺")
        mine = material(campaign, branch, "head", "draft", member=head)
        assert facts(campaign, branch)["material"] == Fact(word="撰写中")
        board = material(campaign, branch, "committee", "submitted")
        assert facts(campaign, branch)["material"] == Fact(word="1/2 已交")
        move(mine, "submitted")
        assert facts(campaign, branch)["material"] == Fact(handed_in=TODAY, word="待审核 2 份")
        move(board, "passed")
        assert facts(campaign, branch)["material"] == Fact(handed_in=TODAY, word="待审核 1 份")
        move(mine, "returned")
        assert facts(campaign, branch)["material"] == Fact(word="退回 1 份")
        move(mine, "draft")
        assert facts(campaign, branch)["material"] == Fact(word="1/2 已通过")
        move(mine, "done")
        assert facts(campaign, branch)["material"] == Fact(done=True, on=TODAY)
        assert "lists" not in facts(campaign, branch)

    def test_the_lists_of_members_leave_the_head_out(self, tree: Tree, branch: Organization) -> None:
        campaign = asking(tree)
        for name, word in (("吴秋菊", "1/2 已交"), ("郑石头", "")):
            material(campaign, branch, "member", "done", member=Member.objects.get(name=name))
            assert facts(campaign, branch)["lists"].word == word
        assert facts(campaign, branch)["lists"].done

    def test_who_is_not_expected_owes_none(self, tree: Tree, branch: Organization) -> None:
        campaign = asking(tree)
        material(campaign, branch, "member", "done", member=Member.objects.get(name="吴秋菊"))
        roster = Roster.objects.create(campaign=campaign, organization=branch)
        away = Member.objects.get(name="郑石头")
        RosterEntry.objects.create(
            roster=roster, member=away, ordinal=1, name=away.name, kind=away.kind, **AWAY
        )
        assert facts(campaign, branch)["lists"].done

    def test_what_somebody_who_left_handed_in_stands_for_nobody_else(
        self, tree: Tree, branch: Organization
    ) -> None:
        campaign = asking(tree)
        gone = Member.objects.get(name="吴秋菊")
        material(campaign, branch, "member", "done", member=gone)
        assert facts(campaign, branch)["lists"].word == "1/2 已交"
        Member.objects.filter(pk=gone.pk).update(standing="transferred")
        assert "lists" not in facts(campaign, branch), "郑石头 has begun nothing"
        Member.objects.filter(pk=gone.pk).update(standing="active", organization=tree.sibling)
        assert "lists" not in facts(campaign, branch)

    def test_a_new_head_owes_what_the_earlier_one_handed_in(self, tree: Tree, branch: Organization) -> None:
        campaign = asking(tree, committee_material="none")
        material(campaign, branch, "head", "passed", member=Member.objects.get(name="周长顺"))
        assert facts(campaign, branch)["material"].done
        Appointment.objects.filter(holder_name="周长顺").update(holder_name="吴秋菊")
        assert "material" not in facts(campaign, branch)
        sent = AppointmentFactory.create(
            organization=tree.sibling, role=Role.SECRETARY, user=None, holder_name="镇里派来的"
        )
        material(campaign, tree.sibling, "head", "passed", appointment=sent)
        assert facts(campaign, tree.sibling)["material"].done
        Appointment.objects.filter(pk=sent.pk).update(ends_on=TODAY - datetime.timedelta(days=1))
        assert "material" not in facts(campaign, tree.sibling)

    def test_discussed_and_shown(self, tree: Tree, branch: Organization) -> None:
        campaign = asking(tree)
        board = material(campaign, branch, "committee", "passed", discussed_on=TODAY)
        found = facts(campaign, branch)
        assert found["discussion"] == Fact(done=True, on=TODAY, word="已讨论")
        assert "material_notice" not in found
        Material.objects.filter(pk=board.pk).update(shown_on=TODAY)
        found = facts(campaign, branch)
        assert (found["material_notice"].word, found["pledge"].word) == ("1/2 已公示", "1/2 已承诺")
        material(campaign, branch, "head", "passed", member=Member.objects.get(name="周长顺"), shown_on=TODAY)
        found = facts(campaign, branch)
        assert found["material_notice"] == Fact(done=True, on=TODAY, word="已公示")
        assert found["pledge"].done

    def test_rules_that_ask_for_none_say_nothing(self, tree: Tree, branch: Organization) -> None:
        silent = asking(
            tree, "silent", committee_material="none", head_material="none", member_material="none"
        )
        for role in ("committee", "head", "member"):
            material(silent, branch, role, "submitted")
        assert facts(silent, branch) == {}

    def test_an_earlier_round_does_not_count(self, tree: Tree, branch: Organization) -> None:
        campaign = asking(tree)
        StudySession.objects.create(campaign=campaign, organization=branch, held_on=TODAY)
        opinion_round(campaign, branch, "compiled", 3)
        TalkState.objects.create(
            campaign=campaign, organization=branch, owed=1, held=1, settled_at=timezone.now()
        )
        material(campaign, branch, "committee", "passed", discussed_on=TODAY)
        assert set(facts(campaign, branch)) == {"study", "opinions", "talks", "material", "discussion"}
        assert facts(campaign, branch, number=2) == {}


def move(one: Material, status: str) -> None:
    """Put a material in a state, with the days of that state."""
    days = {"submitted_on": TODAY if status not in ("draft", "returned") else None}
    days["settled_on"] = TODAY if status in ("passed", "done") else None
    Material.objects.filter(pk=one.pk).update(**{"status": status}, **days)


class TestCountingPeople:
    """The numbers of the board equal the list of who owes what, person by person."""

    @pytest.mark.parametrize(
        "rules",
        [
            {},
            {"head_material": "none"},
            {"official_material": "full"},
            {"committee_material": "none", "official_material": "list", "member_material": "none"},
            {"meeting_form": "democratic_life"},
        ],
        ids=["all", "no head", "officials", "officials only", "leaders"],
    )
    def test_as_the_list_has_it(self, rules: dict[str, str], tree: Tree) -> None:
        campaign = asking(tree, **rules)
        Addressee.objects.filter(campaign=campaign).delete()
        Addressee.objects.create(campaign=campaign, organization=tree.township, audience="all")
        _village_people(campaign, tree)
        places = [tree.village, tree.sibling, tree.school, tree.township]
        for place in places:
            material(campaign, place, "committee", "draft")
        found = preparation(campaign, Organization.objects.all(), {})
        for pk, listed in owed_in(campaign, places).items():
            asked, people = (
                asked_of(campaign, Organization.objects.get(pk=pk)),
                found.people.get(pk, People()),
            )
            own = [one for one in listed if one.role != "member"]
            members = [one for one in listed if one.role == "member"]
            assert people.own_owed(asked) == len(own)
            assert people.members_owed(asked) == len(members)

    def test_for_more_organisations_the_same_queries(self, tree: Tree) -> None:
        campaign = asking(tree)
        count = queries_of(lambda: preparation(campaign, Organization.objects.all(), {}))
        assert count == 4
        material(campaign, tree.village, "committee", "draft")
        few = queries_of(lambda: preparation(campaign, Organization.objects.all(), {}))
        for place in (tree.sibling, tree.school, tree.hospital, tree.mill):
            material(campaign, place, "committee", "passed")
            material(campaign, place, "member", "passed")
        assert queries_of(lambda: preparation(campaign, Organization.objects.all(), {})) == few == 9


def queries_of(work: Callable[[], object]) -> int:
    """How many queries it takes."""
    with CaptureQueriesContext(connection) as caught:
        work()
    return len(caught)


def _village_people(campaign: Campaign, tree: Tree) -> None:
    """A village with all cases; a branch led from outside; a branch with nobody; a body with two posts in one hand."""
    make, post = MemberFactory.create, AppointmentFactory.create
    village, sibling = tree.village, tree.sibling
    head = make(organization=village, name="周长顺")
    post(organization=village, role=Role.SECRETARY, user=None, holder_name=head.name)
    post(organization=village, role=Role.DEPUTY, user=None, holder_name="吴秋菊")
    official = make(organization=village, name="林小溪", is_village_official=True)
    post(organization=village, role=Role.VILLAGE_OFFICIAL, user=None, holder_name=official.name)
    post(organization=village, role=Role.VILLAGE_OFFICIAL, user=None, holder_name="外来的")
    excused = make(organization=village, name="郑石头")
    make(organization=village, name="走了的", standing="transferred", is_village_official=True)
    make(organization=village, name="吴秋菊")
    roster = Roster.objects.create(campaign=campaign, organization=village)
    for ordinal, person in enumerate((excused, head)):
        RosterEntry.objects.create(
            roster=roster,
            member=person,
            ordinal=ordinal,
            name=person.name,
            kind=person.kind,
            **AWAY,
        )
    post(organization=sibling, role=Role.SECRETARY, user=None, holder_name="镇里派来的")
    twins = [make(organization=sibling, name="王同名") for _ in range(2)]
    post(organization=sibling, role=Role.VILLAGE_OFFICIAL, user=None, holder_name=twins[0].name)
    post(organization=tree.township, role=Role.SECRETARY, user=None, holder_name="陈书记")
    for role in (Role.DEPUTY, Role.ORGANIZER):
        post(organization=tree.township, role=role, user=None, holder_name="李副书记")
