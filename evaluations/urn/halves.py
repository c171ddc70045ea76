"""The two halves of the urn's key: each opens one of two boxes put into one another, so both are needed.

A half is made at the moment it is shown to its holder, and forgotten; only the public part of its box is kept.
The box's secret also needs the ballot's key file: once that is destroyed, the halves open nothing any more.
"""

from __future__ import annotations

import hashlib
import hmac

from nacl.public import PrivateKey

from evaluations.urn.letters import check_letter, grouped, random_letters, tidied

RANDOM_LETTERS = 19  # 94 bits; the twentieth checks them
HALF_LENGTH = RANDOM_LETTERS + 1
PUBLIC_BYTES = 32
SEATS = (1, 2)
_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32, "maxmem": 64 << 20}


def new_half() -> str:
    """A new half as it is copied down: twenty characters, the last of which checks the others."""
    letters = random_letters(RANDOM_LETTERS)
    return letters + check_letter(letters)


def shown_half(half: str) -> str:
    """The half in five groups of four."""
    return grouped(half, 4)


def read_half(text: str) -> str | None:
    """The half somebody typed; None when a character is missing, swapped or wrong."""
    half = tidied(text, HALF_LENGTH)
    if half is None or check_letter(half[:-1]) != half[-1]:
        return None
    return half


def box_key(key: bytes, ballot: bytes, seat: int, half: str) -> PrivateKey:
    """The secret key of a seat's box from its half and the ballot's key file."""
    salt = hmac.new(key, b"half:%d:" % seat + ballot, hashlib.sha256).digest()
    return PrivateKey(hashlib.scrypt(half.encode(), salt=salt, **_COST))


def public_part(key: bytes, ballot: bytes, seat: int, half: str) -> bytes:
    """What is kept of a half: the public key of its box."""
    return bytes(box_key(key, ballot, seat, half).public_key)
