"""What a material must answer, and which points nobody has answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Run, User
from members.models import Material, Member, OpinionPoint
from members.rules.paper import Answer, Paper
from members.services.must_answer import fixed_id, must_answer, unanswered_points
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory
from tests.factories.members import MemberFactory
from tests.factories.opinions import OpinionPointFactory, asking
from tests.factories.preparing import MaterialFactory

QUESTION = "是否存在“裸官”情况"


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the township with verdicts and one fixed question."""
    return asking(tree.township, must_answer=[QUESTION])


@pytest.fixture
def where(campaign: Campaign, tree: Tree) -> dict[str, Any]:
    """The village in that campaign."""
    return {"campaign": campaign, "organization": tree.village}


@pytest.fixture
def person(tree: Tree) -> Member:
    """A member of the village."""
    made: Member = MemberFactory.create(organization=tree.village)
    return made


def answering(*points: OpinionPoint, text: str = "认账，月底前修好。") -> Paper:
    """A paper that answers these points."""
    return Paper(answers=tuple(Answer(one.pk.hex, one.text, text) for one in points))


def committee_material(where: dict[str, Any], **fields: Any) -> Material:
    """The committee's material."""
    made: Material = MaterialFactory.create(**where, role="committee", member=None, **fields)
    return made


class TestWhatAMaterialMustAnswer:
    """By subject, verdict and source."""

    def test_the_committee_s(self, where: dict[str, Any], person: Member) -> None:
        true = OpinionPointFactory.create(**where, verdict="true")
        mostly = OpinionPointFactory.create(**where, verdict="mostly")
        named = OpinionPointFactory.create(**where, by_superior=True)
        for other in (
            {"verdict": ""},
            {"verdict": "inexact"},
            {"verdict": "untrue"},
            {"verdict": "untrue", "by_superior": True},
            {"verdict": "true", "elsewhere": "整改第1项"},
            {"verdict": "true", "round_no": 2},
            {"verdict": "true", "member": person},
        ):
            OpinionPointFactory.create(**where, **other)
        found = must_answer(committee_material(where))
        assert {(one.id, one.kind) for one in found} == {
            (true.pk.hex, "opinion"),
            (mostly.pk.hex, "opinion"),
            (named.pk.hex, "superior"),
            (fixed_id(QUESTION), "fixed"),
        }
        assert found[-1].text == QUESTION
        assert fixed_id(QUESTION) == fixed_id(QUESTION)
        assert fixed_id(QUESTION).startswith("q")
        assert fixed_id(QUESTION) != fixed_id("别的问题")

    def test_a_person_s(self, where: dict[str, Any], person: Member) -> None:
        mine = OpinionPointFactory.create(**where, verdict="true", member=person)
        OpinionPointFactory.create(**where, verdict="true")
        OpinionPointFactory.create(
            **where, verdict="true", member=MemberFactory.create(organization=where["organization"])
        )
        found = must_answer(MaterialFactory.create(**where, member=person))
        assert [one.id for one in found] == [mine.pk.hex, fixed_id(QUESTION)]

    def test_that_of_a_post(self, where: dict[str, Any], person: Member, secretary: User) -> None:
        Member.objects.filter(pk=person.pk).update(user=secretary)
        mine = OpinionPointFactory.create(**where, verdict="true", member=person)
        post = secretary.appointments.get()
        assert must_answer(MaterialFactory.create(**where, appointment=post))[0].id == mine.pk.hex
        without = AppointmentFactory.create(organization=where["organization"], user=None)
        found = must_answer(MaterialFactory.create(**where, appointment=without))
        assert [one.kind for one in found] == ["fixed"]

    def test_the_clauses_of_a_notice(self, tree: Tree) -> None:
        leaders = CampaignFactory.create(issuer=tree.county, preset="town_leadership_2014", status="running")
        OpinionPointFactory.create(campaign=leaders, organization=tree.village, verdict="true")
        OpinionPointFactory.create(campaign=leaders, organization=tree.village, by_superior=True)
        found = must_answer(committee_material({"campaign": leaders, "organization": tree.village}))
        texts = {one.kind: one.clause.text for one in found if one.clause is not None}
        assert "主动认账、逐一检查" in texts["opinion"]
        assert "明确回应群众意见和上级指出的问题" in texts["superior"]
        assert texts["fixed"] == texts["superior"]
        assert len(found) == 5

    def test_nothing_where_nothing_is_asked(self, tree: Tree) -> None:
        quiet = CampaignFactory.create(issuer=tree.township, preset="xinyi_2018", status="running")
        assert must_answer(MaterialFactory.create(campaign=quiet, organization=tree.village)) == ()
        assert unanswered_points(quiet, tree.village) == ()


