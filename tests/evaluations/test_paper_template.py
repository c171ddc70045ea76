"""What a reader knows of a form comes from the layout it is printed by, and the print shows it there."""

import functools
import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluations.paper.form import QR_LINES, draw_form
from evaluations.paper.layout import BallotForm, FormRow, PageLayout, Rect, layout
from evaluations.paper.signs import MARKER_BITS, marker_squares
from evaluations.paper.template import FormTemplate, SheetTemplate, template_of

FOUR = ("优秀", "合格", "基本合格", "不合格")
SIX = ("优秀", "良好", "合格", "基本合格", "不合格", "不了解")
NOTES = ("请以无记名方式测评，在姓名右边相应空格内划“√”。", "只能选择一个等次；多选的，该栏无效。")
EDGE = 5.0  # printers leave so much paper white
DPI = 200


def form(count: int, columns: tuple[str, ...] = FOUR, *, names: Sequence[str] = (), **how: Any) -> BallotForm:
    names = names or [f"王{'堃春兰'[n % 3]}{'' if n % 4 else '明'}" for n in range(count)]
    rows = tuple(FormRow(n, name, n % 9 != 4, "预备党员") for n, name in enumerate(names, 1))
    usual: dict[str, Any] = {
        "title": "石桥村党支部（2026年度）民主评议党员测评表",
        "organization": "石桥村党支部",
        "date_text": "2026年12月10日",
        "notes": NOTES,
        "with_remarks": False,
        "ballot": "b1",
    }
    return BallotForm(columns=columns, rows=rows, **(usual | how))


FORMS = {
    "one": form(1),
    "twenty": form(20),
    "two blocks": form(21),
    "forty": form(40, points=("学习、工作、生活等实际表现",)),
    "two sides": form(41),
    "many": form(95),
    "remarks": form(30, with_remarks=True),
    "two grades": form(33, ("好", "差")),
    "five grades": form(25, ("很好", "好", "较好", "一般", "差")),
    "six grades": form(25, SIX),
    "large": form(40, large=True),
    "large remarks": form(17, large=True, with_remarks=True),
    "headings": form(
        6, names=["抓作风建设，解决群众反映的突出问题", "政治引领"] * 3, name_heading="评议内容"
    ),
    "long names": form(30, names=["阿卜杜热伊木·阿卜杜喀迪尔", "王强"] * 15),
    "test": form(40, test=True, points=("要点",) * 4),
    "points apart": form(10, points=("很长的要点，说了很多很多很多" * 6,) * 6),
}
all_forms = pytest.mark.parametrize("made", FORMS.values(), ids=FORMS)


def apart(one: Rect, other: Rect, gap: float = 0.0) -> bool:
    """Whether two rectangles do not overlap, with so much room between them."""
    return (
        one.right + gap <= other.x + 1e-6
        or other.right + gap <= one.x + 1e-6
        or one.bottom + gap <= other.y + 1e-6
        or other.bottom + gap <= one.y + 1e-6
    )


def within(inner: Rect, outer: Rect) -> bool:
    return (
        inner.x >= outer.x - 1e-6
        and inner.y >= outer.y - 1e-6
        and inner.right <= outer.right + 1e-6
        and inner.bottom <= outer.bottom + 1e-6
    )


def areas(page: PageLayout) -> list[Rect]:
    """Everything with a place of its own on a side."""
    found = [*page.signs.markers, page.signs.qr, page.signs.words, page.title, page.line]
    found += [block.frame for block in page.blocks]
    return found + [rect for rect in (page.points, page.notes, page.example) if rect]


