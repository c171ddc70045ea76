"""Jobs on a real worker: done once, done although a worker dies, and never a request that hangs."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from branches.models import Job, JobState
from branches.services.jobs import request_job, ring, sweep
from config.celery import app
from tests.worker.conftest import LEASE_SECONDS, Worker, wait_until
from tests.worker.tasks import KIND


def queue_job(lines: Path, *, seconds: int = 0) -> Job:
    """Queue a marking job as a view does: inside a transaction, the bell rings after it."""
    with transaction.atomic():
        return request_job(
            kind=KIND, key=str(lines), title="试验", by=None, params={"file": str(lines), "seconds": seconds}
        )


def is_done(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == JobState.DONE


@pytest.mark.worker
def test_a_queued_job_is_done_once_by_the_real_worker(
    start_worker: Callable[[], Worker], tmp_path: Path
) -> None:
    worker = start_worker()
    job = queue_job(tmp_path / "lines")
    ring(job.kind, job.pk)  # a second ring, as the sweeper may give
    wait_until(lambda: is_done(job), 30, f"not done: {job.state}")
    time.sleep(2)  # the second ring has been answered too
    assert (tmp_path / "lines").read_text().split() == ["start", "end"], worker.log.read_text()
    assert job.attempts == 1


@pytest.mark.worker
def test_a_job_whose_worker_was_killed_is_done_by_another(
    start_worker: Callable[[], Worker], tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    first = start_worker()
    job = queue_job(lines, seconds=60)
    wait_until(lines.exists, 30, "the first worker did not begin")
    first.kill()
    start_worker()

    def swept_and_done() -> bool:
        sweep()  # what the beat does every few seconds
        time.sleep(0.5)
        return is_done(job)

    wait_until(swept_and_done, LEASE_SECONDS + 30, "no other worker has done it")
    assert lines.read_text().split() == ["start", "start", "end"]
    assert job.attempts == 2


@pytest.mark.worker
def test_a_job_queued_while_no_worker_runs_waits_for_one(
    start_worker: Callable[[], Worker], tmp_path: Path
) -> None:
    job = queue_job(tmp_path / "lines")
    start_worker()
    wait_until(lambda: is_done(job), 30, f"not done: {job.state}")


@pytest.mark.django_db(transaction=True)
def test_a_frozen_broker_never_holds_a_request(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, answers nothing
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        settings.CELERY_BROKER_URL = url
        monkeypatch.setitem(app.conf, "task_always_eager", False)
        monkeypatch.setitem(app.conf, "broker_url", url)
        started = time.monotonic()
        job = queue_job(tmp_path / "lines")
        assert time.monotonic() - started < 2
        started = time.monotonic()
        queue_job(tmp_path / "others")  # the silence is remembered
        assert time.monotonic() - started < 0.5
    assert job.state == JobState.QUEUED
