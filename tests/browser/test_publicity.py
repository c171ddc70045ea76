"""What is put up in public: pasted with names in it, read as the public will see it, approved, let onto the net, read by a passer-by."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from branches.models import Role
from rectification.models import Publication
from tests.browser.conftest import Visitor, give_password, sheet_shot
from tests.conftest import build_tree
from tests.factories.branches import account_with
from tests.factories.members import MemberFactory
from tests.factories.publicity import publicity_campaign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASTED = (
    "1. 问题：入户走访少，郑国梁户全年没有去过；整改措施：每月走完一个村民组；责任领导：支部书记；完成时限：12月底。\n"
    "2. 问题：村务账目公开慢；整改措施：每季度末张贴一次；责任领导：支部副书记；完成时限：长期坚持。\n"
    "3. 问题：三组水渠清淤拖了半年；整改措施：9月底前清完，联系人电话13812345678；完成时限：9月底。"
)


def test_publicity_from_the_draft_to_a_passer_by(visitor: Callable[..., Visitor]) -> None:
    tree = build_tree()
    secretary = account_with(Role.SECRETARY, tree.village, full_name="刘德福", username="liudefu")
    office = account_with(Role.OFFICE, tree.township, full_name="周敏", username="zhoumin")
    give_password(secretary, office)
    MemberFactory.create(organization=tree.village, name="郑国梁")
    campaign = publicity_campaign(tree.township, {"rectification_filed": True}, slug="publicity")

    one = visitor(username="liudefu")
    page = one.open(reverse("rectification:publications", args=[campaign.slug, tree.village.pk]))
    page.get_by_label("整改措施公开").check()
    one.shot("publications")
    one.phone_shot("publications-phone")
    one.press("起草公示")
    page.get_by_label("公示正文").fill(PASTED)
    page.get_by_label("只写姓（王××）").check()
    page.get_by_label("公示地点").fill("村务公开栏")
    one.press("保存并看公示的样子")
    expect(page.get_by_text("郑××")).to_be_visible()
    one.shot("publication-draft")
    one.phone_shot("publication-draft-phone")
    one.press("批准公示", exact=True)
    expect(page.get_by_text("已批准。请打印张贴。")).to_be_visible()
    page.get_by_text("申请网上公示").first.click()
    page.get_by_role("button", name="申请网上公示").click()
    expect(page.get_by_text("已向上级提出", exact=False)).to_be_visible()
    one.press("登记已张贴", exact=True)
    expect(page.get_by_text("已登记：正在公示。")).to_be_visible()

    above = visitor(username="zhoumin")
    above.open(reverse("home"))
    above.shot("publication-waits")
    above.page.get_by_role("link", name="新河村支部《整改措施公示》").click()
    above.shot("publication-release")
    above.press("批准网上公示", exact=True)
    expect(above.page.get_by_text("到期自动撤下", exact=False).first).to_be_visible()

    one.open(reverse("rectification:publication", args=[Publication.objects.get().pk]))
    one.shot("publication-posted")
    sheet_shot("publication-sheet", page.request.get(f"{page.url}notice.pdf").body())
    passer_by = visitor(phone=True)
    passer_by.open(f"/gongshi/{Publication.objects.get().page_token}/")
    expect(passer_by.page.get_by_text("每季度末张贴一次", exact=False)).to_be_visible()
    assert "郑" not in passer_by.page.content()
    assert not passer_by.context.cookies()
    passer_by.shot("public-notice-phone")
    wide = visitor()
    wide.open(f"/gongshi/{Publication.objects.get().page_token}/")
    wide.shot("public-notice")
    assert settings.SESSION_COOKIE_NAME not in {one.get("name") for one in wide.context.cookies()}
