"""Values and overlays become rules, or a precise complaint, and never anything else."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branches.rules import (
    CATEGORIES,
    GROUPS,
    PRESETS,
    SPECS,
    RuleError,
    Rules,
    describe,
    load_preset,
    resolve,
    show,
    tidy,
    to_json,
)
from tests.branches.strategies import TOUCHY, some_of, values_of

GOOD_VALUES = some_of(SPECS)
CALM_VALUES = some_of(set(SPECS) - TOUCHY)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ANY_VALUES = st.dictionaries(st.sampled_from(sorted(SPECS)) | st.text(max_size=6), JSON, max_size=6)


def outcome(values: object, overlays: object, category: str) -> Rules | RuleError:
    """Return the rules or the complaint; anything else is a crash."""
    try:
        return resolve(values, overlays, category)
    except RuleError as error:
        return error


def test_every_key_has_a_group_a_label_a_line_of_help_and_a_usable_default() -> None:
    labels = set()
    for item in fields(Rules):
        spec = SPECS[item.name]
        assert spec.group in GROUPS, item.name
        assert spec.label, item.name
        assert spec.help.endswith("。"), item.name
        assert "\n" not in spec.help, item.name
        assert spec.kind.parse(spec.kind.dump(item.default)) == item.default, item.name
        assert spec.kind.show(item.default), item.name
        labels.add(spec.label)
    assert len(labels) == len(SPECS)
    assert {spec.group for spec in SPECS.values()} == set(GROUPS)


def test_nothing_given_means_the_defaults() -> None:
    assert resolve({}, {}, "village") == resolve({}) == Rules()


def test_rules_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        resolve({}).plan_gate = "approve"  # type: ignore[misc]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(SPECS)), st.data())
def test_every_kind_of_value_survives_a_round_trip_through_json(key: str, data: st.DataObject) -> None:
    kind = SPECS[key].kind
    raw = data.draw(values_of(kind))
    value = kind.parse(raw)
    assert kind.parse(json.loads(json.dumps(kind.dump(value)))) == value
    assert kind.show(value)


@settings(max_examples=60, deadline=None)
@given(GOOD_VALUES)
def test_rules_survive_a_round_trip_through_json(values: dict[str, Any]) -> None:
    rules = outcome(values, {}, "")
    if isinstance(rules, Rules):
        assert resolve(json.loads(json.dumps(to_json(rules)))) == rules
        assert tidy(tidy(values)) == tidy(values)


@settings(max_examples=60, deadline=None)
@given(CALM_VALUES, CALM_VALUES, st.sampled_from(sorted(CATEGORIES)))
def test_an_overlay_wins_in_its_category_and_leaves_the_others_alone(
    values: dict[str, Any], overlay: dict[str, Any], category: str
) -> None:
    overlays = {category: overlay}
    assert resolve(values, overlays, category) == resolve(values | overlay)
    assert resolve(values, overlays, "") == resolve(values)
    for other in set(CATEGORIES) - {category}:
        assert resolve(values, overlays, other) == resolve(values)


@settings(max_examples=200, deadline=None)
@given(
    ANY_VALUES | JSON,
    st.dictionaries(st.sampled_from(sorted(CATEGORIES)) | st.text(max_size=4), ANY_VALUES | JSON, max_size=2)
    | JSON,
    st.text(max_size=8),
)
def test_no_json_whatever_crashes_the_check(values: object, overlays: object, category: str) -> None:
    found = outcome(values, overlays, category)
    if isinstance(found, RuleError):
        assert found.problems
        for problem in found.problems:
            assert problem.what
            assert problem.todo
            str(problem).encode()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SPECS)), JSON)
def test_a_single_wrong_value_is_named_by_its_label(key: str, raw: object) -> None:
    found = outcome({key: raw}, {}, "")
    if isinstance(found, RuleError):
        assert any(SPECS[p.key].label in p.label for p in found.problems)


def test_the_complaint_names_the_category_the_rule_what_is_wrong_and_what_to_do() -> None:
    with pytest.raises(RuleError) as caught:
        resolve({"talk_times": 0}, {"village": {"material_min_chars": "一千"}})
    assert str(caught.value).splitlines() == [
        "每对谈几次（talk_times）：0 超出范围。请填 1 到 12 之间的整数。",
        "村·材料字数（material_min_chars）：不是整数。请填 1 到 100000 之间的整数。",
    ]


@pytest.mark.parametrize(
    ("values", "overlays", "key", "what"),
    [
        ([], {}, "values", "写法不对"),
        ({}, [], "overlays", "写法不对"),
        ({}, {"city": {}}, "city", "没有这个领域"),
        ({}, {"village": 3}, "values", "写法不对"),
        ({"quota": 3}, {}, "quota", "没有这一项规则"),
        ({"ballot_scale": []}, {}, "ballot_scale", "却没有等次"),
        ({"committee_rated": True, "committee_scale": []}, {}, "committee_scale", "却没有等次"),
        ({"excellent_cap": "1/3", "grade_scale": []}, {}, "excellent_cap", "没有“优秀”"),
        ({"ballot_channel": "remote", "online_meeting": "no"}, {}, "ballot_channel", "网上测评"),
        (
            {"plan_gate": "approve", "steps": [{"key": "study", "stage": "会前", "label": "学习"}]},
            {},
            "steps",
            "没有报方案",
        ),
        ({"leader_visits_min": 3, "leader_visits_max": 2}, {}, "leader_visits_max", "上限小于下限"),
        ({}, {"village": {"ballot_scale": []}}, "ballot_scale", "却没有等次"),
    ],
)
def test_a_rule_set_that_cannot_work_is_refused(
    values: object, overlays: object, key: str, what: str
) -> None:
    with pytest.raises(RuleError) as caught:
        resolve(values, overlays, "school")
    problem = caught.value.problems[0]
    assert problem.key == key
    assert what in problem.what


def test_a_contradiction_of_the_whole_campaign_is_told_once() -> None:
    with pytest.raises(RuleError) as caught:
        resolve({"ballot_scale": []}, {"village": {"talk_times": 2}, "school": {}})
    assert len(caught.value.problems) == 1


def test_tidy_refuses_what_resolve_refuses() -> None:
    assert tidy({"excellent_cap": "15%"}) == {"excellent_cap": "3/20"}
    with pytest.raises(RuleError):
        tidy({"excellent_cap": "很多"})


def test_a_value_can_be_shown_alone() -> None:
    assert show("talk_times", 1) == "1次"


@pytest.mark.parametrize("key", PRESETS)
def test_the_rules_page_has_every_rule_once_in_the_order_of_the_groups(key: str) -> None:
    preset = load_preset(key)
    rows = describe(preset.values, preset.overlays, "village", preset.clauses)
    assert {row.key for row in rows} == set(SPECS)
    assert len(rows) == len(SPECS)
    assert [GROUPS.index(row.group) for row in rows] == sorted(GROUPS.index(row.group) for row in rows)
    assert all(row.clause is None or row.clause.text for row in rows)
    assert {row.origin for row in rows} <= {"预设", "领域", "本系统默认"}


def test_the_rules_page_says_where_each_value_comes_from() -> None:
    preset = load_preset("luoyang_2014")
    values = preset.values | {"plan_gate": "consult", "name_order": "pinyin"}
    rows = {row.key: row for row in describe(values, preset.overlays, "village", preset.clauses)}

    assert rows["group_split_from"].origin == "预设"
    assert rows["group_split_from"].value == "20人"
    assert rows["material_min_chars"].origin == "领域"
    assert rows["material_min_chars"].value == "1200字"
    length = rows["material_min_chars"].clause
    assert length is not None
    assert length.source == "洛群组发〔2014〕21号 第二部分第2条(2)"
    assert rows["percent_base"].origin == "本系统默认"
    assert rows["percent_base"].open_point
    assert rows["form_remark"].origin == "本系统默认"


def test_a_value_changed_for_the_campaign_loses_the_clause_it_no_longer_follows() -> None:
    preset = load_preset("luoyang_2014")
    values = preset.values | {"plan_gate": "consult", "name_order": "pinyin"}
    rows = {row.key: row for row in describe(values, preset.overlays, "", preset.clauses)}
    assert rows["plan_gate"].origin == rows["name_order"].origin == "本次活动"
    assert rows["plan_gate"].clause is None

    changed = {"village": {"material_min_chars": 800}}
    village = {row.key: row for row in describe(preset.values, changed, "village", preset.clauses)}
    assert village["material_min_chars"].origin == "领域"
    assert village["material_min_chars"].clause is None
