"""Processes beside one another count together where the broker is Redis, else each for itself; nothing lasts there."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid

import pytest
import redis
from django.conf import settings

PROCESSES, EACH, MOST = 3, 10, 20
COUNT = """
import django; django.setup()
import sys
from config.lib.limits import too_many
print(sum(too_many(sys.argv[1], {most}, 600) for _ in range({each})))
"""


@pytest.mark.worker
def test_processes_count_together_where_they_share_a_store() -> None:
    name = f"test-{uuid.uuid4()}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "VAR_DIR": str(settings.VAR),
    }
    program = [sys.executable, "-c", COUNT.format(most=MOST, each=EACH), name]
    running = [
        subprocess.Popen(program, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    refused = [int(one.communicate(timeout=120)[0]) for one in running]
    if settings.CELERY_BROKER_URL.startswith("redis://"):
        # A window may end in between (once in ten minutes); then each part is counted from the beginning.
        assert sum(refused) == PROCESSES * EACH - MOST
        store = redis.Redis.from_url(settings.CELERY_BROKER_URL)
        kept = [key for key in store.scan_iter("limits:*") if name.encode() in key]
        assert len(kept) == 1
        assert 0 < store.ttl(kept[0]) <= 1200
        store.delete(*kept)
    else:
        assert refused == [0] * PROCESSES
