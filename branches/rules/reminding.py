"""Rules of reminders: 提醒. Only when; what is owed follows from the steps, whom from the posts."""

from __future__ import annotations

from dataclasses import dataclass

from branches.rules.spec import flag, rule
from branches.rules.steplines import DayCounts

REMIND = "提醒"


@dataclass(frozen=True)
class ReminderRules:
    """When people are reminded; a reminder never moves a deadline."""

    remind_before: tuple[int, ...] = rule(
        (7, 3, 1, 0),
        REMIND,
        "到期前提醒",
        "期限前第几天提醒，0 是当天；办完就不再提醒。",
        DayCounts(),
        open_point=True,
    )
    remind_after: tuple[int, ...] = rule(
        (1, 3, 7, 14, 30),
        REMIND,
        "逾期后提醒",
        "期限过后第几天再提醒。",
        DayCounts(),
        open_point=True,
    )
    remind_superior: bool = flag(
        True,
        REMIND,
        "告诉上级几个支部未办",
        "期限过后，上级党建办每天一条，只说几个支部没有办，不逐个催。",
        yes="告诉",
        no="不告诉",
        open_point=True,
    )
    remind_off_holidays: bool = flag(
        True,
        REMIND,
        "节假日不提醒",
        "遇法定节假日和周末，到期前的提醒提前到上一个工作日，逾期后的推迟到下一个工作日；期限不变。",
        yes="避开节假日",
        no="照常提醒",
        open_point=True,
    )
