"""What a voter sees of the ballot once a good code is given: rows, choices, what is chosen, what is still open."""

from __future__ import annotations

from dataclasses import dataclass

from evaluations.models import Ballot
from evaluations.urn.votes import ABSTAINED

ABSTAIN = "弃权"


@dataclass(frozen=True)
class VoteChoice:
    """One thing that can be chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class VoteRow:
    """One person (or heading) to be rated."""

    index: int
    number: int
    name: str
    note: str
    choices: tuple[VoteChoice, ...]

    @property
    def chosen(self) -> VoteChoice | None:
        """What is chosen; None while the row is open."""
        return next((choice for choice in self.choices if choice.chosen), None)


@dataclass(frozen=True)
class VoteSheet:
    """All rows with what is chosen so far."""

    rows: tuple[VoteRow, ...]

    @property
    def missing(self) -> tuple[VoteRow, ...]:
        """The rows where nothing is chosen."""
        return tuple(row for row in self.rows if row.chosen is None)


def vote_title(ballot: Ballot) -> str:
    """What is voted on; no name of anybody."""
    return ballot.kind.occasion


def vote_sheet(ballot: Ballot, marks: str = "") -> VoteSheet:
    """The rated rows in form order; `marks` gives what is chosen, anything else than a choice counts as open."""
    options = [(str(n), label) for n, label in enumerate(ballot.options, start=1)]
    options.append((ABSTAINED, ABSTAIN))
    rows = [
        VoteRow(
            index=index,
            number=index + 1,
            name=subject.name,
            note=subject.note,
            choices=tuple(VoteChoice(v, label, marks[index : index + 1] == v) for v, label in options),
        )
        for index, subject in enumerate(ballot.rated())
    ]
    return VoteSheet(tuple(rows))
