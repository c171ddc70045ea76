"""The week before the meeting on phones: ten talks, a material written through a cut connection, its review."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from branches.models import Campaign, Organization, Role, User
from members.models import Material, MaterialStatus, Member, Talk
from members.rules.paper import Paper
from members.services.talk_grid import Grid
from tests.browser.conftest import Visitor, give_password
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import published_campaign
from tests.factories.members import MemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]
TALKS = 10
PROBLEM = "到重点工程工地去得少，群众反映的排水沟堵塞问题拖了两个多月才协调。"
CAUSE = "觉得自己是来锻炼的，办事等着书记安排，主动性不够。"
MEASURE = "每周到两个村民组走一遍，问题当天记下、三天内答复。"
LATER = "今年六月底以前把排水沟的事办完，并在村民代表会上报告。"
REMARK = "排水沟的事要写明是哪一段、什么时候办完。"


@pytest.fixture
def branch(tree: Tree) -> Organization:
    """A village branch of twelve with a secretary of 58 and a college graduate as village official."""
    village = tree.village
    secretary = account_with(Role.SECRETARY, village, username="lao-shuji")
    MemberFactory.create(organization=village, name=secretary.full_name, user=secretary)
    official = account_with(None, village, username="cunguan")
    MemberFactory.create(
        organization=village, name=official.full_name, user=official, is_village_official=True
    )
    for number in range(TALKS):
        MemberFactory.create(organization=village, name=f"{'赵钱孙李周吴郑王冯陈'[number]}长庚")
    give_password(secretary, official)
    return village


@pytest.fixture
def campaign(tree: Tree, branch: Organization) -> Campaign:
    """By the rules of 洛阳镇, without waiting for a plan."""
    return published_campaign(tree.township, preset="luoyang_2014", rules={"plan_gate": "none"}, slug="talks")


def tick(clerk: Visitor, name: str) -> None:
    """Two taps: the name, the day."""
    clerk.page.locator("a[data-tick]", has_text=name).first.click()
    clerk.page.get_by_role("button", name="今天谈的").click()
    expect(clerk.page.locator("#talks [role=status]")).to_contain_text(name)


def test_an_old_secretary_ticks_ten_talks_on_a_phone(
    visitor: NewVisitor, branch: Organization, campaign: Campaign
) -> None:
    clerk = visitor(phone=True, username="lao-shuji")
    me = Member.objects.get(user__username="lao-shuji")
    before = Grid.of(campaign, branch)
    page = clerk.open(f"/members/talks/{campaign.slug}/{branch.pk}/?person=m{me.pk.hex}")
    clerk.shot("talks-phone")
    for number in range(TALKS):
        tick(clerk, f"{'赵钱孙李周吴郑王冯陈'[number]}长庚")
    clerk.shot("talks-phone-done")
    grid = Grid.of(campaign, branch)
    assert Talk.objects.filter(campaign=campaign, organization=branch).count() == TALKS
    assert (grid.owed, grid.done) == (before.owed, before.done + TALKS)
    assert set(Talk.objects.values_list("held_on", flat=True)) == {timezone.localdate()}
    # A slip of the finger is taken back with one tap.
    page.get_by_role("button", name="撤销").first.click()
    page.wait_for_load_state("networkidle")
    assert Grid.of(campaign, branch).done == before.done + TALKS - 1
    wide = visitor(username="lao-shuji")
    wide.open(f"/members/talks/{campaign.slug}/{branch.pk}/")
    wide.shot("talks")


def write(visitor: Visitor, **texts: str) -> None:
    """Type into the first item as people do."""
    for name, text in texts.items():
        visitor.page.locator(f"#items .item:first-child [name$='{name}']").fill(text)


def own_material(author: Visitor, campaign: Campaign, branch: Organization, button: str) -> Page:
    """From the own page to the text."""
    page = author.open(f"/members/materials/{campaign.slug}/{branch.pk}/own/")
    author.press(button)
    return page


def stored(user: str) -> Paper:
    """What the server has of this person's material."""
    return Paper.loads(Material.objects.get(member__user__username=user).content)


