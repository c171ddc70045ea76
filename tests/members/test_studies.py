"""Study: who took part, what was missed and brought, what counts in which round, and what the record keeps."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.models import AuditEvent, Campaign, User
from branches.services.steps import note_step, order_redo
from branches.workflow import NotAllowed
from members.forms.studies import people_choices
from members.models import Member, Part, StudyPart, StudySession
from members.reports.studies import StudyPage, part_notes
from members.services.studies import (
    change_study,
    has_studied,
    make_up,
    record_study,
    remove_study,
    study_roll,
    study_step,
    undo_make_up,
)
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory

LISTED = ["《中国共产党纪律处分条例》", "《中国共产党支部工作条例（试行）》", "党章", "党的十九大精神"]


@pytest.fixture
def xinyi(tree: Tree) -> Campaign:
    """A running campaign with a study list, forms and make-ups."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township,
        slug="xinyi",
        preset="xinyi_2018",
        status="running",
        year=timezone.localdate().year,
    )
    return made


@pytest.fixture
def people(tree: Tree) -> list[Member]:
    """Five members of the village."""
    return [MemberFactory.create(organization=tree.village) for _ in range(5)]


def said(**more: Any) -> dict[str, Any]:
    """What is written down of a session today."""
    usual = {"held_on": timezone.localdate(), "form": "领学宣讲", "topics": LISTED[:2], "place": "村委会"}
    return {**usual, **more}


def study(
    campaign: Campaign, tree: Tree, by: User, absent: list[Member] | None = None, **more: Any
) -> StudySession:
    """A session of the village."""
    away = {member.pk for member in absent or []}
    return record_study(campaign=campaign, organization=tree.village, absent=away, by=by, **said(**more))


def parts(session: StudySession) -> dict[str, int]:
    """How many took part how."""
    found = list(session.parts.values_list("part", flat=True))
    return {part: found.count(part) for part in set(found)}


def page_of(campaign: Campaign, tree: Tree, user: User) -> StudyPage:
    """The page of study of the village."""
    step = study_step(campaign, tree.village)
    assert step is not None
    return StudyPage.of(campaign, tree.village, step, user)


class TestRecording:
    """Everybody is there unless unticked; a figure is nobody's score."""

    def test_all_take_part_but_the_absent(
        self, xinyi: Campaign, tree: Tree, secretary: User, people: list[Member]
    ) -> None:
        assert not has_studied(xinyi, tree.village)
        session = study(xinyi, tree, secretary, people[:2])
        assert parts(session) == {"present": 3, "absent": 2}
        assert has_studied(xinyi, tree.village)
        assert not has_studied(xinyi, tree.sibling)
        event = AuditEvent.objects.filter(action="record_study").get()
        assert event.detail == {"present": 3, "expected": 5}

    def test_a_tick_by_hand_is_study_too(self, xinyi: Campaign, tree: Tree, secretary: User) -> None:
        today = timezone.localdate()
        note_step(campaign=xinyi, organization=tree.village, step="opinions", done_on=today, by=secretary)
        assert not has_studied(xinyi, tree.village)
        note_step(campaign=xinyi, organization=tree.village, step="study", done_on=today, by=secretary)
        assert has_studied(xinyi, tree.village)

    @pytest.mark.parametrize(
        ("days", "why"), [(1, "不能晚于今天"), (-800, "请核对年份")], ids=["tomorrow", "long ago"]
    )
    def test_an_impossible_day(
        self, days: int, why: str, xinyi: Campaign, tree: Tree, secretary: User
    ) -> None:
        day = timezone.localdate() + datetime.timedelta(days=days)
        with pytest.raises(NotAllowed, match=why):
            study(xinyi, tree, secretary, held_on=day)

    def test_others_may_not(self, xinyi: Campaign, tree: Tree, member: User, supervisor: User) -> None:
        for person in (member, supervisor):
            with pytest.raises(NotAllowed, match="支部书记"):
                study(xinyi, tree, person)

    def test_where_nothing_is_asked_nothing_is_written(self, tree: Tree, secretary: User) -> None:
        silent = CampaignFactory.create(issuer=tree.township, slug="silent", status="running")
        assert study_step(silent, tree.village) is None
        asking = CampaignFactory.create(issuer=tree.township, slug="asking", rules={"study_list": ["党章"]})
        assert study_step(asking, tree.group) is None
        with pytest.raises(NotAllowed, match="不用登记"):
            study(silent, tree, secretary)

    def test_before_the_plan_is_approved_nothing_is_written(self, tree: Tree, secretary: User) -> None:
        gated = CampaignFactory.create(
            issuer=tree.township,
            slug="gated",
            status="running",
            rules={"plan_gate": "approve", "study_list": ["党章"]},
        )
        with pytest.raises(NotAllowed, match="批准后方可部署"):
            study(gated, tree, secretary)

    def test_a_new_round_begins_without_study(
        self, xinyi: Campaign, tree: Tree, secretary: User, township: User
    ) -> None:
        session = study(xinyi, tree, secretary)
        order_redo(campaign=xinyi, organization=tree.village, reason="走过场", by=township)
        assert not has_studied(xinyi, tree.village)
        assert page_of(xinyi, tree, secretary).sessions == ()
        with pytest.raises(NotAllowed, match="上一轮"):
            change_study(session=session, present=set(), by=secretary, **said())
        with pytest.raises(NotAllowed, match="责令重新进行"):
            study(xinyi, tree, secretary, held_on=timezone.localdate() - datetime.timedelta(days=1))
        study(xinyi, tree, secretary)
        assert has_studied(xinyi, tree.village)


