"""One vote: packed to a length that says nothing, sealed twice, and the receipt of what was sealed."""

from __future__ import annotations

import hashlib
import os

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from evaluations.rules.merkle import merkle_root
from evaluations.urn.halves import PUBLIC_BYTES

ABSTAINED = "0"
VERSION = b"V1"
OVERHEAD = 48  # bytes one sealed box adds
RECEIPT_LENGTH = 10


class VoteRefused(Exception):
    """A vote that says nothing of a row, or what nobody can choose."""


class Unreadable(Exception):
    """A sealed vote that does not open, or opens to something that is no vote of this ballot."""


def pack(marks: str, rows: int, options: int) -> bytes:
    """The vote as bytes: one character a rated row, "1" for the first option …, "0" for 弃权.

    All votes of a ballot have the same length. Raises VoteRefused when a row is open.
    """
    if not valid_marks(marks, rows, options):
        raise VoteRefused
    return VERSION + marks.encode("ascii")


def valid_marks(marks: str, rows: int, options: int) -> bool:
    """Whether the marks say something of each of the rows that can be chosen."""
    return len(marks) == rows and set(marks) <= {ABSTAINED, *(str(n) for n in range(1, options + 1))}


def unpack(packed: bytes, rows: int, options: int) -> str:
    """The marks of a packed vote; raises Unreadable."""
    marks = packed[len(VERSION) :].decode("ascii", "replace")
    if packed[: len(VERSION)] != VERSION or not valid_marks(marks, rows, options):
        raise Unreadable
    return marks


def sealed_length(rows: int) -> int:
    """Bytes of a sealed vote over so many rows, and of the noise in an empty place."""
    return len(VERSION) + rows + 2 * OVERHEAD


def noise(rows: int) -> bytes:
    """Random bytes that cannot be told from a sealed vote."""
    return os.urandom(sealed_length(rows))


def seal(public: bytes, packed: bytes) -> bytes:
    """The vote in the box of seat 1 inside the box of seat 2; `public` holds both public keys."""
    first, second = public[:PUBLIC_BYTES], public[PUBLIC_BYTES:]
    inner = SealedBox(PublicKey(first)).encrypt(packed)
    return bytes(SealedBox(PublicKey(second)).encrypt(inner))


def unseal(first: PrivateKey, second: PrivateKey, sealed: bytes) -> bytes:
    """The packed vote; raises Unreadable when one of the keys does not fit or a byte was changed."""
    try:
        return bytes(SealedBox(first).decrypt(SealedBox(second).decrypt(sealed)))
    except CryptoError:
        raise Unreadable from None


def receipt(sealed: bytes) -> str:
    """What the voter may note down: it shows that the vote is in the urn, and nothing of what it says."""
    return hashlib.sha256(sealed).hexdigest()[:RECEIPT_LENGTH]


def receipts_root(receipts: list[str]) -> str:
    """One fingerprint over all receipts (see `merkle_root`); empty for none."""
    return merkle_root(receipts)
