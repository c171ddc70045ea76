"""What must not be written into logs."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

SECRET_ADDRESS = re.compile(
    r"(/calendar/)[^/\s\"']+(?=\.ics)|(/members/say/|/vote/|/gongshi/|/wenjuan/)[^/\s\"']+"
)
HIDDEN = r"\1\2…"


class HideSecretAddresses(logging.Filter):
    """Takes the secret part out of addresses of calendars, pages for opinions, voting and notices before a line is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the line pass, without the secret part."""
        record.msg = _hidden(record.msg)
        if isinstance(record.args, Mapping):
            record.args = {key: _hidden(value) for key, value in record.args.items()}
        else:
            record.args = tuple(_hidden(value) for value in record.args or ())
        return True


def _hidden(value: Any) -> Any:
    """The value itself, or its text without the secret part."""
    text = str(value)
    return SECRET_ADDRESS.sub(HIDDEN, text) if SECRET_ADDRESS.search(text) else value
