"""What long work leaves behind: results for their time, halves and messages of the broker not at all."""

import contextlib
import datetime
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from branches.models import OPEN_STATES, Job, JobState


def expire_results() -> int:
    """Remove result files after their time, files nobody will fetch, and rows after twice that time.

    In between the row says that its file has expired. Returns how many rows went.
    """
    folder = Path(settings.RESULT_DIR)
    files = {file: _job_of(file) for file in (folder.iterdir() if folder.is_dir() else ())}
    time_kept = datetime.timedelta(days=settings.JOB_RESULT_DAYS)
    now = timezone.now()
    fetched = Q(state=JobState.DONE, finished_at__gte=now - time_kept)
    wanted = Job.objects.filter(
        Q(state__in=OPEN_STATES) | fetched, pk__in=[pk for pk in files.values() if pk]
    )
    keys = set(wanted.values_list("pk", flat=True))
    for file, pk in files.items():
        if pk is not None and pk not in keys:
            file.unlink(missing_ok=True)
    return Job.objects.filter(finished_at__lt=now - 2 * time_kept).delete()[0]


def _job_of(file: Path) -> uuid.UUID | None:
    """Whose result, or half of a result, the file is; None for a file of another kind."""
    try:
        return uuid.UUID(file.name.lstrip(".")[:36])
    except ValueError:
        return None


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
