"""The job that reads an upload: every page is written at once, once, and sealed; bad files never stop it."""

import json
from dataclasses import replace

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from branches.models import AuditEvent, Job, JobState
from branches.services.jobs import cancel_job
from branches.workflow import NotAllowed
from evaluations.models import (
    BallotStatus,
    CountEvent,
    EntryMode,
    EntrySlot,
    PageFate,
    ScanBatch,
    ScanDouble,
    ScanPage,
    Strip,
)
from evaluations.services import scanning
from evaluations.services.entry import take_slot
from evaluations.services.scan_files import scan_folder
from evaluations.services.scan_machine import Machine
from evaluations.services.scan_sealing import open_marks, open_page_part, open_strip, open_strip_picture
from evaluations.services.scanning import read_on
from evaluations.services.sealing import destroy_key
from evaluations.services.setup import void_ballot
from tests.factories.evaluations import Evening, evening
from tests.factories.scanning import (
    MACHINE,
    blank,
    killed_after,
    page,
    read_upload,
    rejected,
    scanned_evening,
    store,
    stumbling,
    take_upload,
    upload,
)

pytestmark = pytest.mark.django_db


def unheard(done: int, total: int, message: str = "") -> None:
    """Nobody asks how far it is."""


@pytest.fixture
def made() -> Evening:
    return scanned_evening()


def test_each_page_has_its_fate_and_a_sealed_content(made: Evening) -> None:
    one, two, three = upload(made, [page("1?210", ink="a"), blank(), rejected("no_form")])
    assert [one.fate, two.fate, three.fate] == [PageFate.READ, PageFate.BLANK, PageFate.REJECTED]
    assert (one.doubtful, one.dpi, one.form_page, one.position) == (1, 200, 1, 1)
    assert (three.reason, three.doubtful, bytes(three.picture)) == ("no_form", 0, b"")
    assert open_marks(one) == "1?210"
    assert open_page_part(one, "picture").endswith(b"page 1")
    assert open_page_part(one, "ink") == b"a"
    assert (open_marks(two), open_page_part(two, "ink")) == ("", b"")
    assert open_page_part(two, "picture").endswith(b"page 2")
    for kept in (one.sealed, one.picture, one.ink):
        assert not any(word in bytes(kept) for word in (b"1?210", b"picture", b"a page"))


def test_a_part_of_one_page_does_not_open_as_anothers(made: Evening) -> None:
    one, two = upload(made, [page("11111"), page("22222")])
    one.sealed = two.sealed
    with pytest.raises(NotAllowed):
        open_marks(one)


def test_doubtful_rows_become_strips_and_two_in_a_hundred_of_the_others(made: Evening) -> None:
    upload(made, [page("1?1?1")] * 40)
    strips = list(Strip.objects.filter(ballot=made.ballot))
    contents = [open_strip(strip) for strip in strips]
    doubtful = [content for content in contents if not content.is_control]
    assert len(doubtful) == 80
    assert {(c.reason, c.guess) for c in doubtful} == {("faint", "1")}
    assert len({len(strip.sealed) for strip in strips}) == 1, "a control looks like any other"
    assert all(b"row" in open_strip_picture(strip) for strip in strips)


def test_the_batch_says_what_it_did_once_in_the_chain_by_counts_only(made: Evening) -> None:
    upload(made, [page("1?111"), blank()], [rejected()])
    event = CountEvent.objects.get(ballot=made.ballot, kind="scan")
    assert event.payload == {"pages": 3, "read": 1, "blank": 1, "rejected": 1, "doubtful": 1}
    batch = ScanBatch.objects.get()
    assert (batch.read, batch.files) == (True, [{"pages": 2}, {"pages": 1}])
    assert AuditEvent.objects.filter(action="upload_scans").get().detail == {"files": 2}


def test_the_files_are_gone_once_they_are_read(made: Evening) -> None:
    batch = take_upload(made, [page("11111")])
    assert len(list(scan_folder(made.ballot.pk).iterdir())) == 1
    job = read_upload(batch)
    assert job.state == JobState.DONE
    assert list(scan_folder(made.ballot.pk).iterdir()) == []
    batch.refresh_from_db()
    assert batch.job_id == job.pk


