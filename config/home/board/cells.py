"""One step of one organisation as the board's table shows it: word, colour, and the reason and day in place."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from branches.rules.standing import DONE, OPEN, OVERDUE, PENDING, POSTPONED, Standing, day_said
from branches.rules.steps import Step
from config.home.standings import TONES, came_back

NOT_ASKED = "不要求"
REASON_ROOM = 16  # characters of a reason in a cell; the whole of it stands below the table
BLOCKERS = 2
# Heads of columns for the names of steps; a name that is not here stands as it is.
SHORT = {
    "成立领导小组和办公室": "领导小组",
    "与上级沟通时间和开法": "与上级沟通",
    "实施方案报上级": "方案",
    "制定实施方案": "方案",
    "专门会议分析问题": "分析问题",
    "问题清单和整改措施": "问题清单",
    "对照检查材料": "对照检查",
    "党员问题清单和整改措施": "党员清单",
    "班子成员对照检查材料": "成员材料",
    "班子材料集体讨论": "集体讨论",
    "召开党委（总支）班子会": "班子会",
    "召开支委会": "支委会",
    "召开党员大会": "党员大会",
    "召开党小组会": "党小组会",
    "召开民主生活会": "民主生活会",
    "民主测评党员": "民主测评",
    "公示评议结果": "结果公示",
    "班子整改措施": "班子整改",
    "党员整改措施和承诺": "党员整改",
    "材料向群众公示": "材料公示",
    "整改措施公开": "整改公开",
    "整改措施公开、报备": "整改公开",
    "民主生活会情况专题报告": "专题报告",
    "情况总结材料": "总结",
    "通报班子整改情况": "整改通报",
    "群众满意度测评": "满意度",
}


def short(step: Step) -> str:
    """The step's name as short as a column's head must be."""
    label, _, times = step.label.partition("（第")
    found = SHORT.get(label, label)
    if times:
        found = f"{found.removeprefix('党员报告')}{times.removesuffix('次）')}"
    return found


@dataclass(frozen=True)
class Head:
    """The head of a column: key, name, short name, and by when it is due."""

    key: str
    label: str
    name: str
    due: str


def heads_of(
    columns: Iterable[Step], lists: Iterable[tuple[Step, ...]], today: datetime.date
) -> tuple[Head, ...]:
    """The heads; where categories have different days, the first and the last."""
    dues: dict[str, list[Step]] = {}
    for steps in lists:
        for step in steps:
            dues.setdefault(step.key, []).append(step)
    return tuple(Head(c.key, c.label, short(c), _due_words(dues[c.key], today)) for c in columns)


def _due_words(steps: list[Step], today: datetime.date) -> str:
    """8月8日前, 8月20日至31日前, or the rule in words while no day is fixed."""
    days = sorted({step.due.day for step in steps if step.due.day is not None})
    if not days:
        return next((step.due.words for step in steps if step.due.words), "")
    first, last = days[0], days[-1]
    if first == last:
        return f"{day_said(last, today)}前"
    until = f"{last.day}日" if (first.year, first.month) == (last.year, last.month) else day_said(last, today)
    return f"{day_said(first, today)}至{until}前"


@dataclass(frozen=True)
class Cell:
    """One cell; `leads` when there is something to decide about, so the cell links to the step."""

    key: str
    name: str  # of the column, for cards on phones
    word: str
    tone: str
    note: str = ""
    leads: bool = False


def cells_of(
    row: tuple[Standing, ...], heads: Iterable[Head], today: datetime.date, *, room: int = REASON_ROOM
) -> tuple[Cell, ...]:
    """The cells of one organisation; a step that is not asked of it says so. `room`: the most of a reason."""
    by_key = {standing.step.key: standing for standing in row}
    return tuple(
        _cell(by_key[head.key], head, by_key, today, room)
        if head.key in by_key
        else Cell(head.key, head.name, NOT_ASKED, "none")
        for head in heads
    )


def _cell(standing: Standing, head: Head, row: dict[str, Standing], today: datetime.date, room: int) -> Cell:
    """The cell of one step."""
    word, note = _word(standing), _note(standing, row, today, room)
    leads = standing.state not in (DONE, PENDING)
    return Cell(head.key, head.name, word, tone_of(standing), note, leads)


def tone_of(standing: Standing) -> str:
    """The colour; red only for what is overdue or was returned."""
    return "bad" if standing.state == OPEN and came_back(standing) else TONES[standing.state]


def _word(standing: Standing) -> str:
    """The state in a word or two."""
    if standing.state == OVERDUE:
        return f"逾期 {standing.late} 天"
    return standing.word.partition("，")[0]


def _note(standing: Standing, row: dict[str, Standing], today: datetime.date, room: int) -> str:
    """The second line: the day, and why it stands so."""
    due = standing.due
    if standing.state == DONE:
        done = day_said(standing.done_on, today) if standing.done_on else ""
        return f"{done}，晚 {standing.late} 天" if standing.late else done
    if standing.state == OPEN and standing.handed_in:
        return f"晚报 {standing.late} 天" if standing.late else ""
    if standing.state == OPEN:
        return standing.step.due.words if due is None else left_words(due, today)
    if standing.state == PENDING:
        by = f"{day_said(due, today)}前" if due else ""
        return "；".join(filter(None, [_waiting(standing, row) or standing.reason, by]))
    if standing.state == OVERDUE:
        why = _waiting(standing, row) or standing.reason
        return "；".join(filter(None, [f"{day_said(due, today)}到期" if due else "", why]))
    until = standing.word.partition("，")[2] if standing.state == POSTPONED else ""
    why = standing.reason
    return "；".join(filter(None, [until, why if len(why) <= room else f"{why[:room]}…"]))


def left_words(due: datetime.date, today: datetime.date) -> str:
    """8月8日前，还剩 3 天."""
    left = (due - today).days
    return f"{day_said(due, today)}前，{f'还剩 {left} 天' if left else '就是今天'}"


def _waiting(standing: Standing, row: dict[str, Standing]) -> str:
    """What must come first, by short names; what an app says of its own state is not that."""
    blocking = [row[key] for key in standing.step.after if key in row and not row[key].is_settled]
    if not blocking:
        return ""
    names = "、".join(short(found.step) for found in blocking[:BLOCKERS])
    more = f"等 {len(blocking)} 项" if len(blocking) > BLOCKERS else ""
    return f"先完成：{names}{more}"
