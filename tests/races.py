"""Steps taken at the same moment by several people, for the tests of races on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from branches.workflow import NotAllowed


def at_once(*steps: Callable[[], Any], expected: tuple[type[Exception], ...] = (NotAllowed,)) -> list[Any]:
    """Take all steps at the same moment, each on a connection of its own; results or refusals in order.

    Refusals are the `expected` exceptions; any other, and a deadlock, fails the test.
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
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "deadlock"
    unexpected = [r for r in results if isinstance(r, Exception) and not isinstance(r, expected)]
    assert not unexpected, unexpected
    return results


def refused(results: list[Any]) -> int:
    """How many were refused."""
    return sum(isinstance(result, NotAllowed) for result in results)
