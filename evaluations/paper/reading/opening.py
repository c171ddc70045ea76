"""Opens an uploaded file and hands out its pages as grey pictures, one at a time, in bounded memory.

Sizes are refused from the header, before a pixel is decoded.
"""

from __future__ import annotations

import io
import itertools
import warnings
from abc import ABC, abstractmethod
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Any, cast

import cv2
import numpy as np
import pillow_heif
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

Grey = NDArray[np.uint8]

MAX_BYTES = 300 * 1024 * 1024
MAX_PAGES = 500
MAX_PIXELS = 120_000_000  # a header that claims more is refused
MAX_DECODED = 150_000_000  # bytes: what may stand in memory for formats that are decoded whole, in colour
MAX_HEIF = 30_000_000  # pixels of a HEIC, which is decoded whole and in colour too
DRAFT_SIDE = 2000  # a JPEG is decoded at half, a quarter, an eighth while its short side stays this long
PDF_DPI, PDF_LOWEST = 200, 100
PDF_PIXELS = 12_000_000  # an odd page size never draws a larger picture
PDF_OFF = 2.0  # points a scan may miss the edges of its page
PDF_UNEVEN = 1.02  # times as dense a scan may be one way as the other, or as what is drawn
PDF_COLOURS = (
    pdfium.FPDF_COLORSPACE_DEVICEGRAY,
    pdfium.FPDF_COLORSPACE_DEVICERGB,
    pdfium.FPDF_COLORSPACE_CALGRAY,
    pdfium.FPDF_COLORSPACE_CALRGB,
    pdfium.FPDF_COLORSPACE_ICCBASED,
)
DRAFTS = (
    (8, cv2.IMREAD_REDUCED_GRAYSCALE_8),
    (4, cv2.IMREAD_REDUCED_GRAYSCALE_4),
    (2, cv2.IMREAD_REDUCED_GRAYSCALE_2),
)
SEE_THROUGH = ("RGBA", "LA", "PA", "P")
PILLOW_FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "TIFF", "HEIF")

EMPTY, NOT_A_PICTURE, BROKEN = "empty_file", "not_a_picture", "broken_file"
ENCRYPTED, TOO_LARGE, TOO_MANY = "encrypted_pdf", "too_large", "too_many_pages"

pillow_heif.register_heif_opener()


class Refused(Exception):
    """A file or page that cannot be opened; `reason` is a key of ADVICE."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def open_pages(data: bytes, skip: Container[int] = ()) -> Iterator[tuple[int, Grey | str]]:
    """Pages of a file as (position from 1, grey picture or the reason why there is none).

    Positions in `skip` are left out without being decoded. Never raises for bad input.
    """
    try:
        with _opened(data) as source:
            for index in range(min(source.count, MAX_PAGES)):
                if index + 1 not in skip:
                    yield index + 1, _page(source, index)
            if source.count > MAX_PAGES:
                yield MAX_PAGES + 1, TOO_MANY
    except Refused as refused:
        yield 1, refused.reason


def count_pages(data: bytes) -> int:
    """How many readings `open_pages` would give, without decoding: at least 1, also for a broken file."""
    try:
        with _opened(data) as source:
            return min(source.count, MAX_PAGES + 1)
    except Refused:
        return 1


def _page(source: _Source, index: int) -> Grey | str:
    """One page, or the reason why it cannot be shown."""
    try:
        return source.page(index)
    except Refused as refused:
        return refused.reason
    except Exception:
        # Whatever a decoder throws at a damaged file, the batch goes on.
        return BROKEN


class _Source(ABC):
    """An opened file with `count` pages."""

    count = 1

    def __enter__(self) -> _Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Give back what the file holds."""

    @abstractmethod
    def page(self, index: int) -> Grey:
        """One page in grey. Raises Refused, or whatever the decoder raises."""


def _opened(data: bytes) -> _Source:
    if not data:
        raise Refused(EMPTY)
    if len(data) > MAX_BYTES:
        raise Refused(TOO_LARGE)
    if b"%PDF-" in data[:1024]:
        return _Pdf(data)
    return _Picture(data)


class _Pdf(_Source):
    """A PDF of a scanner or printer."""

    def __init__(self, data: bytes) -> None:
        try:
            self.document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower() or "security" in str(error).lower()
            raise Refused(ENCRYPTED if locked else BROKEN) from None
        # The dictionary of a picture always stands in the file in plain text.
        self.masked = b"/SMask" in data or b"/Mask" in data
        self.count = len(self.document) or 1  # a file without pages breaks where its first is asked for

    def close(self) -> None:
        self.document.close()

    def page(self, index: int) -> Grey:
        page = self.document[index]
        try:
            width, height = page.get_size()
            dpi = self._resolution(page, width, height)
            scan = None if self.masked else _whole_scan(page)
            if scan is not None:
                return scan
            most = (PDF_PIXELS / max(width * height, 1.0)) ** 0.5
            bitmap = page.render(scale=min(dpi / 72, most), grayscale=True, may_draw_forms=False)
            grey: Grey = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
            bitmap.close()
            return grey
        finally:
            page.close()

    def _resolution(self, page: Any, width: float, height: float) -> float:
        """Dots per inch of the picture that fills the page, no more than the reader can use."""
        best = 0.0
        for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
            pixels = image.get_px_size()
            if pixels[0] * pixels[1] > MAX_PIXELS // 2:
                raise Refused(TOO_LARGE)
            left, bottom, right, top = image.get_bounds()
            if (right - left) * (top - bottom) > 0.2 * width * height:
                # An image may lie turned by a quarter: the smaller of both ways of measuring is right.
                sides = sorted(pixels), sorted((right - left, top - bottom))
                best = max(best, min(72 * sides[0][k] / max(sides[1][k], 1.0) for k in (0, 1)))
        return min(PDF_DPI, max(PDF_LOWEST, best or PDF_DPI))


