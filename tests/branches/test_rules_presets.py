"""Every preset stands on the words of its notice."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from branches.models import User
from branches.rules import PRESETS, SPECS, Clause, Rules, clause_for, load_preset, resolve
from branches.services.campaigns import draft_campaign
from tests.conftest import Tree

NOTICES = {path.stem: path for path in (Path(__file__).parent / "notices").glob("*.txt")}


def rules_of(key: str, category: str = "") -> Rules:
    preset = load_preset(key)
    return resolve(preset.values, preset.overlays, category)


def test_every_preset_but_the_current_year_has_its_notice_here() -> None:
    assert set(NOTICES) == set(PRESETS) - {"current_year"}


def test_the_current_year_is_offered_first() -> None:
    assert next(iter(PRESETS)) == "current_year"


@pytest.mark.parametrize("key", NOTICES)
def test_every_quotation_stands_verbatim_in_the_notice(key: str) -> None:
    notice = NOTICES[key].read_text(encoding="utf-8")
    preset = load_preset(key)
    quoted = {name: clause for name, clause in preset.clauses.items() if clause.text}
    assert len(quoted) > len(preset.values) / 2
    for name, clause in quoted.items():
        for part in clause.text.split("……"):
            assert part in notice, f"{key} {name}: 原文没有“{part}”"
            assert len(part) >= 6, f"{key} {name}: 引文“{part}”太短"


@pytest.mark.parametrize("key", PRESETS)
def test_every_value_of_a_preset_has_a_clause_with_its_place_or_is_our_own_default(key: str) -> None:
    preset = load_preset(key)
    names = set(preset.values)
    names |= {f"{category}.{name}" for category, part in preset.overlays.items() for name in part}
    assert set(preset.clauses) == names
    for name, clause in preset.clauses.items():
        assert bool(clause.text) == bool(clause.source), name
        assert clause.source.startswith(preset.document) or not clause.text
        assert name.rpartition(".")[2] in SPECS


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_can_be_changed_without_changing_the_next_one_loaded(key: str) -> None:
    preset = load_preset(key)
    preset.values.clear()
    assert load_preset(key).values


def test_an_unknown_preset_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load_preset("../secret")


def test_the_clause_of_the_category_comes_before_the_general_one() -> None:
    clauses = load_preset("luoyang_2014").clauses
    general = clause_for("material_min_chars", clauses)
    office = clause_for("material_min_chars", clauses, "office")
    assert general == Clause("一般不少于1000字", "洛群组发〔2014〕21号 第二部分第2条(3)")
    assert office is not None
    assert "1500字" in office.text


def test_a_rule_no_notice_speaks_of_has_no_clause() -> None:
    assert clause_for("percent_base", "luoyang_2014") is None
    assert clause_for("form_remark", "luoyang_2014") is None
    cap = clause_for("excellent_cap")
    assert cap is not None
    assert "1/3" in cap.text


def test_the_township_notice_asks_for_different_lengths_and_days_by_category() -> None:
    lengths = {
        c: rules_of("luoyang_2014", c).material_min_chars for c in ("office", "village", "private", "")
    }
    assert lengths == {"office": 1500, "village": 1200, "private": 1000, "": 1000}
    assert rules_of("luoyang_2014", "hospital").finish_by == date(2014, 8, 20)
    assert rules_of("luoyang_2014", "village").finish_by == date(2014, 8, 31)
    window = rules_of("luoyang_2014", "social").window
    assert window is not None
    assert window.opens == date(2014, 8, 11)


def test_the_township_notice_sends_materials_to_the_right_reviewers() -> None:
    assert rules_of("luoyang_2014", "office").head_reviewer == "town_head"
    assert rules_of("luoyang_2014", "school").head_reviewer == "line_heads"
    assert rules_of("luoyang_2014", "village").official_reviewer == "own_head"
    assert rules_of("luoyang_2014", "private").head_reviewer == "parent_head"


@pytest.mark.parametrize(
    ("key", "gate", "labels", "cap", "report", "member_material"),
    [
        ("luoyang_2014", "approve", ["好", "一般", "差"], None, "special", "none"),
        ("xianning_2015", "file_for_record", ["好", "一般", "差"], None, "summary", "list"),
        ("yancheng_2005", "own", [], None, "none", "none"),
        ("xinyi_2018", "consult", ["优秀", "合格", "基本合格", "不合格"], Fraction(1, 3), "none", "none"),
        ("town_leadership_2014", "own", [], None, "special", "full"),
        ("current_year", "consult", ["优秀", "合格", "基本合格", "不合格"], Fraction(1, 3), "none", "list"),
    ],
)
def test_the_notices_disagree_and_each_preset_says_what_its_notice_says(
    key: str, gate: str, labels: list[str], cap: Fraction | None, report: str, member_material: str
) -> None:
    rules = rules_of(key)
    assert rules.plan_gate == gate
    assert [grade.label for grade in rules.ballot_scale] == labels
    assert rules.excellent_cap == cap
    assert rules.report == report
    assert rules.member_material == member_material


def test_the_masses_must_be_satisfied_by_two_thirds() -> None:
    rules = rules_of("yancheng_2005")
    assert rules.satisfaction_threshold == Fraction(2, 3)
    assert rules.satisfaction_surveys == len(rules.stages) == 3
    assert rules.failing_duties == ("make_up", "self_criticism", "admonition", "accountability")


def test_only_the_village_and_the_current_year_rate_the_committee_too() -> None:
    assert {key for key in PRESETS if rules_of(key).committee_rated} == {"xinyi_2018", "current_year"}


@pytest.mark.parametrize(
    ("year", "plan", "village"), [(2014, "2014-08-08", "2014-08-31"), (2027, "2027-08-08", "2027-08-31")]
)
@pytest.mark.django_db
def test_the_days_of_a_notice_move_with_the_year_of_the_campaign(
    year: int, plan: str, village: str, tree: Tree, township: User
) -> None:
    drafted = draft_campaign(
        issuer=tree.township,
        name="专题组织生活会",
        slug="moved",
        year=year,
        preset="luoyang_2014",
        by=township,
    )
    rules = drafted.rules_for(tree.village)
    assert rules.plan_due is not None
    assert rules.plan_due.isoformat() == plan
    assert rules.window is not None
    assert rules.window.closes.isoformat() == village
