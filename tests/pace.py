"""What a time limit of a test means on this machine, at this moment, in this run."""

from __future__ import annotations

import sys
import time

USUAL = 0.015  # seconds of processor time the yardstick takes on a quiet machine
TRACED = 4  # times slower is code whose lines are counted for the coverage


def allowed(seconds: float) -> float:
    """Seconds of processor time to allow for what takes at most `seconds` on a quiet machine of usual speed.

    A machine that is slower just now gets more in proportion, a faster one no less; counting lines is allowed for.
    """
    slower = max(1.0, min(_yardstick() for _ in range(3)) / USUAL)
    return seconds * slower * (1 if sys.gettrace() is None else TRACED)


def _yardstick() -> float:
    """Seconds of processor time that always the same work of a common kind takes here and now."""
    begun = time.process_time()
    known = {str(number): number for number in range(60_000)}
    sum(len(text) for text in known)
    return time.process_time() - begun
