"""The page that says whether a meeting is ready: each line with its reason, its clause and where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from branches.models import User
from branches.permissions import can_see_people
from branches.rules import Clause, clause_for
from branches.rules.steps import MATERIALS, kind_of
from meetings.models import Meeting, MeetingStatus
from meetings.rules.readiness import NOT_YET, READY, REFUSED, WISH, Line, not_yet
from meetings.services.readiness import readiness_of

TONES = {READY: "ok", NOT_YET: "warn", REFUSED: "bad", WISH: "idle"}
# The page of a step by its kind, and the rules it follows from; a step that follows from others is only ticked.
PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "study": ("members:studies", ("study_list", "study_forms", "study_gate")),
    "opinions": ("members:opinions", ("opinions_asked",)),
    "answers": ("members:opinions", ("must_answer",)),
    "talks": ("members:talks", ("talk_pairs", "talk_upper_pairs")),
    "material": ("members:materials", MATERIALS),
    "lists": ("members:materials", ("member_material",)),
    "discussion": ("members:materials", ("committee_discussion",)),
    "outlines": ("meetings:outlines", ("outlines",)),
}
OWN_PAGES = {"guests": "meetings:guests", "notice": "meetings:tell", "quorum": "meetings:attendance"}


@dataclass(frozen=True)
class Row:
    """One line as it is shown: its clause, and the address where it is done (empty for who may not go there)."""

    line: Line
    tone: str
    url: str
    clause: Clause | None


@dataclass(frozen=True)
class Readiness:
    """All lines of one meeting before it is held; `missing` are those for which opening needs a reason."""

    rows: tuple[Row, ...]
    missing: tuple[Line, ...]
    refused: tuple[Line, ...]

    @classmethod
    def of(cls, meeting: Meeting, user: User) -> Readiness:
        """As it stands today."""
        lines = readiness_of(meeting, timezone.localdate())
        quoted = meeting.campaign.rule_set().quoted()
        goes = bool(can_see_people(user, meeting.organization))
        return cls(
            rows=tuple(
                Row(
                    line,
                    TONES[line.state],
                    _url(meeting, line) if goes else "",
                    clause_for(line.rule, quoted, meeting.organization.category),
                )
                for line in lines
            ),
            missing=not_yet(lines),
            refused=tuple(line for line in lines if line.state == REFUSED),
        )

    @classmethod
    def before(cls, meeting: Meeting, user: User) -> Readiness | None:
        """The same while the meeting may still be opened, else None."""
        return cls.of(meeting, user) if meeting.status == MeetingStatus.PLANNED else None

    @property
    def words(self) -> str:
        """How far it is, in one sentence."""
        if self.refused or self.missing:
            names = "、".join(line.title for line in (*self.refused, *self.missing))
            return f"还没有好：{names}"
        return "都准备好了"

    @property
    def is_ready(self) -> bool:
        """Whether nothing is asked for any more."""
        return not self.missing and not self.refused


def _url(meeting: Meeting, line: Line) -> str:
    """Where the line is done: its own page where there is one, else the list of steps with its tick."""
    if line.key in OWN_PAGES:
        return reverse(OWN_PAGES[line.key], args=[meeting.pk])
    place = [meeting.campaign.slug, meeting.organization_id]
    name, rules = PAGES.get(kind_of(line.key), ("", ()))
    if line.rule in rules:
        return reverse(name, args=place)
    return f"{reverse('org_steps', args=place)}#{line.key}"
