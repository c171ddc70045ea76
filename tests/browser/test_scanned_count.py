"""A whole scanned count in a browser: a pile and some photos become the signed table, which equals what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from playwright.sync_api import Page

from bench.paper.files import PDF, Paper, Scenario, scenario
from evaluations.models import (
    Ballot,
    BallotStatus,
    CountReport,
    EntryMode,
    PageFate,
    ScanBatch,
    ScanPage,
    Strip,
    StripReading,
)
from evaluations.services.form import ballot_form, sides
from evaluations.services.scan_sealing import open_strip
from evaluations.services.sealing import has_key
from evaluations.tasks import read_scans
from tests.browser.conftest import PHONE, Visitor, give_password, sheet_shot
from tests.factories.evaluations import Evening, evening

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewVisitor = Callable[..., Visitor]
MARKS = ("1", "2", "3", "4", "0", "x")
SHEETS, PHOTOS, DOUBLES, DOUBTFUL = 60, 10, 2, 5


class Count:
    """The evening, the files and who wrote what; `truth` gives the marks of a page by upload, file and position."""

    def __init__(self, made: Evening, folder: Path) -> None:
        self.made, self.folder = made, folder
        self.written: Scenario = scenario(
            ballot_form(made.ballot), sheets=SHEETS, photos=PHOTOS, doubles=DOUBLES, doubtful=DOUBTFUL
        )
        for name, content in self.written.files.items():
            (folder / name).write_bytes(content)
        self.photos = [name for name in self.written.files if name != PDF]
        self.places = {place: paper for paper in self.written.papers for place in paper.places}
        self.rated = list(made.ballot.rated().values_list("pk", flat=True))

    def at(self, name: str) -> str:
        """The address of one of the ballot's pages."""
        return reverse(f"evaluations:{name}", args=[self.made.ballot.pk])

    def place(self, strip: Strip) -> tuple[Paper, int]:
        """The paper a strip is cut from, and which row of it."""
        page = ScanPage.objects.select_related("batch").get(pk=strip.page_id)
        name = PDF if page.batch.number == 1 else self.photos[page.file_no]
        return self.places[name, page.position], self.rated.index(strip.subject_id)

    def mark(self, strip: Strip) -> str:
        """What a person sees in a strip."""
        paper, row = self.place(strip)
        return next(one.mark for one in paper.rows if one.row == row)

    def doubted(self, strips: Iterable[Strip]) -> set[tuple[int, int]]:
        """Paper and row of the strips that are no hidden controls."""
        places = [self.place(strip) for strip in strips if not open_strip(strip).is_control]
        return {(paper.number, row) for paper, row in places}

    def expected(self) -> list[list[int]]:
        """The votes of every row: grades, nothing, invalid."""
        counts = self.written.counts()
        return [[counts[row][mark] for mark in MARKS] for row in range(len(self.rated))]


@pytest.fixture
def count(tmp_path: Path) -> Count:
    """Forty rated, sixty-eight papers in the box, counted by hand."""
    papers = SHEETS + PHOTOS - DOUBLES
    made = evening(
        "collected",
        members=40,
        probationary=papers - 40,
        entry_mode=EntryMode.SCANNED,
        rules={"probationary_subject": "omit", "form_remark": "", "form_rows_per_page": 40},
    )
    assert (made.rows, made.ballot.returned, len(sides(made.ballot))) == (40, papers, 1)
    return Count(made, tmp_path)


def upload(clerk: Visitor, count: Count, names: list[str], number: int) -> ScanBatch:
    """Choose files, send them, let the task read them."""
    page = clerk.open(count.at("scans"))
    page.set_input_files("#files", [count.folder / name for name in names])
    page.get_by_role("button", name="上传，开始读").click()
    page.get_by_text(f"第 {number} 次上传").first.wait_for()
    batch = ScanBatch.objects.get(number=number)
    read_scans(str(batch.job_id))
    page.goto(page.url)
    batch.refresh_from_db()
    assert batch.read
    return batch


def screens_of(teller: Visitor, count: Count) -> Iterator[list[Strip]]:
    """The screens of a seat, one after the other, until all is decided."""
    page = teller.open(count.at("strips"))
    while page.locator("#strips").count():
        keys = [one.get_attribute("data-strip") for one in page.locator("[data-strip]").all()]
        found = Strip.objects.in_bulk(keys)
        yield [found[key] for key in map(_uuid, keys)]
        page.wait_for_load_state("networkidle")


def _uuid(key: str | None) -> Any:
    return Strip._meta.pk.to_python(key)


def decide_by_keys(teller: Visitor, count: Count) -> None:
    """One 计票人 at a keyboard: a key a row, Enter for the next screen."""
    for number, shown in enumerate(screens_of(teller, count)):
        marks = [count.mark(strip) for strip in shown]
        for mark in marks[:5]:
            teller.page.keyboard.press(mark)
        if number == 0:
            teller.page.get_by_text("已保存，还有").wait_for()
            teller.shot("strips")
        for mark in marks[5:]:
            teller.page.keyboard.press(mark)
        with teller.page.expect_navigation():
            teller.page.keyboard.press("Enter")


