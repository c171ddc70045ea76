"""Compiling: merged, singled out, moved, undone, checked; points named from above."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Addressee, Campaign, Organization, OrganizationStatus, Run, User
from branches.workflow import NotAllowed
from config.lib.tables import read_table
from members.models import Member, Opinion, OpinionPoint, OpinionRound, Target
from members.permissions.opinions import can_read_point, is_clerk
from members.reports.opinion_table import CompiledTable
from members.services import opinion_points as points
from members.services.opinion_points import Wording
from members.services.opinions import step_round
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory
from tests.factories.opinions import OpinionFactory, OpinionPointFactory, OpinionRoundFactory, asking

ClientOf = Callable[[User], Client]
LAMP = Wording("村口路灯长期不亮。")


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the township that asks for opinions and verdicts."""
    return asking(tree.township)


@pytest.fixture
def asked(campaign: Campaign, tree: Tree) -> OpinionRound:
    """A round of the village."""
    made: OpinionRound = OpinionRoundFactory.create(campaign=campaign, organization=tree.village)
    return made


@pytest.fixture
def where(campaign: Campaign, tree: Tree) -> dict[str, Any]:
    """The village in that campaign."""
    return {"campaign": campaign, "organization": tree.village}


@pytest.fixture
def person(tree: Tree) -> Member:
    """A member of the village."""
    made: Member = MemberFactory.create(organization=tree.village, name="吴长河")
    return made


def given(asked: OpinionRound, *texts: str, **fields: Any) -> list[uuid.UUID]:
    """Opinions of a round, by their keys."""
    return [OpinionFactory.create(round=asked, text=text, **fields).pk for text in texts]


def address(page: str, campaign: Campaign, organization: Organization, **more: Any) -> str:
    """The address of a page of an organisation's opinions."""
    return reverse(f"members:{page}", kwargs={"slug": campaign.slug, "pk": organization.pk, **more})


