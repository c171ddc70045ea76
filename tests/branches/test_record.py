"""The record: a chain that shows every change, and triggers that refuse it."""

from __future__ import annotations

import datetime
import itertools

import pytest
from django.db import DatabaseError, connection, transaction

from branches.models import AuditEvent, AuditHead, User
from branches.services.audit import first_broken_link, record
from tests.conftest import Tree


@pytest.fixture
def five(secretary: User) -> list[AuditEvent]:
    """Five events."""
    return [record(by=secretary, action=f"step_{n}", about=secretary, detail={"n": n}) for n in range(5)]


def lift_triggers() -> None:
    """What somebody with full power over the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER audit_event_no_{verb}")
        else:
            cursor.execute("DROP TRIGGER audit_event_is_append_only ON branches_auditevent")


def test_an_untouched_chain_holds(five: list[AuditEvent]) -> None:
    assert [event.sequence for event in five] == [1, 2, 3, 4, 5]
    assert all(a.hash == b.previous_hash for a, b in itertools.pairwise(five))
    assert first_broken_link() is None


def test_an_empty_record_holds(db: None) -> None:
    assert first_broken_link() is None
    AuditHead.objects.all().delete()
    assert first_broken_link() is None


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("actor_id", 987_654_321),
        ("action", "other"),
        ("about_id", "0"),
        ("about", "x.y"),
        ("organization_path", "0009"),
        ("detail", {"n": 9}),
        ("at", datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)),
    ],
)
def test_a_changed_event_breaks_the_chain_where_it_stands(
    change: str, value: object, five: list[AuditEvent]
) -> None:
    lift_triggers()
    AuditEvent.objects.filter(sequence=3).update(**{change: value})
    assert first_broken_link() == 3


def test_a_removed_event_breaks_the_chain(five: list[AuditEvent]) -> None:
    lift_triggers()
    AuditEvent.objects.filter(sequence=2).delete()
    assert first_broken_link() == 2


def test_a_removed_last_event_is_noticed_too(five: list[AuditEvent]) -> None:
    lift_triggers()
    AuditEvent.objects.filter(sequence=5).delete()
    assert first_broken_link() == 5


def test_an_event_with_its_own_hash_recomputed_still_breaks_the_next(five: list[AuditEvent]) -> None:
    lift_triggers()
    AuditEvent.objects.filter(sequence=3).update(hash="f" * 64)
    assert first_broken_link() == 3


@pytest.mark.parametrize(
    "verb", ["UPDATE branches_auditevent SET action = 'x'", "DELETE FROM branches_auditevent"]
)
def test_the_database_refuses_change_and_removal_by_plain_sql(verb: str, five: list[AuditEvent]) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb)
    assert AuditEvent.objects.count() == 5


def test_the_database_refuses_change_and_removal_by_the_models(five: list[AuditEvent]) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(action="x")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()
    five[0].action = "x"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        five[0].save()
    assert first_broken_link() is None


def test_the_end_of_the_chain_is_one_row(five: list[AuditEvent]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditHead.objects.create(pk=2)
    assert str(AuditHead.objects.get()) == "5"


def test_an_event_of_the_system_has_no_actor(tree: Tree) -> None:
    event = record(by=None, action="nightly", about=tree.village)
    assert (event.actor_id, event.organization_path) == (None, tree.village.path)
    assert str(event).endswith("branches.organization")


def test_the_record_is_read_in_scope_only(tree: Tree, auditor: User, stranger: User, secretary: User) -> None:
    record(by=secretary, action="step", about=secretary)
    assert AuditEvent.objects.visible_to(auditor).count() == 1
    assert AuditEvent.objects.visible_to(stranger).count() == 0