class TestChanging:
    """What was written down is mended; make-ups stay."""

    def test_ticks_are_moved_and_a_later_member_added(
        self, xinyi: Campaign, tree: Tree, secretary: User, people: list[Member]
    ) -> None:
        session = study(xinyi, tree, secretary, people[:2])
        make_up(
            campaign=xinyi,
            organization=tree.village,
            members={people[1].pk},
            on=timezone.localdate(),
            by=secretary,
        )
        later = MemberFactory.create(organization=tree.village)
        stranger = MemberFactory.create(organization=tree.sibling)
        shown, notes, present = part_notes(session)
        assert shown[-1] == later
        assert notes[later.pk] == "（后来转入）"
        assert "已送学" in notes[people[1].pk]
        assert set(present) == {str(m.pk) for m in people[2:]}
        came = {people[0].pk, people[3].pk, later.pk, stranger.pk}
        changed = change_study(
            session=session, present=came, by=secretary, **said(place="", topics=["党章"], form="")
        )
        found = {part.member_id: part.part for part in changed.parts.all()}
        assert found == {
            people[0].pk: "present",
            people[1].pk: "made_up",
            people[2].pk: "absent",
            people[3].pk: "present",
            people[4].pk: "absent",
            later.pk: "present",
        }
        assert (changed.place, changed.topics) == ("", ["党章"])
        change_study(session=session, present={people[1].pk}, by=secretary, **said())
        assert StudyPart.objects.get(session=session, member=people[1]).made_up_on is None

    def test_removed_it_leaves_its_day_in_the_audit(
        self, xinyi: Campaign, tree: Tree, secretary: User, people: list[Member]
    ) -> None:
        session = study(xinyi, tree, secretary)
        key = session.pk
        remove_study(session=session, by=secretary)
        assert not StudyPart.objects.exists()
        assert AuditEvent.objects.filter(action="remove_study").get().detail == {
            "held_on": timezone.localdate().isoformat(),
            "members": len(people),
        }
        gone = StudySession(pk=key, campaign=xinyi, organization=tree.village)
        with pytest.raises(NotAllowed, match="已经删除"):
            remove_study(session=gone, by=secretary)


