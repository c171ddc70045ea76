"""Materials through their services: saving, handing in to reviewers or to nobody, the hint of a copied text, stages."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone

from branches.models import AuditEvent, Campaign, CampaignStatus, Role, RuleSet, User
from branches.services.steps import order_redo
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from members.models import Material, MaterialStatus, Member, ReviewSlot
from members.rules.cleaning import LONGEST_TEXT
from members.rules.paper import Item, Paper, new_id
from members.services.material_copies import alike_of, find_alike
from members.services.material_notes import note_shown, note_stages, receive_material
from members.services.materials import (
    open_material,
    save_material,
    submit_material,
    withdraw_material,
)
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.members import MemberFactory

LONG = (
    "到农户家里走访少，有的村民小组一年也没有去过一次，对困难户的情况说不清楚。"
    "组织党员学习图形式，念念文件就算学过，学完以后没有讨论，也没有联系村里的工作。"
)


def asking(issuer: object, slug: str, **rules: object) -> Campaign:
    """A running campaign that asks everybody for a list."""
    every = dict.fromkeys(("committee_material", "head_material", "member_material"), "list")
    made: Campaign = CampaignFactory.create(
        issuer=issuer, slug=slug, status="running", rules={**every, **rules}
    )
    return made


@pytest.fixture
def lists(tree: Tree) -> Campaign:
    """One without review."""
    return asking(tree.township, "lists")


@pytest.fixture
def writer(tree: Tree, member: User) -> Member:
    """The member with an account, on the roll."""
    made: Member = MemberFactory.create(organization=tree.village, name="吴长河", user=member)
    return made


def key(member: Member) -> str:
    """The key of a member."""
    return f"m{member.pk.hex}"


def begun(campaign: Campaign, member: Member) -> Material:
    """The material of a member with an account."""
    assert member.user is not None
    return open_material(campaign=campaign, organization=member.organization, key=key(member), by=member.user)


def saved(material: Material, text: str = "走访少。", **more: str) -> Material:
    """With one item."""
    author = material.member.user if material.member is not None else None
    assert author is not None
    paper = Paper(items=(Item(new_id(), problem=text, **more),))
    return save_material(material=material, revision=material.revision, paper=paper, by=author)


def handed_in(material: Material, text: str = "走访少。") -> Material:
    """Saved and handed in."""
    row = saved(material, text)
    assert row.member is not None
    assert row.member.user is not None
    return submit_material(material=row, revision=row.revision, by=row.member.user)


def refusal(call: object, **arguments: object) -> str:
    """The reason of a refusal."""
    with pytest.raises(NotAllowed) as refused:
        call(**arguments)  # type: ignore[operator]
    return refused.value.reason


class TestSaving:
    """Drafts."""

    def test_the_author_is_recorded_and_the_count(
        self, lists: Campaign, writer: Member, member: User
    ) -> None:
        row = saved(begun(lists, writer), "走访 少𠮷")
        assert (row.author, row.chars, row.revision) == (member, 4, 1)
        assert AuditEvent.objects.filter(action="save_material").count() == 1
        assert "走访" not in str(AuditEvent.objects.filter(action="save_material").get().detail)

    def test_what_saves_itself_is_not_in_the_record(
        self, lists: Campaign, writer: Member, member: User
    ) -> None:
        row = begun(lists, writer)
        save_material(material=row, revision=0, paper=Paper(), by=member, is_auto=True)
        assert not AuditEvent.objects.filter(action="save_material").exists()

    def test_a_stale_page_writes_nothing(self, lists: Campaign, writer: Member, member: User) -> None:
        row = begun(lists, writer)
        kept = saved(row)
        with pytest.raises(Stale) as stale:
            save_material(material=row, revision=0, paper=Paper(), by=member)
        assert stale.value.saved.content == kept.content
        same = save_material(material=row, revision=0, paper=Paper.loads(kept.content), by=member)
        assert same.revision == 1

    def test_nobody_else_writes_and_nothing_is_shown_to_them(
        self, lists: Campaign, writer: Member, secretary: User
    ) -> None:
        row = saved(begun(lists, writer))
        said = refusal(save_material, material=row, revision=0, paper=Paper(), by=secretary)
        assert "本人" in said

    def test_too_long(self, lists: Campaign, writer: Member, member: User) -> None:
        row = begun(lists, writer)
        paper = Paper(items=(Item(new_id(), problem="长" * (LONGEST_TEXT + 1)),))
        assert "内容太多" in refusal(save_material, material=row, revision=0, paper=paper, by=member)
        most = Paper(items=(Item(new_id(), problem="长" * LONGEST_TEXT),))
        assert save_material(material=row, revision=0, paper=most, by=member).chars == LONGEST_TEXT

    def test_out_of_hand_closed_and_past(
        self, lists: Campaign, writer: Member, member: User, tree: Tree, township: User
    ) -> None:
        row = handed_in(begun(lists, writer))
        arguments = {"material": row, "revision": 1, "paper": Paper(), "by": member}
        assert "已完成" in refusal(save_material, **arguments)
        withdraw_material(material=row, by=member)
        order_redo(campaign=lists, organization=tree.village, reason="走形式", by=township)
        assert "上一轮" in refusal(save_material, **arguments)
        assert "上一轮" in refusal(submit_material, material=row, revision=1, by=member)
        assert "上一轮" in refusal(withdraw_material, material=row, by=member)
        newer = begun(lists, writer)
        assert newer.round_no == 2
        Campaign.objects.filter(pk=lists.pk).update(status=CampaignStatus.CLOSED)
        closed = {**arguments, "material": newer, "revision": 0}
        assert "已经结束" in refusal(save_material, **closed)
        lists.refresh_from_db()
        where = {"campaign": lists, "organization": tree.village, "key": key(writer), "by": member}
        assert "已经结束" in refusal(open_material, **where)

    def test_nobody_is_asked_where_the_rules_ask_nothing(
        self, tree: Tree, writer: Member, member: User
    ) -> None:
        silent = CampaignFactory.create(issuer=tree.township, preset="xinyi_2018", status="running")
        where = {"campaign": silent, "organization": tree.village, "key": key(writer), "by": member}
        assert "没有要这份材料" in refusal(open_material, **where)
        assert not Material.objects.exists()

    def test_the_committees_has_its_chair_named(self, lists: Campaign, tree: Tree, organizer: User) -> None:
        where: dict[str, Any] = {"campaign": lists, "organization": tree.village, "key": "", "by": organizer}
        made = open_material(**where)
        assert made.drafted_by == ""
        made.delete()
        account_with(Role.SECRETARY, tree.village, full_name="刘德福")
        assert open_material(**where).drafted_by == "刘德福"

    def test_the_leaders_of_a_body_write_by_their_posts(self, tree: Tree) -> None:
        town = CampaignFactory.create(issuer=tree.county, preset="town_leadership_2014", status="running")
        boss = account_with(Role.SECRETARY, tree.township, full_name="镇书记")
        post = boss.appointments.get()
        where: dict[str, Any] = {"campaign": town, "organization": tree.township, "key": f"a{post.pk}"}
        assert "没有要这份材料" in refusal(open_material, **where, by=boss)  # it was sent to branches only
        town.addressees.create(organization=tree.township, audience="bodies")
        made = open_material(campaign=town, organization=tree.township, key=f"a{post.pk}", by=boss)
        assert (made.appointment, made.role, made.form) == (post, "head", "full")


class TestHandingIn:
    """To reviewers, or to nobody."""

    def test_without_review_it_is_done(self, lists: Campaign, writer: Member, member: User) -> None:
        row = handed_in(begun(lists, writer))
        today = timezone.localdate()
        assert (row.status, row.submitted_on, row.settled_on) == (MaterialStatus.DONE, today, today)
        assert row.versions.get().submitted_by == member.full_name
        back = withdraw_material(material=row, by=member)
        assert (back.status, back.submitted_on, back.settled_on) == (MaterialStatus.DRAFT, None, None)

    def test_with_review_the_seats_are_opened(self, tree: Tree, writer: Member, secretary: User) -> None:
        reviewed = asking(tree.township, "reviewed", member_reviewer="own_head")
        row = handed_in(begun(reviewed, writer))
        assert (row.status, row.settled_on) == (MaterialStatus.SUBMITTED, None)
        assert ReviewSlot.objects.get(version__material=row).holder == secretary

    def test_each_handing_in_is_a_version(self, lists: Campaign, writer: Member, member: User) -> None:
        row = handed_in(begun(lists, writer))
        back = withdraw_material(material=row, by=member)
        handed_in(Material.objects.get(pk=back.pk), "走访很少。")
        assert [one.number for one in row.versions.all()] == [2, 1]

    def test_stale_and_empty(self, lists: Campaign, writer: Member, member: User) -> None:
        row = begun(lists, writer)
        with pytest.raises(Stale):
            submit_material(material=row, revision=7, by=member)
        assert "还没有写内容" in refusal(submit_material, material=row, revision=0, by=member)

    def test_not_before_the_plan_is_approved(self, tree: Tree, writer: Member, member: User) -> None:
        gated = asking(tree.township, "gated", plan_gate="approve")
        row = saved(begun(gated, writer))
        assert "方案" in refusal(submit_material, material=row, revision=1, by=member)


class TestAlike:
    """The private hint."""

    def test_anothers_text_is_pointed_out_to_the_copier_only(
        self, lists: Campaign, writer: Member, tree: Tree
    ) -> None:
        other = MemberFactory.create(
            organization=tree.village, name="郑芳", user=account_with(None, tree.village)
        )
        first = handed_in(begun(lists, other), LONG)
        second = handed_in(begun(lists, writer), LONG + "别的一句。")
        assert alike_of(first.versions.get()) == ()
        assert first.versions.get().alike_sealed == ""
        (hint,) = alike_of(second.versions.get())
        assert (hint.kind, hint.name) == ("other", "郑芳")
        assert Fraction(4, 5) <= hint.fraction <= 1
        again = withdraw_material(material=first, by=other.user)
        assert find_alike(again, Paper.loads(again.content)) == ()

    def test_the_own_of_last_time(self, lists: Campaign, writer: Member, tree: Tree) -> None:
        before = asking(tree.township, "before")
        handed_in(begun(before, writer), LONG)
        now = handed_in(begun(lists, writer), LONG)
        (hint,) = alike_of(now.versions.get())
        assert (hint.kind, hint.name, hint.share) == ("own", before.name, "1")

    def test_below_the_share_nothing_is_said(self, lists: Campaign, writer: Member, tree: Tree) -> None:
        handed_in(begun(asking(tree.township, "before"), writer), LONG)
        text = (
            LONG[:40]
            + "开会多，下去少，布置多，检查少；对年轻党员关心不够，谈心谈话一年只有一次，而且多半是在路上碰到说几句。"
        )
        assert alike_of(handed_in(begun(lists, writer), text).versions.get()) == ()

    def test_the_committees_and_a_posts(self, lists: Campaign, tree: Tree, organizer: User) -> None:
        boss = account_with(Role.SECRETARY, tree.village)
        for campaign in (asking(tree.township, "before"), lists):
            made = open_material(campaign=campaign, organization=tree.village, key="", by=boss)
            paper = Paper(items=(Item(new_id(), problem=LONG),))
            row = save_material(material=made, revision=0, paper=paper, by=organizer)
            done = submit_material(material=row, revision=1, by=boss)
        assert [one.kind for one in alike_of(done.versions.get())] == ["own"]
        post = boss.appointments.get()
        own = open_material(campaign=lists, organization=tree.village, key=f"a{post.pk}", by=boss)
        row = save_material(material=own, revision=0, paper=paper, by=boss)
        done = submit_material(material=row, revision=1, by=boss)
        assert [one.kind for one in alike_of(done.versions.get())] == ["other"]
        post.user = None
        post.save()
        assert find_alike(Material.objects.get(pk=own.pk), paper)[0].kind == "other"


class TestNotes:
    """What is noted without reading."""

    def test_paper(self, lists: Campaign, writer: Member, secretary: User, member: User, tree: Tree) -> None:
        today = timezone.localdate()
        where: dict[str, Any] = {"campaign": lists, "organization": tree.village, "key": key(writer)}
        assert "登记" in refusal(receive_material, **where, day=today, by=member)
        row = receive_material(**where, day=today, by=secretary)
        assert (row.status, row.is_on_paper, row.submitted_on) == (MaterialStatus.DONE, True, today)
        back = withdraw_material(material=row, by=member)
        assert not back.is_on_paper
        Campaign.objects.filter(pk=lists.pk).update(status=CampaignStatus.CLOSED)
        lists.refresh_from_db()
        assert "已经结束" in refusal(receive_material, **where, day=today, by=secretary)

    def test_only_what_the_rules_ask_is_noted(self, lists: Campaign, writer: Member, secretary: User) -> None:
        today = timezone.localdate()
        row = note_stages(
            material=begun(lists, writer), discussed_on=today, shown_on=today, drafted_by="某", by=secretary
        )
        assert (row.discussed_on, row.shown_on, row.drafted_by) == (None, None, "")
        tomorrow = today + datetime.timedelta(days=1)
        assert "晚于今天" in refusal(note_stages, material=row, shown_on=tomorrow, by=secretary)
        Campaign.objects.filter(pk=lists.pk).update(status=CampaignStatus.CLOSED)
        assert "已经结束" in refusal(note_stages, material=row, by=secretary)

    def test_shown(self, lists: Campaign, writer: Member, secretary: User, tree: Tree, member: User) -> None:
        today = timezone.localdate()
        where: dict[str, Any] = {
            "campaign": lists,
            "organization": tree.village,
            "day": today,
            "where": "村务公开栏",
        }
        assert "没有要求" in refusal(note_shown, **where, by=secretary)
        current = lists.rule_set()
        RuleSet.objects.filter(pk=current.pk).update(values={**current.values, "material_pledge": True})
        where["campaign"] = Campaign.objects.get(pk=lists.pk)
        assert note_shown(**where, by=secretary) == 0
        handed_in(begun(lists, writer))
        assert note_shown(**where, by=secretary) == 1
        assert note_shown(**where, by=secretary) == 0
        assert refusal(note_shown, **where, by=member)
        assert "晚于今天" in refusal(
            note_shown, **{**where, "day": today + datetime.timedelta(days=1)}, by=secretary
        )
        closed = Campaign(status=CampaignStatus.CLOSED)
        assert "已经结束" in refusal(note_shown, **{**where, "campaign": closed}, by=secretary)
