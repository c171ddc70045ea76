"""Announcements: once for each fact, day and person, whatever runs at the same time."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import connection

from branches.models import Notice, Organization, Role, User
from branches.services.notices import announce, deliver_due, holders
from branches.tasks import deliver
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, account_with


def remind(person: User, about: Organization, day: datetime.date | None = None) -> int:
    """One reminder."""
    return announce(kind="reminder", about=about, recipients=[person], title="请开会", day=day)


def test_the_same_fact_on_one_day_is_told_once(tree: Tree, secretary: User) -> None:
    for _ in range(3):
        assert remind(secretary, tree.village) == 1
    assert Notice.objects.count() == 1


def test_another_day_is_told_again(tree: Tree, secretary: User) -> None:
    for day in (1, 2, 2):
        remind(secretary, tree.village, datetime.date(2026, 11, day))
    assert Notice.objects.count() == 2


def test_a_notice_is_seen_after_the_relay_has_run(tree: Tree, secretary: User) -> None:
    remind(secretary, tree.village)
    assert not Notice.objects.visible_to(secretary).exists()
    deliver()
    notice = Notice.objects.visible_to(secretary).get()
    assert str(notice) == "请开会"
    assert deliver_due() == 0


def test_notices_of_others_are_never_seen(tree: Tree, secretary: User, township: User) -> None:
    remind(secretary, tree.village)
    deliver_due()
    assert not Notice.objects.visible_to(township).exists()


def test_holders_have_an_open_account_and_a_current_post(tree: Tree, secretary: User) -> None:
    AppointmentFactory.create(organization=tree.village, role=Role.SECRETARY, user=None, holder_name="某某")
    closed = account_with(Role.SECRETARY, tree.village)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    former = account_with(None, tree.village)
    AppointmentFactory.create(
        organization=tree.village,
        user=former,
        ends_on=datetime.date(2020, 1, 1),
        starts_on=datetime.date(2019, 1, 1),
    )
    everywhere = Organization.objects.in_subtree(tree.county)
    assert holders(everywhere, [Role.SECRETARY]) == [secretary]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_at_once_tell_it_once(tree: Tree, secretary: User) -> None:
    gate = threading.Barrier(4)

    def tell() -> None:
        try:
            gate.wait(timeout=10)
            remind(secretary, tree.village)
        finally:
            connection.close()

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert Notice.objects.count() == 1
