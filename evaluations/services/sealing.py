"""Seals what is typed of a paper; the key lies outside the database and is destroyed with the papers.

When the key is gone, no row, old page, log or backup of the database gives a paper back. A key lost
before certification loses nothing but work: the papers lie in the box and are typed again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from branches.workflow import NotAllowed
from config.lib.files import write_whole
from evaluations.rules import Paper

KEY_BYTES, NONCE_BYTES = 32, 12
KEY_NAME = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.(?:codes|sums))?")
SUMS_LOST = "电子票合计的密钥不在这台服务器上，电子票的票数读不出来。请作废本轮，重新进行。"
SUMS_BYTES = 96
LOST = "本次录票的密钥不在这台服务器上，无法读取已录的票。纸质票还在，请支部书记在测评页面上选择重新录入（扫描的选择重新扫描）。"


def key_path(ballot: uuid.UUID) -> Path:
    """Where the ballot's key lies."""
    return Path(settings.BALLOT_KEY_DIR) / str(ballot)


def codes_key_path(ballot: uuid.UUID) -> Path:
    """Where the key of the ballot's urn lies: of the digests of its codes, and of what its boxes need besides the halves."""
    return Path(settings.BALLOT_KEY_DIR) / f"{ballot}.codes"


def sums_key_path(ballot: uuid.UUID) -> Path:
    """Where the key of the urn's sums lies, from its opening to the certification."""
    return Path(settings.BALLOT_KEY_DIR) / f"{ballot}.sums"


def has_key(ballot: uuid.UUID) -> bool:
    """Whether the ballot's key is on this server."""
    return key_path(ballot).exists()


def kept_keys() -> list[uuid.UUID]:
    """The ballots whose keys are on this server."""
    folder = Path(settings.BALLOT_KEY_DIR)
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    found = {uuid.UUID(match[1]) for match in map(KEY_NAME.fullmatch, names) if match}
    return sorted(found)


def make_key(ballot: uuid.UUID) -> None:
    """Make the ballot's key if there is none; whole or not at all, readable by this program only."""
    _make(key_path(ballot))


def make_codes_key(ballot: uuid.UUID) -> bytes:
    """Make the key of the ballot's urn if there is none; returns it."""
    path = codes_key_path(ballot)
    _make(path)
    return path.read_bytes()


def codes_key(ballot: uuid.UUID) -> bytes | None:
    """The key of the ballot's urn; None when it is not on this server."""
    try:
        return codes_key_path(ballot).read_bytes()
    except FileNotFoundError:
        return None


def _make(path: Path) -> None:
    """Write a new key there unless one is there already."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        write_whole(path, AESGCM.generate_key(KEY_BYTES * 8), mode=0o600)


def destroy_key(ballot: uuid.UUID) -> None:
    """Overwrite and remove the ballot's keys; nothing happens when they are gone already."""
    _destroy(key_path(ballot))
    _destroy(sums_key_path(ballot))
    destroy_codes_key(ballot)


def destroy_codes_key(ballot: uuid.UUID) -> None:
    """Overwrite and remove the key of the ballot's urn; nothing happens when it is gone already."""
    _destroy(codes_key_path(ballot))


def _destroy(path: Path) -> None:
    """Overwrite and remove a key; nothing happens when it is gone already."""
    try:
        with path.open("r+b") as file:
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return


def _key(ballot: uuid.UUID) -> bytes:
    """The ballot's key; raises NotAllowed when it is not here."""
    try:
        return key_path(ballot).read_bytes()
    except FileNotFoundError:
        raise NotAllowed(LOST) from None


def _cipher(ballot: uuid.UUID) -> AESGCM:
    """The cipher with the ballot's key; raises NotAllowed when the key is not here."""
    try:
        return AESGCM(_key(ballot))
    except ValueError:
        raise NotAllowed(LOST) from None


def seal_bytes(ballot: uuid.UUID, place: str, plain: bytes) -> bytes:
    """Any content sealed with the ballot's key and bound to `place`, as "strip:<id>"; 28 bytes longer."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(ballot).encrypt(nonce, plain, f"{ballot}:{place}".encode())


def unseal_bytes(ballot: uuid.UUID, place: str, sealed: bytes | memoryview[int]) -> bytes:
    """The content again; raises NotAllowed when the key is not here or the row was tampered with."""
    raw = bytes(sealed)
    cipher = _cipher(ballot)
    try:
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"{ballot}:{place}".encode())
    except InvalidTag:
        raise NotAllowed(LOST) from None


def seal_sums(ballot: uuid.UUID, ordinal: int, numbers: Sequence[int]) -> bytes:
    """The urn's votes for one row, always equally long: of few votes they could be somebody's whole vote."""
    _make(sums_key_path(ballot))
    nonce, plain = os.urandom(NONCE_BYTES), json.dumps([*numbers]).encode().ljust(SUMS_BYTES)
    cipher = AESGCM(sums_key_path(ballot).read_bytes())
    return nonce + cipher.encrypt(nonce, plain, f"{ballot}:sums:{ordinal}".encode())


def unseal_sums(ballot: uuid.UUID, ordinal: int, sealed: bytes | memoryview[int]) -> list[int]:
    """The numbers again; raises NotAllowed when the key is not here or the row was tampered with."""
    raw = bytes(sealed)
    try:
        cipher = AESGCM(sums_key_path(ballot).read_bytes())
        plain = cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"{ballot}:sums:{ordinal}".encode())
    except (FileNotFoundError, InvalidTag):
        raise NotAllowed(SUMS_LOST) from None
    numbers: list[int] = json.loads(plain)
    return numbers


def secret_order(ballot: uuid.UUID, whose: str, names: Iterable[str]) -> list[str]:
    """The names in an order that only the ballot's key gives; another one for each `whose`."""
    key = _key(ballot)
    return sorted(names, key=lambda n: hmac.digest(key, f"order:{whose}:{n}".encode(), hashlib.sha256))


def _place(slot: int, paper_no: int, form_page: int) -> str:
    """Binds a sealed paper to its place, so that rows cannot be swapped."""
    return f"{slot}:{form_page}:{paper_no}" if form_page else f"{slot}:{paper_no}"


def seal(ballot: uuid.UUID, slot: int, paper_no: int, paper: Paper, form_page: int = 0) -> bytes:
    """The sealed paper; its length depends on nothing but the number of rows."""
    plain = (("V" if paper.void else "P") + paper.marks).encode("ascii")
    return seal_bytes(ballot, _place(slot, paper_no, form_page), plain)


def unseal(
    ballot: uuid.UUID, slot: int, paper_no: int, sealed: bytes | memoryview[int], form_page: int = 0
) -> Paper:
    """The paper again; raises NotAllowed when the key is not here or the row was tampered with."""
    plain = unseal_bytes(ballot, _place(slot, paper_no, form_page), sealed).decode("ascii")
    return Paper(plain[1:], void=plain[0] == "V")
