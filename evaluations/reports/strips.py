"""What a 计票人 sees while deciding rows: a screen of strips, how far one is, and what the two saw differently.

Never what the machine read, never which sheet a row is from, never which rows are controls.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from branches.models import User
from evaluations.models import Ballot, BallotSubject, EntrySlot, Strip
from evaluations.reports.differences import DifferingRow
from evaluations.reports.sheet import Cell, options
from evaluations.rules import Mismatch
from evaluations.rules.strips import ON_A_SCREEN
from evaluations.services.entry import read_papers, typed_papers
from evaluations.services.form import sides
from evaluations.services.hand_pages import page_counts
from evaluations.services.scan_counting import OpenPoints
from evaluations.services.scan_sealing import open_strip_picture
from evaluations.services.strips import decided_ids, live_strips, ordered_ids, own_decisions

SHORT = {"0": "没有划"}
HINTS = {"0": "没有划（弃权）", "x": "多选或认不清（无效）"}


@dataclass(frozen=True)
class StripView:
    """One row on the screen: `field` names its choices, `picture` is a data: address, `seen` what 甲 and 乙 saw."""

    key: str
    field: str
    ordinal: int
    name: str
    picture: str
    cells: tuple[Cell, ...]
    seen: tuple[str, str] = ("", "")
    reason: str = ""

    @property
    def chosen(self) -> bool:
        """Whether the row is decided."""
        return any(cell.chosen for cell in self.cells)


@dataclass(frozen=True)
class StripScreen:
    """One screen of a seat's strips; `following` is the next one with something open (None: all is decided)."""

    number: int
    screens: int
    strips: tuple[StripView, ...]
    done: int
    total: int
    following: int | None
    keys: tuple[Cell, ...]

    @property
    def before(self) -> int | None:
        """The screen before this one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The screen after this one."""
        return self.number + 1 if self.number < self.screens else None


@dataclass(frozen=True)
class HandSide:
    """One side of the form with the sheets typed by hand: number and state (done, partial, empty) of each."""

    number: int
    name: str
    pages: tuple[tuple[int, str], ...]

    @property
    def count(self) -> int:
        """How many sheets of this side are typed by hand."""
        return len(self.pages)


@dataclass(frozen=True)
class Judging:
    """How far one seat is with everything."""

    done: int
    total: int
    sides: tuple[HandSide, ...]

    @property
    def left(self) -> int:
        """Strips still to be decided."""
        return self.total - self.done

    @property
    def pages_left(self) -> int:
        """Sheets still to be typed."""
        return sum(state != "done" for side in self.sides for _, state in side.pages)

    @property
    def complete(self) -> bool:
        """Whether nothing is left but to say so."""
        return not self.left and not self.pages_left


@dataclass(frozen=True)
class DifferingPage:
    """One side of one sheet that the two typed differently."""

    side: int
    side_name: str
    number: int
    rows: tuple[DifferingRow, ...]
    reason: str = ""


def choices(ballot: Ballot, chosen: str = "") -> tuple[Cell, ...]:
    """What can be seen in a row."""
    return tuple(Cell(mark, SHORT.get(mark, label), mark == chosen) for mark, label in options(ballot))


def keys(ballot: Ballot) -> tuple[Cell, ...]:
    """The keys and what they mean."""
    return tuple(Cell(mark, HINTS.get(mark, label), False) for mark, label in options(ballot))


def _view(ballot: Ballot, strip: Strip, subjects: Mapping[int, BallotSubject], mark: str) -> StripView:
    """A strip on the screen."""
    subject = subjects[strip.subject_id]
    picture = base64.b64encode(open_strip_picture(strip)).decode("ascii")
    return StripView(
        key=str(strip.pk),
        field=f"s{strip.pk.hex}",
        ordinal=subject.ordinal,
        name=subject.name,
        picture=f"data:image/jpeg;base64,{picture}",
        cells=choices(ballot, mark),
    )