class TestWhatNobodyHasAnswered:
    """Only what is handed in counts."""

    @pytest.mark.parametrize(
        ("status", "is_open"),
        [("draft", True), ("returned", True), ("submitted", False), ("passed", False), ("done", False)],
    )
    def test_what_is_handed_in_counts(self, where: dict[str, Any], status: str, is_open: bool) -> None:
        point = OpinionPointFactory.create(**where, verdict="true")
        material = committee_material(where, status=status, paper=answering(point))
        found = unanswered_points(**where)
        assert [one.point for one in found] == ([point] if is_open else [])
        assert [one.material for one in found] == ([material] if is_open else [])

    def test_an_empty_answer_is_none(self, where: dict[str, Any]) -> None:
        point = OpinionPointFactory.create(**where, verdict="true")
        committee_material(where, status="submitted", paper=answering(point, text=" \n"))
        assert len(unanswered_points(**where)) == 1

    def test_the_newest_version_counts(self, where: dict[str, Any]) -> None:
        point = OpinionPointFactory.create(**where, verdict="true")
        material = committee_material(where, status="submitted", paper=answering(point))
        material.content = Paper().dumps()
        material.save()
        assert unanswered_points(**where) == ()

    def test_one_that_is_done_without_a_version(self, where: dict[str, Any]) -> None:
        point = OpinionPointFactory.create(**where, verdict="true")
        material = committee_material(where, status="done", paper=answering(point))
        material.versions.all().delete()
        assert unanswered_points(**where) == ()

    def test_paper_is_enough(self, where: dict[str, Any]) -> None:
        OpinionPointFactory.create(**where, verdict="true")
        committee_material(where, status="done", is_on_paper=True)
        assert unanswered_points(**where) == ()

    def test_listed_elsewhere_is_answered_there(self, where: dict[str, Any]) -> None:
        point = OpinionPointFactory.create(**where, verdict="true")
        assert [one.material for one in unanswered_points(**where)] == [None]
        OpinionPoint.objects.filter(pk=point.pk).update(elsewhere="村级整改第2项")
        assert unanswered_points(**where) == ()

    def test_each_answers_for_oneself(self, where: dict[str, Any], person: Member, secretary: User) -> None:
        other = MemberFactory.create(organization=where["organization"], user=secretary)
        mine = OpinionPointFactory.create(**where, verdict="true", member=person)
        his = OpinionPointFactory.create(**where, verdict="true", member=other)
        MaterialFactory.create(**where, member=person, status="submitted", paper=answering(mine, his))
        assert [one.point for one in unanswered_points(**where)] == [his]
        post = secretary.appointments.get()
        MaterialFactory.create(**where, appointment=post, status="submitted", paper=answering(his))
        nobody = AppointmentFactory.create(organization=where["organization"], user=None)
        MaterialFactory.create(**where, appointment=nobody, status="submitted", paper=answering(his))
        assert unanswered_points(**where) == ()

    def test_another_round_begins_anew(self, where: dict[str, Any]) -> None:
        OpinionPointFactory.create(**where, verdict="true")
        Run.objects.create(**where, round_no=2, opened_at=timezone.now(), reason="重来")
        assert unanswered_points(**where) == ()

    def test_a_constant_number_of_queries(self, where: dict[str, Any]) -> None:
        for member in MemberFactory.create_batch(12, organization=where["organization"]):
            point = OpinionPointFactory.create(**where, verdict="true", member=member)
            MaterialFactory.create(**where, member=member, status="submitted", paper=answering(point))
        with CaptureQueriesContext(connection) as queries:
            assert unanswered_points(**where) == ()
        assert len(queries) == 4  # the round, points, materials, versions

    def test_the_page_leads_to_what_is_open(
        self, where: dict[str, Any], secretary: User, client_of: Any
    ) -> None:
        point = OpinionPointFactory.create(**where, verdict="true")
        url = reverse("members:opinions", args=[where["campaign"].slug, where["organization"].pk])
        page = client_of(secretary).get(url).content.decode()
        assert "还没有回应的（1 条）" in page
        key = {"slug": where["campaign"].slug, "pk": where["organization"].pk, "key": point.pk}
        assert reverse("members:opinion_point", kwargs=key) in page
