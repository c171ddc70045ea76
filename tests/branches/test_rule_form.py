"""Written-out steps and lists of days are typed as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from branches.forms.rules import RuleForm
from branches.rules import SPECS, Clause, load_preset, to_json
from branches.rules.ruleset import Rules

DEFAULT = to_json(Rules())


def form(key: str, **data: Any) -> RuleForm:
    """The form of a rule as it was sent."""
    return RuleForm(data, key=key, current=DEFAULT[key])


@pytest.mark.parametrize(
    ("typed", "steps"),
    [
        (
            "study｜学习动员｜集中学习｜2005-02-28\nreport|整改提高|总结报告|会后15日内",
            [
                {"key": "study", "stage": "学习动员", "label": "集中学习", "due": "2005-02-28"},
                {"key": "report", "stage": "整改提高", "label": "总结报告", "due": "会后15日内"},
            ],
        ),
        (
            "\n  study ｜ 学习动员 ｜ 集中学习 \n\n",
            [{"key": "study", "stage": "学习动员", "label": "集中学习", "due": ""}],
        ),
        (
            "plan-2｜分析评议｜征求意见｜2005年3月上旬",
            [{"key": "plan-2", "stage": "分析评议", "label": "征求意见", "due": "2005-03-10"}],
        ),
        (
            "study｜学习动员｜集中学习｜",
            [{"key": "study", "stage": "学习动员", "label": "集中学习", "due": ""}],
        ),
        ("", []),
    ],
)
def test_steps_are_typed_one_a_line(typed: str, steps: list[dict[str, str]]) -> None:
    sent = form("steps", value=typed)
    assert sent.is_valid(), sent.errors
    assert sent.json_value == steps


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("study｜学习动员｜集中学习\n集中学习", "第 2 行有 1 段"),
        ("study｜学习动员｜集中学习｜2005-02-28｜多了", "第 1 行有 5 段"),
        ("集中学习｜学习动员｜集中学习", "代号"),
        ("study｜学习动员｜", "没有名称"),
        ("study｜学习动员｜集中学习｜下个月", "期限看不懂"),
        ("study｜甲｜一\nstudy｜甲｜二", "重复"),
        ("study｜甲｜一\nplan｜甲｜一", "重复"),
    ],
)
def test_a_line_nobody_can_read_is_named_and_kept(typed: str, said: str) -> None:
    sent = form("steps", value=typed)
    assert not sent.is_valid()
    assert said in str(sent.errors["value"])
    assert sent["value"].value() == typed


def test_steps_are_shown_as_they_are_typed() -> None:
    steps = [
        {"key": "study", "stage": "学习动员", "label": "集中学习", "due": "2005-02-28"},
        {"key": "report", "stage": "整改提高", "label": "总结报告", "due": ""},
    ]
    shown = RuleForm(key="steps", current=steps)["value"].value()
    assert shown == "study｜学习动员｜集中学习｜2005-02-28\nreport｜整改提高｜总结报告"
    again = form("steps", value=shown)
    assert again.is_valid()
    assert again.json_value == steps


def test_the_fifteen_steps_of_a_notice_survive_the_form() -> None:
    steps = load_preset("yancheng_2005").values["steps"]
    shown = RuleForm(key="steps", current=steps)["value"].value()
    again = form("steps", value=shown)
    assert again.is_valid(), again.errors
    assert again.json_value == steps


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("7、3、1、0", [7, 3, 1, 0]),
        ("7,3，1;0", [7, 3, 1, 0]),
        (" 14 7  3 ", [14, 7, 3]),
        ("７、３", [7, 3]),
        ("3", [3]),
        ("", []),
        ("、", []),
    ],
)
def test_days_are_typed_with_any_mark_between_them(typed: str, days: list[int]) -> None:
    sent = form("remind_before", value=typed)
    assert sent.is_valid(), sent.errors
    assert sent.json_value == days


@pytest.mark.parametrize("typed", ["三天", "7、7", "-1", "401", "7.5", "7、x"])
def test_days_that_are_none_are_explained(typed: str) -> None:
    sent = form("remind_before", value=typed)
    assert not sent.is_valid()
    assert "天数" in str(sent.errors["value"])


def test_days_are_shown_as_they_are_typed() -> None:
    assert RuleForm(key="remind_before", current=[7, 3, 1, 0])["value"].value() == "7、3、1、0"
    assert RuleForm(key="remind_after", current=None)["value"].value() == ""


@pytest.mark.parametrize("key", SPECS)
def test_what_the_form_shows_it_takes_back(key: str) -> None:
    empty = RuleForm(key=key, current=DEFAULT[key])
    data = {name: empty[name].value() for name in empty.fields}
    if "absent" in data and not data["absent"]:
        data.pop("absent")
    again = RuleForm(data, key=key, current=DEFAULT[key])
    assert again.is_valid(), again.errors
    assert again.said() == {"value": DEFAULT[key], "clause": "", "source": ""}


class TestQuoting:
    """The own notice's words behind a value."""

    def test_the_own_clause_is_shown_again_and_a_presets_is_not(self) -> None:
        own = RuleForm(key="notice_days", current=3, quoted=Clause("提前三天", "第二条", 3, own=True))
        assert (own["clause"].value(), own["source"].value()) == ("提前三天", "第二条")
        presets = RuleForm(key="notice_days", current=3, quoted=Clause("提前三天", "第二条", 3))
        assert (presets["clause"].value(), presets["source"].value()) == ("", "")

    def test_words_too_long_are_refused(self) -> None:
        sent = form("notice_days", value="3", clause="长" * 1001)
        assert "clause" in sent.errors

    def test_what_is_absent_needs_no_value_but_may_be_quoted(self) -> None:
        sent = form("plan_due", absent="on", value="", clause="不要求报方案")
        assert sent.is_valid()
        assert sent.said() == {"value": None, "clause": "不要求报方案", "source": ""}
