"""Minutes when two people act at the same moment."""

from __future__ import annotations

from typing import Any

import pytest

from branches.models import Campaign, User
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from meetings.models import Minutes, MinutesStatus
from meetings.services import minutes as services
from tests.conftest import Tree
from tests.factories.minutes import committee_meeting
from tests.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
Expected = (NotAllowed, Stale)


@pytest.fixture
def drafted(tree: Tree, campaign: Campaign, secretary: User) -> Minutes:
    """The minutes of a 支委会 of three."""
    meeting = committee_meeting(("甲一", "乙二", "丙三"), organization=tree.village, campaign=campaign)
    return services.draft_minutes(meeting=meeting, by=secretary)


def sign(minutes: Minutes, by: User) -> Minutes:
    """Note the signatures of what is settled."""
    return services.sign_minutes(
        minutes=minutes, revision=0, chair="甲一", recorder="乙二", day=minutes.meeting.day, by=by
    )


def test_two_who_draft_get_the_same_minutes(
    tree: Tree, campaign: Campaign, secretary: User, organizer: User
) -> None:
    meeting = committee_meeting(("甲一", "乙二"), organization=tree.village, campaign=campaign)
    results = at_once(
        lambda: services.draft_minutes(meeting=meeting, by=secretary).pk,
        lambda: services.draft_minutes(meeting=meeting, by=organizer).pk,
    )
    assert results[0] == results[1]


def test_of_two_who_save_one_is_told_and_nothing_is_lost(
    drafted: Minutes, secretary: User, organizer: User
) -> None:
    def save(by: User, text: str) -> Minutes:
        return services.save_minutes(minutes=drafted, revision=0, texts={"resolution": text}, by=by)

    results = at_once(
        lambda: save(secretary, "同意。"), lambda: save(organizer, "不同意。"), expected=Expected
    )
    assert sum(isinstance(result, Stale) for result in results) == 1
    drafted.refresh_from_db()
    assert drafted.revision == 1


def test_what_is_signed_is_what_was_settled_whoever_takes_it_up_again(
    drafted: Minutes, secretary: User, organizer: User
) -> None:
    services.step_minutes(minutes=drafted, name="settle_minutes", by=secretary)
    results: list[Any] = at_once(
        lambda: sign(drafted, secretary),
        lambda: services.step_minutes(minutes=drafted, name="rework_minutes", by=organizer),
        expected=Expected,
    )
    drafted.refresh_from_db()
    assert sum(isinstance(result, NotAllowed) for result in results) == 1
    assert drafted.status in (MinutesStatus.SIGNED, MinutesStatus.DRAFT)
    assert (drafted.chair_name != "") == (drafted.status == MinutesStatus.SIGNED)
