"""HTML to PDF by WeasyPrint, closed to the network and to the file system; and joining of PDF files.

The same HTML gives the same bytes: no clock and no random number goes into the file.
"""

import functools
import gc
import hashlib
import io
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from config.lib import fonts, glyphs

MAX_HTML = 20_000_000
# Regular goes by weight 600: the system's rule of false bold applies to faces up to 500. It would give
# Regular the description of Bold where it lends bold text a rare hanzi, and the renderer, which tells
# fonts apart by description, would then print glyphs of one file by the numbers of the other.
_FACES = """
@font-face { font-family: "Office Serif"; font-weight: 600; src: url("static:vendor/fonts/NotoSerifSC-Regular.ttf") }
@font-face { font-family: "Office Serif"; font-weight: 700; src: url("static:vendor/fonts/NotoSerifSC-Bold.ttf") }
html { font-family: "Office Serif"; }
"""
# PDF/A of this part and level: for keeping, without attachments (ISO 19005-2, level b: it looks the same for ever).
ARCHIVAL = "pdf/a-2b"
_VARIANT: ContextVar[str | None] = ContextVar("pdf_variant", default=None)
# WeasyPrint and its font map are used by one thread at a time.
_ONE_AT_A_TIME = threading.Lock()


class PdfRefused(ValueError):
    """The document cannot be made; the text says so in Chinese."""


class ClosedFetcher(URLFetcher):  # type: ignore[misc]
    """Lets a document read `data:` URLs and `static:` files of this project, and nothing else."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The resource; ValueError for every address outside (the renderer then leaves it out)."""
        if url.startswith("data:"):
            return super().fetch(url, headers)
        if url.startswith("static:"):
            path = (fonts.STATIC / url.removeprefix("static:")).resolve()
            if path.is_relative_to(fonts.STATIC) and path.is_file():
                return URLFetcherResponse(url, path.read_bytes())
        raise ValueError(f"blocked: {url[:80]}")


@functools.cache
def _font_configuration() -> tuple[FontConfiguration, CSS]:
    """The vendored typeface, loaded once a process."""
    configuration = FontConfiguration()
    faces = CSS(string=_FACES, font_config=configuration, url_fetcher=ClosedFetcher())
    return configuration, faces


@functools.cache
def _stylesheet(name: str) -> CSS:
    """A style sheet of this project by its path under static/, parsed once a process."""
    text = (fonts.STATIC / name).read_text(encoding="utf-8")
    return CSS(string=text, font_config=_font_configuration()[0], url_fetcher=ClosedFetcher())


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Rarer garbage collection while a document is laid out (a quarter of the time), one after it."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.collect()


def _drop_attachments(document: Any) -> None:
    """Take `<link rel=attachment>` out: a document never carries files."""
    document.metadata.attachments = []


@contextmanager
def archival() -> Iterator[None]:
    """All documents rendered inside are PDF/A, for the archive."""
    token = _VARIANT.set(ARCHIVAL)
    try:
        yield
    finally:
        _VARIANT.reset(token)


def render_pdf(html: str, *, stylesheet: str = "", css: str = "") -> bytes:
    """The PDF of a whole HTML text, with a style sheet under static/ and extra rules in `css`.

    A hanzi the typeface lacks is printed as a box, as on the ballot form.
    Raises PdfRefused when the text is too long or nested too deeply to be laid out.
    """
    if len(html) > MAX_HTML:
        raise PdfRefused("内容太多，不能生成一个 PDF。请改为下载 Excel，或者分支部生成。")
    return laid_out(html, stylesheet, css, _VARIANT.get())


def laid_out(html: str, stylesheet: str, css: str, variant: str | None) -> bytes:
    """The PDF of `variant` (None: the usual one) as `render_pdf` makes it; depends on its arguments alone."""
    with _ONE_AT_A_TIME, _patient_collector():
        configuration, faces = _font_configuration()
        sheets = [faces]
        if stylesheet:
            sheets.append(_stylesheet(stylesheet))
        if css:
            sheets.append(CSS(string=css, font_config=configuration, url_fetcher=ClosedFetcher()))
        try:
            document = HTML(string=glyphs.boxed(html, only_hanzi=True), url_fetcher=ClosedFetcher()).render(
                font_config=configuration, stylesheets=sheets, pdf_variant=variant
            )
            _drop_attachments(document)
            identifier = hashlib.sha256(html.encode() + css.encode()).digest()[:16]
            return bytes(document.write_pdf(pdf_identifier=identifier, pdf_variant=variant))
        except RecursionError as error:
            raise PdfRefused("内容的层次太深，不能生成 PDF。请删去多余的格式后再试。") from error


def merge_pdfs(parts: Iterable[bytes]) -> bytes:
    """One PDF of all pages of the parts in their order; the same parts give the same bytes."""
    writer = PdfWriter()
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
        writer.append(PdfReader(io.BytesIO(part)), import_outline=False)
    writer.metadata = None
    identifier = ByteStringObject(digest.digest()[:16])
    writer._ID = ArrayObject([identifier, identifier])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
