"""The agenda is drawn up from seats and rules, ordered by hand, and read by minutes and ballot."""

from __future__ import annotations

import uuid

import pytest

from branches.models import Campaign, User
from branches.workflow import NotAllowed
from meetings.models import Capacity, Meeting, MeetingKind, MeetingStatus, Participant, Slot, SlotStatus
from meetings.rules.agenda import READ_OUT
from meetings.services.agenda import draw, draw_up, groups_of, parts_asked, parts_open_before_ballot
from meetings.services.agenda_changes import (
    add_slot,
    move_slot,
    remove_slot,
    rename_slot,
    restore_slot,
    skip_person,
    skip_slot,
)
from meetings.services.speaking import save_notes, turn
from members.services.rosters import freeze_roster
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.rooms import NAMES, held, seated, slots

LUOYANG = ("committee_report", "self_review", "mutual_review", "ballot")


@pytest.fixture
def luoyang(tree: Tree) -> Campaign:
    """A campaign under the rules of 洛阳镇."""
    campaign: Campaign = CampaignFactory.create(
        issuer=tree.township, slug="luoyang", status="running", preset="luoyang_2014"
    )
    return campaign


def lines(meeting: Meeting) -> list[str]:
    """Each slot in words."""
    return [f"{slot.speaker_name}{slot.title}{slot.about_name}" for slot in slots(meeting)]


@pytest.mark.parametrize("number", [1, 3, 5, 7, 11])
def test_seats_make_so_many_slots(tree: Tree, luoyang: Campaign, secretary: User, number: int) -> None:
    meeting = seated(tree.village, luoyang, seats=number)
    assert len(draw_up(meeting=meeting, by=secretary)) == 1 + number * (number + 1)
    first = slots(meeting)[0]
    assert (first.ordinal, first.speaker_name, first.title, first.speaker_key) == (
        1,
        NAMES[0],
        "代表班子对照检查",
        "m0",
    )


def test_without_seats_noted_those_of_the_committee_speak(
    tree: Tree, luoyang: Campaign, secretary: User, organizer: User
) -> None:
    meeting = seated(tree.village, luoyang, seats=0)
    draw_up(meeting=meeting, by=secretary)
    assert lines(meeting) == [
        "刘德福代表班子对照检查",
        "刘德福个人对照检查",
        "王桂兰批评意见刘德福",
        "刘德福表态",
        "王桂兰个人对照检查",
        "刘德福批评意见王桂兰",
        "王桂兰表态",
    ]


def test_a_body_without_anybody_has_the_steps_without_names(tree: Tree, luoyang: Campaign) -> None:
    meeting = seated(tree.general, luoyang, seats=0, kind=MeetingKind.UPPER)
    assert [turn.kind for turn in draw(meeting)] == ["committee_check", "own_check", "criticism", "reply"]


def test_whoever_is_away_does_not_speak_unless_a_written_word_is_asked_for(
    tree: Tree, luoyang: Campaign
) -> None:
    meeting = seated(tree.village, luoyang, seats=3)
    meeting.participants.filter(key="m1").update(status="leave")
    meeting.participants.filter(key="m2").update(status="not_counted")
    assert {turn.speaker.name for turn in draw(meeting)} == {NAMES[0]}
    written = CampaignFactory.create(
        issuer=tree.township, slug="written", status="running", rules={"absent_statement": True}
    )
    again = seated(tree.village, written, seats=2)
    again.participants.filter(key="m1").update(status="absent")
    last = draw(again)[-1]
    assert (last.speaker.name, last.extra) == (NAMES[1], READ_OUT)
    assert draw_titles(again) == f"个人对照检查（{READ_OUT}）"


def draw_titles(meeting: Meeting) -> str:
    """The title of the last slot as it would be kept."""
    draw_up(meeting=meeting, by=clerk(meeting))
    return slots(meeting)[-1].title


def clerk(meeting: Meeting) -> User:
    """A clerk of the branch that holds the meeting."""
    user: User = AppointmentFactory.create(organization=meeting.organization).user
    return user


