"""Plain arithmetic of opinions asked for: labels, how many times the masses were asked, how long a text is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from branches.rules import SPECS, Rules
from branches.rules.kinds import Choices
from branches.rules.planning import SOURCES

ONLINE = "online"
LONGEST_HEADING = 200  # characters of a 方面 as it is kept with an opinion


def labels_of(key: str) -> Mapping[str, str]:
    """The options of a rule with several choices, in the words of the rules page."""
    return cast("Choices", SPECS[key].kind).options


WAYS = labels_of("opinion_ways")


def ways_of(rules: Rules) -> dict[str, str]:
    """The ways opinions may be asked for; where the notice names none, all that need no permission of it."""
    named = rules.opinion_ways or tuple(way for way in WAYS if way != ONLINE)
    return {way: WAYS[way] for way in named}


def sources_of(rules: Rules) -> dict[str, str]:
    """Where an opinion may come from: as the notice names it, else all kinds."""
    named = rules.opinion_sources or tuple(SOURCES)
    return {key: SOURCES[key] for key in named}


def public_source(rules: Rules) -> str:
    """The source of what comes from the page for the masses."""
    return "masses" if "masses" in sources_of(rules) else ""


def heads_of(rules: Rules) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The heads (方面) of the committee and of a person, each with its label; empty lists left out."""
    found = (("班子查摆方面", rules.committee_heads), ("个人查摆方面", rules.member_heads))
    kept = ((label, tuple(dict.fromkeys(h[:LONGEST_HEADING] for h in heads))) for label, heads in found)
    return tuple((label, heads) for label, heads in kept if heads)


def touch_points(spans: Iterable[tuple[date, date | None]], today: date) -> int:
    """How many times the masses were asked: rounds that overlap in time, in several ways, are one time.

    A round without an end lasts until today; one that begins later is not counted yet.
    """
    begun = sorted((first, max(first, last or today)) for first, last in spans if first <= today)
    count, until = 0, date.min
    for first, last in begun:
        if not count or first > until:
            count += 1
        until = max(until, last)
    return count


def tidy_text(text: str) -> str:
    """An opinion as it is kept: word for word, one kind of line end, no blanks around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def too_long(text: str, most: int) -> str:
    """What to say of a text that is too long, with its length; empty for one that fits."""
    over = len(text) - most
    if over <= 0:
        return ""
    return f"这条意见有 {len(text):,} 字，最多 {most:,} 字。请删去 {over:,} 字，或者分成两条。"
