"""The week before the meeting on phones: ten talks, a material written through a cut connection, its review."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from branches.models import Campaign, Organization, Role, User
from members.models import DuesMonth, Material, MaterialStatus, Member, SpotCheckItem, Talk
from members.rules.paper import Paper
from members.services.dues import pay_months
from members.services.opinion_pages import LEAST_SECONDS
from members.services.talk_grid import Grid
from tests.browser.conftest import Visitor, give_password
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import published_campaign
from tests.factories.members import MemberFactory
from tests.factories.opinions import ASKING
from tests.factories.preparing import MaterialFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]
TALKS = 10
OPINIONS = (
    "三组的排水沟一下雨就堵，反映过几回没有下文。",
    "排水沟堵了，水漫到院子里，盼着早点清。",
    "村务公开栏的字太小，老人看不清。",
)
MERGED = "三组排水沟经常堵塞，反映后长期没有清理。"
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
    head = wide.page.locator(".talks thead th").first
    name = head.locator("span").bounding_box()
    whole, size = head.bounding_box(), head.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    assert name is not None
    assert whole is not None
    assert name["height"] >= 3 * size, "three characters of a name stand below each other, whatever the font"
    assert whole["height"] >= name["height"]


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
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/edit/" in answer.url):
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


@pytest.fixture
def winter(tree: Tree, branch: Organization) -> Campaign:
    """By the rules of 新义村, with what else a notice may ask for: the net, checking, dues, a spot check."""
    asked = {**ASKING, "dues_ledger": True, "spot_check": True, "head_material": "list"}
    return published_campaign(tree.township, preset="xinyi_2018", rules=asked, slug="winter")


def show(visitor: Visitor, name: str, *words: str) -> None:
    """Keep pictures of the page, wide and on a phone, when it says what it has to."""
    text = visitor.page.inner_text("main")
    for word in words:
        assert word in text, (name, word)
    visitor.shot(name)
    visitor.phone_shot(f"{name}-phone")


def study(clerk: Visitor, place: str) -> None:
    """A session with two who could not come; material was brought to one of them."""
    page = clerk.open(f"/members/studies/{place}new/")
    for box in page.locator("input[name=present]").all()[:2]:
        box.uncheck()
    page.locator("input[name=topics]").first.check()
    show(clerk, "study-new", "不用照片，不用写心得")
    clerk.press("保存这次学习")
    page.locator("input[name=members]").first.check()
    clerk.press("登记送学")
    show(clerk, "study", "还没有送学的党员", "已经送学")


def open_page(clerk: Visitor, place: str) -> str:
    """A round by forms with three opinions typed in; its page for the masses is opened. Returns the address."""
    page = clerk.open(f"/members/opinions/{place}rounds/new/")
    page.select_option("#id_way", "form")
    page.fill("#id_scope", "村民代表、服务对象")
    page.fill("#id_forms_out", "20")
    page.fill("#id_forms_in", "18")
    clerk.press("保存", exact=True)
    page = clerk.open(f"/members/opinions/{place}")
    clerk.press("录入意见")
    for number, text in enumerate(OPINIONS):
        page.locator("textarea").nth(number).fill(text)
    clerk.press("保存意见")
    clerk.open(f"/members/opinions/{place}")
    clerk.press("网上意见页")
    clerk.press("开放网上意见页")
    show(clerk, "opinion-page-made", "只显示这一次")
    return page.inner_text("p.address").strip()


def compile_opinions(clerk: Visitor, place: str) -> None:
    """Two that say the same become one, which is true; nobody has answered it yet."""
    page = clerk.open(f"/members/opinions/{place}points/")
    for text in OPINIONS[:2]:
        page.locator("li", has_text=text).locator("input[name=keys]").check()
    page.fill("main #id_text", MERGED)
    show(clerk, "opinion-points", "还有 3 条没有归并")
    clerk.press("归并勾选的")
    clerk.press("其余各自单列")
    page.locator("li", has_text=MERGED).get_by_role("link", name="核实、修改").click()
    page.select_option("#id_verdict", "true")
    clerk.press("保存核实情况")
    clerk.open(f"/members/opinions/{place}")
    show(clerk, "opinions", "还没有回应的（1 条）", "属实")


def keep_dues(clerk: Visitor, branch: Organization) -> None:
    """What everybody pays is settled once; a month all paid together takes two taps; one is behind."""
    page = clerk.open(f"/members/dues/{branch.pk}/terms/?unset=1")
    page.select_option("#id_label", "农民")
    page.fill("#id_monthly", "1")
    page.fill("#id_since", f"{timezone.localdate():%Y}-01")
    clerk.press("保存", exact=True)
    today, people = timezone.localdate(), Member.objects.filter(organization=branch)
    months = [today.replace(month=number, day=1) for number in range(1, today.month)]
    pay_months(
        organization=branch,
        cells=[(one.pk, month) for one in people.exclude(name="王长庚") for month in months],
        paid_on=today,
        by=User.objects.get(username="lao-shuji"),
    )
    page = clerk.open(f"/members/dues/{branch.pk}/")
    page.locator(".picks").get_by_role("link", name=f"{today.month}月", exact=True).click()
    page.set_viewport_size({"width": 1366, "height": 1600})  # so that the bar stands below the table
    show(clerk, "dues", "党费台账", "每月")
    clerk.press("登记已交")
    paid = DuesMonth.objects.filter(member__organization=branch, month=today.replace(day=1))
    assert paid.count() == people.count() == TALKS + 2


def draw(clerk: Visitor, office: Visitor, here: str, town: str) -> None:
    """One material came on paper, others were written; the office above draws two of three."""
    clerk.open(f"/members/materials/{here}")
    clerk.press("收到纸质材料")
    clerk.press("登记收到")
    clerk.open(f"/members/materials/{here}")
    show(clerk, "materials", "不要求普通党员写材料", "已完成")
    office.open(f"/members/spot-checks/{town}")
    office.press("抽取材料")
    office.page.fill("#id_size", "2")
    office.press("开始抽取")
    show(office, "spot-check", "从 3 份中抽 2 份", "怎样证明是随机抽的")
    assert SpotCheckItem.objects.count() == 2


def portion_out(above: Visitor, tree: Tree) -> None:
    """The deputy of the township keeps in touch with the village."""
    post = account_with(Role.DEPUTY, tree.township).appointments.get()
    page = above.open(f"/posts/{post.pk}/portfolio/")
    page.locator("input[name=kind][value=liaison]").check()
    page.select_option("#id_organization", str(tree.village.pk))
    above.press("添加分工")
    show(above, "portfolio", "分工联系", tree.village.name)


def test_a_wide_page_shows_what_is_behind(
    visitor: NewVisitor, tree: Tree, branch: Organization, winter: Campaign
) -> None:
    here, town = f"{winter.slug}/{branch.pk}/", f"{winter.slug}/{tree.township.pk}/"
    for other in (tree.sibling, tree.mill):
        MaterialFactory.create(campaign=winter, organization=other, status=MaterialStatus.PASSED)
    give_password(
        account_with(Role.OFFICE, tree.township, username="dangjianban"),
        account_with(Role.OFFICE, tree.county, username="xianwei"),
    )
    clerk = visitor(username="lao-shuji")
    study(clerk, here)
    address = open_page(clerk, here)
    compile_opinions(clerk, here)
    keep_dues(clerk, branch)

    neighbour = visitor(phone=True)  # has no account, and gets no session
    neighbour.page.goto(address)
    neighbour.page.fill("textarea", "村口的路灯坏了两盏，晚上学生走着怕。")
    neighbour.shot("say-phone")
    neighbour.page.wait_for_timeout(LEAST_SECONDS * 1000 + 1100)
    neighbour.press("发送")
    assert "已经收到" in neighbour.page.inner_text("main")
    assert neighbour.context.cookies() == []

    office = visitor(username="dangjianban")
    office.open(f"/members/opinions/{here}moderation/")
    show(office, "moderation", "路灯坏了两盏")
    draw(clerk, office, here, town)
    portion_out(visitor(username="xianwei"), tree)
