"""Pictures of single rows, made when somebody asks for one: most rows of a sheet are never looked at again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluations.paper.layout import Rect
from evaluations.paper.reading.ink import STRIP_MARGIN, Ink
from evaluations.paper.reading.straightening import FINE
from evaluations.paper.template import BoxRow

Grey = NDArray[np.uint8]

STRIP = 5.5  # pixels a mm
QUALITY = 75


class RowPictures(Mapping[int, bytes]):
    """A JPEG in grey of each row by its number, from its name to its last box.

    Of a sheet it keeps its straightened rows and nothing else: the next page is read meanwhile.
    """

    def __init__(self, inks: list[Ink]) -> None:
        self._places = {row.row: (ink.wide, ink.block.wide, row) for ink in inks for row in ink.block.rows}

    def __getitem__(self, row: int) -> bytes:
        """The picture of one row; raises KeyError for a row that is not on the sheet."""
        return _picture(*self._places[row])

    def __iter__(self) -> Iterator[int]:
        """The rows of the sheet."""
        return iter(self._places)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._places)


def _picture(block: Grey, wide: Rect, row: BoxRow) -> bytes:
    """A row of a block, whose picture shows the rectangle `wide`, with a little of what is round it."""
    whole = row.whole
    top, low = whole.y - STRIP_MARGIN - wide.y, whole.y + whole.height + STRIP_MARGIN - wide.y
    left = whole.x - STRIP_MARGIN - wide.x
    part = block[max(0, round(top * FINE)) : round(low * FINE), max(0, round(left * FINE)) :]
    size = (round(part.shape[1] * STRIP / FINE), round(part.shape[0] * STRIP / FINE))
    small = cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_LINEAR)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
