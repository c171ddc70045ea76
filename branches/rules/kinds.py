"""The kinds of value a rule can have: each reads plain JSON, writes plain JSON and speaks Chinese.

A kind never trusts what it reads: anything that is not exactly right raises `Wrong`
with what is wrong and what to do about it, both in Chinese.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Generic, TypeVar

from branches.rules.dates import Window, read_day, read_window

T = TypeVar("T")

SHARE = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
PERCENT = re.compile(r"([0-9]{1,3})%")


class Wrong(Exception):
    """A value that cannot be used: `what` is wrong and what `todo`, in Chinese."""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(f"{what}，{todo}")
        self.what = what
        self.todo = todo


class Kind(ABC, Generic[T]):
    """How one rule value is read from JSON, written to JSON and shown in Chinese."""

    @abstractmethod
    def parse(self, raw: object) -> T:
        """Return the typed value of plain JSON; raises `Wrong`."""

    def dump(self, value: T) -> Any:
        """Return the plain JSON of a typed value."""
        return value

    def show(self, value: T) -> str:
        """Return the value as a person reads it on the rules page."""
        return str(value)


@dataclass(frozen=True)
class Flag(Kind[bool]):
    """Yes or no, in the words that fit the rule."""

    yes: str = "是"
    no: str = "否"

    def parse(self, raw: object) -> bool:
        """Return the flag; only true and false are accepted."""
        if not isinstance(raw, bool):
            raise Wrong("只能是“是”或“否”", f"请选择“{self.yes}”或“{self.no}”")
        return raw

    def show(self, value: bool) -> str:
        """Return the word for yes or no."""
        return self.yes if value else self.no


@dataclass(frozen=True)
class Number(Kind[int]):
    """A whole number between two limits, with its unit."""

    low: int = 0
    high: int = 100_000
    unit: str = ""

    def parse(self, raw: object) -> int:
        """Return the whole number; raises `Wrong` outside the limits."""
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise Wrong("不是整数", f"请填 {self.low} 到 {self.high} 之间的整数")
        if not self.low <= raw <= self.high:
            raise Wrong(f"{raw} 超出范围", f"请填 {self.low} 到 {self.high} 之间的整数")
        return raw

    def show(self, value: int) -> str:
        """Return the number with its unit."""
        return f"{value}{self.unit}"


@dataclass(frozen=True)
class Choice(Kind[str]):
    """One of a few named options."""

    options: Mapping[str, str]

    def parse(self, raw: object) -> str:
        """Return the key of the option; raises `Wrong` for any other value."""
        if not isinstance(raw, str) or raw not in self.options:
            raise Wrong("不是允许的选项", f"请从“{'、'.join(self.options.values())}”中选一项")
        return raw

    def show(self, value: str) -> str:
        """Return the Chinese label of the option."""
        return self.options[value]


@dataclass(frozen=True)
class Choices(Kind[tuple[str, ...]]):
    """Several of a few named options, each at most once, in the order given."""

    options: Mapping[str, str]
    empty: str = "不作要求"

    def parse(self, raw: object) -> tuple[str, ...]:
        """Return the keys chosen; raises `Wrong` for an unknown or repeated one."""
        if not isinstance(raw, list | tuple):
            raise Wrong("不是选项列表", f"请从“{'、'.join(self.options.values())}”中选")
        one = Choice(self.options)
        keys = tuple(one.parse(item) for item in raw)
        if len(set(keys)) != len(keys):
            raise Wrong("同一选项出现了两次", "请每个选项只保留一次")
        return keys

    def dump(self, value: tuple[str, ...]) -> list[str]:
        """Return the list of keys."""
        return list(value)

    def show(self, value: tuple[str, ...]) -> str:
        """Return the labels joined."""
        return "、".join(self.options[key] for key in value) or self.empty


@dataclass(frozen=True)
class Text(Kind[str]):
    """A short text that a database and a printer can hold."""

    longest: int = 500

    def parse(self, raw: object) -> str:
        """Return the text without blanks around it; raises `Wrong` if it cannot be printed."""
        if not isinstance(raw, str):
            raise Wrong("不是文字", "请填一段文字")
        text = raw.strip()
        if len(text) > self.longest:
            raise Wrong(f"有 {len(text)} 个字，太长", f"请缩短到 {self.longest} 个字以内")
        if any(unicodedata.category(char) in {"Cc", "Cs"} and char != "\n" for char in text):
            raise Wrong("含有不能打印的字符", "请删去后重新填写")
        return text

    def show(self, value: str) -> str:
        """Return the text itself, or a dash when there is none."""
        return value or "—"


@dataclass(frozen=True)
class Template(Kind[str]):
    """A short text with known places to fill in, such as {branch}."""

    places: tuple[str, ...]
    longest: int = 80

    def parse(self, raw: object) -> str:
        """Return the text; raises `Wrong` for a brace that is not one of the places."""
        text = Text(self.longest).parse(raw)
        rest = text
        for place in self.places:
            rest = rest.replace("{" + place + "}", "")
        if "{" in rest or "}" in rest:
            known = "、".join("{" + place + "}" for place in self.places)
            raise Wrong("大括号里的内容不认识", f"只能使用 {known}")
        if not text:
            raise Wrong("没有填写", "请填写标题")
        return text


@dataclass(frozen=True)
class Texts(Kind[tuple[str, ...]]):
    """A list of short texts, none of them empty."""

    longest: int = 500
    most: int = 60

    def parse(self, raw: object) -> tuple[str, ...]:
        """Return the texts; raises `Wrong` for an empty or unprintable one."""
        if not isinstance(raw, list | tuple):
            raise Wrong("不是条目列表", "请一行填一条")
        if len(raw) > self.most:
            raise Wrong(f"有 {len(raw)} 条，太多", f"请合并到 {self.most} 条以内")
        one = Text(self.longest)
        texts = tuple(one.parse(item) for item in raw)
        if not all(texts):
            raise Wrong("有空白的条目", "请填写或删去空白的条目")
        return texts

    def dump(self, value: tuple[str, ...]) -> list[str]:
        """Return the list of texts."""
        return list(value)

    def show(self, value: tuple[str, ...]) -> str:
        """Return the texts joined by semicolons, or a dash."""
        return "；".join(value) or "—"


@dataclass(frozen=True)
class Share(Kind[Fraction]):
    """An exact fraction from 0 to 1, written 1/3 (or 15%)."""

    def parse(self, raw: object) -> Fraction:
        """Return the exact fraction; raises `Wrong` if it is not between 0 and 1."""
        todo = "请写成几分之几，例如 1/3，或百分之几，例如 15%"
        if not isinstance(raw, str):
            raise Wrong("不是分数", todo)
        text = raw.strip()
        if found := SHARE.fullmatch(text):
            above, below = int(found[1]), int(found[2])
        elif found := PERCENT.fullmatch(text):
            above, below = int(found[1]), 100
        else:
            raise Wrong("不是分数", todo)
        if below == 0 or above > below:
            raise Wrong(f"{text} 不在 0 到 1 之间", todo)
        return Fraction(above, below)

    def dump(self, value: Fraction) -> str:
        """Return the fraction as text, always with its denominator."""
        return f"{value.numerator}/{value.denominator}"

    def show(self, value: Fraction) -> str:
        """Return the fraction the way notices write it."""
        return f"{value.numerator}/{value.denominator}"


@dataclass(frozen=True)
class Day(Kind[date]):
    """A calendar day, ISO in the data; a third of a month (2014年8月中旬) means its last day."""

    def parse(self, raw: object) -> date:
        """Return the day; raises `Wrong` if there is no such day."""
        try:
            return read_day(raw)
        except ValueError:
            raise Wrong("不是日期", "请写成 2019-03-20 这样的日期") from None

    def dump(self, value: date) -> str:
        """Return the ISO date."""
        return value.isoformat()

    def show(self, value: date) -> str:
        """Return the date in Chinese."""
        return f"{value.year}年{value.month}月{value.day}日"


@dataclass(frozen=True)
class Span(Kind[Window]):
    """A first and a last day; in a preset also 2014年8月上旬至2014年8月中旬."""

    def parse(self, raw: object) -> Window:
        """Return the window; raises `Wrong` if it ends before it begins."""
        try:
            window = read_window(raw)
        except ValueError:
            raise Wrong("不是起止日期", "请填开始日期和结束日期") from None
        if window.opens > window.closes:
            raise Wrong("结束早于开始", "请把结束日期改到开始日期之后")
        return window

    def dump(self, value: Window) -> dict[str, str]:
        """Return both days in ISO."""
        return {"from": value.opens.isoformat(), "to": value.closes.isoformat()}

    def show(self, value: Window) -> str:
        """Return both days in Chinese."""
        day = Day()
        return f"{day.show(value.opens)}至{day.show(value.closes)}"


@dataclass(frozen=True)
class Maybe(Kind[T | None]):
    """A value that may be absent, with the words for its absence."""

    inner: Kind[T]
    none: str = "没有规定"

    def parse(self, raw: object) -> T | None:
        """Return None for null, else what the inner kind reads."""
        return None if raw is None else self.inner.parse(raw)

    def dump(self, value: T | None) -> Any:
        """Return null or the inner JSON."""
        return None if value is None else self.inner.dump(value)

    def show(self, value: T | None) -> str:
        """Return the words for absence or the inner text."""
        return self.none if value is None else self.inner.show(value)
