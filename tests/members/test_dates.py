"""Dates as offices write them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.dates import Precision, read_date

DAY = datetime.date(1985, 7, 1)
SUMMER_TIME = datetime.datetime(1988, 7, 1)  # noqa: DTZ001
MIDNIGHT = datetime.datetime(1985, 7, 1)  # noqa: DTZ001  (a cell has no time zone)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "1985年7月1日",
            "1985-7-1",
            "1985/07/01",
            "1985.7.1",
            "1985．7．1",
            "19850701",
            "１９８５０７０１",
            "1985、7、1",
        ),
        *(
            "1985-07-01 00:00:00",
            "1985/7/1 0:00",
            "19850701000000",
            "1985 7 1",
            "一九八五年七月一日",
            " 1985年7月1号 ",
        ),
        *("31229", 31229, 31229.0, 19850701, 19850701.0, 1985.0701, DAY, MIDNIGHT),
    ],
)
def test_a_day_is_read_from_every_usual_form(cell: str | float | datetime.date) -> None:
    found = read_date(cell)
    assert (found.day, found.precision, found.problem) == (DAY, Precision.DAY, "")


@pytest.mark.parametrize(
    "cell",
    ["1985.7", "1985.07", "1985年7月", "1985-7", "1985/7", "198507", 1985.7, 198507, 198507.0, 1985.07],
)
def test_year_and_month_mean_the_first_of_the_month(cell: str | float) -> None:
    found = read_date(cell)
    assert (found.day, found.precision, found.problem) == (DAY, Precision.MONTH, "")


def test_the_tenth_month_written_as_a_number_is_pointed_at() -> None:
    found = read_date(1985.1)
    assert found.day == datetime.date(1985, 1, 1)
    assert "10月" in found.warning
    assert read_date("1985.10").day == datetime.date(1985, 10, 1)
    assert read_date(1985.12).day == datetime.date(1985, 12, 1)
    assert read_date("一九八五年十月二十日").day == datetime.date(1985, 10, 20)


@pytest.mark.parametrize("cell", [None, "", "  ", "　", "无", "—", "-", "/", "不详", "未转正"])
def test_nothing_is_no_date_and_no_problem(cell: str | None) -> None:
    found = read_date(cell)
    assert (found.day, found.problem) == (None, "")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1985年2月30日", "不存在"),
        ("19850230", "不存在"),
        ("1985.13", "不存在"),
        ("1985.7.0", "不存在"),
        (1985.13, "不存在"),
        ("85.7", "只有两位"),
        ("1985", "只有年份"),
        ("1985年", "只有年份"),
        (1985, "只有年份"),
        ("0985.7", "年份不对"),
        (1985.12345, "不是日期"),
        (1985.123, "不是日期"),
        ("七一前夕", "不是日期"),
        ("1985.7-1986.7", "不是日期"),
        (123, "不是日期"),
        (9_999_999, "不是日期"),
        (True, "不是日期"),
    ],
)
def test_a_date_that_cannot_be_is_named_with_its_reason(cell: str | float, reason: str) -> None:
    found = read_date(cell)
    assert found.day is None
    assert reason in found.problem


def test_a_day_in_the_years_of_summer_time_stays_the_same_day() -> None:
    assert read_date(SUMMER_TIME).day == datetime.date(1988, 7, 1)


@given(st.dates(datetime.date(1920, 1, 1), datetime.date(2119, 1, 1)))
def test_excel_serial_numbers_are_counted_as_excel_counts_them(day: datetime.date) -> None:
    serial = (day - datetime.date(1899, 12, 30)).days
    assert read_date(serial).day == read_date(str(serial)).day == day


@given(
    st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%Y%m%d"]),
)
def test_any_day_survives_being_written_and_read(day: datetime.date, form: str) -> None:
    assert read_date(day.strftime(form)).day == day
