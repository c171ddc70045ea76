"""Summary tables as Excel and PDF: the same figures, the base stated, nothing withheld shown, text as text."""

import io
from datetime import date
from fractions import Fraction

import openpyxl
import pypdfium2
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from config.lib.xlsx import ExportTooLong
from evaluations.reports.render_pdf import branch_pdf, rollup_pdf
from evaluations.reports.render_xlsx import branch_workbook, rollup_workbook
from evaluations.reports.rollup_table import NotYet, RollUp, RollUpLine, RollUpSection
from evaluations.reports.summary import (
    BranchSummary,
    HeadCounts,
    SummaryRow,
    safe_name,
)
from evaluations.rules import percent_text, share

FOUR = ("优秀", "合格", "基本合格", "不合格")
THREE = ("好", "一般", "差")
HEADS = HeadCounts(32, 30, 35, 30, 29, 28, 1, 4, 1, 1)


def branch(
    count: int = 3,
    grades: tuple[str, ...] = FOUR,
    *,
    withheld: bool = False,
    name: str = "王㛃",
    remarks: str = "@x",
    round_no: int = 1,
    name_heading: str = "姓名",
) -> BranchSummary:
    rows = [
        SummaryRow(number, name, (27, 0, 1, *(0,) * (len(grades) - 3)), 0, 0, remarks)
        for number in range(1, count + 1)
    ]
    rows.append(SummaryRow(count + 1, "张预备", (), None, None, "预备党员，不评定等次", False))
    return BranchSummary(
        title="石桥村党支部（2026年度）民主评议党员测评汇总表",
        organization="石桥村党支部",
        campaign="2026年度民主评议党员",
        round_no=round_no,
        held_on=date(2026, 12, 10),
        heads=HEADS,
        grades=grades,
        rows=tuple(rows),
        base_name="有效票",
        base=28,
        name_heading=name_heading,
        notes=("不计应到：2 人。",),
        withheld=withheld,
        withheld_reason="有效票太少。",
        others=(("监票人", "赵国"),),
    )


def line(number: int, category: str = "村", *, withheld: bool = False, grades: int = 4) -> RollUpLine:
    counts = (5, 3, 2, 0)[:grades]
    return RollUpLine(
        f"第{number}支部", category, 6, 5, 1, 6, 5, 5, 2, 2, 0, 5, counts, 0, 0, 10, "", withheld
    )


def rollup(
    lines: list[RollUpLine], *others: RollUpSection, not_yet: int = 1, grades: tuple[str, ...] = FOUR
) -> RollUp:
    section = RollUpSection.of(grades, "有效票", lines, ("机关站所", "村"))
    pending = tuple(NotYet(f"柳沟村第{n}支部", "村", "尚未开会") for n in range(not_yet))
    return RollUp(
        "青石镇2026年度民主评议党员测评汇总表", "青石镇党委", "2026年度民主评议党员",
        date(2026, 12, 20), (section, *others), pending, ("统计范围：本镇。",),
    )  # fmt: skip


def sheet_of(data: bytes, name: str = "汇总表") -> Worksheet:
    found = openpyxl.load_workbook(io.BytesIO(data))[name]
    assert isinstance(found, Worksheet)
    return found


