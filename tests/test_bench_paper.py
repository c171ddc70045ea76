"""The generator of filled sheets: the same seed gives the same sheet, and the truth says what was written."""

import io
import json
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from bench.paper import files, forms, report, runs, seeds, sheets
from bench.paper.damage import CLASSES, make_sheet
from bench.paper.filling import fill
from bench.paper.hand import CLEAR, share
from bench.paper.mishaps import MISHAPS
from bench.paper.truth import SheetTruth
from bench.paper.voters import PENS, SHEETS, careful, invent
from evaluations.paper import reading
from evaluations.paper.layout import Rect

FORM = forms.form(12, ballot="test")
SIZES = {
    "scan300": (3508, 2480),
    "scan150": (1754, 1240),
    "scan100": (1169, 827),
    "phone": (4032, 3024),
    "wechat": (1440, 1080),
    "fax": (2292, 1687),
}
PHOTOS = {"perspective", "shadow", "phone_combo", "dim", "finger"}


def _sheets(kind: str) -> list[tuple[forms.Printed, SheetTruth]]:
    """Truths of several sheets of one kind, without drawing them."""
    side = forms.printed(FORM)[0]
    found = []
    for number in range(400):
        rng = np.random.default_rng([5, number])
        voter = invent(rng, 4)
        if voter.sheet == kind:
            found.append((side, fill(side.sheet, voter, rng)[1]))
    return found


def test_the_same_seed_gives_the_same_picture_and_another_another() -> None:
    first = make_sheet(FORM, 3, "scan150", 1)
    sheets.leaf.cache_clear()
    again = make_sheet(FORM, 3, "scan150", 1)
    assert np.array_equal(first.image, again.image)
    assert first.truth == again.truth
    assert make_sheet(FORM, 4, "scan150", 1).truth != first.truth
    assert make_sheet(FORM, 3, "scan150", 2).truth != first.truth


@pytest.mark.parametrize("name", CLASSES)
def test_each_damage_gives_a_grey_picture_of_its_size(name: str) -> None:
    sheet = make_sheet(FORM, 2, name)
    high, wide = sheet.image.shape
    assert sheet.image.dtype == np.uint8
    if name == "rotated":
        assert (high, wide) > (2339, 1654)
    else:
        expected = SIZES.get(name, (3264, 2448) if name in PHOTOS else (2339, 1654))
        assert abs(high - expected[0]) <= 2
        assert abs(wide - expected[1]) <= 2
    assert 10 < float(sheet.image.std()) < 128


def test_every_row_has_a_truth_and_a_clean_one_is_a_mark_or_nothing() -> None:
    side = forms.printed(FORM)[0]
    for number in range(60):
        rng = np.random.default_rng([7, number])
        _, truth = fill(side.sheet, invent(rng, 4), rng)
        assert [row.row for row in truth.rows] == [row.row for row in side.sheet.rows]
        assert all(row.mark in {"0", "1", "2", "3", "4"} for row in truth.rows if not row.human)
        assert all(row.kind for row in truth.rows if row.human)


def test_the_ink_of_a_plain_mark_lies_in_the_box_of_its_truth() -> None:
    side = forms.printed(FORM)[0]
    rng = np.random.default_rng([8, 0])
    inks, truth = fill(side.sheet, careful(invent(rng, 4)), rng)
    assert len(inks) == len(truth.rows)
    for ink, row, box in zip(inks, truth.rows, side.sheet.rows, strict=True):
        assert share(ink.strokes, box.boxes[int(row.mark) - 1]) >= CLEAR


def test_the_share_of_a_stroke_is_measured_by_its_length() -> None:
    stroke = np.array([[0.0, 5, 1], [10, 5, 1], [20, 5, 1]])
    assert share([stroke], Rect(0, 0, 10, 10)) == pytest.approx(0.5)
    assert share([stroke], Rect(0, 6, 30, 10)) == 0


@pytest.mark.parametrize("kind", [*MISHAPS])
def test_each_mishap_can_be_asked_for(kind: str) -> None:
    side = forms.printed(FORM)[0]
    rng = np.random.default_rng([9, 0])
    inks, truth = fill(side.sheet, careful(invent(rng, 4)), rng, {4: kind})
    row = truth.rows[4]
    assert row.kind in (kind, "near_line") or row.human
    assert inks
    if kind in files.KINDS:
        assert row.human


