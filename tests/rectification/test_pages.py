"""Pages: what they show to whom, what is typed is never lost, files show the same, queries stay the same."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from branches.models import Campaign, Role, User
from config.home import reminders
from config.home.report.duty import DutyReport
from members.models import Member
from rectification.models import Commitment, Correction, GivenReport, PublicationKind, RectificationItem
from rectification.reports.ledger import Ledger
from rectification.services import items as s
from rectification.services.publication_sources import lines_for
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import account_of, published_campaign
from tests.factories.opinions import OpinionPointFactory
from tests.factories.rectifying import PROBLEM, Rectifying, cast_of, rectifying

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
OWN = "本人带头作用不够。"


def page(client: Client, name: str, *args: Any, query: str = "") -> str:
    """The text of a page that is shown."""
    answer = client.get(reverse(f"rectification:{name}", args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def post(client: Client, name: str, *args: Any, query: str = "", **data: Any) -> Any:
    """The answer to a form."""
    return client.post(reverse(f"rectification:{name}", args=args) + query, data)


def next_month() -> str:
    """A day to come, as a form sends it."""
    return (timezone.localdate() + datetime.timedelta(days=30)).isoformat()


def test_the_register_shows_rows_of_members_to_the_branch_and_numbers_to_the_superior(
    client_of: ClientOf,
) -> None:
    made = rectifying()
    made.item()
    made.item(OWN, member=made.people[1])
    withdrawn = made.item("写重了的一条。")
    s.withdraw(item=withdrawn, note="重复", by=made.secretary)
    own = page(client_of(made.secretary), "ledger", *made.address)
    assert all(
        text in own for text in (PROBLEM, OWN, "整改第一责任人", "刘德福", "写重了的一条。", "登记整改进展")
    )
    above = page(client_of(account_with(Role.OFFICE, made.township)), "ledger", *made.address)
    assert PROBLEM in above
    assert OWN not in above
    assert "另有党员个人的整改 1 条" in above
    assert "登记整改进展" not in above
    assert "上级的批评纠正" in above


def test_a_problem_is_typed_and_comes_back_filled_when_something_is_missing(client_of: ClientOf) -> None:
    made = rectifying()
    client = client_of(made.secretary)
    typed = {"version": "0", "problem": "学习流于形式。", "term": "dated", "source": "talk"}
    answer = post(client, "item_new", *made.address, **typed)
    assert "请填整改时限" in answer.content.decode()
    assert "学习流于形式。" in answer.content.decode()
    answer = post(client, "item_new", *made.address, **typed, due_on=next_month())
    assert answer.status_code == 302
    item = RectificationItem.objects.get()
    assert (item.source, item.member, item.ordinal) == ("talk", None, 1)
    answer = post(client, "item", item.pk, **{**typed, "problem": "改过的。"}, due_on=next_month())
    assert answer.status_code == 302
    stale = post(client, "item", item.pk, **{**typed, "problem": "别人的话。"}, due_on=next_month())
    assert stale.status_code == 409
    assert "别人刚刚保存过" in stale.content.decode()
    assert "别人的话。" in stale.content.decode()
    assert 'name="version" value="1"' in stale.content.decode()
    bad = post(client, "item", item.pk, **{**typed, "version": "1", "problem": ""}, due_on=next_month())
    assert "请填写问题" in bad.content.decode()
    refused = post(client, "item", item.pk, **{**typed, "version": "1", "problem": "没有日子。"})
    assert "请填整改时限" in refused.content.decode()


def test_two_taps_on_a_phone_mark_an_item_done(client_of: ClientOf) -> None:
    made = rectifying()
    item = made.item()
    made.item("没有措施的一条。", measures="")
    client = client_of(made.secretary)
    shown = page(client, "marking", *made.address)
    assert shown.count("今天办完了") == 1
    assert "还没有写整改措施" in shown
    back = reverse("rectification:marking", args=made.address)
    answer = post(client, "item_step", item.pk, "begin_item", next=back)
    assert answer.headers["Location"] == back
    today = timezone.localdate().isoformat()
    answer = post(client, "item_step", item.pk, "finish_item", **{"finish_item-done_on": today, "next": back})
    assert answer.headers["Location"] == back
    assert RectificationItem.objects.get(pk=item.pk).status == "done"
    evil = post(client, "item_step", item.pk, "begin_item", next="https://evil.example/")
    assert evil.status_code == 200
    assert "不能再开始整改" in evil.content.decode()


def test_the_steps_of_an_item_are_taken_on_its_page(client_of: ClientOf) -> None:
    made = rectifying()
    item, today = made.item(), timezone.localdate().isoformat()
    client = client_of(made.secretary)
    words = "已经开了两次会。"
    post(client, "item_step", item.pk, "note", **{"note-on": today, "note-text": words})
    assert words in page(client, "item", item.pk)
    late = (timezone.localdate() + datetime.timedelta(days=2)).isoformat()
    kept = post(client, "item_step", item.pk, "note", **{"note-on": late, "note-text": "明天的话"})
    assert "明天的话" in kept.content.decode()
    post(client, "item_step", item.pk, "finish_item", **{"finish_item-done_on": today})
    shown = page(client, "item", item.pk)
    assert "党员评议" in shown
    assert "上级验收" not in shown
    office = client_of(account_with(Role.OFFICE, made.township))
    assert "上级验收" in page(office, "item", item.pk)
    verify = {"verify_item-verified_by": "masses", "verify_item-verified_on": today}
    post(client, "item_step", item.pk, "verify_item", **verify)
    post(client, "item_step", item.pk, "close_item")
    assert RectificationItem.objects.get(pk=item.pk).status == "closed"
    assert post(client, "item_step", item.pk, "nonsense").status_code == 404
    assert post(office, "item_step", item.pk, "close_item").status_code == 403


def test_what_stands_elsewhere_is_listed_by_a_button(client_of: ClientOf) -> None:
    made = rectifying(rules={"opinion_verdicts": True})
    client = client_of(made.secretary)
    assert "没有可以列入的" in page(client, "pull", *made.address)
    for text in ("公开栏旧了。", "路灯不亮。", "会开得少。"):
        OpinionPointFactory.create(**made.place, text=text, verdict="true")
    shown = page(client, "pull", *made.address)
    keys = [part.split('"')[0] for part in shown.split("?key=")[1:]]
    assert len(keys) == 3
    without = post(client, "pull", *made.address, keys=keys[:2], term="dated", due_on="")
    assert "请填整改时限" in without.content.decode()
    assert without.content.decode().count(" checked") >= 2
    assert post(client, "pull", *made.address, term="dated").content.decode().count("打勾") >= 1
    answer = post(client, "pull", *made.address, keys=keys[:2], term="dated", due_on=next_month())
    assert answer.status_code == 302
    one = page(client, "pull", *made.address, query=f"?key={keys[2]}")
    assert "列入整改事项" in one
    typed = {"version": "0", "problem": "改过再列。", "term": "lasting", "source": "masses"}
    kept = post(client, "pull", *made.address, query=f"?key={keys[2]}", **{**typed, "term": "dated"})
    assert "改过再列。" in kept.content.decode()
    assert post(client, "pull", *made.address, query=f"?key={keys[2]}", **typed).status_code == 302
    gone = client.get(reverse("rectification:pull", args=made.address) + f"?key={keys[2]}")
    assert gone.status_code == 404
    assert RectificationItem.objects.count() == 3


def test_files_show_the_rows_of_the_page_with_the_first_responsible_person(client_of: ClientOf) -> None:
    made = rectifying()
    made.item("=1+1", owner="王桂兰", leader="刘德福")
    made.item(OWN, member=made.people[1])
    client = client_of(made.secretary)
    url = reverse("rectification:ledger_file", args=[*made.address, "xlsx"])
    sheet = load_workbook(io.BytesIO(client.get(url).content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[2] == [
        "序号",
        "问题",
        "来源",
        "整改措施",
        "责任领导",
        "责任人",
        "整改时限",
        "进展",
        "完成情况",
        "备注",
    ]
    assert "整改第一责任人：刘德福" in str(rows[1][0])
    assert (rows[3][1], sheet["B4"].data_type, rows[3][4]) == ("=1+1", "s", "刘德福")
    assert rows[4][1] == OWN
    assert "签字" in str(rows[5][0])
    text = PdfReader(io.BytesIO(client.get(url.replace("xlsx", "pdf")).content)).pages[0].extract_text()
    assert "整改第一责任人" in text
    assert "签字" in text
    above = client_of(account_with(Role.OFFICE, made.township)).get(url)
    other = load_workbook(io.BytesIO(above.content)).active
    assert other is not None
    assert OWN not in [cell.value for row in other.iter_rows() for cell in row]
    assert client.get(url.replace("xlsx", "csv")).status_code == 404


def test_an_empty_register_prints_a_sheet_to_be_filled_by_hand(client_of: ClientOf) -> None:
    made = rectifying(preset="town_leadership_2014")
    page_ = Ledger.of(made.campaign, made.organization, made.secretary)
    assert page_.title.endswith("整改任务书（2026年度）")
    plain, asked = rectifying(), rectifying(rules={"report_attachments": ["rectification_list"]})
    assert Ledger.of(plain.campaign, plain.organization, plain.secretary).what == "整改事项"
    assert Ledger.of(asked.campaign, asked.organization, asked.secretary).what == "整改台账"
    url = reverse("rectification:ledger_file", args=[*made.address, "pdf"])
    pdf = client_of(made.secretary).get(url)
    assert "整改任务书" in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()


def test_what_may_be_made_public_has_no_names_and_no_rows_of_members() -> None:
    made = rectifying()
    item = made.item(owner="王桂兰", leader="刘德福", source_note="群众座谈会")
    s.note_progress(item=item, on=timezone.localdate(), text="赵文提醒过。", by=made.secretary)
    made.item(OWN, member=made.people[1])
    lines = lines_for(PublicationKind.MEASURES, campaign=made.campaign, organization=made.organization)
    assert lines[0] == f"1. {PROBLEM}"
    assert "推进中" in lines[1]
    assert len(lines) == 2
    assert not any(name in "".join(lines) for name in ("王桂兰", "刘德福", "赵文", OWN))


def test_names_in_a_problem_are_hidden_where_it_is_made_public() -> None:
    made = rectifying()
    made.item(f"{made.people[0].name}包的两户没有回访")
    made.item("办事大厅周六没有人值班")
    lines = lines_for(PublicationKind.MEASURES, campaign=made.campaign, organization=made.organization)
    assert [line[:2] for line in lines[::2]] == ["1.", "2."]
    assert made.people[0].name not in "".join(lines)


def test_the_secretarys_account_lists_how_the_committees_problems_stand(client_of: ClientOf) -> None:
    made = rectifying()
    made.item()
    made.item(OWN, member=made.people[1])
    shown = client_of(made.secretary).get(reverse("duty_report", args=made.address)).content.decode()
    assert PROBLEM in shown
    assert OWN not in shown
    assert "整改" in DutyReport.of(made.campaign, made.organization).to_write[0]
    assert DutyReport.of(made.campaign, made.organization).to_pdf().startswith(b"%PDF")
    other = rectifying(rules={"duty_report_includes": False})
    other.item()
    assert DutyReport.of(other.campaign, other.organization).rectified == ()


def test_a_member_writes_the_own_promise_and_finds_what_is_to_be_put_right(client_of: ClientOf) -> None:
    made = rectifying()
    own = account_of(made.people[1])
    client = client_of(own)
    assert "我的整改" not in client.get("/").content.decode()
    assert "写整改承诺" in page(client, "mine")
    place = [made.campaign.slug, made.people[1].pk]
    assert post(client, "commitment", *place, version="0", text="多入户。").status_code == 302
    assert post(client, "commitment", *place, version="1", text="").status_code == 200
    stale = post(client, "commitment", *place, version="0", text="另一句。")
    assert stale.status_code == 409
    assert "另一句。" in stale.content.decode()
    made.item(OWN, member=made.people[1])
    item = made.item(owner=made.people[1].name)
    shown = page(client, "mine")
    assert all(text in shown for text in ("多入户。", OWN, PROBLEM))
    assert "我的整改" in client.get("/").content.decode()
    assert "登记办完" in page(client, "item", item.pk)
    other = [made.campaign.slug, made.people[2].pk]
    assert client.get(reverse("rectification:commitment", args=other)).status_code == 404
    Campaign.objects.update(status="closed")
    assert "没有要您整改" in page(client_of(account_of(made.people[2])), "mine")


def test_a_clerk_copies_promises_and_settles_them(client_of: ClientOf) -> None:
    made = rectifying()
    client, place = client_of(made.secretary), [made.campaign.slug, made.people[0].pk]
    post(client, "commitment", *place, version="0", text="多入户。")
    one = Commitment.objects.get()
    assert "多入户。" in page(client, "commitments", *made.address)
    post(client, "commitment_step", one.pk, "fulfil_pledge")
    refused = post(client, "commitment", *place, version="1", text="再改。")
    assert "再改。" in refused.content.decode()
    again = post(client, "commitment_step", one.pk, "fulfil_pledge")
    assert "不能再登记已兑现" in again.content.decode()
    post(client, "commitment_step", one.pk, "resume_pledge")
    kept = post(client, "commitment_step", one.pk, "withdraw_pledge", **{"withdraw_pledge-note": ""})
    assert "请填写原因" in kept.content.decode()
    assert post(client, "commitment_step", one.pk, "nonsense").status_code == 404
    member = Member.objects.get(pk=made.people[0].pk)
    elsewhere = rectifying().campaign
    wrong = client.get(reverse("rectification:commitment", args=[elsewhere.slug, member.pk]))
    assert wrong.status_code == 404


def test_a_meeting_is_linked_with_one_click_and_the_link_taken_back(client_of: ClientOf) -> None:
    made = rectifying(rules={"plan_gate": "none", "ballot_place": "none"})
    today = timezone.localdate()
    made.held(today - datetime.timedelta(days=200))
    made.held(today - datetime.timedelta(days=20))
    one = made.pledge(0)
    client = client_of(made.secretary)
    shown = page(client, "reports", *made.address)
    assert "会后半年内" not in shown
    form = page(client, "report_give", *made.address, "pledges", 1)
    assert "checked" in form
    key = form.split('name="meeting" value="')[1].split('"')[0]
    assert post(client, "report_give", *made.address, "pledges", 1, meeting=key).status_code == 200
    answer = post(client, "report_give", *made.address, "pledges", 1, meeting=key, heard=[str(one.pk)])
    assert answer.status_code == 302
    report = GivenReport.objects.get()
    shown = page(client, "reports", *made.address)
    assert "取消登记" in shown
    assert "已逾期" in shown  # the half year ran on from the first meeting
    other = post(client, "report_give", *made.address, "pledges", 2, meeting="other", heard=[str(one.pk)])
    assert "请填写党员大会的日期" in other.content.decode()
    day = (today - datetime.timedelta(days=3)).isoformat()
    other = post(
        client, "report_give", *made.address, "pledges", 2, meeting="other", on=day, heard=[str(one.pk)]
    )
    assert other.status_code == 302
    assert "支部记录本" in page(client, "reports", *made.address)
    assert post(client, "report_remove", report.pk).status_code == 302
    assert GivenReport.objects.count() == 1
    missing = client.get(reverse("rectification:report_give", args=[*made.address, "pledges", 9]))
    assert missing.status_code == 404


def test_a_body_reports_at_its_briefing_and_asks_for_no_day(client_of: ClientOf) -> None:
    made = rectifying(rules={"plan_gate": "none"})
    general = made.organization.superior()
    assert general is not None
    made.campaign.addressees.create(organization=made.township, audience="all")
    clerk = account_with(Role.SECRETARY, general)
    made.held(timezone.localdate() - datetime.timedelta(days=2), kind="briefing", organization=general)
    client, address = client_of(clerk), [made.campaign.slug, general.pk]
    form = page(client, "report_give", *address, "committee", 0)
    assert "系统里没有的党员大会" not in form
    key = form.split('name="meeting" value="')[1].split('"')[0]
    assert post(client, "report_give", *address, "committee", 0, meeting=key).status_code == 302
    assert "谁的问题" not in page(client, "item_new", *address)
    assert "第1次" not in page(client, "reports", *address)


def test_a_correction_is_recorded_answered_and_settled_on_its_page(client_of: ClientOf) -> None:
    made = rectifying()
    office = client_of(account_with(Role.OFFICE, made.township))
    today = timezone.localdate().isoformat()
    kept = post(office, "corrections", *made.address, kind="correct", on=today, text="")
    assert "请填写情况和要求" in kept.content.decode()
    late = post(office, "corrections", *made.address, kind="correct", on=next_month(), text="太慢。")
    assert "太慢。" in late.content.decode()
    assert (
        post(office, "corrections", *made.address, kind="correct", on=today, text="太慢。").status_code == 302
    )
    one = Correction.objects.get()
    client = client_of(made.secretary)
    assert "太慢。" in page(client, "corrections", *made.address)
    assert post(client, "corrections", *made.address, kind="correct", on=today, text="x").status_code == 403
    empty = post(client, "correction_step", one.pk, "answer_correction", **{"answer_correction-text": ""})
    assert "请填写回复" in empty.content.decode()
    post(client, "correction_step", one.pk, "answer_correction", **{"answer_correction-text": "月底办完。"})
    again = post(
        client, "correction_step", one.pk, "answer_correction", **{"answer_correction-text": "再答。"}
    )
    assert "不能再回复上级" in again.content.decode()
    assert post(office, "correction_step", one.pk, "nonsense").status_code == 404
    post(office, "correction_step", one.pk, "close_correction")
    assert "办结" in page(client, "corrections", *made.address)
    plain = rectifying(rules={"superior_powers": []})
    assert "没有写明上级可以这样办" in page(client_of(plain.secretary), "corrections", *plain.address)


def test_the_overview_counts_in_the_order_of_the_tree_and_shows_no_problem(client_of: ClientOf) -> None:
    made = rectifying()
    made.item()
    s.begin(item=made.item("第二条。"), by=made.secretary)
    made.pledge(0)
    OrganizationFactory.create(parent=made.township)
    client = client_of(account_with(Role.OFFICE, made.township))
    shown = page(client, "overview", made.campaign.slug)
    assert PROBLEM not in shown
    assert "问题 2 条" in shown
    assert reverse("rectification:overview", args=[made.campaign.slug]) in client.get("/").content.decode()
    assert (
        client_of(made.secretary)
        .get(reverse("rectification:overview", args=[made.campaign.slug]))
        .status_code
        == 403
    )


def test_the_rows_say_how_long_overdue_what_repeats_and_when_struck_off(client_of: ClientOf) -> None:
    made = rectifying()
    today = timezone.localdate()
    first = made.item("学习少。")
    Campaign.objects.filter(pk=made.campaign.pk).update(year=2025)
    later = Rectifying(
        made.township,
        made.organization,
        published_campaign(made.township, preset="xinyi_2018"),
        made.secretary,
        made.people,
    )
    again = later.item("学习少。", due_on=today - datetime.timedelta(days=2))
    done = s.finish(
        item=later.item("会少。"), done_on=today, outcome="每月开会", evidence="", by=made.secretary
    )
    s.verify(item=done, verified_by="members", verified_on=today, verified_how="党员大会", by=made.secretary)
    s.close(item=done, by=made.secretary)
    rows = Ledger.of(later.campaign, later.organization, made.secretary).rows
    assert rows[0].remark == f"已逾期 2 天；与 2025 年度第 {first.ordinal} 条相同"
    assert (rows[0].tone, rows[1].tone) == ("bad", "ok")
    day = f"{today.year}.{today.month}.{today.day}"
    assert rows[1].outcome == f"已销号\n{day}完成\n每月开会\n{day}党员评议（党员大会）"
    assert rows[1].remark == f"{day}销号"
    shown = page(client_of(made.secretary), "ledger", *later.address)
    assert "有 1 条和往年写的相同" in shown
    assert "已逾期 2 天" in shown
    assert "2025 年度第 1 条写的是同样的问题" in page(client_of(made.secretary), "item", again.pk)
    office = client_of(account_with(Role.OFFICE, made.township))
    assert "和往年写的相同" in page(office, "ledger", *later.address)


def test_a_form_sent_twice_counts_once(client_of: ClientOf) -> None:
    made = rectifying()
    client = client_of(made.secretary)
    token = page(client, "item_new", *made.address).split('name="submission" value="')[1].split('"')[0]
    typed = {"version": "0", "problem": "会少。", "term": "lasting", "source": "self", "submission": token}
    for _twice in range(2):
        assert post(client, "item_new", *made.address, **typed).status_code == 302
    assert RectificationItem.objects.count() == 1
    office = client_of(account_with(Role.OFFICE, made.township))
    token = page(office, "corrections", *made.address).split('name="submission" value="')[1].split('"')[0]
    today = timezone.localdate().isoformat()
    for _twice in range(2):
        post(office, "corrections", *made.address, kind="correct", on=today, text="慢。", submission=token)
    assert Correction.objects.count() == 1


def count(client: Client, url: str) -> int:
    """How many queries a page asks."""
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_lists_ask_the_same_number_of_queries_however_long_they_are(client_of: ClientOf) -> None:
    made = rectifying(members=4)
    people = cast_of(made)
    urls = [
        (reverse("rectification:ledger", args=made.address), "secretary"),
        (reverse("rectification:ledger", args=made.address), "township"),
        (reverse("rectification:marking", args=made.address), "secretary"),
        (reverse("rectification:commitments", args=made.address), "secretary"),
        (reverse("rectification:reports", args=made.address), "secretary"),
        (reverse("rectification:overview", args=[made.campaign.slug]), "township"),
        (reverse("rectification:mine"), "own"),
        ("/", "secretary"),
    ]
    counts = []
    for _round in range(2):
        for number in range(4):
            made.item(f"第{number}个问题。", owner=made.people[1].name)
            made.item(OWN, member=made.people[1])
            OrganizationFactory.create(parent=made.township)
            if _round == 0 and number < 2:
                made.pledge(number)
        counts.append([count(client_of(people[who]), url) for url, who in urls])
    assert counts[0] == counts[1]
    assert max(counts[0][:-1]) <= 35


def test_what_is_due_is_told_in_the_digest_once_and_leads_to_the_register() -> None:
    made = rectifying(rules={"remind_off_holidays": False, "remind_before": [3], "remind_after": []})
    Campaign.objects.update(status="closed")
    due = timezone.localdate() + datetime.timedelta(days=3)
    made.campaign.refresh_from_db()
    for problem in ("第一条。", "第二条。"):
        made.item(problem, due_on=due)
    made.item("长期的。", term="lasting", due_on=None)
    reminders.remind(timezone.localdate())
    notice = made.secretary.notices.get(kind="digest")
    assert "2 条整改事项到期" in notice.body
    assert notice.url == reverse("rectification:ledger", args=made.address)


def test_pages_of_others_are_not_found(client_of: ClientOf) -> None:
    made: Rectifying = rectifying()
    item = made.item()
    stranger = client_of(cast_of(made)["stranger"])
    assert stranger.get(reverse("rectification:item", args=[item.pk])).status_code == 404
    assert stranger.get(reverse("rectification:ledger", args=made.address)).status_code == 404