def test_reading_again_what_is_read_changes_nothing(made: Evening) -> None:
    batch = take_upload(made, [page("1?111")])
    job = read_upload(batch)
    pages = set(ScanPage.objects.values_list("pk", flat=True))
    scanning.read_batch(job, unheard, machine=MACHINE)
    assert set(ScanPage.objects.values_list("pk", flat=True)) == pages


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_killed_worker_leaves_what_it_read_and_the_next_one_doubles_nothing(
    made: Evening, after: int
) -> None:
    batch = take_upload(made, [page("1?111", ink="a"), page("2?222"), page("3?333")], [page("1111?")])
    with pytest.raises(KeyboardInterrupt):
        read_upload(batch, killed_after(after) if after < 3 else _killed_at_the_doubles())
    assert ScanPage.objects.filter(batch=batch).count() == (after if after < 3 else 4)
    Job.objects.filter(key=str(batch.pk)).update(state=JobState.QUEUED)
    assert read_upload(batch).state == JobState.DONE
    found = ScanPage.objects.filter(batch=batch).order_by("file_no", "position")
    assert list(found.values_list("file_no", "position")) == [(0, 1), (0, 2), (0, 3), (1, 1)]
    assert [open_marks(p) for p in found] == ["1?111", "2?222", "3?333", "1111?"]
    doubtful = [s for s in Strip.objects.all() if not open_strip(s).is_control]
    assert len(doubtful) == 4
    assert CountEvent.objects.filter(kind="scan").get().payload["doubtful"] == 4


def _killed_at_the_doubles() -> Machine:
    def dying(inks: object) -> list[tuple[int, int]]:
        raise KeyboardInterrupt

    return replace(MACHINE, doubles=dying)


def test_a_page_at_which_the_reader_breaks_is_rejected_and_the_rest_is_read(
    made: Evening, caplog: pytest.LogCaptureFixture
) -> None:
    pages = upload(made, [page("11111"), stumbling(), page("22222"), stumbling()])
    assert [(p.position, p.fate, p.reason) for p in pages] == [
        (1, PageFate.READ, ""),
        (2, PageFate.REJECTED, "broken_file"),
        (3, PageFate.READ, ""),
        (4, PageFate.REJECTED, "broken_file"),
    ]
    assert "the voter's marks" not in caplog.text
    assert "MemoryError" in caplog.text


def test_more_pages_than_an_upload_may_have_are_said_and_not_read(
    made: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "MOST_PAGES", 2)
    pages = upload(made, [page("11111"), page("22222"), page("33333"), page("11111")])
    assert [(p.position, p.reason) for p in pages] == [(1, ""), (2, ""), (3, "too_many_pages")]


def test_progress_is_told_page_by_page(made: Evening) -> None:
    batch = take_upload(made, [page("1?111"), page("11111")])
    job = Job.objects.get(key=str(batch.pk))
    told: list[tuple[int, int, str]] = []

    def hear(done: int, total: int, message: str = "") -> None:
        told.append((done, total, message))

    scanning.read_batch(job, hear, machine=MACHINE)
    assert [(done, total) for done, total, _ in told] == [(0, 0), (0, 2), (1, 2), (2, 2), (2, 2)]
    assert "存疑 1 行" in told[2][2]


def test_both_have_to_say_anew_that_they_are_done(made: Evening) -> None:
    slot = take_slot(ballot=made.ballot, by=made.tellers[0])
    EntrySlot.objects.filter(pk=slot.pk).update(finished=True)
    upload(made, [page("11111")])
    slot.refresh_from_db()
    assert not slot.finished


def test_equal_ink_on_one_side_is_asked_about_once(made: Evening) -> None:
    first = upload(made, [page("11111", ink="same"), page("11111", ink="other")])
    second = upload(made, [page("11111", ink="same"), page("11111")])
    pair = ScanDouble.objects.get()
    assert {pair.first_id, pair.second_id} == {first[0].pk, second[0].pk}
    upload(made, [rejected()])
    assert ScanDouble.objects.count() == 1


def test_an_upload_that_is_gone_is_refused(made: Evening) -> None:
    batch = take_upload(made, [page("11111")])
    key = batch.pk
    batch.delete()
    batch.pk = key
    job = read_upload(batch)
    assert (job.state, job.message) == (JobState.FAILED, scanning.GONE)


def test_an_upload_that_goes_while_it_is_read_stops_the_reading(made: Evening) -> None:
    batch = take_upload(made, [page("11111"), page("11111")])

    def vanishing(*args: object) -> object:
        for number, reading in enumerate(MACHINE.read(*args)):  # type: ignore[arg-type]
            if number:
                ScanBatch.objects.filter(pk=batch.pk).delete()
            yield reading

    job = read_upload(batch, replace(MACHINE, read=vanishing))  # type: ignore[arg-type]
    assert (job.state, job.message) == (JobState.FAILED, scanning.GONE)
    assert not ScanPage.objects.exists()


def test_a_ballot_that_is_voided_while_it_is_read_gets_no_page(made: Evening) -> None:
    batch = take_upload(made, [page("11111"), page("11111")])

    def voiding(*args: object) -> object:
        for number, reading in enumerate(MACHINE.read(*args)):  # type: ignore[arg-type]
            if number:
                void_ballot(ballot=made.ballot, by=made.secretary, reason="票箱没有当场清点")
            yield reading

    job = read_upload(batch, replace(MACHINE, read=voiding))  # type: ignore[arg-type]
    assert (job.state, job.message) == (JobState.FAILED, scanning.OVER)
    assert not ScanPage.objects.exists()


