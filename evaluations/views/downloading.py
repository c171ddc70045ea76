"""Files handed to the browser to be saved."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "csv": "text/csv",
}


def download(name: str, content: bytes) -> HttpResponse:
    """The answer that saves a file under its name; it is kept in no cache, for it may name people."""
    response = HttpResponse(content, content_type=_TYPES[name.rpartition(".")[2]])
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
