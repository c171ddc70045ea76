"""Supervision goes by the rules that hold for each branch, not by the campaign's alone (overlays of a category)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from branches.models import CampaignStatus, RuleSet
from branches.workflow import NotAllowed
from config.home.watching import Watching
from rectification.forms.teams import TeamForm
from rectification.permissions.supervision import can_export_visits
from rectification.reports.supervision import Day
from rectification.reports.teams import TeamsPage
from rectification.services import teams
from rectification.services.supervision import has_supervision, may_work
from rectification.services.supervision_summary import wants_summary
from tests.conftest import Tree
from tests.factories.supervising import Watched, team_of, visit_to, watched

pytestmark = pytest.mark.django_db
NOBODY: dict[str, Any] = {
    "supervision": [],
    "visit_modes": [],
    "linked_points": False,
    "superior_attendance": "none",
    "supervision_summary": False,
    "appraisal_use": False,
}
VILLAGES: dict[str, Any] = {
    "supervision": ["patrol"],
    "linked_points": True,
    "supervision_summary": True,
    "supervision_duties": ["看会前准备"],
    "appraisal_use": True,
}


@pytest.fixture
def made(tree: Tree) -> Watched:
    """A campaign that has nobody look in, but on villages."""
    found = watched(tree, **NOBODY)
    RuleSet.objects.filter(campaign=found.campaign).update(overlays={"village": VILLAGES})
    type(tree.village).objects.filter(pk=tree.village.pk).update(category="village")
    tree.village.refresh_from_db()
    found.campaign = type(found.campaign).objects.get(pk=found.campaign.pk)
    return found


def test_what_one_category_asks_for_is_there_for_it_alone(made: Watched, tree: Tree) -> None:
    campaign = made.campaign
    assert (has_supervision(campaign), has_supervision(campaign, tree.village)) == (True, True)
    assert tree.school.category != "village"
    assert not has_supervision(campaign, tree.school)
    assert not may_work(campaign, tree.school)
    assert wants_summary(campaign)
    assert can_export_visits(made.leader, campaign, tree.township)
    assert visit_to(made).organization == tree.village
    with pytest.raises(NotAllowed, match="没有安排督导"):
        visit_to(made, place=tree.school)
    assert Watching.of(made.secretary, tree.village, campaign).branch
    assert Watching.of(made.secretary, tree.school, campaign) == Watching()


def test_teams_and_points_are_of_the_kinds_the_branch_knows(made: Watched, tree: Tree) -> None:
    campaign = made.campaign
    page = TeamsPage.of(campaign, tree.township)
    assert (page.kinds, page.linked) == (("patrol",), True)
    form = TeamForm(campaign=campaign, sender=tree.township)
    assert [key for key, _label in form.fields["kind"].choices] == ["patrol"]  # type: ignore[attr-defined]
    assert team_of(made, tree.village, tree.general, kind="patrol").kind == "patrol"
    with pytest.raises(NotAllowed, match=f"没有给{tree.school.short_name}派"):
        team_of(made, tree.village, tree.school, kind="patrol", name="第二组")
    leader = teams.Person("魏秀英")
    how: dict[str, Any] = {
        "campaign": campaign,
        "sender": tree.township,
        "leader": leader,
        "by": made.township,
    }
    how["from_on"] = timezone.localdate()
    assert teams.add_point(organization=tree.village, **how).organization == tree.village
    with pytest.raises(NotAllowed, match="没有要求建立联系点"):
        teams.add_point(organization=tree.school, **how)


def test_the_day_of_who_looks_in_says_the_duties_of_all(made: Watched) -> None:
    day = Day.of(made.campaign, made.supervisor)
    assert (day.duties, day.summary) == (("看会前准备",), True)


def test_nobody_looks_in_on_a_campaign_that_is_not_published(made: Watched) -> None:
    assert has_supervision(made.campaign)
    made.campaign.status = CampaignStatus.DRAFT
    assert not has_supervision(made.campaign)
