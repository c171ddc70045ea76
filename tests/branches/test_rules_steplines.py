"""Steps written out by a notice, and lists of days: read exactly, written back, refused with what to do."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules.kinds import Wrong
from branches.rules.steplines import MOST_STEPS, DayCounts, StepLine, StepLines, due_parts
from tests.branches.strategies import written_steps


def line(**changed: Any) -> dict[str, Any]:
    """A good line with a few fields changed."""
    return {"key": "study", "stage": "学习动员", "label": "学习文件"} | changed


def refusal(kind: StepLines | DayCounts, raw: object) -> Wrong:
    """The complaint about a value."""
    with pytest.raises(Wrong) as caught:
        kind.parse(raw)
    assert caught.value.todo
    return caught.value


@given(written_steps())
def test_written_steps_survive_a_round_trip(raw: list[dict[str, str]]) -> None:
    kind = StepLines()
    value = kind.parse(raw)
    assert kind.parse(kind.dump(value)) == value
    assert kind.dump(kind.parse(kind.dump(value))) == kind.dump(value)
    assert all(step.label in kind.show(value) for step in value)


def test_steps_are_shown_by_stage() -> None:
    kind = StepLines()
    value = kind.parse(
        [line(), line(key="talks", label="谈心"), line(key="report", stage="整改提高", label="报告")]
    )
    assert kind.show(value) == "学习动员：学习文件、谈心；整改提高：报告"
    assert kind.show(()) == "按其他规则自动生成"


@pytest.mark.parametrize(
    ("due", "written", "parts"),
    [
        ("", "", (None, 0, 0)),
        ("2005-03-10", "2005-03-10", (date(2005, 3, 10), 0, 0)),
        (" 2005-03-10 ", "2005-03-10", (date(2005, 3, 10), 0, 0)),
        ("2005年3月上旬", "2005-03-10", (date(2005, 3, 10), 0, 0)),
        ("2004年2月下旬", "2004-02-29", (date(2004, 2, 29), 0, 0)),
        ("会后15日内", "会后15日内", (None, 15, 0)),
        ("会后6个月内", "会后6个月内", (None, 0, 6)),
    ],
)
def test_a_due_rule_is_a_day_or_days_or_months_after_the_meeting(
    due: str, written: str, parts: tuple[date | None, int, int]
) -> None:
    (step,) = StepLines().parse([line(due=due)])
    assert step == StepLine("study", "学习动员", "学习文件", written)
    assert due_parts(step.due) == parts


@pytest.mark.parametrize(
    "due", ["三月", "2005-02-29", "会后0日内", "会后1000日内", "会后6月内", None, 5, ["x"]]
)
def test_a_due_rule_nobody_can_read_is_refused(due: object) -> None:
    assert refusal(StepLines(), [line(due=due)]).what == "期限看不懂"


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ("study", "不是环节列表"),
        ([line(key=f"a-{n}", label=f"第{n}步") for n in range(1, MOST_STEPS + 2)], "有 41 个环节，太多"),
        (["study"], "环节写法不对"),
        ([{"key": "study", "stage": "学习动员"}], "环节写法不对"),
        ([line(colour="red")], "环节写法不对"),
        ([line(key="学习")], "环节的代号不对"),
        ([line(key="study-0")], "环节的代号不对"),
        ([line(key=3)], "环节的代号不对"),
        ([line(label=" ")], "环节没有名称或阶段"),
        ([line(stage="")], "环节没有名称或阶段"),
        ([line(label="学" * 31)], "有 31 个字，太长"),
        ([line(), line(label="再学习")], "有重复的环节"),
        ([line(), line(key="study-2")], "有重复的环节"),
    ],
)
def test_a_list_of_steps_that_cannot_be_used_is_refused(raw: object, what: str) -> None:
    assert refusal(StepLines(), raw).what == what


def test_the_same_name_may_come_back_in_another_stage() -> None:
    steps = StepLines().parse([line(), line(key="study-2", stage="整改提高")])
    assert [step.key for step in steps] == ["study", "study-2"]


@given(st.lists(st.integers(0, 400), unique=True, max_size=9))
def test_lists_of_days_survive_a_round_trip(days: list[int]) -> None:
    kind = DayCounts()
    value = kind.parse(days)
    assert kind.dump(value) == days
    assert kind.parse(kind.dump(value)) == value


def test_days_are_shown_in_words() -> None:
    assert DayCounts().show((7, 1, 0)) == "7天、1天、当天"
    assert DayCounts().show(()) == "不提醒"


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (7, "不是天数列表"),
        ("7", "不是天数列表"),
        ([True], "天数不对"),
        (["7"], "天数不对"),
        ([-1], "天数不对"),
        ([401], "天数不对"),
        ([3, 3], "同一天数出现了两次"),
    ],
)
def test_days_that_are_no_different_whole_numbers_are_refused(raw: object, what: str) -> None:
    assert refusal(DayCounts(), raw).what == what
