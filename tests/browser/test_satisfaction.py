"""A survey of satisfaction at real browsers: two people count on phones, one cell differs, the superior reads what follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from branches.models import Role
from rectification.models import SatisfactionDuty
from tests.browser.conftest import Visitor, give_password, sheet_shot
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import published_campaign
from tests.factories.surveys import GOOD, PRESET, surveyed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COLUMNS = ("满意", "比较满意", "基本满意", "不满意", "弃权", "作废")


def looked_at(one: Visitor) -> None:
    """The page holds together on this screen, and a screen reader finds its way."""
    assert not one.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    found = Axe().run(one.page).response["violations"]
    assert not [v["id"] for v in found if v["impact"] in ("serious", "critical")], one.page.url


def count(one: Visitor, numbers: tuple[int, ...]) -> None:
    """Sit down and type what was counted."""
    one.press("我来数")
    for column, number in zip(COLUMNS, numbers, strict=True):
        one.page.get_by_label(column, exact=True).fill(str(number))
    one.press("保存，我已数完")


def test_two_people_count_on_phones_and_the_superior_reads_what_follows(
    tree: Tree, visitor: Callable[..., Visitor]
) -> None:
    campaign = published_campaign(tree.township, preset=PRESET, slug="asked")
    account_with(Role.SECRETARY, tree.village, full_name="刘德福")
    made = surveyed(organization=tree.village, campaign=campaign)
    other, parent = (
        surveyed("closed", organization=tree.sibling, campaign=campaign, votes=GOOD),
        tree.township,
    )
    head = account_with(Role.SECRETARY, parent)
    give_password(made.secretary, made.second, head)

    one = visitor(phone=True, username=made.secretary.username)
    one.open(reverse("rectification:surveys", args=[made.campaign.slug, made.organization.pk]))
    looked_at(one)
    one.shot("survey-list-phone")
    one.open(reverse("rectification:survey", args=[made.survey.pk]))
    sheet_shot("survey-form-sheet", one.fetch("打印测评表"))
    one.page.get_by_label("测评日期").fill(timezone.localdate().isoformat())
    for name, number in (("服务对象发出", 240), ("服务对象收回", 230), ("群众发出", 0), ("群众收回", 0)):
        one.page.get_by_label(name, exact=True).fill(str(number))
    looked_at(one)
    one.press("收齐了，开始计票")
    count(one, (100, 20, 60, 50, 0, 0))

    two = visitor(phone=True, username=made.second.username)
    two.open(reverse("rectification:survey", args=[made.survey.pk]))
    count(two, (98, 22, 60, 50, 0, 0))
    expect(two.page.get_by_text("还有 1 类数得不一样")).to_be_visible()
    looked_at(two)
    two.shot("survey-compare-phone")
    for column, number in (("满意", 100), ("比较满意", 20)):
        two.page.get_by_label(column, exact=True).fill(str(number))
    two.press("保存这一类")
    two.press("形成测评结果")
    expect(
        two.page.get_by_text("120 × 3 = 360 < 230 × 2 = 460，没有达到三分之二", exact=False)
    ).to_be_visible()
    looked_at(two)
    two.shot("survey-matched-phone")
    two.press("核定结果", exact=True)
    expect(two.page.get_by_text("首次测评达不到要求，要办的事")).to_be_visible()
    assert SatisfactionDuty.objects.count() == 4

    above = visitor(username=head.username)
    above.open(reverse("rectification:satisfaction_below", args=[made.campaign.slug]))
    expect(above.page.get_by_text(other.organization.short_name)).to_be_visible()
    looked_at(above)
    above.shot("satisfaction-below")
    above.press(f"{made.organization.short_name}：对主要负责人诫勉谈话")
    above.page.get_by_label("由谁谈话").fill("镇党委书记")
    above.press("登记已办")
    looked_at(above)
    above.shot("survey-failed")
    above.open(reverse("rectification:satisfaction_history", args=[parent.pk]))
    above.shot("satisfaction-history")
    looked_at(above)
