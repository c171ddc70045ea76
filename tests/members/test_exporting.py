"""Long lists of members are files made by a job: sealed, recorded once, refused without the right."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from branches.models import AuditEvent, Job, JobState, User
from branches.services.jobs import JobRefused, LeaseLost, cancel_job, open_result, run_job
from members import tasks
from members.models import ImportBatch
from members.reports import exporting
from members.reports.exporting import ask_for_roster, ask_for_wrong_rows, write_roster, write_wrong_rows
from members.services.imports import check_import, discard_import, open_import
from members.services.people import set_standing
from tests.conftest import Tree
from tests.factories.branches import JobFactory
from tests.factories.members import MemberFactory, invented_id_number, members_of

ClientOf = Callable[[User], Client]
NUMBER = invented_id_number(1)


def nothing(done: int, total: int, message: str = "") -> None:
    """Takes progress and forgets it."""


def rows_of(data: bytes) -> list[tuple[Any, ...]]:
    """The cells of the first sheet."""
    return list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))


def wrong_batch(tree: Tree, by: User, count: int = 1) -> ImportBatch:
    """A checked upload with so many wrong rows."""
    rows = [["姓名", "身份证号"], *([f"王{chr(0x4E00 + n)}", "123"] for n in range(count))]
    return check_import(
        batch=open_import(rows=rows, file_name="名册.xlsx", organization=tree.village, by=by), by=by
    )


@pytest.mark.parametrize(("unmasked", "action"), [(False, "export_roster"), (True, "export_unmasked")])
def test_a_long_roster_is_made_by_a_job_sealed_and_recorded_once(
    unmasked: bool,
    action: str,
    tree: Tree,
    secretary: User,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    MemberFactory.create(organization=tree.village, name="王芳", id_number=NUMBER)
    members_of(tree.village, 2)
    client = client_of(secretary)
    form = {"organization": tree.village.pk, **({"unmasked": "1"} if unmasked else {})}
    answer = client.post(reverse("members:export"), form)
    job = Job.objects.get()
    assert answer["Location"] == reverse("branches:job", args=[job.pk])
    assert client.post(reverse("members:export"), form)["Location"] == answer["Location"]
    tasks.export_roster(str(job.pk))
    tasks.export_roster(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
    assert AuditEvent.objects.filter(action=action).count() == 1
    on_disk = job.result_path.read_bytes()
    assert not on_disk.startswith(b"PK")
    fetched = client.get(reverse("branches:job_result", args=[job.pk]))
    text = str(rows_of(b"".join(fetched)))
    assert "王芳" in text
    assert (NUMBER in text) is unmasked
    job.result_path.unlink()


def test_a_roster_asked_for_by_two_people_is_two_files(tree: Tree, secretary: User, township: User) -> None:
    one = ask_for_roster(organization=tree.village, unmasked=False, by=secretary)
    other = ask_for_roster(organization=tree.village, unmasked=False, by=township)
    full = ask_for_roster(organization=tree.village, unmasked=True, by=secretary)
    assert len({one.pk, other.pk, full.pk}) == 3
    assert list(Job.objects.visible_to(township)) == [other]


def test_a_cancelled_export_is_not_recorded_and_not_kept(tree: Tree, secretary: User) -> None:
    job = ask_for_roster(organization=tree.village, unmasked=False, by=secretary)

    def work(mine: Job, report: object) -> None:
        cancel_job(job=mine, by=secretary)
        with pytest.raises(LeaseLost):
            write_roster(mine, nothing)
        raise LeaseLost

    run_job(str(job.pk), work)
    assert not job.result_path.exists()
    assert not AuditEvent.objects.filter(action="export_roster").exists()


def test_the_progress_of_a_long_list_is_told_by_the_thousand(tree: Tree, secretary: User) -> None:
    members_of(tree.village, 1001)
    job = ask_for_roster(organization=tree.village, unmasked=False, by=secretary)
    told: list[tuple[int, int, str]] = []
    with pytest.raises(LeaseLost):  # nobody has claimed it
        write_roster(job, lambda *progress: told.append(progress))
    assert told == [(1000, 1001, "正在读取"), (1001, 1001, "正在排版")]
    job.result_path.unlink()


def test_a_roster_is_refused_without_the_right_when_the_job_runs(
    tree: Tree, secretary: User, supervisor: User, stranger: User
) -> None:
    def job(by: User | None, place: int, unmasked: bool = False) -> Job:
        params = {"organization": place, "unmasked": unmasked, "sealed": True}
        return JobFactory.create(requested_by=by, params=params, state=JobState.RUNNING)  # type: ignore[no-any-return]

    with pytest.raises(JobRefused, match="不存在"):
        write_roster(job(secretary, 0), nothing)
    secretary.is_active = False
    for refused in (
        job(None, tree.village.pk),
        job(stranger, tree.village.pk),
        job(supervisor, tree.village.pk, unmasked=True),
        job(secretary, tree.village.pk),
    ):
        with pytest.raises(JobRefused, match="权限"):
            write_roster(refused, nothing)


def test_a_long_upload_with_its_wrong_rows_is_made_by_a_job(
    tree: Tree, secretary: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = wrong_batch(tree, secretary, 2)
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    client = client_of(secretary)
    address = reverse("members:import_batch", args=[batch.pk])
    assert "生成标出问题的表" in client.get(address).content.decode()
    assert client.get(reverse("members:import_wrong", args=[batch.pk]))["Location"] == address
    answer = client.post(reverse("members:import_step", args=[batch.pk, "mark"]))
    job = Job.objects.get()
    assert answer["Location"] == reverse("branches:job", args=[job.pk])
    tasks.wrong_rows(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    assert not job.result_path.read_bytes().startswith(b"PK")
    with open_result(job) as file:
        assert "身份证号" in str(rows_of(file.read()))
    job.result_path.unlink()


def test_wrong_rows_are_told_by_the_thousand_and_refused_when_the_import_is_over(
    tree: Tree, secretary: User, supervisor: User
) -> None:
    batch = wrong_batch(tree, secretary, 1001)
    job = ask_for_wrong_rows(batch=batch, by=secretary)
    told: list[tuple[int, int, str]] = []
    write_wrong_rows(job, lambda *progress: told.append(progress))
    assert told == [(1000, 1001, "正在生成")]
    job.result_path.unlink()
    for by in (None, supervisor):
        other = JobFactory.create(requested_by=by, params=job.params)
        with pytest.raises(JobRefused, match="权限"):
            write_wrong_rows(other, nothing)
    discard_import(batch=batch, by=secretary)
    with pytest.raises(JobRefused, match="没有保留"):
        write_wrong_rows(job, nothing)
    gone = JobFactory.create(requested_by=secretary, params={"batch": str(uuid.uuid4())})
    with pytest.raises(JobRefused, match="没有保留"):
        write_wrong_rows(gone, nothing)


def test_members_who_left_are_not_on_the_list(tree: Tree, secretary: User) -> None:
    stays, leaves = members_of(tree.village, 2)
    set_standing(member=leaves, standing="transferred", note="", by=secretary)
    assert [m.pk for m in exporting.listed(tree.village, secretary)] == [stays.pk]
