"""Too much at once is refused: how often something happened in the present window of time, over all processes.

Counted are names of things, never who asked or from where; a count ends by itself soon after its window. Where the
broker is Redis, all processes count together there; without it, or while it does not answer, each counts for itself
in its memory.
"""

from __future__ import annotations

import logging
import time

from django.core.cache import BaseCache, caches
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
SHARED, OWN = "limits", "default"
TROUBLE_SECONDS = 30.0  # so long nothing is asked of a store that did not answer
_silent: dict[str, float] = {}  # until when


def too_many(name: str, most: int, seconds: int) -> bool:
    """Count one more of `name`; whether that makes more than `most` in this window of so many seconds."""
    key = f"{name}:{int(time.time()) // seconds}"
    if time.monotonic() >= _silent.get(SHARED, 0):
        try:
            return _add(caches[SHARED], key, seconds) > most
        except (RedisError, ValueError) as error:  # ValueError: the store let go of the count
            _silent[SHARED] = time.monotonic() + TROUBLE_SECONDS
            logger.warning("limits are counted in each process alone: %s", type(error).__name__)
    return _add(caches[OWN], key, seconds) > most


def too_many_here(name: str, most: int, seconds: int) -> bool:
    """The same in the memory of this process only: for what no store may know the time of."""
    return _add(caches[OWN], f"{name}:{int(time.time()) // seconds}", seconds) > most


def _add(store: BaseCache, key: str, seconds: int) -> int:
    """Add one to a count; returns it."""
    store.add(key, 0, timeout=2 * seconds)
    return int(store.incr(key))
