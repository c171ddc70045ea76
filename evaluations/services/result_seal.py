"""Certification seals the whole result: fingerprints of every field become the last event of the count's chain."""

from __future__ import annotations

import datetime
import hashlib
import json
import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models

from evaluations.models import Ballot, BallotStatus, BallotSubject, CountReport, Signature, TallyLine
from evaluations.rules.verifying import Table, Tables, canonical, seal_of
from evaluations.services.count_chain import note
from evaluations.services.results import roster_sizes

SEALED = "sealed"  # the kind of the last event
BALLOT, SUBJECTS, LINES, SIGNATURES = "ballot", "subjects", "lines", "signatures"
REPORT = "report"
# Not sealed: what a later voiding changes (the record tells of it), and what is only known after sealing.
LATER = {BALLOT: ("status", "void_reason"), REPORT: ("id", "chain_head")}
SALT_BYTES = 16


def plain(value: Any) -> Any:
    """A database value as JSON has it."""
    if isinstance(value, uuid.UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def row_of(row: models.Model) -> dict[str, Any]:
    """All columns of one row as JSON values, as they are read back from the database."""
    columns = {field.attname: plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}
    read_back: dict[str, Any] = json.loads(canonical(columns))
    return read_back


def _table(rows: Iterable[models.Model], key: str) -> Table:
    """Rows by one of their columns."""
    return {str(getattr(row, key)): row_of(row) for row in rows}


def result_tables(ballot: Ballot, report: CountReport | None) -> Tables:
    """All rows that make up the result of a ballot, as they are in the database now."""
    subjects = list(BallotSubject.objects.filter(ballot=ballot).order_by("ordinal"))
    ordinals = {subject.pk: str(subject.ordinal) for subject in subjects}
    lines = TallyLine.objects.filter(ballot=ballot).order_by("subject__ordinal", "pk")
    tables: dict[str, Table] = {
        BALLOT: {"": row_of(ballot)},
        SUBJECTS: _table(subjects, "ordinal"),
        LINES: {ordinals.get(line.subject_id, f"({line.pk})"): row_of(line) for line in lines},
        SIGNATURES: _table(Signature.objects.filter(ballot=ballot).order_by("pk"), "pk"),
    }
    return tables if report is None else {**tables, REPORT: {"": row_of(report)}}


def members_of(ballot: Ballot) -> list[int]:
    """正式 and 预备 on the branch's roster, as the roll-up counts them; a later amendment may change them."""
    return [*roster_sizes([ballot]).get((ballot.campaign_id, ballot.organization_id), (0, 0))]


def reason_fingerprint(reason: str) -> str:
    """What the record keeps of the reason of voiding, so that a later change of its text shows."""
    return hashlib.sha256(reason.encode()).hexdigest()[:16]


def seal_result(ballot: Ballot, report: CountReport | None = None) -> str:
    """Seal the result and save its report (an unsaved one, or an empty one); returns the end of the chain.

    Called just before the step of certification, which tells the record the end of the chain. A ballot whose
    result is not formed is left alone: that step says why it may not be certified.
    """
    now = Ballot.objects.get(pk=ballot.pk)
    if now.status != BallotStatus.MATCHED:
        return ""
    report = report or CountReport(ballot=now)
    tables = result_tables(now, report)
    fields = {
        name: [f for f in next(iter(rows.values())) if f not in LATER.get(name, ())]
        for name, rows in tables.items()
        if rows
    }
    seal = seal_of(tables, fields, secrets.token_hex(SALT_BYTES))
    event = note(now, SEALED, {**seal, "roster": members_of(now)})
    report.chain_head = event.hash
    report.save(force_insert=True)
    return event.hash
