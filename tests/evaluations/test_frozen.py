"""The database itself refuses any change of a certified or voided result, by ORM and by plain SQL."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from evaluations.models import Ballot, BallotSubject, BranchResult, Signature, TallyLine
from evaluations.services.results import build_result
from evaluations.services.setup import void_ballot
from tests.factories.evaluations import Evening, evening

pytestmark = pytest.mark.django_db
ROWS: tuple[type[models.Model], ...] = (TallyLine, Signature, BallotSubject)
FROZEN = ("certified", "void")
NUMBERS = (
    "expected",
    "present",
    "printed",
    "issued",
    "replaced",
    "unused",
    "returned",
    "void_papers",
    "corrected",
    "min_to_show",
    "round_no",
)


def refuses(change: Callable[[], Any]) -> None:
    """The database raises, and nothing changes."""
    before = everything()
    with pytest.raises(DatabaseError, match="the result is certified"), transaction.atomic():
        change()
    assert everything() == before


def everything() -> list[Any]:
    """All rows that must not change."""
    tables: tuple[type[models.Model], ...] = (*ROWS, Ballot)
    return [list(m._base_manager.order_by("pk").values()) for m in tables]


def sql(statement: str, *values: Any) -> None:
    """Plain SQL, as somebody with the database's console would type it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def key(made: Evening) -> Any:
    """The ballot's key as this database keeps it."""
    return made.ballot.pk if connection.vendor == "postgresql" else made.ballot.pk.hex


@pytest.fixture(params=FROZEN)
def made(request: pytest.FixtureRequest) -> Evening:
    """A certified ballot, and one voided after that."""
    return evening(request.param, members=3)


@pytest.mark.parametrize("model", ROWS)
def test_no_row_of_the_result_is_changed_or_deleted(made: Evening, model: type[models.Model]) -> None:
    rows = model._base_manager.filter(ballot=made.ballot)
    row = rows.order_by("pk")[0]
    table = model._meta.db_table
    field = {"TallyLine": "abstained", "Signature": "name", "BallotSubject": "name"}[model.__name__]
    value: Any = 3 if field == "abstained" else "赵文"
    setattr(row, field, value)
    refuses(row.save)
    refuses(lambda: rows.update(**{field: value}))
    refuses(lambda: rows._raw_delete("default"))
    refuses(lambda: sql(f"UPDATE {table} SET {field} = %s WHERE id = %s", value, row.pk))
    refuses(lambda: sql(f"DELETE FROM {table} WHERE id = %s", row.pk))


def test_no_row_is_added_to_the_result(made: Evening) -> None:
    subject = made.ballot.subjects.first()
    refuses(lambda: Signature.objects.create(ballot=made.ballot, duty="teller", name="赵文"))
    refuses(lambda: BallotSubject.objects.create(ballot=made.ballot, ordinal=99, name="赵文"))
    refuses(
        lambda: TallyLine.objects.bulk_create(
            [TallyLine(ballot=made.ballot, subject=subject, counts=[9, 9, 9, 9], abstained=0, invalid=0)]
        )
    )
    refuses(
        lambda: sql(
            "INSERT INTO evaluations_signature (ballot_id, duty, name, on_paper) VALUES (%s, 'teller', '赵文', %s)",
            key(made),
            False,
        )
    )


def test_no_row_is_moved_to_or_from_a_frozen_result(made: Evening) -> None:
    other = evening("matched", members=3)
    Signature.objects.create(ballot=other.ballot, duty="teller", name="赵文")
    refuses(lambda: TallyLine.objects.filter(ballot=made.ballot).update(ballot=other.ballot))
    for model in ROWS:
        rows = model._base_manager.filter(ballot=other.ballot)
        refuses(partial(rows.update, ballot=made.ballot))


def test_no_number_of_the_ballot_is_changed(made: Evening) -> None:
    rows = Ballot.objects.filter(pk=made.ballot.pk)
    for field in NUMBERS:
        value = (getattr(made.ballot, field) or 0) + 1
        changed = Ballot.objects.get(pk=made.ballot.pk)
        setattr(changed, field, value)
        refuses(changed.save)
        refuses(partial(rows.update, **{field: value}))
        refuses(partial(sql, f"UPDATE evaluations_ballot SET {field} = %s WHERE id = %s", value, key(made)))
    refuses(lambda: rows.update(returned=None))


def test_no_rule_of_the_ballot_is_changed(made: Evening) -> None:
    changes: list[dict[str, Any]] = [
        {"scale": [{"key": "good", "label": "好"}, {"key": "poor", "label": "差"}]},
        {"percent_base": "present"},
        {"certified_on": "2020-01-01"},
        {"subject_kind": "committee"},
        {"entry_mode": "totals"},
    ]
    for change in changes:
        refuses(partial(Ballot.objects.filter(pk=made.ballot.pk).update, **change))


