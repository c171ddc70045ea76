"""Takes uploaded sheets off the wire straight into sealed files: no readable copy ever lies on a disk."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload

from evaluations.services.scan_files import (
    FILE_TOO_LARGE,
    MOST_FILE_BYTES,
    MOST_FILES,
    MOST_UPLOAD_BYTES,
    TOO_MANY_FILES,
    UPLOAD_TOO_LARGE,
    SealingWriter,
    Stored,
    remove_stored,
)

FIELD = "files"


class SealingHandler(FileUploadHandler):
    """Seals each file of the field `files` with the ballot's key as it arrives; `refusal` says why one was not taken.

    A refused upload is refused whole, so that nobody wonders which part of the pile has arrived.
    """

    def __init__(self, ballot: uuid.UUID) -> None:
        super().__init__()
        self.ballot, self.refusal, self.kept = ballot, "", False
        self.stored: list[Stored] = []
        self._open: list[SealingWriter] = []  # the file that is arriving
        self._total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        if self.field_name != FIELD:
            raise SkipFile
        if len(self.stored) >= MOST_FILES:
            self._refuse(TOO_MANY_FILES)
        self._open.append(SealingWriter(self.ballot))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """More of the file."""
        self._total += len(raw_data)
        if start + len(raw_data) > MOST_FILE_BYTES:
            self._refuse(FILE_TOO_LARGE)
        if self._total > MOST_UPLOAD_BYTES:
            self._refuse(UPLOAD_TOO_LARGE)
        self._open[-1].write(raw_data)

    def _refuse(self, reason: str) -> None:
        """Take nothing more; what still comes is read and thrown away, so that the page can say why."""
        self.refusal = reason
        raise StopUpload(connection_reset=False)

    def file_complete(self, file_size: int) -> UploadedFile:
        """The file is there; nothing of it stays in memory. An empty one is left out."""
        writer = self._open.pop()
        if not file_size:
            writer.discard()
        else:
            self.stored.append(writer.close())
        return UploadedFile(name="sheet", size=file_size)

    def clean_up(self) -> None:
        """Unless the upload was taken (`kept`), leave nothing of it on the disk."""
        for writer in self._open:
            writer.discard()
        if not self.kept:
            for file in self.stored:
                remove_stored(self.ballot, file.name)


class MemoryHandler(FileUploadHandler):
    """Keeps the files of a small form in memory, each cut after `most` bytes: no copy ever lies on a disk."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self._data = bytearray()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self._data = bytearray()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """More of the file; what is too much is thrown away."""
        self._data += raw_data[: max(0, self.most - start)]

    def file_complete(self, file_size: int) -> UploadedFile:
        """The file is there, whole or cut."""
        return SimpleUploadedFile("sheet", bytes(self._data))
