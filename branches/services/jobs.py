"""Long work: rows with a lease; the broker is a doorbell that may be silent; the sweeper rings again."""

from __future__ import annotations

import contextlib
import datetime
import logging
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery import current_app as app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from branches.models import OPEN_STATES, Job, JobState, Organization, User

logger = logging.getLogger(__name__)
Report = Callable[[int, int, str], None]
SILENCE_SECONDS = 30
RING_AGAIN_SECONDS = 30


class JobRefused(Exception):
    """Work that cannot be done; the message is the Chinese reason shown to the person who asked."""


class LeaseLost(Exception):
    """Another worker has taken the job; this one stops without a trace."""


def request_job(
    *,
    kind: str,
    key: str,
    title: str,
    by: User | None,
    params: dict[str, Any] | None = None,
    organization: Organization | None = None,
    next_url: str = "",
) -> Job:
    """Queue work under the task name `kind`; an open job with the same key is returned instead."""
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                key=key,
                title=title,
                params=params or {},
                requested_by=by,
                organization=organization,
                next_url=next_url,
                requested_at=timezone.now(),
            )
    except IntegrityError:
        return Job.objects.get(kind=kind, key=key, state__in=OPEN_STATES)
    transaction.on_commit(lambda: ring(job.kind, job.pk))
    return job


class _Doorbell:
    """Remembers that the broker did not answer, so that no request waits for it twice."""

    silent_until = 0.0


def ring(kind: str, pk: uuid.UUID) -> bool:
    """Tell the workers to look at the job: one short try; False when the broker did not answer.

    The sweeper rings again, so a failure loses nothing.
    """
    if time.monotonic() < _Doorbell.silent_until:
        return False
    try:
        if settings.CELERY_BROKER_URL.startswith("redis"):
            options = {
                "socket_timeout": 1,
                "socket_connect_timeout": 1,
                "max_retries": 0,
            }
            with app.connection_for_write(transport_options=options) as connection:
                app.send_task(kind, [str(pk)], connection=connection, retry=False)
        else:
            app.send_task(kind, [str(pk)], retry=False)
    except Exception as error:
        _Doorbell.silent_until = time.monotonic() + SILENCE_SECONDS
        logger.warning("the broker did not answer: %s", type(error).__name__)
        return False
    return True


def run_job(pk: str, work: Callable[[Job, Report], None]) -> bool:
    """Do the work of a job once: claim the lease, run, mark done or failed. False when not ours to do.

    `work(job, report)` may raise JobRefused with a Chinese reason; any other error is tried again by
    the sweeper until the attempts are used up. `report(done, total, message)` extends the lease.
    """
    key = uuid.UUID(pk)
    if not Job.objects.claim(key, timezone.now()):
        return False
    job = Job.objects.get(pk=key)

    def report(done: int, total: int, message: str = "") -> None:
        lease = timezone.now() + datetime.timedelta(seconds=settings.JOB_LEASE_SECONDS)
        mine = Job.objects.filter(pk=key, attempts=job.attempts, state=JobState.RUNNING)
        if mine.update(done=done, total=total, message=message[:300], lease_until=lease) != 1:
            raise LeaseLost

    try:
        work(job, report)
    except JobRefused as refusal:
        _finish(job, JobState.FAILED, str(refusal))
    except LeaseLost:
        return False
    except SoftTimeLimitExceeded:
        _finish(job, JobState.FAILED, "处理时间过长，已停止。请缩小范围后再试，或联系管理员。")
    except Exception:
        logger.exception("job %s failed in attempt %s", key, job.attempts)
        if job.attempts >= job.max_attempts:
            _finish(job, JobState.FAILED, "处理时出错，已多次重试。请联系管理员，数据没有改变。")
        else:
            Job.objects.filter(pk=key, attempts=job.attempts).update(
                state=JobState.QUEUED, lease_until=None, requested_at=timezone.now()
            )
    else:
        _finish(job, JobState.DONE, "")
    return True


def _finish(job: Job, state: str, message: str) -> None:
    """Close the job if the lease is still ours."""
    rows = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING)
    changes: dict[str, Any] = {
        "state": state,
        "lease_until": None,
        "finished_at": timezone.now(),
        "result_name": job.result_name,
        "next_url": job.next_url,
    }
    if message:
        changes["message"] = message
    rows.update(**changes)


def sweep() -> int:
    """Ring again for forgotten jobs and give up on those out of attempts; returns how many rang."""
    now = timezone.now()
    out_of_attempts = Job.objects.claimable(now).filter(attempts__gte=F("max_attempts"))
    out_of_attempts.update(
        state=JobState.FAILED,
        finished_at=now,
        lease_until=None,
        message="处理多次中断，没有完成。请重新申请；若仍不成功，请联系管理员。",
    )
    late = now - datetime.timedelta(seconds=RING_AGAIN_SECONDS)
    forgotten = Job.objects.claimable(now).filter(Q(state=JobState.RUNNING) | Q(requested_at__lt=late))
    rung = 0
    for pk, kind in forgotten.values_list("pk", "kind"):
        rung += ring(kind, pk)
    return rung


def expire_results() -> int:
    """Remove result files and rows older than the keeping time; returns how many rows."""
    limit = timezone.now() - datetime.timedelta(days=settings.JOB_RESULT_DAYS)
    old = list(Job.objects.filter(finished_at__lt=limit))
    for job in old:
        job.result_path.unlink(missing_ok=True)
    Job.objects.filter(pk__in=[job.pk for job in old]).delete()
    return len(old)


def tidy_broker_files() -> int:
    """Remove processed messages of the embedded broker older than a day; returns how many."""
    folder = Path(settings.VAR) / "done"
    limit = time.time() - 86_400
    removed = 0
    for file in folder.glob("*") if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            if file.stat().st_mtime < limit:
                file.unlink()
                removed += 1
    return removed
