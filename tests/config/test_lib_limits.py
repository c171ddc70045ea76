"""Limits count in one window of time, all processes together where they can, and never fail a page."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches

from config.lib import limits
from tests.pace import allowed

NAME = "a-test"


@pytest.fixture(autouse=True)
def begun_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is counted yet, no store was silent; all that is counted falls into one window."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    monkeypatch.setattr(limits, "_silent", {})
    caches[limits.OWN].clear()
    yield
    caches[limits.OWN].clear()


def store_at(settings: Any, port: int) -> None:
    """The shared counts lie in a Redis at this port of this machine."""
    settings.CACHES = {
        **settings.CACHES,
        limits.SHARED: {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
            "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        },
    }


@pytest.mark.parametrize("count", [limits.too_many, limits.too_many_here])
def test_more_than_the_limit_is_told_until_the_window_is_over(
    count: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [count(NAME, 2, 60) for _ in range(4)] == [False, False, True, True]
    assert not count(f"{NAME}-of-another", 2, 60)
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert not count(NAME, 2, 60)


def test_a_store_that_is_gone_leaves_each_process_its_own_count(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        store_at(settings, free.getsockname()[1])
    assert [limits.too_many(NAME, 2, 60) for _ in range(3)] == [False, False, True]
    assert caplog.text.count("counted in each process alone") == 1
    assert NAME not in caplog.text


def test_a_frozen_store_is_waited_for_once_and_asked_again_later(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the connection and never answers."""
    with socket.socket() as frozen:
        frozen.bind(("127.0.0.1", 0))
        frozen.listen(8)
        frozen.settimeout(5)
        store_at(settings, frozen.getsockname()[1])
        begun = time.monotonic()
        assert [limits.too_many(NAME, 2, 60) for _ in range(20)][:3] == [False, False, True]
        assert time.monotonic() - begun < 2 * allowed(1.5)
        frozen.accept()[0].close()
        frozen.settimeout(0.1)
        with pytest.raises(TimeoutError):  # nobody came a second time
            frozen.accept()
        monkeypatch.setattr(limits, "_silent", {limits.SHARED: time.monotonic() - 1})
        frozen.settimeout(5)
        limits.too_many(NAME, 2, 60)
        frozen.accept()[0].close()


def test_a_store_that_forgets_in_between_fails_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    class Forgetful:
        def add(self, key: str, value: int, timeout: int) -> None:
            """Nothing is kept."""

        def incr(self, key: str) -> int:
            """As Django's caches do for a key that is gone."""
            raise ValueError(key)

    monkeypatch.setattr(limits, "caches", {limits.SHARED: Forgetful(), limits.OWN: caches[limits.OWN]})
    assert [limits.too_many(NAME, 1, 60) for _ in range(2)] == [False, True]
