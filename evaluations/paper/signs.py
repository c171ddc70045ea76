"""The signs a machine looks for on a printed form: the markers in the corners and the QR."""

import functools

import segno

# The inner 4 × 4 squares of the markers 0 to 3 of OpenCV's DICT_4X4_50, row by row: "#" is white.
MARKER_BITS = (
    ("#.##", ".#.#", "..##", "..#."),
    ("....", "####", "#..#", "#.#."),
    ("..##", "..##", "..#.", "##.#"),
    ("#..#", "#..#", ".#..", ".##."),
)


def marker_squares(number: int) -> tuple[tuple[int, int], ...]:
    """The white squares (column, row) of a marker, counted in sixths of its side; the rest is black."""
    return tuple(
        (column + 1, row + 1)
        for row, bits in enumerate(MARKER_BITS[number])
        for column, bit in enumerate(bits)
        if bit == "#"
    )


@functools.lru_cache(maxsize=64)
def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The QR of a text at error level Q, without its quiet zone: True is black, row by row."""
    code = segno.make(text, error="q", micro=False, boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)
