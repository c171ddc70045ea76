"""Pages of materials: the list, writing without a script and with one, handing in, taking back, versions."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, RuleSet, User
from members.models import Material, MaterialStatus, Member
from members.rules.paper import Item, Paper, new_id
from members.services.materials import open_material, save_material, submit_material
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory
from tests.pace import allowed

ClientOf = Callable[[User], Client]


@pytest.fixture
def asking(tree: Tree) -> Campaign:
    """A running campaign of the township: every member a list, the committee as well, no review."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township,
        slug="lists",
        status="running",
        rules={
            "committee_material": "list",
            "head_material": "list",
            "member_material": "list",
            "material_min_chars": 200,
            "member_heads": ["作风建设", "执行纪律"],
            "committee_heads": ["组织生活"],
            "must_answer": ["是否存在“裸官”情况"],
        },
    )
    return made


def rules(campaign: Campaign, **values: object) -> Campaign:
    """The campaign under other rules."""
    current = campaign.rule_set()
    RuleSet.objects.filter(pk=current.pk).update(values={**current.values, **values})
    return Campaign.objects.get(pk=campaign.pk)


@pytest.fixture
def writer(tree: Tree, member: User) -> Member:
    """The member with an account, on the roll."""
    made: Member = MemberFactory.create(organization=tree.village, name="吴长河", user=member)
    return made


@pytest.fixture
def material(asking: Campaign, tree: Tree, writer: Member, member: User) -> Material:
    """The member's material, begun."""
    return open_material(campaign=asking, organization=tree.village, key=f"m{writer.pk.hex}", by=member)


def item_data(pk: str, **fields: str) -> dict[str, str]:
    """One item as the page posts it."""
    return {f"{pk}-{name}": value for name, value in fields.items()}


def page(name: str, material: Material) -> str:
    """The address of a page of a material."""
    return reverse(f"members:{name}", args=[material.pk])


def text_of(client: Client, url: str, status: int = 200) -> str:
    """What the page says."""
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def written(material: Material, by: User, problem: str = "走访少，联系群众不够。") -> Material:
    """The material with one item saved."""
    paper = Paper(items=(Item(new_id(), "作风建设", problem, measure="每月走访十户。"),))
    current = Material.objects.get(pk=material.pk)
    return save_material(material=current, revision=current.revision, paper=paper, by=by)


def save(client: Client, material: Material, data: dict[str, Any]) -> Any:
    """What the page saves by itself."""
    return client.post(page("material_edit", material), data, headers={"HX-Request": "true"})


