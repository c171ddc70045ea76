"""Results go after their time; halves, files of cancelled work and old messages go too."""

from __future__ import annotations

import datetime
import os
import time
import uuid
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from pytest_django import Settings

from branches.models import Job, JobState, User
from branches.services.jobs import run_job
from branches.services.leftovers import expire_results, tidy_broker_files
from branches.tasks import tidy
from config.lib.files import remove_whole, write_whole
from tests.factories.branches import JobFactory


@pytest.fixture(autouse=True)
def results(settings: Settings, tmp_path: Path) -> Path:
    """A folder of results of this test's own."""
    settings.RESULT_DIR = tmp_path / "results"
    return tmp_path / "results"


def made(by: User) -> Job:
    """A job that has just made a file."""
    job = JobFactory.create(requested_by=by)

    def work(mine: Job, report: object) -> None:
        write_whole(mine.result_path, b"x")
        mine.result_name = "汇总表.xlsx"

    run_job(str(job.pk), work)
    job.refresh_from_db()
    return job  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("days", "file", "row"), [(30, True, True), (31, False, True), (60, False, True), (61, False, False)]
)
def test_a_file_is_kept_for_its_time_and_its_row_as_long_again(
    days: int, file: bool, row: bool, township: User
) -> None:
    job = made(township)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=days, seconds=-60)):
        tidy()
        assert job.has_result is file
        assert job.is_expired is not file
    assert Job.objects.filter(pk=job.pk).exists() is row
    assert job.kept_until == job.finished_at + datetime.timedelta(days=settings.JOB_RESULT_DAYS)  # type: ignore[operator]


def test_a_job_that_has_not_ended_is_kept_until_nothing(township: User) -> None:
    job = JobFactory.create(requested_by=township)
    assert job.kept_until is None
    assert not job.is_expired


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        (JobState.QUEUED, True),
        (JobState.RUNNING, True),
        (JobState.DONE, True),
        (JobState.FAILED, False),
        (JobState.CANCELLED, False),
    ],
)
def test_files_nobody_will_fetch_are_removed(state: str, kept: bool, township: User, results: Path) -> None:
    job = JobFactory.create(requested_by=township, state=state, finished_at=timezone.now())
    write_whole(job.result_path, b"x")
    (results / f".{uuid.uuid4()}.abc").touch()
    (results / "README").touch()
    assert expire_results() == 0
    left = {"README", str(job.pk)} if kept else {"README"}
    assert {file.name for file in results.iterdir()} == left


def test_a_folder_that_is_not_there_yet_is_empty(db: None, results: Path) -> None:
    assert expire_results() == 0
    assert not results.exists()


def test_the_half_of_a_killed_worker_goes_when_the_work_begins_anew(township: User, results: Path) -> None:
    job = JobFactory.create(requested_by=township)
    results.mkdir()
    (results / f".{job.pk}.half").touch()
    (results / f".{uuid.uuid4()}.half").touch()
    assert run_job(str(job.pk), lambda mine, report: None) is True
    assert len(list(results.iterdir())) == 1


def test_a_file_is_removed_with_its_halves(results: Path) -> None:
    write_whole(results / "汇总表", b"x")
    (results / ".汇总表.half").touch()
    (results / "别的").touch()
    remove_whole(results / "汇总表")
    remove_whole(results / "汇总表")
    assert [file.name for file in results.iterdir()] == ["别的"]


def test_processed_messages_of_yesterday_are_removed(settings: Settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    assert tidy_broker_files() == 0
    folder = tmp_path / "done"
    folder.mkdir()
    for name, age in (("old", 90_000), ("new", 60)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    assert tidy_broker_files() == 1
    assert [file.name for file in folder.iterdir()] == ["new"]
