"""The support pages: what is changed there is recorded like everything else, and nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, AuditEvent, Organization, Role, User
from tests.conftest import Tree
from tests.factories.branches import UserFactory

ClientOf = Callable[[User], Client]


@pytest.fixture
def operator(client_of: ClientOf, db: None) -> Client:
    """The browser of the server's operator."""
    return client_of(UserFactory.create(username="yunwei", is_staff=True, is_superuser=True))


def last_event() -> AuditEvent:
    """What was recorded last."""
    return AuditEvent.objects.order_by("-sequence")[0]


def test_a_changed_account_is_recorded_by_field_not_by_value(operator: Client, secretary: User) -> None:
    data = {
        "username": secretary.username,
        "full_name": "刘得福",
        "home": secretary.home_id,
        "is_active": "on",
    }
    answer = operator.post(reverse("admin:branches_user_change", args=[secretary.pk]), data)
    assert answer.status_code == 302
    event = last_event()
    assert (event.action, event.about, event.about_id) == ("admin_change", "branches.user", str(secretary.pk))
    assert event.detail == {"fields": ["full_name"]}
    assert event.actor_id == User.objects.get(username="yunwei").pk


def test_a_given_post_is_recorded(operator: Client, secretary: User, tree: Tree) -> None:
    data = {
        "user": secretary.pk,
        "holder_name": secretary.full_name,
        "role": Role.OFFICE,
        "organization": tree.township.pk,
        "starts_on": timezone.localdate().isoformat(),
    }
    assert operator.post(reverse("admin:branches_appointment_add"), data).status_code == 302
    post = Appointment.objects.get(role=Role.OFFICE, user=secretary)
    event = last_event()
    assert (event.action, event.about_id) == ("admin_add", str(post.pk))
    assert event.organization_path == tree.township.path


def test_a_branch_moved_by_dragging_is_recorded(operator: Client, tree: Tree) -> None:
    move = reverse("admin:branches_organization_changelist") + "move/"
    data = {"node": tree.sibling.pk, "target": tree.village.pk, "relation": "sibling"}
    assert operator.post(move, data).status_code == 200
    assert (
        Organization.objects.get(pk=tree.sibling.pk).path < Organization.objects.get(pk=tree.village.pk).path
    )
    assert (last_event().action, last_event().about_id) == ("admin_move", str(tree.sibling.pk))
    refused = operator.post(move, {**data, "relation": "elsewhere"})
    assert refused.status_code == 400
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("name", ["user", "appointment", "organization", "campaign"])
def test_nothing_is_deleted(name: str, operator: Client, secretary: User, tree: Tree) -> None:
    keys = {
        "user": secretary.pk,
        "appointment": secretary.posts()[0].pk,
        "organization": tree.village.pk,
        "campaign": 1,
    }
    url = reverse(f"admin:branches_{name}_delete", args=[keys[name]])
    assert operator.post(url, {"post": "yes"}).status_code in (302, 403)
    assert User.objects.filter(pk=secretary.pk).exists()
    assert Appointment.objects.filter(pk=keys["appointment"]).exists()
    assert Organization.objects.filter(pk=tree.village.pk).exists()