def test_the_ballot_is_not_moved_deleted_or_opened_again(made: Evening) -> None:
    other = evening("setup", members=3)
    for field in ("meeting", "organization", "campaign"):
        refuses(
            partial(
                Ballot.objects.filter(pk=made.ballot.pk).update,
                **{field: getattr(other.ballot, field)},
            )
        )
    refuses(lambda: sql("DELETE FROM evaluations_ballot WHERE id = %s", key(made)))
    for status in ("setup", "issued", "collected", "matched", "certified", "void"):
        allowed = status == made.ballot.status or (made.ballot.status, status) == ("certified", "void")
        if not allowed:
            refuses(
                partial(sql, "UPDATE evaluations_ballot SET status = %s WHERE id = %s", status, key(made))
            )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="INSERT OR REPLACE is SQLite's")
def test_nothing_is_replaced_on_sqlite(made: Evening) -> None:
    other = evening("matched", members=3)
    line = TallyLine.objects.filter(ballot=made.ballot).first()
    assert line is not None
    columns = "(id, ballot_id, subject_id, counts, abstained, invalid)"
    for pk in (line.pk, 987_654):
        refuses(
            partial(
                sql,
                f"INSERT OR REPLACE INTO evaluations_tallyline {columns} VALUES (%s, %s, %s, '[]', 0, 0)",
                pk,
                key(other),
                line.subject_id,
            )
        )
    names = ", ".join(field.column for field in Ballot._meta.concrete_fields)
    refuses(
        lambda: sql(
            f"INSERT OR REPLACE INTO evaluations_ballot ({names}) SELECT {names} FROM evaluations_ballot WHERE id = %s",
            key(made),
        )
    )


def test_voiding_keeps_every_number() -> None:
    made = evening("certified", members=3)
    before = Ballot.objects.filter(pk=made.ballot.pk).values().get()
    lines = list(TallyLine.objects.order_by("pk").values())
    void_ballot(ballot=made.ballot, by=made.secretary, reason="责令重新进行")
    after = Ballot.objects.filter(pk=made.ballot.pk).values().get()
    changed = {name for name, value in before.items() if value != dict(after)[name]}
    assert changed == {"status", "void_reason"}
    assert list(TallyLine.objects.order_by("pk").values()) == lines
    refuses(lambda: Ballot.objects.filter(pk=made.ballot.pk).update(void_reason="另一个原因"))


def test_the_sums_for_the_roll_up_can_always_be_made_again_from_the_lines() -> None:
    made = evening("certified", members=3)
    before = BranchResult.objects.filter(ballot=made.ballot).values().get()
    BranchResult.objects.all().delete()
    build_result(made.ballot)
    build_result(made.ballot)
    after = BranchResult.objects.filter(ballot=made.ballot).values().get()
    assert {k: v for k, v in after.items() if k != "id"} == {k: v for k, v in before.items() if k != "id"}


BROKEN: dict[str, list[tuple[dict[str, Any], str]]] = {
    "issued": [
        ({"returned": 6}, "ballot_returned_within_issued"),
        ({"issued": 6}, "ballot_issued_within_present_and_printed"),
        ({"present": 6}, "ballot_present_within_expected"),
        ({"expected": None}, "ballot_present_within_expected"),
        ({"present": None}, "ballot_issued_within_present_and_printed"),
        ({"printed": None}, "ballot_issued_within_present_and_printed"),
    ],
    "matched": [
        ({"unused": 3}, "ballot_printed_is_accounted_for"),
        ({"issued": None}, "ballot_returned_within_issued"),
        ({"void_papers": 6}, "ballot_void_within_returned"),
        ({"returned": None}, "ballot_void_within_returned"),
    ],
}


@pytest.mark.parametrize("stage", BROKEN)
def test_the_identities_are_constraints_of_the_database(stage: str) -> None:
    made = evening(stage, members=5)
    for change, constraint in BROKEN[stage]:
        with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
            Ballot.objects.filter(pk=made.ballot.pk).update(**change)


def test_no_two_standing_rounds_and_no_round_twice() -> None:
    made = evening("setup", members=3)
    copy = Ballot.objects.get(pk=made.ballot.pk)
    copy.pk = None
    for round_no, status in ((2, "setup"), (1, "void")):
        copy.round_no = round_no
        setattr(copy, "status", status)  # noqa: B010  (no workflow: the database must refuse)
        copy._state.adding = True
        copy.id = uuid.uuid4()
        with pytest.raises(DatabaseError), transaction.atomic():
            copy.save(force_insert=True)
