"""From the certified tally to the closed campaign in a browser: assessment, forms, feedback, an objection, help, closing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from branches.models import Campaign, Role
from evaluations.models import AssessmentSheet, AssessmentStatus, Feedback, FeedbackStatus, HelpPlan
from meetings.models import Meeting
from tests.browser.conftest import PHONE, Visitor, give_password, sheet_shot
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, account_of, evening

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]
# Three of six are of the best grade, a third is two; one is helped.
GRADES = ("优秀", "优秀", "优秀", "合格", "基本合格", "合格")
REASON = "年内承担防汛抢险，连续奋战十余天，表现突出的人多。"
MEASURES = "每月谈心一次，结对帮办一件实事，学会用手机参加学习。"
OBJECTION = "两次没有到会都请过假，有记录。"
ANSWER = "核对了请假登记，请假属实；评定主要看全年学习情况，经研究维持原评定。"


@pytest.fixture
def made() -> Evening:
    """A certified ballot of six, one more on probation; the meeting was held today."""
    found = evening("certified", members=len(GRADES), probationary=1)
    Meeting.objects.filter(pk=found.meeting.pk).update(starts_at=timezone.now())
    return found


def sentence(name: str) -> str:
    """An opinion that belongs to this member alone."""
    return f"{name}按时参加组织生活，肯为邻里出力；学习还要抓紧。"


def write_all(clerk: Visitor, made: Evening) -> AssessmentSheet:
    """Begin from the certified result and write one member after the other."""
    page = clerk.open(reverse("evaluations:result", args=[made.ballot.pk]))
    clerk.press("办理组织评定")
    clerk.press("开始组织评定")
    expect(page.get_by_role("heading", name=f"还有 {len(GRADES)} 人没有写好")).to_be_visible()
    sheet = AssessmentSheet.objects.get()
    rows, grades = list(sheet.assessments.all()), iter(GRADES)
    page.get_by_role("link", name=f"填写{rows[0].name}的评定意见").click()
    for row in rows:
        expect(page.get_by_role("heading", name=row.name, exact=True)).to_be_visible()
        expect(page.locator("input[type=radio]:checked")).to_have_count(0)
        if row.graded:
            page.get_by_label("评定意见").fill(sentence(row.name))
            page.get_by_label(next(grades), exact=True).check()
        if row == rows[0]:
            clerk.shot("assessment-row")
        page.get_by_role("button", name="返回评定表" if row == rows[-1] else "保存并到下一名").click()
    expect(page.get_by_role("heading", name="请会议研究决定")).to_be_visible()
    return sheet


def decide(clerk: Visitor, above: Visitor, made: Evening, sheet: AssessmentSheet) -> None:
    """The meeting's decision is one over the cap; the superior confirms."""
    page = clerk.page
    clerk.press("登记评定结果…")
    expect(page.get_by_text("超过 1 人").first).to_be_visible()
    page.locator("input[name=meeting]").first.check()
    page.get_by_label("超过优秀比例的理由").fill(REASON)
    clerk.shot("assessment-decide")
    page.get_by_label("超过优秀比例的理由").fill("")
    clerk.press("登记评定结果", exact=True)
    expect(page.get_by_text("请填写超过优秀比例的理由").first).to_be_visible()
    page.get_by_label("超过优秀比例的理由").fill(REASON)
    clerk.press("登记评定结果", exact=True)
    expect(page.get_by_role("heading", name="等上级确认")).to_be_visible()
    above.open("/")
    waiting = above.page.locator(".note").filter(has_text="组织评定超过优秀比例，等您确认或退回")
    waiting.get_by_role("link", name=made.organization.short_name).click()
    expect(above.page.get_by_text(REASON)).to_be_visible()
    above.page.get_by_label("上级意见").fill("情况属实，同意。")
    above.press("确认，评定生效")
    sheet.refresh_from_db()
    assert sheet.status == AssessmentStatus.EFFECTIVE


def print_forms(clerk: Visitor, sheet: AssessmentSheet, name: str, folder: Path) -> None:
    """One member's form, as the branch prints it."""
    page = clerk.open(reverse("evaluations:assessment", args=[sheet.pk]))
    expect(page.get_by_role("heading", name="下一步：逐人反馈")).to_be_visible()
    clerk.press("打印民主评议登记表")
    with page.expect_download() as expected:
        page.get_by_role("button", name=f"{name}的登记表，PDF").click()
    file = folder / "form.pdf"
    expected.value.save_as(file)
    content = file.read_bytes()
    words = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    assert name in words
    assert "基本合格" in words
    sheet_shot("registration-sheet", content)
    clerk.open(reverse("evaluations:assessment", args=[sheet.pk]))
    clerk.press("照填页")
    expect(page.get_by_label("优秀", exact=True)).to_have_value(str(GRADES.count("优秀")))
    clerk.shot("retype")


def tell(clerk: Visitor, sheet: AssessmentSheet, names: list[str]) -> None:
    """Note an evening of talks with these members in one go."""
    page = clerk.open(reverse("evaluations:assessment", args=[sheet.pk]))
    clerk.press("登记反馈")
    for name in names:
        page.get_by_label(name, exact=True).check()
    if len(names) > 1:
        clerk.shot("feedback")
    clerk.press("登记反馈")
    expect(page.get_by_text(f"已登记向 {len(names)} 人反馈。")).to_be_visible()


