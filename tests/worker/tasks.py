"""Tasks of the worker tests: they leave one line for each run in the folder of their job."""

import time
from pathlib import Path

from celery import shared_task

from branches.models import Job
from branches.services.jobs import Report, run_job

KIND = "tests.worker.tasks.mark"


@shared_task(name=KIND)
def mark(job_id: str) -> None:
    """Write `start`, wait as long as the first run is told to, report each second unless silent, write `end`."""
    run_job(job_id, _work)


def _work(job: Job, report: Report) -> None:
    lines = Path(job.params["file"])
    first_run = not lines.exists()
    _add(lines, "start")
    for second in range(job.params["seconds"] if first_run else 0):
        if not job.params["silent"]:
            report(second, job.params["seconds"], "")
        time.sleep(1)
    _add(lines, "end")


def _add(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
