"""Guests: invited from above or by name, seen by who is invited, noted by the recorder; leaders' quota counted."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Notice, Organization, Role, User
from branches.workflow import NotAllowed
from meetings.models import Capacity, Duty, Meeting, MeetingStatus, Minutes, Participant
from meetings.permissions.guests import can_note_guests, can_see_guests, can_see_visits
from meetings.reports.guests import Visits, visit_pages
from meetings.services import cancel_meeting
from meetings.services.guests import (
    GuestConflict,
    Noted,
    invite_guest,
    invite_officer,
    note_guests,
    officers_above,
    remove_guest,
)
from members.models import Member
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.meetings import MeetingFactory
from tests.factories.members import MemberFactory

Open = Callable[[User], Client]


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(NotAllowed) as caught:
        act()
    return caught.value.reason


def at(name: str, *args: Any) -> str:
    return reverse(f"meetings:{name}", args=args)


@pytest.fixture
def head(tree: Tree) -> User:
    """The secretary of the township committee."""
    return account_with(Role.SECRETARY, tree.township, full_name="韩长河", username="hanchanghe")


@pytest.fixture
def instructor(tree: Tree) -> User:
    """An instructor sent to the village."""
    return account_with(Role.INSTRUCTOR, tree.village, full_name="钱国栋", username="qianguodong")


def by_name(meeting: Meeting, by: User, name: str = "赵大爷", **more: str) -> Participant:
    said = {"name": name, "post": "村民代表", "capacity": Capacity.MASSES, **more}
    return invite_guest(meeting=meeting, by=by, **said)


# Who can be invited


def test_officers_above_are_offered_nearest_first_and_nobody_of_the_own_roll(
    tree: Tree, head: User, instructor: User, supervisor: User
) -> None:
    AppointmentFactory.create(role=Role.SECRETARY, organization=tree.county, holder_name="孙书记")
    own = account_with(Role.DEPUTY, tree.township, full_name="本村的副书记")
    MemberFactory.create(organization=tree.village, name="本村的副书记", user=own)
    offered = officers_above(tree.village, timezone.localdate())
    assert [(one.name, one.post, one.capacity) for one in offered] == [
        ("韩长河", "青石镇书记", "superior"),
        ("孙书记", "云岭县委书记", "superior"),
        ("李敏", "青石镇督导组", "instructor"),
        ("钱国栋", "新河村支部指导员", "instructor"),
    ]


def test_an_invited_officer_is_told_and_sees_the_meeting(
    planned: Meeting, secretary: User, tree: Tree, stranger: User
) -> None:
    AppointmentFactory.create(
        user=stranger, role=Role.DEPUTY, organization=tree.county, holder_name=stranger.full_name
    )
    AppointmentFactory.create(
        role=Role.COMMITTEE, organization=tree.county, user=None, holder_name="没有账号的"
    )
    for one in officers_above(tree.village, timezone.localdate()):
        invite_officer(meeting=planned, key=one.key, by=secretary)
    guest = Participant.objects.get(user=stranger)
    assert (guest.invited_on, guest.organization) == (timezone.localdate(), tree.county)
    notice = Notice.objects.get(recipient=stranger)
    assert "新河村支部邀请您参加党员大会" in notice.title
    assert "村委会会议室" in notice.body
    assert "没有找到这位同志" in refusal(lambda: invite_officer(meeting=planned, key="a0", by=secretary))
    assert "已经在名单上" in refusal(lambda: invite_officer(meeting=planned, key=guest.key, by=secretary))


def test_who_is_invited_sees_this_meeting_and_no_other(
    planned: Meeting, tree: Tree, campaign: Campaign, stranger: User, client_of: Open
) -> None:
    other = MeetingFactory.create(organization=tree.sibling, campaign=campaign)
    assert not Meeting.objects.visible_to(stranger).exists()
    Participant.objects.create(
        meeting=planned, capacity=Capacity.SUPERIOR, name=stranger.full_name, user=stranger
    )
    assert list(Meeting.objects.visible_to(stranger)) == [planned]
    client = client_of(stranger)
    assert client.get(at("detail", planned.pk)).status_code == 200
    assert client.get(at("tell", planned.pk)).status_code == 200
    assert client.get(at("detail", other.pk)).status_code == 404
    for name in ("guests", "ready", "attendance"):
        assert client.get(at(name, planned.pk)).status_code == 403


def test_invited_while_no_day_is_set(planned: Meeting, secretary: User, head: User, tree: Tree) -> None:
    planned.postponements.create(was=planned.starts_at, reason="准备不充分", asked_by=secretary)
    key = officers_above(tree.village, timezone.localdate())[0].key
    invite_officer(meeting=planned, key=key, by=secretary)
    assert "时间待定" in Notice.objects.get(recipient=head).title


def test_by_name_nobody_twice_and_only_as_a_guest(planned: Meeting, secretary: User, member: User) -> None:
    guest = by_name(planned, secretary)
    assert (guest.ordinal, guest.key, guest.user) == (1, "", None)
    assert by_name(planned, secretary, name="李大妈").ordinal == 2
    assert "已经在名单上" in refusal(lambda: by_name(planned, secretary))
    assert "请填写姓名" in refusal(lambda: by_name(planned, secretary, name=" "))
    assert "以什么身份" in refusal(lambda: by_name(planned, secretary, name="甲", capacity=Capacity.SEAT))
    assert "书记、副书记或组织委员" in refusal(lambda: by_name(planned, member, name="甲"))
    assert not Notice.objects.filter(kind__startswith="invited").exists()


def test_taken_off_unless_something_is_noted(planned: Meeting, secretary: User) -> None:
    guest, other = by_name(planned, secretary), by_name(planned, secretary, name="李大妈")
    Participant.objects.filter(pk=other.pk).update(comments="开得好")
    remove_guest(meeting=planned, guest=guest, by=secretary)
    remove_guest(meeting=planned, guest=guest, by=secretary)
    assert "已经登记" in refusal(lambda: remove_guest(meeting=planned, guest=other, by=secretary))
    assert [one.name for one in Participant.objects.all()] == ["李大妈"]
    assert AuditEvent.objects.filter(action="remove_guest").count() == 1


# Came, and what was said


def begun(meeting: Meeting) -> Meeting:
    """The meeting as if it had been opened."""
    Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.OPENED)
    return Meeting.objects.get(pk=meeting.pk)


def test_the_recorder_notes_who_came_and_what_was_said(
    planned: Meeting, secretary: User, member: User, people: list[Member], client_of: Open
) -> None:
    guest = by_name(planned, secretary)
    recorder = people[2]
    Duty.objects.create(meeting=planned, kind="recorder", member=recorder, holder_name=recorder.name)
    assert recorder.user == member
    assert "会议开始以后" in refusal(
        lambda: note_guests(meeting=planned, noted={guest.pk: Noted("present", "")}, seen={}, by=member)
    )
    opened = begun(planned)
    before = {guest.pk: Noted("", "")}
    noted = {guest.pk: Noted("present", "开得认真，问题找得准。")}
    assert note_guests(meeting=opened, noted=noted, seen=before, by=member) == 1
    assert note_guests(meeting=opened, noted=noted, seen=before, by=member) == 0
    kept = Participant.objects.get()
    assert (kept.status, kept.comments) == ("present", "开得认真，问题找得准。")
    event = AuditEvent.objects.get(action="note_guests")
    assert event.detail == {"rows": 1}
    page = client_of(member).get(at("guests", planned.pk)).content.decode()
    assert "开得认真，问题找得准。" in page


def test_what_somebody_else_noted_meanwhile_is_never_lost(planned: Meeting, secretary: User) -> None:
    guest, other = by_name(planned, secretary), by_name(planned, secretary, name="李大妈")
    opened, shown = begun(planned), Noted("", "")
    note_guests(meeting=opened, noted={guest.pk: Noted("present", "")}, seen={guest.pk: shown}, by=secretary)
    unmoved = {guest.pk: shown, other.pk: Noted("absent", "")}
    note_guests(meeting=opened, noted=unmoved, seen={guest.pk: shown, other.pk: shown}, by=secretary)
    assert [one.status for one in Participant.objects.all()] == ["present", "absent"]
    with pytest.raises(GuestConflict) as crossed:
        note_guests(
            meeting=opened, noted={guest.pk: Noted("absent", "")}, seen={guest.pk: shown}, by=secretary
        )
    assert crossed.value.names == ("赵大爷",)
    assert "到会情况请选" in refusal(
        lambda: note_guests(meeting=opened, noted={guest.pk: Noted("leave", "")}, seen={}, by=secretary)
    )


def test_after_the_minutes_are_signed_nothing_changes(
    planned: Meeting, secretary: User, township: User
) -> None:
    guest, opened = by_name(planned, secretary), begun(planned)
    Minutes.objects.create(
        meeting=opened,
        status="signed",
        signed_on=timezone.localdate(),
        chair_name="刘德福",
        recorder_name="王桂兰",
    )
    note = {guest.pk: Noted("present", "")}
    assert "已经签字" in refusal(lambda: note_guests(meeting=opened, noted=note, seen={}, by=secretary))
    assert "记录人登记" in refusal(lambda: note_guests(meeting=opened, noted=note, seen={}, by=township))
    assert can_see_guests(township, opened) is True


def test_a_cancelled_meeting_takes_no_notes(planned: Meeting, secretary: User) -> None:
    cancelled = cancel_meeting(meeting=planned, by=secretary, note="不开了")
    assert not can_note_guests(secretary, cancelled)


# The page


def test_the_page_invites_removes_and_prints(
    planned: Meeting, secretary: User, head: User, tree: Tree, client_of: Open
) -> None:
    client, url = client_of(secretary), at("guests", planned.pk)
    page = client.get(url).content.decode()
    assert "韩长河（青石镇书记）" in page
    client.post(
        at("invite", planned.pk), {"officer": officers_above(tree.village, timezone.localdate())[0].key}
    )
    client.post(url, {"name": "赵大爷", "post": "村民代表", "capacity": "masses"})
    page = client.get(url).content.decode()
    assert "韩长河（青石镇书记）" not in page
    assert "群众代表" in page
    assert (
        "没有找到这位同志"
        in client.post(at("invite", planned.pk), {"officer": "zzz"}, follow=True).content.decode()
    )
    twice = client.post(url, {"name": "赵大爷", "post": "村民代表", "capacity": "masses"}).content.decode()
    assert "已经在名单上" in twice
    assert 'value="村民代表"' in twice
    assert "请填写姓名" in client.post(url, {"capacity": "masses"}).content.decode()
    masses = Participant.objects.get(capacity="masses")
    letter = client.get(at("invitation", planned.pk, masses.pk))
    assert letter["Content-Type"] == "application/pdf"
    words = pypdfium2.PdfDocument(letter.content)[0].get_textpage().get_text_range()
    assert "赵大爷同志" in words
    assert "列席" in words
    client.post(at("remove_guest", planned.pk, masses.pk))
    assert Participant.objects.count() == 1
    assert client.post(at("remove_guest", planned.pk, masses.pk)).status_code == 404
    Participant.objects.update(status="present")
    left = client.post(at("remove_guest", planned.pk, Participant.objects.get().pk), follow=True)
    assert "不能从名单上去掉" in left.content.decode()


def test_notes_typed_on_the_page_survive_a_conflict_and_bad_input(
    planned: Meeting, secretary: User, client_of: Open
) -> None:
    guest = by_name(planned, secretary)
    begun(planned)
    client, url, row = client_of(secretary), at("note_guests", planned.pk), f"g{guest.pk}-"
    typed = {f"{row}status": "present", f"{row}comments": "讲得实\r\n有分量", f"{row}seen_status": ""}
    assert client.post(url, typed).status_code == 302
    assert Participant.objects.get().comments == "讲得实\n有分量"
    Participant.objects.update(comments="另一位写的")
    page = client.post(url, {**typed, f"{row}comments": "我写的"}).content.decode()
    assert "刚才另有一位同志登记了赵大爷的情况" in page
    assert "我写的" in page
    page = client.post(url, {**typed, f"{row}status": "leave"}).content.decode()
    assert "有的内容不对" in page
    page = client.post(url, {**typed, f"{row}comments": "长" * 5_001}).content.decode()
    assert "最多 5000 字" in page
    Meeting.objects.update(status=MeetingStatus.CANCELLED)
    assert client.post(url, typed).status_code == 403


# Leaders' quota


@pytest.fixture
def asking(tree: Tree) -> Campaign:
    """A campaign that asks each leader to attend two or three branches."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township, status="published", rules={"leader_visits_min": 2, "leader_visits_max": 3}
    )
    return made


