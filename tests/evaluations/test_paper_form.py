"""The ballot form: the same on every copy, large enough, never overflowing, and nothing about the voter."""

import io
from dataclasses import replace
from itertools import combinations

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from evaluations.paper.form import BallotForm, FormRefused, FormRow, PageLayout, Rect, draw_form, layout
from evaluations.paper.text import BLANK, fit, width_mm, wrap

FOUR = ("优秀", "合格", "基本合格", "不合格")
NOTES = (
    "请结合党员实际，以无记名方式测评，在姓名右边相应空格划“√”。",
    "每名党员只能选择一个等次；多选的，该栏无效；不选的，视为弃权。",
    "自己的一行也要填写。",
    "不署名，不作任何记号。",
)
POINTS = ("履行党员义务、履行岗位职责情况", "按期交纳党费、参加组织生活、发挥作用情况")


def form(
    count: int,
    columns: tuple[str, ...] = FOUR,
    *,
    name: str = "王堃",
    notes: tuple[str, ...] = NOTES,
    points: tuple[str, ...] = (),
    with_remarks: bool = True,
    title: str = "石桥村党支部（2026年度）民主评议党员测评表",
    organization: str = "石桥村党支部",
) -> BallotForm:
    rows = tuple(
        FormRow(number, name, number % 7 != 3, "" if number % 7 != 3 else "预备党员，不评定等次")
        for number in range(1, count + 1)
    )
    day = "2026年12月10日"
    return BallotForm(title, organization, day, columns, rows, notes, points, with_remarks)


def texts(pdf: bytes) -> list[str]:
    """The text of each page as another program reads it."""
    document = pypdfium2.PdfDocument(pdf)
    return [document[number].get_textpage().get_text_range() for number in range(len(document))]


def inside(inner: Rect, outer: Rect) -> bool:
    return (
        inner.x >= outer.x - 1e-6
        and inner.y >= outer.y - 1e-6
        and inner.x + inner.width <= outer.x + outer.width + 1e-6
        and inner.y + inner.height <= outer.y + outer.height + 1e-6
    )


def rects(page: PageLayout) -> list[Rect]:
    found = [page.title, page.line, *page.head, *(place.whole for place in page.rows)]
    return found + [rect for rect in (page.points, page.notes, page.example) if rect]


