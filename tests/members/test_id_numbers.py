"""公民身份号码: what is taken, what is refused and why."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.id_numbers import (
    LOST_DIGITS,
    check_digit,
    mask_id_number,
    mask_phone,
    read_id_number,
)

GOOD = "11010519491231002X"


@pytest.mark.parametrize(
    "cell",
    [
        GOOD,
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "'" + GOOD,
        "11010519491231002ｘ",
    ],
)
def test_a_good_number_is_taken_however_it_is_typed(cell: str) -> None:
    found = read_id_number(cell)
    assert (found.number, found.birth_on, found.sex) == (GOOD, datetime.date(1949, 12, 31), "female")
    assert not found.problem


@pytest.mark.parametrize(
    "cell", [1.10101e17, 110105194912310021, "1.10101E+17", "1.10101194912E+17", "1e17", 110105194912310000.0]
)
def test_digits_lost_to_scientific_notation_are_refused_with_what_to_do(cell: str | float) -> None:
    assert read_id_number(cell).problem == LOST_DIGITS


def test_a_text_whose_last_three_digits_became_zero_is_refused_with_the_same_reason() -> None:
    assert read_id_number("110105194912310000").problem == LOST_DIGITS


@pytest.mark.parametrize("cell", ["110105491231002", 110105491231002, 110105491231002.0])
def test_fifteen_digits_become_eighteen_with_a_warning(cell: str | float) -> None:
    found = read_id_number(cell)
    assert found.number == GOOD
    assert "15位" in found.warning


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("110105194912310021", "校验码"),
        ("110105194913310021", "出生日期不存在"),
        ("110105491331002", "出生日期不存在"),
        ("1101051949123100", "现在是16位"),
        ("A10105194912310021", "只能是数字"),
        ("1101**********002X", "星号"),
        ("H1234567890", "现在是11位"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(cell: str, reason: str) -> None:
    found = read_id_number(cell)
    assert reason in found.problem
    assert not found.number


@pytest.mark.parametrize("cell", [None, "", "无", "—"])
def test_no_number_is_no_problem(cell: str | None) -> None:
    assert read_id_number(cell) == read_id_number("")


def test_screens_show_first_and_last_four() -> None:
    assert mask_id_number(GOOD) == "1101**********002X"
    assert mask_id_number("12345") == "*****"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("7123456") == "*****56"


@given(
    st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)),
    st.integers(0, 999),
    st.integers(100000, 999999),
)
def test_every_number_with_its_check_digit_is_taken_and_any_other_last_digit_is_not(
    birth: datetime.date, order: int, place: int
) -> None:
    first_17 = f"{place}{birth:%Y%m%d}{order:03d}"
    right = check_digit(first_17)
    for last in "0123456789X":
        assert bool(read_id_number(first_17 + last).number) == (last == right)
    assert read_id_number(first_17 + right).birth_on == birth
