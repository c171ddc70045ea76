"""Rosters as offices really have them."""

import contextlib
import datetime
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.cells import Cell, as_text, is_blank
from members.rules.names import clean_name, read_flag, read_kind, read_phone, read_sex
from members.rules.roster_file import ParsedRow, parse_rows
from members.rules.roster_header import Header, HeaderNotFound, field_of, find_header

TODAY = datetime.date(2026, 11, 20)
GOOD = "11010519491231002X"
OTHER = "110105197507010019"


def parse(rows: Sequence[Sequence[Cell]]) -> list[ParsedRow]:
    header = find_header(rows)
    first = header.rows[-1] + 1
    return list(parse_rows(rows[first - 1 :], mapping=header.mapping, first_row=first, today=TODAY))


def one(label: str, cell: Cell) -> ParsedRow:
    (row,) = parse([["姓名", label, "民族"], ["王芳", cell, "汉族"]])
    return row


def codes(row: ParsedRow) -> set[str]:
    return {remark.code for remark in row.problems} | {f"~{remark.code}" for remark in row.warnings}


# Header


def test_the_header_is_found_below_title_rows_and_merged_cells() -> None:
    header = find_header(
        [
            ["青石镇柳林村党支部党员花名册", None, None, None],
            [None],
            ["填报单位：柳林村党支部", None, None, "2026年11月"],
            ["序号", "党员 姓名", "公民身份证号码", "加入党组织日期\n（年月日）"],
            [1, "王芳", GOOD, "1985.7"],
        ]
    )
    assert header == Header(
        (4,),
        ("序号", "党员 姓名", "公民身份证号码", "加入党组织日期 （年月日）"),
        {"roster_number": 0, "name": 1, "id_number": 2, "joined_on": 3},
    )


@pytest.mark.parametrize(
    ("label", "field"),
    [
        *(
            ("姓 名", "name"),
            ("姓名*", "name"),
            ("名字：", "name"),
            ("身份证", "id_number"),
            ("入党时间（年月）", "joined_on"),
        ),
        *(
            ("转为正式党员日期", "full_on"),
            ("出生年月", "birth_on"),
            ("党员类型", "kind"),
            ("联系方式", "phone"),
        ),
        *(("No.", "roster_number"), ("是否流动党员?", "is_floating"), ("家庭住址", None), ("", None)),
    ],
)
def test_columns_go_by_many_names(label: str, field: str | None) -> None:
    assert field_of(label) == field


def test_two_header_rows_are_read_as_one() -> None:
    rows: list[list[Cell]] = [
        ["党员名册"],
        ["序号", "姓名", "入党情况", None, "联系方式", None, "备注"],
        [None, None, "时间", "转正时间", "手机", "住址", None],
        [1, "王芳", "1985.7", "1986.7", 13812345678.0, "柳林村", "老党员"],
    ]
    header = find_header(rows)
    assert header.rows == (2, 3)
    assert header.mapping == {
        "roster_number": 0,
        "name": 1,
        "joined_on": 2,
        "full_on": 3,
        "phone": 4,
        "note": 6,
    }
    (row,) = parse(rows)
    assert row.values["phone"] == "13812345678"
    assert row.row_number == 4


def test_a_second_header_row_that_means_nothing_more_keeps_its_own_label() -> None:
    header = find_header([["姓名", "情况", "民族"], [None, "其他说法", "民族"], ["王芳", "x", "汉族"]])
    assert header.labels == ("姓名", "其他说法", "民族")


@pytest.mark.parametrize("rows", [[], [[]], [["姓名"], ["王芳"]], [["性别", "民族"]], [[1, 2, 3]]])
def test_a_sheet_without_a_header_says_what_to_do(rows: list[list[Cell]]) -> None:
    with pytest.raises(HeaderNotFound, match="姓名"):
        find_header(rows)


# Values


def test_an_honest_row_is_read_whole() -> None:
    rows: list[list[Cell]] = [
        [
            "序号",
            "姓名",
            "性别",
            "民族",
            "出生年月",
            "学历",
            "身份证号",
            "入党时间",
            "转正时间",
            "人员类别",
            "手机",
            "所在党小组",
            "是否困难党员",
            "备注",
        ],
        [
            1.0,
            "王　芳",
            "女",
            "汉族",
            "1949.12",
            "高中",
            GOOD,
            "1985年7月1日",
            31594,
            "正式党员",
            "138 1234 5678",
            "第一党小组",
            "是",
            "=1+1",
        ],
    ]
    (row,) = parse(rows)
    assert codes(row) == set()
    assert row.values == {
        "roster_number": 1, "name": "王芳", "sex": "female", "ethnicity": "汉族", "birth_on": datetime.date(1949, 12, 31),
        "education": "高中", "id_number": GOOD, "joined_on": datetime.date(1985, 7, 1), "full_on": datetime.date(1986, 7, 1),
        "kind": "full", "phone": "13812345678", "group": "第一党小组", "is_poor": True, "note": "=1+1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("王　芳", "王芳"),
        (" 王芳 ", "王芳"),
        ("王\u200b芳\n", "王芳"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提 ． 艾力", "买买提·艾力"),
        ("John  Smith", "John Smith"),
        ("=1+1", "=1+1"),
        ("·", "·"),
        ("名" * 40, "名" * 40),
        ("王𠮷㐂", "王𠮷㐂"),
        ("王\U00031350", "王\U00031350"),  # newer than the table of Python 3.11
        ("王\U0002ebf0", "王\U0002ebf0"),
        ("王\ue1a2", "王\ue1a2"),  # a place of private use, as old systems wrote rare hanzi
        ("王芳\uf0b7\U000e0001", "王芳"),
    ],
)
def test_names_lose_blanks_and_keep_their_dot(cell: str, name: str) -> None:
    assert clean_name(cell) == (name, "")


