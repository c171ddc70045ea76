"""Pages of spot checks: drawing, reading, writing down what was found, and repeating the draw."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import AuditEvent, Campaign, Notice, Role, User
from members.models import Material, MaterialRole, MaterialStatus, SpotCheck
from members.reports.spot_checks import findings_of
from members.rules.drawing import digest, draw
from members.services.spot_checks import check_item, draw_materials
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.members import MemberFactory
from tests.factories.preparing import MaterialFactory, in_review

ClientOf = Callable[[User], Client]


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the township in which materials are spot-checked."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township, slug="checked", status="running", rules={"spot_check": True}
    )
    return made


@pytest.fixture
def materials(campaign: Campaign, tree: Tree) -> list[Material]:
    """Four materials that are through, one of them on paper."""
    places = (tree.village, tree.sibling, tree.school, tree.hospital)
    return [
        MaterialFactory.create(
            campaign=campaign,
            organization=place,
            status="done" if place == tree.hospital else "passed",
            is_on_paper=place == tree.hospital,
        )
        for place in places
    ]


@pytest.fixture
def check(campaign: Campaign, tree: Tree, township: User, materials: list[Material]) -> SpotCheck:
    """A draw of all of them."""
    return draw_materials(campaign=campaign, organization=tree.township, size=4, seed="6-3-1", by=township)


def item_url(check: SpotCheck, material: Material) -> str:
    """The page of that material in the draw."""
    place = check.items.get(material=material).position
    return reverse("members:spot_item", args=[check.pk, place])


def text_of(client: Client, url: str, status: int = 200) -> str:
    """The page at the address."""
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


class TestDrawing:
    """The form of a draw."""

    def url(self, campaign: Campaign, tree: Tree) -> str:
        """Its address."""
        return reverse("members:spot_draw", args=[campaign.slug, tree.township.pk])

    def test_a_number(
        self,
        campaign: Campaign,
        tree: Tree,
        township: User,
        materials: list[Material],
        client_of: ClientOf,
    ) -> None:
        client, url = client_of(township), self.url(campaign, tree)
        page = text_of(client, url)
        assert "现在有 4 份" in page
        assert "负责人 2 份" in page
        typed = {"size": "2", "fresh": "on", "submission": str(uuid.uuid4())}
        first = client.post(url, typed)
        again = client.post(url, typed)
        check = SpotCheck.objects.get()
        assert (
            first.headers["Location"]
            == again.headers["Location"]
            == reverse("members:spot_check", args=[check.pk])
        )
        assert check.items.count() == 2
        shown = text_of(client, first.headers["Location"])
        assert "从 4 份材料中抽出 2 份" in shown
        assert check.seed in shown
        assert "机器产生" in shown

    def test_a_share_of_one_category_by_a_seed_thrown_at_the_meeting(
        self,
        campaign: Campaign,
        tree: Tree,
        township: User,
        materials: list[Material],
        client_of: ClientOf,
    ) -> None:
        client = client_of(township)
        typed = {"share": "30", "category": "village", "role": "head", "seed": "6-3-1"}
        response = client.post(self.url(campaign, tree), typed)
        check = SpotCheck.objects.get()
        assert (check.size, len(check.pool), check.seed) == (1, 2, "6-3-1")
        assert "当众产生" in text_of(client, response.headers["Location"])

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"size": ""}, "请填写抽几份"),
            ({"size": "1", "share": "10"}, "只填一项"),
            ({"size": "9"}, "只有 4 份"),
            ({"size": "0"}, "1"),
            ({"share": "10", "category": "school", "role": "committee"}, "没有可抽的"),
            ({"size": "1", "seed": "0123456789abcdef"}, "分不清"),
            ({"size": "两份"}, "整数"),
            ({"size": "1", "category": "moon"}, "不在可选的范围内"),
        ],
    )
    def test_what_is_wrong_is_said(
        self,
        campaign: Campaign,
        tree: Tree,
        township: User,
        materials: list[Material],
        client_of: ClientOf,
        typed: dict[str, str],
        said: str,
    ) -> None:
        page = client_of(township).post(self.url(campaign, tree), typed).content.decode()
        assert said in page
        assert "错误：" in page
        assert not SpotCheck.objects.exists()

    def test_only_the_office_and_only_where_rules_ask(
        self, campaign: Campaign, tree: Tree, county: User, supervisor: User, client_of: ClientOf
    ) -> None:
        url = self.url(campaign, tree)
        assert "本组织的名义" in text_of(client_of(county), url, 403)
        listing = reverse("members:spot_checks", args=[campaign.slug, tree.township.pk])
        assert "还没有抽取过" in text_of(client_of(supervisor), listing)
        silent = CampaignFactory.create(issuer=tree.township, status="running", rules={"spot_check": False})
        text_of(client_of(county), reverse("members:spot_checks", args=[silent.slug, tree.township.pk]), 404)
        away = reverse("members:spot_checks", args=[campaign.slug, tree.other_township.pk])
        text_of(client_of(county), away, 404)

    def test_not_in_a_draft(self, tree: Tree, township: User, client_of: ClientOf) -> None:
        draft = CampaignFactory.create(issuer=tree.township, status="draft", rules={"spot_check": True})
        text_of(client_of(township), reverse("members:spot_checks", args=[draft.slug, tree.township.pk]), 404)

    def test_draws_stay_to_be_read_when_the_rules_change(
        self, campaign: Campaign, tree: Tree, township: User, check: SpotCheck, client_of: ClientOf
    ) -> None:
        campaign.rule_sets.update(values={**campaign.rule_set().values, "spot_check": False})
        listing = reverse("members:spot_checks", args=[campaign.slug, tree.township.pk])
        assert reverse("members:spot_check", args=[check.pk]) in text_of(client_of(township), listing)


class TestOneDraw:
    """The page of a draw, its proof and its sheets."""

    def test_verified(self, check: SpotCheck, township: User, client_of: ClientOf) -> None:
        client, url = client_of(township), reverse("members:spot_verify", args=[check.pk])
        assert "都与当时抽中的一致" in client.post(url, follow=True).content.decode()
        SpotCheck.objects.filter(pk=check.pk).update(pool=check.pool[1:])
        assert "不一致" in client.post(url, follow=True).content.decode()

    def test_everybody_above_sees_names_and_states_only(
        self,
        check: SpotCheck,
        township: User,
        supervisor: User,
        materials: list[Material],
        client_of: ClientOf,
    ) -> None:
        check_item(item=check.items.all()[0], finding="写具体些", wants_more=True, by=township)
        page = text_of(client_of(supervisor), reverse("members:spot_check", args=[check.pk]))
        assert all(material.subject in page for material in materials)
        assert "纸质，需调阅" in page
        assert "建议修改" in page
        assert "写具体些" not in page
        assert item_url(check, materials[0]) not in page

    def test_the_sheet_of_the_pool_lets_anybody_repeat_the_draw(
        self, campaign: Campaign, tree: Tree, check: SpotCheck, township: User, client_of: ClientOf
    ) -> None:
        small = draw_materials(
            campaign=campaign, organization=tree.township, size=2, seed="骰子5", by=township
        )
        response = client_of(township).get(reverse("members:spot_pool", args=[small.pk]))
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        assert sheet is not None
        rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
        assert [row[6] for row in rows] == sorted(digest("骰子5", str(row[5])) for row in rows)
        assert tuple(row[5] for row in rows if row[1] == "抽中") == draw(small.pool, "骰子5", 2)
        assert {row[2] for row in rows} >= {"镇中心学校党支部"}
        everything = " ".join(str(c) for row in sheet.iter_rows(values_only=True) for c in row if c)
        assert "骰子5（当众产生，自填）" in everything
        assert "SHA-256" in everything

    def test_a_material_that_is_gone_stays_in_the_sheet(
        self, campaign: Campaign, tree: Tree, township: User, materials: list[Material], client_of: ClientOf
    ) -> None:
        check = draw_materials(campaign=campaign, organization=tree.township, size=1, by=township)
        drawn = check.items.get().material_id
        gone = next(m for m in materials if m.pk != drawn)
        key = str(gone.pk)
        gone.delete()
        response = client_of(township).get(reverse("members:spot_pool", args=[check.pk]))
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        assert sheet is not None
        (row,) = [row for row in sheet.iter_rows(values_only=True) if row[5] == key]
        assert row[2] == "（材料已不在）"
        assert "机器产生" in " ".join(str(r[0]) for r in sheet.iter_rows(values_only=True))

    def test_the_counts_as_a_sheet(
        self, campaign: Campaign, tree: Tree, check: SpotCheck, township: User, client_of: ClientOf
    ) -> None:
        url = reverse("members:spot_summary", args=[campaign.slug, tree.township.pk])
        sheet = openpyxl.load_workbook(io.BytesIO(client_of(township).get(url).content)).active
        assert sheet is not None
        rows = {row[0]: row[1:5] for row in sheet.iter_rows(values_only=True)}
        assert rows["新河村党支部"] == (1, 0, 0, 0)
        assert rows["镇卫生院党支部"] == (1, 1, 0, 0)
        assert rows["合计"] == (4, 1, 0, 0)

    def test_the_same_number_of_queries_for_few_and_many(
        self, campaign: Campaign, tree: Tree, check: SpotCheck, township: User, client_of: ClientOf
    ) -> None:
        for _ in range(20):
            MaterialFactory.create(campaign=campaign, organization=tree.village, status="passed")
        large = draw_materials(campaign=campaign, organization=tree.township, size=24, by=township)
        client, counts = client_of(township), []
        client.get(reverse("members:spot_check", args=[check.pk]))
        for one in (check, large):
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("members:spot_check", args=[one.pk]))
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestOneMaterial:
    """Reading a drawn material and writing down what was found."""

    def test_reading_is_on_record(
        self, check: SpotCheck, materials: list[Material], township: User, client_of: ClientOf
    ) -> None:
        page = text_of(client_of(township), item_url(check, materials[0]))
        assert "读报多、想得少" in page
        assert "已记入操作记录" in page
        event = AuditEvent.objects.get(action="read_drawn")
        assert (event.actor_id, event.about_id) == (township.pk, str(materials[0].pk))

    def test_what_was_not_drawn_cannot_be_read(
        self, check: SpotCheck, township: User, supervisor: User, client_of: ClientOf
    ) -> None:
        text_of(client_of(township), reverse("members:spot_item", args=[check.pk, 9]), 404)
        text_of(client_of(supervisor), reverse("members:spot_item", args=[check.pk, 1]), 403)
        assert not AuditEvent.objects.filter(action="read_drawn").exists()

    def test_on_paper(
        self, check: SpotCheck, materials: list[Material], township: User, client_of: ClientOf
    ) -> None:
        page = text_of(client_of(township), item_url(check, materials[3]))
        assert "请向镇卫生院支部调阅" in page
        assert not AuditEvent.objects.filter(action="read_drawn").exists()

    def test_from_one_to_the_next_until_all_are_seen(
        self, check: SpotCheck, township: User, client_of: ClientOf
    ) -> None:
        client = client_of(township)
        url = reverse("members:spot_item", args=[check.pk, 2])
        seen = []
        while url != reverse("members:spot_check", args=[check.pk]):
            seen.append(int(url.rstrip("/").rsplit("/", 1)[1]))
            url = client.post(url, {"finding": "", "wants_more": "0", "decision": "keep"}).headers["Location"]
        assert seen == [2, 3, 4, 1]
        assert check.items.filter(checked_on=None).count() == 0

    def test_returned_with_the_finding_as_reason(
        self, check: SpotCheck, materials: list[Material], township: User, client_of: ClientOf
    ) -> None:
        client, url = client_of(township), item_url(check, materials[0])
        typed = {"finding": "措施太空。\r\n写明时限。", "wants_more": "1", "decision": "return"}
        page = client.post(url, typed, follow=True).content.decode()
        assert "材料已退回本人修改。下面是下一份" in page
        material = Material.objects.get(pk=materials[0].pk)
        assert material.status == MaterialStatus.RETURNED
        assert [f.text for f in findings_of(material)] == ["措施太空。\n写明时限。"]
        after = text_of(client, url)
        assert "重新提交以后再看" in after
        assert "措施太空" in after
        assert "读报多" not in after
        refused = client.post(url, {**typed, "decision": "keep"}).content.decode()
        assert "重新提交以后再看" in refused

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"finding": "", "wants_more": "1", "decision": "keep"}, "写明哪里要改"),
            ({"finding": "", "wants_more": "0", "decision": "return"}, "须写明原因"),
            ({"finding": "看过了", "decision": "keep"}, "请选择要不要修改"),
        ],
    )
    def test_what_is_wrong_is_said(
        self,
        check: SpotCheck,
        materials: list[Material],
        township: User,
        client_of: ClientOf,
        typed: dict[str, str],
        said: str,
    ) -> None:
        page = client_of(township).post(item_url(check, materials[0]), typed).content.decode()
        assert said in page
        assert typed["finding"] in page
        assert Material.objects.get(pk=materials[0].pk).status == MaterialStatus.PASSED

    def test_under_review_there_is_no_way_to_return_it(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        material = MaterialFactory.create(campaign=campaign, organization=tree.village, status="submitted")
        check = draw_materials(campaign=campaign, organization=tree.township, size=1, by=township)
        page = text_of(client_of(township), item_url(check, material))
        assert 'value="return"' not in page
        assert "由审核人决定" in page

    def test_the_own_material_is_for_a_colleague(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        person = MemberFactory.create(organization=tree.village, user=township)
        material = MaterialFactory.create(
            campaign=campaign, organization=tree.village, status="passed", member=person
        )
        check = draw_materials(campaign=campaign, organization=tree.township, size=1, by=township)
        page = text_of(client_of(township), item_url(check, material))
        assert "请党建办的其他同志来看" in page
        assert not re.search(r"<textarea", page)
        colleague = account_with(Role.OFFICE, tree.township)
        check_item(item=check.items.get(), finding="好", wants_more=False, by=colleague)
        assert "不用修改" in text_of(client_of(township), item_url(check, material))

    def test_nothing_to_read(
        self, campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        material = MaterialFactory.create(
            campaign=campaign,
            organization=tree.village,
            role=MaterialRole.COMMITTEE,
            status="done",
            member=None,
        )
        material.versions.all().delete()
        check = draw_materials(campaign=campaign, organization=tree.township, size=1, by=township)
        assert "没有可看的原文" in text_of(client_of(township), item_url(check, material))


def test_findings_as_author_and_reviewer_see_them(check: SpotCheck, township: User) -> None:
    item: Any = check.items.all()[0]
    assert "抽查" not in render_to_string("members/_spot_findings.html", {"findings": ()})
    check_item(item=item, finding="第一条好。\n<b>第二条</b>没有措施。", wants_more=True, by=township)
    shown = render_to_string("members/_spot_findings.html", {"findings": findings_of(item.material)})
    assert "第一条好。<br>&lt;b&gt;第二条" in shown
    assert "建议修改" in shown
    assert "抽查不代替审核" in shown


def test_the_reviewer_finds_what_was_found_where_the_notice_leads(
    tree: Tree, township: User, client_of: ClientOf
) -> None:
    head = account_with(Role.SECRETARY, tree.township)
    rules = {"spot_check": True, "head_reviewer": "town_head"}
    season = CampaignFactory.create(issuer=tree.township, status="running", rules=rules)
    _material, slots = in_review(campaign=season, organization=tree.village)
    check = draw_materials(campaign=season, organization=tree.township, size=1, by=township)
    check_item(item=check.items.get(), finding="第二条没有写事例", wants_more=True, by=township)
    notice = Notice.objects.get(kind="material_checked_review")
    assert notice.url == reverse("members:review", args=[slots[0].pk])
    assert "第二条没有写事例" in text_of(client_of(head), notice.url)