def _whole_scan(page: Any) -> Grey | None:
    """The picture of a page that is nothing but one upright picture: taking it out is quicker than drawing it.

    None for every other page, and for pictures that are to be drawn smaller or are not as dense both ways.
    """
    objects = list(itertools.islice(page.get_objects(max_depth=1), 2))
    if len(objects) != 1 or objects[0].type != pdfium.FPDF_PAGEOBJ_IMAGE:
        return None
    image, box = objects[0], page.get_cropbox()
    matrix, facts = image.get_matrix(), image.get_metadata()
    fits = all(abs(a - b) < PDF_OFF for a, b in zip(image.get_bounds(), box, strict=True))
    upright = matrix.a > 0 and matrix.d > 0 and matrix.b == matrix.c == 0
    across, down = facts.width / (box[2] - box[0]) * 72, facts.height / (box[3] - box[1]) * 72
    usual = max(across, down) < PDF_UNEVEN * min(PDF_DPI, across, down)
    small = facts.width * facts.height <= PDF_PIXELS
    plain = facts.colorspace in PDF_COLOURS and facts.bits_per_pixel in (8, 24)
    if not (fits and upright and usual and small and plain) or _is_covered(page, image):
        return None
    bitmap = image.get_bitmap()
    pixels = bitmap.to_numpy().reshape(bitmap.height, bitmap.width, -1)
    grey = (
        pixels[..., 0] if pixels.shape[2] == 1 else cv2.cvtColor(pixels[..., :3].copy(), cv2.COLOR_BGR2GRAY)
    )
    turned = cast(Grey, np.rot90(grey, -page.get_rotation() // 90).copy())
    bitmap.close()
    return turned


def _is_covered(page: Any, image: Any) -> bool:
    """Whether a page shows something else than its picture's own pixels: it is seen through, cut off or remarked on."""
    return bool(
        pdfium.FPDFPageObj_HasTransparency(image)
        or pdfium.FPDFClipPath_CountPaths(pdfium.FPDFPageObj_GetClipPath(image)) > 0
        or pdfium.FPDFPage_GetAnnotCount(page)
    )


class _Picture(_Source):
    """A photo, or a TIFF of one or more pages."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # measured by `page`
                self.image = Image.open(io.BytesIO(data), formats=PILLOW_FORMATS)
            self.format = self.image.format or ""
            self.count = getattr(self.image, "n_frames", 1) if self.format == "TIFF" else 1
        except UnidentifiedImageError:
            raise Refused(NOT_A_PICTURE) from None
        except Image.DecompressionBombError:
            raise Refused(TOO_LARGE) from None
        except Exception:
            raise Refused(BROKEN) from None

    def close(self) -> None:
        self.image.close()

    def page(self, index: int) -> Grey:
        if self.format == "TIFF":
            self.image.seek(index)
        width, height = self.image.size
        if width * height > MAX_PIXELS:
            raise Refused(TOO_LARGE)
        if self.format == "HEIF":
            return _by_libheif(self.data, width * height)
        if self.format == "TIFF" or self.image.mode in SEE_THROUGH:
            return _by_pillow(self.image)
        return _by_opencv(self.data, min(width, height) if self.format in ("JPEG", "MPO") else 0)


def _by_opencv(data: bytes, short: int) -> Grey:
    """Decoded in grey at once, turned as the camera was held; a JPEG with a long `short` side in draft."""
    flag = next((mode for smaller, mode in DRAFTS if short >= DRAFT_SIDE * smaller), cv2.IMREAD_GRAYSCALE)
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    if grey is None or any(
        edge.min() > 125 and edge.max() < 131 for edge in (grey[:4], grey[-4:], grey[:, :4], grey[:, -4:])
    ):
        raise Refused(BROKEN)  # a cut JPEG ends in plain grey
    return cast(Grey, grey)


def _by_libheif(data: bytes, pixels: int) -> Grey:
    """A photo of an iPhone, turned as it was held; without the copies Pillow would make of it."""
    if pixels > MAX_HEIF:
        raise Refused(TOO_LARGE)
    colours = np.asarray(pillow_heif.open_heif(data, convert_hdr_to_8bit=True))
    if colours.ndim == 2:
        return colours.astype(np.uint8)
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(colours[:, :, :3]), cv2.COLOR_RGB2GRAY), np.uint8)


def _by_pillow(image: Image.Image) -> Grey:
    """Decoded by Pillow, whole and in its own colours, and turned as the camera was held."""
    width, height = image.size
    if width * height * len(image.getbands()) > MAX_DECODED:
        raise Refused(TOO_LARGE)
    with _whole_only():
        image.load()
    if image.mode.startswith("I;16"):
        return (np.asarray(image) >> 8).astype(np.uint8)
    if image.mode in SEE_THROUGH:
        rgba = image.convert("RGBA")
        image = Image.new("RGBA", rgba.size, "white")
        image.alpha_composite(rgba)
    return np.asarray(ImageOps.exif_transpose(image).convert("L"))


@contextmanager
def _whole_only() -> Iterator[None]:
    """A file that breaks off is an error, never a page grey from there on; what makes the PDF files wants it otherwise."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
