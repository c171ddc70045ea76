"""Long work: asked for once, claimed once, finished or explained; the sweeper forgets nothing."""

from __future__ import annotations

import datetime
import functools
import socket
import threading
import time
import uuid

import pytest
import time_machine
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from branches.models import Job, JobState, User
from branches.services import jobs
from branches.services.jobs import JobRefused, Report, request_job, run_job
from branches.tasks import sweep as sweep_task
from tests.conftest import Tree
from tests.factories.branches import JobFactory
from tests.races import at_once


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was rung for; the broker itself is tested in tests/worker."""
    heard: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda kind, args, **options: heard.append(args[0]))
    monkeypatch.setattr(jobs._Doorbell, "silent_until", 0.0)
    return heard


def ask(by: User, key: str = "2026") -> Job:
    """A request for work."""
    return request_job(kind="tests.work", key=key, title="测评汇总表", by=by)


def nothing(job: Job, report: Report) -> None:
    """Work that is done at once."""


class TestAsking:
    """One open job for one thing."""

    def test_the_bell_rings_after_the_commit_only(
        self,
        township: User,
        rung: list[str],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            job = ask(township)
            assert rung == []
        assert rung == [str(job.pk)]

    def test_the_same_work_asked_for_twice_is_one_job(self, township: User) -> None:
        first, second = ask(township), ask(township)
        assert first == second
        assert Job.objects.count() == 1

    def test_finished_work_may_be_asked_for_again(self, township: User) -> None:
        first = ask(township)
        run_job(str(first.pk), nothing)
        assert ask(township) != first

    def test_jobs_are_seen_by_those_who_asked(self, township: User, secretary: User) -> None:
        job = ask(township)
        assert list(Job.objects.visible_to(township)) == [job]
        assert not Job.objects.visible_to(secretary).exists()


class TestRinging:
    """The bell never holds a request."""

    def test_a_broker_that_fails_is_not_tried_again_for_a_while(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tries = []

        def broken(*args: object, **options: object) -> None:
            tries.append(1)
            raise OSError("no broker")

        monkeypatch.setattr(current_app, "send_task", broken)
        assert jobs.ring("tests.work", uuid.uuid4()) is False
        assert jobs.ring("tests.work", uuid.uuid4()) is False
        assert len(tries) == 1

    def test_a_broker_that_came_back_is_rung_after_the_silence(
        self, monkeypatch: pytest.MonkeyPatch, rung: list[str]
    ) -> None:
        monkeypatch.setattr(jobs._Doorbell, "silent_until", time.monotonic() - 1)
        assert jobs.ring("tests.work", uuid.uuid4()) is True
        assert len(rung) == 1

    def test_a_frozen_redis_holds_a_request_less_than_two_seconds(
        self, monkeypatch: pytest.MonkeyPatch, settings: Settings
    ) -> None:
        monkeypatch.undo()
        monkeypatch.setattr(jobs._Doorbell, "silent_until", 0.0)
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)  # the kernel accepts the connection and nobody ever answers
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        connect = current_app.connection_for_write
        to_frozen = functools.partial(connect, settings.CELERY_BROKER_URL)
        monkeypatch.setattr(current_app, "connection_for_write", to_frozen)
        started = time.monotonic()
        try:
            assert jobs.ring("tests.work", uuid.uuid4()) is False
        finally:
            listener.close()
        assert time.monotonic() - started < 2


class TestRunning:
    """The work is done once, and every end is readable."""

    def test_done_work_keeps_its_progress_file_and_next_page(self, township: User) -> None:
        job = ask(township)

        def work(job: Job, report: Report) -> None:
            report(3, 7, "正在汇总")
            job.result_name, job.next_url = "汇总表.xlsx", "/campaigns/"

        assert run_job(str(job.pk), work) is True
        job.refresh_from_db()
        assert (job.state, job.done, job.total, job.message) == ("done", 3, 7, "正在汇总")
        assert (job.result_name, job.next_url, job.lease_until) == ("汇总表.xlsx", "/campaigns/", None)
        assert job.finished_at is not None
        assert not job.is_open

    def test_a_refusal_is_shown_as_it_is(self, township: User) -> None:
        job = ask(township)

        def work(job: Job, report: Report) -> None:
            raise JobRefused("没有已核定的支部，不能汇总。")

        run_job(str(job.pk), work)
        job.refresh_from_db()
        assert (job.state, job.message) == (JobState.FAILED, "没有已核定的支部，不能汇总。")

    def test_work_that_takes_too_long_says_so(self, township: User) -> None:
        job = ask(township)

        def work(job: Job, report: Report) -> None:
            raise SoftTimeLimitExceeded

        run_job(str(job.pk), work)
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert "时间过长" in job.message

    def test_an_error_is_tried_three_times_then_explained(self, township: User) -> None:
        job, tries = ask(township), []

        def work(job: Job, report: Report) -> None:
            tries.append(1)
            raise ValueError("secret detail")

        for expected in (JobState.QUEUED, JobState.QUEUED, JobState.FAILED):
            run_job(str(job.pk), work)
            job.refresh_from_db()
            assert job.state == expected
        assert run_job(str(job.pk), work) is False
        assert len(tries) == 3
        assert "secret" not in job.message

    def test_a_job_that_runs_elsewhere_is_left_alone(self, township: User) -> None:
        job = ask(township)
        assert Job.objects.claim(job.pk, timezone.now())
        assert run_job(str(job.pk), nothing) is False

    def test_a_worker_whose_lease_was_taken_stops_without_a_trace(self, township: User) -> None:
        job = ask(township)

        def work(mine: Job, report: Report) -> None:
            later = timezone.now() + datetime.timedelta(seconds=settings.JOB_LEASE_SECONDS + 1)
            assert Job.objects.claim(mine.pk, later)
            report(1, 1, "")

        assert run_job(str(job.pk), work) is False
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.RUNNING, 2)

    def test_a_worker_that_comes_late_does_not_close_anothers_job(self, township: User) -> None:
        job = ask(township)

        def work(mine: Job, report: Report) -> None:
            later = timezone.now() + datetime.timedelta(seconds=settings.JOB_LEASE_SECONDS + 1)
            assert Job.objects.claim(mine.pk, later)

        run_job(str(job.pk), work)
        job.refresh_from_db()
        assert job.state == JobState.RUNNING

    def test_work_not_yet_due_waits(self, township: User) -> None:
        job = JobFactory.create(due_at=timezone.now() + datetime.timedelta(hours=1))
        assert run_job(str(job.pk), nothing) is False
        with time_machine.travel(timezone.now() + datetime.timedelta(hours=1, seconds=1)):
            assert run_job(str(job.pk), nothing) is True

    def test_an_unknown_job_is_nothing_to_do(self, db: None) -> None:
        assert run_job(str(uuid.uuid4()), nothing) is False


class TestSweeping:
    """What was forgotten is rung for again; what cannot end is ended."""

    @pytest.mark.parametrize(("seconds", "rings"), [(29, 0), (31, 1)])
    def test_a_queued_job_is_rung_for_again_after_a_while(
        self, seconds: int, rings: int, township: User, rung: list[str]
    ) -> None:
        ask(township)
        with time_machine.travel(timezone.now() + datetime.timedelta(seconds=seconds)):
            sweep_task()
        assert len(rung) == rings

    @pytest.mark.parametrize(("seconds", "rings"), [(-1, 0), (1, 1)])
    def test_a_job_whose_lease_ran_out_is_rung_for_again(
        self, seconds: int, rings: int, township: User, rung: list[str]
    ) -> None:
        job = ask(township)
        Job.objects.claim(job.pk, timezone.now())
        lease = settings.JOB_LEASE_SECONDS
        with time_machine.travel(timezone.now() + datetime.timedelta(seconds=lease + seconds)):
            assert jobs.sweep() == rings
        assert len(rung) == rings

    def test_a_job_out_of_attempts_is_given_up_with_a_reason(self, township: User, rung: list[str]) -> None:
        job = ask(township)
        Job.objects.filter(pk=job.pk).update(attempts=3, state=JobState.RUNNING, lease_until=timezone.now())
        with time_machine.travel(timezone.now() + datetime.timedelta(seconds=5)):
            assert jobs.sweep() == 0
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert "重新申请" in job.message
        assert rung == []


def claim_naively(pk: uuid.UUID, meet: threading.Barrier) -> bool:
    """The wrong way: look first, then write; all have looked before the first writes."""
    queued = Job.objects.get(pk=pk).state == JobState.QUEUED
    meet.wait(timeout=30)
    return queued and Job.objects.filter(pk=pk).update(state=JobState.RUNNING) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_four_workers_one_gets_the_job(tree: Tree, township: User) -> None:
    job = ask(township)
    assert sum(at_once(*[lambda: Job.objects.claim(job.pk, timezone.now())] * 4)) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_all_four_get_it(tree: Tree, township: User) -> None:
    """The negative control: if this no longer fails, the test above proves nothing."""
    job, meet = ask(township), threading.Barrier(4)
    assert sum(at_once(*[lambda: claim_naively(job.pk, meet)] * 4)) == 4
