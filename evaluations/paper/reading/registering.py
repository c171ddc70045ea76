"""Finds the four corner markers of a sheet in a picture and from them where every millimetre of it lies."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.template import Marker

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Found = dict[int, list[Floats]]

NO_FORM, FEW_MARKERS, SEVERAL = "no_form", "few_markers", "several_forms"
NOT_REGISTERED = "not_registered"

INCH = 25.4
SEARCH_SIDES = (1000, 1700, 2600)  # long side in pixels of the picture in which markers are looked for
CORNER_WIDE, CORNER_HIGH = 0.32, 0.24  # share of the picture that is one corner of a scan
FULL_PAGE = 0.55  # share of the picture a sheet must fill to be the only one in it without looking further
SMALLEST = 0.03  # share of the picture's long side that the outline of a marker is long at least
EDGE = 12  # pixels of paper put round a picture
ENOUGH = 3  # markers that suffice
MOST_RESIDUAL = 2.5  # mm between a corner of a marker and where all together put it
FLAT_RESIDUAL = 0.5  # mm: up to here three markers are taken as lying in a flat scan without perspective
MOST_PERSPECTIVE = 2.5  # the near side of a sheet is at most so many times as long as the far one
STREAK_WIDE = 0.004  # of the picture: a broader one is a fold or a shadow
MOST_STREAKS = 12  # more is no dirt but a pattern
STREAK_ROWS, STREAK_MARGIN = 0.85, 0.6  # share of all rows, and of the rows in the margins, a streak darkens


@dataclass(frozen=True, slots=True)
class Registration:
    """Where a sheet lies: `matrix` takes mm on the sheet to pixels of the picture; `dpi` is the mean density.

    `residual` is the largest distance in mm of a marker's corner from its place, `markers` how many were seen.
    """

    matrix: Floats
    dpi: float
    residual: float
    markers: int

    def points(self, places: Floats) -> Floats:
        """Pixels of places in mm, shape (…, 2)."""
        return moved(places, self.matrix)


def moved(points: Floats, matrix: Floats) -> Floats:
    """Points of shape (…, 2) under a perspective map."""
    flat = np.asarray(points, np.float64).reshape(-1, 1, 2)
    return np.asarray(cv2.perspectiveTransform(flat, matrix), np.float64).reshape(points.shape)


def find_sheet(grey: Grey, markers: tuple[Marker, ...]) -> Registration | str:
    """The place of the sheet, or why there is none: a key of ADVICE."""
    wanted = {marker.number: _corners(marker) for marker in markers}
    seen: dict[int, Floats] = {}
    for image, scale in _sizes(grey):
        quick = _keep(_in_corners(image), wanted, scale)
        if len(quick) == len(wanted) and all(len(places) == 1 for places in quick.values()):
            answer = _solve(grey, {number: places[0] for number, places in quick.items()}, wanted)
            if (
                isinstance(answer, Registration)
                and answer.markers == len(wanted)
                and _fills(answer, grey, wanted)
            ):
                return answer
        found = _keep(_detect(image), wanted, scale)
        if any(len(places) > 1 for places in found.values()):
            return SEVERAL
        for number, places in found.items():
            seen.setdefault(number, places[0])
        if len(seen) == len(wanted):
            break
    if len(seen) < ENOUGH:
        return FEW_MARKERS if seen else NO_FORM
    return _solve(grey, seen, wanted)


def _corners(marker: Marker) -> Floats:
    """The corners of a marker in mm, clockwise from the upper left."""
    rect = marker.rect
    right, low = rect.x + rect.width, rect.y + rect.height
    return np.array([(rect.x, rect.y), (right, rect.y), (right, low), (rect.x, low)], np.float64)


def _sizes(grey: Grey) -> itertools.chain[tuple[Grey, float]]:
    """The picture small first, then larger, at last with its contrast evened out; with the scale of each."""
    scales = sorted({min(1.0, side / max(grey.shape)) for side in SEARCH_SIDES})
    plain = ((_reduced(grey, scale), scale) for scale in scales)
    evened = ((_evened(_reduced(grey, scale)), scale) for scale in scales[-1:])
    return itertools.chain(plain, evened)


def _reduced(grey: Grey, scale: float) -> Grey:
    """The picture smaller: halved, which is many times faster, as long as that is not too small."""
    while scale <= 0.5:
        high, wide = grey.shape[0] // 2, grey.shape[1] // 2
        whole = grey[: 2 * high, : 2 * wide]
        grey, scale = np.asarray(cv2.resize(whole, (wide, high), interpolation=cv2.INTER_AREA)), 2 * scale
    if scale == 1.0:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), np.uint8)


def _evened(grey: Grey) -> Grey:
    return np.asarray(cv2.createCLAHE(3.0, (8, 8)).apply(cv2.GaussianBlur(grey, (3, 3), 0)), np.uint8)


@lru_cache(maxsize=4)
def _detector(smallest: float) -> cv2.aruco.ArucoDetector:
    """A detector of markers of which the outline is at least so long, as a share of the picture's long side."""
    parameters = cv2.aruco.DetectorParameters()
    parameters.adaptiveThreshWinSizeMin = 7
    parameters.adaptiveThreshWinSizeMax = 27
    parameters.adaptiveThreshWinSizeStep = 20
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_NONE
    parameters.minMarkerPerimeterRate = smallest
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return cv2.aruco.ArucoDetector(dictionary, parameters)


