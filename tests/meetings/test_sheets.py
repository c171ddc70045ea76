"""The sign-in sheet and the notice on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pypdfium2
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, User
from meetings.models import Meeting, MeetingStatus
from meetings.services import plan_meeting
from members.models import Member, Roster
from members.services.rosters import exempt_from_count
from tests.conftest import Tree
from tests.factories.branches import account_with

Open = Callable[[User], Client]


def at(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))


def test_the_sign_in_sheet_names_everybody_expected_and_those_not_counted(
    client_of: Open, meeting: Meeting, roster: Roster, people: list[Member], secretary: User
) -> None:
    entry = roster.entries.get(member=people[9])
    exempt_from_count(entry=entry, reason="abroad", why="支部大会通过", by=secretary)
    answer = client_of(secretary).get(at("sign_in", meeting))
    assert answer["Content-Type"] == "application/pdf"
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    words = text(answer.content)
    assert "应到 11 名，其中正式党员 9 名" in words
    assert f"不计入应到会：{people[9].name}" in words
    for person in people:
        assert person.name in words


def test_ordinary_members_get_no_list_of_names(
    client_of: Open, meeting: Meeting, tree: Tree, people: list[Member]
) -> None:
    plain = account_with(None, tree.village)
    Member.objects.filter(pk=people[6].pk).update(user=plain)
    client = client_of(plain)
    assert client.get(at("detail", meeting)).status_code == 200
    for name in ("sign_in", "attendance"):
        assert client.get(at(name, meeting)).status_code == 403


def test_the_notice_says_when_where_and_what(
    client_of: Open, meeting: Meeting, secretary: User, campaign: Campaign
) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(theme="学思想、强党性", notified_on="2026-11-02")
    words = text(client_of(secretary).get(at("notice", meeting)).content).replace("\r\n", "")
    assert "关于召开党员大会的通知" in words
    assert "村委会会议室" in words
    assert "学思想、强党性" in words
    assert "个人自评、党员互评、民主测评" in words
    assert "2026年11月2日" in words


def test_a_meeting_and_a_duty_have_readable_names(meeting: Meeting) -> None:
    assert re.fullmatch(r"新河村支部\d{4}年\d{2}月\d{2}日党员大会", str(meeting))
    assert str(meeting.duties.get(kind="chair")) == "主持人刘德福"
    assert Meeting.objects.held().count() == 0
    assert MeetingStatus(meeting.status) is MeetingStatus.PLANNED


def test_the_sheet_of_a_committee_has_its_seats_with_their_posts(
    client_of: Open, tree: Tree, campaign: Campaign, people: list[Member], secretary: User, organizer: User
) -> None:
    meeting = plan_meeting(
        organization=tree.village,
        campaign=campaign,
        starts_at=timezone.now(),
        place="村委会",
        by=secretary,
        kind="committee",
    )
    words = text(client_of(secretary).get(at("sign_in", meeting)).content)
    assert "支委会签到表" in words
    assert "应到 2 名" in words
    assert "正式党员" not in words
    assert "组织委员" in words
    assert people[8].name not in words
