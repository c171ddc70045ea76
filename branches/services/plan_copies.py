"""简单转发: where a plan repeats the superior's text or the plan of another branch under the same superior."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from branches.models import Organization, Plan, PlanVersion
from branches.rules.overlap import overlap
from branches.workflow.plans import PLAN_FIELDS

COMPARED = ("form", "attendees", "requirements")  # theme and time are given from above
SIBLINGS = 60  # of the others under the same superior, those who handed in last
SHOWN = 3  # texts it repeats most
NOTICE = "上级通知"
Passages = dict[str, list[tuple[int, int]]]


@dataclass(frozen=True)
class Source:
    """A text the plan repeats: whose, how much of the plan, and the passages by field."""

    name: str
    share: Fraction
    passages: Passages

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a version."""
        return {"name": self.name, "share": str(self.share), "passages": self.passages}


@dataclass(frozen=True)
class Finding:
    """What was found: the texts repeated most, the worst first, and whether the rules want it pointed out."""

    flagged: bool
    sources: tuple[Source, ...]

    @property
    def worst(self) -> Source | None:
        """The text the plan repeats most, None when it repeats none."""
        return self.sources[0] if self.sources else None

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a version."""
        return {"flagged": self.flagged, "sources": [source.as_json() for source in self.sources]}


def finding_from(stored: Mapping[str, Any] | None) -> Finding:
    """The finding kept with a version; one without anything found for None."""
    if stored is None:
        return Finding(False, ())
    return Finding(
        bool(stored["flagged"]),
        tuple(
            Source(
                one["name"],
                Fraction(one["share"]),
                {field: [(start, end) for start, end in places] for field, places in one["passages"].items()},
            )
            for one in stored["sources"]
        ),
    )


def content_of(plan: Plan) -> dict[str, str]:
    """The plan's text by field, as a version keeps it."""
    return {name: getattr(plan, name) for name in PLAN_FIELDS}


def compared_text(content: Mapping[str, str]) -> str:
    """What is compared of a plan, as one text."""
    return "\n".join(content[name] for name in COMPARED)


def find_copies(plan: Plan) -> Finding:
    """Compare the plan as it is now with the notice and with what others have handed in; three queries.

    Another's plan handed in after the own first one counts only for what the own earlier versions did not
    say, so that nobody is blamed for having been copied.
    """
    text, rules = compared_text(content_of(plan)), plan.campaign.rules_for(plan.organization)
    found = [(NOTICE, overlap(text, plan.campaign.text))]
    earlier = PlanVersion.objects.filter(
        plan__campaign=plan.campaign_id, plan__organization=plan.organization_id
    )
    own = [(v.submitted_at, compared_text(v.content)) for v in earlier.order_by("submitted_at")]
    for name, first, content in _others(plan):
        before = "\n".join(written for at, written in own if at < first)
        found.append((f"{name}的方案", overlap(text, compared_text(content), own=before)))
    sources = sorted(
        (Source(name, o.share, _by_field(plan, o.passages)) for name, o in found if o.share),
        key=lambda source: source.share,
        reverse=True,
    )[:SHOWN]
    worst = sources[0].share if sources else Fraction(0)
    return Finding(rules.plan_copy_warning and worst >= rules.plan_copy_share, tuple(sources))


def _others(plan: Plan) -> list[tuple[str, datetime.datetime, dict[str, str]]]:
    """Name, day first handed in and newest handed-in text of the others under the same superior."""
    here = plan.organization
    above = here.path[: -Organization.steplen]
    siblings = Q(
        plan__organization__path__startswith=above,
        plan__organization__depth=here.depth,
        plan__campaign=plan.campaign_id,
    )
    of_plan = PlanVersion.objects.filter(plan=OuterRef("plan")).order_by("number")
    newest = PlanVersion.objects.filter(siblings, number=Subquery(of_plan.reverse().values("number")[:1]))
    rows = (
        newest.exclude(plan__organization=here)
        .annotate(first=Subquery(of_plan.values("submitted_at")[:1]))
        .order_by("-submitted_at")
        .values_list("plan__organization__short_name", "first", "content")[:SIBLINGS]
    )
    return [(name, first, content) for name, first, content in rows]


def _by_field(plan: Plan, passages: tuple[tuple[int, int], ...]) -> Passages:
    """The passages of the compared text as passages of its fields."""
    found: Passages = {}
    begins = 0
    for name in COMPARED:
        ends = begins + len(getattr(plan, name))
        places = [
            (max(start, begins) - begins, min(end, ends) - begins)
            for start, end in passages
            if start < ends and end > begins
        ]
        if places:
            found[name] = places
        begins = ends + 1
    return found