class TestMerging:
    """Originals become points and stay with them."""

    def test_originals_stay_word_for_word(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User
    ) -> None:
        keys = given(asked, "路灯不亮", "村口黑，老人摔过", source="masses")
        point = points.merge(**where, keys=keys, wording=LAMP, by=secretary)
        assert (point.source, point.target, str(point)) == ("masses", Target.COMMITTEE, "村口路灯长期不亮。")
        assert sorted(one.text for one in point.originals.all()) == ["村口黑，老人摔过", "路灯不亮"]
        more = given(asked, "巷子里也黑", source="self")
        assert points.put_to(point=point, keys=more, by=secretary) == 1
        mixed = points.merge(
            **where,
            keys=[*given(asked, "甲", source="self"), *given(asked, "乙")],
            wording=LAMP,
            by=secretary,
        )
        assert mixed.source == ""

    def test_what_cannot_be_merged(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User, township: User, member: User
    ) -> None:
        keys = given(asked, "路灯不亮")
        for wording, reason in ((Wording(" "), "请写出"), (Wording("渠" * 20_001), "20,001")):
            with pytest.raises(NotAllowed, match=reason):
                points.merge(**where, keys=keys, wording=wording, by=secretary)
        with pytest.raises(NotAllowed, match="还没有勾选"):
            points.merge(**where, keys=[], wording=LAMP, by=secretary)
        with pytest.raises(NotAllowed, match="需要本支部书记"):
            points.merge(**where, keys=keys, wording=LAMP, by=member)
        point = points.merge(**where, keys=keys, wording=LAMP, by=secretary)
        with pytest.raises(NotAllowed, match="已经被归并"):
            points.merge(**where, keys=keys, wording=LAMP, by=secretary)
        named = points.name_point(**where, wording=LAMP, by=township)
        with pytest.raises(NotAllowed, match="请另立一条"):
            points.put_to(point=named, keys=keys, by=secretary)
        assert point.originals.count() == 1

    def test_the_rest_is_singled_out(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User, person: Member
    ) -> None:
        given(asked, "路灯不亮", "水渠没有通", heading="联系服务群众", source="masses")
        given(asked, "答应的事没有办", member=person)
        unnamed = given(asked, "有个委员从不下组", target=Target.PERSON)
        done = points.single_out(**where, by=secretary)
        assert (done.made, done.unnamed) == (3, 1)
        made = OpinionPoint.objects.get(text="水渠没有通")
        assert (made.heading, made.source, made.originals.get().text) == (
            "联系服务群众",
            "masses",
            "水渠没有通",
        )
        assert OpinionPoint.objects.get(member=person).target == Target.PERSON
        assert points.single_out(**where, by=secretary).made == 0
        points.merge(**where, keys=unnamed, wording=Wording("不下组", person), by=secretary)
        assert not points.loose_opinions(**where).exists()

    def test_undoing(self, asked: OpinionRound, where: dict[str, Any], secretary: User) -> None:
        keys = given(asked, "路灯不亮", "村口黑", "水渠没有通")
        point = points.merge(**where, keys=keys, wording=LAMP, by=secretary)
        with pytest.raises(NotAllowed, match="还没有勾选"):
            points.take_out(point=point, keys=[], by=secretary)
        with pytest.raises(NotAllowed, match="已经被归并"):
            points.take_out(point=point, keys=[uuid.uuid4()], by=secretary)
        assert points.take_out(point=point, keys=keys[2:], by=secretary) == 1
        points.judge(point=point, verdict="true", note="", elsewhere="", by=secretary)
        with pytest.raises(NotAllowed, match="请先把核实情况"):
            points.dissolve(point=point, by=secretary)
        points.judge(point=point, verdict="", note="", elsewhere="", by=secretary)
        assert points.dissolve(point=point, by=secretary) == 2
        assert not OpinionPoint.objects.exists()
        assert points.loose_opinions(**where).count() == 3
        with pytest.raises(NotAllowed, match="已经被归并"):
            points.dissolve(point=point, by=secretary)

    def test_a_compiled_round_is_not_taken_apart(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User
    ) -> None:
        point = points.merge(**where, keys=given(asked, "路灯不亮"), wording=LAMP, by=secretary)
        step_round(asked=asked, name="compile", by=secretary)
        with pytest.raises(NotAllowed, match="继续征求"):
            points.dissolve(point=point, by=secretary)
        step_round(asked=asked, name="reopen", by=secretary)
        assert points.dissolve(point=point, by=secretary) == 1

    def test_moving(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User, township: User, tree: Tree
    ) -> None:
        keys = given(asked, "路灯不亮", "村口黑")
        first = points.merge(**where, keys=keys, wording=LAMP, by=secretary)
        second = points.merge(**where, keys=given(asked, "水渠没有通"), wording=Wording("水渠"), by=secretary)
        named = points.name_point(**where, wording=LAMP, by=township)
        for to, chosen, reason in (
            (first, keys, "请选择本组织的另一条"),
            (named, keys, "请另选一条"),
            (second, [], "还没有勾选"),
            (second, [uuid.uuid4()], "已经被归并"),
        ):
            with pytest.raises(NotAllowed, match=reason):
                points.move(point=first, keys=chosen, to=to, by=secretary)
        assert points.move(point=first, keys=keys[:1], to=second, by=secretary) == 1
        points.judge(point=first, verdict="true", note="", elsewhere="", by=secretary)
        with pytest.raises(NotAllowed, match="请先把核实情况"):
            points.move(point=first, keys=keys[1:], to=second, by=secretary)
        points.judge(point=first, verdict="", note="", elsewhere="", by=secretary)
        points.move(point=first, keys=keys[1:], to=second, by=secretary)
        assert not OpinionPoint.objects.filter(pk=first.pk).exists()
        assert second.originals.count() == 3

    def test_the_round_before_a_redo_is_over(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User
    ) -> None:
        point = points.merge(**where, keys=given(asked, "路灯不亮"), wording=LAMP, by=secretary)
        Run.objects.create(**where, round_no=2, reason="重来", opened_at=timezone.now())
        with pytest.raises(NotAllowed, match="这是上一轮"):
            points.reword(point=point, wording=LAMP, by=secretary)
        assert not points.loose_opinions(**where).exists()


