"""Scanned sheets for tests: a small stand-in for the machine that reads pages described in JSON, no picture needed.

`upload(made, [page("1120"), blank(), rejected()])` takes an upload and reads it, as the job does.
"""

from __future__ import annotations

import io
import json
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from bench.paper.forms import printed
from bench.paper.optics import Grey
from bench.paper.sheets import Sheet, write
from bench.paper.voters import invent
from branches.models import Job, JobState, User
from branches.services.jobs import run_job
from evaluations.models import Ballot, EntryMode, ScanBatch, ScanPage
from evaluations.paper.reading import BLANK, READ, REJECTED, UNSURE, RowReading, SheetReading
from evaluations.paper.template import FormTemplate
from evaluations.services.form import ballot_form
from evaluations.services.scan_files import SealingWriter, Stored
from evaluations.services.scan_machine import Machine
from evaluations.services.scanning import read_batch, start_batch
from tests.factories.evaluations import Evening, evening

Page = dict[str, Any]
PICTURE = b"\xff\xd8 a picture of "


def page(marks: str, *, side: int = 1, ink: str = "", dpi: int = 200, warnings: Sequence[str] = ()) -> Page:
    """A page that is read: one character a row of its side, "?" for a doubtful one."""
    return {"fate": READ, "page": side, "marks": marks, "ink": ink, "dpi": dpi, "warnings": list(warnings)}


def blank(*, side: int = 1) -> Page:
    """A form without ink."""
    return {"fate": BLANK, "page": side}


def rejected(reason: str = "no_form") -> Page:
    """A page that cannot be read."""
    return {"fate": REJECTED, "reason": reason}


def stumbling() -> Page:
    """A page at which the machine breaks."""
    return {"fate": "broken"}


def described(pages: Sequence[Page]) -> bytes:
    """A file with these pages."""
    return json.dumps(list(pages)).encode()


def _reading(position: int, said: Page, template: FormTemplate) -> SheetReading:
    if said["fate"] == "broken":
        raise MemoryError("the voter's marks")
    side = said.get("page", 0)
    places = next((sheet.rows for sheet in template.sheets if sheet.page == side), ())
    rows = tuple(
        RowReading(place.row, mark, "faint" if mark == UNSURE else "", "1" if mark == UNSURE else "")
        for place, mark in zip(places, said.get("marks", ""), strict=bool(said.get("marks")))
    ) if said["fate"] == READ else ()  # fmt: skip
    return SheetReading(
        position=position,
        fate=said["fate"],
        reason=said.get("reason", ""),
        page=side,
        rows=rows,
        dpi=said.get("dpi", 200),
        sha256=f"{position:064x}",
        ink=said.get("ink", "").encode(),
        picture=PICTURE + f"page {position}".encode(),
        strips={row.row: PICTURE + f"row {row.row}".encode() for row in rows},
        warnings=tuple(said.get("warnings", ())),
    )


def read(
    data: bytes, template: FormTemplate, skip: Container[int] = (), tick_only: bool = False
) -> Iterator[SheetReading]:
    """The readings of a described file."""
    for position, said in enumerate(json.loads(data), 1):
        if position not in skip:
            yield _reading(position, said, template)


def doubles(inks: Sequence[bytes]) -> list[tuple[int, int]]:
    """Pairs of equal ink."""
    count = range(len(inks))
    return [(one, other) for one in count for other in count if one < other and inks[one] == inks[other]]


MACHINE = Machine(read=read, count=lambda data: len(json.loads(data)), doubles=doubles)


def killed_after(pages: int, machine: Machine = MACHINE) -> Machine:
    """A machine whose worker dies after so many pages."""

    def dying(
        data: bytes, template: FormTemplate, skip: Container[int], tick_only: bool
    ) -> Iterator[SheetReading]:
        for number, reading in enumerate(machine.read(data, template, skip, tick_only)):
            if number == pages:
                raise KeyboardInterrupt
            yield reading

    return replace(machine, read=dying)


def real_sheets(ballot: Ballot, count: int, *, seed: int = 11) -> list[Sheet]:
    """So many papers of this ballot as a scanner sees them (all sides of each), and what stands on them."""
    chance = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        voter = invent(chance, len(ballot.scale))
        for side in printed(ballot_form(ballot)):
            leaf = write(side, chance, voter)
            made.append(Sheet(leaf.page, leaf.truth))
    return made


def as_pdf(pictures: Sequence[Grey]) -> bytes:
    """Pages of 300 dpi as a scanner's PDF of 200 dpi."""
    pages = [Image.fromarray(picture).resize((1654, 2339)) for picture in pictures]
    out = io.BytesIO()
    pages[0].save(out, "PDF", resolution=200, save_all=True, append_images=pages[1:], quality=75)
    return out.getvalue()


def as_photo(picture: Grey) -> bytes:
    """A page as a JPEG."""
    out = io.BytesIO()
    Image.fromarray(picture).resize((1654, 2339)).save(out, "JPEG", quality=80)
    return out.getvalue()


def scanned_evening(**how: Any) -> Evening:
    """A ballot whose papers are counted by hand and are to be scanned."""
    return evening("collected", entry_mode=EntryMode.SCANNED, **how)


def store(ballot: Ballot, data: bytes) -> Stored:
    """A file as an upload leaves it on the disk."""
    writer = SealingWriter(ballot.pk)
    writer.write(data)
    return writer.close()


def take_upload(made: Evening, *files: Sequence[Page], by: User | None = None) -> ScanBatch:
    """An upload of described files that is not read yet."""
    stored = [store(made.ballot, described(pages)) for pages in files]
    return start_batch(ballot=made.ballot, by=by or made.tellers[0], files=stored)


def read_upload(batch: ScanBatch, machine: Machine = MACHINE) -> Job:
    """Read an upload as a worker does; returns the job as it ended."""
    job = Job.objects.get(kind="evaluations.tasks.read_scans", key=str(batch.pk), state=JobState.QUEUED)
    run_job(str(job.pk), lambda mine, report: read_batch(mine, report, machine=machine))
    job.refresh_from_db()
    return job


def upload(made: Evening, *files: Sequence[Page], machine: Machine = MACHINE) -> list[ScanPage]:
    """An upload of described files, read; its pages in order."""
    batch = take_upload(made, *files)
    read_upload(batch, machine)
    return list(batch.pages.order_by("file_no", "position"))
