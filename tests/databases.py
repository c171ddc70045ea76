"""Fixtures of the test database itself: where it lies, what it starts from, how it is emptied."""

import os
from collections.abc import Callable, Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper as Postgresql
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite
from pytest_django import DjangoDbBlocker

from tests import migrated


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """A SQLite test database in a file when another process must read it too (worker and browser tests)."""
    shared = any(
        item.get_closest_marker(name) for item in request.session.items for name in ("worker", "browser")
    )
    if shared and connection.vendor == "sqlite":
        name = str(Path(settings.VAR) / f"test-{os.getpid()}.sqlite3")
        connections["default"].settings_dict["TEST"]["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """The test database of pytest-django, started as a copy of one that was migrated."""
    with django_db_blocker.unblock(), migrated.from_a_copy():
        request.getfixturevalue("django_db_setup")


STAYS = {"django_content_type", "auth_permission"}  # what every emptying would make anew, always the same


@pytest.fixture(scope="session", autouse=True)
def tables_are_emptied_quickly() -> Iterator[None]:
    """Tests that commit leave their rows: only what holds any is emptied, and the append-only triggers let it happen.

    Lifted are the triggers only meanwhile, in the transaction that empties.
    """
    with pytest.MonkeyPatch.context() as patch:
        for operations, emptying in ((Sqlite.ops_class, of_sqlite), (Postgresql.ops_class, of_postgresql)):
            patch.setattr(operations, "sql_flush", partialmethod(emptying, operations.sql_flush))
        yield


def of_sqlite(
    self: Any, usual: Callable[..., list[str]], style: Any, tables: list[str], **how: Any
) -> list[str]:
    """The statements: triggers away, the usual ones, triggers back."""
    with self.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    statements = usual(self, style, [name for name in tables if name not in STAYS], **how)
    return [*(f'DROP TRIGGER "{name}"' for name, _ in triggers), *statements, *(sql for _, sql in triggers)]


def of_postgresql(
    self: Any, usual: Callable[..., list[str]], style: Any, tables: list[str], **how: Any
) -> list[str]:
    """The statements: TRUNCATE takes long for a table however empty it is, DELETE of a few rows does not."""
    if how.get("reset_sequences"):
        return usual(self, style, tables, **how)
    names = [name for name in tables if name not in STAYS]
    quoted = [self.quote_name(name) for name in names]
    with self.connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"EXISTS (SELECT FROM {name})" for name in quoted))
        filled = [name for name, is_filled in zip(quoted, cursor.fetchone(), strict=True) if is_filled]
    return [
        *(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in filled),
        *(f"DELETE FROM {name}" for name in filled),
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in filled),
    ]


def emptied_to_the_last_page() -> None:
    """Truncate all tables of PostgreSQL: no page holds a row of an earlier test, not even a deleted one."""
    with connection.cursor() as cursor:
        names = ", ".join(
            connection.ops.quote_name(name)
            for name in connection.introspection.django_table_names(only_existing=True)
            if name not in STAYS
        )
        cursor.execute(f"TRUNCATE {names}")
