"""Scales of grades: the options of a ballot, an assessment or a survey."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from branches.rules.kinds import Kind, Text, Wrong

GRADE_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
MOST_GRADES = 9


@dataclass(frozen=True)
class Grade:
    """One option of a scale: a latin key for the data and a Chinese label for the paper."""

    key: str
    label: str


@dataclass(frozen=True)
class Scale(Kind[tuple[Grade, ...]]):
    """The grades of a ballot, an assessment or a survey, best first; empty means none."""

    empty: str = "不设等次"

    def parse(self, raw: object) -> tuple[Grade, ...]:
        """Return the grades; raises `Wrong` for one grade only or a repeated key or label."""
        todo = "请至少填两个不同的等次，每个有英文代号和中文名称"
        if not isinstance(raw, list | tuple):
            raise Wrong("不是等次列表", todo)
        grades = tuple(read_grade(item, todo) for item in raw)
        if len(grades) == 1 or len(grades) > MOST_GRADES:
            raise Wrong(f"有 {len(grades)} 个等次", "请填两个到九个等次，或者全部删去表示不设等次")
        for names in ([g.key for g in grades], [g.label for g in grades]):
            if len(set(names)) != len(names):
                raise Wrong("有重复的等次", todo)
        return grades

    def dump(self, value: tuple[Grade, ...]) -> list[dict[str, str]]:
        """Return a list of key and label."""
        return [{"key": grade.key, "label": grade.label} for grade in value]

    def show(self, value: tuple[Grade, ...]) -> str:
        """Return the labels joined, or the word for no grades."""
        return "／".join(grade.label for grade in value) or self.empty


def read_grade(raw: object, todo: str) -> Grade:
    """Return one grade read from {"key": …, "label": …}; raises `Wrong`."""
    if not isinstance(raw, Mapping) or set(raw) != {"key", "label"}:
        raise Wrong("等次写法不对", todo)
    key, label = raw["key"], raw["label"]
    if not isinstance(key, str) or not GRADE_KEY.fullmatch(key):
        raise Wrong("等次的英文代号不对", "代号请用小写字母开头，只含小写字母、数字和下划线")
    text = Text(longest=12).parse(label)
    if not text:
        raise Wrong("等次没有中文名称", todo)
    return Grade(key, text)