@pytest.mark.parametrize("columns", [FOUR, ("好", "一般", "差")])
@pytest.mark.parametrize("count", [0, 1, 3, 20, 21, 40, 150])
def test_every_row_is_on_a_page_of_at_most_twenty(count: int, columns: tuple[str, ...]) -> None:
    made = form(count, columns)
    pages = layout(made)
    assert [place.row for page in pages for place in page.rows] == list(made.rows)
    assert all(len(page.rows) <= 20 for page in pages)
    assert max(len(page.rows) for page in pages) - min(len(page.rows) for page in pages[:-1] or pages) <= 1
    assert len(pages) == max(1, -(-count // 20))
    sheet = Rect(0, 0, 210, 297)
    for page in pages:
        assert all(inside(rect, sheet) for rect in rects(page))
        for place in page.rows:
            assert 10 <= place.whole.height <= 12
            assert len(place.marks) == (len(columns) if place.row.graded else 0)
            assert all(inside(mark, place.whole) and mark.width >= 13 for mark in place.marks)


@pytest.mark.parametrize(("most", "sides"), [(8, 3), (15, 2), (60, 2)])
def test_a_rule_may_ask_for_shorter_tables(most: int, sides: int) -> None:
    pages = layout(replace(form(22), most_rows=most))
    assert len(pages) == sides
    assert max(len(page.rows) for page in pages) <= most


def test_each_page_repeats_title_header_and_rules_and_states_its_number() -> None:
    pages = texts(draw_form(form(40)))
    assert len(pages) == 2
    for number, page in enumerate(pages, 1):
        for part in ("民主评议党员测评表", "党支部：石桥村党支部", "印章处", "2026年12月10日", "序号",
                     "基本合格", "备注", "填表说明", "不署名", "示例", "正确", "错误"):  # fmt: skip
            assert part in page
        assert f"第 {number} 页 共 2 页" in page
    assert "页 共" not in texts(draw_form(form(20)))[0]


def test_names_are_set_in_fourteen_points_or_more() -> None:
    assert fit("王堃", 33.0).size == 14
    document = pypdfium2.PdfDocument(draw_form(form(20)))
    page = document[0].get_textpage()
    searcher = page.search("王堃")
    found = searcher.get_next()
    assert found is not None
    _left, bottom, _right, top = page.get_charbox(found[0], loose=True)
    assert top - bottom >= 14


def test_a_member_not_graded_is_grey_and_has_no_box() -> None:
    made = form(3, with_remarks=False)
    assert "预备党员，不评定等次" in texts(draw_form(made))[0].replace("\r\n", "")
    assert layout(made)[0].rows[2].marks == ()
    assert layout(made)[0].rows[2].remark is None


def test_a_note_of_a_graded_member_stands_in_the_remarks_if_there_are_any() -> None:
    rows = (FormRow(1, "王堃", True, "流动党员"),)
    with_column = BallotForm("表", "支部", "2026年", FOUR, rows)
    without = BallotForm("表", "支部", "2026年", FOUR, rows, with_remarks=False)
    assert "流动党员" in texts(draw_form(with_column))[0]
    assert "流动党员" not in texts(draw_form(without))[0]


@pytest.mark.parametrize("count", [1, 25])
def test_copies_are_the_same_page_for_page(count: int) -> None:
    one, three = draw_form(form(count)), draw_form(form(count), copies=3)
    assert one == draw_form(form(count))
    assert texts(three) == texts(one) * 3
    contents = [page.get_contents() for page in PdfReader(io.BytesIO(three)).pages]
    data = [content.get_data() for content in contents if content is not None]
    pages = len(data) // 3
    assert data[:pages] == data[pages : 2 * pages] == data[2 * pages :]


def test_a_copy_of_three_sides_starts_on_a_new_sheet() -> None:
    pages = texts(draw_form(form(60), copies=2))
    assert [bool(page.strip()) for page in pages] == [True, True, True, False] * 2
    assert len(texts(draw_form(form(60)))) == 3


def test_the_printer_is_told_whether_both_sides_carry_one_form() -> None:
    for count, duplex in ((1, "/Simplex"), (40, "/DuplexFlipLongEdge")):
        preferences = PdfReader(io.BytesIO(draw_form(form(count)))).viewer_preferences
        assert preferences is not None
        assert str(preferences["/Duplex"]) == duplex
        assert str(preferences["/PrintScaling"]) == "/None"


@pytest.mark.parametrize("name", ["木" * 40, "阿卜杜热伊木·阿卜杜喀迪尔", "W" * 40, "名 " * 20, "木" * 200])
def test_a_long_name_never_leaves_its_cell(name: str) -> None:
    for place in layout(form(5, name=name))[0].rows:
        fitted = fit(name, place.name.width - 3)
        assert fitted.height <= place.name.height
        assert all(width_mm(line, fitted.size) <= place.name.width for line in fitted.lines)
        assert "".join(fitted.lines).replace(" ", "") == name.replace(" ", "")
    assert draw_form(form(5, name=name))


def test_one_long_name_among_many_does_not_widen_the_column() -> None:
    rows = (*form(19).rows, FormRow(20, "木" * 40))
    made = BallotForm("表", "支部", "2026年", FOUR, rows, NOTES)
    assert layout(made)[0].rows[0].name.width == layout(form(20))[0].rows[0].name.width


@pytest.mark.parametrize(("count", "expected"), [(33, [14, 19]), (34, [14, 20])])
def test_evenness_gives_way_to_fewer_pages(count: int, expected: list[int]) -> None:
    rows = tuple(FormRow(n, "木" * 40 if n <= 8 else "王堃") for n in range(1, count + 1))
    made = BallotForm("表", "支部", "2026年", FOUR, rows, NOTES)
    assert [len(page.rows) for page in layout(made)] == expected


def test_headings_of_the_committee_get_a_wide_column() -> None:
    made = form(
        6, ("好", "较好", "一般", "差"), name="抓作风建设，解决群众反映的突出问题", with_remarks=False
    )
    assert layout(made)[0].rows[0].name.width >= 80
    assert "抓作风建设" in texts(draw_form(made))[0]


def test_a_character_without_a_glyph_leaves_a_box_to_write_it_by_hand() -> None:
    assert BLANK in texts(draw_form(form(1, name="王\U0002ebf0")))[0]
    assert "王㛃䶮㐂" in texts(draw_form(form(1, name="王㛃䶮㐂")))[0]


def test_a_title_with_a_rare_character_is_not_bold_but_whole() -> None:
    assert "㐂村党支部" in texts(draw_form(form(1, title="㐂村党支部测评表")))[0]


def test_long_titles_and_organizations_are_broken() -> None:
    made = form(3, title="很长" * 40, organization="中共青石镇石桥村" * 8)
    read = texts(draw_form(made))[0]
    assert read.replace("\r\n", "").count("很长") == 40
    assert "印章处" in read
    assert layout(made)[0].blocks == layout(form(3))[0].blocks


def test_points_stand_above_the_table_or_on_a_side_of_their_own() -> None:
    above = layout(form(10, points=POINTS))
    assert [page.points_page for page in above] == [False]
    assert above[0].points is not None
    assert above[0].points.y < above[0].head[0].y
    assert "评议内容" in texts(draw_form(form(25, points=POINTS)))[0]
    assert layout(form(25, points=POINTS))[1].points is None
    apart = form(10, points=POINTS * 6)
    assert [page.points_page for page in layout(apart)] == [False, True]
    first, second = texts(draw_form(apart))
    assert "党费" not in first
    assert "党费" in second
    assert "第 2 页 共 2 页" in second


def test_notes_are_set_smaller_only_where_that_saves_a_page() -> None:
    assert layout(form(5))[0].note_size == 12
    small = layout(form(20, notes=NOTES + NOTES[3:]))
    assert len(small) == 1
    assert 9.5 <= small[0].note_size < 12
    assert layout(form(5, notes=()))[0].notes is None
    assert "填表说明" not in texts(draw_form(form(5, notes=())))[0]
    assert "1." not in texts(draw_form(form(5, notes=("一条",))))[0]


def test_many_grades_still_fit() -> None:
    page = layout(form(3, tuple(f"第{number}等" for number in range(8)), name="木" * 20))[0]
    assert sum(rect.width for rect in page.head) == pytest.approx(192.2)
    assert min(rect.width for rect in page.rows[0].marks) >= 10


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (form(1, ()), "没有等次"),
        (form(1, name="很长的评议内容" * 400), "太长"),
        (form(1, notes=("很长的说明" * 500,)), "太长"),
        (form(1, points=("很长的要点" * 2000,)), "评议内容太长"),
    ],
    ids=["no grades", "row", "notes", "points"],
)
def test_what_cannot_be_printed_is_refused_in_chinese(made: BallotForm, word: str) -> None:
    with pytest.raises(FormRefused, match=word):
        draw_form(made)