@pytest.mark.parametrize("kind", [kind for kind in SHEETS if kind != "usual"])
def test_sheets_that_are_filled_in_another_way(kind: str) -> None:
    found = _sheets(kind)
    assert found
    for _, truth in found:
        assert truth.empty == (kind == "empty")
        if kind in ("sweep", "giant"):
            assert any(row.human and row.kind == "sweep" for row in truth.rows)
        else:
            assert any(row.kind == "unfilled" and row.mark == "0" for row in truth.rows)


def test_shares_of_pens_and_sheets_are_percentages() -> None:
    assert sum(pen.share for pen in PENS) == 100
    assert sum(SHEETS.values()) == pytest.approx(100)


@pytest.mark.parametrize(("text", "kind"), [("1-3,9", "tuning"), ("700-702", "held-out")])
def test_seeds_are_of_one_kind(text: str, kind: str) -> None:
    assert seeds.kind(seeds.parse(text)) == kind


@pytest.mark.parametrize("text", ["5,700", "100", "0-2", "98-100", "699"])
def test_seeds_to_tune_and_to_measure_are_never_mixed(text: str) -> None:
    with pytest.raises(seeds.SeedsMixed, match="never both"):
        seeds.parse(text)


def test_a_row_under_a_finger_is_for_a_person() -> None:
    leaf = sheets.leaf(FORM, 6)
    box = leaf.printed.sheet.rows[3].boxes[-1]
    sheet = sheets.damaged(leaf, 6, "x", 0, lambda leaf, rng: sheets.Damaged(leaf.page, (box,)))
    assert sheet.truth.rows[3].human
    assert sheet.truth.rows[3].kind == "covered"
    assert sheet.truth.rows[4] == leaf.truth.rows[4]


def test_files_hold_what_was_put_in() -> None:
    picture = make_sheet(FORM, 2, "scan100").image
    high, wide = picture.shape
    turned = Image.open(io.BytesIO(files.photo(picture, "JPEG", orientation=6)))
    assert turned.size == (high, wide)
    assert Image.open(io.BytesIO(files.photo(picture, "PNG"))).size == (wide, high)
    assert Image.open(io.BytesIO(files.photo(picture, "HEIF"))).size == (wide, high)
    fax = Image.open(io.BytesIO(files.tiff([picture, picture], (204, 98), bilevel=True)))
    assert (getattr(fax, "n_frames", 0), fax.info["compression"]) == (2, "group4")
    document = pypdfium2.PdfDocument(files.scanner_pdf([picture, picture], 100))
    assert len(document) == 2
    assert document[0].get_size() == pytest.approx((wide * 0.72, high * 0.72), abs=0.1)
    document.close()


def test_an_evening_has_its_doubles_its_foreign_page_and_its_doubtful_rows() -> None:
    evening = files.scenario(FORM, sheets=6, photos=3, doubles=1, doubtful=2)
    assert len(evening.papers) == 8
    assert len(evening.files) == 4
    document = pypdfium2.PdfDocument(evening.files[files.PDF])
    assert len(document) == 7
    document.close()
    twice = [paper.number for paper in evening.papers if len(paper.places) == 2]
    assert twice == evening.doubles
    places = [place for paper in evening.papers for place in paper.places]
    assert not set(places) & set(evening.foreign)
    assert evening.upside_down in places
    human = [(paper.number, row.row) for paper in evening.papers for row in paper.rows if row.human]
    assert human == evening.doubtful
    counts = evening.counts()
    assert all(counts[row].total() == 8 for row in range(12))