class TestList:
    """Who owes, who is missing."""

    def test_the_secretary_sees_who_has_not_written_and_no_text(
        self,
        asking: Campaign,
        tree: Tree,
        secretary: User,
        member: User,
        material: Material,
        client_of: ClientOf,
    ) -> None:
        MemberFactory.create(organization=tree.village, name="郑芳")
        written(material, member, "这句话别人看不到")
        said = text_of(client_of(secretary), reverse("members:materials", args=["lists", tree.village.pk]))
        assert "郑芳" in said
        assert "还没有写" in said
        assert "撰写中" in said
        assert "一般不少于 200" in said
        assert "这句话别人看不到" not in said
        assert page("material_show", material) not in said

    def test_the_own_page_of_a_member_without_a_post(
        self, asking: Campaign, tree: Tree, member: User, writer: Member, client_of: ClientOf
    ) -> None:
        client = client_of(member)
        address = reverse("members:material", args=["lists", tree.village.pk])
        assert "开始写" in text_of(client, address)
        opened = client.post(
            reverse("members:material_open", args=["lists", tree.village.pk]), {"key": f"m{writer.pk.hex}"}
        )
        made = Material.objects.get(member=writer)
        assert opened.url == page("material_edit", made)  # type: ignore[attr-defined]
        again = client.post(
            reverse("members:material_open", args=["lists", tree.village.pk]), {"key": f"m{writer.pk.hex}"}
        )
        assert again.url == opened.url  # type: ignore[attr-defined]
        assert "接着写" in text_of(client, address)

    def test_nobody_opens_anothers(
        self, asking: Campaign, tree: Tree, member: User, writer: Member, client_of: ClientOf
    ) -> None:
        other = MemberFactory.create(organization=tree.village, name="郑芳")
        answer = client_of(member).post(
            reverse("members:material_open", args=["lists", tree.village.pk]), {"key": f"m{other.pk.hex}"}
        )
        assert answer.url == reverse("members:material", args=["lists", tree.village.pk])  # type: ignore[attr-defined]
        assert not Material.objects.filter(member=other).exists()

    def test_where_nothing_is_asked_of_members_the_page_says_so_with_the_clause(
        self, tree: Tree, member: User, writer: Member, secretary: User, client_of: ClientOf
    ) -> None:
        CampaignFactory.create(issuer=tree.township, slug="xinyi", status="running", preset="xinyi_2018")
        said = text_of(client_of(member), reverse("members:material", args=["xinyi", tree.village.pk]))
        assert "没有要您写材料" in said
        assert "不要求党员撰写个人发言材料" in said
        listed = text_of(client_of(secretary), reverse("members:materials", args=["xinyi", tree.village.pk]))
        assert "不计缺" in listed or "没有要本组织写材料" in listed
        assert "吴长河" not in listed

    def test_paper_suffices(
        self, asking: Campaign, tree: Tree, secretary: User, writer: Member, client_of: ClientOf
    ) -> None:
        client = client_of(secretary)
        address = reverse("members:material_receive", args=["lists", tree.village.pk])
        key = f"m{writer.pk.hex}"
        assert "吴长河" in text_of(client, f"{address}?key={key}")
        late = timezone.localdate() + datetime.timedelta(days=1)
        assert "不能晚于今天" in client.post(address, {"key": key, "day": late}).content.decode()
        assert client.post(address, {"key": key, "day": timezone.localdate()}).status_code == 302
        made = Material.objects.get(member=writer)
        assert (made.status, made.is_on_paper) == (MaterialStatus.DONE, True)
        said = text_of(client, reverse("members:materials", args=["lists", tree.village.pk]))
        assert "已完成（纸质）" in said
        assert client.get(f"{address}?key=a999").status_code == 302
        assert "手写" in text_of(client_of(writer.user), page("material_show", made))  # type: ignore[arg-type]

    def test_shown_to_the_masses_for_all_at_once(
        self,
        asking: Campaign,
        tree: Tree,
        secretary: User,
        writer: Member,
        member: User,
        material: Material,
        client_of: ClientOf,
    ) -> None:
        client = client_of(secretary)
        address = reverse("members:materials_shown", args=["lists", tree.village.pk])
        client.post(address, {"day": timezone.localdate(), "where": "村务公开栏"})
        assert Material.objects.filter(shown_on__isnull=False).count() == 0
        campaign = rules(asking, material_public_notice=True)
        saved = written(material, member)
        submit_material(material=saved, revision=saved.revision, by=member)
        listing = reverse("members:materials", args=[campaign.slug, tree.village.pk])
        assert "登记公示" in text_of(client, listing)
        assert "日期和方式" in client.post(address, {}, follow=True).content.decode()
        client.post(address, {"day": timezone.localdate(), "where": "村务公开栏"})
        assert Material.objects.get(pk=material.pk).shown_where == "村务公开栏"


