"""Every file ends in pages or in a reason: kinds of files, limits, broken and hostile ones."""

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from evaluations.paper.reading import ADVICE, REJECTED, count_pages, read_file
from evaluations.paper.reading.opening import MAX_BYTES, MAX_PAGES, open_pages
from tests.evaluations.reading.sheets import Grey, as_bytes, blank_sheet, template

LETTER: Grey = np.full((300, 200), 255, np.uint8)
LETTER[40:60, 30:120] = 0  # a bar in the upper left: shows how a picture is turned


def png_claiming(width: int, height: int) -> bytes:
    """The beginning of a PNG that says how large it is, and hardly more."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    data = zlib.compress(b"\0" * 100)
    chunk = b"IDAT" + data
    return (
        b"\x89PNG\r\n\x1a\n"
        + body
        + struct.pack(">I", len(data))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
    )


def tiff_claiming(width: int, height: int) -> bytes:
    """A TIFF in four colours that says how large it is, without its pixels."""
    tags = [(256, width), (257, height), (258, 8), (259, 1), (262, 5), (273, 8), (277, 4), (278, height)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


def pdf_with_image(
    width: int,
    height: int,
    place: bytes = b"500 0 0 700 0 0 cm /I Do",
    picture: bytes = b"/ColorSpace/DeviceGray/BitsPerComponent 8",
    page: bytes = b"",
    data: bytes = bytes(4),
) -> bytes:
    """A page with a picture that claims a size."""
    content = b"q %s Q" % place
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>"
        b"%s>>" % page,
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d%s"
        b"/Length %d>>stream\n%s\nendstream" % (width, height, picture, len(data), data),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start


def encrypted(data: bytes) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def empty_pdf() -> bytes:
    out = io.BytesIO()
    pypdf.PdfWriter().write(out)
    return out.getvalue()


def outcome(data: bytes) -> list[str]:
    return [page if isinstance(page, str) else "picture" for _, page in open_pages(data)]


BROKEN_FILES = {
    "empty": (b"", "empty_file"),
    "words": (b"\xe6\x88\x91" * 50, "not_a_picture"),
    "cut_jpeg": (as_bytes(blank_sheet(), kind="JPEG")[:60_000], "broken_file"),
    "cut_jpeg_head": (as_bytes(LETTER, kind="JPEG")[:300], "broken_file"),
    "cut_png": (as_bytes(blank_sheet())[:3_000], "broken_file"),
    "cut_tiff": (as_bytes(LETTER, kind="TIFF")[:-30_000], "broken_file"),
    "cut_webp": (as_bytes(LETTER, kind="WEBP")[:40], "broken_file"),
    "cut_pdf": (as_bytes(LETTER, kind="PDF")[:500], "broken_file"),
    "pdf_without_pages": (empty_pdf(), "broken_file"),
    "locked_pdf": (encrypted(as_bytes(LETTER, kind="PDF")), "encrypted_pdf"),
    "two_hundred_megapixels": (png_claiming(20_000, 10_000), "too_large"),
    "hundred_thirty_megapixels": (png_claiming(13_000, 10_000), "too_large"),
    "bomb": (png_claiming(100_000, 100_000), "too_large"),
    "huge_picture_in_pdf": (pdf_with_image(20_000, 10_000), "too_large"),
    "large_in_colour": (tiff_claiming(9_000, 9_000), "too_large"),
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_every_broken_file_has_its_reason(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    data, reason = BROKEN_FILES[name]
    assert outcome(data) == [reason]
    assert count_pages(data) == 1
    [reading] = read_file(data, template(), name=f"{name}.bin")
    assert (reading.fate, reading.reason, reading.position) == (REJECTED, reason, 1)
    assert reading.advice


def test_a_file_of_more_bytes_than_anybody_scans_is_refused_unread() -> None:
    assert outcome(bytes(MAX_BYTES + 1)) == ["too_large"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "WEBP", "TIFF", "HEIF", "PDF"])
def test_kinds_of_files_open_upright(kind: str) -> None:
    [(position, page)] = open_pages(as_bytes(LETTER, kind=kind))
    assert position == 1
    assert not isinstance(page, str)
    high, wide = page.shape
    assert page.dtype == np.uint8
    assert high > wide
    assert page[: high // 4, : wide // 2].mean() < page[-high // 4 :].mean() - 10


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_picture_is_turned_as_the_camera_was_held(kind: str) -> None:
    exif = Image.Exif()
    exif[0x112] = 6  # turn to the right by a quarter
    [(_, page)] = open_pages(as_bytes(np.ascontiguousarray(np.rot90(LETTER)), kind=kind, exif=exif))
    assert not isinstance(page, str)
    assert page.shape == LETTER.shape
    assert page[50, 60] < 60


@pytest.mark.parametrize(
    ("mode", "grey"), [("RGBA", 255), ("LA", 255), ("P", 0), ("1", 0), ("RGB", 0), ("I;16", 0)]
)
def test_colours_and_clear_pictures_are_made_grey(mode: str, grey: int) -> None:
    picture = Image.new(mode, (40, 30))  # all zero: clear in RGBA and LA, black elsewhere
    out = io.BytesIO()
    picture.save(out, "TIFF" if mode == "I;16" else "PNG")
    [(_, page)] = open_pages(out.getvalue())
    assert not isinstance(page, str)
    assert page.shape == (30, 40)
    assert int(page.mean()) == grey


def test_a_coloured_heic_is_made_grey_and_a_huge_one_refused() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (255, 0, 0)).save(out, "HEIF")
    [(_, page)] = open_pages(out.getvalue())
    assert not isinstance(page, str)
    assert page.shape == (48, 64)
    assert page.mean() == pytest.approx(76, abs=4)
    out = io.BytesIO()
    Image.new("L", (8000, 4000)).save(out, "HEIF", quality=10)
    assert outcome(out.getvalue()) == ["too_large"]


def test_a_large_photo_is_decoded_in_draft() -> None:
    photo = np.full((4400, 4200), 200, np.uint8)
    photo[:2000] = 90
    [(_, page)] = open_pages(as_bytes(photo, kind="JPEG"))
    assert not isinstance(page, str)
    assert page.shape == (2200, 2100)


def test_pages_are_counted_and_some_left_out() -> None:
    data = as_bytes(LETTER, LETTER, LETTER, kind="TIFF")
    assert count_pages(data) == 3
    assert [position for position, _ in open_pages(data, skip={2})] == [1, 3]
    data = as_bytes(LETTER, LETTER, kind="PDF")
    assert count_pages(data) == 2
    assert [position for position, _ in open_pages(data, skip=range(1, 2))] == [2]


def test_pages_beyond_the_bound_are_named_once() -> None:
    data = as_bytes(*[np.zeros((1, 1), np.uint8)] * (MAX_PAGES + 5), kind="TIFF")
    assert count_pages(data) == MAX_PAGES + 1
    pages = list(open_pages(data))
    assert len(pages) == MAX_PAGES + 1
    assert pages[-1] == (MAX_PAGES + 1, "too_many_pages")


def test_a_drawn_page_without_any_picture_is_rendered() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_blank_page(14_400, 14_400)  # five metres: drawn small
    out = io.BytesIO()
    writer.write(out)
    shapes = [page.shape for _, page in open_pages(out.getvalue()) if not isinstance(page, str)]
    assert shapes[0] == pytest.approx((2339, 1653), abs=2)
    assert shapes[1][0] * shapes[1][1] < 12_100_000


def test_a_small_picture_says_nothing_of_the_resolution_of_its_page() -> None:
    [(_, page)] = open_pages(pdf_with_image(2, 2, b"50 0 0 50 0 0 cm /I Do"))
    assert not isinstance(page, str)
    assert page.shape[0] == pytest.approx(2339, abs=2)
    [(_, page)] = open_pages(pdf_with_image(2, 2))
    assert not isinstance(page, str)
    assert page.shape[0] == pytest.approx(1170, abs=2)


WHOLE = b"595 0 0 842 0 0 cm /I Do"
PIXELS = np.arange(12 * 17, dtype=np.uint8).reshape(17, 12)
COLOURS = np.repeat(PIXELS[..., None], 3, 2)


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({}, PIXELS),
        ({"page": b"/Rotate 90"}, np.rot90(PIXELS, -1)),
        ({"page": b"/Rotate 180"}, np.rot90(PIXELS, 2)),
        (
            {"picture": b"/ColorSpace/DeviceGray/BitsPerComponent 8/Decode[1 0]"},
            255 - PIXELS,
        ),
        ({"picture": b"/ColorSpace/DeviceRGB/BitsPerComponent 8", "data": COLOURS.tobytes()}, PIXELS),
    ],
)
def test_a_scan_that_is_the_whole_page_comes_out_as_it_was_scanned(
    options: dict[str, bytes], seen: Grey
) -> None:
    [(_, page)] = open_pages(pdf_with_image(12, 17, **{"place": WHOLE, "data": PIXELS.tobytes(), **options}))
    assert not isinstance(page, str)
    assert page.tolist() == seen.tolist()


@pytest.mark.parametrize(
    "options",
    [
        {"place": b"595 0 0 700 0 0 cm /I Do"},
        {"place": b"0 842 -595 0 595 0 cm /I Do"},
        {"place": b"595 0 0 842 0 0 cm /I Do /I Do"},
        {"place": b"0 0 595 842 re f"},
        {"place": b"0 0 300 300 re W n " + WHOLE},
        {"picture": b"/ColorSpace[/Indexed/DeviceGray 255 5 0 R]/BitsPerComponent 8"},
        {"picture": b"/ColorSpace/DeviceGray/BitsPerComponent 1"},
        {"picture": b"/ColorSpace/DeviceGray/BitsPerComponent 8/SMask 5 0 R"},
        {"page": b"/Annots[<</Type/Annot/Subtype/Square/Rect[9 9 99 99]>>]"},
    ],
)
def test_a_page_that_shows_more_or_less_than_one_picture_is_drawn(options: dict[str, bytes]) -> None:
    [(_, page)] = open_pages(pdf_with_image(12, 17, **{"place": WHOLE, "data": PIXELS.tobytes(), **options}))
    assert not isinstance(page, str)
    assert min(page.shape) > 800


@pytest.mark.parametrize(("width", "height"), [(2200, 3100), (1600, 3000)])
def test_a_scan_finer_than_the_reader_wants_or_in_one_way_only_is_drawn(width: int, height: int) -> None:
    [(_, page)] = open_pages(pdf_with_image(width, height, WHOLE, data=bytes(width * height)))
    assert not isinstance(page, str)
    assert page.shape[0] / page.shape[1] == pytest.approx(842 / 595, abs=0.01)
    assert page.shape[0] <= 2340


def test_a_huge_scan_of_a_huge_page_is_drawn() -> None:
    data = pdf_with_image(3000, 4245, b"5950 0 0 8420 0 0 cm /I Do", data=bytes(3000 * 4245))
    [(_, page)] = open_pages(data.replace(b"[0 0 595 842]", b"[0 0 5950 8420]"))
    assert not isinstance(page, str)
    assert page.size < 12_100_000


SAMPLES = [
    as_bytes(LETTER, kind="JPEG"),
    as_bytes(LETTER),
    as_bytes(LETTER, kind="WEBP"),
    as_bytes(LETTER, kind="TIFF"),
    as_bytes(LETTER, kind="PDF"),
    as_bytes(LETTER, kind="HEIF"),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    sample=st.sampled_from(SAMPLES),
    cut=st.floats(0, 1),
    damage=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4),
)
def test_any_bytes_end_in_a_fate(sample: bytes, cut: float, damage: list[tuple[float, int]]) -> None:
    data = bytearray(sample[: round(len(sample) * cut)])
    for at, value in damage:
        if data:
            data[min(len(data) - 1, int(at * len(data)))] = value
    readings = list(read_file(bytes(data), template()))
    assert readings
    assert all(reading.fate == REJECTED and reading.advice for reading in readings)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_have_a_reason(data: bytes) -> None:
    [reading] = read_file(data, template())
    assert reading.reason in ADVICE


def test_a_claim_of_two_hundred_megapixels_takes_no_memory() -> None:
    code = (
        "import resource, sys\n"
        "from evaluations.paper.reading.opening import open_pages\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(list(open_pages(sys.stdin.buffer.read())))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=png_claiming(20_000, 10_000), capture_output=True, check=True
    )
    answer, grown = done.stdout.decode().splitlines()
    assert answer == "[(1, 'too_large')]"
    assert int(grown) < 8 * 1024
