"""One fingerprint for many: the Merkle root over sorted hashes, so that any one of them can be shown to belong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

LEAF, NODE = b"\x00", b"\x01"  # a leaf can never be taken for a node


def merkle_root(hashes: Iterable[str]) -> str:
    """Hex SHA-256 root over the hex hashes in sorted order; an odd last one goes up alone; "" for none."""
    level = [hashlib.sha256(LEAF + bytes.fromhex(one)).digest() for one in sorted(hashes)]
    if not level:
        return ""
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [
            hashlib.sha256(NODE + b"".join(pair)).digest() if len(pair) > 1 else pair[0] for pair in pairs
        ]
    return level[0].hex()