def attend(meeting: Meeting, user: User, status: str = "present") -> None:
    Participant.objects.create(
        meeting=meeting, capacity=Capacity.SUPERIOR, name=user.full_name, user=user, status=status
    )


def test_each_branch_counts_once_and_only_who_came(
    tree: Tree, asking: Campaign, head: User, township: User, secretary: User
) -> None:
    AppointmentFactory.create(
        role=Role.DEPUTY, organization=tree.township, user=None, holder_name="没有账号的"
    )
    starts = [timezone.now() + datetime.timedelta(days=day) for day in range(5)]
    village, again, sibling, school, cancelled = (
        MeetingFactory.create(organization=place, campaign=asking, starts_at=start)
        for place, start in zip(
            (tree.village, tree.village, tree.sibling, tree.school, tree.hospital), starts, strict=True
        )
    )
    own = MeetingFactory.create(organization=tree.township, campaign=asking, kind="upper")
    for meeting in (village, again, own, cancelled):
        attend(meeting, head)
    attend(sibling, head, "absent")
    attend(school, head, "")
    Meeting.objects.filter(pk=cancelled.pk).update(status=MeetingStatus.CANCELLED)
    other = officers_above(tree.village, timezone.localdate())[1]
    invite_officer(meeting=village, key=other.key, by=secretary)
    found = Visits.of(asking, tree.township)
    assert found.asked == "每名班子成员参加 2—3 个党支部的会"
    first, second = found.leaders
    assert (first.seat.name, first.branches, first.lacking, first.word) == ("韩长河", 1, 1, "还差 1 个")
    assert [visit.meeting for visit in first.attended] == [village, again]
    assert [visit.meeting for visit in first.coming] == [school]
    assert (second.branches, len(second.coming)) == (0, 1)
    attend(MeetingFactory.create(organization=tree.mill, campaign=asking), head)
    assert Visits.of(asking, tree.township).leaders[0].word == "已够"