def test_lines_do_not_begin_or_end_with_the_wrong_punctuation() -> None:
    assert wrap("一二三四，五", 14, 20) == ("一二三", "四，五")
    assert wrap("一二三（四）", 14, 20) == ("一二三", "（四）")
    assert wrap("", 14, 20) == ("",)
    assert wrap("宽，", 14, 1) == ("宽", "，")


@settings(max_examples=40, deadline=None)
@given(
    names=st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=60),
    grades=st.integers(1, 7),
    remarks=st.booleans(),
)
def test_any_roster_can_be_printed(names: list[str], grades: int, remarks: bool) -> None:
    rows = tuple(FormRow(number, name, number % 5 != 0, "注") for number, name in enumerate(names, 1))
    columns = tuple("甲乙丙丁戊己庚"[:grades])
    made = BallotForm("测评表", "支部", "2026年", columns, rows, NOTES, POINTS, remarks)
    pages = layout(made)
    assert [place.row for page in pages for place in page.rows] == list(rows)
    for page in pages:
        bottom = max(rect.y + rect.height for rect in rects(page))
        assert bottom <= 297 - 10
    assert len(texts(draw_form(made))) == len(pages)


def test_the_title_of_the_notes_is_run_in_only_where_that_saves_a_side() -> None:
    notes = (
        "请结合平时表现、履职尽责和作风转变情况，以无记名方式测评，在姓名右边“好”“一般”“差”相应空格内划“√”。",
        *NOTES[1:],
    )
    for count, run_in in ((10, ""), (20, "填表说明：")):
        made = form(count, notes=notes, points=("学习、工作、生活等实际表现",))
        assert [page.run_in for page in layout(made)] == [run_in]
        assert texts(draw_form(made))[0].count("填表说明：") == 1
        assert "1. 请结合平时表现" in texts(draw_form(made))[0]


def lying_on_one_another(pdf: bytes) -> list[tuple[int, str, str]]:
    """Page and characters that overlap by more than a hair."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        text = document[number].get_textpage()
        boxes = [(text.get_charbox(i), text.get_text_range(i, 1)) for i in range(text.count_chars())]
        for (one, a), (other, b) in combinations([item for item in boxes if item[1].strip()], 2):
            wide = min(one[2], other[2]) - max(one[0], other[0])
            high = min(one[3], other[3]) - max(one[1], other[1])
            if wide > 0.5 and high > 0.5:
                found.append((number, a, b))
    document.close()
    return found


@pytest.mark.parametrize("test", [False, True], ids=["official", "test"])
@pytest.mark.parametrize("large", [False, True], ids=["usual", "large"])
@pytest.mark.parametrize("count", [9, 40, 85])
def test_no_words_lie_on_one_another(
    count: int, large: bool, test: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(form(count, points=POINTS), large=large, test=test)
    assert lying_on_one_another(draw_form(made)) == []
    if test and len(layout(made)) > 1:
        monkeypatch.setattr("evaluations.paper.form.BESIDE", 0)
        assert lying_on_one_another(draw_form(made))  # the negative control
