"""What was entered after minutes were drafted: shown beside what is written, taken over only when people say so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from meetings.rules.minutes_record import Piece, Record


@dataclass(frozen=True)
class Change:
    """One piece whose data changed since it was drafted: what is written, and what the data say now."""

    key: str
    title: str
    written: str
    now: str
    is_edited: bool
    is_new: bool = False


def changes(record: Record, now: Record) -> tuple[Change, ...]:
    """Where the data of today differ from those the minutes were drafted from, in the order printed.

    What people wrote themselves is no difference: only data that changed are.
    """
    written = record.pieces()
    found = []
    for key, piece in now.pieces().items():
        old = written.get(key)
        if old is None:
            if piece.text:
                found.append(Change(key, piece.title, "", piece.text, is_edited=False, is_new=True))
        elif old.base != piece.base and old.text.strip() != piece.text.strip():
            found.append(Change(key, old.title, old.text, piece.text, old.is_edited))
    return tuple(found)


def taken_over(record: Record, now: Record, keys: Collection[str]) -> Record:
    """The record with these pieces as the data say now; new sections come where they belong.

    A section that the data do not have any more and in which nobody wrote is not printed any longer.
    """
    fresh = now.pieces()

    def new(one: Piece) -> Piece:
        other = fresh.get(one.key)
        if other is None:
            return one if one.is_edited else replace(one, is_off=True)
        return replace(one, text=other.text, base=other.base) if one.key in keys else one

    head = tuple(new(one) for one in record.head)
    return Record(head, _with_new([new(one) for one in record.sections], now, keys))


def kept(record: Record, now: Record, keys: Collection[str]) -> Record:
    """The record where people keep what they wrote: the same change is not shown again; new sections stay out."""
    fresh = now.pieces()

    def new(one: Piece) -> Piece:
        other = fresh.get(one.key)
        return replace(one, base=other.base) if one.key in keys and other is not None else one

    head = tuple(new(one) for one in record.head)
    return Record(head, _with_new([new(one) for one in record.sections], now, keys, is_off=True))


def _with_new(
    sections: list[Piece], now: Record, keys: Collection[str], *, is_off: bool = False
) -> tuple[Piece, ...]:
    """The sections with the new ones of `keys`, each behind what comes before it in the data."""
    known, order = {one.key for one in sections}, [one.key for one in now.sections]
    for piece in now.sections:
        if piece.key in keys and piece.key not in known:
            before = order[: order.index(piece.key)]
            at = max((place for place, one in enumerate(sections, 1) if one.key in before), default=0)
            sections.insert(at, replace(piece, is_off=is_off))
    return tuple(sections)
