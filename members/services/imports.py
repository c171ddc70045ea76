"""An import: opened with the rows of a file, checked, confirmed in one transaction, undone exactly."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.urls import reverse

from branches.models import OPEN_STATES, Job, Organization, User
from branches.permissions import Denied
from branches.services.jobs import JobRefused, Report, request_job, settle
from branches.workflow import NotAllowed, perform
from members.models import BatchStatus, ImportBatch
from members.permissions import can_import_roster
from members.rules.cells import Cell, as_text
from members.rules.roster_header import FIELD_LABELS, HeaderNotFound, find_header
from members.services.import_apply import apply_plan, take_back
from members.services.import_plan import CHANGED, NEW, UNCHANGED, WRONG, cells_to_line, plan_rows
from members.workflow import IMPORT

CHECKING = "members.tasks.check_import"
AT_ONCE = 500  # more rows are a background job
STALE = "名册在核对之后有了变化，已按最新名册重新核对，请再看一遍后确认。"
Progress = Report | None
Finish = Callable[[], None]
Item = TypeVar("Item")


def _at_once() -> None:
    """Nothing more to write: the work was done in a request."""


def open_import(
    *, rows: Sequence[Sequence[Cell]], file_name: str, organization: Organization, by: User
) -> ImportBatch:
    """Keep an uploaded table, sealed, with its header found and its columns understood; nothing is changed yet.

    Returns the batch. Raises NotAllowed when by may not import here, HeaderNotFound when the table is no roster.
    """
    answer = can_import_roster(by, organization)
    if not answer:
        raise NotAllowed(answer.reason)
    header = find_header(rows)
    below = rows[header.rows[-1] :]
    if not below:
        raise HeaderNotFound("表头下面没有数据，请填好名册后再上传。")
    batch = ImportBatch(
        organization=organization,
        uploaded_by=by,
        file_name=as_text(file_name)[-200:],
        labels=list(header.labels),
        mapping=dict(header.mapping),
        header_row=header.rows[-1],
        row_count=len(below),
    )
    batch.put("rows", (cells_to_line(row) for row in below))
    batch.save()
    return batch


def change_columns(*, batch: ImportBatch, mapping: Mapping[str, int], by: User) -> ImportBatch:
    """Set by hand which column means what; the batch must be checked again. Returns it.

    Raises NotAllowed when 姓名 is missing, a column is used twice, or the import is over.
    """
    wanted = {name: column for name, column in mapping.items() if name in FIELD_LABELS}
    if "name" not in wanted:
        raise NotAllowed("请指定哪一列是姓名。")
    doubled = [column for column, times in Counter(wanted.values()).items() if times > 1]
    if doubled or not all(0 <= column < len(batch.labels) for column in wanted.values()):
        raise NotAllowed("一列只能对应一项内容，请检查重复选择的列。")
    with transaction.atomic():
        batch = perform(IMPORT, batch, "check", by=by)
        batch.mapping, batch.digest = wanted, ""
        batch.save(update_fields=["mapping", "digest"])
    return batch


def check_import(
    *, batch: ImportBatch, by: User, report: Progress = None, finish: Finish = _at_once
) -> ImportBatch:
    """Compare the upload with the roll and keep the result, sealed, for preview and confirmation. Returns the batch.

    `finish` writes last into the same transaction: a job closes itself there, or ends it when it was cancelled.
    """
    with transaction.atomic():
        locked = _locked(batch, "check", by)
        _check(locked, report)
        finish()
        return perform(IMPORT, locked, "check", by=by)


def _locked(batch: ImportBatch, name: str, by: User) -> ImportBatch:
    """The batch's row, locked, if the step may be taken. Raises NotAllowed with the reason.

    Long work comes first and `perform` last: it holds the end of the record, for which every other
    step of anybody has to wait until this transaction is over.
    """
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    answer = IMPORT.step(locked, name, by)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    return locked


def _check(batch: ImportBatch, report: Progress) -> None:
    counts: Counter[str] = Counter()
    remarks: Counter[str] = Counter()
    texts: dict[str, str] = {}
    digest = hashlib.sha256()

    def lines() -> Iterator[str]:
        for row in _told(plan_rows(batch), report, batch.row_count, "正在核对"):
            counts[row.action] += 1
            for remark in (*row.problems, *row.warnings):
                texts.setdefault(remark.code, remark.text)
                remarks[remark.code] += 1
            line = row.to_line()
            digest.update(line.encode())
            yield line

    batch.put("plan", lines())
    batch.new_count, batch.changed_count = counts[NEW], counts[CHANGED]
    batch.unchanged_count, batch.wrong_count = counts[UNCHANGED], counts[WRONG]
    batch.remarks = [[texts[code], count] for code, count in remarks.most_common()]
    batch.digest = digest.hexdigest()
    batch.save()


def confirm_import(
    *,
    batch: ImportBatch,
    by: User,
    only_correct: bool = False,
    report: Progress = None,
    finish: Finish = _at_once,
) -> ImportBatch:
    """Bring the checked upload into the roll, all of it or nothing; `finish` as for the check. Returns the batch.

    Raises NotAllowed when rows are wrong and only_correct was not chosen, or when the roll changed since the check; then the upload
    has been checked again and waits for another look.
    """
    try:
        with transaction.atomic():
            ImportBatch.objects.filter(pk=batch.pk).update(only_correct=only_correct)
            locked = _locked(batch, "confirm", by)
            if _digest_now(locked, report) != locked.digest:
                raise _Stale
            changes = locked.new_count + locked.changed_count
            locked.put("undo", _told(apply_plan(locked), report, changes, "正在写入名册"))
            locked.drop("rows", "plan")
            locked.save()
            finish()
            return perform(IMPORT, locked, "confirm", by=by, detail=_counts(locked))
    except _Stale:
        check_import(batch=batch, by=by)
        raise NotAllowed(STALE) from None


class _Stale(Exception):
    """The roll is no longer what the preview was made from."""


def _told(items: Iterator[Item], report: Progress, total: int, words: str) -> Iterator[Item]:
    """The items, with a report before the first and after each thousand."""
    if report is not None:
        report(0, total, words)
    for done, item in enumerate(items, start=1):
        yield item
        if report is not None and done % 1000 == 0:
            report(done, total, words)


def _digest_now(batch: ImportBatch, report: Progress) -> str:
    digest = hashlib.sha256()
    for row in _told(plan_rows(batch), report, batch.row_count, "正在再核对一遍"):
        digest.update(row.to_line().encode())
    return digest.hexdigest()


def undo_import(*, batch: ImportBatch, by: User, finish: Finish = _at_once) -> ImportBatch:
    """Take a confirmed import back: added members go, changed ones are as they were, to the last column. Returns the batch.

    Raises NotAllowed when one of them was changed or put on a roster meanwhile; then nothing is taken back.
    """
    with transaction.atomic():
        locked = _locked(batch, "undo", by)
        answer = take_back(locked)
        if isinstance(answer, Denied):
            raise NotAllowed(answer.reason)
        locked.drop("undo")
        locked.save()
        finish()
        return perform(IMPORT, locked, "undo", by=by, detail=_counts(locked))


def discard_import(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Give an upload up before it was confirmed; what was read from the file is forgotten. Returns the batch."""
    with transaction.atomic():
        given_up = perform(IMPORT, batch, "discard", by=by)
        given_up.drop("rows", "plan")
        given_up.save()
    return given_up


