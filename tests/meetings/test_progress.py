"""Progress of the branches with their meetings, in one query."""

import datetime

import pytest
from django.utils import timezone

from branches.models import Campaign, Organization
from meetings.models import Meeting
from meetings.progress import meetings_by_organization
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
