"""A supervisor's day on a phone: draw a sample, visit, finding, the branch's answer, the summary; and the office's pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from rectification.models import Finding, SupervisionSummary, Visit
from rectification.services import teams
from tests.browser.conftest import PHONE, Visitor, give_password, screens
from tests.conftest import build_tree
from tests.factories.meetings import MeetingFactory
from tests.factories.supervising import Watched, finding_of, visit_to, watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def narrow(one: Visitor) -> None:
    """Nothing of the page stands outside a phone's width, and everybody can use it."""
    width = one.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], (one.page.url, width)
    found = Axe().run(one.page).response["violations"]
    serious = [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")]
    assert not serious, (one.page.url, serious)


def ready() -> Watched:
    """A township with a team for the village branch, and a leader's linked point."""
    made = watched(build_tree())
    give_password(made.supervisor, made.secretary, made.township, made.leader)
    teams.save_team(
        team=None,
        version=0,
        campaign=made.campaign,
        sender=made.tree.township,
        kind="team",
        name="第一督导组",
        people=[teams.Person("李敏", "督导组", made.supervisor), teams.Person("韩秀英", "县委党校")],
        organizations=[made.tree.village],
        by=made.township,
    )
    MeetingFactory.create(organization=made.tree.village, campaign=made.campaign)
    return made


def test_a_supervisors_day_on_a_phone(visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    made = ready()
    one = visitor(phone=True, username=made.supervisor.username)
    one.press("今天的督导")
    narrow(one)
    one.shot("supervision-day-phone")
    one.press("随机抽取")
    page = one.page
    page.get_by_label("抽几个党组织").fill("1")
    page.get_by_text("抽取范围和种子").click()
    page.get_by_label("从哪个组负责的里面抽").select_option(label="青石镇第一督导组")
    page.get_by_label("随机数种子").fill("6-3-1")
    narrow(one)
    one.shot("supervision-draw-form-phone")
    one.press("抽取党组织")
    expect(page.get_by_text("从 1 个党组织中抽出 1 个。")).to_be_visible()
    page.get_by_text("自己怎样重抽一遍").click()
    narrow(one)
    one.shot("supervision-draw-phone")

    one.press("新河村支部")
    narrow(one)
    one.shot("supervision-plan-phone")
    one.press("安排督查", exact=True)
    expect(page.get_by_text("支部不知道", exact=False)).to_be_visible()
    page.get_by_text("看了哪些环节", exact=True).click()
    page.locator("input[name=steps]").first.check()
    page.get_by_label("看到的情况").fill("谈心谈话登记齐全，花名册还没有核定。")
    one.shot("supervision-visit-phone")
    one.press("登记已督查")
    page.get_by_label("建议", exact=True).check()
    page.get_by_label("内容").fill("请在会前核定评议花名册。")
    narrow(one)
    one.shot("supervision-finding-phone")
    one.press("反馈这一条")
    expect(page.get_by_text("已反馈给支部。")).to_be_visible()
    one.shot("supervision-found-phone")

    branch = visitor(phone=True, username=made.secretary.username)
    branch.shot("supervision-home-branch-phone")
    branch.press("看督查反馈")
    narrow(branch)
    branch.shot("supervision-branch-phone")
    branch.press("答复这一条")
    branch.page.get_by_label("答复", exact=True).fill("已于今天上午核定。")
    branch.shot("supervision-answer-phone")
    branch.press("答复这一条")
    expect(branch.page.get_by_text("已答复。")).to_be_visible()
    assert "李敏督查" not in branch.page.content()

    one.open(reverse("rectification:supervision", args=[made.campaign.slug]))
    narrow(one)
    one.shot("supervision-answered-phone")
    one.press("新河村支部：建议")
    one.press("办结这一条")
    page.get_by_label("办结情况").fill("已当面核实")
    one.press("办结这一条")
    one.press("办结这次督查")
    expect(page.get_by_text("已办结。")).to_be_visible()
    assert Visit.objects.get().status == "closed"

    one.open(reverse("rectification:supervision", args=[made.campaign.slug]))
    one.press("督查总结")
    one.press("起草青石镇的总结")
    narrow(one)
    one.shot("supervision-summary-phone")
    page.get_by_label("好的做法", exact=False).fill("谈心谈话登记齐全。")
    one.press("保存并定稿")
    expect(page.get_by_text("已定稿。")).to_be_visible()
    one.shot("supervision-summary-final-phone")
    file = one.download("下载 Word 文档", tmp_path)
    said = [line.text for line in docx.Document(str(file)).paragraphs]
    assert "谈心谈话登记齐全。" in said
    assert "请在会前核定评议花名册。" in said
    assert SupervisionSummary.objects.get().status == "final"


def test_the_offices_pages_at_a_desk(visitor: Callable[..., Visitor]) -> None:
    made = ready()
    point = teams.add_point(
        campaign=made.campaign,
        sender=made.tree.township,
        organization=made.tree.village,
        leader=teams.Person("郑国栋", "镇党委副书记", made.leader),
        from_on=timezone.localdate(),
        by=made.township,
    )
    visit_to(made, by=made.leader, point=point, steps=("plan", "study", "meeting"))
    redo = finding_of(made, kind="redo", text="民主评议流于形式，票没有当众开箱。")
    finding_of(made, kind="praise", text="党课联系实际，讲得好。")
    visit_to(made, place=made.tree.sibling)
    one = visitor(username=made.township.username)
    one.shot("supervision-home-office")
    one.press("今天的督导")
    one.shot("supervision-day")
    one.press("选一个支部去督查")
    one.shot("supervision-overview")
    one.phone_shot("supervision-overview-phone")
    one.press("督导力量和联系点")
    one.shot("supervision-teams")
    one.phone_shot("supervision-teams-phone")
    one.press("登记督导力量")
    one.shot("supervision-team-form")
    one.open(reverse("rectification:visit", args=[redo.visit_id]))
    one.shot("supervision-proposal")
    one.press("责令重新进行")
    assert one.page.url.endswith("/redo/")
    one.open(reverse("rectification:branch_visits", args=[made.campaign.slug, made.tree.village.pk]))
    one.page.get_by_text("登记把关").first.click()
    one.shot("supervision-branch-office")
    leader = visitor(phone=True, username=made.leader.username)
    leader.open(reverse("rectification:point", args=[point.pk]))
    narrow(leader)
    leader.shot("supervision-point-phone")
    assert Finding.objects.count() == 2
    assert screens().exists()
