"""The table of steps: every source, every person, and the two that are not there."""

import pytest

from branches.models import User
from meetings.models import Meeting, MeetingStatus
from meetings.workflow import MEETING

STEPS = {"planned": {"open", "cancel"}, "opened": {"close"}, "closed": set(), "cancelled": set()}


@pytest.mark.parametrize("status", MeetingStatus.values)
@pytest.mark.parametrize("who", ["secretary", "organizer", "township", "teller", "stranger"])
def test_steps_are_offered_by_state_and_to_the_branchs_clerks(
    status: str, who: str, meeting: Meeting, request: pytest.FixtureRequest
) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(status=status)
    meeting.refresh_from_db()
    names = {name for name, _step in MEETING.available(meeting, request.getfixturevalue(who))}
    assert names == (STEPS[status] if who in ("secretary", "organizer") else set())


def test_nothing_leads_out_of_a_meeting_that_is_over(meeting: Meeting, secretary: User) -> None:
    for transition in MEETING.transitions.values():
        assert not transition.sources & {MeetingStatus.CLOSED, MeetingStatus.CANCELLED}
