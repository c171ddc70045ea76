"""The order of speaking (发言顺序): who speaks when and about whom, and what becomes of two texts noted at once.

Sources: 洛群组发〔2014〕21号 第二部分第3、4条 (书记代表班子、书记个人、逐一发言，三步；通报、自评、互评、测评);
the keys are those of the rules speaking_steps, plenary_parts and plenary_parts_alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from meetings.rules.counting import parts_before

COMMITTEE_CHECK, OWN_CHECK, CRITICISM, REPLY = "committee_check", "own_check", "criticism", "reply"
BALLOT, COMMENTS, OTHER = "ballot", "comments", "other"
BY_SECRETARY = ("duty_report", "committee_report", "head_check")
READ_OUT = "书面发言，请人宣读"
ANSWERED = "〔已回应〕"
DIVIDER = "〔以下是另一台设备上记的〕"


@dataclass(frozen=True)
class Speaker:
    """Somebody who speaks or is spoken about; two empty texts where nobody in particular does."""

    key: str = ""
    name: str = ""


NOBODY = Speaker()


@dataclass(frozen=True)
class Turn:
    """One slot: what happens, who speaks, about whom, and a word more (a party group, 书面发言)."""

    kind: str
    speaker: Speaker = NOBODY
    about: Speaker = NOBODY
    extra: str = ""


def speaking_order(
    seats: Sequence[Speaker], steps: Collection[str], read_out: Iterable[Speaker] = ()
) -> tuple[Turn, ...]:
    """The turns of a committee: the first of `seats` for all of it, then each in turn: own check, criticism by every
    other, reply; 1 + m(m+1) turns when all steps are asked for and m >= 1.

    `read_out` are those who are absent and whose written word is read out: nobody criticises them.
    """
    turns = [Turn(COMMITTEE_CHECK, seats[0])] if seats and COMMITTEE_CHECK in steps else []
    for place, one in enumerate(seats):
        if OWN_CHECK in steps:
            turns.append(Turn(OWN_CHECK, one))
        if CRITICISM in steps:
            turns += [Turn(CRITICISM, other, one) for at, other in enumerate(seats) if at != place]
        if REPLY in steps:
            turns.append(Turn(REPLY, one))
    return (*turns, *(Turn(OWN_CHECK, one, extra=READ_OUT) for one in read_out))


def plain_order(steps: Iterable[str]) -> tuple[Turn, ...]:
    """The steps as they are, without names: nobody's seat is known (m = 0)."""
    return tuple(Turn(step) for step in steps)


def plenary_order(
    parts: Iterable[str],
    *,
    head: Speaker = NOBODY,
    groups: Collection[str] = (),
    in_groups: Collection[str] = (),
) -> tuple[Turn, ...]:
    """The parts of a plenary in the order of the rules; a part of `in_groups` has one turn a party group.

    What the secretary says for the committee is said by `head`.
    """
    turns: list[Turn] = []
    for part in parts:
        if groups and part in in_groups and part != BALLOT:
            turns += [Turn(part, extra=group) for group in groups]
        else:
            turns.append(Turn(part, head if part in BY_SECRETARY else NOBODY))
    return tuple(turns)


def kinds_before_ballot(parts: Sequence[str]) -> frozenset[str]:
    """The parts that must be over before ballot papers are given out."""
    return frozenset(parts_before(parts, BALLOT))


def join_notes(saved: str, mine: str) -> str:
    """Both of two texts that were noted for one slot at the same time; where one holds the other, the longer one."""
    if saved in mine:
        return mine
    if mine in saved:
        return saved
    return f"{saved}\n{DIVIDER}\n{mine}"


def answers_in(notes: str, asked: Iterable[str]) -> frozenset[str]:
    """The questions that the notes say were answered, each on a line of its own."""
    lines = set(notes.splitlines())
    return frozenset(text for text in asked if f"{ANSWERED}{text}" in lines)


def with_answers(notes: str, asked: Sequence[str], ticked: Collection[str]) -> str:
    """The notes with a line for each question ticked, and without one for those not ticked; lines stay in place."""
    dropped = {f"{ANSWERED}{text}" for text in asked if text not in ticked}
    lines = [line for line in notes.splitlines() if line not in dropped]
    new = [f"{ANSWERED}{text}" for text in asked if text in ticked]
    return "\n".join([*lines, *(line for line in new if line not in lines)])
