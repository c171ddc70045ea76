"""Attachments of a notice (附件): taken in after a look at their content, taken off again, never opened here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from branches.models import Campaign, CampaignFile, User
from branches.permissions import can_keep_campaign
from branches.services.audit import record
from branches.services.campaigns.drafting import allow, locked
from branches.workflow import NotAllowed
from config.lib.documents import Document, accept_document
from config.lib.files import write_whole
from config.lib.uploads import UploadRefused

MOST_FILES = 20


def add_files(*, campaign: Campaign, files: Sequence[tuple[str, BinaryIO]], by: User) -> list[CampaignFile]:
    """Attach the files (name as sent, content) to the notice: all of them, or none.

    Raises NotAllowed naming the file that cannot be taken and what to do.
    """
    with transaction.atomic():
        current = locked(campaign)
        allow(can_keep_campaign(by, current))
        count = current.files.count() + len(files)
        if count > MOST_FILES:
            raise NotAllowed(f"附件最多 {MOST_FILES} 个，加上这次的有 {count} 个。请合并或者减少后再上传。")
        documents = [_document(name, file) for name, file in files]
        rows = [
            CampaignFile(campaign=current, name=d.name, content_type=d.content_type, size=len(d.data))
            for d in documents
        ]
        CampaignFile.objects.bulk_create(rows)
        _write([(row.path, document.data) for row, document in zip(rows, documents, strict=True)])
        record(by=by, action="add_files", about=current, detail={"files": [str(row.pk) for row in rows]})
    return rows


def remove_file(*, file: CampaignFile, by: User) -> None:
    """Take an attachment off the notice; its bytes go once that is certain."""
    with transaction.atomic():
        current = locked(file.campaign)
        allow(can_keep_campaign(by, current))
        path = file.path
        CampaignFile.objects.filter(pk=file.pk).delete()
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
        record(by=by, action="remove_file", about=current, detail={"file": str(file.pk)})


def _document(name: str, file: BinaryIO) -> Document:
    """The file after the gate; raises NotAllowed with its name."""
    try:
        return accept_document(name, file, settings.UPLOAD_MAX_BYTES)
    except UploadRefused as refusal:
        raise NotAllowed(f"“{Path(name).name[:60]}”没有上传：{refusal}") from refusal


def _write(parts: list[tuple[Path, bytes]]) -> None:
    """Write all files; when one cannot be written, none is left."""
    try:
        for path, data in parts:
            write_whole(path, data)
    except OSError:
        for path, _ in parts:
            path.unlink(missing_ok=True)
        raise
