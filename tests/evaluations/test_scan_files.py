"""Sheets on the disk: sealed while they arrive, whole or not opened at all, and swept."""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from branches.workflow import NotAllowed
from evaluations.models import Ballot
from evaluations.services import scan_files
from evaluations.services.scan_files import (
    CHUNK,
    SEALED_CHUNK,
    SealingWriter,
    read_stored,
    remove_all_stored,
    remove_stored,
    scan_folder,
    sweep_stored,
)
from evaluations.services.sealing import destroy_key, make_key
from evaluations.services.setup import void_ballot
from tests.factories.scanning import page, scanned_evening, store, take_upload

LENGTHS = {
    "empty": 0,
    "one byte": 1,
    "a chunk": CHUNK,
    "a chunk and one": CHUNK + 1,
    "several": 3 * CHUNK + 5,
}


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    """What other tests left behind is not swept here."""
    settings.SCAN_DIR = tmp_path / "scans"


@pytest.fixture
def ballot() -> Iterator[uuid.UUID]:
    """A ballot with a key; the files need no more of it."""
    key = uuid.uuid4()
    make_key(key)
    yield key
    destroy_key(key)
    remove_all_stored(key)


def written(ballot: uuid.UUID, data: bytes, step: int = 70_000) -> tuple[str, Path]:
    writer = SealingWriter(ballot)
    for start in range(0, len(data), step):
        writer.write(data[start : start + step])
    stored = writer.close()
    assert stored.size == len(data)
    return stored.name, writer.path


@pytest.mark.parametrize("name", LENGTHS)
def test_a_file_comes_back_whole(ballot: uuid.UUID, name: str) -> None:
    data = os.urandom(LENGTHS[name])
    stored, path = written(ballot, data)
    assert read_stored(ballot, stored) == data
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(data) < 16 or data[:64] not in path.read_bytes()  # a byte or two may be there by chance


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:SEALED_CHUNK],
        lambda raw: raw[SEALED_CHUNK:],
        lambda raw: raw[SEALED_CHUNK : 2 * SEALED_CHUNK] + raw[:SEALED_CHUNK] + raw[2 * SEALED_CHUNK :],
        lambda raw: raw[:-1],
        lambda raw: raw[:50] + bytes([raw[50] ^ 1]) + raw[51:],
    ],
    ids=["cut", "beginning gone", "chunks swapped", "last byte gone", "one bit"],
)
def test_a_file_that_was_changed_does_not_open(ballot: uuid.UUID, spoil: Callable[[bytes], bytes]) -> None:
    stored, path = written(ballot, os.urandom(2 * CHUNK + 100))
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(NotAllowed):
        read_stored(ballot, stored)


def test_a_file_opens_under_its_own_name_only(ballot: uuid.UUID) -> None:
    (one, _), (other, path) = written(ballot, b"one"), written(ballot, b"other")
    path.write_bytes((scan_folder(ballot) / one).read_bytes())
    with pytest.raises(NotAllowed):
        read_stored(ballot, other)


def test_without_the_key_nothing_opens(ballot: uuid.UUID) -> None:
    stored, _ = written(ballot, b"sheet")
    destroy_key(ballot)
    with pytest.raises(NotAllowed, match="密钥"):
        read_stored(ballot, stored)


def test_a_file_that_is_gone_is_to_be_scanned_again(ballot: uuid.UUID) -> None:
    stored, path = written(ballot, b"sheet")
    remove_stored(ballot, stored)
    remove_stored(ballot, stored)
    assert not path.exists()
    with pytest.raises(NotAllowed, match="重新扫描"):
        read_stored(ballot, stored)


def test_a_discarded_file_leaves_nothing(ballot: uuid.UUID) -> None:
    writer = SealingWriter(ballot)
    writer.write(b"half")
    writer.discard()
    assert not writer.path.exists()


def stored(path: Path, seconds: float) -> None:
    """Say of a file that it was written so many seconds ago."""
    then = time.time() - seconds
    os.utime(path, (then, then))


def old(path: Path) -> None:
    stored(path, scan_files.FORGOTTEN_SECONDS + 60)


@pytest.mark.django_db
def test_the_sweep_keeps_what_is_yet_to_be_read() -> None:
    made = scanned_evening()
    batch = take_upload(made, [page("11111")])
    waiting = scan_folder(made.ballot.pk) / batch.files[0]["name"]
    forgotten, fresh = (scan_folder(made.ballot.pk) / store(made.ballot, b"x").name for _ in range(2))
    old(waiting)
    old(forgotten)
    stored(fresh, 0)
    assert sweep_stored() == 1
    assert (waiting.exists(), fresh.exists(), forgotten.exists()) == (True, True, False)


@pytest.mark.django_db
def test_the_sweep_removes_files_of_a_ballot_that_is_over() -> None:
    made = scanned_evening()
    void_ballot(ballot=made.ballot, by=made.secretary, reason="票箱没有当场清点")
    make_key(made.ballot.pk)
    left = scan_folder(made.ballot.pk) / store(made.ballot, b"x").name
    assert sweep_stored() == 1
    assert (left.exists(), scan_folder(made.ballot.pk).exists()) == (False, False)
    destroy_key(made.ballot.pk)


@pytest.mark.django_db
def test_without_any_upload_there_is_nothing_to_sweep(settings: Any, tmp_path: Path) -> None:
    settings.SCAN_DIR = tmp_path / "none"
    assert sweep_stored() == 0
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "lost+found").mkdir()
    assert sweep_stored() == 0
    assert (tmp_path / "none" / "lost+found").exists()
    assert not Ballot.objects.exists()
