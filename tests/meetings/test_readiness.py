"""The readiness page: only what this campaign asks for, as it stands; and opening in spite of a "not yet"."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, Role, User
from branches.services.steps import note_step, steps_for
from branches.workflow import NotAllowed
from meetings.models import Attendance, Capacity, Meeting, MeetingStatus, Participant
from meetings.permissions.readiness import can_see_readiness
from meetings.rules.readiness import NOT_YET, READY, WISH, Line
from meetings.services import mark_all_present, open_meeting
from meetings.services.guests import invite_officer, officers_above
from meetings.services.postponing import postpone_meeting
from meetings.services.readiness import readiness_of, step_of
from members.models import Member, Roster
from members.services.rosters import freeze_roster
from members.services.studies import record_study
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.meetings import ON_PAPER, MeetingFactory, name_all
from tests.factories.opinions import OpinionPointFactory, OpinionRoundFactory

Open = Callable[[User], Client]


def lines(meeting: Meeting) -> dict[str, Line]:
    """The lines of a meeting today, by key."""
    return {line.key: line for line in readiness_of(Meeting.objects.get(pk=meeting.pk), timezone.localdate())}


def with_preset(township: Organization, preset: str, **rules: Any) -> Campaign:
    """A published campaign of a notice."""
    made: Campaign = CampaignFactory.create(
        issuer=township, status="published", preset=preset, year=2026, rules=rules
    )
    return made


@pytest.fixture
def quiet(tree: Tree, people: list[Member]) -> Meeting:
    """A meeting of a campaign whose rules ask for nothing beforehand."""
    asks_nothing = with_preset(
        tree.township,
        "xinyi_2018",
        plan_gate="none",
        study_list=[],
        study_forms=[],
        opinions_asked=False,
        talk_pairs=[],
        committee_material="none",
        superior_attendance="none",
    )
    made: Meeting = MeetingFactory.create(organization=tree.village, campaign=asks_nothing)
    return made


def test_where_a_campaign_asks_for_nothing_only_the_notice_is_left(quiet: Meeting) -> None:
    assert set(lines(quiet)) == {"notice"}


def test_the_village_of_2018_is_asked_for_study_opinions_talks_and_one_list_of_its_committee(
    tree: Tree, people: list[Member]
) -> None:
    AppointmentFactory.create(role=Role.COMMITTEE, organization=tree.village)
    meeting = MeetingFactory.create(
        organization=tree.village, campaign=with_preset(tree.township, "xinyi_2018")
    )
    found = lines(meeting)
    assert list(found) == ["study", "opinions", "talks", "material", "answers", "guests", "notice"]
    assert found["guests"].state == WISH


def test_what_is_recorded_anywhere_shows_here(
    tree: Tree, people: list[Member], secretary: User, township: User
) -> None:
    campaign = with_preset(tree.township, "xinyi_2018", plan_gate="none")
    meeting = MeetingFactory.create(organization=tree.village, campaign=campaign)
    today = timezone.localdate()
    record_study(
        campaign=campaign,
        organization=tree.village,
        absent=set(),
        by=secretary,
        held_on=today,
        form="",
        topics=["党章"],
        place="",
    )
    note_step(campaign=campaign, organization=tree.village, step="talks", done_on=today, by=secretary)
    asked = OpinionRoundFactory.create(campaign=campaign, organization=tree.village)
    OpinionPointFactory.create(
        campaign=campaign, organization=tree.village, target="committee", by_superior=True
    )
    found = lines(meeting)
    assert (found["study"].state, found["study"].day) == (READY, today)
    assert found["talks"].state == READY
    assert (found["opinions"].state, found["opinions"].text) == (NOT_YET, "征求中")
    assert found["answers"].state == NOT_YET
    assert asked.organization == tree.village


def test_outlines_are_counted_from_the_committee_of_today(
    tree: Tree, secretary: User, organizer: User
) -> None:
    campaign = with_preset(
        tree.township, "current_year", outlines="required", meeting_form="committee_then_plenary"
    )
    meeting = MeetingFactory.create(organization=tree.village, campaign=campaign, kind="committee")
    assert lines(meeting)["outlines"].text == "应有 2 份，已办好 0 份"
    note_step(
        campaign=campaign,
        organization=tree.village,
        step="outlines",
        done_on=timezone.localdate(),
        by=secretary,
    )
    assert lines(meeting)["outlines"].state == READY


def test_a_further_sitting_and_a_briefing_are_not_prepared_for_again(
    campaign: Campaign, tree: Tree, planned: Meeting
) -> None:
    again = MeetingFactory.create(
        organization=tree.village,
        campaign=campaign,
        continues=planned,
        starts_at=timezone.now() + datetime.timedelta(days=2),
    )
    briefing = MeetingFactory.create(organization=tree.village, campaign=campaign, kind="briefing")
    assert "opinions" in lines(planned)
    assert set(lines(again)) <= {"notice", "quorum"}
    assert set(lines(briefing)) == {"notice"}
    assert step_of(planned) is not None
    assert step_of(MeetingFactory.create(campaign=campaign, organization=tree.village, kind="group")) is None


def test_required_guests_are_not_yet_there_until_somebody_from_above_is_invited(
    tree: Tree, people: list[Member], secretary: User, township: User
) -> None:
    campaign = with_preset(tree.township, "current_year", superior_attendance="required")
    meeting = MeetingFactory.create(organization=tree.village, campaign=campaign)
    AppointmentFactory.create(role=Role.DEPUTY, organization=tree.township)
    assert lines(meeting)["guests"].state == NOT_YET
    Participant.objects.create(meeting=meeting, capacity=Capacity.MASSES, name="赵大爷")
    assert lines(meeting)["guests"].state == NOT_YET
    invite_officer(
        meeting=meeting, key=officers_above(tree.village, timezone.localdate())[0].key, by=secretary
    )
    assert lines(meeting)["guests"].state == READY


def test_leave_asked_for_is_counted_into_the_forecast(meeting: Meeting, roster: Roster) -> None:
    assert lines(meeting)["quorum"].text == "应到 12 人"
    for entry in roster.entries.all()[:7]:
        Attendance.objects.create(meeting=meeting, entry=entry, status="leave", reason="外出")
    assert lines(meeting)["quorum"].text == "应到 12 人，已知 7 人不能到会，不到规则要求的 6 人，可以改期"
    assert lines(meeting)["quorum"].state == WISH


def test_the_forecast_of_a_committee_counts_seats(
    campaign: Campaign, tree: Tree, secretary: User, organizer: User
) -> None:
    meeting = MeetingFactory.create(organization=tree.village, campaign=campaign, kind="committee")
    assert lines(meeting)["quorum"].text == "应到 2 人"
    for number, status in enumerate(("", "leave", "")):
        Participant.objects.create(
            meeting=meeting, capacity=Capacity.SEAT, name=f"委员{number}", status=status
        )
    assert lines(meeting)["quorum"].text == "应到 3 人，已知 1 人不能到会"


def test_a_plenary_without_a_ballot_counts_for_resolutions(tree: Tree, people: list[Member]) -> None:
    silent = with_preset(tree.township, "current_year", ballot_place="none", ballot_scale=[])
    meeting = MeetingFactory.create(organization=tree.village, campaign=silent)
    assert "quorum" not in lines(meeting)


# Opening


def test_opening_in_spite_of_a_not_yet_asks_for_a_reason_and_keeps_it(
    meeting: Meeting, secretary: User, client_of: Open
) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    client, page = client_of(secretary), reverse("meetings:detail", args=[meeting.pk])
    assert 'name="unready"' in client.get(page).content.decode()
    with pytest.raises(NotAllowed, match="还没有准备好：征求意见、谈心谈话"):
        open_meeting(meeting=meeting, by=secretary, unready_reason="  ")
    refused = client.post(reverse("meetings:open", args=[meeting.pk]), {"unready": ""}, follow=True)
    assert "确要开会的，请写明原因" in refused.content.decode()
    assert Meeting.objects.get(pk=meeting.pk).status == MeetingStatus.PLANNED
    client.post(reverse("meetings:open", args=[meeting.pk]), {"unready_other": "上级要求今天开"})
    opened = Meeting.objects.get(pk=meeting.pk)
    assert (opened.status, opened.unready_reason) == (MeetingStatus.OPENED, "上级要求今天开")
    assert "上级要求今天开" in client.get(page).content.decode()


def test_what_is_ready_opens_without_a_word_and_keeps_none(
    quiet: Meeting, secretary: User, people: list[Member]
) -> None:
    freeze_roster(campaign=quiet.campaign, organization=quiet.organization, by=secretary)
    Meeting.objects.filter(pk=quiet.pk).update(
        notified_on=timezone.localdate(), starts_at=timezone.now() + datetime.timedelta(days=5)
    )
    ready = Meeting.objects.get(pk=quiet.pk)
    name_all(ready, secretary, people)
    mark_all_present(meeting=ready, by=secretary)
    assert open_meeting(meeting=ready, by=secretary, unready_reason=ON_PAPER).unready_reason == ""


def test_a_meeting_without_a_day_is_not_opened(meeting: Meeting, secretary: User) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    postpone_meeting(meeting=meeting, reason="准备不充分", to=None, by=secretary)
    with pytest.raises(NotAllowed, match="请先定下时间"):
        open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)


# The page


def test_the_page_shows_each_line_with_its_clause_and_where_it_is_done(
    tree: Tree, people: list[Member], secretary: User, client_of: Open
) -> None:
    campaign = with_preset(tree.township, "xinyi_2018", plan_gate="none")
    meeting = MeetingFactory.create(organization=tree.village, campaign=campaign)
    page = client_of(secretary).get(reverse("meetings:ready", args=[meeting.pk])).content.decode()
    assert "集中学习" in page
    assert reverse("members:studies", args=[campaign.slug, tree.village.pk]) in page
    assert "邀请上级党委派员参加并指导会议。" in page
    assert "可以接着准备，也可以延期" in page
    refused = CampaignFactory.create(
        issuer=tree.township, status="published", slug="refusing", rules={"study_gate": "refuse"}
    )
    other = MeetingFactory.create(organization=tree.village, campaign=refused)
    page = client_of(secretary).get(reverse("meetings:ready", args=[other.pk])).content.decode()
    assert "没有组织学习的不得开会" in page


def test_a_step_no_rule_describes_leads_to_the_list_of_steps(
    tree: Tree, secretary: User, client_of: Open
) -> None:
    written = [
        {"stage": "第一阶段", "label": "谈一谈", "key": "talks"},
        {"stage": "第二阶段", "label": "开会", "key": "meeting"},
    ]
    campaign = with_preset(tree.township, "current_year", steps=written)
    assert [step.key for step in steps_for(campaign, tree.village)] == ["talks", "meeting"]
    meeting = MeetingFactory.create(organization=tree.village, campaign=campaign)
    page = client_of(secretary).get(reverse("meetings:ready", args=[meeting.pk])).content.decode()
    assert reverse("org_steps", args=[campaign.slug, tree.village.pk]) + "#talks" in page


def test_everything_ready_is_said_so(quiet: Meeting, secretary: User, client_of: Open) -> None:
    Meeting.objects.filter(pk=quiet.pk).update(
        notified_on=timezone.localdate(), starts_at=timezone.now() + datetime.timedelta(days=5)
    )
    page = client_of(secretary).get(reverse("meetings:ready", args=[quiet.pk])).content.decode()
    assert "都准备好了，可以开会" in page
    detail = client_of(secretary).get(reverse("meetings:detail", args=[quiet.pk])).content.decode()
    assert "都准备好了。" in detail


def test_ordinary_members_see_no_list_of_what_is_missing(
    planned: Meeting, member: User, supervisor: User, secretary: User, client_of: Open, tree: Tree
) -> None:
    assert client_of(member).get(reverse("meetings:ready", args=[planned.pk])).status_code == 403
    assert (
        "会前检查"
        not in client_of(member).get(reverse("meetings:detail", args=[planned.pk])).content.decode()
    )
    page = client_of(supervisor).get(reverse("meetings:ready", args=[planned.pk]))
    assert page.status_code == 200
    assert can_see_readiness(secretary, planned) is True
    assert not can_see_readiness(account_with(None, tree.sibling), planned)
