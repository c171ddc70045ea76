"""What an attacker finds is of this test alone."""

import pytest
from django.db import connection

from tests.databases import emptied_to_the_last_page


@pytest.fixture(autouse=True)
def no_page_holds_rows_of_earlier_tests(request: pytest.FixtureRequest) -> None:
    """On PostgreSQL the tables of a test that commits begin without deleted rows of others."""
    if connection.vendor == "postgresql" and request.node.get_closest_marker("postgres"):
        request.getfixturevalue("transactional_db")
        emptied_to_the_last_page()