def _detect(image: Grey, smallest: float = SMALLEST) -> Found:
    """All markers of the dictionary in a picture, by number."""
    # A marker may stand at the very edge of the picture: paper is put round it.
    paper = cv2.copyMakeBorder(
        image, EDGE, EDGE, EDGE, EDGE, cv2.BORDER_CONSTANT, value=int(np.percentile(image[::9, ::9], 80))
    )
    corners, numbers, _ = _detector(smallest).detectMarkers(paper)
    found: Found = {}
    for number, places in zip(
        [] if numbers is None else [int(n) for n in numbers.ravel()], corners, strict=True
    ):
        place = np.asarray(places, np.float64).reshape(4, 2) - EDGE
        others = found.setdefault(number, [])
        side = float(np.linalg.norm(place[0] - place[2]))
        again = any(np.linalg.norm(place.mean(0) - other.mean(0)) <= side for other in others)
        others += [] if again else [place]
    return found


def _in_corners(image: Grey) -> Found:
    """Markers in the four corners of a picture only: where they are in nearly every scan."""
    high, wide = image.shape
    h, w = round(high * CORNER_HIGH), round(wide * CORNER_WIDE)
    smallest = round(SMALLEST * max(high, wide) / max(h, w), 2)
    found: Found = {}
    for x, y in ((0, 0), (wide - w, 0), (wide - w, high - h), (0, high - h)):
        for number, places in _detect(image[y : y + h, x : x + w], smallest).items():
            found.setdefault(number, []).extend(place + np.array((x, y)) for place in places)
    return found


def _keep(found: Found, wanted: dict[int, Floats], scale: float) -> Found:
    """The markers a sheet has, in pixels of the whole picture."""
    return {
        number: [(place + 0.5) / scale - 0.5 for place in places]
        for number, places in found.items()
        if number in wanted
    }


def _solve(grey: Grey, seen: dict[int, Floats], wanted: dict[int, Floats]) -> Registration | str:
    """The map from mm to pixels out of the markers seen; one that contradicts the others is left out."""
    refined = {number: _refined(grey, place) for number, place in seen.items()}
    best = _fit(refined, wanted)
    if best.residual > MOST_RESIDUAL and len(refined) > ENOUGH:
        best = min(
            (_fit({n: p for n, p in refined.items() if n != left}, wanted) for left in refined),
            key=lambda fit: fit.residual,
        )
    frame = np.vstack(list(wanted.values()))
    quad = best.points(cv2.convexHull(frame.astype(np.float32)).reshape(-1, 2).astype(np.float64))
    if best.residual > MOST_RESIDUAL or not cv2.isContourConvex(quad.astype(np.float32)):
        return NOT_REGISTERED
    sides = np.linalg.norm(quad - np.roll(quad, 1, 0), axis=1)
    if (
        max(sides[0] / sides[2], sides[2] / sides[0], sides[1] / sides[3], sides[3] / sides[1])
        > MOST_PERSPECTIVE
    ):
        return NOT_REGISTERED
    return best


