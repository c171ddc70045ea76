"""From the assessment in effect to the closed campaign: an evening of talks, an objection decided anew, a help plan."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from branches.models import Campaign, Role
from meetings.models import Meeting
from tests.browser.conftest import Visitor, give_password
from tests.factories.branches import account_with
from tests.factories.disposing import FACTS, case_of, plan_of
from tests.factories.following import followed, held_meeting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_objection_and_a_help_plan_on_the_way_to_the_closed_campaign(
    visitor: Callable[..., Visitor],
) -> None:
    made = followed(["excellent", "basic"], members=6)
    plan = plan_of(made)
    campaign = made.evening.campaign
    member, office = made.account(1), account_with(Role.OFFICE, campaign.issuer)
    give_password(made.secretary, member, office)
    later = held_meeting(made.evening)
    Meeting.objects.filter(pk=later.pk).update(starts_at=timezone.now())

    one = visitor(username=made.secretary.username)
    page = one.open(reverse("evaluations:feedback", args=[made.sheet.pk]))
    one.shot("following-owed")
    one.phone_shot("following-owed-phone")
    for box in page.locator("input[name=people]").all():
        box.check()
    one.press("登记反馈")
    expect(page.get_by_text("已登记向 6 人反馈。")).to_be_visible()

    own = visitor(phone=True, username=member.username)
    own.shot("following-home-phone")
    own.press("我的评议结果")
    own.shot("following-own-phone")
    own.page.get_by_text("我有异议").click()
    own.page.get_by_label("异议", exact=False).fill("两次缺席都请过假，有记录。")
    own.press("提出异议")
    own.shot("following-objected-phone")

    above = visitor(username=office.username)
    above.open(reverse("branches:campaign", args=[campaign.slug]))
    above.page.get_by_text("结束活动").click()
    above.press("结束这个活动")
    expect(above.page.get_by_text("活动不能结束", exact=False)).to_be_visible()
    above.shot("following-cannot-close")

    one.open(reverse("evaluations:feedback_one", args=[made.owed[1].pk]))
    one.shot("following-one")
    one.press("重新评定")
    one.shot("following-redecide")
    page.get_by_label("重新评定的会议").select_option(str(later.pk))
    page.get_by_label("评定意见").fill("核实请假记录，按时参加组织生活。")
    page.get_by_label("合格", exact=True).check()
    page.get_by_label("重新评定的理由").fill("请假记录属实")
    one.press("登记重新评定")
    expect(page.get_by_text("请再向本人反馈")).to_be_visible()
    one.press("反馈名单")
    page.locator("input[name=people]").first.check()
    one.press("登记反馈")
    own.open(reverse("evaluations:own_result"))
    own.press("我已知悉")
    own.shot("following-acknowledged-phone")

    above.open(reverse("branches:campaign", args=[campaign.slug]))
    above.page.get_by_text("结束活动").click()
    above.press("结束这个活动")
    assert Campaign.objects.get(pk=campaign.pk).status == "closed"
    assert not type(plan).objects.filter(pk=plan.pk).exists()  # 合格 now: nothing to help with


def test_help_goes_on_after_the_campaign_and_a_disposal_is_approved(visitor: Callable[..., Visitor]) -> None:
    made = followed(["excellent", "basic"], members=6)
    plan = plan_of(made)
    found = case_of(made, "submitted", row=2)
    proposed = case_of(made, row=3).case
    Campaign.objects.update(status="closed")
    give_password(made.secretary, found.office)
    one = visitor(username=made.secretary.username)
    one.open(reverse("evaluations:follow_up", args=[made.evening.organization.pk]))
    one.shot("following-list")
    one.phone_shot("following-list-phone")
    page = one.open(reverse("evaluations:help_plan", args=[plan.pk]))
    page.get_by_label("帮扶措施").fill("每月谈一次心，结对帮办一件实事。")
    page.get_by_label("帮扶人").fill("王桂兰")
    soon = timezone.localdate() + datetime.timedelta(days=90)
    page.get_by_label("回访日期").fill(soon.isoformat())
    one.shot("following-help")
    one.press("定下帮扶计划")
    expect(page.get_by_text("回访以前会提醒", exact=False)).to_be_visible()
    one.phone_shot("following-help-running-phone")
    one.open(reverse("evaluations:disposal", args=[proposed.pk]))
    one.shot("following-case")

    above = visitor(username=found.office.username)
    above.open(reverse("evaluations:disposals"))
    above.shot("following-waiting")
    above.open(reverse("evaluations:disposal", args=[found.case.pk]))
    above.shot("following-judge")
    above.phone_shot("following-judge-phone")
    above.page.get_by_label("起算日期").fill(made.evening.meeting.day.isoformat())
    above.page.get_by_label("期满日期").fill("")
    above.press("批准", exact=True)
    expect(above.page.get_by_text("已批准", exact=False).first).to_be_visible()
    above.open(
        reverse("evaluations:commend", args=[made.evening.campaign.slug, made.evening.campaign.issuer.pk])
    )
    above.shot("following-commend")
    assert FACTS not in above.page.content()
