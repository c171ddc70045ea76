"""One problem that stands elsewhere already and can be listed by a button, and the blind key of where it stands."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from config.lib.sealed import blind_index, blind_indexes
from members.models import Member, OpinionPoint
from rectification.models import Term
from rectification.models.item import LONGEST_LINE, LONGEST_MEASURES, LONGEST_NAME, LONGEST_PROBLEM
from rectification.services.items import Typed


@dataclass(frozen=True)
class Candidate:
    """One problem that can be listed: where it stands, what is known of it, whose it is. `origin` is kept sealed."""

    origin: str
    source: str
    where: str
    problem: str
    measures: str = ""
    owner: str = ""
    due_on: datetime.date | None = None
    member: Member | None = None
    point: OpinionPoint | None = None

    @property
    def key(self) -> str:
        """What a page names it by; blind."""
        return blind_index(self.origin)

    @property
    def keys(self) -> list[str]:
        """What an item taken over from it may be marked with, while keys are being changed."""
        return blind_indexes(self.origin)

    @property
    def subject(self) -> str:
        """Whose problem it is, in words."""
        return self.member.name if self.member is not None else "班子"

    def typed(self) -> Typed:
        """What a form begins with; to be edited."""
        return Typed(
            problem=self.problem[:LONGEST_PROBLEM],
            measures=self.measures[:LONGEST_MEASURES],
            source=self.source,
            source_note=self.where[:LONGEST_LINE],
            owner=self.owner[:LONGEST_NAME],
            term=Term.DATED,
            due_on=self.due_on,
            member=self.member,
        )


def origin_of(kind: str, *parts: object) -> str:
    """A text that is always the same for the same thing; never shown and never kept open."""
    return ":".join((f"rectify-{kind}", *map(str, parts)))
