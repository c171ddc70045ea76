"""Recomputes an archived result from everything that is kept, and names the first thing that does not fit."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from branches.models import AuditEvent, Organization
from branches.services.audit import first_broken_link
from evaluations.models import (
    Ballot,
    BallotStatus,
    BallotSubject,
    BranchResult,
    CountEvent,
    CountReport,
    Signature,
    TallyLine,
)
from evaluations.rules.verifying import (
    Finding,
    Row,
    Table,
    first_change,
    wrong_decisions,
    wrong_sums,
    wrong_sums_of_branch,
)
from evaluations.services.count_chain import event_content, first_broken_event
from evaluations.services.result_seal import (
    BALLOT,
    LINES,
    REPORT,
    SEALED,
    SIGNATURES,
    SUBJECTS,
    members_of,
    reason_fingerprint,
    result_tables,
    row_of,
)

SUMS, EVENTS, RECORD = "sums", "events", "record"
MODELS: dict[str, type[models.Model]] = {
    BALLOT: Ballot,
    SUBJECTS: BallotSubject,
    LINES: TallyLine,
    SIGNATURES: Signature,
    REPORT: CountReport,
    SUMS: BranchResult,
    EVENTS: CountEvent,
    RECORD: AuditEvent,
}
ROWS = {SUBJECTS: "序号 {}", LINES: "序号 {}", SIGNATURES: "编号 {}", EVENTS: "第 {} 项", RECORD: "第 {} 项"}
NO_REPORT = "核定时还没有计票报告单，只核对合计，不能核对是否改动过。"
NOT_CERTIFIED = "还没有核定，没有可以核对的结果。"
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FORMAT, FORMAT_VERSION = "ballot-archive", 1


@dataclass(frozen=True)
class Verdict:
    """What was found of one ballot: the first thing wrong (None: all fits), what else to know, the chain's end."""

    ballot: str
    finding: Finding | None
    notes: tuple[str, ...]
    head: str

    @property
    def text(self) -> str:
        """The finding in Chinese with table, row and field; "" when all fits."""
        return "" if self.finding is None else place_text(self.finding)


def place_text(finding: Finding) -> str:
    """Where and what, as 「测评结果」（evaluations_tallyline）序号 3 的「票数」（counts）：和核定时不一样。"""
    model = MODELS.get(finding.table)
    if model is None:
        return f"{finding.message}。"
    where = f"「{model._meta.verbose_name}」（{model._meta.db_table}）"
    if finding.row:
        where += ROWS.get(finding.table, "{}").format(finding.row)
    if finding.field:
        label = {f.attname: str(f.verbose_name) for f in model._meta.concrete_fields}[finding.field]
        where += f"的「{label}」（{finding.field}）"
    return f"{where}：{finding.message}。"


def archive_of(ballot: Ballot) -> dict[str, Any]:
    """Everything kept of one ballot as plain JSON, for a recount by other hands."""
    report = CountReport.objects.filter(ballot=ballot).first()
    events = CountEvent.objects.filter(ballot=ballot).order_by("sequence", "pk")
    sums = BranchResult.objects.filter(ballot=ballot).first()
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "tables": result_tables(ballot, report),
        EVENTS: [
            {**event_content(event), "previous_hash": event.previous_hash, "hash": event.hash}
            for event in events
        ],
        SUMS: None if sums is None else row_of(sums),
        RECORD: [row_of(event) for event in record_of(ballot)],
    }


def record_of(ballot: Ballot) -> list[AuditEvent]:
    """The steps of one ballot in the record, in their order."""
    events = AuditEvent.objects.filter(about=ballot._meta.label_lower, about_id=str(ballot.pk))
    return [event for event in events.order_by("sequence") if "to" in event.detail]


def ever_certified() -> set[uuid.UUID]:
    """The ballots that are certified, or were so by any trace: state, day, report or record."""
    rows = Ballot.objects.filter(
        Q(status__in=(BallotStatus.CERTIFIED, BallotStatus.VOID))
        | Q(certified_on__isnull=False)
        | Q(count_report__isnull=False)
    )
    events = AuditEvent.objects.filter(about=Ballot._meta.label_lower, action="certify")
    noted = [about_id for about_id in events.values_list("about_id", flat=True) if KEY.fullmatch(about_id)]
    return {*rows.values_list("pk", flat=True), *map(uuid.UUID, noted)}


def verify_record() -> str:
    """What is wrong with the record as a whole, in Chinese; "" when its chain holds."""
    broken = first_broken_link()
    if broken is None:
        return ""
    return place_text(Finding(RECORD, str(broken), "", "被改动、删去，或者和前一项接不上"))


def verify(key: uuid.UUID) -> Verdict:
    """Recompute one ballot from what is kept. Whether the record itself holds: `verify_record`."""
    for name, model in MODELS.items():
        finding = _unreadable(name, model, key)
        if finding is not None:
            return Verdict(str(key), finding, (), "")
    ballot = Ballot.objects.get(pk=key)
    archive = archive_of(ballot)
    steps = record_of(ballot)
    certified = [event for event in steps if event.action == "certify"]
    report: Row | None = archive["tables"].get(REPORT, {}).get("")
    notes: list[str] = []
    if not certified and report is None and not ballot.certified_on:
        notes.append(NOT_CERTIFIED)
        findings: Iterable[Finding] = _chain(ballot)
    else:
        told = str(certified[-1].detail.get("chain", "")) if certified else ""
        if report is None and not told:
            notes.append(NO_REPORT)
        findings = _everything(ballot, archive, steps, told)
    events = archive[EVENTS]
    head = str(events[-1]["hash"]) if events else ""
    known = Organization.objects.filter(pk=ballot.organization_id).exists()
    return Verdict(f"{ballot}" if known else str(key), next(iter(findings), None), tuple(notes), head)


