"""A worker is shot while it reads a pile of sheets: another reads the rest, no page twice, in bounded memory."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil
import pytest

from branches.models import JobState
from branches.services.jobs import sweep
from evaluations.models import CountEvent, EntryMode, ScanBatch, ScanPage
from evaluations.services.scan_files import scan_folder
from evaluations.services.scanning import start_batch
from tests.factories.evaluations import evening
from tests.factories.scanning import as_pdf, real_sheets, store
from tests.worker.conftest import Worker, wait_until

PAPERS, MOST_MB = 12, 350  # of a worker with the whole program loaded


def rss_mb(worker: Worker) -> float:
    """The largest resident memory of the worker's processes now."""
    family = [
        psutil.Process(worker.process.pid),
        *psutil.Process(worker.process.pid).children(recursive=True),
    ]
    return max((one.memory_info().rss for one in family if one.is_running()), default=0) / (1 << 20)


@pytest.mark.worker
def test_a_pile_whose_worker_was_shot_is_read_by_another(start_worker: Callable[[], Worker]) -> None:
    made = evening("collected", members=12, entry_mode=EntryMode.SCANNED, returned=PAPERS)
    pictures = [paper.image for paper in real_sheets(made.ballot, PAPERS)]
    files = [store(made.ballot, as_pdf(pictures[:6])), store(made.ballot, as_pdf(pictures[6:] * 4))]
    batch = start_batch(ballot=made.ballot, by=made.tellers[0], files=files)
    pages = ScanPage.objects.filter(batch=batch)
    first = start_worker()
    wait_until(lambda: pages.count() >= 3, 60, "the first worker did not begin")
    first.kill()
    written = set(pages.values_list("pk", flat=True))
    assert 0 < len(written) < 30
    second, most = start_worker(), 0.0
    end = time.monotonic() + 120
    while not ScanBatch.objects.get(pk=batch.pk).read:
        assert time.monotonic() < end, second.log.read_text()[-3000:]
        sweep()
        most = max(most, rss_mb(second))
        time.sleep(0.2)
    found = list(pages.order_by("file_no", "position").values_list("file_no", "position"))
    assert found == [(0, n) for n in range(1, 7)] + [(1, n) for n in range(1, 25)]
    assert written <= set(pages.values_list("pk", flat=True)), "what was read stays as it is"
    assert CountEvent.objects.filter(ballot=made.ballot, kind="scan").count() == 1
    wait_until(lambda: _state(batch) == JobState.DONE, 20, "the job did not end")
    assert list(scan_folder(made.ballot.pk).iterdir()) == []
    assert most < MOST_MB, f"{most:.0f} MB"


def _state(batch: ScanBatch) -> str:
    job = ScanBatch.objects.select_related("job").get(pk=batch.pk).job
    assert job is not None
    return job.state