def _refined(grey: Grey, place: Floats) -> Floats:
    """The corners of a marker to a fraction of a pixel."""
    module = float(np.linalg.norm(place - np.roll(place, 1, 0), axis=1).mean()) / 6
    window = int(min(max(2, module * 0.6), 15))
    near = place.astype(np.float32).reshape(-1, 1, 2).copy()
    high, wide = grey.shape
    if (
        place.min() < window + 2
        or place[:, 0].max() > wide - window - 3
        or place[:, 1].max() > high - window - 3
    ):
        return place
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.02)
    better = (
        cv2.cornerSubPix(grey, near, (window, window), (-1, -1), criteria).reshape(4, 2).astype(np.float64)
    )
    return np.where(np.linalg.norm(better - place, axis=1, keepdims=True) < module, better, place)


def _fit(seen: dict[int, Floats], wanted: dict[int, Floats]) -> Registration:
    """The best map; three markers of a flat scan give one without perspective, which is firmer."""
    at = np.vstack([seen[number] for number in seen])
    mm = np.vstack([wanted[number] for number in seen])
    matrix = np.asarray(cv2.findHomography(mm, at)[0], np.float64)
    if len(seen) <= ENOUGH:
        design = np.hstack([mm, np.ones((len(mm), 1))])
        flat = np.vstack([np.linalg.lstsq(design, at, rcond=None)[0].T, (0.0, 0.0, 1.0)]).astype(np.float64)
        if _residual(flat, mm, at) < FLAT_RESIDUAL:
            matrix = flat
    corners = np.array([(0, 0), (210, 0), (210, 297), (0, 297)], np.float64)
    area = float(cv2.contourArea(moved(corners, matrix).astype(np.float32)))
    return Registration(matrix, (area / (210 * 297)) ** 0.5 * INCH, _residual(matrix, mm, at), len(seen))


def _residual(matrix: Floats, mm: Floats, at: Floats) -> float:
    """The largest distance in mm."""
    back = np.asarray(np.linalg.inv(matrix), np.float64)
    return float(np.linalg.norm(moved(at, back) - mm, axis=1).max())


def _fills(found: Registration, grey: Grey, wanted: dict[int, Floats]) -> bool:
    """Whether the sheet takes so much of the picture that no other whole one can be in it."""
    frame = np.vstack(list(wanted.values()))
    quad = found.points(cv2.convexHull(frame.astype(np.float32)).reshape(-1, 2).astype(np.float64))
    return float(cv2.contourArea(quad.astype(np.float32))) > FULL_PAGE * grey.size


def without_streaks(grey: Grey) -> tuple[Grey, int]:
    """The picture with the lines of dirty scanner glass filled from beside them, and how many there were.

    Such a line is straight, exactly upright or level, and runs through the margins too: no pen does that.
    """
    total = 0
    high, wide = grey.shape
    for turned in (False, True):
        image = grey.T if turned else grey
        lines = grey[:, :: max(1, wide // 300)] if turned else grey[:: max(1, high // 300)]
        runs = _streaks(np.asarray(cv2.transpose(lines), np.uint8) if turned else lines)
        if len(runs) > MOST_STREAKS:
            continue
        if runs and not total:
            grey = grey.copy()
            image = grey.T if turned else grey
        for first, last in runs:
            left, right = image[:, first - 2].astype(np.float32), image[:, last + 2].astype(np.float32)
            share = np.linspace(0, 1, last - first + 3, dtype=np.float32)[None, :]
            image[:, first - 1 : last + 2] = left[:, None] * (1 - share) + right[:, None] * share
        total += len(runs)
    return grey, total


def _streaks(rows: Grey) -> list[tuple[int, int]]:
    """First and last column of every streak, out of some rows of a picture."""
    wide = rows.shape[1]
    width = max(5, wide // 100) | 1
    dark = cv2.morphologyEx(rows, cv2.MORPH_BLACKHAT, np.ones((1, width), np.uint8)) > 12
    edge = max(1, len(rows) // 25)
    margins = np.vstack([dark[:edge], dark[-edge:]])
    columns = (dark.mean(0) > STREAK_ROWS) & (margins.mean(0) > STREAK_MARGIN)
    columns[:4] = columns[-4:] = False
    at = np.flatnonzero(columns)
    runs: list[tuple[int, int]] = []
    for column in at.tolist():
        if runs and column - runs[-1][1] <= 2:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return [run for run in runs if run[1] - run[0] < max(4, STREAK_WIDE * wide)]
