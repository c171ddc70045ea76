"""Encryption of ID numbers, phones and import data at rest; a keyed index finds an equal value without opening it.

The first of settings.FIELD_KEYS seals, all of them open; every sealed value begins with the name of its key.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12
_NAME = 8


class CannotOpen(Exception):
    """A sealed value whose key is missing or that was tampered with; the message tells the administrator what to do."""


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    cipher: AESGCM
    index: bytes


@lru_cache(maxsize=16)
def _derive(secret: str) -> _Key:
    def part(info: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=info).derive(secret.encode())

    name = hashlib.sha256(part(b"members/name")).hexdigest()[:_NAME]
    return _Key(name, AESGCM(part(b"members/seal")), part(b"members/index"))


def _keys() -> list[_Key]:
    return [_derive(secret) for secret in settings.FIELD_KEYS]


def seal_bytes(plain: bytes, *, purpose: str) -> bytes:
    """Returns the bytes encrypted with AES-256-GCM; purpose (what it is, whose it is) must be given again to open them."""
    key = _keys()[0]
    nonce = os.urandom(_NONCE)
    return key.name.encode() + nonce + key.cipher.encrypt(nonce, plain, purpose.encode())


def open_bytes(sealed: bytes, *, purpose: str) -> bytes:
    """Returns what seal_bytes sealed; raises CannotOpen when no key fits, or the bytes or their purpose were changed."""
    name, nonce, body = sealed[:_NAME], sealed[_NAME : _NAME + _NONCE], sealed[_NAME + _NONCE :]
    for key in _keys():
        if key.name.encode() == name:
            try:
                return key.cipher.decrypt(nonce, body, purpose.encode())
            except InvalidTag:
                break
    raise CannotOpen("加密数据打不开：密钥 FIELD_KEYS 不对或数据被改动，请联系系统管理员。")


def seal(plain: str, *, purpose: str) -> str:
    """Returns a text encrypted, as text; an empty text stays empty."""
    return base64.b64encode(seal_bytes(plain.encode(), purpose=purpose)).decode() if plain else ""


def unseal(sealed: str, *, purpose: str) -> str:
    """Returns what seal sealed; raises CannotOpen."""
    return open_bytes(base64.b64decode(sealed), purpose=purpose).decode() if sealed else ""


def is_current(sealed: str) -> bool:
    """Returns whether a sealed text needs no new sealing: it is empty or sealed with the first key."""
    return not sealed or base64.b64decode(sealed)[:_NAME] == _keys()[0].name.encode()


def blind_index(plain: str) -> str:
    """Returns the HMAC-SHA256 of a text under the first key, for finding equal values; empty for an empty text."""
    return _digest(_keys()[0], plain) if plain else ""


def blind_indexes(plain: str) -> list[str]:
    """Returns the index of a text under every key, for look-ups while keys are being changed."""
    return [_digest(key, plain) for key in _keys()] if plain else []


def _digest(key: _Key, plain: str) -> str:
    return hmac.new(key.index, plain.encode(), hashlib.sha256).hexdigest()