def test_without_the_key_nothing_is_read_and_the_reason_is_said(made: Evening) -> None:
    batch = take_upload(made, [page("11111")])
    destroy_key(made.ballot.pk)
    job = read_upload(batch)
    assert job.state == JobState.FAILED
    assert "密钥" in job.message


def test_two_workers_on_one_upload_write_a_page_once(made: Evening) -> None:
    batch = take_upload(made, [page("11111"), page("2?222")])
    job = Job.objects.get(key=str(batch.pk))

    def overtaken(*args: object) -> object:
        for number, reading in enumerate(MACHINE.read(*args)):  # type: ignore[arg-type]
            if not number:
                scanning.read_batch(job, unheard, machine=MACHINE)
            yield reading

    ended = read_upload(batch, replace(MACHINE, read=overtaken))  # type: ignore[arg-type]
    assert ended.state in (JobState.DONE, JobState.FAILED)
    assert ScanPage.objects.filter(batch=batch).count() == 2
    assert CountEvent.objects.filter(kind="scan").count() == 1


def test_nothing_is_uploaded_before_the_papers_are_counted_by_hand() -> None:
    made = evening("issued", entry_mode=EntryMode.SCANNED)
    with pytest.raises(NotAllowed, match="先当众清点"):
        scanning.start_batch(ballot=made.ballot, by=made.tellers[0], files=[])


def test_uploads_are_numbered_and_a_stopped_one_can_be_read_on(made: Evening) -> None:
    first, second = take_upload(made, [page("11111")]), take_upload(made, [page("22222")])
    assert (first.number, second.number) == (1, 2)
    job = Job.objects.get(key=str(first.pk))
    read_on(ballot=made.ballot, by=made.secretary, number=1)
    assert Job.objects.filter(key=str(first.pk)).count() == 1, "it is not stopped"
    cancel_job(job=job, by=made.tellers[0])
    read_on(ballot=made.ballot, by=made.secretary, number=1)
    read_upload(first)
    first.refresh_from_db()
    assert first.read
    with pytest.raises(NotAllowed, match="已经读完"):
        read_on(ballot=made.ballot, by=made.secretary, number=1)


def test_reading_on_needs_the_right_to_upload(made: Evening) -> None:
    take_upload(made, [page("11111")])
    void_ballot(ballot=made.ballot, by=made.secretary, reason="票箱没有当场清点")
    with pytest.raises(NotAllowed):
        read_on(ballot=made.reload(), by=made.secretary, number=1)


def test_the_job_of_an_upload_names_nothing_but_its_number(made: Evening) -> None:
    batch = take_upload(made, [page("11111")])
    job = Job.objects.get(key=str(batch.pk))
    said = json.dumps(job.params) + job.title
    assert job.title == "读第 1 次上传的测评票"
    assert made.ballot.organization.name not in said
    assert store(made.ballot, b"x").size == 1
    assert made.ballot.status == BallotStatus.COLLECTED


def test_a_worker_that_comes_late_to_a_page_or_to_the_end_changes_nothing(made: Evening) -> None:
    batch = take_upload(made, [page("11111", ink="a"), page("2?222", ink="b")])
    job = Job.objects.get(key=str(batch.pk))

    def overtaken(*args: object) -> object:
        yield next(MACHINE.read(*args))  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            scanning.read_batch(job, unheard, machine=_killed_at_the_doubles())
        yield from list(MACHINE.read(*args))[1:]  # type: ignore[arg-type]

    def late(inks: object) -> list[tuple[int, int]]:
        scanning.read_batch(job, unheard, machine=MACHINE)
        return []

    ended = read_upload(batch, replace(MACHINE, read=overtaken, doubles=late))  # type: ignore[arg-type]
    assert ended.state == JobState.DONE
    assert ScanPage.objects.filter(batch=batch).count() == 2
    assert CountEvent.objects.filter(kind="scan").count() == 1


def test_a_worker_out_of_time_stops_and_the_rest_is_read_on(made: Evening) -> None:
    batch = take_upload(made, [page("11111"), page("22222")])

    def slow(*args: object) -> object:
        yield next(MACHINE.read(*args))  # type: ignore[arg-type]
        raise SoftTimeLimitExceeded

    ended = read_upload(batch, replace(MACHINE, read=slow))  # type: ignore[arg-type]
    assert (ended.state, "处理时间过长" in ended.message) == (JobState.FAILED, True)
    read_on(ballot=made.ballot, by=made.secretary, number=1)
    assert read_upload(batch).state == JobState.DONE
    assert [p.fate for p in ScanPage.objects.order_by("position")] == [PageFate.READ] * 2
