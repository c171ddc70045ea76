"""Reads the rows of an uploaded roster into clean values, with a reason for all that cannot be taken; never raises on any cell."""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from members.rules.cells import Cell, as_text, is_blank
from members.rules.dates import FoundDate, Precision, read_date
from members.rules.id_numbers import read_id_number
from members.rules.names import LONGEST_NAME, clean_name, read_flag, read_kind, read_phone, read_sex
from members.rules.roster_header import FIELD_LABELS, field_of

EXAMPLE_MARK = "示例"
FLAGS = ("is_elderly", "is_poor", "is_veteran", "is_leader", "is_floating", "is_lost")
TEXT_LENGTHS = {
    "ethnicity": 20, "education": 20, "workplace": 100, "branch": 100, "group": 50, "floating_to": 100, "note": 200,
}  # fmt: skip
_DATES = ("birth_on", "joined_on", "full_on")
_CLOSING = re.compile(
    r"^(合计|总计|小计|共计|总数|填表人|填报人|填表单位|制表人?|制表时间|审核人|负责人|经办人|支部书记签字|注[:：]|注$|说明[:：]|备注[:：]|以下空白)"
)
_ADULT = 18

Value: TypeAlias = str | int | bool | datetime.date


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about a row: the field it is about, a short code to count by, and the Chinese text."""

    field: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One person of the file: sheet row number (from 1), the values that could be read, why it cannot be taken, what to look at."""

    row_number: int
    values: Mapping[str, Value]
    problems: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()


@dataclass(slots=True)
class _Reading:
    """The state of one row while it is read."""

    values: dict[str, Value] = field(default_factory=dict)
    problems: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def wrong(self, field_name: str, code: str, text: str) -> None:
        self.problems.append(Remark(field_name, code, text))

    def warn(self, field_name: str, code: str, text: str) -> None:
        self.warnings.append(Remark(field_name, code, text))


def parse_rows(
    rows: Iterable[Sequence[Cell]], *, mapping: Mapping[str, int], first_row: int, today: datetime.date
) -> Iterator[ParsedRow]:
    """Yields one ParsedRow for each person below the header, in the order of the file.

    rows start at the sheet row first_row (from 1). Skipped in silence: empty rows, rows with only a number, sums and signature lines,
    a header repeated on each page, the example row of the template. A row that repeats an earlier person is a problem of the later row.
    """
    seen: dict[tuple[str, ...], int] = {}
    carried: dict[str, str] = {}
    for row_number, row in enumerate(rows, start=first_row):
        if _is_skipped(row, mapping):
            continue
        reading = _Reading()
        _read_person(reading, row, mapping, today)
        _carry_branch(reading, carried, mapping)
        _find_repeated(reading, seen, row_number)
        yield ParsedRow(row_number, reading.values, tuple(reading.problems), tuple(reading.warnings))


def _cell(row: Sequence[Cell], mapping: Mapping[str, int], field_name: str) -> Cell:
    column = mapping.get(field_name, -1)
    return row[column] if 0 <= column < len(row) else None


def _is_skipped(row: Sequence[Cell], mapping: Mapping[str, int]) -> bool:
    filled = [text for text in map(as_text, row) if text]
    if not filled or any(text.startswith(EXAMPLE_MARK) for text in filled[:2]):
        return True
    name = as_text(_cell(row, mapping, "name"))
    if any(_CLOSING.match(text.replace(" ", "")) for text in (filled[0], name)):
        return True
    if name and field_of(name) == "name":
        return True
    if name:
        return False
    told = any(as_text(_cell(row, mapping, key)) for key in mapping if key != "roster_number")
    return not told or (len(filled) == 1 and not _looks_like_id(filled[0]))


def _looks_like_id(text: str) -> bool:
    return len(text) in (15, 18) and text[:14].isdecimal()


def _read_person(
    reading: _Reading, row: Sequence[Cell], mapping: Mapping[str, int], today: datetime.date
) -> None:
    mark = _read_name(reading, _cell(row, mapping, "name"))
    for name in _DATES:
        _read_day(reading, name, _cell(row, mapping, name), today)
    _read_sex(reading, _cell(row, mapping, "sex"))
    _read_identity(reading, _cell(row, mapping, "id_number"), today)
    _read_kind(reading, _cell(row, mapping, "kind"), mark)
    phone, warning = read_phone(_cell(row, mapping, "phone"))
    if phone:
        reading.values["phone"] = phone
    if warning:
        reading.warn("phone", "phone", warning)
    for name, longest in TEXT_LENGTHS.items():
        _read_text(reading, name, _cell(row, mapping, name), longest)
    for name in FLAGS:
        flag = read_flag(_cell(row, mapping, name)) if name in mapping else None
        if flag is not None:
            reading.values[name] = flag
    number = as_text(_cell(row, mapping, "roster_number"))
    if number.isascii() and number.isdecimal() and 0 < len(number) <= 6:
        reading.values["roster_number"] = int(number)
    _compare_dates(reading)


def _read_name(reading: _Reading, cell: Cell) -> str:
    name, mark = clean_name(cell)
    if not name:
        reading.wrong("name", "name_missing", "没有姓名")
    elif len(name) > LONGEST_NAME:
        reading.wrong("name", "name_long", f"姓名超过{LONGEST_NAME}个字，请核对")
    elif not isinstance(cell, str) or not any(character.isalpha() for character in name):
        reading.wrong("name", "name_number", f"姓名“{name}”不像人名，请核对列是否对应")
    if name and len(name) <= LONGEST_NAME:
        reading.values["name"] = name
    return mark


