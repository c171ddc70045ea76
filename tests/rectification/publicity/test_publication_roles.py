"""Who does what with what is put up in public, in which state: from the table of its steps, with every no."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from branches.models import Kind, Role
from branches.permissions import Answer, Denied
from rectification import permissions as may
from rectification.models import Publication, PublicationStatus
from rectification.reports.publications import PublicationList
from rectification.workflow import PUBLICATION
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.publicity import TEXT, publicity_campaign

pytestmark = pytest.mark.django_db
LEADERS = {"secretary", "deputy"}
CLERKS = LEADERS | {"organizer"}
ABOVE = {"office", "leader_above", "general"}
OWN = CLERKS | {"publicity", "committee"}
READERS = CLERKS | ABOVE | {"publicity", "committee", "supervisor", "instructor"}
WHO = {"approve": LEADERS, "post": CLERKS, "take_down": CLERKS, "withdraw": LEADERS}


def cast() -> tuple[Publication, dict[str, Any]]:
    """A publication of a branch below a general branch of a township, and everybody near it."""
    township = OrganizationFactory.create(kind=Kind.COMMITTEE)
    general = OrganizationFactory.create(parent=township, kind=Kind.GENERAL_BRANCH)
    branch = OrganizationFactory.create(parent=general)
    group = OrganizationFactory.create(parent=branch, kind=Kind.GROUP)
    today = timezone.localdate()
    made = Publication.objects.create(
        campaign=publicity_campaign(township),
        organization=branch,
        kind="measures",
        title="公示",
        text=TEXT,
        scope="全体群众",
        place="公开栏",
        contact="向支部反映",
        from_on=today,
        to_on=today + datetime.timedelta(days=30),
    )
    posts = {
        "secretary": (Role.SECRETARY, branch),
        "deputy": (Role.DEPUTY, branch),
        "organizer": (Role.ORGANIZER, branch),
        "publicity": (Role.PUBLICITY, branch),
        "committee": (Role.COMMITTEE, branch),
        "group_leader": (Role.GROUP_LEADER, group),
        "sibling": (Role.SECRETARY, OrganizationFactory.create(parent=general)),
        "general": (Role.SECRETARY, general),
        "office": (Role.OFFICE, township),
        "leader_above": (Role.SECRETARY, township),
        "supervisor": (Role.SUPERVISOR, township),
        "instructor": (Role.INSTRUCTOR, township),
        "other_office": (Role.OFFICE, OrganizationFactory.create(kind=Kind.COMMITTEE)),
        "system": (Role.SYSTEM, township),
        "auditor": (Role.AUDITOR, township),
        "member": (None, branch),
    }
    people: dict[str, Any] = {name: account_with(*post) for name, post in posts.items()}
    return made, {**people, "nobody": AnonymousUser()}


def allowed(ask: Callable[[Any], Answer], people: dict[str, Any]) -> set[str]:
    """Who may; every refusal carries a sentence."""
    answers = {name: ask(person) for name, person in people.items()}
    assert all(one.reason.endswith("。") for one in answers.values() if isinstance(one, Denied))
    return {name for name, answer in answers.items() if answer}


def test_everybody_in_every_state() -> None:
    made, people = cast()
    assert set(PUBLICATION.transitions) == set(WHO)
    for step, transition in PUBLICATION.transitions.items():
        today = timezone.localdate()
        made.to_on = today if step == "take_down" else today + datetime.timedelta(days=30)
        for state in PublicationStatus.values:
            made.status = state
            found = allowed(lambda who, step=step: PUBLICATION.step(made, step, who, "原因"), people)  # type: ignore[misc]
            assert found == (WHO[step] if state in transition.sources else set()), (step, state)


def test_who_reads_drafts_asks_releases_and_closes() -> None:
    made, people = cast()
    place = made.organization
    assert allowed(lambda u: may.can_see_publications(u, place), people) == READERS
    assert allowed(lambda u: may.can_read_publication(u, made), people) == OWN
    for reader, count in (("publicity", 1), ("office", 0)):
        assert len(PublicationList.of(made.campaign, place, people[reader]).rows) == count
    made.approved_on = timezone.localdate()
    made.save()
    assert allowed(lambda u: may.can_read_publication(u, made), people) == READERS
    assert len(PublicationList.of(made.campaign, place, people["office"]).rows) == 1
    assert allowed(lambda u: may.can_draft_publication(u, place), people) == CLERKS
    assert allowed(lambda u: may.can_ask_page(u, made), people) == LEADERS
    assert allowed(lambda u: may.can_release_page(u, made), people) == ABOVE
    assert allowed(lambda u: may.can_close_page(u, made), people) == LEADERS | ABOVE
    assert allowed(may.can_watch_pages, people) == READERS | {"sibling", "other_office"}


def test_what_the_posts_reach_is_all_that_is_found() -> None:
    made, people = cast()
    found = {name for name, who in people.items() if Publication.objects.visible_to(who).exists()}
    assert found == READERS
    assert str(made) == f"{made.organization.short_name}整改措施公开"
    assert not Publication.objects.hung().exists()