def strip_screen(ballot: Ballot, user: User, seat: EntrySlot, asked: int | None) -> StripScreen | None:
    """The screen asked for, else the first with something open; None when there is nothing (left) to decide."""
    order = ordered_ids(ballot, seat.number)
    decided = decided_ids(ballot, seat.number)
    screens = [order[i : i + ON_A_SCREEN] for i in range(0, len(order), ON_A_SCREEN)]
    open_ones = [n for n, screen in enumerate(screens, 1) if not decided.issuperset(screen)]
    number = asked if asked is not None and 1 <= asked <= len(screens) else next(iter(open_ones), None)
    if number is None:
        return None
    subjects = {subject.pk: subject for subject in ballot.rated()}
    shown = own_decisions(ballot=ballot, by=user, only=screens[number - 1])
    others = [n for n in open_ones if n != number]
    return StripScreen(
        number=number,
        screens=len(screens),
        strips=tuple(_view(ballot, d.strip, subjects, d.mark) for d in shown),
        done=len(decided),
        total=len(order),
        following=next((n for n in others if n > number), next(iter(others), None)),
        keys=keys(ballot),
    )


def side_name(number: int, several: bool) -> str:
    """How a side is called where the form has several."""
    return f"第 {number} 面" if several else "测评表"


def judging(ballot: Ballot, seat: EntrySlot) -> Judging:
    """How far one seat is."""
    counts, numbers = page_counts(ballot), sorted(sides(ballot))
    found = []
    for side in numbers:
        complete = typed_papers(ballot, seat.number, side)
        begun = set(read_papers(ballot, seat.number, side)) if counts.get(side) else set()
        states = tuple(
            (n, "done" if n in complete else "partial" if n in begun else "empty")
            for n in range(1, counts.get(side, 0) + 1)
        )
        found.append(HandSide(side, side_name(side, len(numbers) > 1), states))
    return Judging(len(decided_ids(ballot, seat.number)), live_strips(ballot).count(), tuple(found))


def differing_strips(
    ballot: Ballot,
    seen: Mapping[uuid.UUID, tuple[str, str]],
    wrong: Mapping[str, Any],
    most: int = ON_A_SCREEN,
) -> list[StripView]:
    """The first strips the two saw differently, in no telling order; `wrong` is a refused post to show again."""
    labels, subjects = dict(options(ballot)), {subject.pk: subject for subject in ballot.rated()}
    strips = live_strips(ballot).in_bulk(list(seen))
    shown = []
    for pk in [pk for pk in ordered_ids(ballot, 0) if pk in seen][:most]:
        view = _view(ballot, strips[pk], subjects, "")
        refused = wrong if wrong.get("strip") == view.key else {}
        first, second = seen[pk]
        told = (labels[first], labels[second])
        shown.append(replace(view, seen=told, reason=refused.get("reason", "")))
    return shown


def differing_hand_pages(ballot: Ballot, points: OpenPoints, wrong: Mapping[str, Any]) -> list[DifferingPage]:
    """The sides the two typed differently; `wrong` is a refused post to show again."""
    labels = {**dict(options(ballot)), "?": "没有录"}
    placed = sides(ballot)
    found = []
    for side, places in points.pages.items():
        by_number: dict[int, list[Mismatch]] = {}
        for place in places:
            by_number.setdefault(place.paper, []).append(place)
        for number, some in by_number.items():
            refused = wrong if (wrong.get("side"), wrong.get("number")) == (side, number) else {}
            rows = tuple(_differing_row(ballot, placed[side], place, labels, refused) for place in some)
            name = side_name(side, len(placed) > 1)
            found.append(DifferingPage(side, name, number, rows, refused.get("reason", "")))
    return found


def _differing_row(
    ballot: Ballot,
    rows: tuple[BallotSubject, ...],
    place: Mismatch,
    labels: Mapping[str, str],
    refused: Mapping[str, Any],
) -> DifferingRow:
    """One row of a side with what each typed and the choices."""
    row = place.row or 0
    chosen = refused.get("chosen", {}).get(row, "")
    cells = tuple(Cell(mark, label, mark == chosen) for mark, label in options(ballot))
    subject = rows[row]
    return DifferingRow(row, subject.ordinal, subject.name, labels[place.first], labels[place.second], cells)
