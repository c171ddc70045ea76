"""What the pages of a plan show: its text with the repeated passages, its versions with what changed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from branches.models import Campaign, Organization, Plan, PlanStatus, PlanVersion, User
from branches.permissions import can_review_plan, can_write_plan
from branches.rules import Clause, clause_for
from branches.rules.changes import SAME, Piece, changes
from branches.rules.overlap import marked
from branches.services.plan_copies import Finding, content_of, finding_from
from branches.services.plan_offices import reviewing_office
from branches.services.plans import current_plan
from branches.workflow import PLAN
from branches.workflow.plans import EDITABLE, PLAN_FIELDS, label_of

WITHDRAWN, WAITING = "已撤回", "待审核"
STATES = {
    PlanStatus.DRAFT: "idle",
    PlanStatus.SUBMITTED: "now",
    PlanStatus.RETURNED: "bad",
    PlanStatus.APPROVED: "ok",
    PlanStatus.FILED: "ok",
    PlanStatus.MADE: "ok",
}


@dataclass(frozen=True)
class Stretch:
    """Some text of a field, and whether it repeats another text."""

    text: str
    is_repeated: bool


@dataclass(frozen=True)
class Line:
    """One field of a plan: its label and its text in stretches; none when it is empty."""

    name: str
    label: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class PlanText:
    """A plan as it is read, with what it repeats when that is to be pointed out."""

    lines: tuple[Line, ...]
    finding: Finding

    @classmethod
    def of(cls, content: Mapping[str, str], finding: Finding) -> PlanText:
        """The text by field; passages are marked only where the rules want them pointed out."""
        worst = finding.worst if finding.flagged else None
        found = []
        for name in PLAN_FIELDS:
            text = content[name]
            places = worst.passages.get(name, []) if worst is not None else []
            pieces = marked(len(text), places)
            found.append(Line(name, label_of(name), tuple(Stretch(text[a:b], hit) for a, b, hit in pieces)))
        return cls(tuple(found), finding)

    @classmethod
    def of_plan(cls, plan: Plan, finding: Finding | None = None) -> PlanText:
        """The text as it was saved last."""
        return cls.of(content_of(plan), finding or finding_from(None))

    @classmethod
    def of_version(cls, version: PlanVersion) -> PlanText:
        """The text as it was handed in."""
        return cls.of(version.content, finding_from(version.overlap))


@dataclass(frozen=True)
class FieldChange:
    """One field that reads otherwise than in the version before."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Handed:
    """One version as the history shows it."""

    version: PlanVersion
    text: PlanText
    changed: tuple[FieldChange, ...]
    is_first: bool

    @property
    def word(self) -> str:
        """What became of it."""
        if not self.version.decision:
            return WAITING
        return (
            WITHDRAWN
            if self.version.decision == PlanStatus.DRAFT
            else str(self.version.get_decision_display())
        )

    @property
    def state(self) -> str:
        """The colour of the word."""
        return STATES[PlanStatus(self.version.decision or PlanStatus.SUBMITTED)]


def changed_fields(before: PlanVersion, after: PlanVersion) -> tuple[FieldChange, ...]:
    """The fields that differ between two versions, with their changes."""
    found = []
    for name in PLAN_FIELDS:
        pieces = changes(before.content[name], after.content[name])
        if any(piece.kind != SAME for piece in pieces):
            found.append(FieldChange(label_of(name), pieces))
    return tuple(found)


def history(campaign: Campaign, organization: Organization) -> list[tuple[int, list[Handed]]]:
    """All versions handed in, by round, the newest first; one query."""
    rows = PlanVersion.objects.filter(plan__campaign=campaign, plan__organization=organization)
    ordered = rows.select_related("plan").order_by("-plan__round_no", "-number")
    found = []
    for number, group in groupby(ordered, key=lambda version: version.plan.round_no):
        versions = list(group)
        earlier: list[PlanVersion | None] = [*versions[1:], None]
        found.append((number, [handed(v, before) for v, before in zip(versions, earlier, strict=True)]))
    return found


def handed(version: PlanVersion, before: PlanVersion | None) -> Handed:
    """A version with what changed since the one before it."""
    changed = changed_fields(before, version) if before is not None else ()
    return Handed(version, PlanText.of_version(version), changed, before is None)


def last_two(plan: Plan) -> tuple[PlanVersion | None, PlanVersion | None]:
    """The newest version and the one before it, as far as there are any."""
    newest = [*plan.versions.all()[:2], None, None]
    return newest[0], newest[1]


@dataclass(frozen=True)
class PlanPage:
    """The page of an organisation's plan as one person sees it.

    Who writes the plan sees what is saved; others see what was handed in last, never a draft.
    """

    campaign: Campaign
    organization: Organization
    gate: str
    due: datetime.date | None
    plan: Plan | None
    newest: PlanVersion | None
    text: PlanText | None
    is_own: bool
    may_edit: bool
    may_review: bool
    shows_draft: bool
    steps: tuple[str, ...]
    office: Organization | None
    clause: Clause | None

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, user: User) -> PlanPage:
        """The page today."""
        plan, rules = current_plan(campaign, organization), campaign.rules_for(organization)
        newest = last_two(plan)[0] if plan is not None else None
        writes = bool(can_write_plan(user, organization))
        waits = plan is not None and plan.status == PlanStatus.SUBMITTED
        in_hand = plan is not None and plan.status in EDITABLE
        return cls(
            campaign=campaign,
            organization=organization,
            gate=rules.plan_gate,
            due=rules.plan_due,
            plan=plan,
            newest=newest,
            text=_text(plan, newest, writes and in_hand),
            is_own=writes,
            may_edit=writes and campaign.is_open and (plan is None or in_hand),
            may_review=plan is not None and waits and bool(can_review_plan(user, plan)),
            shows_draft=writes and in_hand,
            steps=tuple(name for name, _step in PLAN.available(plan, user)) if plan is not None else (),
            office=reviewing_office(plan).organization if plan is not None and waits else None,
            clause=clause_for("plan_gate", campaign.rule_set().quoted(), organization.category),
        )

    @property
    def is_overdue(self) -> bool:
        """Whether the last day is over."""
        return self.due is not None and self.due < timezone.localdate()

    @property
    def was_returned(self) -> bool:
        """Whether the reviewer's comment is to be answered now."""
        return self.plan is not None and self.plan.status == PlanStatus.RETURNED


def _text(plan: Plan | None, newest: PlanVersion | None, draft: bool) -> PlanText | None:
    """What is shown of the plan: what is saved, or what was handed in last."""
    if newest is not None and not draft:
        return PlanText.of_version(newest)
    if plan is None or (plan.status in EDITABLE and not draft):
        return None
    return PlanText.of_plan(plan)