class TestWriting:
    """The form, without a script."""

    def test_items_are_added_moved_and_removed_by_buttons(
        self, material: Material, member: User, client_of: ClientOf
    ) -> None:
        client, first, second = client_of(member), new_id(), new_id()
        address = page("material_edit", material)
        assert "由本人自己动手" not in text_of(client, address)
        data = {"revision": 0, "item": [first, second], **item_data(first, problem="甲", heading="作风建设")}
        added = client.post(address, {**data, "do": "add"})
        assert added.status_code == 302
        paper = Paper.loads(Material.objects.get(pk=material.pk).content)
        assert [item.problem for item in paper.items] == ["甲", "", ""]
        assert added.url.endswith(f"#item-{paper.items[-1].id}")  # type: ignore[attr-defined]
        client.post(address, {**data, "revision": 1, "do": f"down:{first}"})
        assert [i.id for i in Paper.loads(Material.objects.get(pk=material.pk).content).items] == [
            second,
            first,
        ]
        client.post(address, {**data, "revision": 2, "do": f"remove:{first}"})
        assert [i.id for i in Paper.loads(Material.objects.get(pk=material.pk).content).items] == [second]

    def test_saving_checking_and_handing_in(
        self, asking: Campaign, material: Material, member: User, client_of: ClientOf
    ) -> None:
        client, pk = client_of(member), new_id()
        address = page("material_edit", material)
        data = {"revision": 0, "item": [pk], **item_data(pk, problem="走访少", measure="每月走访")}
        assert client.post(address, {**data, "do": "check"}).url == page("material_check", material)  # type: ignore[attr-defined]
        said = text_of(client, page("material_check", material))
        assert "走访少" in said
        assert "现在 7 字，一般不少于 200 字" in said
        assert "是否存在“裸官”情况" in said
        assert "不用审核" in said
        assert client.post(page("material_check", material), {"revision": 1}).status_code == 200
        stale = client.post(page("material_check", material), {"revision": 0, "declared": "on"})
        assert "又保存过" in stale.content.decode()
        done = client.post(page("material_check", material), {"revision": 1, "declared": "on"})
        assert done.url == page("material_show", material)  # type: ignore[attr-defined]
        assert Material.objects.get(pk=material.pk).status == MaterialStatus.DONE
        assert client.get(address).status_code == 302
        assert client.get(page("material_check", material)).status_code == 302
        assert "第 1 版" in text_of(client, page("material_show", material))

    def test_an_empty_material_cannot_be_handed_in(
        self, material: Material, member: User, client_of: ClientOf
    ) -> None:
        client = client_of(member)
        assert "还没有写内容" in text_of(client, page("material_check", material))
        refused = client.post(page("material_check", material), {"revision": 0, "declared": "on"})
        assert "材料还没有写内容" in refused.content.decode()

    def test_two_windows_lose_nothing(self, material: Material, member: User, client_of: ClientOf) -> None:
        client, pk = client_of(member), new_id()
        written(material, member, "另一个窗口里写的")
        data = {"revision": 0, "item": [pk], **item_data(pk, problem="这个窗口里写的")}
        answer = client.post(page("material_edit", material), data)
        said = answer.content.decode()
        assert answer.status_code == 200
        assert "另一个窗口里写的" in said
        assert "这个窗口里写的" in said
        assert 'name="revision" value="1"' in said
        client.post(page("material_edit", material), {**data, "revision": 1})
        assert "这个窗口里写的" in Material.objects.get(pk=material.pk).content

    def test_an_item_is_kept_whatever_its_id_and_none_is_made_up(
        self, material: Material, member: User, client_of: ClientOf
    ) -> None:
        """An id that was not made here, as a set of examples has, must not cost anybody the text."""
        save_material(
            material=material,
            revision=0,
            paper=Paper(items=(Item("example-1", problem="走访少", cause="怕麻烦"),)),
            by=member,
        )
        data = {
            "revision": 1,
            "item": ["example-1", "not-here"],
            **item_data("example-1", problem="走访很少"),
        }
        assert save(client_of(member), material, data).json()["revision"] == 2
        (item,) = Paper.loads(Material.objects.get(pk=material.pk).content).items
        assert (item.id, item.problem) == ("example-1", "走访很少")

    def test_the_page_saves_by_itself(self, material: Material, member: User, client_of: ClientOf) -> None:
        client, pk = client_of(member), new_id()
        point = text_of(client, page("material_edit", material)).split('data-point="')[1].split('"')[0]
        data = {"revision": 0, "item": [pk], **item_data(pk, problem="𠮷㐂 走访少")}
        answer = save(client, material, data).json()
        assert (answer["revision"], answer["chars"], answer["unanswered"]) == (1, 5, [point])
        assert answer["saved"] == f"{timezone.localtime():%H:%M}"
        same = save(client, material, data)
        assert same.json()["revision"] == 1
        stale = save(client, material, {**data, f"{pk}-problem": "别的"})
        assert (stale.status_code, stale.json()["stale"]) == (409, True)
        full = save(client, material, {**data, "revision": 1, f"answer-{point}": "不存在。"}).json()
        assert full["unanswered"] == []

    def test_a_text_beyond_all_measure_is_said_so_and_kept_on_the_page(
        self, material: Material, member: User, client_of: ClientOf
    ) -> None:
        client, pk = client_of(member), new_id()
        long = "长" * 50_001
        data = {"revision": 0, "item": [pk], **item_data(pk, problem=long)}
        answer = client.post(page("material_edit", material), data)
        assert "内容太多" in answer.content.decode()
        assert long in answer.content.decode()
        assert save(client, material, data).status_code == 400
        huge = item_data(pk, problem="长" * 600_000)
        assert save(client, material, {**data, **huge}).status_code == 400
        assert Material.objects.get(pk=material.pk).revision == 0

    def test_five_megabytes_of_a_page_with_scripts_are_answered_quickly(
        self, material: Material, member: User, client_of: ClientOf
    ) -> None:
        client, pk = client_of(member), new_id()
        piece = '<p class="MsoNormal">走访少<script>alert(document.cookie)</script></p>'
        data = {
            "revision": 0,
            "item": [pk],
            **item_data(pk, problem=piece * (5_000_000 // len(piece.encode()))),
        }
        begun = time.process_time()
        answer = save(client, material, data)
        took = time.process_time() - begun
        assert "内容太多" in answer.json()["error"]
        assert took < allowed(3)  # alone it takes 0.4
        more = {**data, f"{pk}-cause": "字" * 800_000}
        refused = client.post(page("material_edit", material), more)
        assert refused.status_code == 400
        assert "太多" in refused.content.decode()

    def test_a_full_text_by_heads_and_sections(
        self, asking: Campaign, tree: Tree, member: User, writer: Member, client_of: ClientOf
    ) -> None:
        campaign = rules(asking, member_material="full", material_sections=["存在的问题", "改进措施"])
        full = open_material(campaign=campaign, organization=tree.village, key=f"m{writer.pk.hex}", by=member)
        said = text_of(client_of(member), page("material_edit", full))
        assert said.count('class="card section"') == 4
        assert "作风建设 · 存在的问题" in said
        field = said.split('id="id_s')[1].split('"')[0]
        client_of(member).post(page("material_edit", full), {"revision": 0, f"s{field}": "一\r\n二"})
        assert Paper.loads(Material.objects.get(pk=full.pk).content).sections[0].text == "一\n二"

    def test_what_was_written_as_a_list_stays_when_the_rules_want_a_text(
        self,
        asking: Campaign,
        tree: Tree,
        member: User,
        writer: Member,
        material: Material,
        client_of: ClientOf,
    ) -> None:
        written(material, member, "原来写的一条")
        campaign = rules(asking, member_material="full", member_heads=["别的方面"])
        again = open_material(
            campaign=campaign, organization=tree.village, key=f"m{writer.pk.hex}", by=member
        )
        assert (again.pk, again.form) == (material.pk, "full")
        said = text_of(client_of(member), page("material_edit", again))
        assert "原来写的一条" in said
        assert "作风建设" in said

    def test_text_of_pasted_html_with_scripts_is_plain(
        self, material: Material, member: User, client_of: ClientOf
    ) -> None:
        pk = new_id()
        pasted = '<p class="MsoNormal">一、走访少<script>alert(1)</script></p><o:p>&nbsp;</o:p>'
        client_of(member).post(
            page("material_edit", material), {"revision": 0, "item": [pk], **item_data(pk, problem=pasted)}
        )
        assert Paper.loads(Material.objects.get(pk=material.pk).content).items[0].problem == "一、走访少"


class TestAfterwards:
    """Taken back, versions, what is noted."""

    def test_withdrawn_handed_in_again_both_versions_stay(
        self, material: Material, member: User, client_of: ClientOf
    ) -> None:
        client = client_of(member)
        saved = written(material, member, "走访少。")
        submit_material(material=saved, revision=saved.revision, by=member)
        assert client.post(page("material_withdraw", material)).url == page("material_edit", material)  # type: ignore[attr-defined]
        refused = client.post(page("material_withdraw", material))
        assert refused.url == page("material_show", material)  # type: ignore[attr-defined]
        item = Paper.loads(Material.objects.get(pk=material.pk).content).items[0]
        data = {
            "revision": 1,
            "item": [item.id],
            **item_data(item.id, problem="走访很少。", measure="每月走访十户。"),
        }
        client.post(page("material_edit", material), data)
        client.post(page("material_check", material), {"revision": 2, "declared": "on"})
        said = text_of(client, page("material_versions", material))
        assert "第 2 版" in said
        assert "<ins>很</ins>" in said
        assert [one.number for one in material.versions.all()] == [2, 1]

    def test_no_version_yet(self, material: Material, member: User, client_of: ClientOf) -> None:
        assert "还没有交过材料" in text_of(client_of(member), page("material_versions", material))

    def test_stages_of_the_committees_material(
        self, asking: Campaign, tree: Tree, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        campaign = rules(asking, committee_discussion=True, material_pledge=True)
        made = open_material(campaign=campaign, organization=tree.village, key="", by=organizer)
        assert made.drafted_by == "刘德福"
        client = client_of(secretary)
        assert "主持起草" in text_of(client, page("material_stages", made))
        today = timezone.localdate()
        data = {
            "drafted_by": "刘德福",
            "discussed_on": today,
            "consulted_on": today,
            "consulted_scope": "党员代表12人",
            "shown_on": today,
            "shown_where": "会上承诺",
        }
        late = {**data, "discussed_on": today + datetime.timedelta(days=1)}
        assert "不能晚于今天" in client.post(page("material_stages", made), late).content.decode()
        assert client.post(page("material_stages", made), data).status_code == 302
        kept = Material.objects.get(pk=made.pk)
        assert (kept.discussed_on, kept.consulted_scope, kept.shown_where) == (
            today,
            "党员代表12人",
            "会上承诺",
        )
        said = text_of(client, page("material_show", made))
        assert "党员代表12人" in said

    def test_the_organiser_cannot_hand_in_the_committees(
        self, asking: Campaign, tree: Tree, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        made = open_material(campaign=asking, organization=tree.village, key="", by=organizer)
        written(made, organizer)
        assert "告诉书记" in text_of(client_of(organizer), page("material_check", made))
        refused = client_of(organizer).post(page("material_check", made), {"revision": 1, "declared": "on"})
        assert "书记（副书记）提交" in refused.content.decode()

    def test_the_public_version_hides_the_others(
        self, asking: Campaign, tree: Tree, member: User, material: Material, client_of: ClientOf
    ) -> None:
        MemberFactory.create(organization=tree.village, name="郑芳")
        rules(asking, material_public_notice=True)
        written(material, member, "对郑芳家困难（母亲住院）关心不够，电话13800000000。")
        said = text_of(client_of(member), page("material_public", material))
        body = said.split("<article")[1]
        assert "对×××家困难（××××××）关心不够" in body
        assert "13800000000" not in body
        assert "郑芳" in said.split("<article")[0]
        rules(asking, material_redaction=False)
        assert "按原文公示" in text_of(client_of(member), page("material_public", material))
