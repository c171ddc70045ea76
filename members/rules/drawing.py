"""A draw by lot that anybody can repeat: the keys are ranked by a hash of seed and key, the first ones are drawn.

No generator of random numbers is used, so that the result depends on no program and no version: whoever can
work out SHA-256 (a line of a shell, a web page, a table) gets the same order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from hashlib import sha256

MACHINE_SEED = re.compile(r"[0-9a-f]{16}")


def digest(seed: str, key: str) -> str:
    """The lot of a key: SHA-256 of the seed directly followed by the key (UTF-8), in hexadecimal."""
    return sha256(f"{seed}{key}".encode()).hexdigest()


def ranked(pool: Iterable[str], seed: str) -> tuple[tuple[str, str], ...]:
    """All keys with their lots, the smallest lot first; the order in which they were given is of no account."""
    return tuple(sorted((digest(seed, key), key) for key in set(pool)))


def draw(pool: Iterable[str], seed: str, size: int) -> tuple[str, ...]:
    """The keys drawn, in the order of their lots: the first `size`, or all where there are fewer."""
    return tuple(key for _lot, key in ranked(pool, seed)[: max(size, 0)])


def size_of_share(pool: int, percent: int) -> int:
    """How many are `percent` of a pool, rounded up; at least one of a pool that is not empty."""
    return min(pool, max(1, math.ceil(pool * percent / 100)))


def is_machine_seed(seed: str) -> bool:
    """Whether the seed has the form of one made by the program, which nobody can have chosen."""
    return MACHINE_SEED.fullmatch(seed) is not None
