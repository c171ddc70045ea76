"""Which seeds a reader may be tuned on and which only measure it; the two are never mixed.

1–99 are for tuning: whoever changes the reader may look at these sheets. From 700 on the sheets are held
out: nobody looks at them before the reader is fixed, and a range that has been looked into is spent.
"""

from __future__ import annotations

TUNING = range(1, 100)
HELD_OUT_FROM = 700


class SeedsMixed(ValueError):
    """The range asked for is neither wholly tuning nor wholly held out."""


def kind(seeds: list[int]) -> str:
    """`tuning` or `held-out`; raises SeedsMixed for a mixture and for seeds between the two ranges."""
    if seeds and all(seed in TUNING for seed in seeds):
        return "tuning"
    if seeds and all(seed >= HELD_OUT_FROM for seed in seeds):
        return "held-out"
    raise SeedsMixed(
        f"seeds must be all in {TUNING.start}-{TUNING.stop - 1} (tuning) "
        f"or all from {HELD_OUT_FROM} on (held out), never both"
    )


def parse(text: str) -> list[int]:
    """`3`, `1-5` or `700-719,730` as a list of seeds of one kind."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    kind(seeds)
    return seeds