class TestChecking:
    """What was found, and where it is dealt with."""

    def test_a_verdict_only_where_asked_for(self, where: dict[str, Any], secretary: User, tree: Tree) -> None:
        point = OpinionPointFactory.create(**where)
        judged = points.judge(
            point=point, verdict="mostly", note="看过现场", elsewhere="村级整改第2项", by=secretary
        )
        assert (judged.verdict, judged.verdict_note, judged.elsewhere) == (
            "mostly",
            "看过现场",
            "村级整改第2项",
        )
        with pytest.raises(NotAllowed, match="请选择核实结论"):
            points.judge(point=point, verdict="perhaps", note="", elsewhere="", by=secretary)
        plain = asking(tree.township, slug="plain", opinion_verdicts=False)
        point = OpinionPointFactory.create(campaign=plain, organization=tree.village)
        with pytest.raises(NotAllowed, match="不要求逐条核实"):
            points.judge(point=point, verdict="true", note="", elsewhere="", by=secretary)
        assert (
            points.judge(point=point, verdict="", note="", elsewhere="整改", by=secretary).elsewhere == "整改"
        )

    def test_points_of_the_superior_are_the_superior_s(
        self, where: dict[str, Any], secretary: User, township: User
    ) -> None:
        with pytest.raises(NotAllowed, match="由上级党建办登记"):
            points.name_point(**where, wording=LAMP, by=secretary)
        named = points.name_point(**where, wording=LAMP, by=township)
        assert (named.by_superior, named.source) == (True, "superior")
        for act in (
            lambda: points.reword(point=named, wording=Wording("没有这回事"), by=secretary),
            lambda: points.judge(point=named, verdict="untrue", note="", elsewhere="", by=secretary),
            lambda: points.dissolve(point=named, by=secretary),
        ):
            with pytest.raises(NotAllowed, match="由上级党建办登记"):
                act()
        assert points.reword(point=named, wording=Wording("农户联系少"), by=township).text == "农户联系少"
        points.judge(point=named, verdict="", note="", elsewhere="整改第1项", by=secretary)
        with pytest.raises(NotAllowed, match="请先把核实情况"):
            points.dissolve(point=named, by=township)
        points.judge(point=named, verdict="", note="", elsewhere="", by=township)
        assert points.dissolve(point=named, by=township) == 0

    def test_only_while_the_campaign_is_open(self, where: dict[str, Any], township: User, tree: Tree) -> None:
        point = OpinionPointFactory.create(**where)
        Campaign.objects.filter(pk=where["campaign"].pk).update(status="closed")
        with pytest.raises(NotAllowed, match="已经结束"):
            points.reword(point=point, wording=LAMP, by=township)
        Organization.objects.filter(pk=tree.village.pk).update(status=OrganizationStatus.ABOLISHED)
        with pytest.raises(NotAllowed, match="没有发给本组织"):
            points.reword(point=point, wording=LAMP, by=township)

    def test_who_may_read_a_point(
        self,
        where: dict[str, Any],
        person: Member,
        member: User,
        secretary: User,
        supervisor: User,
        stranger: User,
    ) -> None:
        Member.objects.filter(pk=person.pk).update(user=member)
        person.refresh_from_db()
        about = OpinionPointFactory.create(**where, member=person)
        general = OpinionPointFactory.create(**where)
        readers = (secretary, supervisor, member, stranger)
        assert [bool(can_read_point(user, about)) for user in readers] == [True, False, True, False]
        assert [bool(can_read_point(user, general)) for user in readers] == [True, True, False, False]
        assert [is_clerk(user, where["organization"]) for user in readers] == [True, False, False, False]


