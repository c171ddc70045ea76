"""The pages of a report: asked or not, drafted, written, marked where a number has changed, sent on, printed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from branches.models import Campaign, StepMark, User
from branches.rules import Clause
from config.home.report.page import longest
from config.home.standings import Standings
from meetings.models import Report
from members.models import StudySession
from tests.conftest import Tree
from tests.factories.meetings import MeetingFactory
from tests.factories.reports import report_of, reporting

ClientOf = Callable[[User], Client]


@pytest.fixture
def asking(tree: Tree) -> Campaign:
    """A campaign of the township that asks for a report within days of the meeting."""
    return reporting(tree.township, report_days_after=15, study_list=["党章"])


@pytest.fixture
def vetting(tree: Tree) -> Campaign:
    """One where the supervisors review it first, and two offices get it."""
    return reporting(
        tree.township,
        "vetting",
        report_reviewer="supervisors",
        report_recipients=["上一级党组织", "上级纪委"],
        report_attachments=["summary_form", "rectification_list"],
    )


def at(campaign: Campaign, tree: Tree, page: str = "report", /, **more: Any) -> str:
    return reverse(page, kwargs={"slug": campaign.slug, "pk": tree.village.pk, **more})


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def typed(report: Report, **more: str) -> dict[str, str]:
    """What the form of a report posts."""
    return {
        "revision": str(report.revision),
        "title": report.title,
        "before": "组织集中学习〔学习次数〕次。",
        "next": "每月走完一个组。",
        **more,
    }


def test_where_the_rules_ask_for_none_the_page_says_so_and_nothing_can_be_begun(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    campaign = reporting(tree.township, report="none")
    client = client_of(secretary)
    page = text(client.get(at(campaign, tree)))
    assert "这项活动不要求写总结报告" in page
    assert "起草报告" not in page
    answer = client.post(at(campaign, tree, "report_begin"), follow=True)
    assert "不要求报告" in text(answer)
    assert not Report.objects.exists()
    assert client.get(at(campaign, tree, "report_edit")).status_code == 404
    assert client.get(at(campaign, tree, "report_file", ending="pdf")).status_code == 404


def test_the_secretary_gets_a_draft_with_every_number_and_hands_it_in(
    tree: Tree, asking: Campaign, secretary: User, township: User, client_of: ClientOf
) -> None:
    StudySession.objects.create(campaign=asking, organization=tree.village, held_on=timezone.localdate())
    client = client_of(secretary)
    assert "起草报告" in text(client.get(at(asking, tree)))
    edit = text(client.post(at(asking, tree, "report_begin"), follow=True))
    assert "组织集中学习〔学习次数〕次" in edit
    report = Report.objects.get()
    page = text(client.get(at(asking, tree)))
    assert "组织集中学习1次" in page
    assert "还没有写：五、下一步" in page
    assert ">上报<" not in page
    data = {section["key"]: section["text"] for section in report.sections} | {"next": "每月走完一个组。"}
    saved = client.post(at(asking, tree, "report_edit"), {"revision": "0", "title": report.title, **data})
    assert saved.status_code == 302
    page = text(client.get(at(asking, tree)))
    assert ">上报<" in page
    done = text(client.post(at(asking, tree, "report_step", name="submit"), {"revision": "1"}, follow=True))
    assert "报告已上报" in done
    assert "已上报" in text(client_of(township).get(at(asking, tree)))


def test_a_number_that_changed_is_marked_and_never_rewritten(
    tree: Tree, asking: Campaign, secretary: User, client_of: ClientOf
) -> None:
    report_of(asking, tree.village, secretary)
    for _ in range(2):
        StudySession.objects.create(campaign=asking, organization=tree.village, held_on=timezone.localdate())
    client = client_of(secretary)
    page = text(client.get(at(asking, tree)))
    assert "<b>学习次数</b>：报告写的是 3，现在是 2" in page
    assert "组织集中学习3次" in page
    assert Report.objects.get().numbers["study_times"] == "3"
    taken = text(client.post(at(asking, tree, "report_take"), {"key": "study_times"}, follow=True))
    assert "已采用新数，文字没有动" in taken
    assert "组织集中学习2次" in taken
    assert "报告写的是" not in taken


def test_all_numbers_are_taken_over_at_once(
    tree: Tree, asking: Campaign, secretary: User, client_of: ClientOf
) -> None:
    report_of(asking, tree.village, secretary)
    client_of(secretary).post(at(asking, tree, "report_take"))
    assert Report.objects.get().numbers["study_times"] == "0"


def test_a_report_that_is_out_keeps_its_numbers_and_says_so(
    tree: Tree, asking: Campaign, secretary: User, client_of: ClientOf
) -> None:
    report_of(asking, tree.village, secretary, stage="submitted")
    client = client_of(secretary)
    page = text(client.get(at(asking, tree)))
    assert "报告已经交出去，数不会自己变" in page
    assert "采用新数" not in page
    refused = text(client.post(at(asking, tree, "report_take"), {"key": "study_times"}, follow=True))
    assert "不能直接修改" in refused
    assert Report.objects.get().numbers["study_times"] == "3"
    assert client.get(at(asking, tree, "report_edit")).status_code == 302


def test_two_who_write_at_once_both_see_what_is_saved(
    tree: Tree, asking: Campaign, secretary: User, organizer: User, client_of: ClientOf
) -> None:
    report = report_of(asking, tree.village, secretary)
    first = client_of(secretary).post(at(asking, tree, "report_edit"), typed(report, next="年底前办完。"))
    assert first.status_code == 302
    client = client_of(organizer)
    second = text(client.post(at(asking, tree, "report_edit"), typed(report, next="明年春天办完。")))
    assert "刚才另有一位同志保存了这份报告" in second
    assert "明年春天办完。" in second
    assert "年底前办完。" in second
    assert 'name="revision" value="1"' in second
    fresh = typed(Report.objects.get(), next="明年春天办完。")
    assert client.post(at(asking, tree, "report_edit"), fresh).status_code == 302
    assert Report.objects.get().sections[1]["text"] == "明年春天办完。"


def test_an_unknown_place_is_pointed_out_and_nothing_typed_is_lost(
    tree: Tree, asking: Campaign, secretary: User, client_of: ClientOf
) -> None:
    report = report_of(asking, tree.village, secretary)
    client = client_of(secretary)
    client.post(at(asking, tree, "report_edit"), typed(report, before="学习〔学几次〕次。"))
    page = text(client.get(at(asking, tree)))
    assert "认不出的数：〔学几次〕" in page
    refused = text(
        client.post(at(asking, tree, "report_step", name="submit"), {"revision": "1"}, follow=True)
    )
    assert "请改正以后再报" in refused
    assert "学习〔学几次〕次。" in text(client.get(at(asking, tree, "report_edit")))


def test_an_empty_title_is_refused_and_the_text_stays(
    tree: Tree, asking: Campaign, secretary: User, client_of: ClientOf
) -> None:
    report = report_of(asking, tree.village, secretary)
    page = text(
        client_of(secretary).post(at(asking, tree, "report_edit"), typed(report, title="", next="我写的话。"))
    )
    assert "我写的话。" in page
    assert "错误：" in page


def test_a_part_is_drafted_again_without_losing_the_rest(
    tree: Tree, asking: Campaign, secretary: User, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    client.post(at(asking, tree, "report_begin"))
    report = Report.objects.get()
    page = text(
        client.post(
            at(asking, tree, "report_edit"),
            typed(report, before="我删掉了。", next="我写的话。", redraft="before"),
        )
    )
    assert "换成了系统现在拟的文字" in page
    assert "我写的话。" in page
    assert "我删掉了。" not in page
    assert "组织集中学习〔学习次数〕次" in page
    assert Report.objects.get().revision == 0


def test_supervisors_review_return_and_let_it_go(
    tree: Tree, vetting: Campaign, secretary: User, supervisor: User, client_of: ClientOf
) -> None:
    report_of(vetting, tree.village, secretary)
    own, other = client_of(secretary), client_of(supervisor)
    page = text(own.get(at(vetting, tree)))
    assert "送督导组审阅" in page
    assert ">上报<" not in page
    own.post(at(vetting, tree, "report_step", name="send_to_review"), {"revision": "0"})
    assert "审阅通过" in text(other.get(at(vetting, tree)))
    wanting = text(other.post(at(vetting, tree, "report_step", name="send_back"), {"note": " "}))
    assert "请写明退回的原因" in wanting
    other.post(at(vetting, tree, "report_step", name="send_back"), {"note": "没有写日期。"})
    assert "没有写日期。" in text(own.get(at(vetting, tree)))
    own.post(at(vetting, tree, "report_step", name="send_to_review"), {"revision": "0"})
    other.post(at(vetting, tree, "report_step", name="review"), {"revision": "0"})
    assert "督导组已审阅" in text(own.get(at(vetting, tree)))
    own.post(at(vetting, tree, "report_step", name="submit"), {"revision": "0"})
    assert Report.objects.get().status == "submitted"


def test_what_was_read_and_what_is_there_must_be_the_same(
    tree: Tree, asking: Campaign, secretary: User, client_of: ClientOf
) -> None:
    report_of(asking, tree.village, secretary)
    client = client_of(secretary)
    for seen in ("7", "x", "9" * 20):
        page = text(
            client.post(at(asking, tree, "report_step", name="submit"), {"revision": seen}, follow=True)
        )
        assert "请按现在的内容再看一遍" in page
    assert client.post(at(asking, tree, "report_step", name="nothing")).status_code == 404


def test_taken_back_and_returned_by_the_superior(
    tree: Tree, asking: Campaign, secretary: User, township: User, client_of: ClientOf
) -> None:
    report_of(asking, tree.village, secretary, stage="submitted")
    client_of(secretary).post(at(asking, tree, "report_step", name="withdraw"))
    assert Report.objects.get().status == "draft"
    client_of(secretary).post(at(asking, tree, "report_step", name="submit"), {"revision": "0"})
    client_of(township).post(at(asking, tree, "report_step", name="return"), {"note": "没有附汇总表。"})
    assert Report.objects.get().status == "returned"
    assert "没有附汇总表。" in text(client_of(secretary).get(at(asking, tree)))


def test_every_receiver_is_noted_with_a_day(
    tree: Tree, vetting: Campaign, secretary: User, supervisor: User, township: User, client_of: ClientOf
) -> None:
    report = report_of(vetting, tree.village, secretary, reviewer=supervisor, stage="submitted")
    here, outside = report.recipients.all()
    today = timezone.localdate().isoformat()
    office = client_of(township)
    wanting = text(office.post(at(vetting, tree, "report_receive", recipient=here.pk), {"on": "昨天"}))
    assert "错误：" in wanting
    other = office.post(at(vetting, tree, "report_receive", recipient=outside.pk), {"on": today})
    assert other.status_code == 403
    got = office.post(at(vetting, tree, "report_receive", recipient=here.pk), {"on": today, "list": "1"})
    assert got["Location"] == reverse("reports", args=[vetting.slug])
    page = text(
        client_of(secretary).post(
            at(vetting, tree, "report_receive", recipient=outside.pk), {"on": today}, follow=True
        )
    )
    assert "报送单位都已收到" in page


def test_the_paper_has_layout_receivers_attachments_and_signature(
    tree: Tree, vetting: Campaign, secretary: User, client_of: ClientOf
) -> None:
    report_of(vetting, tree.village, secretary)
    client = client_of(secretary)
    answer = client.get(at(vetting, tree, "report_file", ending="docx"))
    lines = [line.text for line in docx.Document(io.BytesIO(answer.content)).paragraphs if line.text]
    today = timezone.localdate()
    assert lines == [
        "新河村党支部的专项报告",
        "青石镇党委、上级纪委：",
        "一、会前准备",
        "组织集中学习3次。",
        "二、下一步",
        "每月走完一个组。",
        "附件：1. 民主评议党员测评汇总表",
        "　　　2. 整改台账",
        "新河村党支部",
        f"{today.year}年{today.month}月{today.day}日",
    ]
    answer = client.get(at(vetting, tree, "report_file", ending="pdf"))
    printed = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "组织集中学习3次" in printed
    assert client.get(at(vetting, tree, "report_file", ending="xlsx")).status_code == 404


def test_one_attachment_has_no_number(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    campaign = reporting(tree.township, report_attachments=["summary_form"])
    report_of(campaign, tree.village, secretary)
    answer = client_of(secretary).get(at(campaign, tree, "report_file", ending="docx"))
    lines = [line.text for line in docx.Document(io.BytesIO(answer.content)).paragraphs]
    assert "附件：民主评议党员测评汇总表" in lines


def test_the_day_it_is_due_stands_on_the_page_with_the_remainder(
    tree: Tree, asking: Campaign, secretary: User, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    assert "日内上报" in text(client.get(at(asking, tree)))
    MeetingFactory.create(
        organization=tree.village, campaign=asking, status="closed", starts_at=timezone.now()
    )
    StepMark.objects.create(
        campaign=asking, organization=tree.village, step="committee_meeting", done_on=timezone.localdate()
    )
    asking.rule_set()
    fixed = reporting(tree.township, "fixed", report_due=timezone.localdate().isoformat())
    assert "今天到期" in text(client.get(at(fixed, tree)))


def test_handing_in_does_the_step_and_a_tick_by_hand_does_it_too(
    tree: Tree, asking: Campaign, secretary: User, township: User, client_of: ClientOf
) -> None:
    def word() -> tuple[str, bool]:
        here = asking.organizations().filter(pk=tree.village.pk)
        row = Standings.of(asking, here, timezone.localdate()).rows[tree.village.pk]
        found = next(standing for standing in row if standing.step.key == "report")
        return found.word, found.state == "done"

    mark = StepMark.objects.create(
        campaign=asking, organization=tree.village, step="report", done_on=timezone.localdate()
    )
    assert word()[1]
    report_of(asking, tree.village, secretary)
    assert word()[1]
    report_of(asking, tree.village, secretary, stage="submitted")
    assert word() == ("已上报", True)
    client_of(township).post(at(asking, tree, "report_step", name="return"), {"note": "没有附汇总表。"})
    assert not word()[1]
    mark.delete()
    assert not word()[1]


def test_the_step_leads_to_the_page(
    tree: Tree, asking: Campaign, secretary: User, client_of: ClientOf
) -> None:
    page = text(client_of(secretary).get(reverse("org_steps", args=[asking.slug, tree.village.pk])))
    assert at(asking, tree) in page


def test_readers_see_no_button_and_others_no_page(
    tree: Tree,
    asking: Campaign,
    secretary: User,
    supervisor: User,
    stranger: User,
    member: User,
    client_of: ClientOf,
) -> None:
    report_of(asking, tree.village, secretary)
    page = text(client_of(supervisor).get(at(asking, tree)))
    assert "修改报告" not in page
    assert "审阅通过" not in page
    assert "报告还没有报来" in page
    assert "每月走完一个组" not in page
    report_of(asking, tree.village, secretary, stage="submitted")
    assert "每月走完一个组" in text(client_of(supervisor).get(at(asking, tree)))
    for person in (stranger, member):
        assert client_of(person).get(at(asking, tree)).status_code == 404
    assert client_of(supervisor).post(at(asking, tree, "report_begin")).status_code == 403


def test_numbers_that_are_not_on_record_are_pointed_out_but_hinder_nobody(
    tree: Tree, asking: Campaign, secretary: User, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    client.post(at(asking, tree, "report_begin"))
    report = Report.objects.get()
    page = text(client.get(at(asking, tree)))
    assert "这些数系统里没有登记：" in page
    assert "会议日期" in page
    client.post(
        at(asking, tree, "report_edit"), typed(report, held="8月20日开了党员大会。", review="已经测评。")
    )
    page = text(client.get(at(asking, tree)))
    assert "这些数系统里没有登记：" not in page


def test_a_clause_that_stands_in_another_is_said_once() -> None:
    short, long = Clause("要进行总结，报上一级党组织。", ""), Clause("会后要进行总结，报上一级党组织。", "")
    assert longest([short, long, short]) == (long,)
