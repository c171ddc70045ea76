"""The notice of each kind of meeting, as a sheet, as words for a group and as an event for calendars."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from branches.models import Campaign, Role, User
from config.home.feed import calendar_of
from meetings.models import Meeting, MeetingStatus, Participant, Postponement
from meetings.reports.calendar import meeting_file, uid_of
from meetings.reports.notice import Invitation, MeetingNotice, agenda_for, long_day
from meetings.services.postponing import postpone_meeting
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory
from tests.factories.meetings import MeetingFactory

Open = Callable[[User], Client]
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
NINE = datetime.datetime(2026, 12, 10, 9, 0, tzinfo=SHANGHAI)


def at(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def of_kind(tree: Tree, campaign: Campaign, kind: str, **more: Any) -> Meeting:
    fields = {"organization": tree.village, "starts_at": NINE, **more}
    made: Meeting = MeetingFactory.create(campaign=campaign, kind=kind, **fields)
    return made


@pytest.mark.parametrize(
    ("kind", "title", "to"),
    [
        ("plenary", "关于召开党员大会的通知", "各位党员："),
        ("committee", "关于召开支委会的通知", "各位支部委员："),
        ("thematic", "关于召开专题组织生活会的通知", "各位党员："),
        ("briefing", "关于召开通报会的通知", "各位党员："),
        ("masses_briefing", "关于召开群众通报会的通知", "各位群众代表："),
    ],
)
def test_each_kind_has_its_title_and_speaks_to_its_people(
    tree: Tree, campaign: Campaign, kind: str, title: str, to: str
) -> None:
    notice = MeetingNotice.from_meeting(of_kind(tree, campaign, kind))
    assert (notice.title, notice.to) == (title, to)
    assert "定于2026年12月10日（星期四）9时在村委会会议室召开" in notice.text
    assert "向支部书记请假" in notice.text


def test_a_group_and_a_leading_body_are_spoken_to_as_such(tree: Tree, campaign: Campaign) -> None:
    group = MeetingNotice.from_meeting(of_kind(tree, campaign, "group", group=tree.group))
    assert group.to == "一组各位党员："
    leaders = CampaignFactory.create(
        issuer=tree.township, status="published", preset="town_leadership_2014", year=2014
    )
    life = MeetingNotice.from_meeting(of_kind(tree, leaders, "democratic_life", organization=tree.township))
    assert life.to == "各位班子成员："
    assert "参会人员：市委常委、纪委书记、" in life.text
    assert "会议程序：本人剖析问题和整改措施、其他成员逐一批评。" in life.text
    assert "请提前请假" in life.text


def test_the_agenda_is_what_the_rules_put_there(tree: Tree, campaign: Campaign) -> None:
    alone = CampaignFactory.create(
        issuer=tree.township,
        rules={"plenary_parts": ["self_review", "ballot"], "plenary_parts_alone": ["head_check", "heard"]},
    )
    meeting = of_kind(tree, alone, "plenary")
    assert agenda_for(meeting) == ("书记对照检查发言", "听取党员批评意见")
    AppointmentFactory.create(role=Role.COMMITTEE, organization=tree.village)
    assert agenda_for(Meeting.objects.get(pk=meeting.pk)) == ("个人自评", "民主测评")
    assert agenda_for(of_kind(tree, campaign, "committee"))[0] == "书记代表班子对照检查"
    assert agenda_for(of_kind(tree, campaign, "analysis")) == ()
    assert "会议程序" not in MeetingNotice.from_meeting(of_kind(tree, campaign, "mobilise")).text


def test_theme_and_theme_day_are_said(tree: Tree, campaign: Campaign) -> None:
    meeting = of_kind(tree, campaign, "plenary", theme="学思想", is_theme_day=True)
    text = MeetingNotice.from_meeting(meeting).text
    assert "主题是“学思想”，结合主题党日活动进行。" in text
    assert long_day(NINE + datetime.timedelta(minutes=30)).endswith("9时30分")


def test_put_off_without_a_day_the_notice_says_so(planned: Meeting, secretary: User, client_of: Open) -> None:
    postpone_meeting(meeting=planned, reason="准备不充分", to=None, by=secretary)
    notice = MeetingNotice.from_meeting(Meeting.objects.get(pk=planned.pk))
    assert notice.title == "关于党员大会延期的通知"
    words = pypdfium2.PdfDocument(notice.to_pdf())[0].get_textpage().get_text_range()
    assert "关于党员大会延期的通知" in words
    assert "新的时间另行通知" in notice.text
    page = client_of(secretary).get(at("tell", planned)).content.decode()
    assert "定下以后再登记通知" in page
    assert "今天已通知" not in page
    client_of(secretary).post(at("tell", planned), {"reason": "晚了"})
    assert Meeting.objects.get(pk=planned.pk).notified_on is None
    guest = Participant(meeting=planned, name="韩长河", post="青石镇书记", capacity="superior")
    letter = Invitation.to_guest(Meeting.objects.get(pk=planned.pk), guest)
    assert "时间另行通知" in letter.paragraphs[0]


@pytest.mark.parametrize(
    ("capacity", "comments", "words"),
    [
        ("superior", True, "并对会议情况作点评"),
        ("instructor", False, "敬请到会指导。"),
        ("observer", True, "敬请列席，欢迎提出意见。"),
    ],
)
def test_a_letter_asks_for_what_its_guest_is_invited_for(
    tree: Tree, capacity: str, comments: bool, words: str
) -> None:
    campaign = CampaignFactory.create(issuer=tree.township, rules={"superior_comments": comments})
    meeting = of_kind(tree, campaign, "plenary", theme="学思想")
    guest = Participant(meeting=meeting, name="韩长河", post="青石镇书记", capacity=capacity)
    letter = Invitation.to_guest(meeting, guest)
    assert words in letter.paragraphs[1]
    assert "主题是“学思想”" in letter.paragraphs[0]
    assert pypdfium2.PdfDocument(letter.to_pdf())[0] is not None


# The page


def test_one_press_says_that_people_were_told_today(
    planned: Meeting, secretary: User, member: User, client_of: Open
) -> None:
    Meeting.objects.filter(pk=planned.pk).update(starts_at=timezone.now() + datetime.timedelta(days=6))
    client, url = client_of(secretary), at("tell", planned)
    page = client.get(url).content.decode()
    assert "关于召开党员大会的通知" in page
    assert "今天已通知" in page
    client.post(url)
    assert Meeting.objects.get(pk=planned.pk).notified_on == timezone.localdate()
    assert "已通知" in client.get(url).content.decode()
    assert client_of(member).post(url).status_code == 403
    seen = client_of(member).get(url).content.decode()
    assert "关于召开党员大会的通知" in seen
    assert "今天已通知</button>" not in seen


def test_told_late_asks_for_a_reason_and_keeps_it(planned: Meeting, secretary: User, client_of: Open) -> None:
    client, url = client_of(secretary), at("tell", planned)
    assert "请写一句原因" in client.post(url).content.decode()
    client.post(url, {"reason": "上级临时定的时间"})
    kept = Meeting.objects.get(pk=planned.pk)
    assert (kept.notified_on, kept.notice_reason) == (timezone.localdate(), "上级临时定的时间")


def test_a_meeting_that_is_over_is_not_told_of(planned: Meeting, secretary: User, client_of: Open) -> None:
    Meeting.objects.filter(pk=planned.pk).update(
        status=MeetingStatus.CLOSED, starts_at=timezone.now() + datetime.timedelta(days=6)
    )
    assert client_of(secretary).post(at("tell", planned)).status_code == 403
    assert Meeting.objects.get(pk=planned.pk).notified_on is None


# Calendars


def event_of(content: bytes) -> Any:
    return next(iter(Calendar.from_ical(content).walk("VEVENT")))


def test_the_event_keeps_its_name_and_moves_with_the_meeting(
    planned: Meeting, secretary: User, member: User, client_of: Open, tree: Tree
) -> None:
    answer = client_of(member).get(at("ics", planned))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    first = event_of(answer.content)
    assert first["uid"] == uid_of(f"meeting/{planned.pk}")
    assert first["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert (first["sequence"], first["status"]) == (0, "CONFIRMED")
    when = timezone.now().replace(microsecond=0) + datetime.timedelta(days=9)
    postpone_meeting(meeting=planned, reason="准备不充分", to=when, by=secretary)
    moved = event_of(client_of(member).get(at("ics", planned)).content)
    assert (moved["uid"], moved["sequence"]) == (first["uid"], 1)
    assert moved.decoded("dtstart") == when
    feed = calendar_of(tree.village, lambda path: path)
    assert first["uid"] in [event["uid"] for event in feed.walk("VEVENT")]


def test_without_a_day_it_is_tentative_and_leaves_the_feed_and_cancelled_it_says_so(
    planned: Meeting, secretary: User, tree: Tree
) -> None:
    Postponement.objects.create(
        meeting=planned, was=planned.starts_at, reason="准备不充分", asked_by=secretary
    )
    undecided = event_of(meeting_file(Meeting.objects.get(pk=planned.pk), "https://x/"))
    assert undecided["status"] == "TENTATIVE"
    assert "时间待定" in undecided["summary"]
    feed = calendar_of(tree.village, lambda path: path)
    assert undecided["uid"] not in [event["uid"] for event in feed.walk("VEVENT")]
    Meeting.objects.filter(pk=planned.pk).update(status=MeetingStatus.CANCELLED, theme="学思想")
    gone = event_of(meeting_file(Meeting.objects.get(pk=planned.pk), "https://x/"))
    assert gone["status"] == "CANCELLED"
    assert gone["description"] == "主题：学思想"
