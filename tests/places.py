"""Which tests PostgreSQL need not repeat, of those whose answers Python decides: what is asked there anyway.

While the suite runs on the embedded database, every place of the program that asks the database is noted for each
test (`Recorder`, PLACES names the folder). On PostgreSQL then run all tests of rules, models, services, reports and
races; and of the tests of pages, of who may do what, and of what `config` puts together from the apps (home, board,
archive, demo) as many as it takes to come by every place once more (`left_out`). What is said to whom was decided in
Python, and was looked at on the embedded database.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

# Files named for pages or for who may do what, and those of `config`.
PAGES = re.compile(r"(^|/)test_(\w+_)?(pages?|access|matrix|permissions)(_\w+)?\.py$|^tests/config/")
SHEETS = ("hand_pages", "scan_pages", "reading/test_pages")  # pages of paper, not of the program
# What a database does in its own way: a test of pages that is named for it runs on both.
OWN_WAYS = re.compile(
    r"order|sort|search|find|filter|quer|lock|race|twice|same_time|together|version|total|sum|count|constraint|atomic"
)
APPS = ("config", "branches", "members", "meetings", "evaluations", "rectification")
TABLE = "tests/test_urls.py"  # the table of addresses is asked less on PostgreSQL, so it stands for nothing
DEEP = 2  # lines of ours that make up a place: the one that asks, and the one that called it
Places = Mapping[str, Iterable[str]]  # test → places


def may_be_left_out(nodeid: str) -> bool:
    """Whether this is a test of what Python decides, and of nothing that databases do differently."""
    file, _, name = nodeid.partition("::")
    paper = any(word in file for word in SHEETS)
    return bool(PAGES.search(file)) and not paper and not OWN_WAYS.search(name.partition("[")[0])


def left_out(nodeids: Iterable[str], places: Places) -> set[str]:
    """The tests that may stay away, given what each was seen to ask. A test never seen stays.

    The test that adds most comes first, as long as one adds anything.
    """
    asked = set(nodeids)
    known = {nodeid: set(places[nodeid]) for nodeid in sorted(asked) if nodeid in places}
    pages = {nodeid: known[nodeid] for nodeid in known if may_be_left_out(nodeid)}
    surely = (known[n] for n in known if n not in pages)
    seen: set[str] = set().union(*surely)
    while pages:
        best = max(pages, key=lambda nodeid: (len(pages[nodeid] - seen), nodeid))
        if not pages[best] - seen:
            break
        seen |= pages.pop(best)
    return set(pages)


def read(folder: Path) -> dict[str, list[str]]:
    """What the processes of a run wrote down."""
    places: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        places |= {test: [told["places"][n] for n in numbers] for test, numbers in told["tests"].items()}
    return places


class Recorder:
    """Notes the places that ask the database, for each test; a plugin of pytest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers: dict[str, int] = {}
        self.tests: dict[str, list[int]] = {}
        self.now: set[int] = set()
        self.ours: dict[CodeType, str] = {}

    def __call__(self, execute: Callable[..., Any], *how: Any) -> Any:
        """Between Django and the database: note who asks."""
        self.now.add(self.numbers.setdefault(self.place(), len(self.numbers)))
        return execute(*how)

    def place(self) -> str:
        """The lines of ours that stand behind a query, the nearest first."""
        found: list[str] = []
        frame = sys._getframe(2)
        while frame is not None and len(found) < DEEP:
            code = frame.f_code
            name = self.ours.get(code)
            if name is None:
                name = self.ours[code] = self.name_of(code)
            if name:
                found.append(f"{name}:{frame.f_lineno}")
            frame = frame.f_back  # type: ignore[assignment]
        return " < ".join(found)

    def name_of(self, code: CodeType) -> str:
        """The file of the program this code is in; empty for others."""
        root = f"{settings.BASE_DIR}{os.sep}"
        name = code.co_filename.removeprefix(root)
        return name if name.partition(os.sep)[0] in APPS else ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """One test, with all that is made for it; of TABLE nothing is noted."""
        if item.nodeid.startswith(TABLE):
            return (yield)
        self.now = set()
        with connection.execute_wrapper(self):
            done = yield
        self.tests[item.nodeid] = sorted(self.now)
        return done

    def pytest_sessionfinish(self) -> None:
        """Write down what this process saw."""
        self.folder.mkdir(parents=True, exist_ok=True)
        told = {"places": list(self.numbers), "tests": self.tests}
        name = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        (self.folder / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")
