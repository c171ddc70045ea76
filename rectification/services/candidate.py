"""One problem that stands elsewhere already and can be listed by a button, and its blind key."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from config.lib.sealed import blind_index
from members.models import Member, OpinionPoint
from rectification.models import Term
from rectification.models.item import LONGEST_LINE, LONGEST_MEASURES, LONGEST_NAME, LONGEST_PROBLEM
from rectification.services.items import Typed


@dataclass(frozen=True)
class Candidate:
    """One problem that can be listed: where it stands, what is known of it, whose it is. `key` is blind."""

    key: str
    source: str
    where: str
    problem: str
    measures: str = ""
    owner: str = ""
    due_on: datetime.date | None = None
    member: Member | None = None
    point: OpinionPoint | None = None

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


def key_of(kind: str, *parts: object) -> str:
    """A key that is always the same for the same thing and says nothing of it."""
    return blind_index(":".join((f"rectify-{kind}", *map(str, parts))))
