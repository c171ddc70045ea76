"""The page of study: sessions with head-counts, what of the list was studied when, and who has something to make up."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from branches.models import Campaign, Organization, User
from branches.rules import Clause, Rules, clause_for
from branches.rules.steps import Step
from members.models import Member, Part, StudyPart, StudySession
from members.permissions.studies import can_keep_study
from members.services.studies import missed, sessions_of, study_roll


@dataclass(frozen=True)
class Session:
    """One session with how many took part; never who did how often."""

    session: StudySession
    present: int
    absent: int
    made_up: int

    @property
    def people(self) -> str:
        """参加 21 人，未参加 3 人，已送学 1 人; empty where nobody is listed."""
        counts = (("参加", self.present), ("未参加", self.absent), ("已送学", self.made_up))
        found = [f"{word} {n} 人" for word, n in counts if n or word == "参加"]
        return "，".join(found) if self.present + self.absent + self.made_up else ""


@dataclass(frozen=True)
class Topic:
    """What the rules want studied, and the first day it was."""

    text: str
    on: datetime.date | None


@dataclass(frozen=True)
class StudyPage:
    """Everything the page of study shows."""

    campaign: Campaign
    organization: Organization
    step: Step
    rules: Rules
    clauses: tuple[Clause, ...]
    sessions: tuple[Session, ...]
    topics: tuple[Topic, ...]
    missing: tuple[Member, ...]
    notes: Mapping[uuid.UUID, str]
    made_up: tuple[StudyPart, ...]
    may_keep: bool

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, step: Step, user: User) -> StudyPage:
        """The page for this person; a constant number of queries."""
        rules = campaign.rules_for(organization)
        counted = sessions_of(campaign, organization).annotate(
            present=Count("parts", filter=Q(parts__part=Part.PRESENT)),
            absent=Count("parts", filter=Q(parts__part=Part.ABSENT)),
            made_up=Count("parts", filter=Q(parts__part=Part.MADE_UP)),
        )
        sessions = [Session(s, s.present, s.absent, s.made_up) for s in counted]
        owing = {}
        if rules.study_makeup:
            owing = missed((found.session for found in sessions), study_roll(campaign, organization))
        brought = StudyPart.objects.filter(
            session__in=[found.session.pk for found in sessions], part=Part.MADE_UP
        )
        quoted = campaign.rule_set().quoted()
        keys = dict.fromkeys((step.rule, "study_forms", "study_makeup", "study_gate"))
        clauses = [clause_for(key, quoted, organization.category) for key in keys]
        return cls(
            campaign=campaign,
            organization=organization,
            step=step,
            rules=rules,
            clauses=tuple(clause for clause in clauses if clause is not None),
            sessions=tuple(sessions),
            topics=tuple(Topic(text, _first(text, sessions)) for text in rules.study_list),
            missing=tuple(owing),
            notes={member.pk: _note(parts) for member, parts in owing.items()},
            made_up=tuple(
                brought.select_related("member", "session").order_by("made_up_on", "member__stroke_key")
            ),
            may_keep=campaign.is_open and bool(can_keep_study(user, organization)),
        )

    @property
    def open_topics(self) -> list[str]:
        """What of the list was not studied yet."""
        return [topic.text for topic in self.topics if topic.on is None]


def _first(text: str, sessions: list[Session]) -> datetime.date | None:
    """The first day a topic was studied."""
    return min((s.session.held_on for s in sessions if text in s.session.topics), default=None)


def _note(parts: list[StudyPart]) -> str:
    """Which days somebody missed: （没有参加 3月2日、3月5日的学习）."""
    if not parts:
        return "（后来转入，还没有学）"
    days = (f"{part.session.held_on.month}月{part.session.held_on.day}日" for part in parts)
    return f"（{'、'.join(days)}没有来）"


def part_notes(session: StudySession) -> tuple[list[Member], dict[uuid.UUID, str], list[str]]:
    """Everybody to tick on the page of a session: the people, a note behind some names, and who is ticked.

    Those listed then, and after them who came onto the roll later.
    """
    parts = list(session.parts.select_related("member__group"))
    roll = study_roll(session.campaign, session.organization)
    order = {member.pk: n for n, member in enumerate(roll)}
    listed = {part.member_id for part in parts}
    later = [member for member in roll if member.pk not in listed]
    people = sorted((part.member for part in parts), key=lambda m: order.get(m.pk, len(order)))
    notes = {
        part.member_id: f"（{part.made_up_on.month}月{part.made_up_on.day}日已送学）"
        for part in parts
        if part.made_up_on is not None
    }
    notes |= {member.pk: "（后来转入）" for member in later}
    present = [str(part.member_id) for part in parts if part.part == Part.PRESENT]
    return [*people, *later], notes, present
