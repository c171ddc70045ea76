"""A row of an upload as the preview shows it: what changes from what, numbers masked."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Field

from branches.models import Organization
from members.models import Member
from members.rules.id_numbers import mask_id_number, mask_phone
from members.rules.roster_file import Value
from members.services.import_plan import CHANGED, NEW, TO_BRANCH, TO_GROUP, UNCHANGED, WRONG, PlanRow


@dataclass(frozen=True, slots=True)
class Tab:
    """A kind of row: the beginning of its count's name, and its label."""

    name: str
    label: str


ACTIONS = {
    WRONG: Tab("wrong", "有问题"),
    CHANGED: Tab("changed", "有变化"),
    NEW: Tab("new", "新增"),
    UNCHANGED: Tab("unchanged", "无变化"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value that the file brings: label, what was before ("" for new), what comes."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the file for the page."""

    row_number: int
    name: str
    changes: tuple[Change, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def preview_row(row: PlanRow, places: dict[int, str]) -> PreviewRow:
    """Returns the row ready to show; places are the names of the organisations it may point to, by key."""
    changes = tuple(
        Change(
            _label(name),
            _shown(name, row.before.get(name), places) if row.action == CHANGED else "",
            _shown(name, value, places),
        )
        for name, value in row.values.items()
        if name != "name" or row.action == CHANGED
    )
    return PreviewRow(
        row.row_number,
        row.name or "（没有姓名）",
        changes if row.action in (NEW, CHANGED) else (),
        tuple(remark.text for remark in row.problems),
        tuple(remark.text for remark in row.warnings),
    )


def place_keys(rows: list[PlanRow]) -> set[int]:
    """Returns the keys of the organisations the rows point to."""
    found = set()
    for row in rows:
        for values in (row.values, row.before):
            found |= {
                value
                for key, value in values.items()
                if key in (TO_BRANCH, TO_GROUP) and isinstance(value, int)
            }
    return found


def place_names(rows: list[PlanRow], scope: Organization) -> dict[int, str]:
    """Returns the short names of the organisations the rows point to, within the scope of the import."""
    below = Organization.objects.in_subtree(scope).filter(pk__in=place_keys(rows))
    return dict(below.values_list("pk", "short_name"))


def _label(name: str) -> str:
    if name == "id_number":
        return "身份证号"
    if name == "phone":
        return "联系电话"
    return str(_field(name.removesuffix("_id")).verbose_name)


def _shown(name: str, value: Value | None, places: dict[int, str]) -> str:
    if name == "id_number":
        return mask_id_number(str(value)) if value else "（原号码）"
    if name == "phone":
        return mask_phone(str(value)) if value else "（原号码）"
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.date):
        return f"{value:%Y-%m-%d}"
    if name in (TO_BRANCH, TO_GROUP):
        return places.get(int(value), "")
    return str(dict(_field(name).flatchoices).get(value, value))


def _field(name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", Member._meta.get_field(name))
