"""A member writes a material on a phone: the connection is cut, the page is closed, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from branches.models import User
from members.models import Material, MaterialStatus
from members.rules.paper import Paper
from members.services.materials import open_material, save_material
from tests.browser.conftest import CUT, Visitor, give_password
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]


def begun(tree: Tree, member: User, **rules: object) -> Material:
    """The material of a member without a post, begun."""
    asked = {
        "member_material": "list",
        "committee_material": "none",
        "member_heads": ["作风建设", "联系服务群众", "执行纪律"],
        "material_min_chars": 100,
        "must_answer": ["是否存在“裸官”情况"],
        **rules,
    }
    campaign = CampaignFactory.create(issuer=tree.township, slug="lists", status="running", rules=asked)
    person = MemberFactory.create(organization=tree.village, name=member.full_name, user=member)
    return open_material(campaign=campaign, organization=tree.village, key=f"m{person.pk.hex}", by=member)


def saved_text(material: Material) -> str:
    """What the server has."""
    return Material.objects.get(pk=material.pk).content


def status(page: Page, words: str) -> None:
    """Wait until the page says of its saving."""
    page.locator("#saved", has_text=words).wait_for()


def until_saved(page: Page, material: Material, words: str) -> None:
    """Wait until the server has these words, and the page knows."""
    for _ in range(150):
        if words in saved_text(material):
            break
        page.wait_for_timeout(100)
    assert words in saved_text(material)
    status(page, "已于")


def test_a_cut_connection_loses_nothing(tree: Tree, member: User, visitor: NewVisitor) -> None:
    material = begun(tree, member)
    give_password(member)
    phone = visitor(phone=True, username=member.username)
    page = phone.open(reverse("members:material", args=["lists", tree.village.pk]))
    phone.shot("material-own-phone")
    page = phone.press("接着写")
    page.get_by_label("问题", exact=True).fill("到农户家走访少，有的组一年没有去过。")
    page.get_by_label("整改措施", exact=True).fill("每月走访十户，记下来，一件一件办。")
    assert page.locator("#count").inner_text().startswith("35 字")
    page.get_by_role("button", name="保存材料").last.click()
    until_saved(page, material, "走访十户")
    phone.shot("material-edit-phone")

    phone.context.set_offline(True)
    page.get_by_label("责任人").fill("吴长河𠮷㐂")
    page.get_by_role("button", name="再加一条").click()
    page.get_by_label("问题", exact=True).last.fill("参加组织生活不够主动。")
    page.get_by_role("button", name="保存材料").last.click()
    status(page, "网络断了，内容已存在本机")
    phone.shot("material-cut-phone")
    assert "组织生活" not in saved_text(material)
    page.close()  # the phone is put away before the connection is back
    phone.context.set_offline(False)
    phone.page = phone.context.new_page()
    page = phone.open(reverse("members:material_edit", args=[material.pk]))
    page.get_by_role("button", name="恢复这些内容").click()
    until_saved(page, material, "组织生活")
    assert page.get_by_label("问题", exact=True).last.input_value() == "参加组织生活不够主动。"
    items = Paper.loads(saved_text(material)).items
    assert [(one.problem[:4], one.owner) for one in items] == [("到农户家", "吴长河𠮷㐂"), ("参加组织", "")]
    phone.open(reverse("members:material_edit", args=[material.pk]))
    assert page.locator("#local").is_hidden()

    page.get_by_role("button", name="上移").last.click()
    page.get_by_label("是否存在“裸官”情况").fill("不存在。")
    page.get_by_role("button", name="写好了，去检查").click()
    page.wait_for_url("**/check/")
    assert [one.problem[:4] for one in Paper.loads(saved_text(material)).items] == ["参加组织", "到农户家"]
    phone.shot("material-check-phone")
    page.get_by_label("以上内容我已经看过").check()
    phone.press("提交材料")
    assert Material.objects.get(pk=material.pk).status == MaterialStatus.DONE
    phone.shot("material-done-phone")
    phone.complaints = [text for text in phone.complaints if CUT not in text]


def test_two_windows_show_both_texts(tree: Tree, member: User, visitor: NewVisitor) -> None:
    material = begun(tree, member, member_material="full", material_sections=["存在的问题", "整改措施"])
    give_password(member)
    desk = visitor(username=member.username)
    page = desk.open(reverse("members:material_edit", args=[material.pk]))
    page.on("dialog", lambda dialog: dialog.accept())
    material.refresh_from_db()
    other = Paper.loads('{"answers":[{"point":"x","question":"问","text":"手机上写的话"}]}')
    save_material(material=material, revision=material.revision, paper=other, by=member)
    page.get_by_label("作风建设 · 存在的问题").fill("电脑上写的话，会议多、下去少。")
    page.get_by_role("button", name="保存材料").last.click()
    page.get_by_role("heading", name="已保存的内容").wait_for()
    assert "手机上写的话" in page.locator("main").inner_text()
    assert page.get_by_label("作风建设 · 存在的问题").input_value() == "电脑上写的话，会议多、下去少。"
    desk.shot("material-stale")
    page.get_by_role("button", name="保存材料").last.click()
    until_saved(page, material, "电脑上写的话")
    desk.complaints = [text for text in desk.complaints if "409" not in text]
