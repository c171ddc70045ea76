"""The copies that test databases start from hold what the migrations make, and belong to one state of them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import migrated


@pytest.mark.django_db
def test_no_migration_is_missing_in_the_test_database() -> None:
    executor = MigrationExecutor(connection)
    assert executor.loader.applied_migrations
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_any_change_in_a_migration_is_another_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = SimpleNamespace(__file__=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(migrated, "import_module", lambda _name: module)
    states = {migrated.state()}
    for text in ("operations = []", "operations = [1]", ""):
        (tmp_path / "0001_initial.py").write_text(text)
        states.add(migrated.state())
    (tmp_path / "0001_initial.py").unlink()
    assert len(states) == 3, "an empty file adds nothing"
    assert migrated.state() in states


@pytest.mark.django_db
@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the copy of PostgreSQL is a database of the server"
)
def test_the_copy_has_every_table_and_trigger_and_older_copies_go(tmp_path: Path) -> None:
    (tmp_path / "older.sqlite").touch()
    migrated.OfSqlite(tmp_path / "now.sqlite").keep()
    assert [file.name for file in tmp_path.iterdir()] == ["now.sqlite"]
    said = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    with connection.cursor() as cursor, closing(sqlite3.connect(tmp_path / "now.sqlite")) as copy:
        cursor.execute(said)
        wanted = cursor.fetchall()
        assert copy.execute(said).fetchall() == wanted
    assert {kind for kind, *_ in wanted} >= {"table", "index", "trigger"}