class TestMakingUp:
    """送学: who missed something, or came later."""

    def test_the_absent_and_the_newcomer_are_listed_until_it_is_brought(
        self, xinyi: Campaign, tree: Tree, secretary: User, people: list[Member]
    ) -> None:
        today = timezone.localdate()
        assert page_of(xinyi, tree, secretary).missing == ()
        study(xinyi, tree, secretary, people[:2], held_on=today - datetime.timedelta(days=1))
        study(xinyi, tree, secretary, people[:1], form="")
        later = MemberFactory.create(organization=tree.village)
        page = page_of(xinyi, tree, secretary)
        assert set(page.missing) == {people[0], people[1], later}
        assert page.notes[people[0].pk].count("月") == 2
        assert page.notes[later.pk] == "（后来转入，还没有学）"
        place: dict[str, Any] = {"campaign": xinyi, "organization": tree.village, "by": secretary}
        named = {people[0].pk, later.pk, people[4].pk}
        assert make_up(**place, members=named, on=today) == 2
        page = page_of(xinyi, tree, secretary)
        assert page.missing == (people[1],)
        assert len(page.made_up) == 3
        assert [found.people for found in page.sessions] == [
            "参加 4 人，已送学 2 人",
            "参加 3 人，未参加 1 人，已送学 1 人",
        ]
        assert make_up(**place, members=named, on=today) == 0
        undo_make_up(part=page.made_up[0], by=secretary)
        undo_make_up(part=page.made_up[0], by=secretary)
        assert AuditEvent.objects.filter(action="undo_make_up").count() == 1
        assert len(page_of(xinyi, tree, secretary).missing) == 2

    def test_nobody_named_or_a_day_to_come(
        self, xinyi: Campaign, tree: Tree, secretary: User, people: list[Member]
    ) -> None:
        study(xinyi, tree, secretary, people[:1])
        place: dict[str, Any] = {"campaign": xinyi, "organization": tree.village, "by": secretary}
        with pytest.raises(NotAllowed, match="请先勾选"):
            make_up(**place, members=set(), on=timezone.localdate())
        with pytest.raises(NotAllowed, match="不能晚于今天"):
            make_up(**place, members={people[0].pk}, on=timezone.localdate() + datetime.timedelta(days=1))

    def test_where_no_make_up_is_asked_none_is_listed(
        self, tree: Tree, secretary: User, people: list[Member]
    ) -> None:
        plain = CampaignFactory.create(
            issuer=tree.township,
            slug="plain",
            status="running",
            rules={"study_list": ["党章"], "study_makeup": False},
        )
        study(plain, tree, secretary, people[:1], topics=["党章"])
        assert page_of(plain, tree, secretary).missing == ()
        with pytest.raises(NotAllowed, match="没有送学的要求"):
            make_up(
                campaign=plain,
                organization=tree.village,
                members={people[0].pk},
                on=timezone.localdate(),
                by=secretary,
            )


class TestThePage:
    """What the page says; a body has no roll, so nobody is listed."""

    def test_topics_with_the_first_day(self, xinyi: Campaign, tree: Tree, secretary: User) -> None:
        study(xinyi, tree, secretary)
        page = page_of(xinyi, tree, secretary)
        assert [topic.text for topic in page.topics if topic.on] == LISTED[:2]
        assert page.open_topics == LISTED[2:]
        assert page.sessions[0].people == ""
        assert len(page.clauses) == 3
        assert page.may_keep

    def test_names_stand_under_their_groups(self, tree: Tree, xinyi: Campaign, people: list[Member]) -> None:
        assert len(people_choices(people)) == 5
        assert people_choices(people)[0] == (str(people[0].pk), people[0].name)
        Member.objects.filter(pk=people[0].pk).update(group=tree.group)
        choices = people_choices(study_roll(xinyi, tree.village))
        assert [label for label, _inside in choices] == ["没有编入党小组", "一组"]
        assert sum(len(inside) for _label, inside in choices) == 5

    def test_parts_have_words(self) -> None:
        assert [part.label for part in Part] == ["参加", "未参加", "已送学"]
