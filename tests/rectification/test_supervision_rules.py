"""What a notice lets those do who look in: by plain values, and by each notice of the sources."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import PRESETS, Rules
from branches.rules.steptypes import Step
from members.rules.drawing import draw
from rectification.models import FindingKind, TeamKind, VisitMode
from rectification.rules.supervision import (
    ALWAYS,
    PLAIN_MODES,
    PROPOSALS,
    Grid,
    asked_words,
    finding_kinds,
    grid_of,
    is_supervised,
    modes_of,
    parts_of,
    waits_for_answer,
    wants_settling,
)
from tests.branches.steps import rules_of

STEPS = (
    Step("plan", "实施方案", "会前", "plan_gate"),
    Step("study", "集中学习", "会前", "study_list"),
    Step("meeting", "党员大会", "会上", "meeting_form"),
)


@pytest.mark.parametrize(
    ("preset", "modes", "kinds"),
    [
        ("luoyang_2014", ("random", "open", "covert", "attend"), {"correct", "postpone", "redo"}),
        ("xianning_2015", ("random", "phone", "records"), set()),
        ("yancheng_2005", PLAIN_MODES, {"make_up", "measures"}),
        ("xinyi_2018", PLAIN_MODES, {"correct", "measures"}),
        ("current_year", PLAIN_MODES, {"correct", "redo"}),
    ],
)
def test_each_notice_names_its_ways_and_its_powers(
    preset: str, modes: tuple[str, ...], kinds: set[str]
) -> None:
    rules = rules_of(preset)
    assert is_supervised(rules)
    assert set(modes_of(rules)) == set(modes)
    assert set(finding_kinds(rules)) == {*ALWAYS, *kinds}


def test_nobody_looks_in_where_nothing_is_said() -> None:
    silent = Rules()
    assert not is_supervised(silent)
    assert is_supervised(replace(silent, linked_points=True))
    assert is_supervised(replace(silent, superior_attendance="invited"))


def test_the_words_of_models_are_the_values_of_the_rules() -> None:
    for key, choices in (("supervision", TeamKind), ("visit_modes", VisitMode)):
        for preset in PRESETS:
            assert set(getattr(rules_of(preset), key)) <= set(choices.values)
    assert {*ALWAYS, "correct", *PROPOSALS} == set(FindingKind.values)


def test_only_what_the_branch_is_to_do_waits_for_its_answer() -> None:
    assert [kind for kind in FindingKind.values if waits_for_answer(kind)] == [
        "advice",
        "suggestion",
        "correct",
    ]
    assert [kind for kind in FindingKind.values if not wants_settling(kind)] == ["praise"]


def test_stages_come_in_their_order_and_the_grid_counts_visits() -> None:
    assert parts_of(STEPS) == ("会前", "会上")
    grid = grid_of(STEPS, ["plan", "plan", "unknown"])
    assert (grid.stages, grid.steps) == (1, 1)
    assert grid.rows[0].steps == (("实施方案", 2), ("集中学习", 0))
    assert not grid.rows[1].is_visited
    assert Grid(()).stages == 0


def test_what_the_notice_asks_of_a_leader_is_quoted_from_its_numbers() -> None:
    assert asked_words(rules_of("yancheng_2005")) == "3 个阶段、15 个环节都要参与指导"
    assert asked_words(Rules()) == ""


@given(
    pool=st.sets(st.text(min_size=1, max_size=8), max_size=30),
    seed=st.text(max_size=8),
    size=st.integers(0, 40),
)
def test_a_draw_depends_on_seed_and_pool_only(pool: set[str], seed: str, size: int) -> None:
    first = draw(pool, seed, size)
    assert first == draw(sorted(pool, reverse=True), seed, size)
    assert len(first) == min(size, len(pool))
    assert set(first) <= pool
    assert draw(pool, seed, size + 1)[: len(first)] == first
