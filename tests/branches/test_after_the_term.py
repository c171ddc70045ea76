"""A term that is over: its files stay closed, its end stays where it was."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, Job, JobState, Role, User
from branches.services.accounts import end_appointment
from branches.workflow import NotAllowed
from config.lib.files import write_whole
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory

ClientOf = Callable[[User], Client]


def finished_job(by: User, tree: Tree) -> Job:
    """A file made for this person about the township."""
    job = Job.objects.create(
        kind="evaluations.tasks.rollup_file",
        key="k",
        title="汇总表",
        requested_by=by,
        organization=tree.township,
        requested_at=timezone.now(),
        state=JobState.DONE,
        result_name="汇总表.xlsx",
    )
    write_whole(job.result_path, b"table")
    return job


def test_a_file_is_handed_out_only_while_a_post_reaches_it(
    township: User, tree: Tree, client_of: ClientOf
) -> None:
    address = reverse("branches:job_result", args=[finished_job(township, tree).pk])
    answer = client_of(township).get(address)
    assert answer.status_code == 200
    assert b"".join(answer) == b"table"
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Appointment.objects.filter(user=township).update(starts_on=yesterday, ends_on=yesterday)
    assert client_of(township).get(address).status_code == 403


def test_an_ended_post_is_not_made_longer_by_ending_it_again(township: User, tree: Tree) -> None:
    today = timezone.localdate()
    ended = today - datetime.timedelta(days=30)
    post = AppointmentFactory.create(
        role=Role.DEPUTY,
        organization=tree.village,
        starts_on=ended - datetime.timedelta(days=300),
        ends_on=ended,
    )
    with pytest.raises(NotAllowed, match="更早的结束日期"):
        end_appointment(post=post, by=township, last_day=today)
    post.refresh_from_db()
    assert post.ends_on == ended