def test_a_plenary_follows_the_rules_and_ends_with_the_word_from_above(
    tree: Tree, luoyang: Campaign, secretary: User, organizer: User
) -> None:
    meeting = MeetingFactory.create(organization=tree.village, campaign=luoyang)
    assert parts_asked(meeting) == LUOYANG
    Participant.objects.create(meeting=meeting, capacity=Capacity.SUPERIOR, name="镇长")
    draw_up(meeting=meeting, by=secretary)
    assert lines(meeting) == [
        "刘德福通报班子对照检查情况",
        "个人自评",
        "党员互评",
        "民主测评",
        "镇长上级点评",
    ]
    Participant.objects.create(meeting=meeting, capacity=Capacity.INSTRUCTOR, name="指导员")
    assert draw(meeting)[-1].speaker.name == ""


def test_a_branch_without_a_committee_goes_straight_to_the_plenary(
    tree: Tree, luoyang: Campaign, secretary: User
) -> None:
    meeting = MeetingFactory.create(organization=tree.village, campaign=luoyang)
    draw_up(meeting=meeting, by=secretary)
    assert lines(meeting)[:3] == ["刘德福书记对照检查发言", "听取党员批评意见", "个人自评"]


def test_leaders_speak_in_the_steps_of_their_own_notice(tree: Tree) -> None:
    leaders = CampaignFactory.create(
        issuer=tree.county,
        slug="leaders",
        status="running",
        rules={"speaking_steps": ["own_check", "criticism"], "superior_comments": True},
    )
    meeting = seated(tree.township, leaders, seats=3, kind=MeetingKind.LIFE)
    kinds = [turn.kind for turn in draw(meeting)]
    assert kinds == [*["own_check", "criticism", "criticism"] * 3, "comments"]


@pytest.mark.parametrize(
    ("kind", "titles"),
    [
        (MeetingKind.BRIEFING, ["会议内容"]),
        (MeetingKind.GROUP, ["个人自评", "党员互评"]),
    ],
)
def test_other_meetings_have_a_short_agenda(
    tree: Tree, luoyang: Campaign, secretary: User, kind: str, titles: list[str]
) -> None:
    meeting = MeetingFactory.create(organization=tree.village, campaign=luoyang, kind=kind)
    assert [slot.title for slot in draw_up(meeting=meeting, by=secretary)] == titles


@pytest.mark.parametrize(("asked_from", "split"), [(12, True), (13, False), (None, False)])
def test_reviews_are_held_by_groups_where_the_rules_let_it(
    tree: Tree, people: list[object], secretary: User, asked_from: int | None, split: bool
) -> None:
    asked = CampaignFactory.create(
        issuer=tree.township, slug="groups", status="running", rules={"group_split_from": asked_from}
    )
    meeting = MeetingFactory.create(organization=tree.village, campaign=asked)
    frozen(meeting, secretary)
    assert groups_of(meeting) == (("一组",) if split else ())
    draw_up(meeting=meeting, by=secretary, by_groups=True)
    assert ("一组：个人自评" in lines(meeting)) is split
    assert groups_of(seated(tree.village, asked, seats=1)) == ()


def frozen(meeting: Meeting, by: User) -> None:
    """Freeze the roster of the meeting's branch."""
    freeze_roster(campaign=meeting.campaign, organization=meeting.organization, by=by)


def test_only_full_members_make_the_number_where_the_rules_say_so(
    tree: Tree, people: list[object], secretary: User
) -> None:
    rules = {"group_split_from": 11, "group_split_counts": "full"}
    asked = CampaignFactory.create(issuer=tree.township, slug="full", status="running", rules=rules)
    meeting = MeetingFactory.create(organization=tree.village, campaign=asked)
    frozen(meeting, secretary)
    assert groups_of(meeting) == ()


def test_the_order_is_drawn_anew_only_while_nothing_was_said(
    tree: Tree, luoyang: Campaign, secretary: User
) -> None:
    meeting = held(tree.village, luoyang, secretary, seats=2)
    meeting.participants.filter(key="m1").delete()
    assert len(draw_up(meeting=meeting, by=secretary)) == 3
    save_notes(slot=slots(meeting)[1], saved=0, text="说了", by=secretary)
    with pytest.raises(NotAllowed, match="不能重新生成"):
        draw_up(meeting=meeting, by=secretary)


