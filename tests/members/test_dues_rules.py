"""What is due a month at every boundary of the delivered table, and months in a row that are not settled."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.dues import (
    CannotWorkOut,
    Due,
    Rate,
    arrears,
    delivered,
    due_from,
    is_late,
    labels_of,
    month_of,
    months_later,
    needs_income,
    rate_words,
    to_cents,
    year_of,
)

RATES = delivered().rates
WORKING, RETIRED = "在职（按月领工资）", "离退休"
MONTHS = st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)).map(month_of)
INCOMES = st.decimals(0, 1_000_000, places=2)


def month(text: str) -> datetime.date:
    return datetime.date.fromisoformat(f"{text}-01")


@pytest.mark.parametrize(
    ("label", "income", "due"),
    [
        # worked out by hand from the regulation of 2008; each limit belongs to the line below it
        (WORKING, "0", "0.00"),
        (WORKING, "1", "0.01"),  # 0.005, half up
        (WORKING, "0.99", "0.00"),
        (WORKING, "2999.99", "15.00"),  # 14.99995
        (WORKING, "3000", "15.00"),
        (WORKING, "3000.01", "30.00"),  # 30.0001
        (WORKING, "4321.50", "43.22"),  # 43.215
        (WORKING, "5000", "50.00"),
        (WORKING, "5000.01", "75.00"),
        (WORKING, "10000", "150.00"),
        (WORKING, "10000.01", "200.00"),
        (WORKING, "23456.78", "469.14"),  # 469.1356
        (RETIRED, "5000", "25.00"),
        (RETIRED, "5000.01", "50.00"),
        (RETIRED, "2680", "13.40"),
    ],
)
def test_dues_by_income(label: str, income: str, due: str) -> None:
    assert due_from(RATES, label, Decimal(income)) == Due(Decimal(due), Decimal(due))


@pytest.mark.parametrize("label", ["学生", "下岗失业", "依靠抚恤、救济或低保"])
def test_fixed_dues_need_no_income(label: str) -> None:
    assert due_from(RATES, label, None) == Due(Decimal("0.20"), Decimal("0.20"))
    assert not needs_income(RATES, label)


def test_farmers_choose_within_the_range() -> None:
    due = due_from(RATES, "农民", None)
    assert (due.low, due.high) == (Decimal("0.20"), Decimal("1.00"))
    assert due.is_range
    assert not due_from(RATES, "学生", None).is_range


def test_what_cannot_be_worked_out_says_what_is_missing() -> None:
    with pytest.raises(CannotWorkOut, match="请填写月收入"):
        due_from(RATES, WORKING, None)
    with pytest.raises(CannotWorkOut, match="请选择人员类别"):
        due_from(RATES, "没有这一类", Decimal(1))


def test_the_delivered_table_names_its_source() -> None:
    table = delivered()
    assert "中组发〔2008〕3号" in table.document
    assert table.make_up_months == 6
    assert "不得垫交" in table.clauses["no_advance"]
    assert labels_of(table.rates) == (WORKING, RETIRED, "农民", "学生", "下岗失业", "依靠抚恤、救济或低保")


def test_a_share_may_have_limits() -> None:
    rates = (Rate("务工", share=Decimal("0.01"), lowest=Decimal(2), highest=Decimal(20)),)
    assert due_from(rates, "务工", Decimal(100)).low == 2
    assert due_from(rates, "务工", Decimal(1000)).low == 10
    assert due_from(rates, "务工", Decimal(9000)).low == 20
    assert due_from((Rate("志愿", share=None),), "志愿", None) == Due(Decimal(0), Decimal(0))


def test_the_amount_may_step_up_without_a_share() -> None:
    rates = (Rate("个体", Decimal(2000), lowest=Decimal(5)), Rate("个体", lowest=Decimal(1)))
    assert needs_income(rates, "个体")
    assert due_from(rates, "个体", Decimal(2000)).low == 1
    assert due_from(rates, "个体", Decimal("2000.01")).low == 5


@given(INCOMES, INCOMES)
def test_more_income_never_means_less_dues(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    for label in (WORKING, RETIRED):
        assert due_from(RATES, label, low).low <= due_from(RATES, label, high).low


@given(INCOMES)
def test_dues_stay_within_half_a_cent_of_the_share(income: Decimal) -> None:
    limits = ((3000, "0.005"), (5000, "0.01"), (10000, "0.015"))
    share = next((Decimal(part) for limit, part in limits if income <= limit), Decimal("0.02"))
    due = due_from(RATES, WORKING, income).low
    assert abs(due - income * share) <= Decimal("0.005")
    assert due == to_cents(due)


@pytest.mark.parametrize(
    ("settled", "since", "until", "count"),
    [
        ([], "2026-01", "2026-06", 6),
        (["2026-06"], "2026-01", "2026-06", 0),
        (["2026-02"], "2026-01", "2026-06", 4),
        (["2026-02", "2026-05"], "2026-01", "2026-06", 1),
        ([], "2026-07", "2026-06", 0),
        ([], "2026-06", "2026-06", 1),
        (["2025-11"], "2025-01", "2026-02", 3),
        (["2026-09"], "2026-01", "2026-06", 6),  # paid ahead does not settle what is before
    ],
)
def test_months_in_a_row(settled: list[str], since: str, until: str, count: int) -> None:
    assert arrears({month(text) for text in settled}, month(since), month(until)) == count


@given(st.sets(MONTHS), MONTHS, MONTHS)
def test_months_in_a_row_against_a_plain_walk(
    settled: set[datetime.date], since: datetime.date, until: datetime.date
) -> None:
    span = [m for year in range(since.year, until.year + 1) for m in year_of(year) if since <= m <= until]
    expected = 0
    for one in reversed(span):
        if one in settled:
            break
        expected += 1
    assert arrears(settled, since, until) == expected
    newest = max((m for m in settled if m <= until), default=None)
    assert arrears({newest} if newest else set(), since, until) == expected


@given(MONTHS, st.integers(-600, 600))
def test_months_later_and_back(one: datetime.date, count: int) -> None:
    there = months_later(one, count)
    assert there.day == 1
    assert months_later(there, -count) == one


def test_late_is_more_than_the_months_of_making_up() -> None:
    paid = datetime.date(2026, 11, 23)
    assert not is_late(month("2026-05"), paid, 6)
    assert is_late(month("2026-04"), paid, 6)
    assert not is_late(month("2026-12"), paid, 6)


def test_a_table_is_told_in_words() -> None:
    told = [(words.label, words.income, words.due) for words in rate_words(RATES)]
    assert told[:4] == [
        (WORKING, "不超过 3000 元", "收入的 0.5%"),
        (WORKING, "超过 3000 元，不超过 5000 元", "收入的 1%"),
        (WORKING, "超过 5000 元，不超过 10000 元", "收入的 1.5%"),
        (WORKING, "超过 10000 元", "收入的 2%"),
    ]
    assert told[6:8] == [("农民", "", "0.2 元到 1 元"), ("学生", "", "0.2 元")]
    limits = Rate("甲", share=Decimal("0.01"), lowest=Decimal("5.00"), highest=Decimal(1000))
    assert rate_words([limits])[0].due == "收入的 1%，最少 5 元，最多 1000 元"
    same = Rate("乙", lowest=Decimal("10.00"), highest=Decimal(10))
    assert rate_words([same])[0].due == "10 元"
