"""Pages of long work: how far, how long yet, cancel, expired, ask again; with and without scripts."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Job, JobState, User
from config.lib.files import write_whole
from tests.conftest import Tree
from tests.factories.branches import JobFactory

ClientOf = Callable[[User], Client]


def job_of(by: User, **fields: object) -> Job:
    """A running job that is 1,200 of 2,700 far after two minutes."""
    begun = timezone.now() - datetime.timedelta(minutes=2)
    fields = {
        "state": JobState.RUNNING,
        "done": 1200,
        "total": 2700,
        "message": "正在生成",
        "started_at": begun,
        **fields,
    }
    return JobFactory.create(requested_by=by, **fields)  # type: ignore[no-any-return]


@time_machine.travel("2026-11-02 09:00+08:00", tick=False)
def test_a_running_job_says_how_far_it_is_and_how_long_yet(township: User, client_of: ClientOf) -> None:
    job = job_of(township)
    client = client_of(township)
    page = client.get(reverse("branches:job", args=[job.pk])).content.decode()
    assert "正在生成 1,200/2,700，还要约 3 分钟，可以离开本页" in page
    assert '<progress max="2700" value="1200"' in page
    assert "取消任务" in page
    listed = client.get(reverse("branches:jobs")).content.decode()
    assert "正在生成 1,200/2,700，还要约 3 分钟" in listed


@pytest.mark.parametrize(
    ("seconds", "done", "words"),
    [
        (10, 0, ""),
        (10, 100, ""),
        (90, 90, "不到 10 秒"),
        (89, 89, "约 20 秒"),
        (50, 50, "约 50 秒"),
        (49, 49, "约 1 分钟"),
        (30, 10, "约 5 分钟"),
        (-5, 10, "不到 10 秒"),
    ],
)
@time_machine.travel("2026-11-02 09:00+08:00", tick=False)
def test_the_time_left_follows_from_the_rate(seconds: int, done: int, words: str) -> None:
    begun = timezone.now() - datetime.timedelta(seconds=seconds)
    job = Job(state=JobState.RUNNING, done=done, total=100, started_at=begun)
    assert job.time_left == words


@pytest.mark.parametrize(
    "fields", [{"state": JobState.QUEUED}, {"state": JobState.RUNNING}, {"state": JobState.DONE}]
)
def test_the_time_left_is_not_guessed(fields: dict[str, str]) -> None:
    assert Job(done=1, total=2, **fields).time_left == ""


def test_work_without_numbers_says_what_it_does() -> None:
    assert Job(state=JobState.RUNNING).progress == "正在处理"
    assert Job(state=JobState.RUNNING, message="正在排版 2,700 个支部").progress == "正在排版 2,700 个支部"


def test_a_job_is_cancelled_by_a_button(township: User, client_of: ClientOf) -> None:
    job, client = job_of(township), client_of(township)
    address = reverse("branches:job_cancel", args=[job.pk])
    page = client.post(address, follow=True).content.decode()
    assert f"已取消“{job.title}”" in page
    assert "没有保留任何结果" in page
    assert "取消任务" not in page
    assert "重新生成文件" in page
    assert "http-equiv" not in page
    assert "已经结束，不用再取消" in client.post(address, follow=True).content.decode()
    assert "已取消" in client.get(reverse("branches:jobs")).content.decode()
    assert Job.objects.get().state == JobState.CANCELLED


def test_another_persons_job_is_not_found(township: User, county: User, client_of: ClientOf) -> None:
    job = job_of(township)
    for name in ("job", "job_result"):
        assert client_of(county).get(reverse(f"branches:{name}", args=[job.pk])).status_code == 404
    for name in ("job_cancel", "job_again"):
        assert client_of(county).post(reverse(f"branches:{name}", args=[job.pk])).status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_a_finished_file_says_until_when_it_is_kept(township: User, client_of: ClientOf) -> None:
    job = job_of(
        township,
        state=JobState.DONE,
        result_name="汇总表.xlsx",
        finished_at=datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC),
    )
    write_whole(job.result_path, b"x")
    client = client_of(township)
    page = client.get(reverse("branches:job", args=[job.pk])).content.decode()
    assert "已经完成，文件保存到 2026年12月2日" in page
    assert "正在生成" not in page
    assert "重新生成文件" not in page
    assert "保存到 12月2日" in client.get(reverse("branches:jobs")).content.decode()
    job.result_path.unlink()


def test_an_expired_file_says_so_and_is_made_anew(township: User, client_of: ClientOf) -> None:
    job = job_of(
        township,
        state=JobState.DONE,
        result_name="汇总表.xlsx",
        finished_at=datetime.datetime(2026, 9, 1, 9, tzinfo=datetime.UTC),
    )
    client = client_of(township)
    answer = client.get(reverse("branches:job_result", args=[job.pk]))
    assert answer.status_code == 410
    assert "文件保存到 2026年10月1日，现在已经删除" in answer.content.decode()
    assert "重新生成文件" in answer.content.decode()
    assert "已到期删除" in client.get(reverse("branches:jobs")).content.decode()
    again = client.post(reverse("branches:job_again", args=[job.pk]))
    new = Job.objects.get(state=JobState.QUEUED)
    assert again["Location"] == reverse("branches:job", args=[new.pk])
    assert (new.kind, new.params, new.title) == (job.kind, job.params, job.title)
    refused = client.post(reverse("branches:job_again", args=[new.pk]), follow=True)
    assert "还没有办完" in refused.content.decode()


def test_no_file_is_offered_anew_about_a_place_no_post_reaches(
    township: User, tree: Tree, client_of: ClientOf
) -> None:
    job = job_of(
        township, state=JobState.FAILED, message="没有可汇总的支部。", organization=tree.other_village
    )
    client = client_of(township)
    page = client.get(reverse("branches:job", args=[job.pk])).content.decode()
    assert "没有可汇总的支部。" in page
    assert "重新生成文件" not in page
    refused = client.post(reverse("branches:job_again", args=[job.pk]), follow=True)
    assert "任职已经变动" in refused.content.decode()


def test_a_cancelled_import_leads_back_to_its_page(township: User, client_of: ClientOf) -> None:
    job = job_of(township, state=JobState.CANCELLED, next_url="/members/")
    page = client_of(township).get(reverse("branches:job", args=[job.pk])).content.decode()
    assert 'href="/members/">回到原来的页面' in page
    assert "重新生成文件" not in page


def test_an_unfinished_job_has_no_file(township: User, client_of: ClientOf) -> None:
    answer = client_of(township).get(reverse("branches:job_result", args=[job_of(township).pk]))
    assert answer.status_code == 404
