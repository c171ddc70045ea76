"""Who may do what: every answer of every function for every kind of person."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from branches import permissions
from branches.models import Campaign, Kind, Role, User
from branches.permissions import Answer, Denied
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, JobFactory, OrganizationFactory, account_with

PEOPLE = (
    "secretary",
    "organizer",
    "teller",
    "member",
    "group_leader",
    "supervisor",
    "township",
    "county",
    "sibling_secretary",
    "stranger",
    "system",
    "auditor",
    "anonymous",
)
# Function, place of the tree it is asked about (or other arguments), and who gets a yes.
Question = tuple[str, str, set[str]]
ABOUT_PLACES: list[Question] = [
    ("can_manage_branch", "village", {"secretary", "organizer", "township", "county"}),
    ("can_manage_branch", "group", {"township", "county"}),
    ("can_manage_branch", "sibling", {"sibling_secretary", "township", "county"}),
    ("can_manage_branch", "other_village", {"stranger", "county"}),
    ("can_lead_branch", "village", {"secretary"}),
    ("can_lead_branch", "group", set()),
    ("can_see_people", "village", {"secretary", "organizer", "supervisor", "township", "county"}),
    ("can_see_people", "group", {"secretary", "organizer", "supervisor", "township", "county"}),
    ("can_see_people", "other_village", {"stranger", "county"}),
    ("can_see_people", "township", {"supervisor", "township", "county"}),
    ("can_manage_organizations", "village", {"township", "county", "system"}),
    ("can_manage_organizations", "county", {"county", "system"}),
    ("can_change_status", "village", {"township", "county", "system"}),
    ("can_change_status", "township", {"county", "system"}),
    ("can_change_status", "county", set()),
    ("can_open_account", "village", {"secretary", "township", "county", "system"}),
    ("can_open_account", "group", {"secretary", "township", "county", "system"}),
    ("can_open_account", "township", {"township", "county", "system"}),
    ("can_issue_campaign", "township", {"township", "county"}),
    ("can_issue_campaign", "village", set()),
    ("can_note_step", "village", {"secretary", "organizer", "township", "county"}),
    ("can_note_step", "sibling", {"sibling_secretary", "township", "county"}),
    ("can_note_step", "general", {"township", "county"}),
    ("can_postpone", "village", {"secretary", "township", "county"}),
    ("can_postpone", "township", {"county"}),
    ("can_waive", "village", {"township", "county"}),
    ("can_waive", "township", {"county"}),
    ("can_waive", "county", set()),
    ("can_order_redo", "village", {"township", "county"}),
    ("can_order_redo", "other_village", {"county"}),
    ("can_manage_channels", "village", {"township", "county"}),
    ("can_manage_channels", "township", {"township", "county"}),
    ("can_manage_channels", "other_township", {"county"}),
    ("can_manage_feed", "village", {"secretary", "organizer", "township", "county"}),
    ("can_manage_feed", "other_village", {"stranger", "county"}),
    ("can_see_rollup", "township", {"supervisor", "township", "county"}),
    ("can_see_rollup", "village", {"supervisor", "township", "county"}),
    ("can_see_rollup", "other_township", {"county"}),
    ("can_write_plan", "village", {"secretary", "organizer"}),
    ("can_write_plan", "group", set()),
    ("can_write_plan", "sibling", {"sibling_secretary"}),
    ("can_write_plan", "township", set()),
]
ANYWHERE: list[tuple[str, set[str]]] = [
    (
        "can_list_accounts",
        {"secretary", "sibling_secretary", "stranger", "township", "county", "system"},
    ),
    ("can_draft_campaigns", {"township", "county"}),
    ("can_list_plans", {"township", "county"}),
    ("can_read_audit", {"auditor"}),
]


@pytest.fixture
def person(request: pytest.FixtureRequest) -> Callable[[str], User | AnonymousUser]:
    """A function: the fixture of that name, or nobody in particular."""
    return lambda name: AnonymousUser() if name == "anonymous" else request.getfixturevalue(name)


def reason(answer: Answer) -> str:
    """The reason of a refusal; fails on a yes."""
    assert isinstance(answer, Denied)
    return answer.reason


@pytest.mark.parametrize(("function", "place", "yes"), ABOUT_PLACES)
@pytest.mark.parametrize("name", PEOPLE)
def test_each_answer_about_a_place_is_as_written(
    function: str,
    place: str,
    yes: set[str],
    name: str,
    tree: Tree,
    person: Callable[[str], User | AnonymousUser],
) -> None:
    answer = getattr(permissions, function)(person(name), getattr(tree, place))
    assert bool(answer) is (name in yes)
    if not answer:
        assert reason(answer).endswith("。")


@pytest.mark.parametrize(("function", "yes"), ANYWHERE)
@pytest.mark.parametrize("name", PEOPLE)
def test_each_answer_without_a_place_is_as_written(
    function: str, yes: set[str], name: str, person: Callable[[str], User | AnonymousUser], tree: Tree
) -> None:
    assert bool(getattr(permissions, function)(person(name))) is (name in yes)


def test_every_permission_function_is_asked_here() -> None:
    asked = {function for function, _, _ in ABOUT_PLACES} | {function for function, _ in ANYWHERE}
    by_hand = {
        "can_fetch_result",
        "can_reset_password",
        "can_appoint",
        "can_edit_campaign",
        "can_step_campaign",
        "can_ask_again",  # these two: test_jobs_kept_alive.py
        "can_cancel_job",
        "can_edit_plan",  # these three: test_plan_permissions.py
        "can_submit_plan",
        "can_review_plan",
        "can_keep_campaign",  # these four: test_issuing_permissions.py
        "can_clone_campaign",
        "can_change_rules",
        "can_revise_rules",
    }
    assert {name for name in vars(permissions) if name.startswith("can_")} == asked | by_hand


def test_a_leader_of_a_superior_organisation_speaks_for_its_office(tree: Tree) -> None:
    head = account_with(Role.SECRETARY, tree.township)
    assert permissions.is_superior_office(head, tree.village)
    assert not permissions.is_superior_office(account_with(Role.SECRETARY, tree.village), tree.village)


def test_somebody_not_logged_in_holds_no_post(tree: Tree) -> None:
    assert not permissions.has_role(AnonymousUser(), Role.SECRETARY, tree.village)
    assert not permissions.has_role(AnonymousUser(), (Role.SECRETARY,), tree.village)


def test_a_post_reaches_down_but_is_held_in_one_place_only(tree: Tree, secretary: User) -> None:
    assert permissions.has_role(secretary, Role.SECRETARY, tree.group)
    assert not permissions.holds(secretary, (Role.SECRETARY,), tree.group)
    assert not permissions.has_role(secretary, Role.SECRETARY, tree.township)


class TestPasswords:
    """Who hands out one-time passwords."""

    def test_nobody_resets_the_own_password_here(self, secretary: User, tree: Tree) -> None:
        assert not permissions.can_reset_password(secretary, secretary)

    def test_an_account_at_home_nowhere_cannot_be_reset(self, township: User, tree: Tree) -> None:
        account = account_with(None, tree.village, username="nowhere")
        account.home = None
        assert not permissions.can_reset_password(township, account)

    def test_the_office_above_resets_everybody_below(self, township: User, secretary: User) -> None:
        assert permissions.can_reset_password(township, secretary)

    def test_a_secretary_resets_members_but_no_holder_of_a_post(
        self, secretary: User, organizer: User, member: User
    ) -> None:
        assert permissions.can_reset_password(secretary, member)
        assert not permissions.can_reset_password(secretary, organizer)

    def test_an_office_resets_no_leader_office_or_auditor_of_its_own_level(
        self, township: User, county: User, tree: Tree
    ) -> None:
        for role in (Role.SECRETARY, Role.OFFICE, Role.SYSTEM, Role.AUDITOR):
            colleague = account_with(role, tree.township)
            assert not permissions.can_reset_password(township, colleague)
            assert permissions.can_reset_password(county, colleague)
        assert permissions.can_reset_password(township, account_with(Role.SUPERVISOR, tree.township))

    def test_a_post_out_of_reach_protects_its_holder(self, township: User, tree: Tree) -> None:
        person = account_with(None, tree.village)
        AppointmentFactory.create(user=person, role=Role.SUPERVISOR, organization=tree.county)
        assert not permissions.can_reset_password(township, person)

    def test_an_operator_of_the_server_is_never_reset_here(self, county: User, tree: Tree) -> None:
        operator = account_with(None, tree.village, is_superuser=True, is_staff=True)
        assert not permissions.can_reset_password(county, operator)

    def test_nobody_resets_upwards_or_sideways(
        self, secretary: User, sibling_secretary: User, township: User, member: User
    ) -> None:
        assert not permissions.can_reset_password(secretary, township)
        assert not permissions.can_reset_password(sibling_secretary, member)


class TestAppointing:
    """Posts come from above."""

    def test_the_level_above_gives_every_post(self, township: User, tree: Tree) -> None:
        for role in Role.values:
            assert permissions.can_appoint(township, tree.village, role)

    @pytest.mark.parametrize(
        ("role", "allowed"),
        [
            (Role.SUPERVISOR, True),
            (Role.INSTRUCTOR, True),
            (Role.ORGANIZER, True),
            (Role.OFFICE, False),
            (Role.SYSTEM, False),
            (Role.AUDITOR, False),
            (Role.SECRETARY, False),
        ],
    )
    def test_an_office_sends_supervisors_but_makes_no_office_or_leader_of_its_own_level(
        self, role: str, allowed: bool, township: User, tree: Tree
    ) -> None:
        assert bool(permissions.can_appoint(township, tree.township, role)) is allowed

    def test_a_secretary_names_group_leaders_only(self, secretary: User, tree: Tree) -> None:
        assert permissions.can_appoint(secretary, tree.group, Role.GROUP_LEADER)
        assert not permissions.can_appoint(secretary, tree.village, Role.ORGANIZER)
        assert not permissions.can_appoint(secretary, tree.sibling, Role.GROUP_LEADER)


class TestCampaigns:
    """Drafts can be changed, published rules cannot."""

    def test_a_draft_is_changed_by_its_issuer(self, township: User, secretary: User, tree: Tree) -> None:
        draft = Campaign(issuer=tree.township, status="draft")
        assert permissions.can_edit_campaign(township, draft)
        assert not permissions.can_edit_campaign(secretary, draft)
        assert permissions.can_step_campaign(township, draft)
        assert not permissions.can_step_campaign(secretary, draft)

    def test_published_rules_are_locked_for_everybody(self, township: User, tree: Tree) -> None:
        for status in ("published", "running", "closed"):
            answer = permissions.can_edit_campaign(township, Campaign(issuer=tree.township, status=status))
            assert "锁定" in reason(answer)


def test_a_file_about_an_organisation_closes_when_no_post_reaches_it_any_more(
    tree: Tree, secretary: User
) -> None:
    job = JobFactory.create(requested_by=secretary, organization=tree.village)
    assert permissions.can_fetch_result(secretary, job)
    secretary.appointments.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    secretary.refresh_from_db()
    assert "任职已经变动" in reason(permissions.can_fetch_result(secretary, job))
    assert permissions.can_fetch_result(secretary, JobFactory.create(requested_by=secretary))


@pytest.mark.parametrize("kind", [Kind.BRANCH, Kind.GROUP])
def test_a_role_in_a_branch_never_becomes_a_superior_by_name_alone(kind: Any, tree: Tree) -> None:
    place = OrganizationFactory.create(
        parent=tree.township if kind == Kind.BRANCH else tree.village, kind=kind
    )
    office = account_with(None, place)
    AppointmentFactory.create(user=office, role=Role.OFFICE, organization=place)
    assert not permissions.can_issue_campaign(office, place)
    assert not permissions.can_draft_campaigns(office)
