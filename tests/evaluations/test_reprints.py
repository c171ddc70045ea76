"""A certified table printed again says what it said: names, day and notes stay as they were certified."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from branches.models import Organization
from evaluations.models import Ballot
from evaluations.reports.branch import VOIDED, branch_summary
from evaluations.services.setup import void_ballot
from meetings.models import Meeting
from meetings.services import name_officers
from members.models import ExemptReason, RosterEntry
from tests.factories.evaluations import Evening, evening

pytestmark = pytest.mark.django_db


def change_everything(made: Evening) -> None:
    """Rename the branch, move the meeting, name other officers, take somebody out of the roster."""
    later = timezone.now() + datetime.timedelta(days=40)
    Meeting.objects.filter(pk=made.meeting.pk).update(starts_at=later, quorum_reason="路不通")
    Organization.objects.filter(pk=made.meeting.organization_id).update(name="改了名的党支部")
    name_officers(
        meeting=made.meeting,
        chair=None,
        recorder=None,
        scrutineers=["外来的监票人"],
        tellers=["甲某", "乙某"],
        by=made.secretary,
    )
    entry = RosterEntry.objects.filter(roster=made.meeting.roster)[0]
    RosterEntry.objects.filter(pk=entry.pk).update(is_expected=False, exempt_reason=ExemptReason.ABROAD)


@pytest.mark.parametrize("for_signing", [True, False])
def test_a_reprint_says_what_was_certified(for_signing: bool) -> None:
    made = evening("certified")
    before = branch_summary(Ballot.objects.get(pk=made.ballot.pk), for_signing=for_signing)
    assert any("计票人：" in note for note in before.notes)
    change_everything(made)
    assert branch_summary(Ballot.objects.get(pk=made.ballot.pk), for_signing=for_signing) == before


def test_a_draft_follows_what_is_known_now() -> None:
    made = evening("matched")
    change_everything(made)
    summary = branch_summary(Ballot.objects.get(pk=made.ballot.pk), for_signing=True)
    assert summary.organization == "改了名的党支部"
    assert "计票人：甲某、乙某" in summary.notes


def test_a_voided_round_keeps_its_heading_and_says_that_it_is_void() -> None:
    made = evening("certified")
    before = branch_summary(Ballot.objects.get(pk=made.ballot.pk), for_signing=True)
    void_ballot(ballot=made.ballot, by=made.secretary, reason="责令重新进行")
    change_everything(made)
    after = branch_summary(Ballot.objects.get(pk=made.ballot.pk), for_signing=True)
    assert after.notes == (VOIDED, *before.notes)
    assert after.title == before.title


def test_the_database_keeps_the_heading() -> None:
    made = evening("certified")
    rows = Ballot.objects.filter(pk=made.ballot.pk)
    for value in (None, {"title": "x"}):
        with pytest.raises(DatabaseError, match="the result is certified"), transaction.atomic():
            rows.update(as_certified=value)