def check(made: BallotForm) -> None:
    """All that must hold for any form."""
    pages, template = layout(made), template_of(made)
    sheet = Rect(EDGE, EDGE, 210 - 2 * EDGE, 297 - 2 * EDGE)
    for page in pages:
        for one, other in itertools.combinations(areas(page), 2):
            assert apart(one, other), (one, other)
        assert all(within(rect, sheet) for rect in areas(page))
        for marker in page.signs.markers:
            assert all(apart(marker, rect, 2.0) for rect in areas(page) if rect is not marker)
        modules = page.signs.qr.width / 29
        near = [rect for rect in areas(page) if rect is not page.signs.qr]
        assert all(apart(page.signs.qr, rect, 4 * modules) for rect in near)
        if page.seal and page.seal.width == page.seal.height:
            assert all(apart(page.seal, rect) for rect in areas(page))
    rated = [row for row in made.rows if row.graded]
    found = [(row, side) for side in template.sheets for row in side.rows]
    assert [row.row for row, _ in found] == list(range(len(rated)))
    places = {place.whole: place.row for page in pages for place in page.rows}
    assert [places[row.whole] for row, _ in found if len(places) == len(made.rows)] in ([], rated)
    for side in template.sheets:
        boxes = [box for row in side.rows for box in row.boxes]
        assert all(len(row.boxes) == len(made.columns) for row in side.rows)
        assert all(within(box, row.whole) for row in side.rows for box in row.boxes)
        assert all(any(within(box, table) for table in side.tables) for box in boxes)
        assert all(apart(one, other) for one, other in itertools.combinations(boxes, 2))
        assert all(apart(inside(box), line) for box in boxes for line in side.lines)


def inside(box: Rect) -> Rect:
    """The white inside of a box: its borders are half as thick as the frame at most."""
    return Rect(box.x + 0.26, box.y + 0.26, box.width - 0.52, box.height - 0.52)


@all_forms
def test_everything_has_a_place_of_its_own(made: BallotForm) -> None:
    check(made)


@settings(max_examples=40, deadline=None)
@given(
    names=st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=60),
    grades=st.integers(2, 6),
    remarks=st.booleans(),
    large=st.booleans(),
    notes=st.lists(st.text(min_size=1, max_size=80), max_size=4),
    points=st.lists(st.text(min_size=1, max_size=60), max_size=6),
)
def test_so_it_has_on_any_form(
    names: list[str], grades: int, remarks: bool, large: bool, notes: list[str], points: list[str]
) -> None:
    texts = {"notes": tuple(notes), "points": tuple(points)}
    check(form(len(names), SIX[:grades], names=names, with_remarks=remarks, large=large, **texts))


@pytest.mark.parametrize(
    ("count", "grades", "sides", "blocks"),
    [(20, 4, 1, 1), (21, 4, 1, 2), (40, 4, 1, 2), (41, 4, 2, 2), (95, 4, 3, 2), (40, 5, 1, 2), (40, 6, 2, 1)],
)
def test_forty_rows_stand_on_one_side_in_two_tables(count: int, grades: int, sides: int, blocks: int) -> None:
    pages = layout(form(count, SIX[:grades]))
    assert len(pages) == sides
    assert {len(page.blocks) for page in pages} == {blocks}
    for page in pages:
        assert all(10 <= place.whole.height <= 12 for place in page.rows)
        assert all(mark.width >= 13 - 1e-6 for place in page.rows for mark in place.marks)


def test_boxes_are_fifteen_wide_and_names_fourteen_points_where_forty_share_a_side() -> None:
    page = layout(form(40, names=["欧阳志远", *["王堃"] * 39]))[0]
    assert min(mark.width for place in page.rows for mark in place.marks) >= 15
    assert {place.words.size for place in page.rows} == {14}


def test_headings_too_long_for_two_tables_get_one() -> None:
    pages = layout(form(30, names=["抓作风建设，解决群众反映的突出问题，反对形式主义"] * 30))
    assert [len(page.blocks) for page in pages] == [1, 1]
    assert min(place.words.size for page in pages for place in page.rows) >= 12


def test_rows_go_down_the_left_table_first() -> None:
    page = layout(form(23))[0]
    left, right = (tuple(place.row.ordinal for place in block.rows) for block in page.blocks)
    assert (left, right) == (tuple(range(1, 13)), tuple(range(13, 24)))
    assert [place.whole.y for place in page.blocks[1].rows] == [
        place.whole.y for place in page.blocks[0].rows[:11]
    ]


def test_the_large_form_has_few_high_rows_and_large_names() -> None:
    for remarks in (False, True):
        pages = layout(form(32, large=True, with_remarks=remarks))
        rows = [place for page in pages for place in page.rows]
        assert len(pages) == 2
        assert all(12 <= place.whole.height <= 14 for place in rows)
        assert all(place.words.size >= 18 for place in rows)
        assert min(mark.width for place in rows for mark in place.marks) >= 26


