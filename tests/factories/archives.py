"""Certified ballots with everything an archive can hold, and a hand that changes one byte of it by raw SQL."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from branches.workflow import perform
from evaluations.models import Ballot, CountReport, TallyLine
from evaluations.rules.merkle import merkle_root
from evaluations.services.count_chain import note
from evaluations.services.heading import heading_of
from evaluations.services.result_seal import seal_result
from evaluations.services.results import build_result
from evaluations.workflow import BALLOT
from tests.factories.evaluations import Evening, evening, sign_all

UNIQUE = ("id", "ordinal", "sequence", "round_no", "subject_id", "entry_id")  # the next number may be taken


def full_archive(*, members: int = 4, seed: int = 1) -> Evening:
    """A ballot certified by hand with a report that has pages, parts and a chain of several events."""
    made = evening("matched", members=members)
    sign_all(made)
    note(made.ballot, "scan", {"pages": 3, "doubtful": 2})
    report = report_of(made.reload(), seed)
    note(made.ballot, "decision", {"row": 1, "value": "1", "how": "both"})
    note(made.ballot, "recount")
    note_decisions(made.ballot, report, seed)
    note(made.ballot, "match", {"valid": made.ballot.heads.valid})
    Ballot.objects.filter(pk=made.ballot.pk).update(
        certified_on=timezone.localdate(), as_certified=heading_of(made.ballot).stored()
    )
    head = seal_result(made.ballot, report)
    certified = perform(BALLOT, made.ballot, "certify", by=made.secretary, detail={"chain": head})
    build_result(certified)
    made.reload()
    return made


def note_decisions(ballot: Ballot, report: CountReport, seed: int) -> None:
    """What people decided of each row, in the chain in no order."""
    letters = [*(str(n) for n in range(1, len(ballot.scale) + 1)), "0", "x"]
    said = [
        {"row": int(row), "value": letter, "how": "both"}
        for row, numbers in report.parts["decided"].items()
        for letter, number in zip(letters, numbers, strict=True)
        for _ in range(number)
    ]
    random.Random(seed).shuffle(said)
    for one in said:
        note(ballot, "decision", one)
    report.controls, report.control_differences = 1, 1
    report.rows_decided = len(said) - 1


def report_of(ballot: Ballot, seed: int) -> CountReport:
    """An unsaved report: invented pages, and the lines divided into what was read and what was decided."""
    chance = random.Random(seed)
    images = sorted(hashlib.sha256(chance.randbytes(8)).hexdigest() for _ in range(3))
    return CountReport(
        ballot=ballot,
        form_hash="0f1e2d3c4b5a69788796",
        image_hashes=images,
        merkle_root=merkle_root(images),
        pages_read=2,
        pages_blank=1,
        rows_certain=6,
        parts=divided(TallyLine.objects.filter(ballot=ballot), chance),
    )


def divided(lines: Sequence[TallyLine] | models.QuerySet[TallyLine], chance: random.Random) -> dict[str, Any]:
    """The lines as sums of two parts."""
    machine, decided = {}, {}
    for line in lines:
        whole = [*line.counts, line.abstained, line.invalid]
        part = [chance.randint(0, number) for number in whole]
        key = str(line.subject.ordinal)
        machine[key] = part
        decided[key] = [number - less for number, less in zip(whole, part, strict=True)]
    return {"machine": machine, "decided": decided}


@contextmanager
def unguarded() -> Iterator[None]:
    """A time in which no trigger and no check refuses anything; all that was done is undone at its end."""
    lift = lift_on_postgresql if connection.vendor == "postgresql" else lift_on_sqlite
    with transaction.atomic(), connection.cursor() as cursor:
        lift(cursor)
        yield
        transaction.set_rollback(True)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@contextmanager
def undone() -> Iterator[None]:
    """What is done here is undone at once (inside `unguarded`)."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def lift_on_sqlite(cursor: Any) -> None:
    """Drop the triggers, ignore the checks."""
    cursor.execute("PRAGMA ignore_check_constraints = ON")
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP TRIGGER "{name}"')


def lift_on_postgresql(cursor: Any) -> None:
    """No triggers in this transaction, and no checks on the tables of the ballots."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is still to be checked stands in the way
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype = 'c' AND conrelid::regclass::text LIKE 'evaluations%'"
    )
    for table, name in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def change(row: models.Model, field: models.Field[Any, Any], chance: random.Random | None = None) -> None:
    """Change one byte of one field of one row by plain SQL (the nearest other value of its type).

    With `chance` it is any place of a text or of JSON, a key of which may get another name.
    """
    table, key, column = (connection.ops.quote_name(n) for n in (row._meta.db_table, "id", field.column))
    with connection.cursor() as cursor:
        value = getattr(row, field.attname)
        value = changed(value, field) if chance is None else changed_anywhere(value, field, chance)
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE {key} = %s",
            [
                field.get_db_prep_save(value, connection),
                row._meta.pk.get_db_prep_value(row.pk, connection),
            ],
        )
        assert cursor.rowcount == 1


def changed(value: Any, field: models.Field[Any, Any]) -> Any:
    """A value of the same type that differs as little as possible."""
    if isinstance(field, models.JSONField):
        return nudged(value)
    if isinstance(field, models.ForeignKey) and isinstance(field.target_field, models.UUIDField):
        return type(value)(int=value.int ^ 1)
    kind = field.get_internal_type()
    if kind == "UUIDField":
        return type(value)(int=value.int ^ 1)
    if kind == "BooleanField":
        return not value
    if kind == "DateField":
        return value.replace(day=value.day % 28 + 1)
    if kind == "DateTimeField":
        return value.replace(microsecond=(value.microsecond + 1) % 1_000_000)
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
    return 1 if value is None else value + (1000 if field.attname in UNIQUE else 1)


def changed_anywhere(value: Any, field: models.Field[Any, Any], chance: random.Random) -> Any:
    """The same, in any place."""
    if isinstance(field, models.JSONField):
        return nudged_anywhere(value, chance)
    if isinstance(value, str) and value and field.get_internal_type() != "UUIDField":
        place = chance.randrange(len(value))
        return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
    return changed(value, field)


def nudged_anywhere(value: Any, chance: random.Random) -> Any:
    """JSON that differs in one place, as deep in it as it goes."""
    if isinstance(value, dict) and value:
        key = chance.choice(sorted(value))
        if chance.randrange(4) == 0:
            return {name + "x" * (name == key): inner for name, inner in value.items()}
        return {**value, key: nudged_anywhere(value[key], chance)}
    if isinstance(value, list) and value:
        place = chance.randrange(len(value))
        return [*value[:place], nudged_anywhere(value[place], chance), *value[place + 1 :]]
    if isinstance(value, str) and value:
        place = chance.randrange(len(value))
        return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
    return nudged(value)


def nudged(value: Any) -> Any:
    """JSON that differs in one place."""
    if isinstance(value, dict) and value:
        first = next(iter(value))
        return {**value, first: nudged(value[first])}
    if isinstance(value, list) and value:
        return [nudged(value[0]), *value[1:]]
    if isinstance(value, str) and value:
        return value[:-1] + chr(ord(value[-1]) ^ 1)
    if isinstance(value, int):
        return value + 1
    return [1]