def _unreadable(name: str, model: type[models.Model], key: uuid.UUID) -> Finding | None:
    """Whether the ballot's rows of one table are there and can be read at all."""
    column = {BALLOT: "pk", RECORD: "about_id"}.get(name, "ballot")
    try:
        rows = list(model._base_manager.filter(**{column: str(key)}))
    except (ValueError, TypeError):
        return Finding(name, "", "", "有内容读不出来")
    if name == BALLOT and not rows:
        return Finding(name, "", "", "操作记录里有这轮测评的核定，测评本身没有了")
    return None


def _everything(
    ballot: Ballot, archive: dict[str, Any], steps: list[AuditEvent], told: str
) -> Iterator[Finding]:
    """Everything wrong with a ballot that was certified, the most exact place first."""
    tables = archive["tables"]
    report: Row | None = tables.get(REPORT, {}).get("")
    seal: dict[str, Any] = {}
    yield from _chain(ballot)
    if report is not None or told:
        yield from _ends(archive[EVENTS], report, told)
        seal = archive[EVENTS][-1]["payload"]
        changed = first_change(tables, seal)
        if changed is not None:
            yield changed
    yield from _status(ballot, steps)
    yield from wrong_sums(tables[BALLOT][""], tables[SUBJECTS], tables[LINES], report)
    if report is not None:
        yield from wrong_decisions(archive[EVENTS], tables[BALLOT][""], report)
    yield from _sums(ballot, archive, seal)


def _chain(ballot: Ballot) -> Iterator[Finding]:
    """The first event of the ballot's own chain that does not fit."""
    broken = first_broken_event(ballot)
    if broken is not None:
        yield Finding(EVENTS, str(broken), "", "被改动、删去，或者和前一项接不上")


def _ends(events: list[dict[str, Any]], report: Row | None, told: str) -> Iterator[Finding]:
    """Whether chain, report and record end in the same seal; the caller goes on only when they do."""
    number = str(len(events) or 1)
    if report is None:
        yield Finding(REPORT, "", "", "核定时写过计票报告单，现在没有了")
    elif not told:
        yield Finding(RECORD, "", "", "没有这次核定，或者没有记下计票记录的末项")
    elif report["chain_head"] != told:
        ours = bool(events) and events[-1]["hash"] == told
        yield (
            Finding(REPORT, "", "chain_head", "和操作记录里核定时记下的末项不一样")
            if ours
            else Finding(EVENTS, number, "", "末项不是核定时的那一项，之后有改动、删去或增加")
        )
    if not events or events[-1]["hash"] != told or events[-1]["kind"] != SEALED:
        yield Finding(EVENTS, number, "", "末项不是核定时的那一项，之后有改动、删去或增加")


def _status(ballot: Ballot, steps: list[AuditEvent]) -> Iterator[Finding]:
    """Whether state and reason of voiding are what the record says."""
    last = steps[-1].detail if steps else {}
    if ballot.status != last.get("to"):
        yield Finding(BALLOT, "", "status", "和操作记录里最后一步不一样")
    void = ballot.status == BallotStatus.VOID
    kept = last.get("fingerprint") if void else reason_fingerprint("")
    if kept is not None and kept != reason_fingerprint(ballot.void_reason):
        yield Finding(BALLOT, "", "void_reason", "和作废时写的不一样")


def _sums(ballot: Ballot, archive: dict[str, Any], seal: dict[str, Any]) -> Iterator[Finding]:
    """Whether the sums for roll-ups are those of the lines, and there only while the result stands."""
    sums, lines = archive[SUMS], archive["tables"][LINES]
    void = ballot.status == BallotStatus.VOID
    if void and sums is not None:
        yield Finding(SUMS, "", "", "已经作废，合计不应当还在汇总里")
    elif not void and sums is None:
        yield Finding(SUMS, "", "", "没有了，请重新汇总")
    elif sums is not None:
        yield from _standing_sums(ballot, sums, lines, seal)


def _standing_sums(
    ballot: Ballot, sums: dict[str, Any], lines: Table, seal: dict[str, Any]
) -> Iterator[Finding]:
    """What in the sums of a standing result is not from its lines, its ballot and its roster."""
    wrong = wrong_sums_of_branch(sums, lines, len(ballot.scale))
    if wrong:
        yield Finding(SUMS, "", wrong, "不是各行相加的数")
    for column in ("campaign_id", "organization_id", "subject_kind"):
        if sums[column] != getattr(ballot, column):
            yield Finding(SUMS, "", column, "和测评不一样")
    sizes = [sums["members_full"], sums["members_probationary"]]
    now, sealed = members_of(ballot), seal.get("roster")
    if sizes not in (now, sealed):
        column = "members_full" if sizes[0] not in (now[0], (sealed or now)[0]) else "members_probationary"
        yield Finding(SUMS, "", column, "和花名册的人数不一样，请重新汇总")
