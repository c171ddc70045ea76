"""Fixtures of the whole suite; the people are fixtures (secretary, organizer, teller, …)."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile("dev", max_examples=50, deadline=None)
hypothesis_settings.register_profile("ci", max_examples=150, deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.register_profile(
    "nightly", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `postgres` are skipped on SQLite, saying so."""
    if connection.vendor == "postgresql":
        return
    skip = pytest.mark.skip(reason="races, locks and forensics are tested on PostgreSQL: set DATABASE_URL")
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(skip)


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
