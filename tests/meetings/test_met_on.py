"""Talks held after the meeting are pointed out: the day the branch met is told downward when a meeting opens."""

from __future__ import annotations

import datetime

from django.utils import timezone

from branches.models import Role
from members.models import TalkState
from members.services.talk_facts import met_on, note_met, warnings_of
from members.services.talk_people import people_of
from members.services.talks import record_talk
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import evening, published_campaign
from tests.factories.members import MemberFactory

DAY = datetime.timedelta(days=1)


def test_the_day_of_a_meeting_opened_here_is_known_to_the_talks(tree: Tree) -> None:
    rules = {"talk_pairs": ["member_member"], "talk_before_meeting": True, "talk_record_level": "tick"}
    campaign = published_campaign(tree.county, rules=rules)
    made = evening("setup", organization=tree.village, campaign=campaign)
    day = timezone.localdate(made.meeting.starts_at)
    assert met_on(campaign, tree.village, 1) == day
    clerk = account_with(Role.ORGANIZER, tree.village)
    two = [f"m{MemberFactory.create(organization=tree.village).pk.hex}" for _ in range(2)]
    talk = record_talk(
        campaign=campaign, organization=tree.village, people=two, held_on=timezone.localdate(), by=clerk
    )
    TalkState.objects.filter(campaign=campaign).update(met_on=timezone.localdate() - DAY)
    said = warnings_of(talk, people_of(campaign, tree.village))
    assert any("以后，通知要求会前谈完" in text for text in said)
    TalkState.objects.filter(campaign=campaign).update(met_on=timezone.localdate())
    assert not any("会前谈完" in text for text in warnings_of(talk, people_of(campaign, tree.village)))


def test_the_first_meeting_of_the_round_counts(tree: Tree) -> None:
    campaign = published_campaign(tree.county)
    today = timezone.localdate()
    for day, first in ((today, today), (today - 3 * DAY, today - 3 * DAY), (today, today - 3 * DAY)):
        note_met(campaign=campaign, organization=tree.village, day=day)
        assert met_on(campaign, tree.village, 1) == first
    assert met_on(campaign, tree.sibling, 1) is None