def test_a_kind_written_behind_the_name_is_taken_off() -> None:
    assert clean_name("王芳（预备）") == ("王芳", "probationary")
    assert clean_name("王芳(正式党员)") == ("王芳", "full")
    assert one("人员类别", "正式").values["kind"] == "full"
    (row,) = parse([["姓名", "人员类别"], ["王芳（预备）", "正式"]])
    assert codes(row) == {"~kind_differs"}
    (row,) = parse([["姓名", "民族"], ["王芳（预备）", "汉族"]])
    assert row.values["kind"] == "probationary"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "name_missing"),
        ("　", "name_missing"),
        (12345, "name_number"),
        ("12345", "name_number"),
        ("名" * 41, "name_long"),
    ],
)
def test_a_row_needs_a_name_of_a_person(cell: Cell, code: str) -> None:
    (row,) = parse([["姓名", "民族", "学历"], [cell, "汉族", "高中"]])
    assert codes(row) == {code}


@pytest.mark.parametrize(
    ("label", "cell", "code"),
    [
        ("入党时间", "1985年2月30日", "joined_on_unreadable"),
        ("入党时间", "2030-01-01", "joined_on_future"),
        ("入党时间", "1985.7", "~joined_on_month"),
        ("入党时间", 1985.1, "~joined_on_unsure"),
        ("身份证号", 1.10101e17, "id_number"),
        ("身份证号", "11010520491231002X", "id_number"),
        ("身份证号", "110105204912310026", "id_number"),
        ("身份证号", "110105491231002", "~id_number_15"),
        ("性别", "不男不女", "sex"),
        ("人员类别", "入党积极分子", "kind"),
        ("人员类别", "老党员", "kind"),
        ("联系电话", "没有电话", "~phone"),
        ("联系电话", "13812345678、13912345678", "~phone"),
        ("备注", "长" * 201, "note_long"),
    ],
)
def test_what_is_wrong_or_doubtful_is_named(label: str, cell: Cell, code: str) -> None:
    assert code in codes(one(label, cell))


def test_birth_and_sex_come_from_the_id_number_and_differences_are_pointed_at() -> None:
    values = one("身份证号", GOOD).values
    assert (values["birth_on"], values["sex"]) == (datetime.date(1949, 12, 31), "female")
    rows: list[list[Cell]] = [["姓名", "身份证号", "出生日期", "性别"], ["王芳", GOOD, "1950-01-01", "男"]]
    (row,) = parse(rows)
    assert codes(row) == {"~birth_differs", "~sex_differs"}
    assert row.values["birth_on"] == datetime.date(1950, 1, 1)
    rows[1] = ["王芳", GOOD, "1949-12-31", "女"]
    assert codes(parse(rows)[0]) == set()
    rows[1] = ["王芳", GOOD, "1949.11", "女"]
    assert codes(parse(rows)[0]) == {"~birth_on_month", "~birth_differs"}
    rows[1] = ["王芳", GOOD, "没有的日子", "女"]
    assert "birth_on" not in parse(rows)[0].values


def test_a_tenth_month_that_lost_its_zero_is_put_right_by_the_id_number() -> None:
    number = "11010519751001001X"
    rows: list[list[Cell]] = [["姓名", "身份证号", "出生年月"], ["王强", number, 1975.1]]
    (row,) = parse(rows)
    assert row.values["birth_on"] == datetime.date(1975, 10, 1)
    assert codes(row) == set()


def test_dates_that_contradict_each_other_are_named() -> None:
    rows: list[list[Cell]] = [["姓名", "出生日期", "入党时间", "转正时间", "人员类别"]]
    rows.append(["王芳", "1990-01-01", "2000-01-01", "1999-01-01", "预备党员"])
    assert codes(parse(rows)[0]) == {"full_before_joined", "~joined_young", "~probationary_full"}


# Rows


