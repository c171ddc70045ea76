"""Arithmetic of meetings: quorum as exact fractions, order of the agenda, notice period, officers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


def least_present(expected: int, share: Fraction | None) -> int:
    """The least number present that makes a quorum of `share` of those expected; the share itself suffices.

    None means that no quorum is asked for. Source: 半数以上 counted with the half itself (以上含本数).
    """
    if share is None:
        return 0
    return -((-expected * share.numerator) // share.denominator)


def has_quorum(*, present: int, expected: int, share: Fraction | None) -> bool:
    """Whether enough are present; compared in whole numbers, never in decimals."""
    return present >= least_present(expected, share)


def parts_before(parts: Sequence[str], part: str) -> tuple[str, ...]:
    """The parts of the agenda that come before `part`; empty when it is first or not on the agenda.

    Source: 通报、自评、互评、测评 in this order (洛群组发〔2014〕21号).
    """
    return tuple(parts[: parts.index(part)]) if part in parts else ()


def notify_by(meets_on: datetime.date, days: int) -> datetime.date:
    """The last day on which members can be told in time, `days` calendar days before the meeting."""
    return meets_on - datetime.timedelta(days=days)


def notice_is_short(*, notified_on: datetime.date, meets_on: datetime.date, days: int) -> bool:
    """Whether members were told later than `days` calendar days before the meeting."""
    return notified_on > notify_by(meets_on, days)


def may_split_into_groups(members: int, split_from: int | None) -> bool:
    """Whether self-review and mutual review may be held by groups; the number itself counts (以上含本数)."""
    return split_from is not None and members >= split_from


def tellers_needed(*, asked: int, on_roster: int, scrutineers: int) -> int:
    """How many tellers can be asked for: never more than the people left beside the scrutineers.

    `scrutineers` are those on the roster; an outsider who scrutinises takes nobody away.
    """
    return min(asked, max(on_roster - scrutineers, 0))


def scrutineers_needed(*, asked: int, on_roster: int) -> int:
    """How many scrutineers can be asked for: one person alone has nobody to watch over."""
    return min(asked, max(on_roster - 1, 0))


Mark = tuple[str, str]  # status and reason of one person's attendance; two empty texts when not yet marked


@dataclass(frozen=True)
class Merged:
    """What is to be written, and where two people typed different things."""

    changes: dict[str, Mark]
    conflicts: tuple[str, ...]


def merge_marks(*, mine: Mapping[str, Mark], seen: Mapping[str, Mark], now: Mapping[str, Mark]) -> Merged:
    """Put one person's marks upon those saved meanwhile, each row on its own.

    A row I did not touch keeps what is saved; a row only I touched becomes mine; a row that both
    changed to different marks is a conflict, and is left as it is saved.
    """
    changes: dict[str, Mark] = {}
    conflicts = []
    for key, mark in mine.items():
        saved = now.get(key, ("", ""))
        before = seen.get(key, ("", ""))
        if mark in (before, saved):
            continue
        if saved == before:
            changes[key] = mark
        else:
            conflicts.append(key)
    return Merged(changes, tuple(conflicts))


def repeated(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys that occur more than once, each named once, in order of their second occurrence."""
    met: set[str] = set()
    twice: dict[str, None] = {}
    for key in keys:
        if key in met:
            twice[key] = None
        met.add(key)
    return tuple(twice)


def tell_apart(people: Iterable[tuple[str, str, datetime.date | None]]) -> dict[str, str]:
    """For namesakes (key, name, birth) the month of birth that tells them apart, by key.

    Whoever has the name alone is left out; an unknown birth gives 同名.
    """
    known = list(people)
    twice = set(repeated(name for _key, name, _birth in known))
    return {
        key: f"{birth.year}年{birth.month}月生" if birth else "同名"
        for key, name, birth in known
        if name in twice
    }
