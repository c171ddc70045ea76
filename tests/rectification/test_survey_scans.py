"""Scanned forms of a survey: real sheets go through the real reader; nothing of them is kept."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bench.paper.forms import printed
from bench.paper.sheets import write
from bench.paper.voters import invent
from branches.models import AuditEvent, User
from branches.workflow import NotAllowed
from evaluations.paper.reading import BLANK, READ, REJECTED, RowReading, SheetReading
from evaluations.paper.template import FormTemplate
from rectification.models import SurveyClass, SurveyCount
from rectification.rules.satisfaction import Count
from rectification.services import survey_scans as s
from tests.factories.branches import account_with
from tests.factories.scanning import as_pdf
from tests.factories.surveys import Surveyed, surveyed

pytestmark = pytest.mark.django_db
VOTES = (20, 5, 3, 2)


@pytest.fixture
def counting() -> Surveyed:
    """A survey whose thirty papers are to be counted."""
    return surveyed("counting", votes=VOTES)


def first_class(made: Surveyed) -> SurveyClass:
    """The class that papers came back from."""
    row = made.now().classes.get(ordinal=1)
    row.round = made.round
    return row


def stand_in(*sheets: SheetReading) -> Any:
    """A reader that says what it is told."""

    def read(data: bytes, template: FormTemplate) -> Iterator[SheetReading]:
        yield from sheets

    return read


def sheet(mark: str, position: int = 1) -> SheetReading:
    """A page with one row."""
    return SheetReading(
        position,
        READ,
        page=1,
        rows=(RowReading(0, mark, "faint" if mark == "?" else ""),),
        strips={0: b"strip"},
    )


def scanned(made: Surveyed, count: int, *, ordinal: int = 1, seed: int = 5) -> tuple[bytes, list[str]]:
    """So many forms of one class as a scanner's PDF, and what stands on them."""
    row = made.now().classes.get(ordinal=ordinal)
    row.round = made.round
    chance, pictures, truth = np.random.default_rng(seed), [], []
    for _ in range(count):
        for side in printed(s.scan_form(row)):
            leaf = write(side, chance, invent(chance, 4))
            pictures.append(leaf.page)
            truth += [one.mark for one in leaf.truth.rows]
    return as_pdf(pictures), truth


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(made: Surveyed) -> str:
    return reverse("rectification:survey_scan", args=[made.round.pk, 1])


def test_real_sheets_are_read_and_what_is_certain_is_right(counting: Surveyed) -> None:
    data, truth = scanned(counting, 6)
    batch = s.read_batch(respondents=first_class(counting), data=data, by=counting.secretary)
    assert batch.pages == 6
    assert batch.rejected == ()
    read = batch.count.returned + len(batch.unsure) + batch.blank
    assert read == 6, "every sheet stands in exactly one place"
    for place, number in enumerate(batch.count.counts, 1):
        assert number <= truth.count(str(place))
    assert all(picture.startswith("data:image/jpeg;base64,") for picture in batch.unsure)


def test_the_form_of_another_class_is_not_counted(counting: Surveyed) -> None:
    data, _truth = scanned(counting, 1, ordinal=2)
    batch = s.read_batch(respondents=first_class(counting), data=data, by=counting.secretary)
    assert batch.count.returned == 0
    assert "另一次测评的表" in batch.rejected[0][1]


def test_the_reading_is_sorted_by_what_people_have_to_do(counting: Surveyed) -> None:
    read = stand_in(
        sheet("1"),
        sheet("4"),
        sheet("0"),
        sheet("?"),
        SheetReading(5, BLANK),
        SheetReading(6, REJECTED, "no_form"),
    )
    batch = s.read_batch(respondents=first_class(counting), data=b"x", by=counting.secretary, read=read)
    assert batch.count == Count((1, 0, 0, 1), 1, 0)
    assert (len(batch.unsure), batch.blank) == (1, 1)
    assert batch.rejected[0][0] == 6
    event = AuditEvent.objects.get(action="read_survey_scan")
    assert event.detail == {"pages": 6, "unsure": 1, "rejected": 1}


@pytest.mark.parametrize(("data", "words"), [(b"", "文件是空的"), (b"x" * 11, "文件超过 0 MB")])
def test_what_is_no_upload_is_refused(counting: Surveyed, settings: Any, data: bytes, words: str) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(NotAllowed, match=words):
        s.read_batch(respondents=first_class(counting), data=data, by=counting.secretary)


