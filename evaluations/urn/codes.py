"""The one-time codes on the slips; the database keeps only a keyed digest of each."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from evaluations.urn.letters import grouped, random_letters, tidied

CODE_LENGTH = 10  # 49.5 bits
ADDRESS_LENGTH = 10  # the secret part of the voting page's address
KEY_BYTES = 32


def new_codes(count: int) -> list[str]:
    """So many different codes in random order."""
    found: set[str] = set()
    while len(found) < count:
        found.add(random_letters(CODE_LENGTH))
    codes = sorted(found)
    secrets.SystemRandom().shuffle(codes)
    return codes


def read_code(text: str) -> str | None:
    """The code somebody typed, or scanned with its address before the "#"; None when it cannot be one."""
    return tidied(text.rpartition("#")[2], CODE_LENGTH)


def shown_code(code: str) -> str:
    """The code as printed: ABCDE-FGHJK."""
    return grouped(code, 5)


def code_digest(key: bytes, code: str) -> str:
    """What is kept of a code: hex HMAC-SHA256 under the ballot's key, which lies outside the database."""
    return hmac.new(key, b"code:" + code.encode(), hashlib.sha256).hexdigest()


def new_address() -> str:
    """The secret part of the voting page's address, in small letters for typing on a phone."""
    return random_letters(ADDRESS_LENGTH).lower()


def address_digest(address: str) -> str:
    """What is kept of the address; the same for every way of typing it."""
    return hashlib.sha256(b"urn:" + (tidied(address, ADDRESS_LENGTH) or "").encode()).hexdigest()
