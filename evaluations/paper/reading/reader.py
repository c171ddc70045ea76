"""From a picture of a page to its reading: registration, identity, straightening, ink, decision."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.reading import identity
from evaluations.paper.reading.calming import MOST, calm_of
from evaluations.paper.reading.creases import find_creases, without_creases
from evaluations.paper.reading.deciding import decide
from evaluations.paper.reading.doubles import fingerprint
from evaluations.paper.reading.finding import is_empty, is_long, usual_of
from evaluations.paper.reading.ink import Ink, blocks_of, find_ink, shaded
from evaluations.paper.reading.marks import Groups, group_strokes
from evaluations.paper.reading.opening import open_pages
from evaluations.paper.reading.registering import (
    FEW_MARKERS,
    NO_FORM,
    Registration,
    find_sheet,
    without_streaks,
)
from evaluations.paper.reading.result import BLANK, READ, REJECTED, SheetReading
from evaluations.paper.reading.row_pictures import QUALITY, RowPictures
from evaluations.paper.reading.stains import without_stains
from evaluations.paper.reading.straightening import LOWEST_SCORE, Straight, straighten
from evaluations.paper.template import FormTemplate, SheetTemplate

Grey = NDArray[np.uint8]

LOWEST_DPI, LOW_DPI = 85.0, 120.0  # below the first nothing is read, below the second a warning is given
MOST_REST = 0.45  # mm the printed lines may still be off after straightening
MOST_SMEAR = 7.75  # pixels (at 200 dpi) a printed line may be smeared to each side
MOST_NOISE = 170.0  # darkness, of 255, below which nothing can be told from the noise of the page
MOST_SOUND = 0.7  # share of the rows whose printed lines are where they should be
STROKE = 0.30  # of the usual darkness of the strokes of a sheet: paler is part of none
SPECKED = 5.5  # groups of ink for each row of a block: more is not handwriting alone
PALEST = 14.0  # darkness of printed lines, of 255
SEEN = 0.15  # of a box at each side may lie outside of the picture
MOST_BETWEEN = 0.08  # share of greys among what is not white, in a picture of black and white
PICTURE_SIDE = 1100

TOO_SMALL, BLURRED, PALE, NOT_STRAIGHT, TOO_DIRTY = (
    "low_resolution",
    "blurred",
    "too_pale",
    "not_flat",
    "too_dirty",
)
EMPTY_PAGE, CUT_OFF, NO_GREY = "empty_page", "cut_off", "black_and_white"


@dataclass(frozen=True, slots=True)
class Examined:
    """A sheet of this form, straight, with the ink of its blocks."""

    sheet: SheetTemplate
    place: Registration
    straight: Straight
    inks: list[Ink]
    streaks: int


def read_file(
    data: bytes, template: FormTemplate, *, name: str = "", tick_only: bool = False, skip: Container[int] = ()
) -> Iterator[SheetReading]:
    """Every page of an uploaded file in order, but for the positions in `skip`; never raises for bad input.

    `name` is the name of the file as uploaded; what a file is, is seen from its bytes alone.
    """
    del name
    for position, page in open_pages(data, skip):
        if isinstance(page, str):
            yield SheetReading(position, REJECTED, page)
            continue
        yield read_page(page, template, position=position, tick_only=tick_only)


def read_page(
    grey: Grey, template: FormTemplate, *, position: int = 1, tick_only: bool = False
) -> SheetReading:
    """Read one page in grey. Whatever is wrong with it comes out as a rejection with its reason."""
    digest = hashlib.sha256(np.ascontiguousarray(grey).data).hexdigest()
    try:
        reading = _read(grey, template, tick_only)
    except (cv2.error, ValueError, IndexError, ArithmeticError, np.linalg.LinAlgError):
        # A picture nobody thought of must not stop the batch.
        reading = SheetReading(0, REJECTED, NO_FORM)
    picture = reading.picture or _picture(grey)
    return replace(reading, position=position, sha256=digest, picture=picture)


def _read(grey: Grey, template: FormTemplate, tick_only: bool) -> SheetReading:
    examined = examine(grey, template)
    if isinstance(examined, SheetReading):
        return examined
    coarse = is_coarse(grey)
    found = _found(examined.straight, examined.inks)
    if found is None:
        return _rejected(TOO_DIRTY, examined.sheet.page, examined.place)
    inks, first = found
    empty = is_empty(inks, first)
    calm = 0.0 if coarse else calm_of(examined.inks, usual_of(first, inks).peak)
    if calm:
        quiet = [find_ink(grey, examined.straight, ink.block, calm) for ink in examined.inks]
        inks, first = _found(examined.straight, quiet) or found
        empty = empty and is_empty(inks, first)
    reading = SheetReading(
        0,
        READ,
        page=examined.sheet.page,
        dpi=round(examined.place.dpi, 1),
        picture=_jpeg(examined.straight.page),
        warnings=_warnings(examined, calm),
    )
    if empty:
        # On a picture in black and white alone a pale pen may have vanished: that proves nothing.
        return replace(reading, fate=REJECTED, reason=NO_GREY) if coarse else replace(reading, fate=BLANK)
    groups = first if coarse else _strokes(inks, first)
    rows, lost = decide(inks, groups, tick_only=tick_only, coarse=coarse)
    if lost:
        return replace(reading, fate=REJECTED, reason=NO_GREY)
    return replace(
        reading,
        rows=tuple(rows),
        ink=fingerprint(examined.sheet.page, inks, groups),
        strips=RowPictures(inks),
    )


def _found(straight: Straight, inks: list[Ink]) -> tuple[list[Ink], list[Groups]] | None:
    """The ink of a sheet and its strokes, without creases and stains; None when it is no handwriting."""
    groups = _groups(inks)
    return _cleaned(straight, inks, groups) if groups else None


def _groups(inks: list[Ink]) -> list[Groups] | None:
    """The strokes of every block; None when there is so much ink that it is no handwriting."""
    first = [group_strokes(ink) for ink in inks]
    groups = [group for group in first if group is not None]
    if len(groups) < len(inks):
        return None
    peak = usual_of(groups, inks).peak
    for number, ink in enumerate(inks):
        firm = shaded(ink, peak)
        if firm is not None:
            groups[number] = group_strokes(ink, firm) or groups[number]
    return groups


def _cleaned(straight: Straight, inks: list[Ink], groups: list[Groups]) -> tuple[list[Ink], list[Groups]]:
    """Ink and strokes without creases and stains; looked for only where something is longer than any mark."""
    peak = usual_of(groups, inks).peak
    if not any(is_long(group).any() for group in groups):
        return inks, groups
    creases = find_creases(straight.page)
    inks, groups = _again(inks, groups, [without_creases(ink, creases, peak) for ink in inks])
    stains = [without_stains(ink, group, peak) for ink, group in zip(inks, groups, strict=True)]
    return _again(inks, groups, stains)


def _again(
    inks: list[Ink], groups: list[Groups], cleaned: list[Ink | None]
) -> tuple[list[Ink], list[Groups]]:
    """The cleaned blocks with their strokes, and the others as they were."""
    if not any(cleaned):
        return inks, groups
    new = [clean or ink for clean, ink in zip(cleaned, inks, strict=True)]
    found = _groups(new)
    return (new, found) if found else (inks, groups)


def _strokes(inks: list[Ink], first: list[Groups]) -> list[Groups]:
    """On a block full of specks the strokes again without what is far paler than the sheet's own.

    That is the noise of a compressed photo round them, fibres, stains. How much of it there was in each box is kept,
    for it may be a second mark by a paler pen.
    """
    peak = usual_of(first, inks).peak
    groups = []
    for ink, before in zip(inks, first, strict=True):
        specked = len(before.area) > SPECKED * len(ink.block.ys)
        group = group_strokes(ink, shaded(ink, peak), STROKE * peak) if specked else None
        groups.append(replace(group, pale=before.pale, traces=before.traces) if group else before)
    return groups


def examine(grey: Grey, template: FormTemplate) -> Examined | SheetReading:
    """Find the sheet, see that it belongs to this form, and take out its ink; or the rejection."""
    if min(grey.shape) < 200:
        return _rejected(TOO_SMALL)
    grey, streaks = without_streaks(grey)
    first = template.sheets[0]
    place = find_sheet(grey, first.markers)
    if isinstance(place, str):
        return _rejected(_closer(grey, place))
    if place.dpi < LOWEST_DPI:
        return _rejected(TOO_SMALL, 0, place)
    sheet = identity.side_of(identity.read_code(grey, place, first.qr), template)
    if isinstance(sheet, str):
        return _rejected(sheet, 0, place)
    if _is_cut(grey, place, sheet):
        return _rejected(CUT_OFF, sheet.page, place)
    straight = straighten(grey, place, sheet)
    if straight.score < LOWEST_SCORE or straight.rest > MOST_REST:
        return _rejected(NOT_STRAIGHT, sheet.page, place)
    inks = [find_ink(grey, straight, block) for block in blocks_of(sheet)]
    if max(ink.smear for ink in inks) > MOST_SMEAR:
        return _rejected(BLURRED, sheet.page, place)
    if max(float(np.median(ink.levels)) for ink in inks) > MOST_NOISE:
        return _rejected(TOO_DIRTY, sheet.page, place)
    if not all(ink.sound.mean() > MOST_SOUND for ink in inks):
        return _rejected(NOT_STRAIGHT, sheet.page, place)
    if min(ink.lines for ink in inks) < PALEST:
        return _rejected(PALE, sheet.page, place)
    return Examined(sheet, place, straight, inks, streaks)


def _is_cut(grey: Grey, place: Registration, sheet: SheetTemplate) -> bool:
    """Whether part of a box lies outside of the picture, so that a mark there could not be seen."""
    middles = np.array(
        [
            (box.x + box.width * across, box.y + box.height * down)
            for row in sheet.rows
            for box in (row.boxes[0], row.boxes[-1])
            for across in (SEEN, 1 - SEEN)
            for down in (SEEN, 1 - SEEN)
        ]
    )
    at = place.points(middles)
    return bool(at.min() < 0 or at[:, 0].max() > grey.shape[1] - 1 or at[:, 1].max() > grey.shape[0] - 1)


def _closer(grey: Grey, reason: str) -> str:
    """What can be said of a page without a place: empty paper, a sheet of ours cut off, or no form at all."""
    if reason != NO_FORM:
        return reason
    small = cv2.resize(grey, (256, 256), interpolation=cv2.INTER_AREA)
    inner = small[12:-12, 12:-12]
    paper = cv2.morphologyEx(inner, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    if float((cv2.subtract(paper, inner) > 24).mean()) < 0.002 and float(inner.std()) < 25:
        return EMPTY_PAGE
    return FEW_MARKERS if identity.any_code(grey) else NO_FORM


def is_coarse(grey: Grey) -> bool:
    """Whether the picture was made of black and white only (bilevel scan, fax)."""
    sample = grey[::7, ::5]
    written = sample[sample < 231]
    return not written.size or float((written > 24).mean()) < MOST_BETWEEN


def _rejected(reason: str, page: int = 0, place: Registration | None = None) -> SheetReading:
    return SheetReading(0, REJECTED, reason, page=page, dpi=round(place.dpi, 1) if place else 0.0)


def _warnings(examined: Examined, calm: float) -> tuple[str, ...]:
    found = ["pale_ink"] if calm == MOST else []
    if examined.place.dpi < LOW_DPI:
        found.append("low_dpi")
    if examined.streaks:
        found.append("streaks")
    if examined.place.markers < len(examined.sheet.markers):
        found.append("corner_missing")
    return tuple(found)


def _picture(grey: Grey) -> bytes:
    """The page as it was uploaded, small: whole pixels are joined first, which is many times faster."""
    high, wide = grey.shape
    join = max(1, max(high, wide) // PICTURE_SIDE)
    joined = cv2.resize(
        grey[: high // join * join, : wide // join * join],
        (wide // join, high // join),
        interpolation=cv2.INTER_AREA,
    )
    scale = min(1.0, PICTURE_SIDE / max(joined.shape))
    small = cv2.resize(joined, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return _jpeg(np.asarray(small, np.uint8))


def _jpeg(grey: Grey) -> bytes:
    return cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
