"""Steps that are meetings: done by what was held, counted from the last sitting, and led to from the list of steps."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, RuleSet, User
from branches.rules.standing import Fact, Standing, stand
from branches.rules.steptypes import Due, Step
from config.home.mine import coming_meeting
from config.home.standings import Standings
from meetings.models import Meeting
from members.models import Member
from tests.conftest import Tree
from tests.factories.meetings import MeetingFactory
from tests.factories.members import MemberFactory

NOW = timezone.now()
DAY = datetime.timedelta(days=1)


def under(campaign: Campaign, **values: object) -> Campaign:
    """The campaign with other rules, read anew."""
    rules = campaign.rule_sets.get()
    RuleSet.objects.filter(pk=rules.pk).update(values={**rules.values, **values})
    return Campaign.objects.get(pk=campaign.pk)


def standing(campaign: Campaign, organization: Organization) -> dict[str, Standing]:
    """Where one organisation stands today with each step."""
    only = Organization.objects.filter(pk=organization.pk)
    found = Standings.of(campaign, only, timezone.localdate()).rows[organization.pk]
    return {one.step.key: one for one in found}


def test_a_body_and_a_branch_are_done_with_the_meetings_they_held(
    tree: Tree, campaign: Campaign, organizer: User
) -> None:
    campaign = under(
        campaign,
        meeting_form="committee_then_plenary",
        upper_committee_first=True,
        mobilise=True,
        problem_analysis=True,
        briefing=True,
        masses_briefing=True,
    )
    campaign.addressees.create(organization=tree.township, audience="all")
    for place, kinds in (
        (tree.village, ("mobilise", "analysis", "committee", "plenary", "briefing", "masses_briefing")),
        (tree.general, ("upper",)),
    ):
        for kind in kinds:
            MeetingFactory.create(
                organization=place, campaign=campaign, kind=kind, status="closed", starts_at=NOW - DAY
            )
    village, general = standing(campaign, tree.village), standing(campaign, tree.general)
    steps = ("mobilise", "analysis", "committee_meeting", "meeting", "briefing", "masses_briefing")
    assert [village[key].state for key in steps] == ["done"] * 6
    assert general["upper_meeting"].state == "done"
    assert (
        standing(campaign, tree.mill)["committee_meeting" if tree.mill.has_committee else "meeting"].state
        == "open"
    )


def test_leaders_are_done_with_their_democratic_life_meeting(tree: Tree, campaign: Campaign) -> None:
    campaign = under(campaign, meeting_form="democratic_life")
    campaign.addressees.create(organization=tree.township, audience="all")
    assert standing(campaign, tree.general)["democratic_life"].state == "open"
    MeetingFactory.create(
        organization=tree.general, campaign=campaign, kind="democratic_life", status="opened", starts_at=NOW
    )
    assert standing(campaign, tree.general)["democratic_life"].state == "done"


def test_done_with_the_first_sitting_and_days_counted_from_the_last() -> None:
    steps = (
        Step("meeting", "召开党员大会", "会上", "meeting_form", Due(datetime.date(2026, 12, 31))),
        Step("report", "专项报告", "会后", "report", Due(anchor="last_meeting", days=15)),
        Step("talks", "谈心谈话", "会前", "talk_pairs", Due(anchor="planned")),
    )
    held = Fact(done=True, on=datetime.date(2026, 12, 20), last=datetime.date(2027, 2, 8))
    meeting, report, talks = stand(steps, {"meeting": held}, {}, datetime.date(2027, 2, 20))
    assert (meeting.state, meeting.done_on, meeting.late) == ("done", datetime.date(2026, 12, 20), 0)
    assert report.due == datetime.date(2027, 2, 23)
    assert talks.due == datetime.date(2026, 12, 20)


def test_the_list_of_steps_leads_to_the_meeting(
    tree: Tree, campaign: Campaign, secretary: User, organizer: User, client_of: Callable[[User], Client]
) -> None:
    campaign = under(campaign, meeting_form="committee_then_plenary")
    page = (
        client_of(secretary).get(reverse("org_steps", args=[campaign.slug, tree.village.pk])).content.decode()
    )
    for kind, label in (("committee", "召开支委会"), ("plenary", "召开党员大会")):
        assert reverse("meetings:of_kind", args=[campaign.slug, tree.village.pk, kind]) in page
        assert label in page
    campaign = under(campaign, meeting_form="group")
    page = (
        client_of(secretary).get(reverse("org_steps", args=[campaign.slug, tree.village.pk])).content.decode()
    )
    assert reverse("meetings:of_kind", args=[campaign.slug, tree.village.pk, "group"]) in page


def test_a_member_looks_forward_to_meetings_of_everybody_and_of_the_own_group_only(
    tree: Tree, campaign: Campaign, member: User
) -> None:
    def meet(kind: str, days: int, **more: object) -> Meeting:
        meeting: Meeting = MeetingFactory.create(
            organization=tree.village, campaign=campaign, kind=kind, starts_at=NOW + days * DAY, **more
        )
        return meeting

    own = MemberFactory.create(organization=tree.village, user=member)
    committee = meet("committee", 1)
    group = meet("group", 2, group=tree.group)
    plenary = meet("plenary", 3)

    def coming() -> Meeting | None:
        found = coming_meeting(member)
        return found.meeting if found else None

    assert coming() == plenary
    Member.objects.filter(pk=own.pk).update(group=tree.group)
    assert coming() == group
    committee.participants.create(capacity="observer", name=own.name, user=member)
    assert coming() == committee
