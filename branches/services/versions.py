"""Two people at one document: what was typed is saved on what was read, or nothing is written over."""

from __future__ import annotations

from typing import Generic, TypeVar

from django.db.models import Model

Row = TypeVar("Row", bound=Model)


class Stale(Exception, Generic[Row]):
    """Somebody else saved meanwhile; nothing was written. `saved` is the row as it is now."""

    def __init__(self, saved: Row) -> None:
        super().__init__("the row was saved meanwhile")
        self.saved = saved


def locked_row(row: Row, *related: str, version: int | None = None, column: str = "version") -> Row:
    """The row as it is now, under a lock, with `related` read along; raises Stale when it was saved since `version`.

    `column` counts the savings. Must run inside a transaction; only the row itself is locked.
    """
    rows = type(row)._default_manager.select_for_update(of=("self",))
    found = (rows.select_related(*related) if related else rows).get(pk=row.pk)
    if version is not None and getattr(found, column) != version:
        raise Stale(found)
    return found
