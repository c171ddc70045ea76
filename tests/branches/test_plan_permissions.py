"""Who writes, hands in and reviews a plan: every kind of person, and nobody the own plan."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from branches import permissions
from branches.models import Appointment, Plan, Role, User
from branches.permissions import Denied
from tests.branches.test_permissions import PEOPLE
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.plans import PlanFactory

ABOUT_PLANS: list[tuple[str, str, set[str]]] = [
    ("can_edit_plan", "village", {"secretary", "organizer"}),
    ("can_edit_plan", "sibling", {"sibling_secretary"}),
    ("can_edit_plan", "other_village", {"stranger"}),
    ("can_submit_plan", "village", {"secretary"}),
    ("can_submit_plan", "sibling", {"sibling_secretary"}),
    ("can_submit_plan", "other_village", {"stranger"}),
    ("can_review_plan", "village", {"township", "county"}),
    ("can_review_plan", "township", {"county"}),
    ("can_review_plan", "county", set()),
    ("can_review_plan", "other_village", {"county"}),
]


def plan_of(tree: Tree, place: str, **fields: object) -> Plan:
    """The plan of a place, waiting for its review."""
    campaign = CampaignFactory.create(issuer=tree.county, status="running", rules={"plan_gate": "approve"})
    made: Plan = PlanFactory.create(
        campaign=campaign, organization=getattr(tree, place), status="submitted", **fields
    )
    return made


@pytest.mark.parametrize(("function", "place", "yes"), ABOUT_PLANS)
@pytest.mark.parametrize("name", PEOPLE)
def test_each_answer_about_a_plan_is_as_written(
    function: str, place: str, yes: set[str], name: str, tree: Tree, request: pytest.FixtureRequest
) -> None:
    person = AnonymousUser() if name == "anonymous" else request.getfixturevalue(name)
    answer = getattr(permissions, function)(person, plan_of(tree, place))
    assert bool(answer) is (name in yes)
    if isinstance(answer, Denied):
        assert answer.reason.endswith("。")


def test_the_author_never_reviews_even_after_moving_to_the_office(tree: Tree, township: User) -> None:
    answer = permissions.can_review_plan(township, plan_of(tree, "village", author=township))
    assert isinstance(answer, Denied)
    assert "不能审核自己" in answer.reason


def test_whoever_runs_the_branch_never_reviews_its_plan(tree: Tree) -> None:
    both = account_with(Role.OFFICE, tree.township)
    AppointmentFactory.create(user=both, role=Role.ORGANIZER, organization=tree.village)
    assert not permissions.can_review_plan(both, plan_of(tree, "village"))
    assert permissions.can_review_plan(both, plan_of(tree, "sibling"))


def test_an_expired_post_neither_writes_nor_reviews(tree: Tree, secretary: User, township: User) -> None:
    plan = plan_of(tree, "village")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Appointment.objects.filter(user__in=(secretary, township)).update(ends_on=yesterday)
    assert not permissions.can_edit_plan(secretary, plan)
    assert not permissions.can_review_plan(township, plan)
