"""No code, no choice and no address of a voter in any log, statement, table, mail, cache, session or error report."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.log import AdminEmailHandler

from branches.models import User
from evaluations.services import casting, urns
from evaluations.urn.codes import shown_code
from tests.factories.voting import Voting, collect, count, voting

pytestmark = pytest.mark.django_db
ADDRESS, AGENT = "203.0.113.77", "canary-phone/7.31"
MARKS = "1230412304123"


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of this test only; wrong codes are not waited for."""
    settings.BALLOT_KEY_DIR = str(tmp_path / "keys")
    monkeypatch.setattr(casting, "DELAY_SECONDS", 0)


def secrets_of(found: Voting) -> list[str]:
    """What must stand nowhere."""
    codes = [form for code in found.codes for form in (code, shown_code(code), code.lower())]
    return [*codes, MARKS, ADDRESS, AGENT, *found.halves]


def vote(found: Voting, number: int, step: str = "cast", code: str = "", by: User | None = None) -> Any:
    """A voter's post from an address and a phone that must be forgotten, and so must who is logged in there."""
    client = Client(REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT=AGENT, raise_request_exception=False)
    if by is not None:
        client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    rows = {f"r{n}": mark for n, mark in enumerate(MARKS)}
    at = reverse("evaluations:vote", args=[found.address])
    return client.post(at, {"step": step, "code": code or found.codes[number], **rows})


def everything_kept() -> Iterator[str]:
    """All rows of all tables, and the cache, as text."""
    for model in apps.get_models():
        for row in model._base_manager.values():
            yield f"{model._meta.label} {row}"
    yield repr(getattr(cache, "_cache", {}))
    yield from (f"{m.subject} {m.body} {getattr(m, 'alternatives', '')}" for m in mail.outbox)


def test_nothing_of_a_vote_is_kept_but_the_vote(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found = voting("open", members=len(MARKS))
    hidden = secrets_of(found)
    statements: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql + repr(params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        for number in range(6):
            for step in ("rows", "check", "cast"):
                assert vote(found, number, step).status_code == 200
        vote(found, 0)
        vote(found, 0, code="ABCDEFGHJK")
        urns.close_voting(ballot=found.ballot, by=found.made.secretary)
        vote(found, 7)
        collect(found)
        count(found)
    assert len(statements) > 100
    logged = [record.getMessage() + repr(record.__dict__) for record in caplog.records]
    for told in (*statements, *logged, *everything_kept()):
        assert not [word for word in hidden if word in told], told[:300]
    assert found.address not in "".join(everything_kept())


def test_an_error_report_holds_neither_code_nor_choice_nor_voter(
    settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, member: User
) -> None:
    """The page that fails in the middle of a vote: the operator's mail and the log say where, not what."""
    caplog.set_level(logging.DEBUG)
    settings.ADMINS = [("值班", "ops@example.org")]
    found = voting("open", members=len(MARKS))
    hidden = [*secrets_of(found), member.username, member.full_name]

    def break_down(urn: Any, sealed: bytes) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(casting, "_place", break_down)
    handler = AdminEmailHandler(include_html=True)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        assert vote(found, 0, by=member).status_code == 500
    finally:
        logger.removeHandler(handler)
    told = "".join(f"{report.body} {getattr(report, 'alternatives', '')}" for report in mail.outbox)
    assert mail.outbox
    assert "RuntimeError" in told
    assert not [word for word in hidden if word in told]
    assert not [word for word in hidden if word in caplog.text]
    assert len(Session.objects.get().get_decoded()) == 3  # of the login itself
    assert found.states() == {"live": len(found.codes)}  # the code is good again
    monkeypatch.undo()


def test_the_log_masks_the_secret_part_of_the_address(caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    found = voting("open", members=4)
    handlers = [h for h in logging.getLogger().handlers if h.filters]
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: %s", (f"/vote/{found.address}/",), None
    )
    for handler in handlers:
        handler.filter(record)
    assert handlers
    assert found.address not in record.getMessage()
    assert "/vote/…" in record.getMessage()