class TestPages:
    """Tick, write, merge."""

    def test_merging_on_the_page(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User, client_of: ClientOf, person: Member
    ) -> None:
        short, long, third = given(asked, "路灯不亮", "村口的路灯两个月不亮", "水渠没有通")
        client, url = client_of(secretary), address("opinion_points", **where)
        assert "水渠没有通" in client.get(url).content.decode()
        data: dict[str, Any] = {"into": "", "text": "", "target": "committee", "heading": ""}
        page = client.post(url, {**data, "text": "写了一半"}).content.decode()
        assert "还没有勾选意见原文" in page
        assert "写了一半" in page
        assert "还没有勾选意见原文" in client.post(url, {**data, "keys": ["x"]}).content.decode()
        page = client.post(url, {**data, "keys": [str(short)], "text": "渠" * 20_001}).content.decode()
        assert "20,001 字" in page
        assert f'value="{short}" id="k' in page.replace("\n", "")
        assert "checked" in page
        assert client.post(url, {**data, "keys": [str(short), str(long)]}).status_code == 302
        point = OpinionPoint.objects.get()
        assert point.text == "村口的路灯两个月不亮"
        assert client.post(url, {**data, "keys": [str(third)], "into": str(point.pk)}).status_code == 302
        assert point.originals.count() == 3

    def test_the_rest_by_one_button(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User, client_of: ClientOf
    ) -> None:
        given(asked, "路灯不亮", "水渠没有通")
        given(asked, "有个委员从不下组", target=Target.PERSON)
        page = client_of(secretary).post(address("opinion_rest", **where), follow=True).content.decode()
        assert "2 条各自单列" in page
        assert "还有 1 条是对个人的" in page
        Campaign.objects.filter(pk=where["campaign"].pk).update(status="closed")
        page = client_of(secretary).post(address("opinion_rest", **where), follow=True).content.decode()
        assert "已经结束" in page

    def test_a_point_on_its_page(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User, client_of: ClientOf, person: Member
    ) -> None:
        keys = given(asked, "路灯不亮", "村口黑")
        point = points.merge(
            **where, keys=keys, wording=Wording("路灯", person, "不再有的方面"), by=secretary
        )
        person.standing = "transferred"
        person.save()
        client, url = client_of(secretary), address("opinion_point", **where, key=point.pk)
        page = client.get(url).content.decode()
        assert "吴长河" in page
        assert "不再有的方面" in page
        data = {"text": "路灯长期不亮", "target": str(person.pk), "heading": "改进作风"}
        assert client.post(url, data).status_code == 302
        point.refresh_from_db()
        assert (point.text, point.member, point.heading) == ("路灯长期不亮", person, "改进作风")
        assert (
            client.post(
                url, {"judge": "1", "verdict": "true", "verdict_note": "看过", "elsewhere": ""}
            ).status_code
            == 302
        )
        assert "属实" in client.get(url).content.decode()
        page = client.post(
            url, {"judge": "1", "verdict": "", "verdict_note": "长" * 501, "elsewhere": ""}
        ).content.decode()
        assert "长" * 501 in page
        Campaign.objects.filter(pk=where["campaign"].pk).update(status="closed")
        page = client.post(url, {**data, "text": "改成这样"}).content.decode()
        assert "已经结束" in page

    def test_steps_of_a_point(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User, township: User, client_of: ClientOf
    ) -> None:
        client = client_of(secretary)
        keys = given(asked, "路灯不亮", "村口黑", "水渠没有通")
        first = points.merge(**where, keys=keys[:2], wording=LAMP, by=secretary)
        second = points.merge(**where, keys=keys[2:], wording=Wording("水渠"), by=secretary)

        def step(name: str, point: OpinionPoint, **data: Any) -> str:
            url = address("opinion_point_step", **where, key=point.pk, name=name)
            return client.post(url, data, follow=True).content.decode()

        assert "移到" in client.get(address("opinion_point", **where, key=first.pk)).content.decode()
        assert "移动了 1 条原文" in step("move", first, keys=[str(keys[0])], to=str(second.pk))
        assert "还没有勾选" in step("out", first)
        assert "拆出了 1 条原文" in step("out", second, keys=[str(keys[2])])
        assert "已拆开" in step("undo", second)
        url = address("opinion_point_step", **where, key=first.pk, name="move")
        assert client.post(url, {"to": "nothing"}).status_code == 404
        assert (
            client.post(address("opinion_point_step", **where, key=first.pk, name="burn")).status_code == 404
        )
        named = points.name_point(**where, wording=LAMP, by=township)
        undo = address("opinion_point_step", **where, key=named.pk, name="undo")
        assert "已撤回" in client_of(township).post(undo, follow=True).content.decode()

    def test_a_branch_is_not_asked_to_check_what_the_superior_named(
        self, where: dict[str, Any], secretary: User, township: User, client_of: ClientOf
    ) -> None:
        named = points.name_point(**where, wording=LAMP, by=township)
        points.judge(point=named, verdict="mostly", note="督导时看过", elsewhere="", by=township)
        client, url = client_of(secretary), address("opinion_point", **where, key=named.pk)
        page = client.get(url).content.decode()
        assert "由上级核实" in page
        assert 'name="verdict"' not in page
        assert client.post(url, {"judge": "1", "elsewhere": "村级整改第1项"}).status_code == 302
        named.refresh_from_db()
        kept = (named.verdict, named.verdict_note, named.elsewhere)
        assert kept == ("mostly", "督导时看过", "村级整改第1项")
        points.judge(point=named, verdict="", note="", elsewhere="", by=township)
        page = client.get(address("opinion_points", **where)).content.decode()
        assert "还没有核实" not in page
        assert "查看、回应" in page
        assert 'name="verdict"' in client_of(township).get(url).content.decode()

    def test_naming_a_point(self, where: dict[str, Any], township: User, client_of: ClientOf) -> None:
        client, url = client_of(township), address("point_new", **where)
        assert "登记上级点明的问题" in client.get(url).content.decode()
        data = {"text": "联系农户少", "target": "committee", "heading": "", "submission": str(uuid.uuid4())}
        page = client.post(url, data, follow=True).content.decode()
        assert "材料里必须回应这一条" in page
        assert "上级点明" in page
        client.post(url, data)
        assert OpinionPoint.objects.count() == 1
        Campaign.objects.filter(pk=where["campaign"].pk).update(status="closed")
        data["submission"] = str(uuid.uuid4())
        page = client.post(url, data).content.decode()
        assert "已经结束" in page
        assert "联系农户少" in page

    def test_superior_points_of_a_body_with_people_and_no_heads(
        self, tree: Tree, township: User, county: User, client_of: ClientOf
    ) -> None:
        leaders = CampaignFactory.create(
            issuer=tree.county, slug="leaders", preset="town_leadership_2014", status="running"
        )
        Addressee.objects.create(campaign=leaders, organization=tree.township, audience="bodies")
        url = address("point_new", leaders, tree.township)
        assert client_of(township).get(url).status_code == 403  # nobody names points to oneself
        answer = client_of(county).post(url, {"text": "调研少", "target": "committee"})
        assert answer.status_code == 302
        assert OpinionPoint.objects.get().organization == tree.township

    def test_readers_without_a_part_in_it(
        self, asked: OpinionRound, where: dict[str, Any], supervisor: User, client_of: ClientOf
    ) -> None:
        point = OpinionPointFactory.create(**where)
        client = client_of(supervisor)
        for page, more in (
            ("opinion_points", {}),
            ("opinion_point", {"key": point.pk}),
            ("opinion_table", {"kind": "pdf"}),
        ):
            assert client.get(address(page, **where, **more)).status_code == 403
        page = client.get(address("opinions", **where)).content.decode()
        assert point.text in page
        assert address("opinion_point", **where, key=point.pk) not in page

    def test_pages_ask_the_same_for_few_and_for_many(
        self, asked: OpinionRound, where: dict[str, Any], secretary: User, client_of: ClientOf
    ) -> None:
        client = client_of(secretary)
        client.get(address("opinions", **where))  # the session's own
        counts: dict[str, list[int]] = {"opinions": [], "opinion_points": []}
        for more in (5, 60):
            for number in range(more):
                point = OpinionPointFactory.create(**where, verdict="true")
                OpinionFactory.create(round=asked, point=point, text=f"{more}-{number}")
                OpinionFactory.create(round=asked)
            for page, found in counts.items():
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(address(page, **where)).status_code == 200
                found.append(len(queries))
        assert all(few == many for few, many in counts.values()), counts


