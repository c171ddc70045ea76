"""Minutes: drafted from what was entered, written, settled, signed and locked."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from branches.models import AuditEvent, User
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from meetings.models import (
    Attendance,
    AttendanceStatus,
    Capacity,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Minutes,
    MinutesStatus,
    Participant,
)
from meetings.rules.minutes import Papers
from meetings.services import mark_all_present
from meetings.services import minutes as services
from tests.conftest import Tree
from tests.factories.meetings import MeetingFactory
from tests.factories.minutes import committee_meeting, speak

pytestmark = pytest.mark.django_db


def texts(minutes: Minutes) -> dict[str, str]:
    """What is written, by key."""
    return {key: one.text for key, one in services.record_of(minutes).pieces().items()}


def now(meeting: Meeting, status: str) -> Meeting:
    """The meeting in another status."""
    Meeting.objects.filter(pk=meeting.pk).update(status=status)
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def opened(meeting: Meeting, secretary: User) -> Meeting:
    """The meeting of twelve, open: ten came, one on leave, one elsewhere."""
    mark_all_present(meeting=meeting, by=secretary)
    marks = list(Attendance.objects.filter(meeting=meeting).order_by("entry__kind", "entry__ordinal"))
    for row, status, reason in (
        (marks[4], AttendanceStatus.LEAVE, "外出务工"),
        (marks[5], AttendanceStatus.ELSEWHERE, ""),
    ):
        row.status, row.reason = status, reason
        row.save()
    return now(meeting, MeetingStatus.OPENED)


@pytest.fixture
def minutes(opened: Meeting, organizer: User) -> Minutes:
    """Its minutes, just drafted."""
    return services.draft_minutes(meeting=opened, by=organizer)


@pytest.fixture
def settled(minutes: Minutes, opened: Meeting, organizer: User) -> Minutes:
    """The minutes after the meeting, settled."""
    now(opened, MeetingStatus.CLOSED)
    return services.step_minutes(minutes=minutes, name="settle_minutes", by=organizer)


@pytest.fixture
def signed(settled: Minutes, secretary: User) -> Minutes:
    """The minutes signed on the day of the meeting."""
    return sign(settled, secretary)


def sign(minutes: Minutes, by: User, **other: Any) -> Minutes:
    """Note both signatures on the day of the meeting."""
    wanted = {
        "revision": minutes.revision,
        "chair": "刘德福",
        "recorder": "王桂兰",
        "day": minutes.meeting.day,
        **other,
    }
    return services.sign_minutes(minutes=minutes, by=by, **wanted)


def test_a_draft_holds_everything_that_was_entered(opened: Meeting, minutes: Minutes) -> None:
    written = texts(minutes)
    away = Attendance.objects.get(meeting=opened, status=AttendanceStatus.LEAVE).entry.name
    elsewhere = Attendance.objects.get(meeting=opened, status=AttendanceStatus.ELSEWHERE).entry.name
    assert written["title"] == "新河村党支部党员大会"
    assert written["place"] == "村委会会议室"
    assert written["chair"] == "刘德福"
    assert written["recorder"] == "王桂兰"
    assert written["expected"] == "12 名，其中正式党员 10 名，预备党员 2 名"
    assert written["present"] == "10 名，其中正式党员 8 名，预备党员 2 名"
    assert written["absent"] == f"{away}（请假，外出务工）"
    assert written["elsewhere"] == elsewhere
    assert "发出测评表 ____ 张" in written["ballot"]
    assert [one["title"] for one in minutes.sections][-2:] == ["决议", "上级点评"]


def test_a_second_draft_is_the_first_one(minutes: Minutes, opened: Meeting, organizer: User) -> None:
    assert services.draft_minutes(meeting=opened, by=organizer).pk == minutes.pk
    assert AuditEvent.objects.filter(action="draft_minutes").count() == 1


def test_before_the_meeting_is_opened_nothing_is_drafted(meeting: Meeting, organizer: User) -> None:
    with pytest.raises(NotAllowed, match="宣布开会以后"):
        services.draft_minutes(meeting=meeting, by=organizer)
    assert not Minutes.objects.exists()


@pytest.mark.parametrize("who", ["member", "township", "stranger"])
def test_others_do_not_draft(opened: Meeting, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed, match="由本次会议的记录人"):
        services.draft_minutes(meeting=opened, by=request.getfixturevalue(who))


def test_a_committee_meeting_has_a_section_for_each_speaker_in_the_order_of_the_slots(
    tree: Tree, campaign: Any, secretary: User
) -> None:
    meeting = committee_meeting(organization=tree.village, campaign=campaign)
    minutes = services.draft_minutes(meeting=meeting, by=secretary)
    assert meeting.slots.count() == 31
    titles = [one["title"] for one in minutes.sections]
    assert titles == [
        "刘德福代表班子对照检查",
        *(f"{name}个人对照检查" for name in ("刘德福", "王桂兰", "陈国庆", "吴长河", "何秀兰")),
        "决议",
        "上级点评",
    ]
    lines = minutes.sections[2]["text"].split("\n")
    assert [line.split("：")[0] for line in lines] == [
        "王桂兰（自我批评）",
        *(f"{name}（批评意见）" for name in ("刘德福", "陈国庆", "吴长河", "何秀兰")),
        "王桂兰（表态）",
    ]
    assert texts(minutes)["expected"] == "5 名"
    assert texts(minutes)["absent"] == "无"


def test_without_slots_the_committee_gets_a_form_with_everybodys_turn(
    tree: Tree, campaign: Any, secretary: User
) -> None:
    meeting = committee_meeting(("甲一", "乙二"), organization=tree.village, campaign=campaign, slots=False)
    minutes = services.draft_minutes(meeting=meeting, by=secretary)
    assert minutes.sections[0]["text"] == "甲一（自我批评）：\n乙二（批评意见）：\n甲一（表态）："
    assert minutes.sections[1]["title"] == "乙二对照检查"


def test_a_committee_without_noted_seats_speaks_as_it_sits_on_the_day(
    tree: Tree, campaign: Any, secretary: User, organizer: User
) -> None:
    made = MeetingFactory.create(
        organization=tree.village,
        campaign=campaign,
        kind=MeetingKind.COMMITTEE,
        status=MeetingStatus.OPENED,
    )
    minutes = services.draft_minutes(meeting=made, by=secretary)
    assert [one["title"] for one in minutes.sections][:2] == ["刘德福对照检查", "王桂兰对照检查"]
    assert texts(minutes)["expected"] == texts(minutes)["present"] == texts(minutes)["absent"] == ""


def test_guests_stand_in_the_head_and_their_words_under_the_comments_of_superiors(
    tree: Tree, campaign: Any, secretary: User
) -> None:
    meeting = committee_meeting(organization=tree.village, campaign=campaign, is_theme_day=True)
    guests = (
        (Capacity.SUPERIOR, "周敏", "青石镇党委组织委员", "", "查摆问题实。"),
        (Capacity.MASSES, "老赵", "", AttendanceStatus.PRESENT, ""),
        (Capacity.OBSERVER, "没来", "", AttendanceStatus.ABSENT, ""),
    )
    for number, (capacity, name, post, status, comments) in enumerate(guests):
        Participant.objects.create(
            meeting=meeting,
            capacity=capacity,
            ordinal=10 + number,
            name=name,
            post=post,
            status=status,
            comments=comments,
        )
    written = texts(services.draft_minutes(meeting=meeting, by=secretary))
    assert written["guests"] == "周敏（青石镇党委组织委员）、老赵（群众代表）"
    assert written["comments"] == "周敏（青石镇党委组织委员）：查摆问题实。"
    assert written["title"] == "新河村党支部支委会（结合主题党日）"


def test_a_briefing_counts_nobody(tree: Tree, campaign: Any, secretary: User) -> None:
    meeting = MeetingFactory.create(
        organization=tree.village,
        campaign=campaign,
        kind=MeetingKind.BRIEFING,
        status=MeetingStatus.OPENED,
        theme="通报整改情况",
    )
    minutes = services.draft_minutes(meeting=meeting, by=secretary)
    assert texts(minutes)["expected"] == ""
    assert texts(minutes)["topics"] == "通报整改情况"
    assert [one["title"] for one in minutes.sections] == ["会议内容和发言", "决议", "上级点评"]


def test_a_party_group_and_another_sitting_are_named(tree: Tree, campaign: Any, secretary: User) -> None:
    first = MeetingFactory.create(
        organization=tree.village, campaign=campaign, kind=MeetingKind.GROUP, group=tree.group
    )
    again = MeetingFactory.create(
        organization=tree.village,
        campaign=campaign,
        kind=MeetingKind.GROUP,
        group=tree.group,
        continues=first,
        status=MeetingStatus.OPENED,
        starts_at=first.starts_at + datetime.timedelta(days=7),
    )
    minutes = services.draft_minutes(meeting=again, by=secretary)
    assert texts(minutes)["title"] == "新河村党支部一组党小组会（续会）"


def save(minutes: Minutes, by: User, **texts: str) -> Minutes:
    """Write some texts."""
    return services.save_minutes(minutes=minutes, revision=minutes.revision, texts=texts, by=by)


def test_what_is_written_is_kept_and_counted(minutes: Minutes, organizer: User) -> None:
    saved = save(minutes, organizer, resolution="同意。")
    assert saved.revision == minutes.revision + 1
    assert texts(saved)["resolution"] == "同意。"
    assert AuditEvent.objects.filter(action="save_minutes").count() == 1


def test_the_same_text_is_no_new_revision_even_from_an_old_page(minutes: Minutes, organizer: User) -> None:
    save(minutes, organizer, resolution="同意。")
    again = save(minutes, organizer, resolution="同意。")
    assert again.revision == minutes.revision + 1


def test_an_old_page_overwrites_nothing(minutes: Minutes, organizer: User, secretary: User) -> None:
    save(minutes, organizer, resolution="同意。")
    with pytest.raises(Stale) as stale:
        save(minutes, secretary, resolution="不同意。")
    assert texts(stale.value.saved)["resolution"] == "同意。"


def test_what_the_page_saves_by_itself_is_not_in_the_record(minutes: Minutes, organizer: User) -> None:
    services.save_minutes(
        minutes=minutes, revision=0, texts={"resolution": "同意。"}, by=organizer, is_auto=True
    )
    assert not AuditEvent.objects.filter(action="save_minutes").exists()


def test_a_text_beyond_all_measure_is_refused(minutes: Minutes, organizer: User) -> None:
    with pytest.raises(NotAllowed, match="决议：这一节太长了"):
        save(minutes, organizer, resolution="长" * 60_001)
    with pytest.raises(NotAllowed, match="地点：这一节太长了"):
        save(minutes, organizer, place="长" * 2_001)


def test_settled_minutes_are_written_again_only_after_taking_them_up(
    settled: Minutes, organizer: User
) -> None:
    with pytest.raises(NotAllowed, match="已经定稿"):
        save(settled, organizer, resolution="同意。")
    again = services.step_minutes(minutes=settled, name="rework_minutes", by=organizer)
    assert again.status == MinutesStatus.DRAFT
    assert texts(save(again, organizer, resolution="同意。"))["resolution"] == "同意。"


def test_minutes_are_not_settled_while_the_meeting_lasts(minutes: Minutes, organizer: User) -> None:
    with pytest.raises(NotAllowed, match="还没有散会"):
        services.step_minutes(minutes=minutes, name="settle_minutes", by=organizer)


def test_what_was_entered_later_is_taken_over_only_when_somebody_says_so(
    minutes: Minutes, opened: Meeting, organizer: User
) -> None:
    Meeting.objects.filter(pk=opened.pk).update(place="党员活动室")
    minutes.refresh_from_db()
    assert texts(minutes)["place"] == "村委会会议室"
    taken = services.take_over(minutes=minutes, revision=minutes.revision, keys={"place"}, by=organizer)
    assert texts(taken)["place"] == "党员活动室"
    kept = services.keep_own(minutes=taken, revision=taken.revision, keys={"place"}, by=organizer)
    assert texts(kept)["place"] == "党员活动室"
    with pytest.raises(Stale):
        services.take_over(minutes=minutes, revision=0, keys={"place"}, by=organizer)


def test_slots_entered_after_the_draft_come_before_the_closing_sections(
    tree: Tree, campaign: Any, secretary: User
) -> None:
    meeting = committee_meeting(organization=tree.village, campaign=campaign, slots=False)
    minutes = services.draft_minutes(meeting=meeting, by=secretary)
    speak(meeting)
    keys = set(services.fresh(meeting).pieces())
    taken = services.take_over(minutes=minutes, revision=0, keys=keys, by=secretary)
    printed = [one["title"] for one in taken.sections if not one["off"]]
    assert printed[0] == "刘德福代表班子对照检查"
    assert printed[-2:] == ["决议", "上级点评"]
    assert len(printed) == 8


PAPERS = Papers(issued=10, returned=10, valid=9, void=1)


def test_papers_of_the_ballot_are_filled_in_once(minutes: Minutes, organizer: User) -> None:
    filled = services.fill_ballot(minutes=minutes, papers=[PAPERS], by=organizer)
    again = services.fill_ballot(minutes=filled, papers=[PAPERS], by=organizer)
    assert "发出测评表 10 张，收回 10 张，其中有效 9 张、无效 1 张" in texts(again)["ballot"]
    assert "____" not in texts(again)["ballot"]
    assert again.revision == filled.revision


def test_papers_are_added_to_what_somebody_wrote_of_the_ballot(minutes: Minutes, organizer: User) -> None:
    written = save(minutes, organizer, ballot="测评在散会前进行。")
    filled = services.fill_ballot(minutes=written, papers=[PAPERS], by=organizer)
    assert texts(filled)["ballot"].startswith("测评在散会前进行。\n民主测评发出测评表 10 张")


def test_without_counted_papers_nothing_is_filled_in(
    minutes: Minutes, organizer: User, tree: Tree, campaign: Any, secretary: User
) -> None:
    with pytest.raises(NotAllowed, match="还没有清点好"):
        services.fill_ballot(minutes=minutes, papers=[], by=organizer)
    committee = committee_meeting(organization=tree.village, campaign=campaign)
    without = services.draft_minutes(meeting=committee, by=secretary)
    with pytest.raises(NotAllowed, match="还没有清点好"):
        services.fill_ballot(minutes=without, papers=[PAPERS], by=secretary)


def test_signing_keeps_both_names_and_the_day_and_locks(signed: Minutes, organizer: User) -> None:
    assert signed.status == MinutesStatus.SIGNED
    assert (signed.chair_name, signed.recorder_name) == ("刘德福", "王桂兰")
    event = AuditEvent.objects.get(action="sign_minutes")
    assert event.detail["revision"] == signed.revision
    for name in ("rework_minutes", "settle_minutes", "sign_minutes"):
        with pytest.raises(NotAllowed, match="现在是「已签字」"):
            services.step_minutes(minutes=signed, name=name, by=organizer)
    with pytest.raises(NotAllowed, match="已经签字"):
        save(signed, organizer, resolution="同意。")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"chair": " "}, "写明主持人和记录人"),
        ({"recorder": ""}, "写明主持人和记录人"),
        ({"day": datetime.date(2000, 1, 1)}, "不能早于开会那天"),
    ],
)
def test_signing_wants_both_names_and_a_day_after_the_meeting(
    settled: Minutes, secretary: User, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(NotAllowed, match=reason):
        sign(settled, secretary, **change)
    settled.refresh_from_db()
    assert settled.status == MinutesStatus.READY
    assert settled.chair_name == ""


def test_only_the_settled_text_that_was_printed_is_signed(
    settled: Minutes, secretary: User, minutes: Minutes, member: User
) -> None:
    with pytest.raises(Stale):
        sign(settled, secretary, revision=settled.revision + 1)
    with pytest.raises(NotAllowed, match="签字情况由支部书记"):
        sign(settled, member)


def test_a_draft_cannot_be_signed(minutes: Minutes, secretary: User) -> None:
    with pytest.raises(NotAllowed, match="现在是「整理中」"):
        sign(minutes, secretary)


CHANGES = (
    "UPDATE meetings_minutes SET facts = '{}' WHERE id = %s",
    "UPDATE meetings_minutes SET status = 'draft' WHERE id = %s",
    "UPDATE meetings_minutes SET signed_on = '2020-01-01' WHERE id = %s",
    "DELETE FROM meetings_minutes WHERE id = %s",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_every_change_of_signed_minutes(signed: Minutes, statement: str) -> None:
    before = list(Minutes.objects.values())
    with (
        pytest.raises(DatabaseError, match="the minutes are signed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [signed.pk])
    assert list(Minutes.objects.values()) == before


def test_replacing_a_signed_row_is_refused_too(signed: Minutes) -> None:
    if connection.vendor == "postgresql":
        statement = "UPDATE meetings_minutes SET id = id + 1 WHERE id = %s"
    else:
        statement = "INSERT OR REPLACE INTO meetings_minutes SELECT * FROM meetings_minutes WHERE id = %s"
    with (
        pytest.raises(DatabaseError, match="the minutes are signed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [signed.pk])


def test_minutes_that_are_not_signed_may_change(settled: Minutes) -> None:
    assert Minutes.objects.filter(pk=settled.pk).update(revision=7) == 1
    assert Minutes.objects.filter(pk=settled.pk).delete()[0] == 1


def test_the_day_of_signing_is_the_local_one(signed: Minutes) -> None:
    assert signed.signed_on == timezone.localtime(signed.meeting.starts_at).date()