def test_a_material_is_written_through_a_cut_connection_returned_and_passed(
    visitor: NewVisitor, branch: Organization, campaign: Campaign
) -> None:
    author = visitor(phone=True, username="cunguan")
    page = own_material(author, campaign, branch, "开始写")
    if page.locator("#items .item").count() == 0:
        page.click("#add")
    write(author, problem=PROBLEM)
    author.press("保存材料")
    expect(page.locator("#saved")).to_contain_text("保存")
    assert stored("cunguan").items[0].problem == PROBLEM

    author.context.set_offline(True)
    write(author, cause=CAUSE, measure=MEASURE)
    page.get_by_role("button", name="保存材料").last.click()
    expect(page.locator("#saved")).to_contain_text("内容已存在本机")
    author.shot("material-offline")
    assert stored("cunguan").items[0].measure == ""
    page.close()  # the phone is put away before the connection is back

    author.context.set_offline(False)
    author.complaints.clear()  # the browser itself reports the requests that were cut
    author.page = author.context.new_page()
    page = own_material(author, campaign, branch, "接着写")
    expect(page.locator("#local")).to_be_visible()
    author.shot("material-restore")
    with page.expect_response(lambda answer: answer.url.endswith("/save/")):
        page.click("#local-restore")
    expect(page.locator("#saved")).to_contain_text("已于")
    assert stored("cunguan").items[0].measure == MEASURE
    assert stored("cunguan").items[0].cause == CAUSE
    hand_in(author)

    reviewer = visitor(phone=True, username="lao-shuji")
    review(reviewer, "退回", remark=REMARK)
    assert Material.objects.get().status == MaterialStatus.RETURNED

    page = own_material(author, campaign, branch, "按意见修改")
    assert REMARK in page.inner_text("main")
    author.shot("material-returned")
    write(author, measure=f"{MEASURE}{LATER}")
    hand_in(author)

    review(reviewer, "通过")
    material = Material.objects.get()
    assert material.status == MaterialStatus.PASSED
    assert material.versions.count() == 2
    assert [slot.decision for v in material.versions.order_by("number") for slot in v.slots.all()] == [
        "returned",
        "passed",
    ]
    assert Paper.loads(material.versions.first().content).items[0].measure.endswith(LATER)  # type: ignore[union-attr]
    assert User.objects.filter(username="cunguan", appointments__isnull=True).exists()


def hand_in(author: Visitor) -> None:
    """Look through everything once, then hand in: too short is only said."""
    page = author.page
    page.get_by_role("button", name="写好了，去检查").click()
    page.wait_for_url(lambda url: "/check/" in url)
    author.shot("material-check")
    for box in page.locator("main form input[type=checkbox]").all():
        box.check()
    author.press("提交审核")


def review(reviewer: Visitor, button: str, remark: str = "") -> None:
    """The first material of the desk: a remark at a paragraph, the checklist, then pass or return."""
    page = reviewer.open("/members/reviews/")
    reviewer.shot("reviews-phone")
    reviewer.press("从等得最久的开始审")
    if remark:
        page.locator("#paper").get_by_role("button", name="批注").first.click()
        page.fill("#id_remark", remark)
        page.get_by_role("button", name="存批注").click()
        expect(page.locator("#paper")).to_contain_text(remark)
    for name in {box.get_attribute("name") for box in page.locator("main input[type=radio]").all()}:
        page.locator(f"main input[type=radio][name='{name}']").first.check()
    reviewer.shot("review-phone" if remark else "review-phone-second")
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state("networkidle")


def test_a_wide_page_shows_what_is_behind(
    visitor: NewVisitor, branch: Organization, campaign: Campaign
) -> None:
    clerk = visitor(username="lao-shuji")
    for topic in ("opinions", "materials"):
        page = clerk.open(f"/members/{topic}/{campaign.slug}/{branch.pk}/")
        assert branch.short_name in page.inner_text("main")
        clerk.shot(topic)
        clerk.phone_shot(f"{topic}-phone")
