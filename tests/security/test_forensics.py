"""What somebody with the files, the tables, the logs or the sessions can learn about single papers: nothing."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from branches.models import AuditEvent, Job, Notice, Submission, User
from branches.services.jobs import request_job
from branches.workflow import NotAllowed
from evaluations.models import EntrySlot, PaperEntry, TallyLine, TotalsEntry
from evaluations.rules import Paper
from evaluations.services import entry, matching, sealing
from evaluations.services.certifying import certify
from evaluations.tasks import retally
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, bring_to, evening, sign_all, type_all
from tests.security.dumps import dump
from tests.security.evening_on_disk import MARKS

TELLTALE = ("time", "date", "_at", "_on", "user", "by", "ip", "session", "agent", "order", "typist", "holder")


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An evening held by another process on a SQLite file in WAL mode, which then dies."""
    folder = tmp_path_factory.mktemp("evening")
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.evening_on_disk"],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "VAR_DIR": str(folder),
            "BALLOT_KEY_DIR": str(folder / "ballot-keys"),
            "LOG_LEVEL": "DEBUG",
        },
        capture_output=True,
        check=True,
    )
    (folder / "log").write_bytes(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    assert Path(told["database"]).parent == folder
    return told


def files_of(on_disk: dict[str, Any]) -> dict[str, bytes]:
    """All files the evening left: database, journals, keys, logs."""
    folder = Path(on_disk["database"]).parent
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_before_certification_the_files_hold_sealed_papers_and_no_mark(on_disk: dict[str, Any]) -> None:
    assert on_disk["stolen_has_sealed"] == len(on_disk["sealed"]) == 2 * len(MARKS)
    assert on_disk["stolen_has_marks"] == []


def test_after_certification_no_file_holds_a_mark_or_the_key(on_disk: dict[str, Any]) -> None:
    files = files_of(on_disk)
    assert any(name.endswith("db.sqlite3") for name in files)
    key = bytes.fromhex(on_disk["key"])
    for name, content in files.items():
        assert key not in content, name
        for mark in on_disk["marks"]:
            assert mark.encode() not in content, name
    assert not list(Path(on_disk["database"]).parent.glob("ballot-keys/*"))


def test_after_certification_the_database_file_and_its_journal_have_forgotten_the_papers(
    on_disk: dict[str, Any],
) -> None:
    files = files_of(on_disk)
    for _, _, blob in on_disk["sealed"]:
        assert not [name for name, content in files.items() if bytes.fromhex(blob) in content]


def test_sealed_papers_of_a_stolen_copy_cannot_be_opened_once_the_key_is_gone(
    on_disk: dict[str, Any], settings: Any
) -> None:
    settings.BALLOT_KEY_DIR = str(Path(on_disk["database"]).parent / "ballot-keys")
    pk = uuid.UUID(on_disk["ballot"])
    for slot, number, blob in on_disk["sealed"]:
        with pytest.raises(NotAllowed):
            sealing.unseal(pk, slot, number, bytes.fromhex(blob))
    sealing.make_key(pk)  # any other key
    for slot, number, blob in on_disk["sealed"]:
        with pytest.raises(NotAllowed):
            sealing.unseal(pk, slot, number, bytes.fromhex(blob))
    sealing.destroy_key(pk)


def test_with_the_key_the_stolen_papers_would_have_opened(
    on_disk: dict[str, Any], settings: Any, tmp_path: Path
) -> None:
    """The negative control: it is the key that keeps the secret, and the test would notice."""
    settings.BALLOT_KEY_DIR = str(tmp_path)
    pk = uuid.UUID(on_disk["ballot"])
    sealing.key_path(pk).write_bytes(bytes.fromhex(on_disk["key"]))
    opened = {sealing.unseal(pk, s, n, bytes.fromhex(blob)).marks for s, n, blob in on_disk["sealed"]}
    assert opened == set(on_disk["marks"])


@pytest.mark.django_db
@pytest.mark.parametrize("model", [PaperEntry, TotalsEntry])
def test_tables_of_the_typing_know_neither_person_nor_time(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, model._meta.db_table)
        relations = connection.introspection.get_relations(cursor, model._meta.db_table)
        columns = {column.name for column in described}
    assert columns == {field.column for field in model._meta.concrete_fields}
    assert not [column for column in columns for word in TELLTALE if word in column.removesuffix("_id")]
    allowed = (
        {"evaluations_ballot", "evaluations_ballotsubject"}
        if model is TotalsEntry
        else {"evaluations_ballot"}
    )
    assert {relation[1] for relation in relations.values()} == allowed
    kinds = {field.get_internal_type() for field in model._meta.concrete_fields}
    assert not kinds & {"DateField", "DateTimeField", "TimeField", "GenericIPAddressField"}


@pytest.mark.django_db
def test_keys_of_papers_are_random_and_the_result_names_no_paper() -> None:
    made = evening("typed", members=3)
    keys = list(PaperEntry.objects.values_list("pk", flat=True))
    assert {key.version for key in keys} == {4}
    assert len({key.bytes[:4] for key in keys}) == len(keys)
    assert {f.name for f in TallyLine._meta.concrete_fields} == {
        "id",
        "ballot",
        "subject",
        "counts",
        "abstained",
        "invalid",
    }
    assert {f.name for f in EntrySlot._meta.concrete_fields} == {
        "id",
        "ballot",
        "number",
        "holder",
        "typists",
        "void_papers",
        "finished",
    }
    assert made.ballot.papers.count() == 6


@pytest.mark.django_db
def test_no_log_session_record_job_or_notice_holds_a_mark(
    caplog: pytest.LogCaptureFixture, client_of: Callable[[User], Client]
) -> None:
    caplog.set_level(logging.DEBUG)
    made = bring_to(evening("setup", members=12), "collected", votes=[Paper(mark) for mark in MARKS])
    with connection.execute_wrapper(_no_mark_in_sql):
        _type_through_pages(made, client_of)
        type_all(made, [Paper("0" + MARKS[0][1:]), *made.votes[1:]])
        matching.read_paper_again(
            ballot=made.ballot, by=made.tellers[0], paper_no=1, marks={0: "1"}, void=False
        )
        matching.match(ballot=made.ballot, by=made.tellers[0])
        sign_all(made)
        certify(ballot=made.ballot, by=made.secretary)
    office = account_with("office", made.campaign.issuer)
    job = request_job(
        kind="evaluations.tasks.retally",
        key="x",
        title="汇总",
        by=office,
        params={"campaign": made.campaign.pk},
    )
    retally(str(job.pk))
    everywhere = [record.getMessage() + str(record.__dict__) for record in caplog.records]
    everywhere += [str(session.get_decoded()) for session in Session.objects.all()]
    for model in (AuditEvent, Job, Notice, Submission, TallyLine):
        everywhere += [str(row) for row in model._base_manager.values()]
    assert len(everywhere) > 20
    for text in everywhere:
        assert not [mark for mark in MARKS if mark in text]
    details = AuditEvent.objects.filter(about="evaluations.ballot").values_list("action", "detail")
    allowed = {
        "round",
        "printed",
        "issued",
        "replaced",
        "unused",
        "returned",
        "from",
        "to",
        "slot",
        "duty",
    } | {"chain"}
    for action, detail in details:
        assert set(detail) <= allowed, action
        assert action not in {"save_paper", "paper"}


def _no_mark_in_sql(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """No statement and no parameter holds a mark: it is sealed before the database sees it."""
    told = sql + repr(params)
    assert not [mark for mark in MARKS if mark in told]
    return execute(sql, params, many, context)


def _type_through_pages(made: Evening, client_of: Callable[[User], Client]) -> None:
    """One paper typed on the page, complete, incomplete and refused."""
    browser = client_of(made.tellers[0])
    browser.post(reverse("evaluations:take", args=[made.ballot.pk]))
    save = reverse("evaluations:autosave", args=[made.ballot.pk])
    for number, length in (("1", 12), ("2", 5), ("99", 12)):
        marks = {f"r{row}": mark for row, mark in enumerate(MARKS[0][:length])}
        answer = browser.post(save, {"paper": number, **marks})
        assert MARKS[0] not in answer.content.decode()
        assert MARKS[0] not in str(answer.headers) + str(answer.cookies)
    typed = entry.own_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1)
    assert typed == Paper(MARKS[0])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_dump_of_every_table_holds_no_mark_and_no_row_of_the_typing() -> None:
    made = bring_to(evening("setup", members=12), "typed", votes=[Paper(mark) for mark in MARKS])
    sealed = [bytes(row.sealed).hex() for row in PaperEntry.objects.all()]
    before = dump()
    assert all(blob in before for blob in sealed)  # the dump would show them
    assert not [mark for mark in MARKS if mark in before]
    matching.match(ballot=made.ballot, by=made.tellers[0])
    sign_all(made)
    certify(ballot=made.ballot, by=made.secretary)
    after = dump()
    assert not [blob for blob in sealed if blob in after]
    assert not [mark for mark in MARKS if mark in after]
    assert not sealing.has_key(made.ballot.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text), count(*) FROM evaluations_tallyline")
        assert cursor.fetchone() == (1, 12)  # all written at once: no order to read from them
