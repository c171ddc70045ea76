"""Small tools of the damage: tone, noise, shading, geometry, compression. Pictures are grey, 8 bit."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from bench.paper.voters import Rng

Grey = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float64]
DPI = 300  # of a written sheet
PX = DPI / 25.4  # pixels a mm
NOISE_SIGMA = 32.0
STEP = 16  # pixels between the points of a coarse map


def grey(picture: object) -> Grey:
    """What a function of OpenCV gave back, as 8-bit grey."""
    return np.asarray(picture, dtype=np.uint8)


@functools.cache
def _bank() -> Grey:
    """A large field of noise round 128, slightly soft like that of a sensor; the same in every process."""
    rough = np.random.default_rng(20_000).standard_normal((4400, 4400), dtype=np.float32)
    soft = np.asarray(cv2.GaussianBlur(rough, (3, 3), 0.6), dtype=np.float32)
    return grey(np.clip(soft / soft.std() * NOISE_SIGMA + 128, 0, 255))


def noise(rng: Rng, shape: tuple[int, ...]) -> Grey:
    """A piece of the noise field, turned at random."""
    bank = _bank()[:: 1 if rng.random() < 0.5 else -1, :: 1 if rng.random() < 0.5 else -1]
    y = int(rng.integers(0, bank.shape[0] - shape[0] + 1))
    x = int(rng.integers(0, bank.shape[1] - shape[1] + 1))
    return np.ascontiguousarray(bank[y : y + shape[0], x : x + shape[1]])


def noisy(picture: Grey, rng: Rng, sigma: float) -> Grey:
    """The picture with noise of that strength in grey levels."""
    weight = sigma / NOISE_SIGMA
    return grey(cv2.addWeighted(picture, 1.0, noise(rng, picture.shape), weight, -128 * weight))


def toned(picture: Grey, black: float, white: float, gamma: float = 1.0) -> Grey:
    """Grey levels stretched so that ink comes out at `black` and paper at `white`."""
    table = black + (white - black) * (np.arange(256) / 255.0) ** gamma
    return grey(cv2.LUT(picture, np.clip(table, 0, 255).astype(np.uint8)))


def jpeg(picture: Grey, quality: int) -> Grey:
    """The picture after compression."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("not encoded")
    return grey(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))


def blurred(picture: Grey, sigma: float) -> Grey:
    """Gaussian blur; sigma in pixels."""
    return grey(cv2.GaussianBlur(picture, (0, 0), sigma))


def shaded(picture: Grey, light: Map) -> Grey:
    """The picture under light that differs from place to place; `light` is a coarse map from 0 to 1."""
    small = np.clip(light * 255, 0, 255).astype(np.uint8)
    whole = cv2.resize(small, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    return grey(cv2.multiply(picture, whole, scale=1 / 255))


def field(rng: Rng, shape: tuple[int, int], waves: float) -> Map:
    """A smooth random surface from 0 to 1 with about `waves` hills across the shorter side."""
    cells = max(2, int(waves * 2))
    coarse = rng.random(
        (math.ceil(cells * shape[0] / min(shape)) + 1, math.ceil(cells * shape[1] / min(shape)) + 1)
    )
    fine = np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float64)
    low, high = float(fine.min()), float(fine.max())
    result: Map = (fine - low) / max(1e-9, high - low)
    return result


def scaled(picture: Grey, factor: float) -> Grey:
    """The picture in another resolution, with the averaging of a scanner."""
    size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
    return grey(cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR))


def rotated(picture: Grey, degrees: float, shift: tuple[float, float] = (0, 0), lid: int = 255) -> Grey:
    """The picture turned about its middle on a glass of the same size; outside one sees the lid."""
    high, wide = picture.shape
    matrix = np.asarray(cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0), dtype=np.float64)
    matrix[:, 2] += np.array(shift)
    return grey(
        cv2.warpAffine(
            picture,
            matrix,
            (wide, high),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=lid,
        )
    )


def camera(rng: Rng, size: tuple[int, int], tilt: float, roll: float, fill: tuple[float, float]) -> Map:
    """A homography from pixels of the 300-dpi page to a photo of `size` (wide, high).

    `tilt` is the largest angle between sheet and camera, `roll` the largest turn in the picture (degrees),
    `fill` the range of the part of the photo that the sheet covers in its tighter direction.
    """
    wide, high = 210 * PX, 297 * PX
    axis = rng.uniform(0, 2 * math.pi)
    angle = math.radians(float(rng.uniform(0.2, 1.0)) * tilt)
    turn = math.radians(float(rng.uniform(-roll, roll)))
    about = np.array([math.cos(axis) * angle, math.sin(axis) * angle, 0.0])
    rotation = np.asarray(cv2.Rodrigues(about)[0]) @ np.asarray(cv2.Rodrigues(np.array([0.0, 0.0, turn]))[0])
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float64)
    flat = np.column_stack([corners - [wide / 2, high / 2], np.zeros(4)]) @ rotation.T
    distance = 1.35 * high
    seen = flat[:, :2] * (distance / (distance + flat[:, 2:]))
    low, extent = seen.min(axis=0), np.ptp(seen, axis=0)
    factor = float(rng.uniform(*fill)) * min(size[0] / extent[0], size[1] / extent[1])
    room = np.array(size) - extent * factor
    target = (seen - low) * factor + room * rng.uniform(0.3, 0.7, 2)
    return np.asarray(
        cv2.getPerspectiveTransform(corners.astype(np.float32), target.astype(np.float32)), dtype=np.float64
    )


def photographed(
    page: Grey, desk: Grey, matrix: Map, bend: Callable[[Map, Map], tuple[Map, Map]] | None = None
) -> Grey:
    """The page seen through `matrix` on a desk.

    `bend` moves points of the page (mm) to where they come from on a sheet that does not lie flat.
    """
    high, wide = desk.shape
    reduce = min(1.0, 1.4 * math.sqrt(abs(float(np.linalg.det(matrix[:2, :2])))))
    if reduce < 0.9:
        page = scaled(page, reduce)
        matrix = matrix @ np.diag([1 / reduce, 1 / reduce, 1.0])
    else:
        reduce = 1.0
    if bend is None:
        return grey(
            cv2.warpPerspective(
                page,
                matrix,
                (wide, high),
                dst=desk.copy(),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_TRANSPARENT,
            )
        )
    columns, rows = wide // STEP + 2, high // STEP + 2
    x, y = np.meshgrid((np.arange(columns) + 0.5) * STEP - 0.5, (np.arange(rows) + 0.5) * STEP - 0.5)
    back = np.linalg.inv(matrix)
    depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
    per_mm = PX * reduce
    px = (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth / per_mm
    py = (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth / per_mm
    px, py = bend(px, py)
    maps = []
    for coarse in (px, py):
        whole = cv2.resize(
            (coarse * per_mm).astype(np.float32),
            (columns * STEP, rows * STEP),
            interpolation=cv2.INTER_LINEAR,
        )
        maps.append(np.ascontiguousarray(whole[:high, :wide]))
    return grey(
        cv2.remap(
            page, maps[0], maps[1], cv2.INTER_LINEAR, dst=desk.copy(), borderMode=cv2.BORDER_TRANSPARENT
        )
    )
