"""A worker is killed in the middle of a county's roll-up: another finishes it within a minute, once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.db import transaction

from branches.models import AuditEvent, Job, JobState
from branches.services.jobs import request_job, sweep
from tests.worker.conftest import Worker, wait_until
from tests.worker.county import BRANCHES, County, build_county

TRIES = 5
LIMIT_SECONDS = 60


def ask(county: County) -> Job:
    """Ask for the roll-up as its page does."""
    params = {"campaign": county.campaign.pk, "organization": county.top.pk, "format": "xlsx"}
    with transaction.atomic():
        return request_job(
            kind="evaluations.tasks.rollup_file",
            key="county",
            title="全县测评汇总表",
            by=county.office,
            organization=county.top,
            params=params,
        )


def frozen_in_the_middle(worker: Worker, county: County) -> Job:
    """A roll-up whose worker stands still after some of the branches are written, and before the last."""
    for _ in range(TRIES):
        job = ask(county)
        end = time.monotonic() + 30
        while job.is_open and not job.done:
            assert time.monotonic() < end, worker.log.read_text()
            time.sleep(0.005)
            job.refresh_from_db()
        worker.freeze()
        job.refresh_from_db()
        if job.state == JobState.RUNNING and 0 < job.done < BRANCHES:
            return job
        worker.thaw()
        wait_until(lambda job=job: not _refreshed(job).is_open, 30, "not done")  # type: ignore[misc]
        job.result_path.unlink(missing_ok=True)
    pytest.fail("the roll-up was always quicker than this test")


def _refreshed(job: Job) -> Job:
    job.refresh_from_db()
    return job


@pytest.mark.worker
def test_a_county_roll_up_whose_worker_is_killed_is_finished_by_another_once(
    start_worker: Callable[[], Worker],
) -> None:
    county = build_county()
    first = start_worker()
    job = frozen_in_the_middle(first, county)
    assert not job.result_path.exists()
    events = AuditEvent.objects.count()
    start_worker()
    killed = time.monotonic()
    first.kill()

    def swept_and_done() -> bool:
        sweep()  # what the beat does every few seconds
        time.sleep(0.5)
        return _refreshed(job).state == JobState.DONE

    wait_until(swept_and_done, LIMIT_SECONDS, f"no other worker has finished it: {job.state}")
    assert time.monotonic() - killed < LIMIT_SECONDS
    sweep()
    time.sleep(1.5)  # whoever still heard the bell has looked
    assert (_refreshed(job).attempts, job.state, job.done) == (2, JobState.DONE, BRANCHES)
    mine = [file.name for file in Path(settings.RESULT_DIR).iterdir() if str(job.pk) in file.name]
    assert mine == [str(job.pk)]
    with job.result_path.open("rb") as file:
        sheet = openpyxl.load_workbook(file, read_only=True).worksheets[0]
        names = [row[1] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert len(names) == len(set(names)) == BRANCHES
    assert AuditEvent.objects.count() == events
