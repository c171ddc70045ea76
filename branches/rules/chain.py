"""The hash chain of the record: each event carries the hash of the one before."""

import hashlib
import json
from typing import Any


def chain_hash(previous: str, content: Any) -> str:
    """Hex SHA-256 over the previous hash and the canonical JSON of `content`."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