def test_empty_sum_signature_example_and_repeated_header_rows_are_skipped() -> None:
    rows: list[list[Cell]] = [
        ["序号", "姓名", "身份证号"],
        ["示例", "张三", GOOD],
        [None, None, None],
        [],
        [1, "王芳", GOOD],
        [2, None, None],
        ["序号", "姓名", "身份证号"],
        [3, "李四", None],
        ["小计", "2", None],
        ["合　计", None, 2],
        [None, "总计：2人", None],
        ["填表人：赵六", None, "填表日期：2026年11月"],
        ["柳林村党支部党员花名册（第二页）", None, None],
    ]
    assert [(row.row_number, row.values["name"]) for row in parse(rows)] == [(5, "王芳"), (8, "李四")]


def test_a_row_with_nothing_but_an_id_number_is_kept_to_be_named_as_wrong() -> None:
    (row,) = parse([["姓名", "身份证号"], [None, GOOD]])
    assert codes(row) == {"name_missing"}


def test_the_same_person_twice_is_named_at_the_later_row() -> None:
    rows: list[list[Cell]] = [
        ["姓名", "身份证号", "入党时间"],
        ["王芳", GOOD, "1985-07-01"],
        ["王芳芳", GOOD, None],
        ["王芳", OTHER, None],
    ]
    rows += [["李四", None, "1999-01-01"], ["李四", None, "1999-01-01"], ["李四", None, "1999-01-02"]]
    parsed = parse(rows)
    assert [(row.row_number, row.problems[0].text) for row in parsed if row.problems] == [
        (3, "身份证号与第2行相同"),
        (6, "与第5行重复"),
    ]


def test_a_branch_written_once_goes_on_until_the_next_and_a_group_is_never_guessed() -> None:
    rows: list[list[Cell]] = [
        ["所在党支部", "党小组", "姓名"],
        ["柳林村党支部", "一组", "王芳"],
        [None, None, "李四"],
        ["石桥村党支部", None, "赵六"],
    ]
    parsed = parse(rows)
    assert [(row.values["branch"], row.values.get("group")) for row in parsed] == [
        ("柳林村党支部", "一组"),
        ("柳林村党支部", None),
        ("石桥村党支部", None),
    ]
    assert [codes(row) for row in parsed] == [set(), {"~branch_carried"}, set()]


def test_no_branch_is_carried_before_one_was_seen() -> None:
    (row,) = parse([["所在党支部", "姓名"], [None, "王芳"]])
    assert "branch" not in row.values


# Small word lists


def test_small_words_are_read() -> None:
    assert read_kind("预 备") == ("probationary", "")
    assert read_kind(None) == ("", "")
    assert read_sex("女性") == ("female", "")
    assert read_sex("-") == ("", "")
    assert [read_flag(cell) for cell in ("是", "√", "否", "无", None, "低保户", True, False)] == [
        *(True, True, False, False, None, True, True, False),
    ]
    assert read_phone("+86 138-1234-5678") == ("13812345678", "")
    assert read_phone("8613812345678") == ("13812345678", "")
    assert read_phone(" ;  ")[0] == ""
    assert is_blank("无")
    assert not is_blank("有")


def test_cells_of_any_kind_become_text() -> None:
    assert as_text(float("nan")) == as_text(float("inf")) == as_text(None) == ""
    assert as_text(1e300) == "1e+300"
    assert as_text(10**50) == ""
    assert (as_text(True), as_text(12.0), as_text(1.5), as_text(7)) == ("是", "12", "1.5", "7")
    assert as_text(datetime.time(8, 30)) == "08:30:00"
    assert as_text("\ud800A\x00\u3000Ｂ") == "A B"
    assert len(as_text("长" * 40_000)) == 2_000


CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.from_regex(r"[12]\d{3}[.年/\-]\d{1,2}[.月/\-]?\d{0,2}", fullmatch=True),
    st.sampled_from([GOOD, "合计", "王芳", "1.1E+17", "示例", "=cmd|' /C calc'!A0", "9" * 5000]),
)
LABELS = [
    "姓名",
    "身份证号",
    "入党时间",
    "转正时间",
    "出生日期",
    "性别",
    "人员类别",
    "联系电话",
    "党小组",
    "所在党支部",
    "序号",
    "备注",
    "是否失联",
]


@given(st.lists(st.lists(CELLS, max_size=15), max_size=6))
def test_no_cell_whatever_it_holds_breaks_the_reading(rows: list[list[Cell]]) -> None:
    for row in parse([LABELS, *rows]):
        assert 2 <= row.row_number <= 7
        assert row.problems or str(row.values["name"]).strip()
        assert all(remark.text for remark in (*row.problems, *row.warnings))


@given(st.lists(st.lists(CELLS, max_size=8), max_size=8))
def test_no_sheet_breaks_the_search_for_a_header(rows: list[list[Cell]]) -> None:
    with contextlib.suppress(HeaderNotFound):
        assert "name" in find_header(rows).mapping
