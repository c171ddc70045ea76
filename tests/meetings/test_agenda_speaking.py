"""From slot to slot: clocks, turns told twice or late, notes of two devices."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import AuditEvent, Campaign, User
from branches.workflow import NotAllowed
from meetings.models import DutyKind, Meeting, MeetingStatus, Minutes, Slot, SlotStatus
from meetings.permissions.room import can_project
from meetings.rules.agenda import DIVIDER
from meetings.services.agenda import draw_up, parts_open_before_ballot
from meetings.services.meetings import close_meeting
from meetings.services.speaking import LONGEST_NOTES, Kept, save_notes, tick_slots, turn
from members.models import Member, Roster
from tests.conftest import Tree
from tests.factories.meetings import DutyFactory, MeetingFactory, opened_meeting
from tests.factories.members import MemberFactory
from tests.factories.rooms import held, seated, slots


@pytest.fixture
def meeting(tree: Tree, campaign: Campaign, secretary: User) -> Meeting:
    """A committee of two that sits: seven slots."""
    return held(tree.village, campaign, secretary, seats=2)


def states(meeting: Meeting) -> str:
    """The states of all slots, a letter each: p(ending), n(ow), d(one), s(kipped)."""
    return "".join(slot.status[0] for slot in slots(meeting))


class TestTurns:
    """One slot runs at a time."""

    def test_the_whole_agenda_is_gone_through(self, meeting: Meeting, secretary: User) -> None:
        left = None
        for slot in slots(meeting):
            assert turn(meeting=meeting, left=left, to=slot.pk, by=secretary)
            left = slot.pk
        assert states(meeting) == "ddddddn"
        assert turn(meeting=meeting, left=left, to=None, by=secretary)
        assert states(meeting) == "d" * 7
        assert all(slot.begun_at is None for slot in slots(meeting))

    def test_going_back_leaves_the_later_slot_to_come(self, meeting: Meeting, secretary: User) -> None:
        first, second, third = slots(meeting)[:3]
        for left, to in ((None, first), (first, second), (second, first)):
            turn(meeting=meeting, left=left.pk if left else None, to=to.pk, by=secretary)
        assert states(meeting)[:3] == "npp"
        assert turn(meeting=meeting, left=first.pk, to=third.pk, by=secretary)
        assert states(meeting)[:3] == "dpn"

    def test_a_reason_skips_and_coming_back_takes_it_away(self, meeting: Meeting, secretary: User) -> None:
        first, second = slots(meeting)[:2]
        turn(meeting=meeting, left=None, to=first.pk, by=secretary)
        turn(meeting=meeting, left=first.pk, to=second.pk, skip_reason="请假", by=secretary)
        assert states(meeting)[:2] == "sn"
        assert slots(meeting)[0].skip_reason == "请假"
        turn(meeting=meeting, left=second.pk, to=first.pk, by=secretary)
        assert (states(meeting)[:2], slots(meeting)[0].skip_reason) == ("np", "")

    def test_a_turn_told_twice_counts_once(self, meeting: Meeting, secretary: User) -> None:
        first, second = slots(meeting)[:2]
        turn(meeting=meeting, left=None, to=first.pk, by=secretary)
        assert turn(meeting=meeting, left=first.pk, to=second.pk, by=secretary)
        assert turn(meeting=meeting, left=first.pk, to=second.pk, by=secretary)
        assert states(meeting) == "dnppppp"
        assert turn(meeting=meeting, left=second.pk, to=second.pk, by=secretary)

    def test_a_device_that_is_behind_moves_nothing(self, meeting: Meeting, secretary: User) -> None:
        first, second, third = slots(meeting)[:3]
        turn(meeting=meeting, left=None, to=third.pk, by=secretary)
        assert not turn(meeting=meeting, left=first.pk, to=second.pk, by=secretary)
        assert not turn(meeting=meeting, left=third.pk, to=uuid.uuid4(), by=secretary)
        assert states(meeting) == "ppnpppp"

    def test_only_one_slot_can_run(self, meeting: Meeting) -> None:
        first, second = slots(meeting)[:2]
        Slot.objects.filter(pk=first.pk).update(status="now")
        with pytest.raises(IntegrityError), transaction.atomic():
            Slot.objects.filter(pk=second.pk).update(status="now")

    def test_each_step_is_in_the_record_of_the_branch(self, meeting: Meeting, secretary: User) -> None:
        first = slots(meeting)[0]
        turn(meeting=meeting, left=None, to=first.pk, by=secretary)
        event = AuditEvent.objects.get(action="begin_slot")
        assert (event.about_id, event.organization_path) == (str(first.pk), meeting.organization.path)

    def test_the_recorder_may_and_others_may_not(
        self, meeting: Meeting, member: User, organizer: User, teller: User, tree: Tree
    ) -> None:
        first = slots(meeting)[0]
        person: Member = MemberFactory.create(organization=tree.village, user=member)
        with pytest.raises(NotAllowed, match="记录人办理"):
            turn(meeting=meeting, left=None, to=first.pk, by=member)
        DutyFactory.create(meeting=meeting, kind=DutyKind.RECORDER, member=person)
        assert turn(meeting=meeting, left=None, to=first.pk, by=member)
        assert can_project(member, meeting)
        assert not can_project(teller, meeting)

    def test_nothing_begins_before_the_meeting(self, tree: Tree, campaign: Campaign, secretary: User) -> None:
        planned = seated(tree.village, campaign, seats=1)
        draw_up(meeting=planned, by=secretary)
        with pytest.raises(NotAllowed, match="宣布开会以后"):
            turn(meeting=planned, left=None, to=slots(planned)[0].pk, by=secretary)


class TestClocks:
    """The time a slot took is counted on the server, also when a device tells of it late."""

    def begun(self, meeting: Meeting, seconds: int) -> None:
        """Let the slot that runs have begun so many seconds ago."""
        moment = timezone.now() - datetime.timedelta(seconds=seconds)
        Slot.objects.filter(meeting=meeting, status="now").update(begun_at=moment)

    def test_time_adds_up_over_two_beginnings(self, meeting: Meeting, secretary: User) -> None:
        first, second = slots(meeting)[:2]
        turn(meeting=meeting, left=None, to=first.pk, by=secretary)
        self.begun(meeting, 100)
        turn(meeting=meeting, left=first.pk, to=second.pk, by=secretary)
        turn(meeting=meeting, left=second.pk, to=first.pk, by=secretary)
        self.begun(meeting, 50)
        turn(meeting=meeting, left=first.pk, to=second.pk, by=secretary)
        assert slots(meeting)[0].seconds == 150

    def test_a_turn_told_late_counts_from_when_it_was(self, meeting: Meeting, secretary: User) -> None:
        first, second, third = slots(meeting)[:3]
        turn(meeting=meeting, left=None, to=first.pk, by=secretary)
        self.begun(meeting, 600)
        turn(meeting=meeting, left=first.pk, to=second.pk, ago=300, by=secretary)
        turn(meeting=meeting, left=second.pk, to=third.pk, ago=100, by=secretary)
        assert [slot.seconds for slot in slots(meeting)[:2]] == [300, 200]

    def test_a_clock_that_is_wrong_never_makes_time_run_backwards(
        self, meeting: Meeting, secretary: User
    ) -> None:
        first, second = slots(meeting)[:2]
        turn(meeting=meeting, left=None, to=first.pk, by=secretary)
        turn(meeting=meeting, left=first.pk, to=second.pk, ago=99_999_999, by=secretary)
        turn(meeting=meeting, left=second.pk, to=None, ago=-50, by=secretary)
        assert [slot.seconds for slot in slots(meeting)[:2]] == [0, 0]

    def test_a_slot_without_a_beginning_takes_no_time(self, meeting: Meeting, secretary: User) -> None:
        first = slots(meeting)[0]
        turn(meeting=meeting, left=None, to=first.pk, by=secretary)
        Slot.objects.filter(pk=first.pk).update(begun_at=None)
        turn(meeting=meeting, left=first.pk, to=None, by=secretary)
        assert slots(meeting)[0].seconds == 0


class TestNotes:
    """What was said is kept, whoever writes it and however often it is sent."""

    def test_each_save_counts(self, meeting: Meeting, secretary: User) -> None:
        slot = slots(meeting)[0]
        assert save_notes(slot=slot, saved=0, text="一", by=secretary, is_auto=True) == Kept(1, "一", False)
        assert save_notes(slot=slot, saved=1, text="改了", by=secretary) == Kept(2, "改了", False)
        assert AuditEvent.objects.filter(action="note_slot").count() == 1

    def test_the_same_text_sent_twice_is_saved_once(self, meeting: Meeting, secretary: User) -> None:
        slot = slots(meeting)[0]
        for _ in range(2):
            assert save_notes(slot=slot, saved=0, text="一", by=secretary).saved == 1

    def test_two_devices_keep_both_texts(self, meeting: Meeting, secretary: User, organizer: User) -> None:
        slot = slots(meeting)[0]
        save_notes(slot=slot, saved=0, text="电脑上记的", by=secretary)
        kept = save_notes(slot=slot, saved=0, text="手机上记的", by=organizer)
        assert kept == Kept(2, f"电脑上记的\n{DIVIDER}\n手机上记的", True)
        assert slots(meeting)[0].notes == kept.text

    def test_what_only_goes_on_from_the_saved_text_is_no_quarrel(
        self, meeting: Meeting, secretary: User
    ) -> None:
        slot = slots(meeting)[0]
        save_notes(slot=slot, saved=0, text="走访少", by=secretary)
        assert save_notes(slot=slot, saved=0, text="走访少，会议多", by=secretary) == Kept(
            2, "走访少，会议多", False
        )

    def test_too_long_a_text_is_refused_in_words(self, meeting: Meeting, secretary: User) -> None:
        with pytest.raises(NotAllowed, match="记得太长"):
            save_notes(slot=slots(meeting)[0], saved=0, text="长" * (LONGEST_NOTES + 1), by=secretary)

    def test_notes_of_a_slot_that_is_gone_are_refused(self, meeting: Meeting, secretary: User) -> None:
        with pytest.raises(NotAllowed, match="刚刚被删去了"):
            save_notes(slot=Slot(pk=uuid.uuid4(), meeting=meeting), saved=0, text="一", by=secretary)

    def test_notes_are_written_until_the_minutes_are_drawn_up(
        self, meeting: Meeting, secretary: User, member: User
    ) -> None:
        slot = slots(meeting)[0]
        Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.PLANNED)
        with pytest.raises(NotAllowed, match="宣布开会以后才能记录"):
            save_notes(slot=slot, saved=0, text="一", by=secretary)
        Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.CLOSED)
        with pytest.raises(NotAllowed, match="记录人办理"):
            save_notes(slot=slot, saved=0, text="一", by=member)
        assert save_notes(slot=slot, saved=0, text="一", by=secretary).saved == 1
        Minutes.objects.create(meeting=meeting)
        with pytest.raises(NotAllowed, match="会议记录已经生成"):
            save_notes(slot=slot, saved=1, text="一二", by=secretary)


def test_a_meeting_held_on_paper_is_ticked_at_once(tree: Tree, campaign: Campaign, secretary: User) -> None:
    meeting = MeetingFactory.create(organization=tree.village, campaign=campaign, status=MeetingStatus.OPENED)
    draw_up(meeting=meeting, by=secretary)
    turn(meeting=meeting, left=None, to=slots(meeting)[0].pk, by=secretary)
    waiting = parts_open_before_ballot(meeting)
    assert tick_slots(meeting=meeting, by=secretary) == len(waiting) > 1
    assert parts_open_before_ballot(meeting) == ()
    assert {slot.status for slot in slots(meeting) if slot.kind == "ballot"} == {SlotStatus.PENDING}


def test_with_the_end_of_the_meeting_the_slot_that_runs_is_over(
    roster: Roster, people: list[Member], campaign: Campaign, tree: Tree, secretary: User
) -> None:
    meeting = opened_meeting(organization=tree.village, campaign=campaign, by=secretary, people=people)
    draw_up(meeting=meeting, by=secretary)
    turn(meeting=meeting, left=None, to=slots(meeting)[0].pk, by=secretary)
    close_meeting(meeting=meeting, by=secretary)
    first = slots(meeting)[0]
    assert (first.status, first.begun_at) == (SlotStatus.DONE, None)


def test_a_meeting_that_cannot_be_closed_goes_on(meeting: Meeting, secretary: User, member: User) -> None:
    turn(meeting=meeting, left=None, to=slots(meeting)[0].pk, by=secretary)
    with pytest.raises(NotAllowed):
        close_meeting(meeting=meeting, by=member)
    assert slots(meeting)[0].status == SlotStatus.NOW
