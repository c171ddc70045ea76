"""What people read, copy and type: 31 characters that cannot be taken for one another."""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L
_BETWEEN = frozenset(" -‐‑–—−·_.。,，　\t\r\n")  # what people put between the groups


def random_letters(count: int) -> str:
    """So many characters from the operating system's generator; each carries 4.95 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def tidied(text: str, length: int) -> str | None:
    """The characters as they were printed, whatever case, width or spaces they are typed in.

    None when they cannot be such characters, or are not `length` many.
    """
    plain = unicodedata.normalize("NFKC", text[: 8 * length])
    letters = "".join(c for c in plain.upper() if c not in _BETWEEN)
    if len(letters) != length or not set(letters) <= set(ALPHABET):
        return None
    return letters


def grouped(letters: str, size: int) -> str:
    """The characters in groups of `size` with hyphens, easier to read aloud and to copy."""
    return "-".join(letters[i : i + size] for i in range(0, len(letters), size))


def check_letter(letters: str) -> str:
    """One character that changes when one character is wrong or two are swapped.

    Weighted sum modulo 31, a prime: sure for up to 30 characters.
    """
    total = sum(weight * ALPHABET.index(c) for weight, c in enumerate(letters, start=1))
    return ALPHABET[total % len(ALPHABET)]