def test_the_page_of_visits_is_for_the_office_and_leaders_of_the_body(
    tree: Tree,
    asking: Campaign,
    campaign: Campaign,
    head: User,
    township: User,
    county: User,
    client_of: Open,
) -> None:
    attend(MeetingFactory.create(organization=tree.village, campaign=asking), head)
    url = at("visits", asking.slug, tree.township.pk)
    for person in (head, township, county):
        assert "还差 1 个" in client_of(person).get(url).content.decode()
    quiet = client_of(township).get(at("visits", campaign.slug, tree.township.pk)).content.decode()
    assert "没有规定" in quiet
    assert Visits.of(campaign, tree.township).asked == ""
    deputy = account_with(Role.COMMITTEE, tree.township)
    assert client_of(deputy).get(url).status_code == 403
    assert not can_see_visits(township, tree.village)
    only = CampaignFactory.create(issuer=tree.township, rules={"leader_visits_min": 2})
    assert Visits.of(only, tree.township).asked == "每名班子成员至少参加 2 个党支部的会"


def test_as_many_queries_for_many_visits(
    tree: Tree, asking: Campaign, head: User, django_assert_num_queries: Any
) -> None:
    places = Organization.objects.filter(pk__in=[tree.village.pk, tree.sibling.pk, tree.school.pk])
    for place in places:
        attend(MeetingFactory.create(organization=place, campaign=asking), head)
    rules = Campaign.objects.get(pk=asking.pk)
    with django_assert_num_queries(4):
        assert Visits.of(rules, tree.township).leaders[0].branches == 3


def test_the_list_of_meetings_leads_those_who_answer_for_a_body_to_its_leaders(
    tree: Tree, asking: Campaign, township: User, secretary: User, client_of: Open
) -> None:
    url = at("visits", asking.slug, tree.township.pk)
    assert url in client_of(township).get(reverse("meetings:list")).content.decode()
    assert url not in client_of(secretary).get(reverse("meetings:list")).content.decode()
    assert visit_pages(township) == ((asking, tree.township),)
