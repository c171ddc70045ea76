"""/healthz/: the database answers, and queued work is taken up."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from branches.models import JobState
from config.health import QUEUED_TOO_LONG, Workers
from tests.factories.branches import JobFactory


def test_a_healthy_system_says_ok_in_plain_text(client: Client, db: None) -> None:
    answer = client.get("/healthz/")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert "Workers(): OK" in answer.content.decode()


@pytest.mark.parametrize(
    ("waiting", "state", "status"),
    [(-1, JobState.QUEUED, 200), (1, JobState.QUEUED, 500), (1, JobState.DONE, 200)],
)
def test_work_nobody_takes_up_is_noticed(
    waiting: int, state: str, status: int, client: Client, db: None
) -> None:
    asked = timezone.now() - QUEUED_TOO_LONG - datetime.timedelta(minutes=waiting)
    JobFactory.create(requested_at=asked, state=state)
    answer = client.get("/healthz/")
    assert answer.status_code == status
    assert ("not taken up" in answer.content.decode()) is (status == 500)


def test_the_check_names_itself_without_a_secret() -> None:
    assert repr(Workers()) == "Workers()"
