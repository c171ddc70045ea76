"""Who sees a meeting, who runs it, who writes attendance; with the false answers as well."""

import datetime

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from branches.models import Appointment, User
from branches.permissions import Denied
from meetings.models import Meeting
from meetings.permissions import (
    can_change_meeting,
    can_open_duty_account,
    can_plan_meeting,
    can_plan_somewhere,
    can_record_attendance,
    can_run_meeting,
    can_see_attendance,
    is_recorder,
    is_scrutineer,
    is_teller,
)
from meetings.services import cancel_meeting
from members.models import Member
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.meetings import DutyFactory
from tests.factories.members import MemberFactory

PEOPLE = (
    "secretary", "organizer", "teller", "member", "group_leader", "supervisor", "township", "county",
    "sibling_secretary", "stranger", "system", "auditor",
)  # fmt: skip
OWN = {"secretary", "organizer"}
ABOVE = {"supervisor", "township", "county"}


@pytest.mark.parametrize("who", PEOPLE)
def test_who_sees_runs_and_reads(who: str, meeting: Meeting, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(who)
    sees = Meeting.objects.visible_to(user).filter(pk=meeting.pk).exists()
    assert sees == (who in {*OWN, *ABOVE, "teller", "member"})
    assert bool(can_run_meeting(user, meeting)) == (who in OWN)
    assert bool(can_plan_meeting(user, meeting.organization)) == (who in OWN)
    assert bool(can_change_meeting(user, meeting)) == (who in OWN)
    offices = {"township", "county"}  # they arrange the meetings of their own committee
    assert bool(can_plan_somewhere(user)) == (who in {*OWN, *offices, "sibling_secretary", "stranger"})
    assert bool(can_record_attendance(user, meeting)) == (who in OWN)
    # the member 吴长河 scrutinises and 陈国庆 counts at this meeting
    assert bool(can_see_attendance(user, meeting)) == (who in {*OWN, *ABOVE, "teller", "member"})
    assert bool(can_open_duty_account(user, meeting)) == (
        who in {"secretary", "township", "county", "system"}
    )


def test_nobody_logged_in_sees_or_may_anything(meeting: Meeting) -> None:
    nobody = AnonymousUser()
    assert not Meeting.objects.visible_to(nobody).exists()
    assert not can_plan_somewhere(nobody)
    assert not can_run_meeting(nobody, meeting)
    assert not is_teller(nobody, meeting)


def test_the_duties_are_told_apart(
    meeting: Meeting, secretary: User, organizer: User, member: User, teller: User
) -> None:
    assert is_teller(teller, meeting)
    assert not is_scrutineer(teller, meeting)
    assert is_scrutineer(member, meeting)
    assert is_recorder(organizer, meeting)
    assert not is_recorder(secretary, meeting)
    assert not is_teller(secretary, meeting)


def test_a_duty_at_one_meeting_gives_nothing_at_another(meeting: Meeting, tree: Tree, teller: User) -> None:
    other = Meeting.objects.create(
        organization=tree.sibling, campaign=meeting.campaign, starts_at=meeting.starts_at, place="别处"
    )
    assert not is_teller(teller, other)
    assert not Meeting.objects.visible_to(teller).filter(pk=other.pk).exists()


def test_whoever_has_a_duty_elsewhere_sees_that_meeting_once(
    meeting: Meeting, tree: Tree, people: list[Member]
) -> None:
    guest = account_with(None, tree.sibling)
    sent = MemberFactory.create(organization=tree.sibling, user=guest)
    for kind in ("recorder", "teller"):
        meeting.duties.filter(kind=kind).delete()
        DutyFactory.create(meeting=meeting, kind=kind, member=sent)
    assert Meeting.objects.visible_to(guest).filter(pk=meeting.pk).count() == 1


def test_a_member_who_left_the_branch_does_not_see_its_meetings(planned: Meeting, member: User) -> None:
    assert Meeting.objects.visible_to(member).exists()
    Member.objects.filter(user=member).update(standing="transferred")
    assert not Meeting.objects.visible_to(member).exists()


def test_an_expired_post_gives_nothing_from_the_next_day(meeting: Meeting, organizer: User) -> None:
    last = datetime.date(2030, 5, 31)
    Appointment.objects.filter(user=organizer).update(ends_on=last)
    with time_machine.travel("2030-05-31 20:00 +0800", tick=False):
        assert can_run_meeting(User.objects.get(pk=organizer.pk), meeting)
    with time_machine.travel("2030-06-01 00:00 +0800", tick=False):
        assert not can_run_meeting(User.objects.get(pk=organizer.pk), meeting)


def test_after_the_meeting_the_refusal_names_its_state(meeting: Meeting, secretary: User) -> None:
    over = cancel_meeting(meeting=meeting, by=secretary, note="改期")
    for answer in (can_change_meeting(secretary, over), can_record_attendance(secretary, over)):
        assert isinstance(answer, Denied)
        assert "已取消" in answer.reason


def test_a_meeting_is_planned_in_a_branch_only(tree: Tree, secretary: User) -> None:
    answer = can_plan_meeting(secretary, tree.group)
    assert isinstance(answer, Denied)
    assert "党支部" in answer.reason


def test_ordinary_members_do_not_read_the_list_of_names(meeting: Meeting, tree: Tree) -> None:
    plain = account_with(None, tree.village)
    MemberFactory.create(organization=tree.village, user=plain)
    assert Meeting.objects.visible_to(plain).filter(pk=meeting.pk).exists()
    assert not can_see_attendance(plain, meeting)
