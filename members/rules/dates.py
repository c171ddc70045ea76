"""Dates as offices write them: 1985.7, 1985年7月1日, 198507, 19850701, Excel serial numbers."""

import datetime
import re
from dataclasses import dataclass
from enum import StrEnum

from members.rules.cells import NO_VALUE, Cell, as_text


class Precision(StrEnum):
    """How exactly a date was written."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date read from a cell; month precision means the first of the month stands for the whole month."""

    day: datetime.date | None = None
    precision: Precision = Precision.DAY
    problem: str = ""
    warning: str = ""


_EPOCH = datetime.date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 3_000, 80_000  # 1908 to 2119; below it a number is a year
_PARTS = re.compile(
    r"^(\d{4})\s*[年.\-/、,，。_ ]\s*(\d{1,2})(?:\s*[月.\-/、,，。_ ]\s*(\d{1,2}))?\s*[日号月.]?(?:\s*[T ]?\d{1,2}:\d{2}.*)?$"
)
_SHORT_YEAR = re.compile(r"^\d{2}\s*[年.\-/]\s*\d{1,2}")
_HANZI_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_HANZI_TENS = re.compile(r"([一二三])?十([一二三四五六七八九])?")


def read_date(cell: Cell) -> FoundDate:
    """Returns the date a cell means, with its precision, or the Chinese reason why it means none; an empty cell is no date.

    Never raises. A time of day is dropped without passing through a time zone.
    """
    if isinstance(cell, datetime.datetime):
        return FoundDate(cell.date())
    if isinstance(cell, datetime.date):
        return FoundDate(cell)
    text = as_text(cell)
    if text in NO_VALUE or text in {"未转正", "预备期", "预备"}:
        return FoundDate()
    if isinstance(cell, float) and not cell.is_integer() and 1900 <= cell < 2200:
        return _year_point_month(cell, text)
    return _from_text(text)


def _year_point_month(number: float, text: str) -> FoundDate:
    """A number cell such as 1985.7: year and month; Excel shows October, 1985.10, as 1985.1."""
    digits = text.split(".", 1)[1]
    if len(digits) == 4:
        return _build(text, int(number), int(digits[:2]), int(digits[2:]))
    if len(digits) > 2:
        serial = FoundDate(problem=f"“{text}”不是日期，请写成1985年7月1日这样的形式")
        return serial
    found = _build(text, int(number), int(digits), None)
    if digits == "1" and found.day is not None:
        return FoundDate(
            found.day,
            found.precision,
            warning=f"“{text}”可能是1月，也可能是10月（Excel会去掉末尾的0），已按1月处理，请核对",
        )
    return found


def _from_text(text: str) -> FoundDate:
    plain = _hanzi_numbers(text)
    if plain.isdecimal() and plain.isascii():
        return _digits(text, plain)
    match = _PARTS.match(plain)
    if match:
        year, month, day = match.groups()
        return _build(text, int(year), int(month), int(day) if day else None)
    if _SHORT_YEAR.match(plain):
        return FoundDate(problem=f"“{text}”的年份只有两位，请写成四位，例如1985.07")
    if re.fullmatch(r"\d{4}\s*年?", plain):
        return _year_only(text)
    return FoundDate(problem=f"“{text}”不是日期，请写成1985年7月1日这样的形式")


def _hanzi_numbers(text: str) -> str:
    if not any(character in text for character in "一二三四五六七八九十"):
        return text
    tens = _HANZI_TENS.sub(lambda m: (m[1] or "一") + (m[2] or "〇"), text)
    return tens.translate(_HANZI_DIGITS)


def _digits(text: str, plain: str) -> FoundDate:
    if len(plain) == 8:
        return _build(text, int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    if len(plain) == 6:
        return _build(text, int(plain[:4]), int(plain[4:]), None)
    if len(plain) == 14:
        return _build(text, int(plain[:4]), int(plain[4:6]), int(plain[6:8]))
    if len(plain) <= 5 and _FIRST_SERIAL <= int(plain) <= _LAST_SERIAL:
        return FoundDate(_EPOCH + datetime.timedelta(days=int(plain)))
    if len(plain) == 4:
        return _year_only(text)
    return FoundDate(problem=f"“{text}”不是日期，请写成1985年7月1日这样的形式")


def _year_only(text: str) -> FoundDate:
    return FoundDate(problem=f"“{text}”只有年份，请至少写到月，例如1985.07")


def _build(text: str, year: int, month: int, day: int | None) -> FoundDate:
    if not 1900 <= year <= 2199:
        return FoundDate(problem=f"“{text}”的年份不对，请核对")
    try:
        found = datetime.date(year, month, day or 1) if day != 0 else None
    except ValueError:
        found = None
    if found is None:
        return FoundDate(problem=f"“{text}”这一天不存在，请核对")
    return FoundDate(found, Precision.DAY if day else Precision.MONTH)
