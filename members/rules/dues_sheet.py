"""Reads a sheet of dues: one row a payment with its month(s), or one row a member with columns 1月 to 12月; never raises on any cell."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from members.rules.cells import Cell, as_text
from members.rules.dates import read_date
from members.rules.dues import CENT, MOST, year_of
from members.rules.id_numbers import read_id_number
from members.rules.names import LONGEST_NAME, clean_name
from members.rules.roster_header import field_of

NOT_FOUND = "没有找到表头：表中要有一行列名，其中有“姓名”，还要有“月份”和“金额”两列，或者“1月”到“12月”各列。"
_LABELS = {
    "months": "月份 所属月份 交纳月份 缴纳月份 交费月份 缴费月份 党费月份 所属期 月",
    "amount": "金额 交纳金额 缴纳金额 党费金额 实交金额 实缴金额 交费金额 缴费金额 实交党费 实缴党费 党费 金额元",
    "paid_on": "交纳日期 缴纳日期 交费日期 缴费日期 交款日期 日期 交纳时间 缴纳时间",
    "note": "备注 说明 免交原因",
}
_BY_LABEL = {label: key for key, labels in _LABELS.items() for label in labels.split()}
_SIGNS = re.compile(r"[\s:：*、,，.。_]+|[（(].*?[)）]")
_HANZI = {
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12,
}  # fmt: skip
_MONTH = r"(\d{1,2}|十[一二]?|[一二三四五六七八九])"
_YEAR = r"(?:(\d{4})\s*[年.\-/]\s*)?"
_ONE = re.compile(rf"^{_YEAR}{_MONTH}\s*月?(?:份)?(?:党费)?$")
_COLUMN = re.compile(rf"^{_YEAR}{_MONTH}\s*月(?:份)?(?:党费)?$|^(\d{{4}})[.\-/](\d{{1,2}})$")
# 2025-3-5 is a day, 2025年3-5月 are three months.
_SPAN = re.compile(rf"^(?:(\d{{4}})年)?{_MONTH}\s*月?\s*[-—–~～至到]+\s*{_MONTH}\s*月?(?:份)?$")
_QUARTER = re.compile(rf"^{_YEAR}(?:第)?([1-4一二三四])季度?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})$")
_AMOUNT = re.compile(r"^[¥￥]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?元?$")
_NOTHING = re.compile(r"^[¥￥]?0+(\.0+)?元?$")
_PAID = frozenset(
    {"✓", "√", "✔", "☑", "对", "是", "已交", "已缴", "交", "缴", "y", "yes", "已交纳", "已缴纳"}
)
_OPEN = frozenset(
    {"", "-", "--", "—", "——", "/", "否", "未交", "未缴", "×", "x", "✗", "✘", "0", "无", "空", "n", "no"}
)
_WAIVED = frozenset({"免", "免交", "免缴", "经批准免交"})
_CLOSING = re.compile(
    r"^(合计|总计|小计|共计|填表人|制表|审核人|负责人|经办人|支部书记|注[:：]|说明[:：]|示例)"
)
_ROWS_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One month of one row: an amount, no amount (what the terms say), or waived."""

    month: datetime.date
    amount: Decimal | None = None
    is_waived: bool = False


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the sheet: whose, which months, and why it cannot be taken."""

    number: int
    name: str
    id_number: str = ""
    entries: tuple[Entry, ...] = ()
    paid_on: datetime.date | None = None
    note: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """Where the table begins and what its columns are: single fields, and months."""

    first_row: int
    fields: Mapping[str, int]
    months: Mapping[int, datetime.date]


class SheetNotRead(ValueError):
    """The sheet has no header of a table of dues; the message says what to do."""


@dataclass(slots=True)
class _Reading:
    """One row while it is read."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_sheet(rows: Sequence[Sequence[Cell]], year: int) -> tuple[SheetRow, ...]:
    """Returns one SheetRow for each member's row that says anything; a month written without a year is of `year`.

    Raises SheetNotRead when there is no header.
    """
    header = find_header(rows, year)
    return tuple(_rows(rows, header, year))


def find_header(rows: Sequence[Sequence[Cell]], year: int) -> Header:
    """Returns the header of a sheet, in one row or two; raises SheetNotRead."""
    texts = [[as_text(cell) for cell in row] for row in rows[: _ROWS_LOOKED_AT + 1]]
    for index, labels in enumerate(texts[:_ROWS_LOOKED_AT]):
        if not any(_field(label) == "name" for label in labels):
            continue
        for height in (1, 2):
            found = _header_at(texts, index, height, year)
            if found.months or "months" in found.fields:
                return found
    raise SheetNotRead(NOT_FOUND)


def read_months(cell: Cell, year: int) -> tuple[datetime.date, ...]:
    """Returns the months a cell names (3月, 2026-03, 1-3月, 第一季度, 1、2、3月, a date), none when it names none."""
    if isinstance(cell, datetime.date):
        return (datetime.date(cell.year, cell.month, 1),)
    text = as_text(cell).replace(" ", "")
    if match := _COMPACT.match(text):
        return _span(int(match[1]), int(match[2]), int(match[2]))
    if match := _QUARTER.match(text):
        last = (_HANZI.get(match[2]) or int(match[2])) * 3
        return _span(int(match[1] or year), last - 2, last)
    if match := _SPAN.match(text):
        return _span(int(match[1] or year), _number(match[2]), _number(match[3]))
    if match := _ONE.match(text):
        number = _number(match[2])
        return _span(int(match[1] or year), number, number)
    parts = [part for part in re.split(r"[、,，;；]", text) if part]
    if len(parts) > 1:
        return _listed(parts, year)
    found = read_date(text)
    return (found.day.replace(day=1),) if found.day is not None and _in_reach(found.day.year) else ()


