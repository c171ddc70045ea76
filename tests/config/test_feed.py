"""The calendar of an organisation: read without logging in, strict in form, silent about people."""

from __future__ import annotations

import datetime
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from icalendar import Calendar, Event

from branches.models import Campaign, Plan, PlanStatus, User
from branches.services.feeds import make_feed, revoke_feed
from branches.services.steps import note_step, order_redo, postpone_step, waive_step
from config.lib.logs import HideSecretAddresses
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.meetings import MeetingFactory

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
PARTS = ("UID", "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "URL")


@pytest.fixture(autouse=True)
def early_august() -> Iterator[None]:
    """It is 4 August 2014 in Shanghai, just after midnight: still the 3rd in London."""
    with time_machine.travel(datetime.datetime(2014, 8, 3, 16, 5, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def luoyang(tree: Tree) -> Campaign:
    """The campaign of 洛阳镇 2014 in the village's township."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township,
        slug="luoyang",
        name="2014年专题组织生活会",
        year=2014,
        preset="luoyang_2014",
        status="running",
        finish_by=None,
    )
    return made


@pytest.fixture
def token(tree: Tree, secretary: User) -> str:
    """The secret part of the village's address."""
    return make_feed(organization=tree.village, by=secretary)


def read(token: str) -> HttpResponse:
    """What anybody who has the address gets."""
    answer = Client().get(reverse("calendar", args=[token]))
    assert isinstance(answer, HttpResponse)
    return answer


def events(token: str) -> dict[str, Event]:
    """The events by their words, from a calendar that keeps to the letter of RFC 5545."""
    text = read(token).content
    assert text.endswith(b"\r\n")
    assert b"\n" not in text.replace(b"\r\n", b"")
    for line in text.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")  # a character is never cut in two
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    for part in calendar.walk():
        assert part.errors == []
    found = {str(event["SUMMARY"]): event for event in calendar.events}
    assert len(found) == len(calendar.events)
    assert len({str(event["UID"]) for event in calendar.events}) == len(calendar.events)
    assert all(part in event for event in calendar.events for part in PARTS)
    return found


def day_of(event: Event) -> datetime.date:
    """The whole day of an event."""
    assert b"DTSTART;VALUE=DATE:" in event.to_ical()
    day = event.decoded("DTSTART")
    assert isinstance(day, datetime.date)
    assert not isinstance(day, datetime.datetime)
    return day


class TestDeadlines:
    """The days by which steps are due."""

    def test_every_step_with_a_day_is_a_whole_day(self, luoyang: Campaign, token: str) -> None:
        found = events(token)
        assert day_of(found["到期：实施方案报上级（新河村支部）"]) == datetime.date(2014, 8, 8)
        assert day_of(found["到期：召开党员大会（新河村支部）"]) == datetime.date(2014, 8, 31)
        assert "到期：专项报告（新河村支部）" not in found
        assert all(str(event["TRANSP"]) == "TRANSPARENT" for event in found.values())
        assert all(str(event["DESCRIPTION"]) == luoyang.name for event in found.values())
        assert {str(event["URL"]) for event in found.values()} == {"http://testserver/campaigns/luoyang/"}

    def test_what_is_done_or_need_not_be_done_is_left_out(
        self, tree: Tree, token: str, secretary: User, township: User
    ) -> None:
        xinyi = CampaignFactory.create(issuer=tree.township, preset="xinyi_2018", status="running", year=2014)
        study, opinions = "到期：集中学习（新河村支部）", "到期：征求意见（新河村支部）"
        before = events(token)
        assert {study, opinions} <= set(before)
        note_step(
            campaign=xinyi,
            organization=tree.village,
            step="opinions",
            done_on=datetime.date(2014, 8, 4),
            by=secretary,
        )
        waive_step(campaign=xinyi, organization=tree.village, step="study", reason="学过", by=township)
        assert set(before) - set(events(token)) == {study, opinions}

    def test_a_postponed_step_stands_on_its_new_day_and_without_one_nowhere(
        self, tree: Tree, luoyang: Campaign, token: str, secretary: User
    ) -> None:
        where: dict[str, Any] = {"campaign": luoyang, "organization": tree.village, "by": secretary}
        uid = events(token)["到期：召开党员大会（新河村支部）"]["UID"]
        new_day = datetime.date(2014, 9, 5)
        postpone_step(**where, step="meeting", reason="农忙", until=new_day)
        postpone_step(**where, step="talks", reason="农忙", until=None)
        found = events(token)
        moved = found["延期到：召开党员大会（新河村支部）"]
        assert day_of(moved) == new_day
        assert moved["UID"] == uid
        assert not [words for words in found if "谈心谈话" in words]

    def test_a_new_round_begins_anew(
        self, tree: Tree, luoyang: Campaign, token: str, secretary: User, township: User
    ) -> None:
        where: dict[str, Any] = {"campaign": luoyang, "organization": tree.village}
        postpone_step(**where, step="meeting", reason="农忙", until=None, by=secretary)
        assert "到期：召开党员大会（新河村支部）" not in events(token)
        order_redo(**where, reason="走了过场", by=township)
        assert "到期：召开党员大会（新河村支部）" in events(token)

    def test_what_waits_for_the_superior_is_left_out(
        self, tree: Tree, luoyang: Campaign, token: str, secretary: User
    ) -> None:
        words = "到期：实施方案报上级（新河村支部）"
        plan = Plan.objects.create(campaign=luoyang, organization=tree.village, author=secretary)
        assert words in events(token)
        handed_in = {"status": PlanStatus.SUBMITTED, "submitted_on": datetime.date(2014, 8, 4)}
        Plan.objects.filter(pk=plan.pk).update(**handed_in)
        assert words not in events(token)

    def test_names_stay_the_same_when_the_address_is_renewed(
        self, tree: Tree, luoyang: Campaign, token: str, secretary: User
    ) -> None:
        before = {words: str(event["UID"]) for words, event in events(token).items()}
        renewed = make_feed(organization=tree.village, by=secretary)
        assert {words: str(event["UID"]) for words, event in events(renewed).items()} == before

    def test_only_open_campaigns_that_address_the_branch_are_shown(
        self, tree: Tree, token: str, luoyang: Campaign
    ) -> None:
        for status, slug, issuer in (
            ("draft", "d", tree.township),
            ("closed", "c", tree.township),
            ("running", "other", tree.other_township),
        ):
            CampaignFactory.create(issuer=issuer, slug=slug, status=status, preset="xinyi_2018")
        assert {str(event["URL"]) for event in events(token).values()} == {
            "http://testserver/campaigns/luoyang/"
        }


class TestMeetings:
    """The planned meeting, with time and place."""

    def test_a_meeting_has_its_local_time_and_place(self, tree: Tree, luoyang: Campaign, token: str) -> None:
        starts = datetime.datetime(2014, 8, 20, 19, 30, tzinfo=SHANGHAI)
        place = "新河村党群服务中心二楼，靠近老戏台的大会议室；请从东门进"
        meeting = MeetingFactory.create(
            organization=tree.village, campaign=luoyang, starts_at=starts, place=place, theme="张三的事"
        )
        text = read(token).content.decode()
        assert "DTSTART;TZID=Asia/Shanghai:20140820T193000\r\n" in text
        assert "BEGIN:VTIMEZONE" in text
        assert "张三" not in text
        event = events(token)["党员大会（新河村支部）"]
        assert event.decoded("DTSTART") == starts
        assert str(event["LOCATION"]) == place
        assert str(event["UID"]).endswith("@zuzhi-shenghuo")
        type(meeting).objects.filter(pk=meeting.pk).update(**{"status": "cancelled"})
        assert "党员大会（新河村支部）" not in events(token)

    def test_meetings_of_others_are_not_shown(self, tree: Tree, luoyang: Campaign, token: str) -> None:
        MeetingFactory.create(organization=tree.sibling, campaign=luoyang)
        assert not [words for words in events(token) if words.startswith("党员大会")]


class TestAddress:
    """Who gets what by which address."""

    def test_without_any_campaign_the_calendar_is_empty_and_valid(self, tree: Tree, token: str) -> None:
        assert events(token) == {}
        assert "组织生活：新河村支部" in read(token).content.decode()

    def test_nothing_keeps_a_copy_of_it(self, token: str) -> None:
        answer = read(token)
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert not answer.cookies

    def test_wrong_and_revoked_addresses_look_alike(self, tree: Tree, secretary: User, token: str) -> None:
        revoke_feed(organization=tree.village, by=secretary)
        answers = [read(token), read("x" * 43), read("短"), read("a" * 2000)]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
        assert not any(answer.cookies for answer in answers)

    def test_it_is_only_read(self, token: str) -> None:
        url = reverse("calendar", args=[token])
        assert Client().head(url).status_code == 200
        assert Client().post(url).status_code == 405

    def test_no_person_is_named(self, tree: Tree, luoyang: Campaign, secretary: User, token: str) -> None:
        text = re.sub(r"\r\n ", "", read(token).content.decode())
        assert secretary.full_name not in text
        assert secretary.username not in text


class TestLogs:
    """The secret part of the address is in no line of the log."""

    def test_an_address_not_found_is_logged_without_its_secret(
        self, db: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        read("secret-" + "x" * 36)
        assert [record.getMessage() for record in caplog.records] == ["Not Found: /calendar/….ics"]

    def test_an_error_is_logged_without_the_secret(
        self, token: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: object) -> None:
            raise ValueError("nothing works")

        monkeypatch.setattr("config.home.feed.calendar_of", broken)
        assert Client(raise_request_exception=False).get(reverse("calendar", args=[token])).status_code == 500
        assert "Internal Server Error: /calendar/….ics" in caplog.text
        assert token not in caplog.text

    @pytest.mark.parametrize(
        ("message", "args", "written"),
        [
            ("GET /calendar/abc.ics HTTP/1.1", (), "GET /calendar/….ics HTTP/1.1"),
            ("%s: %s", ("Not Found", "/calendar/a-b_c.ics"), "Not Found: /calendar/….ics"),
            ("%(url)s %(n)d", ({"url": "https://x.example/calendar/abc.ics", "n": 3},), "https://x.example/calendar/….ics 3"),
            ("%d of %d", (1, 2), "1 of 2"),
        ],
    )  # fmt: skip
    def test_every_way_of_logging_is_covered(
        self, message: str, args: tuple[object, ...], written: str
    ) -> None:
        record = logging.LogRecord("x", logging.INFO, "x", 1, message, args, None)
        assert HideSecretAddresses().filter(record)
        assert record.getMessage() == written

    def test_the_console_has_the_filter(self) -> None:
        consoles = [h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler]
        assert any(isinstance(f, HideSecretAddresses) for h in consoles for f in h.filters)
