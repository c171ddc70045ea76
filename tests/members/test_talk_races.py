"""Talks recorded, taken back and marked at the same moment: on PostgreSQL, with real connections."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.services.audit import first_broken_link
from members.models import ConcernKind, Outsider, Talk, TalkState
from members.services.talk_grid import Grid
from members.services.talk_marks import end_outsider, mark_concern, waive_pair
from members.services.talk_resettling import resettle_talks
from members.services.talks import remove_talk
from tests.conftest import Tree
from tests.factories.members import MemberFactory
from tests.factories.talks import Village, key_of, village_with_talks
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def village(tree: Tree) -> Village:
    return village_with_talks(tree, others=6, talk_key_people=["unaware"], talk_key_by="secretary")


def settled(village: Village) -> tuple[int, int]:
    """What the board has, which is what the grid says."""
    state = TalkState.objects.get(organization=village.organization)
    grid = Grid.of(type(village.campaign).objects.get(pk=village.campaign.pk), village.organization)
    assert (state.owed, state.held) == (grid.owed, grid.done)
    return state.owed, state.held


def test_one_talk_recorded_by_two_at_once_is_one(village: Village) -> None:
    results = at_once(*[lambda: village.talk("secretary", "plain") for _ in range(4)])
    assert len(set(results)) == Talk.objects.count() == 1
    assert settled(village) == (45, 1)


@pytest.mark.parametrize("turn", range(4))
def test_the_first_talk_and_everything_else_at_once(village: Village, turn: int) -> None:
    place, by = village.organization, village.secretary
    about: dict[str, Any] = {"campaign": village.campaign, "organization": place, "by": by}
    investors = [Outsider.objects.create(organization=place, name=f"沈国栋{n}") for n in range(3)]
    one, other = key_of(village.others[0]), key_of(village.others[1])
    at_once(
        lambda: village.talk("secretary", "plain"),
        lambda: village.talk("secretary", "committee"),
        *[lambda it=it: end_outsider(outsider=it, by=by) for it in investors],
        lambda: mark_concern(**about, kind=ConcernKind.UNAWARE, member=village.others[2].pk),
        lambda: waive_pair(**about, a=one, b=other, reason="长期住院"),
    )
    assert settled(village) == (44, 2)
    assert first_broken_link() is None


def test_the_night_does_not_overwrite_what_is_taken_back(village: Village) -> None:
    today = timezone.localdate()
    talks = [village.talk("secretary", "plain", on=today - datetime.timedelta(days=n)) for n in range(3)]
    MemberFactory.create(organization=village.organization)
    at_once(
        *[lambda talk=talk: remove_talk(talk=talk, by=village.secretary) for talk in talks],
        resettle_talks,
        resettle_talks,
    )
    assert settled(village) == (55, 0)
