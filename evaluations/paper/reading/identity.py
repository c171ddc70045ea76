"""Reads the QR of a registered sheet and says whether the page belongs to this form."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from evaluations.paper.layout import Rect
from evaluations.paper.reading.registering import Registration
from evaluations.paper.template import QR_PREFIX, TEST, FormTemplate, SheetTemplate

Grey = NDArray[np.uint8]

NO_QR, FOREIGN, OTHER_VERSION = "qr_unreadable", "foreign_form", "other_version"
OTHER_FORM, TEST_SHEET, OFFICIAL_SHEET = "other_form", "test_sheet", "official_sheet"
NO_ROWS = "side_without_rows"

QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
MARGIN = 4.0  # mm of paper round the QR
DENSITY = 9.0  # pixels a mm, about 8 a module


def read_code(grey: Grey, place: Registration, rect: Rect) -> str:
    """The text of the QR at its printed place; empty when no way of looking reads it."""
    for image in _looks(grey, place, rect):
        codes = zxingcpp.read_barcodes(image, formats=QR_ONLY, try_downscale=False, try_invert=False)
        if codes:
            return str(codes[0].text)
    return ""


def any_code(grey: Grey) -> bool:
    """Whether anywhere in the picture a QR of our forms can be read: then a sheet of ours is in it."""
    codes = zxingcpp.read_barcodes(grey, formats=QR_ONLY)
    return any(str(code.text).startswith(QR_PREFIX[:2]) for code in codes)


def _looks(grey: Grey, place: Registration, rect: Rect) -> Iterator[Grey]:
    """The QR straightened, then with more paper, larger, smaller, thresholded and sharpened."""
    near = _cut(grey, place, rect, MARGIN, DENSITY)
    yield near
    yield _cut(grey, place, rect, 3 * MARGIN, DENSITY)
    for density in (5.0, 14.0):
        yield _cut(grey, place, rect, MARGIN, density)
    blurred = cv2.GaussianBlur(near, (0, 0), 1.5)
    yield np.asarray(cv2.threshold(blurred, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1], np.uint8)
    yield np.asarray(cv2.addWeighted(near, 2.5, cv2.GaussianBlur(near, (0, 0), 4), -1.5, 0), np.uint8)


def _cut(grey: Grey, place: Registration, rect: Rect, margin: float, density: float) -> Grey:
    """The area of a rectangle in mm, straightened, with a margin."""
    shift = np.array([[1 / density, 0, rect.x - margin], [0, 1 / density, rect.y - margin], [0, 0, 1.0]])
    size = (round((rect.width + 2 * margin) * density), round((rect.height + 2 * margin) * density))
    matrix = place.matrix @ shift
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(grey, matrix, size, flags=flags, borderValue=255), np.uint8)


def side_of(text: str, form: FormTemplate) -> SheetTemplate | str:
    """Which side of the form a QR's text names, or why the page does not belong here."""
    if not text:
        return NO_QR
    parts = text.split("|")
    if parts[0] != QR_PREFIX or len(parts) != 4:
        return OTHER_VERSION if text.startswith(QR_PREFIX[:2]) else FOREIGN
    if parts[1] != form.form_hash:
        return OTHER_FORM
    if (parts[3] == TEST) != form.test:
        return TEST_SHEET if parts[3] == TEST else OFFICIAL_SHEET
    for sheet in form.sheets:
        if text == form.qr_text(sheet.page):
            return sheet
    return NO_ROWS
