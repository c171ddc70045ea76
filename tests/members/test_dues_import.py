"""Dues from a spreadsheet: what is read, what is refused with which reason, what is written when confirmed."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from branches.models import AuditEvent, User
from branches.workflow import NotAllowed
from members.models import DuesMonth, Member, Standing
from members.rules.cells import Cell
from members.rules.dues import year_of
from members.rules.dues_sheet import SheetNotRead, SheetRow, read_amount, read_months, read_sheet
from members.services import dues
from members.services.dues_imports import MOST_ROWS, DuesPreview, confirm_import, preview_import
from tests.conftest import Tree
from tests.factories.members import MemberFactory, invented_id_number

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 23)
WIDE: list[Cell] = ["序号", "姓名", *(f"{n}月" for n in range(1, 13))]


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def month(number: int, year: int = 2026) -> datetime.date:
    return datetime.date(year, number, 1)


def only(rows: list[list[Cell]]) -> SheetRow:
    (row,) = read_sheet(rows, 2026)
    return row


# Cells


@pytest.mark.parametrize(
    ("cell", "months"),
    [
        ("3月", [(2026, 3)]),
        (3, [(2026, 3)]),
        ("三月", [(2026, 3)]),
        ("十二月份", [(2026, 12)]),
        ("2025年3月", [(2025, 3)]),
        ("2025-03", [(2025, 3)]),
        ("2025.3", [(2025, 3)]),
        (202503, [(2025, 3)]),
        (datetime.date(2025, 3, 31), [(2025, 3)]),
        (datetime.datetime(2025, 3, 31, 8, 0), [(2025, 3)]),  # noqa: DTZ001  as a workbook gives it
        ("2025-03-15", [(2025, 3)]),
        ("2025-3-5", [(2025, 3)]),
        ("2025年3-5月", [(2025, 3), (2025, 4), (2025, 5)]),
        ("1-3月", [(2026, 1), (2026, 2), (2026, 3)]),
        ("1月至3月", [(2026, 1), (2026, 2), (2026, 3)]),
        ("2025年11-12月", [(2025, 11), (2025, 12)]),
        ("第一季度", [(2026, 1), (2026, 2), (2026, 3)]),
        ("2025年4季度", [(2025, 10), (2025, 11), (2025, 12)]),
        ("1、2、5月", [(2026, 1), (2026, 2), (2026, 5)]),
        ("2025年1月、2月", [(2025, 1), (2025, 2)]),
        ("1月、1-2月", [(2026, 1), (2026, 2)]),
        ("13月", []),
        ("0月", []),
        ("3-1月", []),
        ("1月、几月", []),
        ("春节", []),
        ("", []),
        ("0001年3月", []),
        ("1900-01-05", []),
    ],
)
def test_months_as_offices_write_them(cell: Cell, months: list[tuple[int, int]]) -> None:
    assert read_months(cell, 2026) == tuple(datetime.date(y, m, 1) for y, m in months)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("5", "5.00"),
        (5, "5.00"),
        (0.2, "0.20"),
        (0.1 + 0.2, "0.30"),
        ("５元", "5.00"),
        ("¥1,234.50", "1234.50"),
        ("12.345", None),
        ("0", None),
        ("-5", None),
        ("五元", None),
        ("1000000", None),
        ("9" * 60, None),
        (None, None),
        (True, None),
    ],
)
def test_amounts(cell: Cell, amount: str | None) -> None:
    assert read_amount(cell) == (None if amount is None else Decimal(amount))


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.dates(), st.times()))
def test_no_cell_makes_reading_fail(cell: Any) -> None:
    months = read_months(cell, 2026)
    assert all(one.day == 1 for one in months)
    amount = read_amount(cell)
    assert amount is None or amount > 0
    rows = read_sheet(
        [["姓名", "月份", "金额", "备注"], ["王芳", cell, cell, cell], [cell, "3月", 5, ""]], 2026
    )
    assert all(row.entries or row.problems for row in rows)


@given(st.integers(1, 12), st.integers(1, 12))
def test_a_span_names_every_month_once(first: int, last: int) -> None:
    found = read_months(f"{first}-{last}月", 2026)
    assert found == (year_of(2026)[first - 1 : last] if first <= last else ())


# Sheets


def test_one_row_a_payment() -> None:
    row = only(
        [
            ["新河村党支部党费收缴表"],
            ["姓 名", "交纳月份", "金额（元）", "交纳日期", "备注"],
            ["王　芳", "1-3月", 1.5, "2026-03-05", "女儿代交"],
            ["合计", "", 1.5, "", ""],
        ]
    )
    assert (row.number, row.name, row.paid_on, row.note) == (3, "王芳", datetime.date(2026, 3, 5), "女儿代交")
    assert [(e.month, e.amount) for e in row.entries] == [(month(n), Decimal("0.50")) for n in (1, 2, 3)]


def test_one_row_a_member_with_twelve_columns() -> None:
    row = only([WIDE, [1, "王芳", 0.5, "√", "免交", "未交", 0, "0.00元", *[None] * 4]])
    assert [(e.month, e.amount, e.is_waived) for e in row.entries] == [
        (month(1), Decimal("0.50"), False),
        (month(2), None, False),
        (month(3), None, True),
    ]


def test_a_header_in_two_rows() -> None:
    row = only(
        [
            ["姓名", "身份证号", "2026年交纳情况", None, None],
            ["姓名", "身份证号", "2025年12月", "1月", "2月"],
            ["王芳", "", 1, "", 2],
        ]
    )
    assert [e.month for e in row.entries] == [month(12, 2025), month(2)]


def test_months_without_a_column_of_amounts_are_paid() -> None:
    row = only([["姓名", "月份"], ["王芳", "3月"], ["姓名", "月份"], ["李明", ""]])
    assert [(e.month, e.amount) for e in row.entries] == [(month(3), None)]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["王芳", "春节", 5, "", ""], "月份“春节”不认识"),
        (["王芳", "", 5, "", ""], "没有写月份"),
        (["王芳", "3月", "好多", "", ""], "金额“好多”不认识"),
        (["王芳", "1-3月", 1, "", ""], "1.00元分到3个月除不尽"),
        (["王芳", "3月", 5, "", "昨天"], "交纳日期“昨天”不是日期"),
        (["王芳", "3月", 5, "123", ""], "身份证号应为18位"),
    ],
)
def test_rows_that_cannot_be_taken(cells: list[Cell], reason: str) -> None:
    row = only([["姓名", "月份", "金额", "身份证号", "交纳日期"], cells])
    assert any(reason in problem for problem in row.problems)


@pytest.mark.parametrize(
    "rows", [[["名单"], ["王芳"]], [["姓名", "性别"], ["王芳", "女"]], [["1月", "2月"], [1, 2]], [["姓名"]]]
)
def test_without_a_header_it_says_what_is_missing(rows: list[list[Cell]]) -> None:
    with pytest.raises(SheetNotRead, match="没有找到表头"):
        read_sheet(rows, 2026)


# Against the roll


@pytest.fixture
def wang(tree: Tree) -> Member:
    made: Member = MemberFactory.create(organization=tree.village, name="王芳")
    return made


def look(tree: Tree, by: User, *rows: list[Cell], head: list[Cell] | None = None) -> DuesPreview:
    header: list[Cell] = head or ["姓名", "月份", "金额", "身份证号", "交纳日期", "备注"]
    return preview_import(organization=tree.village, rows=[header, *rows], year=2026, by=by)


def reasons(preview: DuesPreview) -> list[str]:
    return [reason for row in preview.wrong for reason in row.reasons]


def test_what_is_shown_is_written(tree: Tree, secretary: User, wang: Member) -> None:
    dues.set_terms(
        organization=tree.village, members=[wang], label="农民", monthly=Decimal("0.50"), since=month(1), by=secretary
    )  # fmt: skip
    dues.pay_months(organization=tree.village, cells=[(wang.pk, month(1))], paid_on=TODAY, by=secretary)
    shown = look(
        tree,
        secretary,
        ["王芳", "1-3月", 30, "", "2026-03-05", ""],
        ["王芳", "4月", "已交", "", "", "补交"],
        ["王芳", "5月", "免交", "", "", ""],
    )
    assert (shown.people, len(shown.planned), shown.settled, shown.wrong) == (1, 4, 1, ())
    assert shown.total == Decimal("20.50")
    assert DuesMonth.objects.count() == 1
    done = confirm_import(organization=tree.village, sealed=shown.sealed, by=secretary)
    assert (done.count, done.settled_before) == (4, 0)
    rows = {row.month: row for row in DuesMonth.objects.all()}
    assert (rows[month(2)].amount, rows[month(2)].paid_on) == (Decimal(10), datetime.date(2026, 3, 5))
    assert (rows[month(4)].amount, rows[month(4)].paid_on, rows[month(4)].note) == (
        Decimal("0.50"),
        TODAY,
        "补交",
    )
    assert (rows[month(5)].is_waived, rows[month(5)].note) == (True, "导入的表中注明免交")
    assert AuditEvent.objects.get(action="import_dues").detail["count"] == 4
    again = confirm_import(organization=tree.village, sealed=shown.sealed, by=secretary)
    assert (again.count, again.settled_before) == (0, 4)


def test_nothing_in_the_page_can_be_read_or_changed(
    tree: Tree, secretary: User, organizer: User, township: User, wang: Member
) -> None:
    shown = look(tree, secretary, ["王芳", "3月", 5, "", "", ""])
    assert "王芳" not in shown.sealed
    for sealed in ("", "x", "不是", shown.sealed[:-8] + "AAAAAAA=", shown.sealed[8:]):
        with pytest.raises(NotAllowed, match="重新上传"):
            confirm_import(organization=tree.village, sealed=sealed, by=secretary)
    with pytest.raises(NotAllowed, match="重新上传"):
        confirm_import(organization=tree.village, sealed=shown.sealed, by=organizer)
    with pytest.raises(NotAllowed, match="重新上传"):
        confirm_import(organization=tree.sibling, sealed=shown.sealed, by=township)
    with (
        time_machine.travel(NOW + datetime.timedelta(hours=25), tick=False),
        pytest.raises(NotAllowed, match="重新上传"),
    ):
        confirm_import(organization=tree.village, sealed=shown.sealed, by=secretary)
    assert not DuesMonth.objects.exists()


def test_rare_hanzi_of_a_name_are_found_again(tree: Tree, secretary: User) -> None:
    names = ("王𠮷㐂", "王\U00031350", "王\ue1a2")
    people = [MemberFactory.create(organization=tree.village, name=name) for name in names]
    rows = [["姓名", "1月"], *([f" {name}\u200b", "0.5"] for name in names)]
    preview = preview_import(organization=tree.village, rows=rows, year=2026, by=secretary)
    assert not preview.wrong
    assert {line.member for line in preview.planned} == set(people)


def test_somebody_who_left_meanwhile_is_not_written(tree: Tree, secretary: User, wang: Member) -> None:
    shown = look(tree, secretary, ["王芳", "3月", 5, "", "", ""])
    Member.objects.filter(pk=wang.pk).update(standing=Standing.TRANSFERRED)
    with pytest.raises(NotAllowed, match="在册"):
        confirm_import(organization=tree.village, sealed=shown.sealed, by=secretary)


def test_namesakes_need_the_id_number(tree: Tree, secretary: User) -> None:
    numbers = [invented_id_number(n) for n in (1, 2)]
    first, second = (
        MemberFactory.create(organization=tree.village, name="李明", id_number=number) for number in numbers
    )
    shown = look(
        tree,
        secretary,
        ["李明", "3月", 5, "", "", ""],
        ["李明", "3月", 5, numbers[1], "", ""],
        ["李明", "4月", 5, invented_id_number(3), "", ""],
    )
    assert [line.member for line in shown.planned] == [second]
    assert first != second
    assert len(shown.wrong) == 2
    assert "本支部有2名李明" in reasons(shown)[0]
    assert "名册上没有这个人" in reasons(shown)[1]


def test_a_number_must_fit_the_name(tree: Tree, secretary: User, wang: Member) -> None:
    number = invented_id_number(1)
    MemberFactory.create(organization=tree.village, name="李明", id_number=number)
    shown = look(
        tree,
        secretary,
        ["王芳", "3月", 5, number, "", ""],  # 李明's number
        ["王芳", "4月", 5, invented_id_number(2), "", ""],  # no number registered: by name
        ["李明", "3月", 5, invented_id_number(2), "", ""],  # another number registered
        ["丁一", "3月", 5, "", "", ""],
    )
    assert [(line.member, line.month) for line in shown.planned] == [(wang, month(4))]
    assert reasons(shown) == [
        "身份证号和姓名对不上，请核对",
        "名册上没有这个人（姓名、身份证号），请核对，或者先在名册里添加",
        "名册上没有这个人（姓名、身份证号），请核对，或者先在名册里添加",
    ]


def test_rows_refused_against_the_roll(tree: Tree, secretary: User, wang: Member) -> None:
    MemberFactory.create(organization=tree.sibling, name="邻村")
    shown = look(
        tree,
        secretary,
        ["王芳", "3月", 5, "", "", ""],
        ["王芳", "3月", 5, "", "", ""],
        ["王芳", "4月", 5, "", "2026-11-24", ""],
        ["王芳", "2028年1月", 5, "", "", ""],
        ["王芳", "6月", "已交", "", "", ""],
        ["邻村", "3月", 5, "", "", ""],
    )
    assert len(shown.planned) == 1
    assert reasons(shown)[:4] == [
        "和第2行是同一个人同一个月",
        "交纳日期晚于今天",
        "有一年以后的月份",
        "没有写金额，也还没有核定每月交多少",
    ]
    assert "名册上没有" in reasons(shown)[4]


def test_a_month_twice_in_one_row(tree: Tree, secretary: User, wang: Member) -> None:
    shown = look(tree, secretary, ["王芳", "1月", 5, 6], head=["姓名", "月份", "金额", "1月"])
    assert reasons(shown) == ["同一个月写了两次"]


def test_too_many_rows_and_too_little_power(
    tree: Tree, secretary: User, stranger: User, wang: Member
) -> None:
    rows: list[list[Cell]] = [["王芳", "3月", 5, "", "", ""]] * MOST_ROWS
    with pytest.raises(NotAllowed, match="一次最多 2000 行"):
        look(tree, secretary, *rows)
    with pytest.raises(NotAllowed, match="支部书记"):
        look(tree, stranger, rows[0])
    with pytest.raises(NotAllowed, match="支部书记"):
        confirm_import(organization=tree.village, sealed="", by=stranger)
