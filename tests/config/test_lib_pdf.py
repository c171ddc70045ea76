"""The PDF renderer reaches nothing outside, gives the same bytes, and ends deep nesting politely."""

import io
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from config.lib import fonts
from config.lib.pdf import ClosedFetcher, PdfRefused, merge_pdfs, render_pdf


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_no_address_of_a_document_is_ever_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    with socket.create_server(("127.0.0.1", 0)) as spy:
        spy.settimeout(0.2)
        web = f"http://127.0.0.1:{spy.getsockname()[1]}/x"
        pdf = render_pdf(
            f"<link rel=stylesheet href='{web}'><link rel=attachment href='{secret.as_uri()}'>"
            f"<link rel=attachment href='data:text/plain,canary'><style>@import '{web}';"
            f"@font-face{{font-family:x;src:url({web})}}p{{background:url({web});font-family:x}}</style>"
            f"<p>党</p><img src='{web}'><img src='{secret.as_uri()}'><object data='{web}'></object>"
        )
        with pytest.raises(TimeoutError):
            spy.accept()
    assert b"EmbeddedFile" not in pdf
    assert PdfReader(io.BytesIO(pdf)).attachments == {}
    assert text_of(pdf).strip() == "党"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "http://127.0.0.1/",
        "ftp://127.0.0.1/",
        "static:../manage.py",
        "static:/etc/hostname",
        "static:vendor/fonts/none.ttf",
    ],
)
def test_the_fetcher_refuses_everything_but_data_and_own_static(url: str) -> None:
    with pytest.raises(ValueError, match="blocked"):
        ClosedFetcher().fetch(url)


def test_the_fetcher_reads_data_and_own_static() -> None:
    assert ClosedFetcher().fetch("data:text/plain,x").read() == b"x"
    static = ClosedFetcher().fetch("static:vendor/fonts/OFL.txt").read()
    assert static == (fonts.FOLDER / "OFL.txt").read_bytes()


def test_the_same_html_gives_the_same_bytes_in_another_process() -> None:
    html = "<h1>青石镇</h1><p>党支部 㛃䶮</p>"
    code = f"import sys; from config.lib.pdf import render_pdf; sys.stdout.buffer.write(render_pdf({html!r}))"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=fonts.STATIC.parent
    )
    assert render_pdf(html) == render_pdf(html) == other.stdout


def test_rare_names_and_a_stylesheet_come_out() -> None:
    pdf = render_pdf("<p>𬭎㐂</p>", stylesheet="css/reports.css", css="@page{size:A3}")
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    assert "𬭎㐂" in page.extract_text()
    assert round(float(page.mediabox.height) / 72 * 25.4) == 420


def test_nesting_without_end_is_refused_in_chinese() -> None:
    with pytest.raises(PdfRefused, match="层次太深"):
        render_pdf("<div>" * 5000)
    assert render_pdf("<p>党</p>")


def test_a_text_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.lib.pdf.MAX_HTML", 10)
    with pytest.raises(PdfRefused, match="Excel"):
        render_pdf("<p>一二三四五六七</p>")


def test_merged_files_keep_order_and_bytes() -> None:
    parts = [render_pdf("<p>甲</p>"), render_pdf("<p>乙</p>")]
    merged = merge_pdfs(parts)
    assert [page.extract_text().strip() for page in PdfReader(io.BytesIO(merged)).pages] == ["甲", "乙"]
    assert merged == merge_pdfs(parts)