def _listed(parts: Sequence[str], year: int) -> tuple[datetime.date, ...]:
    """The months of a list; a year written once holds for what follows. None when one part names none."""
    found: dict[datetime.date, None] = {}
    for part in parts:
        months = read_months(part, year)
        if not months:
            return ()
        found |= dict.fromkeys(months)
        year = months[-1].year
    return tuple(found)


def read_amount(cell: Cell) -> Decimal | None:
    """Returns the amount in yuan a cell holds, to the cent; None when it holds none above zero."""
    match = _AMOUNT.match(as_text(cell).replace(" ", ""))
    if match is None:
        return None
    exact = Decimal((match[1] + (match[2] or "")).replace(",", ""))
    if exact > MOST:
        return None
    amount = exact.quantize(CENT)
    return amount if abs(exact - amount) < Decimal("0.000001") and amount > 0 else None


def _number(text: str) -> int:
    return _HANZI.get(text) or int(text)


def _in_reach(year: int) -> bool:
    return 1949 <= year <= 2199


def _span(year: int, first: int, last: int) -> tuple[datetime.date, ...]:
    if not (_in_reach(year) and 1 <= first <= last <= 12):
        return ()
    return year_of(year)[first - 1 : last]


def _field(label: str) -> str | None:
    """What a column is: name and id_number as in rosters, else one of ours."""
    bare = _SIGNS.sub("", label)
    if bare in _BY_LABEL:
        return _BY_LABEL[bare]
    known = field_of(label)
    return known if known in ("name", "id_number") else None


def _header_at(texts: list[list[str]], index: int, height: int, year: int) -> Header:
    upper = texts[index]
    lower = texts[index + 1] if height == 2 and index + 1 < len(texts) else []
    fields: dict[str, int] = {}
    months: dict[int, datetime.date] = {}
    for column in range(max(len(upper), len(lower))):
        label = (lower[column] if column < len(lower) else "") or (
            upper[column] if column < len(upper) else ""
        )
        key = _field(label)
        named = read_months(label, year) if key is None and _COLUMN.match(label.replace(" ", "")) else ()
        if key is not None:
            fields.setdefault(key, column)
        elif len(named) == 1 and named[0] not in months.values():
            months[column] = named[0]
    if "name" not in fields:
        return Header(0, {}, {})
    return Header(index + height, fields, months)


def _rows(rows: Sequence[Sequence[Cell]], header: Header, year: int) -> Iterator[SheetRow]:
    for number, row in enumerate(rows[header.first_row :], start=header.first_row + 1):
        first = next((text for text in map(as_text, row) if text), "")
        name, _ = clean_name(_cell(row, header, "name"))
        if not name or _CLOSING.match(first.replace(" ", "")) or _CLOSING.match(name) or _field(name):
            continue
        found = _row(row, header, year, number, name[:LONGEST_NAME])
        if found.entries or found.problems:
            yield found


def _cell(row: Sequence[Cell], header: Header, key: str) -> Cell:
    column = header.fields.get(key, -1)
    return row[column] if 0 <= column < len(row) else None


def _row(row: Sequence[Cell], header: Header, year: int, number: int, name: str) -> SheetRow:
    reading = _Reading()
    for column, month in header.months.items():
        _read_cell(reading, row[column] if column < len(row) else None, (month,), f"{month.month}月")
    if "months" in header.fields:
        _read_payment(reading, row, header, year)
    identity = read_id_number(_cell(row, header, "id_number"))
    if identity.problem:
        reading.problems.append(identity.problem)
    day = read_date(_cell(row, header, "paid_on"))
    if day.problem:
        reading.problems.append(f"交纳日期{day.problem}")
    note = as_text(_cell(row, header, "note"))[:100]
    return SheetRow(
        number, name, identity.number, tuple(reading.entries), day.day, note, tuple(reading.problems)
    )


def _read_payment(reading: _Reading, row: Sequence[Cell], header: Header, year: int) -> None:
    """A row with a column 月份: one payment for one month or several."""
    cell = _cell(row, header, "months")
    if not as_text(cell):
        if as_text(_cell(row, header, "amount")):
            reading.problems.append("没有写月份")
        return
    months = read_months(cell, year)
    if not months:
        reading.problems.append(f"月份“{as_text(cell)[:20]}”不认识，请写成“3月”“1-3月”或“2026-03”")
        return
    paid = "amount" not in header.fields
    _read_cell(reading, "是" if paid else _cell(row, header, "amount"), months, "金额")


def _read_cell(reading: _Reading, cell: Cell, months: tuple[datetime.date, ...], where: str) -> None:
    """What a cell says of these months: nothing, paid, waived, or an amount for all of them together."""
    text = as_text(cell).replace(" ", "").lower()
    amount = read_amount(cell)
    if amount is not None:
        each = (amount / len(months)).quantize(CENT)
        if each * len(months) != amount:
            reading.problems.append(f"{amount}元分到{len(months)}个月除不尽；写了几个月的，金额请写合计")
        else:
            reading.entries.extend(Entry(month, each) for month in months)
    elif text in _WAIVED:
        reading.entries.extend(Entry(month, is_waived=True) for month in months)
    elif text in _PAID:
        reading.entries.extend(Entry(month) for month in months)
    elif text not in _OPEN and not _NOTHING.match(text):
        reading.problems.append(f"{where}“{text[:20]}”不认识，请写金额、“已交”或“免交”")
