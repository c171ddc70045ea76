"""Attendance and the counts made of it: 应到, 实到, who may fill in a form, who is not yet marked."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from branches.models import AuditEvent, Campaign, Role, User
from branches.workflow import NotAllowed
from meetings.models import Attendance, AttendanceStatus, Counts, Meeting
from meetings.services import (
    Conflict,
    mark_all_present,
    mark_rest_absent,
    record_attendance,
    saved_marks,
)
from members.models import ExemptReason, Member, Roster, RosterEntry
from members.services.rosters import exempt_from_count, freeze_roster
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.meetings import AttendanceFactory, DutyFactory, MeetingFactory
from tests.factories.members import MemberFactory, members_of


def fresh(meeting: Meeting) -> Meeting:
    counted = Meeting.objects.with_counts().get(pk=meeting.pk)
    assert counted.counts() == Meeting.objects.get(pk=meeting.pk).counts(), "one meeting is counted like many"
    return counted


def test_one_button_marks_everybody_present_and_leaves_earlier_marks_alone(
    meeting: Meeting, roster: Roster, people: list[Member], secretary: User
) -> None:
    ill = str(roster.entries.get(member=people[0]).pk)
    record_attendance(meeting=meeting, marks={ill: ("leave", "住院")}, by=secretary)
    assert mark_all_present(meeting=meeting, by=secretary) == 11
    assert mark_all_present(meeting=meeting, by=secretary) == 0
    assert fresh(meeting).counts() == Counts(12, 10, 11, 9, 11, 0, 10, 9)
    assert saved_marks(meeting)[ill] == ("leave", "住院")


def test_whoever_is_left_is_absent_by_one_button(meeting: Meeting, keys: list[str], secretary: User) -> None:
    record_attendance(meeting=meeting, marks={keys[0]: ("present", "")}, by=secretary)
    assert mark_rest_absent(meeting=meeting, by=secretary) == 11
    assert fresh(meeting).counts().unmarked == 0
    assert fresh(meeting).present_count == 1


def test_probationary_members_count_as_present_and_are_shown_apart(meeting: Meeting, secretary: User) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    counts = fresh(meeting).counts()
    assert (counts.expected_probationary, counts.present_probationary) == (2, 2)


def test_people_on_leave_absent_or_elsewhere_are_expected_but_not_present(
    meeting: Meeting, keys: list[str], secretary: User
) -> None:
    marks = {keys[0]: ("leave", ""), keys[1]: ("absent", ""), keys[2]: ("elsewhere", "深圳龙岗")}
    record_attendance(meeting=meeting, marks=marks, by=secretary)
    mark_all_present(meeting=meeting, by=secretary)
    meeting = fresh(meeting)
    assert (meeting.expected_count, meeting.present_count, meeting.voters_present_count) == (12, 9, 9)


def test_somebody_not_counted_leaves_the_number_expected_and_needs_a_reason_of_the_list(
    meeting: Meeting, keys: list[str], secretary: User
) -> None:
    for reason in ("", "没空"):
        with pytest.raises(NotAllowed, match="请选择原因"):
            record_attendance(meeting=meeting, marks={keys[0]: ("not_counted", reason)}, by=secretary)
    record_attendance(meeting=meeting, marks={keys[0]: ("not_counted", ExemptReason.BEDRIDDEN)}, by=secretary)
    mark_all_present(meeting=meeting, by=secretary)
    assert (fresh(meeting).expected_count, fresh(meeting).present_count) == (11, 11)
    row = Attendance.objects.get(meeting=meeting, status="not_counted")
    assert row.reason_text == "年老体弱卧床不起或长期患病生活不能自理"
    assert str(row).endswith("不计应到")


def test_the_database_asks_for_the_reason_too(meeting: Meeting, roster: Roster) -> None:
    entry = roster.entries.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceFactory.create(meeting=meeting, entry=entry, status=AttendanceStatus.NOT_COUNTED)
    AttendanceFactory.create(meeting=meeting, entry=entry, status=AttendanceStatus.LEAVE, reason="住院")
    assert Attendance.objects.get(meeting=meeting).reason_text == "住院"
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceFactory.create(meeting=meeting, entry=entry)


def test_somebody_the_roster_does_not_count_and_who_comes_is_expected_too(
    people: list[Member], meeting: Meeting, roster: Roster, secretary: User
) -> None:
    entry = roster.entries.get(member=people[9])
    exempt_from_count(entry=entry, reason=ExemptReason.BEDRIDDEN, why="支部大会通过", by=secretary)
    assert mark_all_present(meeting=meeting, by=secretary) == 11
    assert (fresh(meeting).expected_count, fresh(meeting).present_count) == (11, 11)
    record_attendance(meeting=meeting, marks={str(entry.pk): ("present", "")}, by=secretary)
    counts = fresh(meeting).counts()
    assert (counts.expected, counts.present, counts.voters_present) == (12, 12, 11)


def test_a_mark_can_be_taken_away_again(meeting: Meeting, keys: list[str], secretary: User) -> None:
    record_attendance(meeting=meeting, marks={keys[0]: ("present", "")}, by=secretary)
    record_attendance(meeting=meeting, marks={keys[0]: ("", "")}, by=secretary)
    assert saved_marks(meeting) == {}


def test_saving_the_same_sheet_twice_changes_and_records_nothing_the_second_time(
    meeting: Meeting, keys: list[str], secretary: User
) -> None:
    marks = dict.fromkeys(keys, ("present", ""))
    assert len(record_attendance(meeting=meeting, marks=marks, seen={}, by=secretary).changes) == 12
    assert not record_attendance(meeting=meeting, marks=marks, seen={}, by=secretary).changes
    assert AuditEvent.objects.filter(action="record_attendance").count() == 1


def test_two_people_mark_different_rows_and_both_are_kept(
    meeting: Meeting, keys: list[str], secretary: User, organizer: User
) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    seen = saved_marks(meeting)
    record_attendance(meeting=meeting, marks={**seen, keys[0]: ("leave", "住院")}, seen=seen, by=secretary)
    record_attendance(meeting=meeting, marks={**seen, keys[1]: ("absent", "")}, seen=seen, by=organizer)
    now = saved_marks(meeting)
    assert (now[keys[0]], now[keys[1]]) == (("leave", "住院"), ("absent", ""))


def test_the_same_row_marked_differently_is_a_conflict_and_nothing_is_written(
    meeting: Meeting, keys: list[str], secretary: User, organizer: User
) -> None:
    record_attendance(meeting=meeting, marks={keys[0]: ("leave", "住院")}, seen={}, by=secretary)
    later = {keys[0]: ("absent", ""), keys[1]: ("present", "")}
    with pytest.raises(Conflict) as caught:
        record_attendance(meeting=meeting, marks=later, seen={}, by=organizer)
    assert caught.value.rows == (keys[0],)
    assert saved_marks(meeting) == {keys[0]: ("leave", "住院")}
    merged = record_attendance(meeting=meeting, marks=later, seen={}, by=organizer, partial=True)
    assert merged.conflicts == (keys[0],)
    assert saved_marks(meeting) == {keys[0]: ("leave", "住院"), keys[1]: ("present", "")}


def test_only_people_of_the_roster_are_marked(meeting: Meeting, secretary: User) -> None:
    with pytest.raises(NotAllowed, match="名册刚刚有变动"):
        record_attendance(meeting=meeting, marks={"999999": ("present", "")}, by=secretary)


def test_nobody_is_marked_before_the_roster_is_frozen(
    planned: Meeting, campaign: Campaign, tree: Tree, secretary: User
) -> None:
    with pytest.raises(NotAllowed, match="请先核定花名册"):
        mark_all_present(meeting=planned, by=secretary)


def test_the_recorder_writes_attendance_and_a_plain_member_does_not(
    planned: Meeting, roster: Roster, people: list[Member], secretary: User, member: User, teller: User
) -> None:
    DutyFactory.create(meeting=planned, kind="recorder", member=people[3])
    assert mark_all_present(meeting=planned, by=teller) == 12
    with pytest.raises(NotAllowed, match="记录人登记"):
        mark_rest_absent(meeting=planned, by=member)


def test_a_meeting_before_any_roster_counts_nobody(planned: Meeting) -> None:
    assert planned.roster is None
    assert fresh(planned).counts() == Counts()
    assert planned.counts() == Counts()


def test_counts_are_read_when_asked_for_even_without_with_counts(meeting: Meeting, secretary: User) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    plain = Meeting.objects.get(pk=meeting.pk)
    assert (plain.expected_count, plain.present_count, plain.voters_present_count) == (12, 12, 12)


def test_counts_of_many_meetings_are_one_query(
    tree: Tree, campaign: Campaign, meeting: Meeting, secretary: User
) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    for branch in (tree.sibling, tree.school, tree.hospital):
        leader = account_with(Role.SECRETARY, branch)
        members_of(branch, 4)
        freeze_roster(campaign=campaign, organization=branch, by=leader)
        MeetingFactory.create(organization=branch, campaign=campaign)
    with CaptureQueriesContext(connection) as queries:
        rows = {m.organization_id: m.counts() for m in Meeting.objects.with_counts()}
    assert len(queries) == 1
    assert rows[tree.village.pk] == Counts(12, 10, 12, 10, 12, 0, 10, 10)
    assert rows[tree.school.pk] == Counts(4, 4, 0, 0, 0, 4, 4, 0)


def test_members_suspended_by_discipline_are_present_without_filling_in_a_form(
    tree: Tree, campaign: Campaign
) -> None:
    leader = account_with(Role.SECRETARY, tree.sibling)
    members_of(tree.sibling, 3)
    MemberFactory.create(organization=tree.sibling, suspended_until="2099-01-01")
    freeze_roster(campaign=campaign, organization=tree.sibling, by=leader)
    meeting = MeetingFactory.create(organization=tree.sibling, campaign=campaign)
    mark_all_present(meeting=meeting, by=leader)
    counts = fresh(meeting).counts()
    assert (counts.expected, counts.present, counts.voters_present) == (4, 4, 3)


one_mark = st.tuples(
    st.integers(0, 11),
    st.sampled_from(
        [
            ("present", ""),
            ("leave", ""),
            ("absent", ""),
            ("elsewhere", ""),
            ("not_counted", "abroad"),
            ("", ""),
        ]
    ),
)


@given(steps=st.lists(one_mark, max_size=12), exempt=st.sets(st.integers(0, 11), max_size=4))
@hypothesis_settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_the_counts_equal_a_recount_by_hand(
    meeting: Meeting,
    keys: list[str],
    secretary: User,
    steps: list[tuple[int, tuple[str, str]]],
    exempt: set[int],
) -> None:
    with transaction.atomic():
        RosterEntry.objects.filter(pk__in=[keys[n] for n in exempt]).update(
            is_expected=False, is_voter=False, exempt_reason="abroad"
        )
        for place, mark in steps:
            record_attendance(meeting=meeting, marks={keys[place]: mark}, by=secretary)
        marks = saved_marks(meeting)
        expected = present = unmarked = voters = 0
        for entry in RosterEntry.objects.filter(roster=meeting.roster):
            status = marks.get(str(entry.pk), ("", ""))[0]
            came = status == "present"
            present += came
            voters += came and entry.is_voter
            expected += came or (entry.is_expected and status != "not_counted")
            unmarked += entry.is_expected and not status
        counts = fresh(meeting).counts()
        transaction.set_rollback(True)
    assert (counts.expected, counts.present, counts.voters_present) == (expected, present, voters)
    assert counts.unmarked == unmarked
    assert counts.expected >= counts.present >= counts.voters_present
