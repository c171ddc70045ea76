"""Sheets in a browser: the test sheet before the meeting, a pile uploaded, doubles and blanks judged, one rescanned."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import FilePayload

from branches.models import JobState
from evaluations.models import EntryMode, PageFate, ScanBatch, ScanPage
from evaluations.paper.form import draw_form
from evaluations.paper.reading.opening import Grey, open_pages
from evaluations.services.form import ballot_form
from evaluations.services.scan_machine import MACHINE
from evaluations.services.scanning import read_batch
from evaluations.tasks import read_scans
from tests.browser.conftest import Visitor, give_password
from tests.factories.evaluations import Evening, bring_to, evening
from tests.factories.scanning import as_pdf, as_photo, killed_after, real_sheets

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]
PAPERS = 12


def at(made: Evening, name: str) -> str:
    return reverse(f"evaluations:{name}", args=[made.ballot.pk])


def cat() -> bytes:
    """A photo of anything but a sheet."""
    noise = np.random.default_rng(3).integers(60, 200, (900, 700), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG")
    return out.getvalue()


def test_from_the_test_sheet_to_the_last_page(visitor: NewVisitor) -> None:
    made = evening("setup", members=12, entry_mode=EntryMode.SCANNED)
    teller = made.tellers[0]
    give_password(made.secretary, teller)

    secretary = visitor(username=made.secretary.username)
    page = secretary.open(at(made, "scan_test"))
    tried = draw_form(ballot_form(made.ballot, test=True))
    page.set_input_files(
        "input[type=file]", FilePayload(name="试票.pdf", mimeType="application/pdf", buffer=tried)
    )
    secretary.press("看行不行")
    assert page.get_by_text("可以使用。").is_visible()
    secretary.shot("scan-test")

    bring_to(made, "collected", returned=PAPERS)
    papers = [paper.image for paper in real_sheets(made.ballot, PAPERS)]
    empty = empty_sheet(made)
    counting = visitor(username=teller.username)
    page = counting.open(at(made, "ballot"))
    counting.press("扫描或拍照上传")
    pile = as_pdf([*papers[:9], papers[4], empty])
    files = [
        FilePayload(name="扫描.pdf", mimeType="application/pdf", buffer=pile),
        FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=cat()),
    ]
    page.set_input_files("#files", files)
    assert page.get_by_text("选了 2 个文件").is_visible()
    counting.press("上传，开始读")
    page.get_by_text("第 1 次上传已收到 2 个文件").wait_for()
    assert page.get_by_text("排队中").is_visible()
    batch = ScanBatch.objects.get()
    job = batch.job
    assert job is not None
    part_way(batch)
    page.get_by_text("已读 6 / 12 页").wait_for()
    counting.shot("scan-live")
    counting.phone_shot("scan-live-phone")
    type(job).objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    read_scans(str(job.pk))
    page.locator(".upload").get_by_text("已读完").wait_for()
    assert page.get_by_text("读不了：文件 2 第 1 页").is_visible()
    counting.shot("scans")

    counting.press("看 1 对疑似重复的票")
    counting.shot("scan-doubles")
    counting.phone_shot("scan-doubles-phone")
    counting.press("同一张，只算一次")
    counting.open(at(made, "ballot"))
    counting.press("确认空白票")
    counting.shot("scan-blanks")
    counting.press("是空白票，每行记弃权")

    phone = visitor(phone=True, username=teller.username)
    page = phone.open(at(made, "scans"))
    photos = [
        FilePayload(name=f"IMG_{n}.jpg", mimeType="image/jpeg", buffer=as_photo(paper))
        for n, paper in enumerate(papers[9:11])
    ]
    page.set_input_files("#files", photos)
    phone.press("上传，开始读")
    page.get_by_text("排队中").wait_for()
    second = ScanBatch.objects.get(number=2)
    read_scans(str(second.job_id))
    page.get_by_text("收回的票都有着落了").wait_for()
    phone.shot("scans-phone")
    read = ScanPage.objects.filter(ballot=made.ballot, fate=PageFate.READ)
    assert (read.count(), read.values("image_sha256").distinct().count()) == (11, 11)


def empty_sheet(made: Evening) -> Grey:
    """A sheet on which nobody wrote."""
    pages = [page for _, page in open_pages(draw_form(ballot_form(made.ballot)))]
    assert not isinstance(pages[0], str)
    return pages[0]


def unheard(done: int, total: int, message: str = "") -> None:
    """Progress nobody listens to."""


def part_way(batch: ScanBatch) -> None:
    """A worker that dies after six pages, while the page is looked at."""
    job = batch.job
    assert job is not None
    type(job).objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    dying = killed_after(6, MACHINE)
    with pytest.raises(KeyboardInterrupt):
        read_batch(job, unheard, machine=dying)
