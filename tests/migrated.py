"""Test databases are copies of one that was migrated: the migrations take as long as hundreds of tests.

MIGRATED names the folder of the copies, else it is var/migrated. What is kept there belongs to one state of the
migrations. Continuous integration names a new folder in each run, so there they run once on each kind of database.
`migrate` runs on every copy as well, and finds nothing left to do.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.migrations.loader import MigrationLoader


def state() -> str:
    """A mark of everything the migrations are made of: another one for any change in one of their files."""
    mark = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        name, _ = MigrationLoader.migrations_module(config.label)
        try:
            folder = Path(str(import_module(str(name)).__file__)).parent
        except ModuleNotFoundError:  # an app without models
            continue
        for file in sorted(folder.glob("*.py")):
            mark.update(file.read_bytes())
    return mark.hexdigest()[:16]


@contextmanager
def from_a_copy() -> Iterator[None]:
    """While the body makes the test database: start it as a copy, or keep a copy of it when there is none yet."""
    folder = Path(os.environ.get("MIGRATED") or settings.BASE_DIR / "var" / "migrated")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    copies = OfSqlite if connection.vendor == "sqlite" else OfPostgresql
    copy = copies(folder / f"{state()}.{connection.vendor}")
    with (folder / f"{connection.vendor}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests that start side by side: one migrates, the others copy
        known = copy.place.exists()
        if known:
            fcntl.flock(lock, fcntl.LOCK_UN)
            copy.use()
        yield
        if not known:
            copy.keep()


class OfSqlite:
    """The copy is a file; it is read into the test database as soon as that is first opened."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def use(self) -> None:
        """Fill the database that is opened next."""
        connection_created.connect(self._fill)

    def _fill(self, connection: Any, **_: Any) -> None:
        connection_created.disconnect(self._fill)
        with closing(sqlite3.connect(self.place)) as source:
            source.backup(connection.connection)

    def keep(self) -> None:
        """Write the file; others see it whole or not at all."""
        for old in self.place.parent.glob(f"*{self.place.suffix}"):
            old.unlink()
        half = self.place.with_suffix(".half")
        connection.ensure_connection()
        half.write_bytes(connection.connection.serialize())
        half.rename(self.place)


class OfPostgresql:
    """The copy is a database of the server; the file holds its name. Only kept where MIGRATED asks for it."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def use(self) -> None:
        """Make the test database from the template."""
        connection.settings_dict["TEST"]["TEMPLATE"] = self.place.read_text()

    def keep(self) -> None:
        """Make the template from the test database; `scripts.servers.drop_migrated` removes it."""
        if not os.environ.get("MIGRATED"):
            return
        name, source = f"migrated_{uuid.uuid4().hex[:12]}", connection.settings_dict["NAME"]
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        self.place.write_text(name)