def object_to(own: Visitor, name: str, others: list[str], teller: str) -> None:
    """The member sees the own page, who told it and nothing of the others, and objects."""
    page = own.page
    own.press("我的评议结果")
    expect(page.get_by_text(sentence(name))).to_be_visible()
    own.shot("own-result-phone")
    seen = page.locator("main").inner_text()
    assert not [one for one in others if sentence(one) in seen or (one in seen and one != teller)]
    page.get_by_text("我有异议").click()
    page.get_by_label("异议", exact=True).fill(OBJECTION)
    own.press("提出异议")
    expect(page.get_by_text("支部正在研究，会给您答复。")).to_be_visible()


def refused(own: Visitor, made: Evening, sheet: AssessmentSheet) -> None:
    """The pages of the branch are closed to a member without a post."""
    for name, key in (
        ("assessment", sheet.pk),
        ("feedback", sheet.pk),
        ("registration", sheet.pk),
        ("retype", sheet.pk),
        ("follow_up", made.organization.pk),
    ):
        address = reverse(f"evaluations:{name}", args=[key])
        assert own.context.request.get(own.base + address).status in (403, 404), name


def answer(clerk: Visitor, sheet: AssessmentSheet, own: Visitor) -> None:
    """The secretary finds the objection in the list and answers; the member reads it."""
    page = clerk.open(reverse("evaluations:feedback", args=[sheet.pk]))
    expect(page.get_by_text("人有异议，等答复")).to_be_visible()
    clerk.press("答复", exact=True)
    expect(page.get_by_text(OBJECTION)).to_be_visible()
    page.get_by_label("答复", exact=True).fill(ANSWER)
    clerk.shot("feedback-answer")
    clerk.press("维持原评定，答复本人")
    expect(page.get_by_text("已答复。")).to_be_visible()
    own.open(reverse("evaluations:own_result"))
    expect(own.page.get_by_text(ANSWER)).to_be_visible()


def help_plan(clerk: Visitor, name: str) -> None:
    """What helps the member of the last grade but one, by whom and until when."""
    page = clerk.open("/")
    clerk.press("帮扶和处置")
    clerk.press(name, exact=True)
    page.get_by_label("帮扶措施").fill(MEASURES)
    page.get_by_label("帮扶人").fill("王桂兰")
    soon = timezone.localdate() + datetime.timedelta(days=90)
    page.get_by_label("回访日期").fill(soon.isoformat())
    clerk.shot("help-plan")
    clerk.press("定下帮扶计划")
    expect(page.get_by_text("已定下帮扶计划，回访以前会提醒。")).to_be_visible()
    assert HelpPlan.objects.get().measures == MEASURES


def close(above: Visitor, campaign: Campaign) -> None:
    """Press the end of the campaign."""
    page = above.open(reverse("branches:campaign", args=[campaign.slug]))
    page.get_by_text("结束活动").click()
    above.press("结束这个活动")


def see_summary(above: Visitor, made: Evening) -> None:
    """The summary with grades has the branch with its numbers, and nobody's name."""
    page = above.open(reverse("evaluations:rollups"))
    above.press(made.campaign.name)
    above.press("评定等次汇总")
    row = page.get_by_role("row").filter(has_text=made.organization.short_name)
    numbers = [cell.inner_text() for cell in row.first.get_by_role("cell").all()]
    above.shot("graded")
    counts = [str(GRADES.count(grade)) for grade in ("优秀", "合格", "基本合格", "不合格")]
    assert numbers[7:15:2] == counts
    shown = page.locator("main").inner_text()
    assert not [one.name for one in made.people if one.name in shown]


def test_from_the_certified_tally_to_the_closed_campaign(
    visitor: NewVisitor, made: Evening, tmp_path: Path
) -> None:
    campaign, office = made.campaign, account_with(Role.OFFICE, made.campaign.issuer)
    give_password(made.secretary, office)
    clerk = visitor(username=made.secretary.username)
    above = visitor(username=office.username)
    sheet = write_all(clerk, made)
    decide(clerk, above, made, sheet)
    helped = sheet.assessments.get(grade="basic")
    print_forms(clerk, sheet, helped.name, tmp_path)
    others = [one.name for one in sheet.assessments.exclude(pk=helped.pk)]
    tell(clerk, sheet, [helped.name, *others[:-1]])
    member = account_of(helped.entry.member)
    give_password(member)
    own = visitor(phone=True, username=member.username)
    assert own.page.viewport_size == PHONE
    object_to(own, helped.name, others, made.secretary.full_name)
    refused(own, made, sheet)
    answer(clerk, sheet, own)
    help_plan(clerk, helped.name)
    close(above, campaign)
    refusal = above.page.get_by_text("活动不能结束", exact=False)
    expect(refusal).to_contain_text(f"{made.organization.short_name}（1 人还没有反馈）")
    above.shot("closing-refused")
    tell(clerk, sheet, others[-1:])
    assert not Feedback.objects.filter(status__in=(FeedbackStatus.OWED, FeedbackStatus.OBJECTED)).exists()
    close(above, campaign)
    expect(above.page.get_by_text("已结束").first).to_be_visible()
    assert Campaign.objects.get(pk=campaign.pk).status == "closed"
    see_summary(above, made)
