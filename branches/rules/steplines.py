"""Steps written out by a notice (环节): one line each, with stage, name and due rule; and lists of day counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from branches.rules.dates import read_day
from branches.rules.kinds import Kind, Text, Wrong

STEP_KEY = re.compile(r"[a-z][a-z_]{0,29}(-[1-9][0-9]?)?")
AFTER = re.compile(r"会后([1-9][0-9]{0,2})(日|个月)内")
MOST_STEPS = 40


@dataclass(frozen=True)
class StepLine:
    """One written-out step; `key` begins with the catalogue's kind where an app keeps it (ballot, plan-2)."""

    key: str
    stage: str
    label: str
    due: str = ""  # ISO day, 会后N日内, 会后N个月内, or empty


@dataclass(frozen=True)
class StepLines(Kind[tuple[StepLine, ...]]):
    """The steps of a campaign in order; empty means that they follow from the other rules."""

    empty: str = "按其他规则自动生成"

    def parse(self, raw: object) -> tuple[StepLine, ...]:
        """Return the steps; raises `Wrong` for a repeated key, no name or a due rule nobody can read."""
        if not isinstance(raw, list | tuple):
            raise Wrong("不是环节列表", "请一行填一个环节")
        if len(raw) > MOST_STEPS:
            raise Wrong(f"有 {len(raw)} 个环节，太多", f"请合并到 {MOST_STEPS} 个以内")
        lines = tuple(_read(item) for item in raw)
        for names in ([line.key for line in lines], [(line.stage, line.label) for line in lines]):
            if len(set(names)) != len(names):
                raise Wrong("有重复的环节", "请让每个环节的代号和名称都不相同")
        return lines

    def dump(self, value: tuple[StepLine, ...]) -> list[dict[str, str]]:
        """Return a list of key, stage, label and due."""
        return [{"key": s.key, "stage": s.stage, "label": s.label, "due": s.due} for s in value]

    def show(self, value: tuple[StepLine, ...]) -> str:
        """Return the names by stage, or the words for none."""
        stages: dict[str, list[str]] = {}
        for line in value:
            stages.setdefault(line.stage, []).append(line.label)
        return "；".join(f"{stage}：{'、'.join(labels)}" for stage, labels in stages.items()) or self.empty


def _read(raw: object) -> StepLine:
    """Return one step read from {"key", "stage", "label", "due"}; raises `Wrong`."""
    todo = "每个环节要有代号、阶段、名称，期限可以不填"
    if not isinstance(raw, Mapping) or not {"key", "stage", "label"} <= set(raw) <= {
        "key",
        "stage",
        "label",
        "due",
    }:
        raise Wrong("环节写法不对", todo)
    key, due = raw["key"], raw.get("due", "")
    if not isinstance(key, str) or not STEP_KEY.fullmatch(key):
        raise Wrong("环节的代号不对", "代号请用小写字母和下划线，需要时加 -1、-2 区分")
    label, stage = Text(longest=30).parse(raw["label"]), Text(longest=20).parse(raw["stage"])
    if not label or not stage:
        raise Wrong("环节没有名称或阶段", todo)
    return StepLine(key, stage, label, _due(due))


def _due(raw: object) -> str:
    """Return a due rule in its one written form; raises `Wrong`."""
    text = raw.strip() if isinstance(raw, str) else raw
    if text == "" or (isinstance(text, str) and AFTER.fullmatch(text)):
        return str(text)
    try:
        return read_day(text).isoformat()
    except ValueError:
        raise Wrong("期限看不懂", "请写成 2005-03-10、2005年3月上旬、会后15日内或会后6个月内") from None


def due_parts(due: str) -> tuple[date | None, int, int]:
    """Return a tidy due rule as its fixed day, days after the meeting, months after the meeting."""
    if found := AFTER.fullmatch(due):
        amount = int(found[1])
        return (None, amount, 0) if found[2] == "日" else (None, 0, amount)
    return (date.fromisoformat(due) if due else None), 0, 0


@dataclass(frozen=True)
class DayCounts(Kind[tuple[int, ...]]):
    """Several whole numbers of days, each once; empty means never."""

    most: int = 400
    empty: str = "不提醒"
    zero: str = "当天"

    def parse(self, raw: object) -> tuple[int, ...]:
        """Return the numbers as given; raises `Wrong` for anything else than different whole numbers."""
        todo = f"请填 0 到 {self.most} 之间互不相同的整数"
        if not isinstance(raw, list | tuple):
            raise Wrong("不是天数列表", todo)
        if any(isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= self.most for n in raw):
            raise Wrong("天数不对", todo)
        if len(set(raw)) != len(raw):
            raise Wrong("同一天数出现了两次", todo)
        return tuple(raw)

    def dump(self, value: tuple[int, ...]) -> list[int]:
        """Return the list of numbers."""
        return list(value)

    def show(self, value: tuple[int, ...]) -> str:
        """Return the numbers joined, or the word for none."""
        return "、".join(f"{n}天" if n else self.zero for n in value) or self.empty