def test_too_many_pages_and_others_and_the_wrong_time_are_refused(
    counting: Surveyed, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = first_class(counting)
    member = account_with(None, counting.organization)
    with pytest.raises(NotAllowed, match="计票由本组织班子成员"):
        s.read_batch(respondents=row, data=b"x", by=member)
    monkeypatch.setattr(s, "MOST_PAGES", 0)
    data, _truth = scanned(counting, 1)
    with pytest.raises(NotAllowed, match="请分几次上传"):
        s.read_batch(respondents=row, data=data, by=counting.secretary)
    done = surveyed("matched", votes=VOTES)
    with pytest.raises(NotAllowed, match="不能读表"):
        s.read_batch(respondents=first_class(done), data=b"x", by=done.secretary)


def test_sums_of_several_uploads_are_added_up_and_never_beyond_the_papers(counting: Surveyed) -> None:
    row = first_class(counting)
    assert (
        s.add_batch(respondents=row, count=Count((10, 2, 0, 0), 0, 0), by=counting.secretary).returned == 12
    )
    added = s.add_batch(respondents=row, count=Count((8, 3, 3, 2), 1, 1), by=counting.secretary)
    assert added == Count((18, 5, 3, 2), 1, 1)
    assert SurveyCount.objects.get().count == added
    with pytest.raises(NotAllowed, match="已经录了 30 张，再加 1 张，就多于收回的 30 张"):
        s.add_batch(respondents=row, count=Count((1, 0, 0, 0), 0, 0), by=counting.secretary)
    with pytest.raises(NotAllowed, match="已经录了 0 张"):
        s.add_batch(respondents=row, count=Count((31, 0, 0, 0), 0, 0), by=counting.second)


class TestPage:
    def test_sheets_are_read_shown_and_added_to_the_own_count(self, counting: Surveyed) -> None:
        client = client_of(counting.secretary)
        assert "读这些表" in client.get(url(counting)).content.decode()
        data, _truth = scanned(counting, 3, seed=2)  # one row of them is left to people
        answer = client.post(url(counting), {"sheets": SimpleUploadedFile("a.pdf", data)})
        page = answer.content.decode()
        assert "页已读" in page
        assert "满意、比较满意、基本满意、不满意" in page
        assert "加到我数的票数里" in page
        assert not SurveyCount.objects.exists(), "nothing is counted before somebody has looked"
        sums = {f"n{i}": n for i, n in enumerate((2, 1, 0, 0, 0, 0))}
        row = first_class(counting)
        answer = client.post(url(counting), {"then": "add", "respondents": row.pk, **sums}, follow=True)
        assert "一共录了 3 张" in answer.content.decode()
        assert SurveyCount.objects.get().counts == [2, 1, 0, 0]

    def test_mistakes_come_back_with_what_was_typed(self, counting: Surveyed) -> None:
        client = client_of(counting.secretary)
        assert "还没有选文件" in client.post(url(counting), {}).content.decode()
        empty = client.post(url(counting), {"sheets": SimpleUploadedFile("a.pdf", b"")}).content.decode()
        assert "文件是空的" in empty
        sums = {f"n{i}": n for i, n in enumerate((88, 1, 0, 0, 0, 0))}
        typed = {"then": "add", "respondents": first_class(counting).pk, **sums}
        page = client.post(url(counting), typed).content.decode()
        assert "就多于收回的 30 张" in page
        assert 'value="88"' in page
        page = client.post(url(counting), typed | {"n0": ""}).content.decode()
        assert "请填满意" in page

    def test_the_token_is_asked_for(self, counting: Surveyed) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(counting.secretary, backend="django.contrib.auth.backends.ModelBackend")
        assert client.post(url(counting), {"then": "add"}).status_code == 403

    def test_the_form_to_scan_is_printed_for_each_class(self, counting: Surveyed) -> None:
        client = client_of(counting.secretary)
        texts = []
        for ordinal in (1, 2):
            answer = client.get(
                reverse("rectification:survey_scan_form_pdf", args=[counting.round.pk, ordinal])
            )
            (page,) = pypdf.PdfReader(io.BytesIO(answer.content)).pages
            texts.append(page.extract_text().replace("\n", ""))
        assert "群众满意度测评表" in texts[0]
        assert "填表人类别：服务对象" in texts[0]
        assert "填表人类别：群众" in texts[1]
        missing = reverse("rectification:survey_scan_form_pdf", args=[counting.round.pk, 9])
        assert client.get(missing).status_code == 404
