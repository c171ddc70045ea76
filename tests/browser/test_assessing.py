"""From the certified result to the assessment: one member after the other, on a phone, then the meeting's decision."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from branches.models import Role
from evaluations.models import AssessmentSheet, AssessmentStatus
from meetings.models import Meeting
from tests.browser.conftest import PHONE, Visitor, give_password
from tests.factories.branches import account_with
from tests.factories.evaluations import evening

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_secretary_writes_everybody_on_a_phone_and_the_superior_confirms(
    visitor: Callable[..., Visitor],
) -> None:
    made = evening("certified", members=6, probationary=1)
    Meeting.objects.filter(pk=made.meeting.pk).update(starts_at=timezone.now())
    office = account_with(Role.OFFICE, made.campaign.issuer)
    give_password(made.secretary, office)
    one = visitor(username=made.secretary.username)
    page = one.open(reverse("evaluations:result", args=[made.ballot.pk]))
    one.shot("assessment-result")
    one.press("办理组织评定")
    one.shot("assessment-begin")
    one.press("开始组织评定")
    expect(page.get_by_text("还有 6 人没有写好")).to_be_visible()
    one.shot("assessment-draft")
    one.phone_shot("assessment-draft-phone")
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="填写", exact=False).first.click()
    one.shot("assessment-row-phone")
    sheet = AssessmentSheet.objects.get()
    graded = list(sheet.assessments.filter(graded=True))
    labels = ["优秀", "优秀", "优秀", "合格", "合格", "基本合格"]
    for row, label in zip(graded, labels, strict=True):
        one.open(reverse("evaluations:assessment_row", args=[sheet.pk, row.pk]))
        assert page.locator("input[type=radio]:checked").count() == 0
        page.get_by_label("评定意见").fill("按时参加组织生活，肯为邻里出力，学习还要抓紧。")
        page.get_by_label(label, exact=True).check()
        page.get_by_role("button", name="保存", exact=False).first.click()
        page.wait_for_load_state("networkidle")
    page.set_viewport_size({"width": 1366, "height": 900})
    one.open(reverse("evaluations:assessment_row", args=[sheet.pk, graded[0].pk]))
    one.shot("assessment-row")
    one.open(reverse("evaluations:assessment", args=[sheet.pk]))
    one.shot("assessment-written")
    one.press("登记评定结果…")
    page.get_by_label("超过优秀比例的理由").fill("年内承担防汛抢险，表现突出的人多。")
    page.locator("input[name=meeting]").first.check()
    one.shot("assessment-decide")
    one.phone_shot("assessment-decide-phone")
    one.press("登记评定结果", exact=True)
    expect(page.get_by_role("heading", name="等上级确认")).to_be_visible()
    above = visitor(username=office.username)
    above.open(reverse("evaluations:assessment", args=[sheet.pk]))
    above.press("确认或退回…")
    above.shot("assessment-confirm")
    above.phone_shot("assessment-confirm-phone")
    above.press("确认，评定生效")
    sheet.refresh_from_db()
    assert sheet.status == AssessmentStatus.EFFECTIVE
    one.open(reverse("evaluations:assessment", args=[sheet.pk]))
    one.shot("assessment-effective")
    one.press("登记反馈")
    one.shot("assessment-feedback")
