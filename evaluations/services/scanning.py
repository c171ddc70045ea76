"""An upload of scanned sheets, and the job that reads it page by page; what is read is written at once."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Sequence

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Max, Sum
from django.urls import reverse

from branches.models import Job, User
from branches.permissions import Denied
from branches.services.audit import record
from branches.services.jobs import JobRefused, Report, request_job
from branches.workflow import NotAllowed
from evaluations.models import (
    Ballot,
    BallotStatus,
    PageFate,
    ScanBatch,
    ScanPage,
)
from evaluations.paper.reading import BLANK, READ, REJECTED, SheetReading
from evaluations.paper.template import FormTemplate
from evaluations.permissions import can_upload_scans
from evaluations.services.count_chain import note
from evaluations.services.form import form_template
from evaluations.services.scan_doubles import find_new_doubles
from evaluations.services.scan_files import MOST_PAGES, Stored, read_stored, remove_stored
from evaluations.services.scan_machine import MACHINE, Machine
from evaluations.services.scan_sealing import seal_marks, seal_page_part
from evaluations.services.strips import add_strips, reopen_seats

logger = logging.getLogger(__name__)
TASK = "evaluations.tasks.read_scans"
FATES = {READ: PageFate.READ, BLANK: PageFate.BLANK, REJECTED: PageFate.REJECTED}
BROKEN, TOO_MANY = "broken_file", "too_many_pages"  # keys of the reader's advice
OVER = "计票已经结束，不再读这次上传的票。"
GONE = "这次上传已经清除，不用再读。"


def start_batch(*, ballot: Ballot, by: User, files: Sequence[Stored]) -> ScanBatch:
    """Take an upload whose files are stored already, and queue the reading of it.

    Raises NotAllowed when nothing may be uploaded now; whoever stored the files removes them then.
    """
    with transaction.atomic():
        locked = Ballot.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=ballot.pk)
        answer = can_upload_scans(by, locked)
        if isinstance(answer, Denied):
            raise NotAllowed(answer.reason)
        last = ScanBatch.objects.filter(ballot=locked).aggregate(last=Max("number"))["last"] or 0
        batch = ScanBatch.objects.create(
            ballot=locked,
            number=last + 1,
            uploaded_by=by,
            files=[{"name": file.name, "size": file.size} for file in files],
        )
        record(by=by, action="upload_scans", about=locked, detail={"files": len(files)})
        _ask(batch, by)
    return batch


def _ask(batch: ScanBatch, by: User) -> None:
    """Queue the reading of an upload."""
    job = request_job(
        kind=TASK,
        key=str(batch.pk),
        title=f"读第 {batch.number} 次上传的测评票",
        by=by,
        params={"batch": str(batch.pk)},
        organization=batch.ballot.organization,
        next_url=reverse("evaluations:scans", args=[batch.ballot_id]),
    )
    ScanBatch.objects.filter(pk=batch.pk).update(job=job)


def read_on(*, ballot: Ballot, by: User, number: int) -> None:
    """Go on reading an upload whose reading stopped; pages that are read already stay as they are."""
    answer = can_upload_scans(by, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        batch = (
            ScanBatch.objects.select_for_update(of=("self",))
            .select_related("ballot__organization", "job")
            .filter(ballot=ballot, number=number, read=False)
            .first()
        )
        if batch is None:
            raise NotAllowed("这次上传已经读完。")
        if batch.job is None or not batch.job.is_open:
            _ask(batch, by)


def read_batch(job: Job, report: Report, *, machine: Machine = MACHINE) -> None:
    """Read an upload page by page: the work of a job. Safe to run again after any interruption.

    Raises JobRefused when the upload is gone, counting is over, or the key is not on this server.
    """
    batch = ScanBatch.objects.select_related("ballot").filter(pk=job.params.get("batch")).first()
    if batch is None:
        raise JobRefused(GONE)
    if batch.read:
        return
    try:
        _Reading(batch, machine, report).run()
    except NotAllowed as refusal:
        raise JobRefused(refusal.reason) from refusal


class _Reading:
    """One run over an upload."""

    def __init__(self, batch: ScanBatch, machine: Machine, report: Report) -> None:
        self.batch, self.machine, self.report = batch, machine, report
        self.ballot = batch.ballot
        self.template = form_template(self.ballot)
        self.rated = list(self.ballot.rated().values_list("pk", flat=True))
        self.tick_only = self.ballot.rules().ballot_tick_only
        self.done = batch.pages.count()
        self.doubtful = batch.pages.aggregate(n=Sum("doubtful"))["n"] or 0
        self.total = 0

    def run(self) -> None:
        """All files, then doubles, then the upload is done."""
        self.report(0, 0, "正在打开文件")
        self.total = self._count()
        self._say()
        for number, file in enumerate(self.batch.files):
            if not file.get("done"):
                self._read_file(number, file["name"])
        self.report(self.done, self.total, "正在查找重复扫描的票")
        find_new_doubles(self.ballot, self.machine)
        self._close()

    def _say(self) -> None:
        self.report(self.done, self.total, f"正在读票，存疑 {self.doubtful} 行，已读")

    def _count(self) -> int:
        """The pages of all files; each file is counted once."""
        for file in self.batch.files:
            if "pages" not in file:
                file["pages"] = self.machine.count(read_stored(self.ballot.pk, file["name"]))
        self.batch.save(update_fields=["files"])
        pages: int = sum(file["pages"] for file in self.batch.files)
        return min(MOST_PAGES, pages)

    def _read_file(self, number: int, name: str) -> None:
        """The pages of one file that are not written yet; then the file goes."""
        known = set(self.batch.pages.filter(file_no=number).values_list("position", flat=True))
        data, ticks = read_stored(self.ballot.pk, name), self.tick_only
        for reading in readings(self.machine, data, self.template, known, ticks):
            if self.done >= MOST_PAGES:
                self._write(number, SheetReading(reading.position, REJECTED, TOO_MANY))
                break
            self._write(number, reading)
            self._say()
        self.batch.files[number]["done"] = True
        self.batch.save(update_fields=["files"])
        remove_stored(self.ballot.pk, name)

    def _write(self, number: int, reading: SheetReading) -> None:
        """One page with its strips, in one transaction, and only while counting is on."""
        with transaction.atomic():
            locked = Ballot.objects.select_for_update().get(pk=self.ballot.pk)
            if locked.status != BallotStatus.COLLECTED or not locked.is_scanned:
                raise JobRefused(OVER)
            if not ScanBatch.objects.filter(pk=self.batch.pk, read=False).exists():
                raise JobRefused(GONE)
            place = {"batch": self.batch, "file_no": number, "position": reading.position}
            if ScanPage.objects.filter(**place).exists():
                return
            page = page_of(self.ballot, self.batch, number, reading)
            page.save(force_insert=True)
            if reading.fate == READ:
                add_strips(page=page, rows=reading.rows, pictures=reading.strips, rated=self.rated)
        self.done += 1
        self.doubtful += page.doubtful

    def _close(self) -> None:
        """The upload is read: said once in the chain, by counts only."""
        with transaction.atomic():
            Ballot.objects.select_for_update().get(pk=self.ballot.pk)
            kept = [{"pages": file["pages"]} for file in self.batch.files]  # the files themselves are gone
            if ScanBatch.objects.filter(pk=self.batch.pk, read=False).update(read=True, files=kept) != 1:
                return
            fates = list(self.batch.pages.values_list("fate", flat=True))
            counts = {kind: sum(fate == FATES[kind] for fate in fates) for kind in FATES}
            note(self.ballot, "scan", {**counts, "pages": len(fates), "doubtful": self.doubtful})
            reopen_seats(self.ballot.pk)


def readings(
    machine: Machine, data: bytes, template: FormTemplate, known: set[int], tick_only: bool
) -> Iterator[SheetReading]:
    """The pages of a file that are not known yet; a page at which the reader stumbles comes out rejected."""
    seen = set(known)
    while True:
        pages = iter(machine.read(data, template, frozenset(seen), tick_only))
        try:
            while (reading := next(pages, None)) is not None:
                seen.add(reading.position)
                yield reading
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            # Nothing of a sheet may come into the log: not even the message.
            logger.error("a page could not be read: %s", type(error).__name__)
            position = next(n for n in range(1, len(seen) + 2) if n not in seen)
            seen.add(position)
            yield SheetReading(position, REJECTED, BROKEN)
        else:
            return


def page_of(ballot: Ballot, batch: ScanBatch, number: int, reading: SheetReading) -> ScanPage:
    """A page as it is stored (not saved): marks, ink and picture sealed; nothing of a rejected page is kept."""
    key = uuid.uuid4()
    rejected = reading.fate == REJECTED
    read = reading.fate == READ
    return ScanPage(
        id=key,
        ballot=ballot,
        batch=batch,
        file_no=number,
        position=reading.position,
        form_page=reading.page,
        fate=FATES[reading.fate],
        reason=reading.reason[:30] or reading.notice,
        doubtful=sum(not row.certain for row in reading.rows) if read else 0,
        dpi=round(reading.dpi),
        image_sha256=reading.sha256,
        sealed=seal_marks(ballot.pk, key, reading.rows) if read else b"",
        ink=seal_page_part(ballot.pk, key, "ink", reading.ink if read else b""),
        picture=seal_page_part(ballot.pk, key, "picture", b"" if rejected else reading.picture),
    )
