"""Uploaded sheets on the disk: sealed with the ballot's key while they arrive, removed as soon as they are read.

A file is a row of chunks; each is sealed with its number and whether it is the last, so that none can be
left out, doubled or moved, and a file cut short does not open.
"""

from __future__ import annotations

import io
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from branches.workflow import NotAllowed
from evaluations.models import COUNTING, Ballot, ScanBatch
from evaluations.services.sealing import KEY_NAME, seal_bytes, unseal_bytes

MOST_FILE_BYTES = 100 << 20
MOST_UPLOAD_BYTES = 400 << 20
MOST_FILES = 400
MOST_PAGES = 400
CHUNK = 1 << 20
SEALED_CHUNK = CHUNK + 28  # with nonce and tag
FORGOTTEN_SECONDS = 3600  # an upload nobody finished

FILE_TOO_LARGE = f"有文件超过 {MOST_FILE_BYTES >> 20} MB，没有收。请在扫描仪上把分辨率改为 200 dpi、灰度，或者分成几个文件。"
UPLOAD_TOO_LARGE = (
    f"这一次选的文件合起来超过 {MOST_UPLOAD_BYTES >> 20} MB，没有收。请分几次上传，每次少选一些。"
)
TOO_MANY_FILES = f"一次最多上传 {MOST_FILES} 个文件。请分几次上传。"
NOTHING_CHOSEN = "还没有选文件。请先选扫描好的文件，或者拍照。"


@dataclass(frozen=True, slots=True)
class Stored:
    """One file on the disk: its random name and its size in bytes before it was sealed."""

    name: str
    size: int


def scan_folder(ballot: uuid.UUID) -> Path:
    """Where the files of a ballot lie until they are read."""
    return Path(settings.SCAN_DIR) / str(ballot)


def _place(name: str, number: int, last: bool) -> str:
    return f"file:{name}:{number}:{'last' if last else 'more'}"


class SealingWriter:
    """Seals a file while it arrives: `write` as often as needed, then `close`, or `discard`."""

    def __init__(self, ballot: uuid.UUID) -> None:
        self.ballot, self.name, self.size = ballot, uuid.uuid4().hex, 0
        self._waiting, self._number = bytearray(), 0
        folder = scan_folder(ballot)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / self.name
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file: BinaryIO = os.fdopen(descriptor, "wb")

    def write(self, raw: bytes) -> None:
        """Take more of the file."""
        self.size += len(raw)
        self._waiting += raw
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._file.write(seal_bytes(self.ballot, _place(self.name, self._number, last), plain))
        self._number += 1

    def close(self) -> Stored:
        """The file is complete; returns what is stored."""
        self._put(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Stored(self.name, self.size)

    def discard(self) -> None:
        """Leave nothing on the disk."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def read_stored(ballot: uuid.UUID, name: str) -> bytes:
    """The whole file again, in memory. Raises NotAllowed when the key is not here, the file is gone, or was changed."""
    plain = io.BytesIO()
    for part in _chunks(ballot, name):
        plain.write(part)
    return plain.getvalue()


def _chunks(ballot: uuid.UUID, name: str) -> Iterator[bytes]:
    """The chunks in order, the last one known by its seal."""
    try:
        file = (scan_folder(ballot) / name).open("rb")
    except FileNotFoundError:
        raise NotAllowed("上传的文件不在这台服务器上了，请把这一次的票重新扫描上传。") from None
    with file:
        sealed, number = file.read(SEALED_CHUNK), 0
        while sealed:
            following = file.read(SEALED_CHUNK)
            yield unseal_bytes(ballot, _place(name, number, not following), sealed)
            sealed, number = following, number + 1


def remove_stored(ballot: uuid.UUID, name: str) -> None:
    """Remove one file; nothing happens when it is gone already."""
    (scan_folder(ballot) / name).unlink(missing_ok=True)


def remove_all_stored(ballot: uuid.UUID) -> None:
    """Remove every file of a ballot."""
    shutil.rmtree(scan_folder(ballot), ignore_errors=True)


def sweep_stored() -> int:
    """Remove files of ballots that are no longer counted, and uploads that came to nothing; returns how many.

    A file of a running upload is younger than `FORGOTTEN_SECONDS` and stays.
    """
    root = Path(settings.SCAN_DIR)
    folders = [f for f in root.iterdir() if KEY_NAME.fullmatch(f.name)] if root.is_dir() else []
    keys = {uuid.UUID(folder.name) for folder in folders}
    counting = set(Ballot.objects.filter(pk__in=keys, status__in=COUNTING).values_list("pk", flat=True))
    removed = 0
    for folder in folders:
        key = uuid.UUID(folder.name)
        if key in counting:
            removed += _remove_forgotten(key, folder)
        else:
            removed += len(list(folder.iterdir()))
            remove_all_stored(key)
    return removed


def _remove_forgotten(ballot: uuid.UUID, folder: Path) -> int:
    """Remove the old files that no unread upload names."""
    unread = ScanBatch.objects.filter(ballot=ballot, read=False).values_list("files", flat=True)
    named = {file["name"] for files in unread for file in files}
    removed = 0
    for path in folder.iterdir():
        if path.name not in named and time.time() - path.stat().st_mtime > FORGOTTEN_SECONDS:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