def _read_day(reading: _Reading, name: str, cell: Cell, today: datetime.date) -> None:
    found: FoundDate = read_date(cell)
    label = FIELD_LABELS[name]
    if found.problem:
        reading.wrong(name, f"{name}_unreadable", f"{label}{found.problem}")
    elif found.day is not None and found.day > today:
        reading.wrong(name, f"{name}_future", f"{label}{found.day:%Y-%m-%d}晚于今天，请核对")
    elif found.day is not None:
        reading.values[name] = found.day
        if found.warning:
            reading.warn(name, f"{name}_unsure", f"{label}{found.warning}")
        elif found.precision is Precision.MONTH:
            reading.warn(name, f"{name}_month", f"{label}只写到月，按当月1日记")


def _read_sex(reading: _Reading, cell: Cell) -> None:
    sex, problem = read_sex(cell)
    if problem:
        reading.wrong("sex", "sex", problem)
    elif sex:
        reading.values["sex"] = sex


def _read_identity(reading: _Reading, cell: Cell, today: datetime.date) -> None:
    found = read_id_number(cell)
    if found.problem:
        reading.wrong("id_number", "id_number", found.problem)
        return
    if found.birth_on is None:
        return
    if found.birth_on > today:
        reading.wrong("id_number", "id_number", "身份证号中的出生日期晚于今天，请核对")
        return
    reading.values["id_number"] = found.number
    if found.warning:
        reading.warn("id_number", "id_number_15", found.warning)
    _compare_birth(reading, found.birth_on)
    told = reading.values.setdefault("sex", found.sex)
    if told != found.sex:
        reading.warn("sex", "sex_differs", "性别与身份证号不一致，请核对")


def _compare_birth(reading: _Reading, by_id: datetime.date) -> None:
    """A birth month that agrees with the ID number becomes its exact day; one that differs is kept and pointed at."""
    told = reading.values.get("birth_on")
    by_month = [remark for remark in reading.warnings if remark.code in {"birth_on_month", "birth_on_unsure"}]
    if told is None and not any(remark.field == "birth_on" for remark in reading.problems):
        reading.values["birth_on"] = by_id
    elif isinstance(told, datetime.date) and told != by_id:
        unsure = any(remark.code == "birth_on_unsure" for remark in by_month) and by_id.month == 10
        if by_month and told.year == by_id.year and (told.month == by_id.month or unsure):
            reading.values["birth_on"] = by_id
        else:
            reading.warn("birth_on", "birth_differs", f"出生日期{told:%Y-%m-%d}与身份证号不一致，请核对")
            return
    if told is not None:
        reading.warnings = [remark for remark in reading.warnings if remark not in by_month]


def _read_kind(reading: _Reading, cell: Cell, mark: str) -> None:
    kind, problem = read_kind(cell)
    if problem:
        reading.wrong("kind", "kind", problem)
    elif kind or mark:
        reading.values["kind"] = kind or mark
        if kind and mark and kind != mark:
            reading.warn("kind", "kind_differs", "姓名后的括号与人员类别不一致，按人员类别处理")


def _read_text(reading: _Reading, name: str, cell: Cell, longest: int) -> None:
    if is_blank(cell):
        return
    text = as_text(cell)
    if len(text) > longest:
        reading.wrong(name, f"{name}_long", f"{FIELD_LABELS[name]}超过{longest}个字，请缩短")
    else:
        reading.values[name] = text


def _compare_dates(reading: _Reading) -> None:
    birth, joined, full = (reading.values.get(name) for name in _DATES)
    if isinstance(joined, datetime.date) and isinstance(full, datetime.date) and full < joined:
        reading.wrong("full_on", "full_before_joined", "转正时间早于入党时间，请核对")
    if (
        isinstance(joined, datetime.date)
        and isinstance(birth, datetime.date)
        and joined.year - birth.year < _ADULT
    ):
        reading.warn("joined_on", "joined_young", "按出生日期算，入党时不满18岁，请核对")
    if reading.values.get("kind") == "probationary" and full is not None:
        reading.warn("full_on", "probationary_full", "预备党员却写了转正时间，请核对")


def _carry_branch(reading: _Reading, carried: dict[str, str], mapping: Mapping[str, int]) -> None:
    """A branch written once above its members goes on until the next; a group is never guessed."""
    if "branch" not in mapping:
        return
    told = reading.values.get("branch")
    if isinstance(told, str):
        carried["branch"] = told
    elif "branch" in carried:
        reading.values["branch"] = carried["branch"]
        reading.warn("branch", "branch_carried", f"所在党支部空着，按上一行的“{carried['branch']}”处理")


def _find_repeated(reading: _Reading, seen: dict[tuple[str, ...], int], row_number: int) -> None:
    """The same ID number, or without one the same name, birth and joining date (and branch), is the same person twice."""
    values = reading.values
    if "name" not in values:
        return
    number = str(values.get("id_number", ""))
    key = (
        ("id", number)
        if number
        else ("who", *(str(values.get(name, "")) for name in ("name", "birth_on", "joined_on", "branch")))
    )
    first = seen.setdefault(key, row_number)
    if first != row_number:
        reading.wrong(
            "name", "repeated", f"与第{first}行重复" if not number else f"身份证号与第{first}行相同"
        )
