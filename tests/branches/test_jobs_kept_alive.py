"""A busy worker keeps its job by a pulse; a cancelled job leaves nothing; work and its end are one."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from branches.models import Job, JobState, User
from branches.permissions import can_ask_again, can_cancel_job
from branches.services import pulse as pulse_module
from branches.services.jobs import Report, ask_again, cancel_job, request_job, run_job, settle
from branches.services.pulse import Pulse
from branches.workflow import NotAllowed
from config.lib.files import write_whole
from tests.conftest import Tree
from tests.factories.branches import JobFactory


def running(by: User | None = None) -> Job:
    """A job this test has claimed."""
    job = request_job(kind="tests.work", key="2026", title="测评汇总表", by=by)
    assert Job.objects.claim(job.pk, timezone.now())
    job.refresh_from_db()
    return job


def later() -> datetime.datetime:
    """When a lease of now has run out."""
    return timezone.now() + datetime.timedelta(seconds=settings.JOB_LEASE_SECONDS + 1)


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Return as soon as `true()`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_dead_worker_is_noticed_and_replaced_well_within_a_minute() -> None:
    noticed = settings.JOB_LEASE_SECONDS + settings.CELERY_BEAT_SCHEDULE["sweep"]["schedule"]
    assert noticed <= 30
    assert settings.JOB_LEASE_SECONDS / pulse_module.BEATS_A_LEASE < 10


class TestCancelling:
    """Nothing is kept, wherever the work is."""

    def test_a_waiting_job_is_cancelled_and_never_begun(self, township: User) -> None:
        job = request_job(kind="tests.work", key="2026", title="汇总表", by=township)
        cancel_job(job=job, by=township)
        begun: list[Job] = []
        assert run_job(str(job.pk), lambda mine, report: begun.append(mine)) is False
        job.refresh_from_db()
        assert (job.state, job.get_state_display(), begun) == (JobState.CANCELLED, "已取消", [])
        assert job.finished_at is not None
        assert not job.is_open

    def test_running_work_stops_at_its_next_report(self, township: User) -> None:
        job = request_job(kind="tests.work", key="2026", title="汇总表", by=township)
        went_on: list[str] = []

        def work(mine: Job, report: Report) -> None:
            report(1, 3, "正在汇总")
            cancel_job(job=mine, by=township)
            report(2, 3, "正在汇总")
            went_on.append("on")

        assert run_job(str(job.pk), work) is False
        job.refresh_from_db()
        assert (job.state, job.done, went_on) == (JobState.CANCELLED, 1, [])

    def test_a_file_finished_after_the_cancellation_is_not_kept(self, township: User) -> None:
        job = request_job(kind="tests.work", key="2026", title="汇总表", by=township)

        def work(mine: Job, report: Report) -> None:
            cancel_job(job=mine, by=township)
            write_whole(mine.result_path, b"late")

        assert run_job(str(job.pk), work) is False
        assert not job.result_path.exists()

    def test_work_that_fails_after_the_cancellation_stays_cancelled(self, township: User) -> None:
        job = request_job(kind="tests.work", key="2026", title="汇总表", by=township)

        def work(mine: Job, report: Report) -> None:
            cancel_job(job=mine, by=township)
            raise ValueError

        assert run_job(str(job.pk), work) is False
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED

    def test_only_who_asked_may_cancel_and_only_what_has_not_ended(
        self, township: User, secretary: User
    ) -> None:
        job = request_job(kind="tests.work", key="2026", title="汇总表", by=township)
        with pytest.raises(NotAllowed, match="申请人"):
            cancel_job(job=job, by=secretary)
        run_job(str(job.pk), lambda mine, report: None)
        with pytest.raises(NotAllowed, match="已经结束"):
            cancel_job(job=job, by=township)
        job.refresh_from_db()
        assert job.state == JobState.DONE

    def test_work_nobody_asked_for_is_nobodys_to_cancel(self, db: None) -> None:
        job = JobFactory.create(requested_by=None)
        assert not can_cancel_job(AnonymousUser(), job)
        assert not can_ask_again(AnonymousUser(), job)

    def test_cancelled_work_may_be_asked_for_again(self, township: User) -> None:
        job = request_job(kind="tests.work", key="2026", title="汇总表", by=township, params={"a": 1})
        with pytest.raises(NotAllowed, match="还没有办完"):
            ask_again(job=job, by=township)
        cancel_job(job=job, by=township)
        job.refresh_from_db()
        again = ask_again(job=job, by=township)
        assert again != job
        assert (again.kind, again.key, again.title, again.params) == (job.kind, job.key, job.title, {"a": 1})
        assert (again.requested_by, again.state) == (township, JobState.QUEUED)

    def test_work_whose_result_is_a_page_is_asked_for_there(self, township: User, secretary: User) -> None:
        job = JobFactory.create(requested_by=township, state=JobState.FAILED, next_url="/campaigns/")
        with pytest.raises(NotAllowed, match="原来的页面"):
            ask_again(job=job, by=township)
        with pytest.raises(NotAllowed, match="申请人"):
            ask_again(job=job, by=secretary)


class TestSettling:
    """What the work writes and the end of its job are one transaction."""

    def test_settled_work_is_done_with_its_last_numbers(self, township: User) -> None:
        job = request_job(kind="tests.work", key="2026", title="导入", by=township)

        def work(mine: Job, report: Report) -> None:
            with transaction.atomic():
                report(7, 7, "正在写入")
                settle(job=mine)

        assert run_job(str(job.pk), work) is True
        job.refresh_from_db()
        assert (job.state, job.done, job.total, job.message) == (JobState.DONE, 7, 7, "正在写入")

    def test_work_cancelled_meanwhile_is_not_written(self, township: User, secretary: User) -> None:
        job = request_job(kind="tests.work", key="2026", title="导入", by=township)

        def work(mine: Job, report: Report) -> None:
            with transaction.atomic():
                User.objects.filter(pk=secretary.pk).update(full_name="改了")
                Job.objects.filter(pk=mine.pk).update(state=JobState.CANCELLED)
                settle(job=mine)

        run_job(str(job.pk), work)
        secretary.refresh_from_db()
        assert secretary.full_name != "改了"


class TestPulse:
    """A sign of life between reports."""

    def test_a_beat_extends_the_lease_and_shows_the_progress(self, township: User) -> None:
        job = running(township)
        Job.objects.update(lease_until=timezone.now() + datetime.timedelta(seconds=1))
        job.done, job.total, job.message = 3, 7, "正在汇总"
        assert Pulse(job).beat() is True
        job.refresh_from_db()
        assert (job.done, job.total, job.message) == (3, 7, "正在汇总")
        assert job.lease_until is not None
        left = job.lease_until - timezone.now()
        assert settings.JOB_LEASE_SECONDS - 5 < left.total_seconds() <= settings.JOB_LEASE_SECONDS

    @pytest.mark.parametrize("change", [{"state": JobState.CANCELLED}, {"attempts": 2}])
    def test_a_job_that_is_not_ours_any_more_is_not_kept_alive(
        self, change: dict[str, object], township: User
    ) -> None:
        job = running(township)
        Job.objects.filter(pk=job.pk).update(**change)
        pulse = Pulse(job)
        assert pulse._try() is False
        assert pulse.lost is True

    def test_a_row_nobody_can_see_is_not_lost(self, db: None) -> None:
        pulse = Pulse(Job())
        assert pulse._try() is False
        assert pulse.lost is False

    def test_a_new_count_has_a_rate_of_its_own(self, township: User) -> None:
        job = request_job(kind="tests.work", key="2026", title="导入", by=township)
        begun = timezone.now()

        def work(mine: Job, report: Report) -> None:
            for count, minutes in ((0, 0), (6, 1), (0, 1), (1, 2)):
                with time_machine.travel(begun + datetime.timedelta(minutes=minutes), tick=False):
                    report(count, 7, "正在写入")
            with time_machine.travel(begun + datetime.timedelta(minutes=2), tick=False):
                mine.refresh_from_db()
                assert mine.time_left == "约 6 分钟"

        assert run_job(str(job.pk), work) is True

    def test_a_report_inside_a_transaction_ends_work_that_the_pulse_has_lost(
        self, township: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = request_job(kind="tests.work", key="2026", title="导入", by=township)
        monkeypatch.setattr(Pulse, "beat_soon", lambda pulse: setattr(pulse, "lost", True))

        def work(mine: Job, report: Report) -> None:
            with transaction.atomic():
                User.objects.filter(pk=township.pk).update(full_name="改了")
                report(1, 7, "正在写入")

        assert run_job(str(job.pk), work) is False
        township.refresh_from_db()
        assert township.full_name != "改了"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestThread:
    """The pulse as a thread beside the work."""

    def test_slow_work_without_reports_is_not_taken_by_another(
        self, settings: Settings, tree: Tree, township: User
    ) -> None:
        settings.JOB_LEASE_SECONDS = 1
        job = request_job(kind="tests.work", key="2026", title="汇总表", by=township)
        taken: list[bool] = []

        def work(mine: Job, report: Report) -> None:
            for _ in range(25):
                time.sleep(0.1)
                taken.append(Job.objects.claim(mine.pk, timezone.now()))

        assert run_job(str(job.pk), work) is True
        job.refresh_from_db()
        assert (any(taken), job.attempts, job.state) == (False, 1, JobState.DONE)

    def test_progress_inside_a_transaction_is_seen_at_once_and_can_be_cancelled(
        self, tree: Tree, township: User
    ) -> None:
        job = request_job(kind="tests.work", key="2026", title="导入", by=township)
        seen: list[int] = []

        def cancel_when_seen() -> None:
            try:
                wait_until(lambda: Job.objects.get(pk=job.pk).done == 3)
                seen.append(3)
                cancel_job(job=job, by=township)
            finally:
                connection.close()

        def work(mine: Job, report: Report) -> None:
            with transaction.atomic():
                User.objects.filter(pk=township.pk).update(full_name="改了")
                report(3, 7, "正在写入")
                other = threading.Thread(target=cancel_when_seen)
                other.start()
                other.join(20)
                end = time.monotonic() + 10
                while time.monotonic() < end:
                    report(4, 7, "正在写入")
                    time.sleep(0.02)

        assert run_job(str(job.pk), work) is False
        job.refresh_from_db()
        township.refresh_from_db()
        assert (seen, job.state, job.done) == ([3], JobState.CANCELLED, 3)
        assert township.full_name != "改了"

    def test_the_thread_ends_with_the_work_and_keeps_nothing_alive(
        self, settings: Settings, tree: Tree, township: User
    ) -> None:
        settings.JOB_LEASE_SECONDS = 1
        job = running(township)
        with Pulse(job) as pulse:
            assert pulse._thread.is_alive()
        assert not pulse._thread.is_alive()
        time.sleep(1.2)
        assert Job.objects.claim(job.pk, timezone.now())

    def test_a_process_that_hangs_is_not_kept_alive_beyond_the_time_limit(
        self, settings: Settings, tree: Tree, township: User
    ) -> None:
        settings.JOB_LEASE_SECONDS, settings.CELERY_TASK_TIME_LIMIT = 1, 1
        job = running(township)
        with Pulse(job) as pulse:
            wait_until(lambda: not pulse._thread.is_alive())
            wait_until(lambda: Job.objects.claim(job.pk, timezone.now()))

    def test_a_database_that_is_away_for_a_moment_is_asked_again(self, tree: Tree, township: User) -> None:
        job = running(township)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE branches_job RENAME TO branches_job_away")
        pulse = Pulse(job)
        try:
            assert pulse._try() is True
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE branches_job_away RENAME TO branches_job")
        assert pulse._try() is True
        assert pulse.lost is False