def values(sheet: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    return ["".join(text.split()) for text in found]


def sizes(pdf: bytes) -> set[tuple[int, int]]:
    document = pypdfium2.PdfDocument(pdf)
    return {
        (round(document[n].get_width() / 72 * 25.4), round(document[n].get_height() / 72 * 25.4))
        for n in range(len(document))
    }


def test_shares_are_exact_and_rounded_half_up() -> None:
    assert share(2, 3) == Fraction(2, 3)
    assert share(0, 3) == 0
    assert share(None, 3) is share(1, 0) is share(1, None) is None
    assert percent_text(Fraction(2, 3)) == "66.67%"
    assert percent_text(Fraction(1, 20000)) == "0.01%"
    assert percent_text(Fraction(1)) == "100.00%"
    assert percent_text(None) == "—"


def test_branch_workbook_has_numbers_and_no_formulas() -> None:
    book = openpyxl.load_workbook(io.BytesIO(branch_workbook(branch(name="=1+1"))))
    assert book.sheetnames == ["汇总表", "人数和票数"]
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    rows = values(sheet_of(branch_workbook(branch(name="=1+1"))))
    assert rows[5] == [1, "=1+1", 27, 27 / 28, 0, 0, 1, 1 / 28, 0, 0, 0, 0, "@x"]
    assert rows[8] == [4, "张预备", *["—"] * 10, "预备党员，不评定等次"]
    assert rows[9][:4] == [None, "合计（3 人）", 81, 27 / 28]
    heads = values(sheet_of(branch_workbook(branch()), "人数和票数"))[3:]
    assert heads[0] == ["应到会", 32, "人"]
    assert ["作废", 1, "票"] in heads
    assert heads[-1] == ["监票人", "赵国", None]
    text = "".join(str(cell.value) for cell in cells)
    for part in ("得票率=该等次票数÷有效票（28票）", "不是评定等次", "监票人（签字）", "计票人（签字）"):
        assert part in "".join(text.split())


def test_withheld_counts_are_nowhere_in_the_files() -> None:
    hidden = branch(withheld=True)
    rows = values(sheet_of(branch_workbook(hidden)))
    assert rows[5] == [1, "王㛃", *["—"] * 10, "@x"]
    assert rows[9][2:12] == ["—"] * 10
    text = "".join(pages(branch_pdf(hidden)))
    assert "27" not in text
    assert "有效票太少" in text


def test_a_text_too_long_for_a_cell_is_refused() -> None:
    with pytest.raises(ExportTooLong):
        branch_workbook(branch(remarks="长" * 40_000))


@pytest.mark.parametrize("grades", [FOUR, THREE])
@pytest.mark.parametrize("count", [1, 40])
def test_branch_pdf_repeats_its_header_and_is_signed_once(count: int, grades: tuple[str, ...]) -> None:
    made = branch(count, grades)
    pdf = branch_pdf(made)
    found = pages(pdf)
    for number, page in enumerate(found, 1):
        assert f"第{number}页共{len(found)}页" in page
        assert all(grade in page for grade in grades)
    assert sum("监票人（签字）" in page for page in found) == 1
    last = found[-1]
    for part in (
        f"合计（{count}人）",
        "96.43%",
        "得票率=该等次票数÷有效票（28票）",
        "不是评定等次",
        "年月日",
    ):
        assert part in last
    for part in ("石桥村党支部", "2026年12月10日", "损坏更换", "王㛃", "@x"):
        assert part in found[0]
    assert sizes(pdf) == {(210, 297)}


def test_many_grades_lie_across_and_a_second_round_says_so() -> None:
    made = branch(3, (*FOUR, "其他", "不了解"), round_no=2, name_heading="评议内容")
    pdf = branch_pdf(made)
    assert pdf == branch_pdf(made)
    assert sizes(pdf) == {(297, 210)}
    page = pages(pdf)[0]
    assert "第2轮" in page
    assert "评议内容" in page
    assert "合计（" not in page
    assert values(sheet_of(branch_workbook(made)))[1][0]


def test_a_branch_without_a_base_shows_dashes_for_shares() -> None:
    bare = BranchSummary(
        "表", "支部", "活动", 1, date(2026, 1, 1), HeadCounts(), FOUR,
        (SummaryRow(1, "王", (0, 0, 0, 0), 0, 0),), "有效票", None,
    )  # fmt: skip
    assert values(sheet_of(branch_workbook(bare)))[5][2:4] == [0, "—"]
    assert "÷有效票，" in "".join(pages(branch_pdf(bare)))


def test_markup_in_a_name_is_printed_and_not_obeyed() -> None:
    page = pages(branch_pdf(branch(name="<b>王</b><img src='file:///etc/hostname'>")))[0]
    assert "<b>王</b>" in page


def test_rollup_sums_leave_withheld_branches_out_and_say_so() -> None:
    lines = [line(1), line(2, withheld=True), line(3, "机关站所", withheld=True), line(4, "其他")]
    section = rollup(lines).sections[0]
    assert [part.organization for part in section.subtotals] == [
        "机关站所小计（1 个）", "村小计（2 个）", "其他小计（1 个）",
    ]  # fmt: skip
    assert section.subtotals[0].figures() == ((None, None),) * 4
    assert section.subtotals[0].rest() == (None, None)
    assert section.subtotals[1].counts == (5, 3, 2, 0)
    assert section.total.counts == (10, 6, 4, 0)
    assert section.total.members == 24
    assert section.total.figures()[0] == (10, Fraction(1, 2))
    assert section.total.remarks == "票数不含 2 个支部"
    assert "2 个支部有效票太少" in section.notes()[1]
    assert len(rollup([line(1)]).sections[0].notes()) == 1
    empty = RollUpSection.of(FOUR, "有效票", [], ())
    assert empty.total.figures()[0] == (0, None)


def test_rollup_workbook_has_one_sheet_a_scale_and_the_branches_not_done() -> None:
    other = RollUpSection.of(THREE, "收回票", [line(9, grades=3)], ("村",))
    data = rollup_workbook(rollup([line(1), line(2, withheld=True)], other))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["汇总表（优秀、合格、基本合格、不合格）", "汇总表（好、一般、差）", "尚未完成"]
    rows = values(sheet_of(data, book.sheetnames[0]))
    assert rows[4][:13] == [1, "第1支部", "村", 6, 5, 1, 6, 5, 5, 2, 2, 0, 5]
    assert rows[4][13:] == [5, 0.5, 3, 0.3, 2, 0.2, 0, 0, 0, 0, None]
    assert rows[5][13:23] == ["—"] * 10
    assert rows[7][1] == "合计（2 个党支部）"
    assert values(sheet_of(data, "尚未完成"))[-1] == [1, "柳沟村第0支部", "村", "尚未开会"]
    assert not [c for s in book.worksheets for row in s.iter_rows() for c in row if c.data_type == "f"]
    assert rollup_workbook(rollup([line(1)], not_yet=0)) == rollup_workbook(rollup([line(1)], not_yet=0))
    assert openpyxl.load_workbook(io.BytesIO(rollup_workbook(rollup([line(1)], not_yet=0)))).sheetnames == [
        "汇总表"
    ]


def test_rollup_pdf_keeps_scales_apart_and_repeats_headers() -> None:
    other = RollUpSection.of(THREE, "收回票", [line(9, grades=3)], ("村",))
    found = pages(rollup_pdf(rollup([line(n) for n in range(1, 61)], other)))
    assert all(f"第{n}页共{len(found)}页" in page for n, page in enumerate(found, 1))
    assert not [page for page in found if "基本合格" in page and "一般" in page]
    four = [page for page in found if "基本合格" in page]
    assert len(four) > 1
    assert "合计（60个党支部）" in four[-1]
    assert "青石镇党委" in found[0]
    assert "已完成测评61个支部，共62个支部" in found[0]
    assert sum("填报人：" in page for page in found) == 1
    assert "柳沟村第0支部" in found[-1]
    assert "不是评定等次" in "".join(found)


def test_a_rollup_without_any_branch_is_still_a_table() -> None:
    nothing = RollUp("表", "青石镇党委", "活动", date(2026, 1, 1), ())
    assert "还没有党支部完成测评" in pages(rollup_pdf(nothing))[0]
    assert openpyxl.load_workbook(io.BytesIO(rollup_workbook(nothing))).sheetnames == ["尚未完成"]


def test_a_rollup_with_many_grades_is_on_a3() -> None:
    five = ("优", "良", "中", "可", "差")
    wide = RollUpSection.of(five, "有效票", [], ())
    assert sizes(rollup_pdf(RollUp("表", "镇", "活动", date(2026, 1, 1), (wide,)))) == {(420, 297)}


def test_names_of_files_say_who_what_and_until_when() -> None:
    assert branch().file_stem(date(2026, 12, 20)) == (
        "石桥村党支部_2026年度民主评议党员_测评汇总表_截至20261220"
    )
    assert rollup([]).file_stem() == "青石镇党委_2026年度民主评议党员_测评汇总表_截至20261220"
    assert safe_name('a/b\\c:"d"\n') == "abcd"
    assert safe_name("...") == "汇总表"
