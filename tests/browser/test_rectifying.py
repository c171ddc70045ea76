"""After the meeting: problems are taken over, marked on a phone, struck off; a report is linked; the superior looks on."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from branches.models import Role
from rectification.models import GivenReport, RectificationItem
from rectification.reports.ledger import Ledger
from rectification.reports.ledger_files import ledger_pdf
from rectification.services import corrections, items
from tests.browser.conftest import Visitor, give_password, sheet_shot
from tests.factories.branches import account_with
from tests.factories.opinions import OpinionPointFactory
from tests.factories.rectifying import Rectifying, rectifying

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = (
    ("流动党员联系少，有的半年没有人打过电话。", "masses", "每名流动党员定一名联系人，每月打一次电话。", 40),
    ("党员大会有时几个月才开一次，请假的不补课。", "self", "每季度第一个月5日开会，没到的一周内送学。", 60),
    ("学习念文件多、讨论少。", "talk", "每次留一半时间讨论，轮流领学。", None),
)


def branch() -> Rectifying:
    """A branch with three problems of the committee, one of a member, two promises and a meeting since."""
    made = rectifying(
        rules={
            "plan_gate": "none",
            "ballot_place": "none",
            "report_attachments": ["rectification_list"],
        },
        members=6,
        name="青石镇新河村党支部",
        short_name="新河村支部",
    )
    today = timezone.localdate()
    made.held(today - datetime.timedelta(days=100))
    made.held(today - datetime.timedelta(days=20))
    for problem, source, measures, days in TYPED:
        due = None if days is None else today + datetime.timedelta(days=days)
        term = "dated" if days else "lasting"
        made.item(problem, source=source, measures=measures, due_on=due, term=term, owner="刘德福")
    made.item("参加集体劳动少。", member=made.people[1], owner=made.people[1].name)
    for number in range(2):
        made.pledge(number)
    first = RectificationItem.objects.order_by("ordinal")[0]
    items.note_progress(item=first, on=today, text="联系人名单已定，打了 9 个电话。", by=made.secretary)
    return made


def test_problems_are_put_right_and_the_superior_looks_on(visitor: Callable[..., Visitor]) -> None:
    made = branch()
    OpinionPointFactory.create(**made.place, text="公开栏半年没有换过内容。", by_superior=True)
    office = account_with(Role.OFFICE, made.township)
    give_password(made.secretary, office)
    one = visitor(username=made.secretary.username)
    page = one.open(reverse("rectification:ledger", args=made.address))
    one.shot("rectification-ledger")
    one.press("从已有的材料列入")
    one.shot("rectification-pull")
    page.get_by_label("公开栏半年没有换过内容。", exact=False).check()
    page.get_by_label("整改时限", exact=False).fill(
        (timezone.localdate() + datetime.timedelta(days=9)).isoformat()
    )
    one.press("把打勾的列入整改事项")
    expect(page.get_by_text("已列入 1 条", exact=False)).to_be_visible()

    phone = visitor(phone=True, username=made.secretary.username)
    phone.open(reverse("rectification:marking", args=made.address))
    phone.shot("rectification-marking-phone")
    phone.page.get_by_role("button", name="今天办完了").first.click()
    expect(phone.page.get_by_text("已登记办完", exact=False)).to_be_visible()
    assert RectificationItem.objects.filter(status="done").count() == 1

    page = one.open(reverse("rectification:reports", args=made.address))
    page.get_by_role("link", name="登记在哪次会上讲的").nth(1).click()
    one.shot("rectification-give")
    one.press("登记这次会议")
    expect(page.get_by_text("已登记。")).to_be_visible()
    one.shot("rectification-reports")
    assert GivenReport.objects.get().heard.count() == 2

    corrections.issue(
        **made.place, kind="correct", on=timezone.localdate(), text="第一条办得慢，请月底前办完。", by=office
    )
    above = visitor(username=office.username)
    above.open(reverse("rectification:overview", args=[made.campaign.slug]))
    above.shot("rectification-overview")
    above.press("新河村支部")
    expect(above.page.get_by_text("参加集体劳动少。")).to_have_count(0)
    above.shot("rectification-above")


def test_the_sheet_is_printed_across_with_the_first_responsible_person() -> None:
    made = branch()
    sheet_shot("rectification-sheet", ledger_pdf(Ledger.of(made.campaign, made.organization, made.secretary)))
