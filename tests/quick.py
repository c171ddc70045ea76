"""What keeps the suite quick and leaves no check out: whose lines are counted, and how often garbage is looked for."""

from __future__ import annotations

import functools
import gc
import importlib
import sys
from collections.abc import Callable
from typing import Any

import pytest

# Code of others that takes long and calls none of ours whose every branch must be run. While it works no line is
# counted for the coverage; were a line of ours reached only from there, the gates would say so.
OTHERS = (
    ("_pytest.assertion.rewrite", "", "rewrite_asserts"),
    ("django.db.migrations.executor", "MigrationExecutor", "migrate"),
    ("django.db.models.sql.compiler", "SQLCompiler", "as_sql"),
    ("weasyprint", "HTML", "render"),
    ("weasyprint", "Document", "write_pdf"),
)
# What many tests start from, by the module of tests/factories: it is made with the services, hundreds of times the same
# way. A line that only runs there is not tested by anything, so it is not counted there. The functions that take a
# single step are counted: tests call them for what they are refused.
FACTORIES = {
    "archives": ("full_archive",),
    "assessing": ("assessed",),
    "branches": ("account_with",),
    "evaluations": ("beside", "evening", "frozen_branch", "meeting_of", "published_campaign"),
    "exporting": ("assessed",),
    "following": ("assessed", "followed", "followed_below"),
    "members": ("members_of",),
    "rectifying": ("rectifying",),
    "survey_slips": ("slips_of",),
    "surveys": ("surveyed",),
    "talks": ("village_with_talks",),
    "voting": ("voting",),
}
GARBAGE = (50_000, 20, 20)


def uncounted(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function with the counting of lines paused while it runs; nothing changes in a run that counts none."""

    @functools.wraps(function)
    def quick(*args: Any, **kwargs: Any) -> Any:
        counter: Any = sys.gettrace()
        if not hasattr(counter, "stop"):
            return function(*args, **kwargs)
        counter.stop()
        try:
            return function(*args, **kwargs)
        finally:
            counter.start()

    return quick


def pause_counting(patch: pytest.MonkeyPatch) -> None:
    """Put `uncounted` around OTHERS and FACTORIES until the patch is undone."""
    made = ((f"tests.factories.{module}", "", name) for module, names in FACTORIES.items() for name in names)
    for module, owner, name in (*OTHERS, *made):
        place: Any = importlib.import_module(module)
        place = getattr(place, owner) if owner else place
        patch.setattr(place, name, uncounted(getattr(place, name)))


def leave_what_stays_to_itself() -> None:
    """Call it when all tests are collected: what is there lives until the end, so no search for garbage visits it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
