"""The heartbeat of a running job: extends its lease while the work is busy between two reports."""

from __future__ import annotations

import datetime
import logging
import threading
import time
from types import TracebackType

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from branches.models import Job, JobState

logger = logging.getLogger(__name__)
BEATS_A_LEASE = 3
LAST_BEAT_SECONDS = 5


class Pulse:
    """`with Pulse(job):` keeps the job of this worker alive by a thread with a connection of its own.

    It dies with the process; it stops by itself when the job is not ours any more (then `lost` is true)
    and after Celery's time limit, which ends a process that hangs. Progress made inside the work's own
    transaction is written by this thread too: it is seen at once, and the work locks no row of a job.
    """

    def __init__(self, job: Job) -> None:
        self.lost = False
        self._job = job
        self._over = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._live, name=f"pulse-{job.pk}", daemon=True)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._wake.set()
        self._thread.join(LAST_BEAT_SECONDS)

    def beat(self) -> bool:
        """Extend the lease and write the progress of the job, now; False when the job is not ours any more."""
        job = self._job
        mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING)
        lease = timezone.now() + datetime.timedelta(seconds=settings.JOB_LEASE_SECONDS)
        progress = {
            "done": job.done,
            "total": job.total,
            "message": job.message,
            "started_at": job.started_at,
        }
        return mine.update(lease_until=lease, **progress) == 1

    def beat_soon(self) -> None:
        """Let the thread write the progress without waiting for its next turn."""
        self._wake.set()

    def _live(self) -> None:
        """Beat until told to stop, until the job is gone, or until the time limit."""
        end = time.monotonic() + settings.CELERY_TASK_TIME_LIMIT
        try:
            while time.monotonic() < end:
                self._wake.wait(settings.JOB_LEASE_SECONDS / BEATS_A_LEASE)
                self._wake.clear()
                if self._over or not self._try():
                    return
        finally:
            connection.close()

    def _try(self) -> bool:
        """One beat; a database that is busy or away for a moment is asked again at the next turn."""
        try:
            alive = self.beat()
            # A row that cannot be seen belongs to a transaction that is not over: nothing is lost.
            self.lost = not alive and Job.objects.filter(pk=self._job.pk).exists()
        except Error as error:
            logger.info("job %s: no heartbeat: %s", self._job.pk, type(error).__name__)
            connection.close()
            return True
        return alive
