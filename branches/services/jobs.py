"""Long work: rows with a lease; the broker is a doorbell that may be silent; the sweeper rings again."""

from __future__ import annotations

import datetime
import io
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any, BinaryIO

from celery import current_app as app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from branches.models import OPEN_STATES, Job, JobQuerySet, JobState, Organization, User
from branches.permissions import Denied, can_ask_again, can_cancel_job
from branches.services.pulse import Pulse
from branches.workflow import NotAllowed
from config.lib.files import remove_leftovers, remove_whole, write_whole
from config.lib.sealed import open_bytes, seal_bytes

logger = logging.getLogger(__name__)
Report = Callable[[int, int, str], None]
SILENCE_SECONDS = 30
RING_AGAIN_SECONDS = 30


class JobRefused(Exception):
    """Work that cannot be done; the message is the Chinese reason shown to the person who asked."""


class LeaseLost(Exception):
    """The job was cancelled or another worker has taken it; this one stops without a trace."""


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
    """Queue work under the task name `kind`; an open job with the same key is returned instead.

    Only who asked sees a job: `key` must name the person (`by`) where everybody gets a result of the own.
    """
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
        same = Job.objects.filter(kind=kind, key=key)
        return same.filter(state__in=OPEN_STATES).first() or same.latest("requested_at")
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
    the sweeper until the attempts are used up. `report(done, total, message)` shows the progress and
    raises LeaseLost when the job was cancelled or taken over; between reports a pulse keeps the lease.
    Work that writes the database calls `settle` last in its transaction.
    """
    key = uuid.UUID(pk)
    if not Job.objects.claim(key, timezone.now()):
        return False
    job = Job.objects.get(pk=key)
    remove_leftovers(job.result_path)
    with Pulse(job) as pulse:
        return _do(job, work, _reporter(job, pulse))


def _reporter(job: Job, pulse: Pulse) -> Report:
    """The `report` of a job; inside a transaction of the work the pulse writes for it."""
    outside = len(connection.atomic_blocks)

    def report(done: int, total: int, message: str = "") -> None:
        job.done, job.total, job.message = done, total, message[:300]
        if done == 0:  # a new count begins: the rate is its own
            job.started_at = timezone.now()
        if len(connection.atomic_blocks) > outside:
            pulse.beat_soon()
            ours = not pulse.lost
        else:
            ours = pulse.beat()
        if not ours:
            raise LeaseLost

    return report


def _do(job: Job, work: Callable[[Job, Report], None], report: Report) -> bool:
    """Run the work and close the job as it ended. False when it was not ours any more."""
    try:
        work(job, report)
    except JobRefused as refusal:
        return _finish(job, JobState.FAILED, str(refusal))
    except LeaseLost:
        return _let_go(job)
    except SoftTimeLimitExceeded:
        return _finish(job, JobState.FAILED, "处理时间过长，已停止。请缩小范围后再试，或联系管理员。")
    except Exception:
        logger.exception("job %s failed in attempt %s", job.pk, job.attempts)
        if job.attempts >= job.max_attempts:
            return _finish(job, JobState.FAILED, "处理时出错，已多次重试。请联系管理员，数据没有改变。")
        again = {"state": JobState.QUEUED, "lease_until": None, "requested_at": timezone.now()}
        return _mine(job).update(**again) == 1 or _let_go(job)
    return _finish(job, JobState.DONE, job.message)


def settle(*, job: Job) -> None:
    """Close the job as done, last in the transaction of its own work: both are written or neither is.

    Raises LeaseLost when the job was cancelled or taken over; let it end the transaction.
    """
    if not _close(job, JobState.DONE, job.message):
        raise LeaseLost


def _mine(job: Job) -> JobQuerySet:
    """The job's row as long as this worker holds it."""
    return Job.objects.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING)


def _close(job: Job, state: str, message: str) -> bool:
    """Write how the job ended, if it is still ours."""
    end: dict[str, Any] = {
        "state": state,
        "lease_until": None,
        "finished_at": timezone.now(),
        "done": job.done,
        "total": job.total,
        "message": message,
        "result_name": job.result_name,
        "next_url": job.next_url,
    }
    return _mine(job).update(**end) == 1


def _finish(job: Job, state: str, message: str) -> bool:
    """Close the job; one that is not ours any more is let go."""
    return _close(job, state, message) or _let_go(job)


def _let_go(job: Job) -> bool:
    """Leave a job that somebody else has closed, and no file when it was cancelled. True when it is done."""
    state = Job.objects.filter(pk=job.pk).values_list("state", flat=True).first()
    if state == JobState.CANCELLED:
        remove_whole(job.result_path)
    return state == JobState.DONE


def keep_result(*, job: Job, name: str, content: bytes) -> None:
    """Keep the file a job has made under the name it is downloaded as; sealed when its parameters say `sealed`.

    Files with personal values are sealed: they lie on the disk for weeks.
    """
    sealed = seal_bytes(content, purpose=f"result:{job.pk}") if job.params.get("sealed") else content
    write_whole(job.result_path, sealed)
    job.result_name = name


def open_result(job: Job) -> BinaryIO:
    """The file a job has made, open for reading. Raises FileNotFoundError, or CannotOpen without its key."""
    if job.params.get("sealed"):
        return io.BytesIO(open_bytes(job.result_path.read_bytes(), purpose=f"result:{job.pk}"))
    return job.result_path.open("rb")


def cancel_job(*, job: Job, by: User) -> None:
    """Cancel work that waits or runs; who does it stops at the next report and leaves nothing behind.

    Raises NotAllowed when by did not ask for it, or when it has ended.
    """
    answer = can_cancel_job(by, job)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    cancelled = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(
        state=JobState.CANCELLED, lease_until=None, finished_at=timezone.now(), message=""
    )
    if not cancelled:
        raise NotAllowed("这项任务已经结束，不用再取消。")
    job.result_path.unlink(missing_ok=True)


def ask_again(*, job: Job, by: User) -> Job:
    """Queue the work of a job that has ended once more; the right to its data is asked when it runs.

    Raises NotAllowed with the reason. Returns the new job.
    """
    answer = can_ask_again(by, job)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    return request_job(
        kind=job.kind, key=job.key, title=job.title, by=by, params=job.params, organization=job.organization
    )


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
