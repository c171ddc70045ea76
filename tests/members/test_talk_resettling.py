"""The board's numbers of talks follow the roll, the posts and the rounds every night."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from branches.models import Appointment, Campaign, Organization, Role, Run
from members import tasks
from members.models import Member, Standing, TalkState
from members.services.talk_resettling import _resettle, resettle_talks
from tests.conftest import Tree
from tests.factories.members import MemberFactory
from tests.factories.talks import Village, village_with_talks


@pytest.fixture
def village(tree: Tree) -> Village:
    made = village_with_talks(tree)
    made.talk("secretary", "plain")
    return made


def numbers() -> tuple[int, int]:
    state = TalkState.objects.get()
    return state.owed, state.held


def test_a_changed_roll_is_counted_the_next_morning(village: Village) -> None:
    assert numbers() == (21, 1)
    MemberFactory.create(organization=village.organization)
    tasks.resettle_talks()
    assert numbers() == (28, 1)
    Member.objects.filter(pk=village.heads["plain"].pk).update(standing=Standing.TRANSFERRED)
    assert resettle_talks() == 1
    assert numbers() == (21, 0), "who left is owed no talk, and none is counted"
    assert resettle_talks() == 0


def test_an_ended_post_is_counted_too(tree: Tree) -> None:
    village = village_with_talks(tree, pairs=("secretary_committee",))
    village.talk("secretary", "committee")
    assert numbers() == (2, 1)
    Appointment.objects.filter(role=Role.ORGANIZER).update(
        ends_on=timezone.localdate().replace(day=1, month=1)
    )
    resettle_talks()
    assert numbers() == (1, 1)


def test_closed_campaigns_abolished_branches_and_earlier_rounds_stay(village: Village) -> None:
    MemberFactory.create(organization=village.organization)
    Campaign.objects.update(status="closed")
    assert resettle_talks() == 0
    Campaign.objects.update(status="running")
    Organization.objects.filter(pk=village.organization.pk).update(status="abolished")
    assert resettle_talks() == 0
    Organization.objects.filter(pk=village.organization.pk).update(status="active")
    Run.objects.create(
        campaign=village.campaign, organization=village.organization, round_no=2, opened_at=timezone.now()
    )
    assert resettle_talks() == 0
    assert numbers() == (21, 1)


def test_those_not_looked_at_for_longest_come_first(village: Village, tree: Tree) -> None:
    other = village_with_talks(tree, slug="other", organization=tree.sibling)
    other.talk("secretary", "plain")
    for place in (tree.village, tree.sibling):
        MemberFactory.create(organization=place)
    assert [resettle_talks(most=1) for _ in range(3)] == [1, 1, 0]


def test_a_state_that_went_in_the_meantime_is_passed_over(village: Village) -> None:
    found = TalkState.objects.get()
    key = found.pk
    found.delete()
    assert _resettle(key) is False
    assert not TalkState.objects.exists()


def test_the_queries_do_not_grow_with_the_people(village: Village) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            resettle_talks()
        counts.append(len(asked))
        MemberFactory.create_batch(20, organization=village.organization)
    assert counts[0] == counts[1] <= 25
