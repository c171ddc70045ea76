"""Dues (党费): what is due a month by the table of rates, and how many months in a row are not paid."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

DELIVERED = Path(__file__).resolve().parent.parent / "presets" / "dues_rates.toml"
CENT = Decimal("0.01")
MOST = Decimal("999999.99")


class CannotWorkOut(ValueError):
    """The amount does not follow from what was given; the message says in Chinese what is missing."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One line of a table: for incomes above `over` a share of the whole income, or an amount.

    With a share, `lowest` and `highest` are its limits; without, they are the amount or its range.
    """

    label: str
    over: Decimal = Decimal(0)
    share: Decimal | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The delivered table: its lines, where they come from, and the sentences around them."""

    rates: tuple[Rate, ...]
    document: str
    clauses: dict[str, str]
    make_up_months: int


@dataclass(frozen=True, slots=True)
class RateWords:
    """One line of a table as people read it: for whom, with which monthly income, how much a month."""

    label: str
    income: str
    due: str


@dataclass(frozen=True, slots=True)
class Due:
    """What is due a month: one amount, or any from `low` to `high`."""

    low: Decimal
    high: Decimal

    @property
    def is_range(self) -> bool:
        """Whether the amount is still to be chosen."""
        return self.low != self.high


@cache
def delivered() -> Table:
    """Returns the table delivered with the program."""
    read = tomllib.loads(DELIVERED.read_text(encoding="utf-8"))
    rates = tuple(
        Rate(
            label=line["label"],
            over=Decimal(line["over"]),
            share=Decimal(line["share"]) if "share" in line else None,
            lowest=Decimal(line["lowest"]) if "lowest" in line else None,
            highest=Decimal(line["highest"]) if "highest" in line else None,
        )
        for line in read["rates"]
    )
    return Table(rates, read["document"], dict(read["clauses"]), int(read["make_up_months"]))


def to_cents(amount: Decimal) -> Decimal:
    """Returns an amount in yuan rounded to the cent, half up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def labels_of(rates: Sequence[Rate]) -> tuple[str, ...]:
    """Returns the classes of people of a table, each once, in its order."""
    return tuple(dict.fromkeys(rate.label for rate in rates))


def needs_income(rates: Sequence[Rate], label: str) -> bool:
    """Returns whether the amount of this class depends on the income."""
    lines = [rate for rate in rates if rate.label == label]
    return len(lines) > 1 or any(rate.share is not None for rate in lines)


def due_from(rates: Sequence[Rate], label: str, income: Decimal | None) -> Due:
    """Returns what somebody of this class with this monthly income owes a month.

    The line with the highest limit below the income holds, for the whole income. Raises CannotWorkOut.
    """
    lines = sorted((rate for rate in rates if rate.label == label), key=lambda rate: rate.over)
    if not lines:
        raise CannotWorkOut("请选择人员类别。")
    if income is None and needs_income(rates, label):
        raise CannotWorkOut("这一类按收入计算，请填写月收入；收入只用来计算，不会保存。")
    told = Decimal(0) if income is None else income
    rate = next((line for line in reversed(lines) if line.over < told), lines[0])
    if rate.share is None:
        low = rate.lowest or Decimal(0)
        return Due(to_cents(low), to_cents(low if rate.highest is None else rate.highest))
    amount = told * rate.share
    if rate.lowest is not None:
        amount = max(amount, rate.lowest)
    if rate.highest is not None:
        amount = min(amount, rate.highest)
    return Due(to_cents(amount), to_cents(amount))


def rate_words(rates: Sequence[Rate]) -> tuple[RateWords, ...]:
    """Returns the lines of a table in words, those of one class from the lowest income up."""
    found = []
    for label in labels_of(rates):
        lines = sorted((rate for rate in rates if rate.label == label), key=lambda rate: rate.over)
        for line, upper in zip(lines, [*(rate.over for rate in lines[1:]), None], strict=True):
            limits = [f"超过 {_plain(line.over)} 元"] if line.over else []
            limits += [f"不超过 {_plain(upper)} 元"] if upper is not None else []
            found.append(RateWords(label, "，".join(limits), _how_much(line)))
    return tuple(found)


def _how_much(rate: Rate) -> str:
    """收入的 0.5%; 0.2 元; 0.2 元到 1 元."""
    low, high = rate.lowest, rate.highest
    if rate.share is None:
        least = _plain(low or Decimal(0))
        return f"{least} 元" if high is None or high == low else f"{least} 元到 {_plain(high)} 元"
    limits = [f"最少 {_plain(low)} 元"] if low is not None else []
    limits += [f"最多 {_plain(high)} 元"] if high is not None else []
    return "，".join([f"收入的 {_plain(rate.share * 100)}%", *limits])


def _plain(number: Decimal) -> str:
    """A number without zeros at its end."""
    return f"{number.normalize():f}"


def month_of(day: datetime.date) -> datetime.date:
    """Returns the first day of the day's month."""
    return day.replace(day=1)


def months_later(month: datetime.date, count: int) -> datetime.date:
    """Returns the first day of the month so many months later; a negative count goes back."""
    number = month.year * 12 + month.month - 1 + count
    return datetime.date(number // 12, number % 12 + 1, 1)


def year_of(year: int) -> tuple[datetime.date, ...]:
    """Returns the first days of the twelve months of a year."""
    return tuple(datetime.date(year, number, 1) for number in range(1, 13))


def arrears(settled: Collection[datetime.date], since: datetime.date, until: datetime.date) -> int:
    """Returns how many months in a row, up to and with the month of `until`, are neither paid nor waived.

    Months before that of `since` do not count. `settled` holds first days of months.
    """
    first, month, count = month_of(since), month_of(until), 0
    while month >= first and month not in settled:
        count += 1
        month = months_later(month, -1)
    return count


def is_late(month: datetime.date, paid_on: datetime.date, make_up_months: int) -> bool:
    """Returns whether a month is paid after the time in which dues are usually made up."""
    return months_later(month_of(paid_on), -make_up_months) > month