def _counts(batch: ImportBatch) -> dict[str, int]:
    return {"new": batch.new_count, "changed": batch.changed_count, "wrong": batch.wrong_count}


def start_check(*, batch: ImportBatch, by: User) -> Job | None:
    """Check now, or, for many rows, ask for a background job. Returns the job, or None when it is done already."""
    if batch.row_count <= AT_ONCE:
        check_import(batch=batch, by=by)
        return None
    return _job(CHECKING, "核对党员名册", batch, by, {})


def start_confirm(*, batch: ImportBatch, by: User, only_correct: bool) -> Job | None:
    """Confirm now, or, for many rows, ask for a background job. Returns the job, or None when it is done already."""
    if batch.row_count <= AT_ONCE:
        confirm_import(batch=batch, by=by, only_correct=only_correct)
        return None
    return _job("members.tasks.confirm_import", "导入党员名册", batch, by, {"only_correct": only_correct})


def start_undo(*, batch: ImportBatch, by: User) -> Job | None:
    """Take back now, or, for many members, ask for a background job. Returns the job, or None when it is done already."""
    if batch.new_count + batch.changed_count <= AT_ONCE:
        undo_import(batch=batch, by=by)
        return None
    return _job("members.tasks.undo_import", "撤销名册导入", batch, by, {})


def is_being_checked(batch: ImportBatch) -> bool:
    """Whether a job that checks the batch waits or runs."""
    return Job.objects.filter(kind=CHECKING, key=str(batch.pk), state__in=OPEN_STATES).exists()


def _job(kind: str, title: str, batch: ImportBatch, by: User, params: dict[str, bool]) -> Job:
    return request_job(
        kind=kind,
        key=str(batch.pk),
        title=title,
        by=by,
        params={"batch": str(batch.pk), **params},
        organization=batch.organization,
        next_url=reverse("members:import_batch", args=[batch.pk]),
    )


def check_by_job(job: Job, report: Report) -> None:
    """The work of the checking job. Raises JobRefused with the reason."""
    batch, by = _asked_for(job)
    try:
        check_import(batch=batch, by=by, report=report, finish=partial(settle, job=job))
    except NotAllowed as refusal:
        raise JobRefused(refusal.reason) from refusal


def confirm_by_job(job: Job, report: Report) -> None:
    """The work of the confirming job; done already is done. Raises JobRefused with the reason."""
    batch, by = _asked_for(job)
    try:
        only_correct = bool(job.params["only_correct"])
        finish = partial(settle, job=job)
        confirm_import(batch=batch, by=by, only_correct=only_correct, report=report, finish=finish)
    except NotAllowed as refusal:
        batch.refresh_from_db(fields=["status"])
        if batch.status != BatchStatus.IMPORTED:
            raise JobRefused(refusal.reason) from refusal


def undo_by_job(job: Job, report: Report) -> None:
    """The work of the job that takes an import back. Raises JobRefused with the reason."""
    batch, by = _asked_for(job)
    try:
        undo_import(batch=batch, by=by, finish=partial(settle, job=job))
    except NotAllowed as refusal:
        raise JobRefused(refusal.reason) from refusal


def _asked_for(job: Job) -> tuple[ImportBatch, User]:
    if job.requested_by is None:
        raise JobRefused("申请人已不存在，请重新申请。")
    batch = ImportBatch.objects.filter(pk=job.params["batch"]).select_related("organization").first()
    if batch is None:
        raise JobRefused("这次导入已不存在，请重新上传。")
    return batch, job.requested_by
