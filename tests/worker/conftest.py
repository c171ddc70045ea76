"""A real Celery worker, in processes of its own, on the test database and the configured broker."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from config.celery import app

LEASE_SECONDS = 3
START_SECONDS, STOP_SECONDS = 60, 20


def database_url() -> str:
    """URL under which another process reaches the test database of this one."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    who = quote(str(at["USER"]), safe="")
    if at["PASSWORD"]:
        who += ":" + quote(str(at["PASSWORD"]), safe="")
    host = str(at["HOST"])
    where = f"/{host}" if host.startswith("/") else host  # a folder with a socket is written as a path
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgresql://{who}@{where}{port}/{at['NAME']}"


def wait_until(true: Callable[[], bool], seconds: float, why: str) -> None:
    """Return as soon as `true()`; fail with `why` when it is not within the time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, why
        time.sleep(0.1)


class Worker:
    """One running worker: its main process and its pool, all in one process group."""

    def __init__(self, log: Path) -> None:
        self.log = log
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "DATABASE_URL": database_url(),
            "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
            "VAR_DIR": str(settings.VAR),
            "JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "LOG_LEVEL": "INFO",
        }
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "-c",
            "2",
            "-I",
            "tests.worker.tasks",
        ]
        command += ["-n", f"{uuid.uuid4()}@test", "--loglevel", "INFO"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self._is_ready, START_SECONDS, f"the worker did not start:\n{log.read_text()[-3000:]}")

    def _is_ready(self) -> bool:
        text = self.log.read_text()
        assert self.process.poll() is None, f"the worker ended:\n{text[-3000:]}"
        return " ready." in text

    def freeze(self) -> None:
        """Stop every process where it is."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let frozen processes go on."""
        os.killpg(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Like a power cut: every process of the worker at once, no goodbye."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """Ask to finish; what has not within the time is killed."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture
def start_worker(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Worker]]:
    """Start workers, as many as wanted; all end with the test. Jobs of this test are really queued."""
    monkeypatch.setitem(app.conf, "task_always_eager", False)
    workers: list[Worker] = []

    def start() -> Worker:
        workers.append(Worker(tmp_path / f"worker-{len(workers)}.log"))
        return workers[-1]

    yield start
    for worker in workers:
        worker.stop()
