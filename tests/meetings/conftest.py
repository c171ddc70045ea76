"""A branch of twelve with a frozen roster, and its planned meeting."""

import pytest

from branches.models import Campaign, User
from meetings.models import Meeting
from members.models import Member, Roster
from members.services.rosters import freeze_roster
from tests.conftest import Tree
from tests.factories.meetings import MeetingFactory, name_all
from tests.factories.members import MemberFactory, members_of


@pytest.fixture
def people(tree: Tree, secretary: User, organizer: User, teller: User, member: User) -> list[Member]:
    """Twelve members of the village branch, the last two on probation; four of them have an account."""
    village = tree.village
    known = [
        MemberFactory.create(organization=village, name=user.full_name, user=user)
        for user in (secretary, organizer, member, teller)
    ]
    full = members_of(village, 6)
    probationary = members_of(village, 2, kind="probationary", full_on=None)
    return [*known, *full, *probationary]


@pytest.fixture
def roster(people: list[Member], campaign: Campaign, tree: Tree, secretary: User) -> Roster:
    """The frozen roster of the village branch."""
    return freeze_roster(campaign=campaign, organization=tree.village, by=secretary)


@pytest.fixture
def planned(people: list[Member], campaign: Campaign, tree: Tree) -> Meeting:
    """A meeting of the village branch without anything else."""
    meeting: Meeting = MeetingFactory.create(organization=tree.village, campaign=campaign)
    return meeting


@pytest.fixture
def meeting(planned: Meeting, roster: Roster, people: list[Member], secretary: User) -> Meeting:
    """A meeting with a frozen roster and officers; 陈国庆 (the fixture `teller`) counts."""
    name_all(planned, secretary, people)
    planned.refresh_from_db()
    return planned


@pytest.fixture
def keys(roster: Roster) -> list[str]:
    """The entries of the roster as the attendance sheet names them, in its order."""
    return [str(entry.pk) for entry in roster.entries.all()]
