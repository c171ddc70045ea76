"""Rare hanzi of names are printed on the ballot form and in tables; what is not, is a box and is said."""

import io

import pypdfium2
import pytest
from PIL.Image import Image
from pypdf import PdfReader

from config.lib import fonts, glyphs
from config.lib.pdf import render_pdf
from evaluations.paper.form import BallotForm, FormRow, draw_form
from evaluations.paper.text import BLANK, width_mm

RARE = "𠮷㛃䶮㐂"
NOWHERE = "\U0002ebf0"  # younger than the typeface


def ballot(name: str) -> bytes:
    return draw_form(BallotForm("测评表", "石桥村党支部", "2026年", ("合格",), (FormRow(1, name),), ()))


def table(name: str) -> bytes:
    return render_pdf(f"<table><td>{name}</td></table>")


def picture(pdf: bytes) -> Image:
    page: Image = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    return page


def fonts_of(pdf: bytes) -> set[str]:
    resources = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]
    return {str(font["/BaseFont"]).partition("+")[2] for font in resources["/Font"].values()}  # type: ignore[index]


@pytest.mark.parametrize("sheet", [ballot, table])
def test_each_rare_hanzi_has_a_look_of_its_own(sheet: object) -> None:
    assert callable(sheet)
    above_the_qr = (0, 0, 1000, 1000)  # the QR at the foot of a ballot differs with every name
    seen = {name: picture(sheet(name)).crop(above_the_qr).tobytes() for name in (*RARE, "吉", BLANK, "　")}
    assert len(set(seen.values())) == len(seen)
    assert picture(sheet(NOWHERE)).crop(above_the_qr).tobytes() == seen[BLANK]


def test_a_rare_name_is_read_back_by_other_programs() -> None:
    for pdf in (ballot(f"王{RARE}林"), table(f"王{RARE}林")):
        assert f"王{RARE}林" in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
        assert f"王{RARE}林" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_a_rare_hanzi_is_as_wide_as_any_other() -> None:
    assert width_mm("王𠮷林", 14) == pytest.approx(width_mm("王吉林", 14))


def test_a_rare_name_is_of_one_typeface() -> None:
    assert fonts_of(table(f"王{RARE}林")) == {"Office-Serif-Semi-Bold"}
    assert glyphs.missing(f"王{RARE}林", fonts.REGULAR) == ""


@pytest.mark.parametrize("rare", ["㐂", "𠮷"])
def test_bold_text_with_a_rare_hanzi_prints_every_character_right(rare: str) -> None:
    """Bold lacks it and Regular lends it: neither may print by the other's glyph numbers."""
    style = "@page{size:60pt 40pt;margin:0}body,p{margin:0;font-size:20pt}"
    mixed = picture(render_pdf(f"<p><b>{rare}村</b>", css=style))
    left, right = (0, 0, 40, 80), (40, 0, 120, 80)
    bold = picture(render_pdf("<p><b>石村</b>", css=style))
    regular = picture(render_pdf(f"<p>{rare}村", css=style))
    assert mixed.crop(right).tobytes() == bold.crop(right).tobytes()
    assert mixed.crop(left).tobytes() == regular.crop(left).tobytes()


def test_a_hanzi_that_cannot_be_printed_is_a_box_and_spoils_nothing_beside_it() -> None:
    assert f"王{BLANK}林" in PdfReader(io.BytesIO(table(f"王{NOWHERE}林"))).pages[0].extract_text()
    assert glyphs.boxed(f"王{NOWHERE}\ue123林") == f"王{BLANK}{BLANK}林"


def test_html_keeps_other_scripts_and_control_characters() -> None:
    assert glyphs.boxed("<p>བོད\x0b\n</p>", only_hanzi=True) == "<p>བོད\x0b\n</p>"


def test_a_variation_selector_is_not_printed() -> None:
    assert glyphs.boxed("葛\U000e0100") == "葛"
    assert glyphs.missing("葛\U000e0100\ufe00") == ""


def test_the_screen_says_which_characters_are_left_blank() -> None:
    assert glyphs.note(["王𠮷林", "李㛃"]) == ""
    said = glyphs.note([f"王{NOWHERE}", f"李{NOWHERE}"])
    assert said.count(f"「{NOWHERE}」") == 1
    assert "手工填写" in said


def test_the_check_knows_an_older_typeface(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert glyphs.main() == 0
    monkeypatch.setattr(glyphs, "RARE", f"𠮷{NOWHERE}")
    assert glyphs.main() == 1
    assert f"「{NOWHERE}」" in capsys.readouterr().err
