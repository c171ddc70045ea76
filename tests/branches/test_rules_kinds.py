"""The kinds of value read plain JSON exactly, write it back and complain in Chinese."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from branches.rules.dates import Window
from branches.rules.grades import Grade, Scale
from branches.rules.kinds import (
    Choice,
    Choices,
    Day,
    Flag,
    Kind,
    Maybe,
    Number,
    Share,
    Span,
    Template,
    Text,
    Texts,
    Wrong,
)

TWO = {"a": "甲", "b": "乙"}
GOOD_POOR = [{"key": "good", "label": "好"}, {"key": "poor", "label": "差"}]


@pytest.mark.parametrize(
    ("kind", "raw", "value", "written", "shown"),
    [
        (Flag("要", "不要"), True, True, True, "要"),
        (Flag("要", "不要"), False, False, False, "不要"),
        (Number(1, 9, "次"), 3, 3, 3, "3次"),
        (Choice(TWO), "a", "a", "a", "甲"),
        (Choices(TWO), ["b", "a"], ("b", "a"), ["b", "a"], "乙、甲"),
        (Choices(TWO, "都不要"), [], (), [], "都不要"),
        (Text(), "  会议主题 ", "会议主题", "会议主题", "会议主题"),
        (Text(), "", "", "", "—"),
        (Texts(), ["一", "二"], ("一", "二"), ["一", "二"], "一；二"),
        (Texts(), [], (), [], "—"),
        (Template(("branch",)), "{branch}测评表", "{branch}测评表", "{branch}测评表", "{branch}测评表"),
        (Share(), "1/3", Fraction(1, 3), "1/3", "1/3"),
        (Share(), "2/6", Fraction(1, 3), "1/3", "1/3"),
        (Share(), "15%", Fraction(3, 20), "3/20", "3/20"),
        (Share(), "1/1", Fraction(1), "1/1", "1/1"),
        (Day(), "2019-03-20", date(2019, 3, 20), "2019-03-20", "2019年3月20日"),
        (Day(), "2014年8月中旬", date(2014, 8, 20), "2014-08-20", "2014年8月20日"),
        (
            Span(),
            "2014年8月上旬至2014年8月中旬",
            Window(date(2014, 8, 1), date(2014, 8, 20)),
            {"from": "2014-08-01", "to": "2014-08-20"},
            "2014年8月1日至2014年8月20日",
        ),
        (
            Span(),
            "2014年2月下旬",
            Window(date(2014, 2, 21), date(2014, 2, 28)),
            {"from": "2014-02-21", "to": "2014-02-28"},
            "2014年2月21日至2014年2月28日",
        ),
        (Scale(), GOOD_POOR, (Grade("good", "好"), Grade("poor", "差")), GOOD_POOR, "好／差"),
        (Scale("不定等次"), [], (), [], "不定等次"),
        (Maybe(Number(), "没有规定"), None, None, None, "没有规定"),
        (Maybe(Number(), "没有规定"), 7, 7, 7, "7"),
    ],
)
def test_a_good_value_is_read_written_and_shown(
    kind: Kind[Any], raw: object, value: object, written: object, shown: str
) -> None:
    assert kind.parse(raw) == value
    assert kind.dump(value) == written
    assert kind.parse(written) == value
    assert kind.show(value) == shown


@pytest.mark.parametrize(
    ("kind", "raw", "what"),
    [
        (Flag(), 1, "是"),
        (Number(), True, "不是整数"),
        (Number(), "3", "不是整数"),
        (Number(1, 9), 0, "0 超出范围"),
        (Number(1, 9), 10, "10 超出范围"),
        (Choice(TWO), "c", "不是允许的选项"),
        (Choice(TWO), ["a"], "不是允许的选项"),
        (Choices(TWO), "a", "不是选项列表"),
        (Choices(TWO), ["a", "a"], "同一选项出现了两次"),
        (Choices(TWO), ["c"], "不是允许的选项"),
        (Text(), 5, "不是文字"),
        (Text(3), "一二三四", "有 4 个字，太长"),
        (Text(), "甲\x00乙", "不能打印"),
        (Text(), "甲\ud800乙", "不能打印"),
        (Texts(), "一", "不是条目列表"),
        (Texts(), ["一", " "], "空白的条目"),
        (Texts(most=1), ["一", "二"], "有 2 条，太多"),
        (Template(("branch",)), "{branch.parent}", "大括号里的内容不认识"),
        (Template(("branch",)), "测评表}", "大括号里的内容不认识"),
        (Template(("branch",)), "  ", "没有填写"),
        (Share(), 0.3, "不是分数"),
        (Share(), "三分之一", "不是分数"),
        (Share(), "1/0", "不在 0 到 1 之间"),
        (Share(), "4/3", "不在 0 到 1 之间"),
        (Day(), 20190320, "不是日期"),
        (Day(), "2019-02-30", "不是日期"),
        (Day(), "20190320", "不是日期"),
        (Day(), "2019年13月上旬", "不是日期"),
        (Day(), "2019年13月下旬", "不是日期"),
        (Span(), 5, "不是起止日期"),
        (Span(), "八月", "不是起止日期"),
        (Span(), {"from": "2014-08-01"}, "不是起止日期"),
        (Span(), {"from": "2014-08-02", "to": "2014-08-01"}, "结束早于开始"),
        (Scale(), "好", "不是等次列表"),
        (Scale(), ["好"], "等次写法不对"),
        (Scale(), GOOD_POOR[:1], "有 1 个等次"),
        (Scale(), GOOD_POOR * 5, "有 10 个等次"),
        (Scale(), GOOD_POOR * 2, "有重复的等次"),
        (Scale(), [{"key": "a", "label": "好"}, {"key": "b", "label": "好"}], "有重复的等次"),
        (Scale(), [{"key": "好", "label": "好"}], "英文代号不对"),
        (Scale(), [{"key": 1, "label": "好"}], "英文代号不对"),
        (Scale(), [{"key": "good", "label": " "}], "没有中文名称"),
        (Maybe(Number(1, 9)), 10, "超出范围"),
    ],
)
def test_a_bad_value_is_refused_with_what_is_wrong_and_what_to_do(
    kind: Kind[Any], raw: object, what: str
) -> None:
    with pytest.raises(Wrong) as caught:
        kind.parse(raw)
    assert what in caught.value.what
    assert caught.value.todo