def test_a_side_without_rows_to_tick_is_no_sheet_but_says_what_it_is() -> None:
    template = template_of(FORMS["points apart"])
    assert (template.pages, [sheet.page for sheet in template.sheets]) == (2, [1])
    nobody = BallotForm("表", "支部", "2026年", FOUR, (FormRow(1, "王堃", False, "预备党员"),))
    assert template_of(nobody).sheets == ()


def test_the_squares_are_those_of_the_dictionary() -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number in range(len(MARKER_BITS)):
        white = {
            (int(x), int(y)) for y, x in np.argwhere(cv2.aruco.generateImageMarker(dictionary, number, 6))
        }
        assert set(marker_squares(number)) == white


# -- the hash -----------------------------------------------------------------------------------------


def digest(**how: Any) -> str:
    return template_of(form(how.pop("count", 25), **how)).form_hash


def test_title_date_branch_and_test_do_not_change_the_hash() -> None:
    usual = digest()
    assert len(usual) == 20
    assert int(usual, 16) >= 0
    longer = "中共青石镇石桥村委员会第一党支部（2026年度）民主评议党员测评表" * 2
    assert digest(title=longer, date_text="2027年1月3日", organization="石桥村第一党支部" * 6) == usual
    assert digest(test=True) == usual


@pytest.mark.parametrize(
    "how",
    [
        {"ballot": "b2"},
        {"columns": ("优秀", "合格", "基本合格", "差")},
        {"columns": FOUR[:3]},
        {"count": 26},
        {"large": True},
        {"with_remarks": True},
    ],
    ids=["ballot", "word", "grade", "row", "large", "remarks"],
)
def test_what_a_reader_would_read_otherwise_changes_the_hash(how: dict[str, Any]) -> None:
    assert digest(**how) != digest()


@settings(max_examples=40, deadline=None)
@given(names=st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=25), data=st.data())
def test_every_name_and_its_place_and_its_being_rated_count(names: list[str], data: st.DataObject) -> None:
    made = form(len(names), names=names)
    at = data.draw(st.integers(0, len(names) - 1))
    rows = list(made.rows)
    others = []
    rows[at] = replace(rows[at], name=rows[at].name + "甲")
    others.append(tuple(rows))
    rows[at] = replace(made.rows[at], graded=not made.rows[at].graded)
    others.append(tuple(rows))
    rows[at] = replace(made.rows[at], ordinal=99)
    others.append(tuple(rows))
    shuffled = data.draw(st.permutations(made.rows))
    if list(shuffled) != list(made.rows):
        others.append(tuple(shuffled))
    hashes = {template_of(replace(made, rows=other)).form_hash for other in others}
    assert template_of(made).form_hash not in hashes
    assert len(hashes) == len(others) or len(others) == 4


# -- the print ----------------------------------------------------------------------------------------

Grey = NDArray[np.uint8]


def rendered(pdf: bytes, page: int, scale: float) -> Grey:
    """One side in grey at 200 dpi, printed at a scale."""
    picture = pypdfium2.PdfDocument(pdf)[page - 1].render(scale=DPI / 72 * scale, grayscale=True).to_numpy()
    return np.ascontiguousarray(picture.reshape(picture.shape[:2]))


def shown(picture: Grey, scale: float) -> dict[int, NDArray[np.float64]]:
    """The corners of each marker found, in mm of the layout."""
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    corners, ids, _ = cv2.aruco.ArucoDetector(dictionary, parameters).detectMarkers(picture)
    size = DPI / 25.4 * scale
    found = zip(np.ravel(ids), corners, strict=True)
    return {int(n): np.asarray(c, np.float64).reshape(4, 2) / size for n, c in found}


def corners_of(rect: Rect) -> NDArray[np.float64]:
    return np.array(
        [(rect.x, rect.y), (rect.right, rect.y), (rect.right, rect.bottom), (rect.x, rect.bottom)]
    )


def off(found: NDArray[np.float64], rect: Rect) -> float:
    """How far the corners found are from where the template says, in mm."""
    return float(np.abs(found - corners_of(rect)).max())


