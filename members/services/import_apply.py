"""Writes a checked upload into the roll and takes it back, a thousand members at a time."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import ProtectedError

from branches.permissions import Answer, Denied
from members.models import ImportBatch, Member
from members.services.import_plan import CHANGED, CHUNK, NEW, SEALED, PlanRow, row_of

_DERIVED = ("simplified", "pinyin_key", "pinyin_initials", "stroke_key", "search_key")
_CHANGED_SINCE = "有{count}名党员在导入之后又改过信息，不能整批撤销。请在党员信息中逐个更正。"
_IN_USE = "导入的党员已经列入评议花名册，不能撤销。请在党员信息中逐个更正。"


def apply_plan(batch: ImportBatch) -> Iterator[str]:
    """Writes the new and changed rows of the checked upload; yields a line of undo data for each member written."""
    rows = (row_of(line) for line in batch.take("plan") if line[0] in (NEW, CHANGED))
    while chunk := list(islice(rows, CHUNK)):
        yield from _add([row for row in chunk if row.action == NEW])
        yield from _change([row for row in chunk if row.action == CHANGED])


def _add(rows: list[PlanRow]) -> list[str]:
    members = []
    for row in rows:
        member = Member()
        for name, value in row.values.items():
            setattr(member, name, value)
        member.derive_keys()
        members.append(member)
    Member.objects.bulk_create(members, batch_size=CHUNK)
    return [f"{NEW}{member.pk}" for member in members]


def _columns(name: str) -> tuple[str, ...]:
    """The columns behind a value of the file."""
    if name in SEALED:
        return f"{name}_sealed", f"{name}_index"
    return ("name", *_DERIVED) if name == "name" else (name,)


def _change(rows: list[PlanRow]) -> list[str]:
    members = Member.objects.select_for_update().in_bulk([row.member for row in rows])
    by_key = {str(pk): member for pk, member in members.items()}
    touched: set[str] = {"version"}
    undo = []
    for row in rows:
        member = by_key[row.member]
        columns = [column for name in row.values for column in _columns(name)]
        before = {column: getattr(member, column) for column in columns}
        undo.append(
            CHANGED + json.dumps([row.member, member.version, before], ensure_ascii=False, default=str)
        )
        for name, value in row.values.items():
            setattr(member, name, value)
        if "name" in row.values:
            member.derive_keys()
        member.version += 1
        touched.update(columns)
    _save(list(members.values()), touched)
    return undo


def _save(members: list[Member], columns: set[str]) -> None:
    fields = [field.name for field in Member._meta.concrete_fields if {field.name, field.attname} & columns]
    if members:
        Member.objects.bulk_update(members, fields, batch_size=500)


def take_back(batch: ImportBatch) -> Answer:
    """Restores what the import changed and removes what it added, or says why not; call it in a transaction that a refusal ends."""
    lines = batch.take("undo")
    while chunk := list(islice(lines, CHUNK)):
        added = [line[1:] for line in chunk if line[0] == NEW]
        changed = {body[0]: body for body in (json.loads(line[1:]) for line in chunk if line[0] == CHANGED)}
        answer = _remove(added) and _restore(changed)
        if not answer:
            return answer
    return True


def _remove(keys: list[str]) -> Answer:
    members = Member.objects.select_for_update().filter(pk__in=keys, version=1)
    found = len(members)
    if found != len(keys):
        return Denied(_CHANGED_SINCE.format(count=len(keys) - found))
    try:
        Member.objects.filter(pk__in=keys).delete()
    except ProtectedError:
        return Denied(_IN_USE)
    return True


def _restore(changed: dict[str, list[Any]]) -> Answer:
    members = Member.objects.select_for_update().in_bulk(list(changed))
    fitting = [member for member in members.values() if member.version == changed[str(member.pk)][1] + 1]
    if len(fitting) != len(changed):
        return Denied(_CHANGED_SINCE.format(count=len(changed) - len(fitting)))
    touched: set[str] = {"version"}
    for member in fitting:
        _, member.version, before = changed[str(member.pk)]
        for column, value in before.items():
            setattr(member, column, _value(column, value))
        touched.update(before)
    _save(fitting, touched)
    return True


def _value(column: str, value: Any) -> Any:
    return datetime.date.fromisoformat(value) if value and column.endswith("_on") else value