def test_the_table_has_every_word(
    asked: OpinionRound, where: dict[str, Any], secretary: User, township: User
) -> None:
    point = points.merge(
        **where, keys=given(asked, "=SUM(1) 路灯", "村口黑" * 5000), wording=LAMP, by=secretary
    )
    points.judge(point=point, verdict="true", note="看过", elsewhere="整改第1项", by=secretary)
    given(asked, "水渠没有通")
    table = CompiledTable.of(**where)
    assert table.summary == "收到意见原文 3 条，梳理成 1 条，还有 1 条没有归并。"
    rows = read_table(io.BytesIO(table.to_xlsx()), sheets=["汇总表"])
    assert rows[3][1:9] == ["班子", None, LAMP.text, None, 2, "属实", "看过", "列入整改：整改第1项"]
    words = [row[1] for row in read_table(io.BytesIO(table.to_xlsx()), sheets=["意见原文"])]
    assert {"=SUM(1) 路灯", "村口黑" * 5000, "水渠没有通"} <= set(words)
    points.name_point(**where, wording=Wording("联系少"), by=township)
    assert CompiledTable.of(**where).summary.endswith("上级点明 1 条。")
    assert CompiledTable.of(**where).to_pdf().startswith(b"%PDF")
    assert Opinion.objects.count() == 3
