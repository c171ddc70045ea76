"""没有组织集中学习的，不得召开: where the rules say so a meeting is not opened; where they warn the page says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, RuleSet, User
from branches.services.steps import note_step
from branches.workflow import NotAllowed
from meetings.models import Meeting, MeetingStatus
from meetings.services import mark_all_present, open_meeting
from meetings.workflow import obstacles
from members.services.studies import record_study
from tests.conftest import Tree
from tests.factories.meetings import ON_PAPER, name_all


def with_gate(campaign: Campaign, meeting: Meeting, gate: str, *, asked: bool = True) -> Meeting:
    """The meeting, under rules with this gate."""
    rules = campaign.rule_sets.get()
    values = {**rules.values, "study_gate": gate, "study_list": ["党章"] if asked else []}
    clause = {"text": "没有组织集中学习的，不得召开组织生活会", "source": "第三部分", "value": "refuse"}
    clauses = {**rules.clauses, "study_gate": clause}
    RuleSet.objects.filter(pk=rules.pk).update(values=values, clauses=clauses)
    return Meeting.objects.get(pk=meeting.pk)


@pytest.fixture
def ready(meeting: Meeting, secretary: User) -> Meeting:
    """A meeting at which everybody is present and every task given."""
    name_all(meeting, secretary)
    mark_all_present(meeting=meeting, by=secretary)
    return meeting


def test_refused_until_a_session_is_on_record(
    ready: Meeting, campaign: Campaign, tree: Tree, secretary: User, client_of: Callable[[User], Client]
) -> None:
    gated = with_gate(campaign, ready, "refuse")
    with pytest.raises(NotAllowed, match="不得开会"):
        open_meeting(meeting=gated, by=secretary, unready_reason=ON_PAPER)
    assert [found.part for found in obstacles(gated)] == ["study"]
    page = client_of(secretary).get(reverse("meetings:detail", args=[ready.pk])).content.decode()
    assert "没有组织集中学习的，不得召开组织生活会" in page
    assert "宣布开会</button>" not in page
    record_study(
        campaign=gated.campaign,
        organization=tree.village,
        absent=set(),
        by=secretary,
        held_on=timezone.localdate(),
        form="",
        topics=["党章"],
        place="",
    )
    assert open_meeting(meeting=gated, by=secretary, unready_reason=ON_PAPER).status == MeetingStatus.OPENED


def test_a_tick_on_paper_opens_it_too(
    ready: Meeting, campaign: Campaign, tree: Tree, secretary: User
) -> None:
    gated = with_gate(campaign, ready, "refuse")
    note_step(
        campaign=gated.campaign,
        organization=tree.village,
        step="study",
        done_on=timezone.localdate(),
        by=secretary,
    )
    assert open_meeting(meeting=gated, by=secretary, unready_reason=ON_PAPER).status == MeetingStatus.OPENED


@pytest.mark.parametrize(
    ("gate", "asked", "told"), [("warn", True, True), ("warn", False, False), ("off", True, False)]
)
def test_a_warning_stops_nobody(
    gate: str,
    asked: bool,
    told: bool,
    ready: Meeting,
    campaign: Campaign,
    secretary: User,
    client_of: Callable[[User], Client],
) -> None:
    gated = with_gate(campaign, ready, gate, asked=asked)
    page = client_of(secretary).get(reverse("meetings:detail", args=[ready.pk])).content.decode()
    assert ("还没有好：集中学习" in page) is told
    assert "宣布开会</button>" in page
    assert open_meeting(meeting=gated, by=secretary, unready_reason=ON_PAPER).status == MeetingStatus.OPENED