def test_a_page_is_judged_and_the_tables_say_so() -> None:
    leaf = sheets.leaf(FORM, 6)
    sheet = make_sheet(FORM, 6, "scan100")
    rows = [
        reading.RowReading(row.row, row.mark if not row.human else "?", "overvote")
        for row in sheet.truth.rows
    ]
    read = reading.SheetReading(1, reading.READ, page=1, rows=tuple(rows))
    extra = {"seed": 6, "number": 0, "rss": 100}
    good = runs.judge("scan100", leaf, sheet, read, 0.1) | extra
    assert good["right"] == good["clean"]
    assert not good["wrong"]
    position = next(i for i, row in enumerate(sheet.truth.rows) if not row.human)
    rows[position] = reading.RowReading(rows[position].row, "3" if rows[position].mark != "3" else "1")
    rows[position + 1] = reading.RowReading(rows[position + 1].row, "?", "faint")
    spoilt = reading.SheetReading(1, reading.READ, page=1, rows=tuple(rows))
    bad = runs.judge("scan100", leaf, sheet, spoilt, 0.1) | extra
    assert [one["row"] for one in bad["wrong"]] == [position]
    rejected = reading.SheetReading(1, reading.REJECTED, "no_markers")
    lost = runs.judge("scan100", leaf, sheet, rejected, 0.1) | extra
    text = report.markdown([good, bad, lost])
    assert "false accepts 1" in text
    assert "| no_markers (scan100) | 1 |" in text
    assert "| faint | 1 |" in text


def test_a_run_goes_on_where_it_ended_and_refuses_another_state(tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    done = {"class": "scan100", "seed": 1, "number": 0}
    head = {"fingerprint": runs.fingerprint(), "seeds": "tuning", "voters": "usual", "commit": ""}
    out.write_text(json.dumps(head) + "\n" + json.dumps(done) + "\n")
    assert runs.collect([1], ["scan100"], 1, out, 1) == [done]
    assert [task.number for task in runs.tasks([1], ["scan100"], 2, {("scan100", 1, 0)}, "")] == [1]
    out.write_text(json.dumps(head | {"fingerprint": "other"}) + "\n")
    with pytest.raises(SystemExit, match="another state"):
        runs.collect([1], ["scan100"], 1, out, 1)


def test_voters_of_the_first_study_are_all_alike_in_care_and_the_usual_ones_are_not_changed_by_them() -> None:
    first = [invent(np.random.default_rng([11, n]), 4, "first") for n in range(300)]
    usual = [invent(np.random.default_rng([11, n]), 4) for n in range(300)]
    assert {voter.messy for voter in first} == {1.0}
    assert {voter.size_class for voter in first} == {"usual"}
    assert {voter.style for voter in first} == {"tick", "ring", "cross", "mixed"}
    assert {voter.sheet for voter in first} == {"usual", "sweep"}
    assert len({voter.messy for voter in usual}) == 300
    assert {"small", "big"} <= {voter.size_class for voter in usual}
    assert usual[0] == invent(np.random.default_rng([11, 0]), 4, "usual")


def test_voters_of_the_first_study_have_its_mishaps_only() -> None:
    side = forms.printed(FORM)[0]
    kinds = set()
    for number in range(400):
        rng = np.random.default_rng([12, number])
        kinds |= {row.kind for row in fill(side.sheet, invent(rng, 4, "first"), rng)[1].rows}
    assert {"overvote", "corrected", "cancelled", "word", "stray", "tiny", "sweep"} <= kinds
    assert not kinds & {"retraced", "erased", "dot_only", "ditto", "unfilled"}


def test_neat_voters_tick_in_every_box_and_let_nothing_go_wrong() -> None:
    side = forms.printed(FORM)[0]
    for number in range(40):
        rng = np.random.default_rng([13, number])
        voter = invent(rng, 4, "neat")
        assert voter == careful(voter)
        assert voter.style == "tick"
        rows = fill(side.sheet, voter, rng)[1].rows
        assert not any(row.human for row in rows)
        assert "0" not in {row.mark for row in rows}


def test_a_file_of_one_population_does_not_go_on_with_another(tmp_path: Path) -> None:
    out = tmp_path / "table.jsonl"
    head = {"fingerprint": runs.fingerprint(), "seeds": "tuning", "voters": "first", "commit": ""}
    out.write_text(json.dumps(head) + "\n")
    with pytest.raises(SystemExit, match="voters"):
        runs.collect([3], ["scan150"], 1, out, 1)
