"""How a rule is declared: its Chinese label, its group, one line of help and its kind of value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from branches.rules.kinds import Choice, Choices, Flag, Kind, Maybe, Number, Text, Texts

T = TypeVar("T")

GROUPS: tuple[str, ...] = (
    "方案",
    "学习",
    "征求意见",
    "谈心谈话",
    "材料",
    "批评",
    "会议",
    "测评",
    "评定",
    "反馈公开",
    "整改",
    "报告",
    "督导",
    "满意度",
    "留痕",
    "提醒",
)

CATEGORIES: dict[str, str] = {
    "office": "机关站所",
    "school": "学校",
    "hospital": "医院",
    "village": "村",
    "community": "社区",
    "private": "非公",
    "social": "社会组织",
    "state_owned": "国企",
    "retired": "离退休",
    "floating": "流动",
}


@dataclass(frozen=True)
class Spec:
    """What the rules page and the form say about one key."""

    group: str
    label: str
    help: str
    kind: Kind[Any]
    open_point: bool = False  # the notices leave it open, so the default is this system's own


def rule(default: T, group: str, label: str, help: str, kind: Kind[T], open_point: bool = False) -> T:
    """Return a dataclass field of any kind that carries its `Spec`."""
    spec = Spec(group, label, help, kind, open_point)
    return field(default=default, metadata={"spec": spec})


def flag(
    default: bool,
    group: str,
    label: str,
    help: str,
    *,
    yes: str = "是",
    no: str = "否",
    open_point: bool = False,
) -> bool:
    """Return a yes-or-no field."""
    return rule(default, group, label, help, Flag(yes, no), open_point)


def number(
    default: int,
    group: str,
    label: str,
    help: str,
    *,
    unit: str = "",
    low: int = 0,
    high: int = 100_000,
    open_point: bool = False,
) -> int:
    """Return a whole-number field."""
    return rule(default, group, label, help, Number(low, high, unit), open_point)


def maybe_number(
    default: int | None,
    group: str,
    label: str,
    help: str,
    *,
    unit: str = "",
    low: int = 1,
    high: int = 100_000,
    none: str = "没有规定",
    open_point: bool = False,
) -> int | None:
    """Return a whole-number field that may be absent."""
    return rule(default, group, label, help, Maybe(Number(low, high, unit), none), open_point)


def choice(
    default: str,
    group: str,
    label: str,
    help: str,
    options: Mapping[str, str],
    *,
    open_point: bool = False,
) -> str:
    """Return a field with one of a few options."""
    return rule(default, group, label, help, Choice(options), open_point)


def choices(
    default: tuple[str, ...],
    group: str,
    label: str,
    help: str,
    options: Mapping[str, str],
    *,
    empty: str = "不作要求",
    open_point: bool = False,
) -> tuple[str, ...]:
    """Return a field with several of a few options."""
    return rule(default, group, label, help, Choices(options, empty), open_point)


def text(
    default: str, group: str, label: str, help: str, *, longest: int = 500, open_point: bool = False
) -> str:
    """Return a short text field."""
    return rule(default, group, label, help, Text(longest), open_point)


def texts(
    default: tuple[str, ...], group: str, label: str, help: str, *, open_point: bool = False
) -> tuple[str, ...]:
    """Return a field of several short texts."""
    return rule(default, group, label, help, Texts(), open_point)
