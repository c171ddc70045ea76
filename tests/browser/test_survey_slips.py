"""A survey with slips: printed, answered by a phone, an old one and parallel clients, closed by two; fraction and verdict."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from rectification.models import RoundStatus, SurveyCode, SurveySlot
from tests.browser.conftest import PHONE, Visitor, give_password
from tests.browser.slips import Phone, all_at_once, printed_slips
from tests.conftest import Tree
from tests.factories.evaluations import published_campaign
from tests.factories.survey_slips import ON_PAGE
from tests.factories.surveys import PRESET, Surveyed, surveyed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DONE, AGAIN = "已交，谢谢您", "这张票条已经填过，已经计入，不用再填"


def looked_at(one: Visitor, name: str) -> None:
    """The page holds together on this screen, and a screen reader finds its way."""
    assert not one.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    found = Axe().run(one.page).response["violations"]
    assert not [v["id"] for v in found if v["impact"] in ("serious", "critical")], one.page.url
    one.shot(name)


class Answerer(Phone):
    """A phone that answers; with `lost` the answer is lost on the way and posted again."""

    def answer(self, choice: str, lost: bool) -> None:
        assert "您对这次活动的效果满意吗" in self.ask("choose")
        assert "您选的是" in self.ask("check", r0=choice)
        said = [self.ask("cast", r0=choice) for _ in range(2 if lost else 1)][-1]
        self.told = next(words for words in (DONE, AGAIN) if words in said)


def take_half(person: Visitor, made: Surveyed) -> str:
    """One of the two copies the half down."""
    page = person.open(reverse("rectification:survey_slips", args=[made.round.pk]))
    person.press("拿我的半把钥匙")
    person.press("准备好了")
    half = page.inner_text(".half")
    person.press("抄好了")
    return half


def on_phone(visitor: Callable[..., Visitor], slip: str) -> None:
    """A phone that scans the slip, forgets to choose, and looks at it once more."""
    phone = visitor(phone=True)
    page = phone.open(urlsplit(slip).path + "#" + urlsplit(slip).fragment)
    assert page.input_value("#code") == urlsplit(slip).fragment
    assert "#" not in page.url
    looked_at(phone, "survey-slip-code-phone")
    phone.press("下一步")
    phone.press("选好了，看一遍")
    looked_at(phone, "survey-slip-missing-phone")
    page.locator("label:has(input[value='2'])").click()
    looked_at(phone, "survey-slip-choose-phone")
    phone.press("选好了，看一遍")
    looked_at(phone, "survey-slip-check-phone")
    phone.press("返回修改")
    phone.press("选好了，看一遍")
    phone.press("交上去")
    expect(page.get_by_text(DONE)).to_be_visible()
    looked_at(phone, "survey-slip-done-phone")
    assert phone.context.cookies() == []
    page.goto(phone.base + urlsplit(slip).path)
    page.fill("#code", urlsplit(slip).fragment.lower())
    phone.press("下一步")
    assert AGAIN in page.inner_text("main")


def without_script(chromium: Browser, base: str, slip: str) -> None:
    """An old phone: no script runs, the code is typed."""
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    old = Visitor(context, base)
    page = old.open(urlsplit(slip).path)
    page.fill("#code", urlsplit(slip).fragment)
    old.press("下一步")
    page.locator("label:has(input[value='3'])").click()
    old.press("选好了，看一遍")
    old.press("交上去")
    assert DONE in page.inner_text("main")
    assert context.cookies() == []
    context.close()


def test_slips_are_answered_by_phones_and_closed_by_two(
    tree: Tree, visitor: Callable[..., Visitor], chromium: Browser, live_server: LiveServer
) -> None:
    campaign = published_campaign(tree.township, preset=PRESET, slug="slips", rules=ON_PAGE)
    made = surveyed(organization=tree.village, campaign=campaign)
    give_password(made.secretary, made.second)
    first = made.round.classes.first()
    assert first is not None
    clerk = visitor(username=made.secretary.username)
    clerk.open(reverse("rectification:survey", args=[made.survey.pk]))
    looked_at(clerk, "survey-open-wide")
    clerk.press("凭票条在网页上填")
    looked_at(clerk, "survey-slips-print-wide")
    at = reverse("rectification:survey_slips_pdf", args=[made.round.pk])
    slips = printed_slips(clerk, at, "survey-slips-sheet", **{f"s{first.pk}": "14"})
    assert len(set(slips)) == 14
    two = visitor(phone=True, username=made.second.username)
    halves = [take_half(person, made) for person in (clerk, two)]
    page = clerk.open(reverse("rectification:survey_slips", args=[made.round.pk]))
    looked_at(clerk, "survey-slips-begin-wide")
    clerk.press("开始填表")
    on_phone(visitor, slips[0])
    without_script(chromium, clerk.base, slips[1])
    phones = [Answerer(slip) for slip in slips[2:12]]
    choices = "1111222340"
    all_at_once([lambda n=n, p=p: p.answer(choices[n], n % 3 == 0) for n, p in enumerate(phones)], apart=0.05)  # type: ignore[misc]
    assert [phone.told for phone in phones] == [AGAIN if n % 3 == 0 else DONE for n in range(10)]
    page.reload()
    expect(page.get_by_text("12 以上")).to_be_visible()
    looked_at(clerk, "survey-slips-given-wide")

    two.open(reverse("rectification:survey_slips", args=[made.round.pk]))
    looked_at(two, "survey-slips-given-phone")
    two.press("两个人一起关闭、清点")
    two.page.fill("[name=half_1]", "写错了")
    two.page.fill("[name=half_2]", halves[1])
    two.press("关闭，清点", exact=True)
    assert "第一半抄错了" in two.page.inner_text(".error-summary")
    looked_at(two, "survey-slips-close-phone")
    two.page.fill("[name=half_1]", halves[0])
    two.press("关闭，清点", exact=True)
    assert not SurveyCode.objects.exists()
    assert not SurveySlot.objects.exists()
    two.page.get_by_label("测评日期").fill(timezone.localdate().isoformat())
    two.page.get_by_label(f"{first.name}发出票条", exact=True).fill("13")
    for row in made.round.classes.all()[1:]:
        for what in ("发出", "收回"):
            two.page.get_by_label(f"{row.name}{what}", exact=True).fill("0")
    looked_at(two, "survey-slips-heads-phone")
    two.press("收齐了，开始计票")
    two.press("形成结果")
    two.press("形成测评结果")
    # 满意 4 + 比较满意 3 + 1 on the phone = 8 of 12 answers, 弃权 among them; two thirds are reached exactly
    expect(two.page.get_by_text("8 × 3 = 24 ≥ 12 × 2 = 24，达到三分之二", exact=False)).to_be_visible()
    looked_at(two, "survey-slips-matched-phone")
    two.press("核定结果")
    closed = made.now()
    assert (closed.status, closed.satisfied_votes, closed.base_votes) == (RoundStatus.CLOSED, 8, 12)
    assert closed.passed is True
    anybody = visitor()
    anybody.open(urlsplit(slips[0]).path)
    assert anybody.page.locator(".receipts li").count() == 12
    looked_at(anybody, "survey-slips-receipts-wide")