def check_print(template: FormTemplate, sheet: SheetTemplate, picture: Grey, scale: float) -> None:
    found = shown(picture, scale)
    assert sorted(found) == [0, 1, 2, 3]
    pixel = 25.4 / DPI / scale  # the renderer draws each pixel a rectangle touches
    for marker in sheet.markers:
        assert off(found[marker.number], marker.rect) <= 0.01 + pixel
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [template.qr_text(sheet.page)]


@functools.cache
def printed(name: str) -> bytes:
    return draw_form(FORMS[name])


@pytest.mark.parametrize("scale", [0.95, 1.0, 1.05])
@pytest.mark.parametrize("name", FORMS)
def test_markers_and_code_are_found_where_the_template_says(name: str, scale: float) -> None:
    template = template_of(FORMS[name])
    for sheet in template.sheets:
        check_print(template, sheet, rendered(printed(name), sheet.page, scale), scale)


@pytest.mark.parametrize("name", FORMS)
def test_boxes_are_white_and_lines_are_where_the_template_says(name: str) -> None:
    size = DPI / 25.4
    for sheet in template_of(FORMS[name]).sheets:
        picture = rendered(printed(name), sheet.page, 1.0)
        for box in (box for row in sheet.rows for box in row.boxes):
            inner = picture[
                round((box.y + 0.5) * size) : round((box.bottom - 0.5) * size),
                round((box.x + 0.5) * size) : round((box.right - 0.5) * size),
            ]
            assert inner.min() == 255
        for line in sheet.lines:
            x, y = (line.x + line.width / 2) * size, (line.y + line.height / 2) * size
            assert picture[int(y), int(x)] < 150


@pytest.mark.parametrize("name", ["forty", "large"])
def test_a_printer_that_enlarges_and_leaves_an_edge_white_spoils_no_marker_and_no_code(name: str) -> None:
    template, scale = template_of(FORMS[name]), 1.05
    high, wide = (round(side * DPI / 25.4) for side in (297, 210))
    picture = rendered(printed(name), 1, scale)
    top, left = (picture.shape[0] - high) // 2, (picture.shape[1] - wide) // 2
    paper = np.full((high, wide), 255, np.uint8)
    white = round(4.2 * DPI / 25.4)
    cut = picture[top : top + high, left : left + wide]
    paper[white:-white, white:-white] = cut[white:-white, white:-white]
    assert sorted(shown(paper, scale)) == [0, 1, 2, 3]
    assert [code.text for code in zxingcpp.read_barcodes(paper)] == [template.qr_text(1)]


def test_nothing_is_printed_near_the_edge() -> None:
    size, white = DPI / 25.4, round(EDGE * DPI / 25.4)
    for name, made in FORMS.items():
        for number in range(1, template_of(made).pages + 1):
            picture = rendered(printed(name), number, 1.0)
            assert picture.shape[0] == pytest.approx(297 * size, abs=2)
            inside = picture.copy()
            inside[white:-white, white:-white] = 255
            assert inside.min() == 255


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range().replace("\r\n", "") for page in document]


def test_a_line_beside_the_code_says_that_it_is_the_same_on_all() -> None:
    words = "".join(QR_LINES.lines)
    assert words == "所有票上的二维码都一样，只说明是哪一张表，不含个人信息"
    for name in ("twenty", "many", "points apart"):
        assert all(words in text for text in texts(printed(name)))


def test_a_test_sheet_says_so_and_its_code_too() -> None:
    official, trial = FORMS["forty"], replace(FORMS["forty"], test=True)
    assert not any("试票" in text for text in texts(draw_form(official)))
    assert texts(draw_form(trial))[0].count("试票") == 4
    assert "不发给党员，不计票" in texts(draw_form(trial))[0]
    assert template_of(trial).sheets == template_of(official).sheets
    assert template_of(official).qr_text(1).endswith("|1/1|O")
    assert template_of(trial).qr_text(1).endswith("|1/1|T")
    picture = rendered(draw_form(trial), 1, 1.0)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [template_of(trial).qr_text(1)]


def test_the_seal_has_a_place_off_the_boxes() -> None:
    assert "（印章处，请不要压住表格和四角的黑块）" in texts(printed("forty"))[0]
    assert "印章处" in texts(printed("one"))[0]
    assert "不要压住" not in texts(printed("one"))[0]
    assert "印章处" not in texts(printed("test"))[0]
