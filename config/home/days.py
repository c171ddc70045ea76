"""Days as the home page says them."""

import datetime

WEEKDAYS = "一二三四五六日"


def said(day: datetime.date) -> str:
    """12月10日（周四）."""
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def deadline(finish_by: datetime.date | None, today: datetime.date) -> tuple[str, str]:
    """The deadline in words and its colour: ok, warn (three days or fewer) or bad (overdue)."""
    if finish_by is None:
        return "", "ok"
    left = (finish_by - today).days
    if left < 0:
        return f"{said(finish_by)}到期，已逾期 {-left} 天", "bad"
    if left == 0:
        return f"{said(finish_by)}到期，就是今天", "warn"
    return f"{said(finish_by)}前完成，还剩 {left} 天", "warn" if left <= 3 else "ok"
