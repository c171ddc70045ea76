"""Reads tests/config/luoyang_season.txt: the notice's dates, what happened, and what must be seen each day."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).with_name("luoyang_season.txt")
NOTICE = Path(__file__).parents[1] / "branches" / "notices" / "luoyang_2014.txt"
YEAR = 2014
STEPS = {
    "方案": ("plan", "实施方案报上级"),
    "动员": ("mobilise", "动员部署"),
    "征求": ("opinions", "征求意见"),
    "分析": ("analysis", "专门会议分析问题"),
    "谈心": ("talks", "谈心谈话"),
    "材料": ("material", "问题清单和整改措施"),
    "支委会": ("committee_meeting", "召开支委会"),
    "班子会": ("upper_meeting", "召开党委（总支）班子会"),
    "大会": ("meeting", "召开党员大会"),
    "测评": ("ballot", "民主测评党员"),
    "评定": ("assessment", "组织评定"),
    "反馈": ("feedback", "向本人反馈"),
    "汇总": ("summary", "测评汇总表"),
    "公示": ("material_notice", "材料向群众公示"),
    "承诺": ("pledge", "公开承诺"),
    "报告": ("report", "专项报告"),
}
FULL_MATERIAL = ("对照检查材料", "甲乙丙丁")  # what the material is called in these groups
STATES = {
    "未": "pending",
    "可办": "open",
    "完成": "done",
    "逾期": "overdue",
    "不做": "waived",
    "延期": "postponed",
}
NOT_YET = "pending"


def day(text: str) -> datetime.date:
    """8.31 of the year."""
    month, _, number = text.partition(".")
    return datetime.date(YEAR, int(month), int(number))


def said(when: datetime.date) -> str:
    """8月8日（周五）."""
    return f"{when.month}月{when.day}日（周{'一二三四五六日'[when.weekday()]}）"


@dataclass(frozen=True)
class Event:
    """Something a group does on a day."""

    day: datetime.date
    action: str
    words: tuple[str, ...]


@dataclass
class Group:
    """Organisations that do the same."""

    letter: str
    category: str
    size: int
    committee: str
    events: list[Event] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """甲1, 甲2 …"""
        return [f"{self.letter}{number}" for number in range(1, self.size + 1)]


@dataclass(frozen=True)
class Change:
    """From this day on a step is in this state; overdue since the day it was due."""

    day: datetime.date
    state: str
    due: datetime.date | None


@dataclass(frozen=True)
class Item:
    """One line of a digest as the table says it: of the reader's own, of a number below, of plans that wait."""

    step: str
    words: str
    due: datetime.date | None

    @property
    def is_below(self) -> bool:
        """Whether it is a number of others."""
        return "个未" in self.words

    @property
    def days(self) -> int:
        """Days left, negative when overdue."""
        if self.words == "今天":
            return 0
        return int(self.words[1:]) * (1 if self.words[0] == "剩" else -1)

    def text(self, letter: str) -> str:
        """The whole line without the campaign's name."""
        if self.step == "待审":
            return f"{self.words} 份方案待审核"
        assert self.due is not None
        label = STEPS[self.step][1]
        if self.step == "材料" and letter in FULL_MATERIAL[1]:
            label = FULL_MATERIAL[0]
        if self.is_below:
            number, _, what = self.words.partition("个")
            return f"{label}：{number} 个支部{what}（到期 {self.due.month}月{self.due.day}日）"
        when = {
            0: f"{said(self.due)}前，就是今天",
            1: f"{said(self.due)}前，还剩 {self.days} 天",
            -1: f"{said(self.due)}到期，已逾期 {-self.days} 天",
        }[(self.days > 0) - (self.days < 0)]
        return f"{label}：{when}"


def title(items: list[Item]) -> str:
    """How a digest of these lines is headed."""
    below = sum(item.is_below for item in items)
    mine = len(items) - below
    own = [f"今天有 {mine} 件事要办"] if mine else []
    return "，".join([*own, *([f"下级党组织有 {below} 个环节逾期"] if below else [])])


@dataclass
class Table:
    """The whole file."""

    clauses: list[str] = field(default_factory=list)
    limits: list[tuple[str, str, str]] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    changes: dict[tuple[str, str], list[Change]] = field(default_factory=dict)
    notices: dict[tuple[datetime.date, str], list[Item]] = field(default_factory=dict)
    totals: list[tuple[datetime.date, str, Counter[str]]] = field(default_factory=list)

    def state(self, letter: str, step: str, on: datetime.date) -> Change:
        """Where a step of a group's organisations stands in the evening of a day."""
        gone = [change for change in self.changes[letter, step] if change.day <= on]
        return gone[-1] if gone else Change(on, NOT_YET, None)

    def steps_of(self, letter: str) -> list[str]:
        """The steps a group has, by their short names."""
        return [step for step in STEPS if (letter, step) in self.changes]


def _rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """The rows with the number of their chapter."""
    chapter = ""
    for line in text.splitlines():
        if line.startswith("## "):
            chapter = line[3]
        elif chapter and line.strip() and not line.startswith("#"):
            yield chapter, [cell.strip() for cell in line.split("|")]


def _item(text: str) -> Item:
    """方案 8.8 剩1 / 方案 5个未报 8.8 / 待审 7."""
    words = text.split()
    if words[0] == "待审":
        return Item(words[0], words[1], None)
    when, what = (words[2], words[1]) if "个" in words[1] else (words[1], words[2])
    return Item(words[0], what, day(when))


def _changes(text: str) -> list[Change]:
    """可办 8.5 → 逾期(8.8) 8.9 → …."""
    found = []
    for part in text.split("→"):
        state, when = part.split()
        name, _, due = state.rstrip(")").partition("(")
        found.append(Change(day(when), STATES[name], day(due) if due else None))
    return found


def read() -> Table:
    """Read the file."""
    table = Table()
    for chapter, cells in _rows(FILE.read_text(encoding="utf-8")):
        match chapter, cells:
            case "一", [step, letters, limit, clause]:
                table.limits.append((step, letters, limit))
                table.clauses.append(clause)
            case "二", [_, _, clause]:
                table.clauses += clause.split(";")
            case "三", [letter, category, size, committee, _, story]:
                events = [part.split() for part in story.split("·")]
                made = [Event(day(when), action, tuple(words)) for when, action, *words in events]
                table.groups[letter] = Group(letter, category, int(size), committee, made)
            case "四", [letters, step, line]:
                for letter in letters.split():
                    assert (letter, step) not in table.changes, (letter, step)
                    table.changes[letter, step] = _changes(line)
            case "五", [days, letters, line]:
                for when in days.split():
                    for letter in letters.split():
                        assert (day(when), letter) not in table.notices, (when, letter)
                        table.notices[day(when), letter] = [_item(part) for part in line.split("·")]
            case "六", [when, step, line]:
                pairs = re.findall(r"(\S+) (\d+)", line)
                table.totals.append((day(when), step, Counter({STATES[s]: int(n) for s, n in pairs})))
            case _:
                raise AssertionError(f"cannot read: {cells}")
    return table
