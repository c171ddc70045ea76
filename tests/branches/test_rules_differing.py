"""What changed between two versions of the rules is named once, where it was decided."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import SPECS, Clause, RuleError, load_preset, resolve, to_json
from branches.rules.differing import Change, differences
from tests.branches.strategies import values_of

BASE = {"notice_days": 3, "excellent_cap": "1/3"}


def changes(
    old: tuple[dict[str, Any], dict[str, Any]],
    new: tuple[dict[str, Any], dict[str, Any]],
    clauses: dict[str, Clause] | None = None,
) -> list[tuple[str, str, str, str]]:
    """Category, key, before and after of each change."""
    found = differences(old, new, clauses or {})
    return [(c.category, c.key, c.before, c.after) for c in found]


def test_nothing_changed_is_no_change() -> None:
    preset = load_preset("luoyang_2014")
    same = (preset.values, preset.overlays)
    assert differences(same, copy.deepcopy(same), preset.clauses) == ()


def test_a_general_rule_is_named_once_and_not_for_every_category() -> None:
    assert changes((BASE, {}), ({**BASE, "notice_days": 5}, {})) == [("", "notice_days", "3天", "5天")]


def test_a_default_written_down_is_no_change() -> None:
    written = to_json(resolve(BASE))
    assert changes((BASE, {}), (written, {})) == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ({}, {"school": {"notice_days": 7}}, [("school", "notice_days", "3天", "7天")]),
        ({"school": {"notice_days": 7}}, {}, [("school", "notice_days", "7天", "3天")]),
        (
            {"school": {"notice_days": 7}},
            {"school": {"notice_days": 9}},
            [("school", "notice_days", "7天", "9天")],
        ),
        ({}, {"school": {"notice_days": 3}}, []),
        ({"school": {"notice_days": 7}}, {"school": {"notice_days": 7}}, []),
        ({}, {"school": {}}, []),
    ],
    ids=["added", "taken-away", "changed", "says-the-same", "kept", "empty"],
)
def test_a_category_is_named_where_its_own_rule_changed(
    old: dict[str, Any], new: dict[str, Any], named: list[tuple[str, str, str, str]]
) -> None:
    assert changes((BASE, old), (BASE, new)) == named


def test_a_category_kept_back_on_purpose_while_the_general_rule_moves_is_named() -> None:
    new = ({**BASE, "notice_days": 5}, {"village": {"notice_days": 3}})
    assert changes((BASE, {}), new) == [
        ("", "notice_days", "3天", "5天"),
        ("village", "notice_days", "3天", "3天"),
    ]


def test_a_category_with_its_own_rule_all_along_is_not_named_when_the_general_one_moves() -> None:
    own = {"village": {"notice_days": 4}}
    assert changes((BASE, own), ({**BASE, "notice_days": 5}, own)) == [("", "notice_days", "3天", "5天")]


def test_changes_stand_in_the_order_of_the_rules_page() -> None:
    values = {**BASE, "remind_after": [1], "theme": "为民", "notice_days": 5}
    found = differences((BASE, {}), (values, {}), {})
    assert [c.key for c in found] == ["theme", "notice_days", "remind_after"]
    assert [c.group for c in found] == ["方案", "会议", "提醒"]


def test_the_clause_is_quoted_only_for_the_value_it_supports() -> None:
    clauses = {
        "notice_days": Clause("提前五天通知", "某号", 5),
        "school.notice_days": Clause("学校提前一周", "某号", 8),
        "theme": Clause("", "", "为民"),
    }
    new = ({**BASE, "notice_days": 5, "theme": "为民"}, {"school": {"notice_days": 7}})
    cited = {(c.category, c.key): c.clause for c in differences((BASE, {}), new, clauses)}
    assert cited["", "notice_days"] == clauses["notice_days"]
    assert cited["school", "notice_days"] is None
    assert cited["", "theme"] is None


def test_a_change_says_its_category_in_chinese() -> None:
    new = (BASE, {"school": {"notice_days": 7}})
    assert [c.category_label for c in differences((BASE, {}), new, {})] == ["学校"]
    assert Change("notice_days", "x", "", "a", "b", None).category_label == ""


def test_rules_that_contradict_each_other_cannot_be_compared() -> None:
    with pytest.raises(RuleError):
        differences((BASE, {}), ({"ballot_scale": [], "ballot_place": "plenary"}, {}), {})


@given(st.data())
def test_of_one_changed_key_exactly_that_key_is_named(data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(["notice_days", "plan_due", "remind_before", "study_list", "theme"]))
    old, new = (data.draw(values_of(SPECS[key].kind)) for _ in range(2))
    before, after = resolve({key: old}), resolve({key: new})
    found = differences(({key: old}, {}), ({key: new}, {}), {})
    assert [c.key for c in found] == ([key] if getattr(before, key) != getattr(after, key) else [])
