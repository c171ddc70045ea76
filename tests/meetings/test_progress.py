"""Progress of the branches with their meetings, in one query."""

import datetime

import pytest
from django.utils import timezone

from branches.models import Campaign, Organization
from branches.rules.standing import Fact
from meetings.models import Meeting
from meetings.progress import meetings_by_organization, meetings_by_step, merge_meetings
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.meetings import MeetingFactory


def at(day: int) -> datetime.datetime:
    return datetime.datetime(2026, 12, day, 23, 30, tzinfo=timezone.get_current_timezone())


@pytest.mark.django_db
def test_each_branch_shows_its_last_meeting_held_and_the_first_one_planned(
    tree: Tree, campaign: Campaign, django_assert_num_queries: object
) -> None:
    def meet(branch: Organization, day: int, status: str = "planned", **more: object) -> Meeting:
        fields = {"organization": branch, "campaign": campaign, "starts_at": at(day), "status": status}
        meeting: Meeting = MeetingFactory.create(**{**fields, **more})
        return meeting

    meet(tree.village, 3)
    held = meet(tree.village, 6, "closed")
    meet(tree.village, 9)
    first = meet(tree.sibling, 8)
    meet(tree.sibling, 12)
    meet(tree.school, 5, "cancelled")
    going_on = meet(tree.mill, 7, "opened")
    meet(tree.hospital, 7, campaign=CampaignFactory.create(issuer=tree.township))
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = meetings_by_organization(campaign, Organization.objects.in_subtree(tree.township))
    assert set(found) == {tree.village.pk, tree.sibling.pk, tree.mill.pk}
    village, sibling, mill = (found[o.pk] for o in (tree.village, tree.sibling, tree.mill))
    assert (village.meeting, village.status) == (held.pk, "closed")
    assert (village.planned_for, village.held_on) == (at(3).date(), at(6).date())
    assert (sibling.meeting, sibling.planned_for, sibling.held_on) == (first.pk, at(8).date(), None)
    assert (mill.meeting, mill.planned_for, mill.held_on) == (going_on.pk, None, at(7).date())


@pytest.mark.django_db
def test_each_kind_of_meeting_is_told_by_its_step_in_one_query(
    tree: Tree, campaign: Campaign, django_assert_num_queries: object
) -> None:
    def meet(branch: Organization, kind: str, day: int, status: str = "planned") -> None:
        MeetingFactory.create(
            organization=branch, campaign=campaign, kind=kind, starts_at=at(day), status=status
        )

    meet(tree.village, "committee", 2, "closed")
    meet(tree.village, "thematic", 3, "closed")
    meet(tree.village, "plenary", 20, "closed")
    meet(tree.village, "briefing", 22)
    meet(tree.general, "upper", 1, "opened")
    meet(tree.sibling, "group", 5, "closed")
    since = {tree.general.pk: at(9)}
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = meetings_by_step(campaign, Organization.objects.in_subtree(tree.township), since)
    assert set(found) == {tree.village.pk, tree.sibling.pk}
    facts = {"briefing": Fact(done=True, on=at(21).date(), by_hand=True)}
    merge_meetings(found[tree.village.pk], "plenary_only", facts)
    assert facts == {
        "committee_meeting": Fact(done=True, on=at(2).date()),
        "meeting": Fact(done=True, on=at(3).date(), last=at(20).date()),
        "briefing": Fact(done=True, on=at(21).date(), by_hand=True),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "whole", "day"),
    [
        ("plenary_only", None, None),
        ("group", None, 5),
        ("group", "planned", 5),
        ("group", "closed", 9),
    ],
)
def test_party_groups_stand_for_the_branch_only_in_that_form_and_until_it_has_met(
    form: str, whole: str | None, day: int | None, tree: Tree, campaign: Campaign
) -> None:
    meet = {"organization": tree.village, "campaign": campaign}
    MeetingFactory.create(**meet, kind="group", starts_at=at(5), status="closed")
    if whole:
        MeetingFactory.create(**meet, starts_at=at(9), status=whole)
    facts: dict[str, Fact] = {}
    only = Organization.objects.filter(pk=tree.village.pk)
    merge_meetings(meetings_by_step(campaign, only)[tree.village.pk], form, facts)
    assert facts == ({"meeting": Fact(done=True, on=at(day).date())} if day else {})
