"""What PostgreSQL need not repeat: only tests of what Python decides, and none that asks it something new."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from branches.models import Organization
from tests.conftest import Tree
from tests.places import Recorder, left_out, may_be_left_out, read

PAGE, OTHER, SERVICE = (
    "tests/a/test_pages.py::test_a",
    "tests/a/test_b_pages.py::test_b",
    "tests/a/test_a.py::test_a",
)


@pytest.mark.parametrize(
    ("nodeid", "may"),
    [
        (PAGE, True),
        ("tests/evaluations/test_pages_entry.py::test_says_so[1]", True),
        ("tests/config/test_report_page.py::test_says_so[in order]", True),
        ("tests/config/test_report_page.py::test_the_order_is_that_of_the_tree", False),
        ("tests/evaluations/test_pages_entry.py::test_two_at_the_same_time", False),
        ("tests/evaluations/test_scan_pages.py::test_a", False),
        ("tests/evaluations/test_pagesets.py::test_a", False),
        ("tests/branches/test_permissions.py::test_a[village]", True),
        ("tests/rectification/test_supervision_matrix.py::test_a", True),
        ("tests/config/test_board.py::test_a", True),
        ("tests/config/test_redo_races.py::test_two_take_the_lock", False),
        ("tests/evaluations/test_voting_conformance.py::test_a", False),
        (SERVICE, False),
    ],
)
def test_only_tests_of_what_python_decides_may_be_left_out(nodeid: str, may: bool) -> None:
    assert may_be_left_out(nodeid) is may


def test_a_test_stays_when_it_alone_comes_by_a_place() -> None:
    places = {PAGE: ["x", "y"], OTHER: ["x"], SERVICE: ["z"]}
    assert left_out(places, places) == {OTHER}
    assert left_out(places, {**places, SERVICE: ["x", "y"]}) == {PAGE, OTHER}
    assert left_out([OTHER, SERVICE], places) == set(), "nobody else comes by x"


def test_what_was_never_seen_stays() -> None:
    assert left_out([PAGE, SERVICE], {SERVICE: ["x"]}) == set()


@pytest.mark.django_db
def test_the_table_of_addresses_stands_for_nothing(tmp_path: Path) -> None:
    seen = Recorder(tmp_path)
    for name in (SERVICE, "tests/test_urls.py::test_cells[calendar-GET]"):
        item: Any = SimpleNamespace(nodeid=name)
        running = seen.pytest_runtest_protocol(item)
        next(running)
        Organization.objects.count()
        with pytest.raises(StopIteration):
            running.send(None)
    assert list(seen.tests) == [SERVICE]
    assert seen.tests[SERVICE]


def test_places_are_lines_of_the_program(tree: Tree, tmp_path: Path) -> None:
    seen = Recorder(tmp_path)
    with connection.execute_wrapper(seen):
        assert tree.village.superior() == tree.township
        assert Organization.objects.count() > 2
    seen.tests["this"] = sorted(seen.now)
    seen.pytest_sessionfinish()
    places = read(tmp_path)["this"]
    assert "" in places, "asked by the test itself"
    assert any(place.startswith("branches/models/organization.py:") for place in places)
