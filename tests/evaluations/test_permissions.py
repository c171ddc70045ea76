"""Who prepares, counts, certifies, voids and reads a ballot: the full table, with every no."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from branches.models import Appointment, Kind, Role, User
from branches.permissions import Answer, Denied
from evaluations import permissions as p
from evaluations.models import Ballot
from evaluations.services.setup import void_ballot
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import Evening, account_of, evening, published_campaign

pytestmark = pytest.mark.django_db

PEOPLE = (
    "secretary",
    "deputy",
    "organizer",
    "publicity",
    "discipline",
    "committee",
    "group_leader",
    "scrutineer",
    "teller",
    "member",
    "sibling",
    "general",
    "office",
    "leader_above",
    "supervisor",
    "instructor",
    "other_office",
    "system",
    "auditor",
    "nobody",
)
CLERKS = {"secretary", "deputy", "organizer"}
COUNTING = {"scrutineer", "teller"}
LEADERS = {"secretary", "deputy"}
BOARD = CLERKS | {"publicity", "discipline", "committee"}
ABOVE = {"general", "office", "leader_above", "supervisor", "instructor"}


def cast_of(made: Evening) -> dict[str, Any]:
    """Everybody who may come near a ballot, and some who may not."""
    branch = made.organization
    general = branch.superior()
    assert general is not None
    township = made.campaign.issuer
    sibling = OrganizationFactory.create(parent=township)
    other = OrganizationFactory.create(kind=Kind.COMMITTEE)
    group = OrganizationFactory.create(parent=branch, kind=Kind.GROUP)
    return {
        "secretary": made.secretary,
        "deputy": account_with(Role.DEPUTY, branch),
        "organizer": account_with(Role.ORGANIZER, branch),
        "publicity": account_with(Role.PUBLICITY, branch),
        "discipline": account_with(Role.DISCIPLINE, branch),
        "committee": account_with(Role.COMMITTEE, branch),
        "group_leader": account_with(Role.GROUP_LEADER, group),
        "scrutineer": made.scrutineer,
        "teller": made.tellers[0],
        "member": account_of(made.people[0]),
        "sibling": account_with(Role.SECRETARY, sibling),
        "general": account_with(Role.SECRETARY, general),
        "office": account_with(Role.OFFICE, township),
        "leader_above": account_with(Role.SECRETARY, township),
        "supervisor": account_with(Role.SUPERVISOR, township),
        "instructor": account_with(Role.INSTRUCTOR, township),
        "other_office": account_with(Role.OFFICE, other),
        "system": account_with(Role.SYSTEM, township),
        "auditor": account_with(Role.AUDITOR, township),
        "nobody": AnonymousUser(),
    }


def evening_below(stage: str, **how: Any) -> Evening:
    """A ballot of a branch below a general branch of the township."""
    township = OrganizationFactory.create(kind=Kind.COMMITTEE)
    general = OrganizationFactory.create(parent=township, kind=Kind.GENERAL_BRANCH)
    branch = OrganizationFactory.create(parent=general)
    campaign = published_campaign(township)
    return evening(stage, organization=branch, campaign=campaign, **how)


def allowed(ask: Callable[[Any], Answer], people: dict[str, Any]) -> set[str]:
    """Who may; every refusal carries a sentence."""
    yes = set()
    for name in PEOPLE:
        answer = ask(people[name])
        if isinstance(answer, Denied):
            assert answer.reason.endswith("。")
        else:
            assert answer is True
            yes.add(name)
    return yes


def test_who_may_do_what_while_papers_are_counted() -> None:
    made = evening_below("collected", members=6)
    people, ballot = cast_of(made), made.ballot
    assert allowed(lambda u: p.can_prepare_ballot(u, made.meeting), people) == CLERKS
    assert allowed(lambda u: p.can_print_form(u, ballot), people) == CLERKS | COUNTING
    assert allowed(lambda u: p.can_count_heads(u, ballot), people) == CLERKS | COUNTING
    assert allowed(lambda u: p.can_enter(u, ballot), people) == {"teller"}
    assert allowed(lambda u: p.can_match(u, ballot), people) == {"teller"}
    assert allowed(lambda u: p.can_free_slot(u, ballot), people) == CLERKS
    assert allowed(lambda u: p.can_note_paper_signature(u, ballot), people) == CLERKS
    assert allowed(lambda u: p.can_certify(u, ballot), people) == LEADERS
    assert allowed(lambda u: p.can_void(u, ballot), people) == LEADERS | {"general", "office", "leader_above"}
    assert allowed(lambda u: p.can_sign(u, ballot, "scrutineer"), people) == {"scrutineer"}
    assert allowed(lambda u: p.can_sign(u, ballot, "teller"), people) == {"teller"}
    assert allowed(lambda u: p.can_sign(u, ballot, "secretary"), people) == LEADERS
    assert allowed(lambda u: p.can_sign(u, ballot, "office"), people) == set()


RESULT = {
    "setup": (set(), set()),
    "issued": (set(), set()),
    "collected": (set(), set()),
    "matched": (BOARD | COUNTING, BOARD | COUNTING),
    "certified": (BOARD | COUNTING | ABOVE, BOARD | COUNTING | ABOVE),
    "void": (BOARD | COUNTING | ABOVE, BOARD | COUNTING | ABOVE),
}


@pytest.mark.parametrize("stage", RESULT)
def test_who_reads_the_result_at_each_stage(stage: str) -> None:
    made = evening_below(stage, members=6)
    people = cast_of(made)
    seen, printed = RESULT[stage]
    assert allowed(lambda u: p.can_see_result(u, made.ballot), people) == seen
    assert allowed(lambda u: p.can_print_result(u, made.ballot), people) == printed
    entering = {"teller"} if stage == "collected" else set()
    assert allowed(lambda u: p.can_enter(u, made.ballot), people) == entering


@pytest.mark.parametrize("stage", ["matched", "certified", "void"])
def test_with_few_papers_nobody_reads_counts_and_only_those_who_sign_print_them(stage: str) -> None:
    made = evening_below(stage, members=4)
    people = cast_of(made)
    assert made.ballot.counts_withheld
    assert allowed(lambda u: p.can_see_result(u, made.ballot), people) == set()
    assert allowed(lambda u: p.can_print_result(u, made.ballot), people) == CLERKS | COUNTING


def test_a_round_voided_before_it_was_certified_has_no_result_for_anybody() -> None:
    made = evening_below("matched", members=6)
    void_ballot(ballot=made.ballot, by=made.secretary, reason="重来")
    people = cast_of(made)
    assert allowed(lambda u: p.can_see_result(u, made.reload()), people) == set()
    assert allowed(lambda u: p.can_print_result(u, made.ballot), people) == set()


def test_who_finds_the_ballot_at_all() -> None:
    made = evening_below("setup", members=6)
    people = cast_of(made)
    found = {name for name in PEOPLE if Ballot.objects.visible_to(people[name]).filter(pk=made.ballot.pk)}
    assert found == BOARD | COUNTING | ABOVE | {"member"}
    # The member of the cast chairs the meeting; one without a task there finds nothing.
    plain = account_of(made.people[1])
    assert not Ballot.objects.visible_to(plain).exists()


def test_a_post_that_ended_yesterday_opens_nothing() -> None:
    made = evening_below("certified", members=6)
    people = cast_of(made)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Appointment.objects.update(ends_on=yesterday)
    people = {
        name: user if name == "nobody" else User.objects.get(pk=user.pk) for name, user in people.items()
    }
    for ask in (p.can_see_result, p.can_print_result, p.can_count_heads):
        assert allowed(lambda u, ask=ask: ask(u, made.ballot), people) == COUNTING  # type: ignore[misc]
    assert allowed(lambda u: p.can_void(u, made.ballot), people) == set()
    assert allowed(lambda u: p.can_certify(u, made.ballot), people) == set()
