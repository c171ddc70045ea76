"""Which of many texts largely repeat each other: groups of them, found without comparing all in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from branches.rules.overlap import GRAM, SHORTEST, counted, overlap


@dataclass(frozen=True)
class _Text:
    """A text with what tells cheaply that another has little of it: `grams` in a row, and all there are."""

    text: str
    chars: str
    grams: tuple[str, ...]
    short: frozenset[str]
    long: frozenset[str]

    @classmethod
    def of(cls, text: str, chars: str) -> _Text:
        """The text, whose compared characters are `chars`."""
        grams = tuple(chars[at : at + GRAM] for at in range(len(chars) - GRAM + 1))
        longer = frozenset(chars[at : at + GRAM + 1] for at in range(len(chars) - GRAM))
        return cls(text, chars, grams, frozenset(grams), longer)

    def at_most(self, other: _Text) -> int:
        """No fewer characters than `overlap` can find taken from `other`.

        A run of so many places that agree covers GRAM - 1 characters more; where it ends, the place agrees
        and the longer one there does not.
        """
        short, long = other.short, other.long
        places = [at for at, gram in enumerate(self.grams) if gram in short]
        runs = sum(self.chars[at : at + GRAM + 1] not in long for at in places)
        return len(places) + (GRAM - 1) * runs


def copied_groups(texts: Sequence[str], least: Fraction) -> list[tuple[int, ...]]:
    """Return the places of the texts that repeat each other, two or more a group, in the order of the texts.

    Two texts belong together when each has at least the share `least` (above 0, up to 1) from the other, or
    when a third leads from one to the other. Texts of fewer than SHORTEST characters that count belong nowhere.
    """
    equal: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        chars = counted(text)
        if len(chars) >= SHORTEST:
            equal.setdefault(chars, []).append(place)
    groups: list[tuple[list[_Text], list[int]]] = []
    for chars, places in equal.items():
        one, members = _Text.of(texts[places[0]], chars), list(places)
        apart, joined = [], [one]
        for group in groups:
            if any(_alike(one, other, least) for other in group[0]):
                joined += group[0]
                members += group[1]
            else:
                apart.append(group)
        groups = [*apart, (joined, members)]
    return sorted(tuple(sorted(places)) for _texts, places in groups if len(places) > 1)


def _alike(one: _Text, other: _Text, least: Fraction) -> bool:
    """Whether each text has at least this share from the other; compared in full only when it may be so."""
    pair = ((one, other), (other, one))
    if any(a.at_most(b) < least * len(a.chars) for a, b in pair):
        return False
    return all(overlap(a.text, b.text).share >= least for a, b in pair)
