"""Jobs on a real worker: done once, done although a worker dies, and never a request that hangs."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from branches.models import Job, JobState, User
from branches.services.jobs import cancel_job, request_job, ring, sweep
from config.celery import app
from tests.factories.branches import UserFactory
from tests.worker.conftest import LEASE_SECONDS, Worker, wait_until
from tests.worker.tasks import KIND


def queue_job(lines: Path, *, seconds: int = 0, silent: bool = False, by: User | None = None) -> Job:
    """Queue a marking job as a view does: inside a transaction, the bell rings after it."""
    params = {"file": str(lines), "seconds": seconds, "silent": silent}
    with transaction.atomic():
        return request_job(kind=KIND, key=lines.name, title="试验", by=by, params=params)


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
def test_slow_work_that_is_alive_is_left_to_its_worker(
    start_worker: Callable[[], Worker], tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    worker = start_worker()  # two processes: one works, the other would take the job
    job = queue_job(lines, seconds=2 * LEASE_SECONDS + 1, silent=True)
    wait_until(lines.exists, 30, "the worker did not begin")
    rings = []

    def swept_and_done() -> bool:
        rings.append(sweep())
        ring(job.kind, job.pk)
        time.sleep(0.5)
        return is_done(job)

    wait_until(swept_and_done, 3 * LEASE_SECONDS + 30, "not done")
    assert lines.read_text().split() == ["start", "end"], worker.log.read_text()
    assert (job.attempts, sum(rings)) == (1, 0)


@pytest.mark.worker
def test_cancelled_work_stops_and_its_worker_does_the_next(
    start_worker: Callable[[], Worker], tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    start_worker()
    asker = UserFactory.create()
    job = queue_job(lines, seconds=60, by=asker)
    wait_until(lines.exists, 30, "the worker did not begin")
    cancel_job(job=job, by=asker)
    following = [queue_job(tmp_path / f"next-{number}") for number in range(2)]
    wait_until(lambda: all(map(is_done, following)), 30, "the worker does nothing else")
    time.sleep(1.5)  # the cancelled one has had its next report
    sweep()
    job.refresh_from_db()
    assert (job.state, job.attempts, lines.read_text().split()) == (JobState.CANCELLED, 1, ["start"])


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
