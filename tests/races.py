"""Steps taken at the same moment by several people, for the tests of races on PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from branches.workflow import NotAllowed

# PostgreSQL itself ends a deadlock after a second; this ends what hangs otherwise, and no slow machine gets there.
HANGS_AFTER = 600  # seconds, all steps together


def at_once(*steps: Callable[[], Any], expected: tuple[type[Exception], ...] = (NotAllowed,)) -> list[Any]:
    """Take all steps at the same moment, each on a connection of its own; results or refusals in order.

    Refusals are the `expected` exceptions; any other, and a deadlock, which the server tells as an error, fails the test.
    """
    results: list[Any] = [None] * len(steps)
    start = threading.Barrier(len(steps))

    def run(number: int, step: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            results[number] = step()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(steps)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + HANGS_AFTER
    for thread in threads:
        thread.join(timeout=max(0, until - time.monotonic()))
        assert not thread.is_alive(), "it hangs"
    unexpected = [r for r in results if isinstance(r, Exception) and not isinstance(r, expected)]
    assert not unexpected, unexpected
    return results


def refused(results: list[Any]) -> int:
    """How many were refused."""
    return sum(isinstance(result, NotAllowed) for result in results)