def test_others_and_later_times_change_nothing(
    tree: Tree, luoyang: Campaign, secretary: User, member: User
) -> None:
    meeting = seated(tree.village, luoyang, seats=1)
    with pytest.raises(NotAllowed, match="记录人办理"):
        draw_up(meeting=meeting, by=member)
    over = held(tree.village, luoyang, secretary, seats=1)
    Meeting.objects.filter(pk=over.pk).update(status=MeetingStatus.CLOSED)
    with pytest.raises(NotAllowed, match="不能再改"):
        remove_slot(slot=Slot.objects.get(pk=slots(over)[0].pk), by=secretary)


class TestByHand:
    """Slots are moved, added, renamed, taken off and skipped."""

    @pytest.fixture
    def meeting(self, tree: Tree, luoyang: Campaign, secretary: User) -> Meeting:
        """One person: 代表班子, 个人, 表态."""
        return held(tree.village, luoyang, secretary, seats=1)

    def titles(self, meeting: Meeting) -> list[str]:
        """The titles in their order."""
        assert [slot.ordinal for slot in slots(meeting)] == list(range(1, len(slots(meeting)) + 1))
        return [slot.title for slot in slots(meeting)]

    def test_a_slot_changes_places_with_its_neighbour(self, meeting: Meeting, secretary: User) -> None:
        move_slot(slot=slots(meeting)[2], seen=3, up=True, by=secretary)
        assert self.titles(meeting) == ["代表班子对照检查", "表态", "个人对照检查"]
        move_slot(slot=slots(meeting)[0], seen=1, up=False, by=secretary)
        assert self.titles(meeting) == ["表态", "代表班子对照检查", "个人对照检查"]

    def test_a_second_press_or_the_end_of_the_list_moves_nothing(
        self, meeting: Meeting, secretary: User
    ) -> None:
        slot = slots(meeting)[1]
        move_slot(slot=slot, seen=2, up=True, by=secretary)
        with pytest.raises(NotAllowed, match="刚才另有一位同志"):
            move_slot(slot=slot, seen=2, up=True, by=secretary)
        with pytest.raises(NotAllowed, match="只能移动还没有进行的"):
            move_slot(slot=slot, seen=1, up=True, by=secretary)

    def test_nothing_is_moved_before_what_was_said(self, meeting: Meeting, secretary: User) -> None:
        turn(meeting=meeting, left=None, to=slots(meeting)[0].pk, by=secretary)
        with pytest.raises(NotAllowed, match="只能移动还没有进行的"):
            move_slot(slot=slots(meeting)[1], seen=2, up=True, by=secretary)
        with pytest.raises(NotAllowed, match="只能移动还没有进行的"):
            move_slot(slot=slots(meeting)[0], seen=1, up=False, by=secretary)

    def test_a_slot_is_added_behind_another_or_at_the_end(self, meeting: Meeting, secretary: User) -> None:
        add_slot(meeting=meeting, title="传达  文件", after=slots(meeting)[0].pk, by=secretary)
        add_slot(meeting=meeting, title="镇领导讲话", speaker_name="周敏", after=uuid.uuid4(), by=secretary)
        assert self.titles(meeting) == ["代表班子对照检查", "传达 文件", "个人对照检查", "表态", "镇领导讲话"]
        assert slots(meeting)[-1].speaker_name == "周敏"

    def test_the_first_slot_of_an_empty_agenda(self, tree: Tree, luoyang: Campaign, secretary: User) -> None:
        meeting = seated(tree.village, luoyang, seats=0)
        assert add_slot(meeting=meeting, title="讨论", by=secretary).ordinal == 1

    @pytest.mark.parametrize(
        ("title", "reason"), [("  ", "请写明这一项的内容"), ("长" * 121, "内容太长，最多 120 字")]
    )
    def test_words_must_be_there_and_fit(
        self, meeting: Meeting, secretary: User, title: str, reason: str
    ) -> None:
        with pytest.raises(NotAllowed, match=reason):
            add_slot(meeting=meeting, title=title, by=secretary)

    def test_another_name_is_another_person(self, meeting: Meeting, secretary: User) -> None:
        slot = slots(meeting)[1]
        words = {"title": "剖析", "speaker_name": slot.speaker_name, "about_name": ""}
        rename_slot(slot=slot, by=secretary, **words)
        assert slots(meeting)[1].speaker_key == "m0"
        rename_slot(slot=slot, by=secretary, **{**words, "speaker_name": "外人", "about_name": "王桂兰"})
        now = slots(meeting)[1]
        assert (now.title, now.speaker_name, now.speaker_key, now.about_name) == (
            "剖析",
            "外人",
            "",
            "王桂兰",
        )

    def test_only_what_was_not_said_is_taken_off(self, meeting: Meeting, secretary: User) -> None:
        remove_slot(slot=slots(meeting)[1], by=secretary)
        assert self.titles(meeting) == ["代表班子对照检查", "表态"]
        save_notes(slot=slots(meeting)[0], saved=0, text="说了", by=secretary)
        with pytest.raises(NotAllowed, match="不能删去"):
            remove_slot(slot=slots(meeting)[0], by=secretary)

    def test_a_slot_taken_off_meanwhile_is_not_changed(self, meeting: Meeting, secretary: User) -> None:
        slot = slots(meeting)[1]
        remove_slot(slot=slot, by=secretary)
        with pytest.raises(NotAllowed, match="刚才另有一位同志"):
            skip_slot(slot=Slot(pk=uuid.uuid4(), meeting=meeting), reason="请假", by=secretary)

    def test_a_slot_is_skipped_with_a_reason_and_taken_back(self, meeting: Meeting, secretary: User) -> None:
        slot = slots(meeting)[1]
        with pytest.raises(NotAllowed, match="须写明原因"):
            skip_slot(slot=slot, reason=" ", by=secretary)
        skip_slot(slot=slot, reason="请假", by=secretary)
        assert (slots(meeting)[1].status, slots(meeting)[1].skip_reason) == (SlotStatus.SKIPPED, "请假")
        restore_slot(slot=slot, by=secretary)
        assert (slots(meeting)[1].status, slots(meeting)[1].skip_reason) == (SlotStatus.PENDING, "")

    def test_whoever_left_is_skipped_in_one_go(self, tree: Tree, luoyang: Campaign, secretary: User) -> None:
        meeting = held(tree.village, luoyang, secretary, seats=3)
        turn(meeting=meeting, left=None, to=slots(meeting)[0].pk, by=secretary)
        turn(meeting=meeting, left=slots(meeting)[0].pk, to=slots(meeting)[1].pk, by=secretary)
        with pytest.raises(NotAllowed, match="须写明原因"):
            skip_person(meeting=meeting, name=NAMES[2], reason=" ", by=secretary)
        assert skip_person(meeting=meeting, name=NAMES[2], reason="提前离会", by=secretary) == 6
        kept = [slot for slot in slots(meeting) if slot.status != SlotStatus.SKIPPED]
        assert NAMES[2] not in {name for slot in kept for name in (slot.speaker_name, slot.about_name)}
        assert len(kept) == 7
        with pytest.raises(NotAllowed, match="后面没有"):
            skip_person(meeting=meeting, name=NAMES[2], reason="提前离会", by=secretary)
        with pytest.raises(NotAllowed, match="后面没有"):
            skip_person(meeting=meeting, name="", reason="提前离会", by=secretary)

    def test_what_runs_is_skipped_in_the_room_only(self, meeting: Meeting, secretary: User) -> None:
        first = slots(meeting)[0]
        turn(meeting=meeting, left=None, to=first.pk, by=secretary)
        with pytest.raises(NotAllowed, match="请在记录页面跳过"):
            skip_slot(slot=first, reason="请假", by=secretary)


def test_what_must_be_over_before_the_ballot_is_named(
    tree: Tree, luoyang: Campaign, secretary: User, organizer: User
) -> None:
    meeting = MeetingFactory.create(organization=tree.village, campaign=luoyang, status=MeetingStatus.OPENED)
    assert parts_open_before_ballot(meeting) == ()
    draw_up(meeting=meeting, by=secretary)
    first, second, third, ballot, _comments = slots(meeting)
    assert parts_open_before_ballot(meeting) == ("通报班子对照检查情况", "个人自评", "党员互评")
    turn(meeting=meeting, left=None, to=first.pk, by=secretary)
    turn(meeting=meeting, left=first.pk, to=second.pk, by=secretary)
    assert parts_open_before_ballot(meeting) == ("个人自评", "党员互评")
    skip_slot(slot=third, reason="已并入自评", by=secretary)
    turn(meeting=meeting, left=second.pk, to=ballot.pk, by=secretary)
    assert parts_open_before_ballot(meeting) == ()
