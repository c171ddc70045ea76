"""Rules carried to another year: every fixed date moves, nothing else does."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import PRESETS, load_preset, resolve, to_json
from branches.rules.carrying import carried, dates_in, mentioning, moved_day, same_dates

STEPS = [
    {"key": "study", "stage": "学习动员", "label": "集中学习", "due": "2004-02-29"},
    {"key": "report", "stage": "整改提高", "label": "总结报告", "due": "会后15日内"},
    {"key": "summary", "stage": "整改提高", "label": "汇总", "due": ""},
]


@pytest.mark.parametrize(
    ("day", "years", "moved"),
    [
        ("2014-08-08", 12, "2026-08-08"),
        ("2024-02-29", 1, "2025-02-28"),
        ("2024-02-29", 4, "2028-02-29"),
        ("2025-02-28", 3, "2028-02-28"),
        ("2026-12-31", -1, "2025-12-31"),
        ("9999-01-01", 5, "9999-01-01"),
        ("2024-02-29", -1, "2023-02-28"),
        ("2026-03-31", 0, "2026-03-31"),
    ],
)
def test_a_day_moves_by_whole_years(day: str, years: int, moved: str) -> None:
    assert moved_day(date.fromisoformat(day), years).isoformat() == moved


@given(st.dates(), st.integers(-5, 60))
def test_a_moved_day_keeps_month_and_day_except_on_a_leap_day(day: date, years: int) -> None:
    moved = moved_day(day, years)
    assert moved.month == day.month
    assert moved.day == day.day or (day.month, day.day, moved.day) == (2, 29, 28)


def test_days_windows_and_written_steps_move_and_nothing_else() -> None:
    values = {
        "plan_due": "2014-08-08",
        "window": {"from": "2014-08-01", "to": "2014-08-31"},
        "finish_by": None,
        "steps": STEPS,
        "notice_days": 3,
        "theme": "2014年的主题",
    }
    assert carried(values, 12) == {
        **values,
        "plan_due": "2026-08-08",
        "window": {"from": "2026-08-01", "to": "2026-08-31"},
        "steps": [{**STEPS[0], "due": "2016-02-29"}, *STEPS[1:]],
    }


def test_a_rule_this_system_no_longer_knows_is_left_out() -> None:
    assert carried({"notice_days": 3, "forgotten": 1}, 1) == {"notice_days": 3}


def test_a_window_of_ten_days_in_words_is_carried_as_days() -> None:
    assert carried({"plan_due": "2014年8月中旬"}, 1) == {"plan_due": "2015-08-20"}


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_is_carried_into_rules_that_hold(key: str) -> None:
    preset = load_preset(key)
    overlays = {name: carried(part, 4) for name, part in preset.overlays.items()}
    moved = resolve(carried(preset.values, 4), overlays)
    back = carried(to_json(moved), -4)
    assert resolve(back) == resolve(preset.values, preset.overlays)


def test_the_dates_to_check_are_named_with_their_category() -> None:
    values = {"plan_due": "2026-08-08", "finish_by": None, "steps": STEPS, "notice_days": 3}
    overlays = {"village": {"window": {"from": "2026-08-11", "to": "2026-08-31"}}, "nowhere": {}}
    found = [(d.key, d.category_label, d.shown) for d in dates_in(values, overlays)]
    assert found == [
        ("steps", "各领域通用", "集中学习 2004年2月29日"),
        ("plan_due", "各领域通用", "2026年8月8日"),
        ("window", "村", "2026年8月11日至2026年8月31日"),
    ]


def test_categories_with_the_same_day_stand_together() -> None:
    preset = load_preset("luoyang_2014")
    groups = same_dates(dates_in(preset.values, preset.overlays))
    found = {(g[0].label, g[0].shown): [d.category_label for d in g] for g in groups}
    assert found["开展时间", "2014年8月1日至2014年8月20日"] == ["机关站所", "学校", "医院"]
    assert found["完成期限", "2014年8月31日"] == ["各领域通用", "村", "社区", "非公", "社会组织"]
    assert len(groups) == 6


def test_rules_whose_words_name_the_old_year_are_pointed_out_once() -> None:
    values = {
        "theme": "2014年度专题组织生活会",
        "principles": ["团结", "学习2014年讲话"],
        "ballot_scale": [{"key": "good", "label": "好"}],
        "plan_due": "2014-08-08",
        "notice_days": 2014,
        "forgotten": "2014",
    }
    assert mentioning(values, {"village": {"theme": "2014年"}}, 2014) == ("会议主题", "会议原则")
    assert mentioning(values, {}, 2015) == ()