def decide_by_touch(teller: Visitor, count: Count, wrong: Strip) -> None:
    """The other one on a phone: a finger a row; one slip."""
    for number, shown in enumerate(screens_of(teller, count)):
        for strip in shown:
            mark = count.mark(strip)
            if strip.pk == wrong.pk:
                mark = "x" if mark != "x" else "1"
            box = teller.page.locator(f"[data-strip='{strip.pk}'] label:has(input[value='{mark}'])")
            box.click()
        if number == 0:
            teller.shot("strips-phone")
        with teller.page.expect_navigation():
            teller.page.locator("#strips button.btn").click()


def hand_in(teller: Visitor, count: Count) -> Page:
    """Say that all is decided and no sheet is void."""
    page = teller.open(count.at("judged"))
    page.fill("[name=void]", "0")
    return teller.press("我已判完，交出核对")


def read_workbook(clerk: Visitor, count: Count) -> list[list[Any]]:
    """The votes in the table F2 as the workbook has them."""
    answer = clerk.context.request.get(clerk.base + count.at("summary_xlsx"))
    sheet = openpyxl.load_workbook(BytesIO(answer.body())).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [[r[column] for column in (2, 4, 6, 8, 10, 11)] for r in rows if isinstance(r[0], int)]


def test_a_pile_of_sheets_and_some_photos_become_the_signed_table(visitor: NewVisitor, count: Count) -> None:
    made = count.made
    scrutineer = made.scrutineer
    assert scrutineer is not None
    give_password(made.secretary, scrutineer, *made.tellers)
    clerk = visitor(username=made.secretary.username)
    upload(clerk, count, [PDF], 1)
    upload(clerk, count, count.photos, 2)
    fates = ScanPage.objects.filter(ballot=made.ballot)
    assert fates.filter(fate=PageFate.READ).count() == SHEETS + PHOTOS
    assert [(PDF, p.position) for p in fates.filter(fate=PageFate.REJECTED)] == count.written.foreign
    assert count.written.upside_down in count.places
    clerk.open(count.at("scans"))
    assert clerk.page.get_by_text(f"读不了：第 {count.written.foreign[0][1]} 页").is_visible()

    first = visitor(username=made.tellers[0].username)
    page = first.open(count.at("scan_doubles"))
    for _ in range(DOUBLES):
        first.press("同一张，只算一次")
    assert fates.filter(fate=PageFate.READ).count() == SHEETS + PHOTOS - DOUBLES
    first.open(count.at("ballot"))
    first.press("开始判读")
    decide_by_keys(first, count)
    first.shot("judged")
    hand_in(first, count)

    second = visitor(phone=True, username=made.tellers[1].username)
    second.open(count.at("ballot"))
    second.press("开始判读")
    asked = Strip.objects.filter(page__fate=PageFate.READ)
    assert len(count.written.doubtful) == DOUBTFUL
    assert set(count.written.doubtful) <= count.doubted(asked)
    assert {strip.page_id for strip in asked if open_strip(strip).is_control}  # controls are mixed in
    slip = asked.earliest("pk")
    decide_by_touch(second, count, slip)
    page = hand_in(second, count)
    page.get_by_text("还有 1 行两人判的不一样").wait_for()
    second.shot("strips-together-phone")
    second.page.set_viewport_size({"width": 1366, "height": 900})
    second.shot("strips-together")
    second.page.set_viewport_size(PHONE)
    page.locator(f"label:has(input[value='{count.mark(slip)}'])").click()
    second.press("两人选定")
    second.press("两人相符，形成结果")

    for person in (first, visitor(username=scrutineer.username), clerk):
        person.open(count.at("result"))
        person.page.locator("main form[action$='/confirm/'] button").first.click()
        person.page.wait_for_load_state("networkidle")
    clerk.open(count.at("certify"))
    clerk.press("核定结果", exact=True)
    check_result(clerk, count)


def check_result(clerk: Visitor, count: Count) -> None:
    """The table equals what was written, the report says how it came about, and nothing of a sheet is left."""
    ballot = Ballot.objects.get(pk=count.made.ballot.pk)
    assert ballot.status == BallotStatus.CERTIFIED
    lines = ballot.lines.order_by("subject__ordinal")
    assert [[*line.counts, line.abstained, line.invalid] for line in lines] == count.expected()
    assert read_workbook(clerk, count) == count.expected()
    report = CountReport.objects.get(ballot=ballot)
    assert len(report.image_hashes) == SHEETS + PHOTOS - DOUBLES
    assert report.pages_set_aside == DOUBLES + 1
    assert (report.controls > 0, report.control_differences) == (True, 0)
    assert report.rows_decided >= DOUBTFUL
    assert ballot.corrected == 1
    page = clerk.open(count.at("count_report"))
    assert page.get_by_text(report.merkle_root).is_visible()
    clerk.shot("count-report")
    clerk.phone_shot("count-report-phone")
    answer = clerk.context.request.get(clerk.base + count.at("count_report_pdf"), timeout=60_000)
    sheet_shot("count-report-sheet", answer.body())
    for kept in (Strip, StripReading, ScanPage, ScanBatch):
        assert not kept.objects.filter(ballot=ballot).exists()
    assert not has_key(ballot.pk)
