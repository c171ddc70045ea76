"""Two devices in one room: at the same moment they turn, note, move and draw up."""

from __future__ import annotations

import functools

import pytest

from branches.models import Campaign, User
from meetings.models import Meeting, SlotStatus
from meetings.services.agenda import draw_up
from meetings.services.agenda_changes import add_slot, move_slot
from meetings.services.speaking import save_notes, turn
from tests.conftest import Tree
from tests.factories.rooms import held, slots
from tests.races import at_once, refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def meeting(tree: Tree, campaign: Campaign, secretary: User) -> Meeting:
    """A committee of two that sits."""
    return held(tree.village, campaign, secretary, seats=2)


def test_two_devices_that_turn_at_once_go_on_by_one(
    meeting: Meeting, secretary: User, organizer: User
) -> None:
    first, second, third = slots(meeting)[:3]
    turn(meeting=meeting, left=None, to=first.pk, by=secretary)
    on = functools.partial(turn, meeting=meeting, left=first.pk)
    assert at_once(
        functools.partial(on, to=second.pk, by=secretary), functools.partial(on, to=second.pk, by=organizer)
    ) == [True, True]
    apart = functools.partial(turn, meeting=meeting, left=second.pk)
    moved = at_once(
        functools.partial(apart, to=third.pk, by=secretary),
        functools.partial(apart, to=first.pk, by=organizer),
    )
    assert sorted(moved) == [False, True]
    assert [slot.status for slot in slots(meeting)].count(SlotStatus.NOW) == 1


def test_what_two_devices_note_at_once_is_all_there(
    meeting: Meeting, secretary: User, organizer: User
) -> None:
    note = functools.partial(save_notes, slot=slots(meeting)[0], saved=0)
    at_once(
        functools.partial(note, text="电脑上记的", by=secretary),
        functools.partial(note, text="手机上记的", by=organizer),
    )
    now = slots(meeting)[0]
    assert now.saved == 2
    assert {"电脑上记的", "手机上记的"} <= set(now.notes.splitlines())


def test_slots_added_and_moved_at_once_keep_their_places(
    meeting: Meeting, secretary: User, organizer: User
) -> None:
    third = slots(meeting)[2]
    at_once(
        functools.partial(add_slot, meeting=meeting, title="甲", after=third.pk, by=secretary),
        functools.partial(add_slot, meeting=meeting, title="乙", after=third.pk, by=organizer),
    )
    assert [slot.ordinal for slot in slots(meeting)] == list(range(1, 10))
    up = functools.partial(move_slot, slot=third, seen=3, up=True)
    assert refused(at_once(functools.partial(up, by=secretary), functools.partial(up, by=organizer))) == 1
    assert slots(meeting)[1].pk == third.pk


def test_an_agenda_drawn_up_twice_at_once_stands_once(
    meeting: Meeting, secretary: User, organizer: User
) -> None:
    draw = functools.partial(draw_up, meeting=meeting)
    at_once(functools.partial(draw, by=secretary), functools.partial(draw, by=organizer))
    assert len(slots(meeting)) == 7
