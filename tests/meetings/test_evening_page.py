"""The evening's page leads from one step to the next, for each person what is theirs."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Role, User
from meetings.models import Meeting
from meetings.services import (
    mark_all_present,
    open_meeting,
    plan_meeting,
    record_attendance,
)
from members.models import Member, RosterEntry
from members.services.rosters import draft_roster, freeze_roster
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.meetings import ON_PAPER, MeetingFactory, name_all

Open = Callable[[User], Client]


def at(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))


def step_now(page: str) -> str:
    found = re.search(r'<span class="t">([^<]+)</span>\s*<span class="s"><span class="tag now">', page)
    return found.group(1) if found else ""


def test_the_page_leads_from_the_roster_to_the_end_of_the_meeting(
    client_of: Open, planned: Meeting, people: list[Member], campaign: Campaign, tree: Tree, secretary: User
) -> None:
    client, url = client_of(secretary), at("detail", planned)
    assert step_now(client.get(url).content.decode()) == "核定花名册"
    freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    page = client.get(url).content.decode()
    assert step_now(page) == "主持人、记录人、监票人、计票人"
    assert "确定会议分工" in page
    assert "提前准备、打印测评表" in page
    name_all(planned, secretary, people)
    assert step_now(client.get(url).content.decode()) == "登记到会"
    mark_all_present(meeting=planned, by=secretary)
    page = client.get(url).content.decode()
    assert step_now(page) == "宣布开会"
    assert at("open", planned) in page
    client.post(at("open", planned), {"unready": ON_PAPER})
    page = client.get(url).content.decode()
    assert step_now(page) == "民主测评"
    assert "提前准备、打印测评表" not in page
    assert at("close", planned) in page
    client.post(at("close", planned))
    page = client.get(url).content.decode()
    assert step_now(page) == ""
    assert "已散会" in page
    assert at("edit", planned) not in page


def test_a_branch_without_members_is_helped(client_of: Open, tree: Tree, campaign: Campaign) -> None:
    leader = account_with(Role.SECRETARY, tree.school)
    meeting = plan_meeting(
        organization=tree.school,
        campaign=campaign,
        starts_at=timezone.now() + datetime.timedelta(days=3),
        place="会议室",
        by=leader,
    )
    client = client_of(leader)
    assert "还没有党员" in client.get(at("detail", meeting)).content.decode()
    assert "还没有党员" in client.get(at("officers", meeting)).content.decode()
    assert "没有名字可以登记" in client.get(at("attendance", meeting)).content.decode()
    sheet = client.get(at("sign_in", meeting))
    assert "镇中心学校党支部" in text(sheet.content)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("secretary", 200),
        ("organizer", 200),
        ("teller", 200),
        ("member", 200),
        ("township", 200),
        ("supervisor", 200),
        ("county", 200),
        ("stranger", 404),
        ("sibling_secretary", 404),
        ("system", 404),
        ("auditor", 404),
    ],
)
def test_what_one_may_not_see_is_not_found(
    who: str, status: int, client_of: Open, meeting: Meeting, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))
    for name in ("detail", "notice"):
        assert client.get(at(name, meeting)).status_code == status
    assert client.get(at("attendance", meeting)).status_code == status
    runs = who in ("secretary", "organizer")
    for name in ("edit", "officers"):
        assert client.get(at(name, meeting)).status_code == (200 if runs else 403 if status == 200 else 404)
    for name in ("open", "close", "cancel"):
        assert client.post(at(name, meeting)).status_code == (302 if runs else 403 if status == 200 else 404)
        assert client.get(at(name, meeting)).status_code == 405


def test_a_teller_sees_the_way_to_the_ballot_and_no_step_of_the_secretary(
    client_of: Open, meeting: Meeting, secretary: User, teller: User
) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    page = client_of(teller).get(at("detail", meeting)).content.decode()
    assert at("open", meeting) not in page
    open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)
    page = client_of(teller).get(at("detail", meeting)).content.decode()
    assert step_now(page) == "民主测评"
    assert at("close", meeting) not in page


def test_a_teller_who_is_rated_too_is_said_so_and_nothing_more(
    client_of: Open, meeting: Meeting, secretary: User, people: list[Member]
) -> None:
    page = client_of(secretary).get(at("detail", meeting)).content.decode()
    assert page.count("本人也是测评对象") == 3
    RosterEntry.objects.filter(member=people[3]).update(is_subject=False)
    page = client_of(secretary).get(at("detail", meeting)).content.decode()
    assert page.count("本人也是测评对象") == 2


def test_below_the_quorum_the_page_asks_for_the_reason(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User
) -> None:
    client = client_of(secretary)
    marks = dict.fromkeys(keys[:4], ("present", "")) | dict.fromkeys(keys[4:], ("absent", ""))
    record_attendance(meeting=meeting, marks=marks, by=secretary)
    assert "实到 4 人，不到规则要求的 6 人" in client.get(at("detail", meeting)).content.decode()
    page = client.post(at("open", meeting), {"unready": ON_PAPER}, follow=True).content.decode()
    assert "请写明原因" in page
    page = client.post(
        at("open", meeting), {"note": "外出务工多", "unready_other": "在纸上"}, follow=True
    ).content.decode()
    assert "到会人数不足仍然开会，原因：外出务工多" in page


def test_reasons_of_a_refused_step_stand_there_again_once(
    client_of: Open, tree: Tree, campaign: Campaign, secretary: User
) -> None:
    opened = MeetingFactory.create(organization=tree.village, campaign=campaign)
    client = client_of(secretary)
    client.post(at("open", opened), {"note": "外出务工多", "unready_other": "在纸上"})
    other = MeetingFactory.create(
        organization=tree.village, campaign=campaign, starts_at=timezone.now() + datetime.timedelta(days=3)
    )
    answer = client.get(at("detail", opened))
    assert answer.context["kept"] == {"meeting": str(opened.pk), "open": "外出务工多", "unready": "在纸上"}
    assert client.get(at("detail", opened)).context["kept"] == {}
    client.post(at("cancel", opened), {"note": " " * 3})
    assert client.get(at("detail", other)).context["kept"] == {}, (
        "what was typed for another meeting is not shown"
    )


def test_a_large_branch_is_told_about_groups_and_superiors_when_the_rules_say_so(
    client_of: Open, meeting: Meeting, secretary: User, campaign: Campaign
) -> None:
    page = client_of(secretary).get(at("detail", meeting)).content.decode()
    assert "分党小组" not in page
    rules = campaign.rule_set()
    more = {"group_split_from": 12, "superior_attendance": "required"}
    type(rules).objects.filter(pk=rules.pk).update(values={**rules.values, **more})
    page = client_of(secretary).get(at("detail", meeting)).content.decode()
    assert "自评和互评可以分党小组进行" in page
    assert "请上级党组织派人到会" in page
    more["group_split_counts"] = "full"
    type(rules).objects.filter(pk=rules.pk).update(values={**rules.values, **more})
    assert "分党小组" not in client_of(secretary).get(at("detail", meeting)).content.decode()


def test_a_cancelled_meeting_says_why(client_of: Open, planned: Meeting, secretary: User) -> None:
    client = client_of(secretary)
    assert "须写明原因" in client.post(at("cancel", planned), follow=True).content.decode()
    page = client.post(at("cancel", planned), {"note": "防汛"}, follow=True).content.decode()
    assert "已取消，原因：防汛" in page
    assert step_now(page) == ""


def test_a_roster_still_in_draft_is_counted_and_asked_to_be_confirmed(
    client_of: Open, planned: Meeting, campaign: Campaign, tree: Tree, secretary: User
) -> None:
    draft_roster(campaign=campaign, organization=tree.village, by=secretary)
    page = client_of(secretary).get(at("detail", planned)).content.decode()
    assert "有 12 人，还没有核定" in page
    assert step_now(page) == "核定花名册"


def test_without_a_ballot_the_list_has_no_ballot_and_no_quorum(
    client_of: Open, tree: Tree, people: list[Member], secretary: User
) -> None:
    silent = CampaignFactory.create(
        issuer=tree.township,
        status="published",
        rules={"ballot_place": "none", "ballot_scale": [], "superior_attendance": "none"},
    )
    meeting = MeetingFactory.create(organization=tree.village, campaign=silent)
    page = client_of(secretary).get(at("detail", meeting)).content.decode()
    assert "民主测评</span>" not in page
    assert "请上级党组织派人到会" not in page


def test_a_notice_in_good_time_leaves_no_hint(client_of: Open, planned: Meeting, secretary: User) -> None:
    client = client_of(secretary)
    assert "通知党员开会" in client.get(at("detail", planned)).content.decode()
    Meeting.objects.filter(pk=planned.pk).update(notified_on="2020-01-01")
    page = client.get(at("detail", planned)).content.decode()
    assert "通知党员开会" not in page
    assert "通知晚于" not in page
