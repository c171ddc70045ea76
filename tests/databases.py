"""Fixtures of the test database itself: where it lies, what it starts from, how it is emptied."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
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


@pytest.fixture(scope="session", autouse=True)
def append_only_tables_can_be_emptied() -> Iterator[None]:
    """SQLite empties tables by DELETE, which the append-only triggers refuse: lift them meanwhile."""
    operations = DatabaseWrapper.ops_class
    usual = operations.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        statements = list(usual(self, *args, **kwargs))
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        lifted = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        return [*lifted, *statements, *(sql for _, sql in triggers)] if statements else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", sql_flush)
        yield
