"""The office's desk: which plans wait for it, how long, and which comes next."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.utils import timezone

from branches.models import Plan, PlanStatus, PlanVersion, User
from branches.services.plan_copies import Finding, finding_from
from branches.services.plan_offices import for_office

PER_PAGE = 50
SHOWN: dict[str, str] = {"waiting": "待审核", "returned": "已退回", "passed": "已批准、已备案"}
STATES: dict[str, tuple[PlanStatus, ...]] = {
    "waiting": (PlanStatus.SUBMITTED,),
    "returned": (PlanStatus.RETURNED,),
    "passed": (PlanStatus.APPROVED, PlanStatus.FILED),
}


@dataclass(frozen=True)
class Row:
    """One plan of the list: how often it was handed in, how many days it waits, what it repeats."""

    plan: Plan
    version: PlanVersion | None
    days: int

    @property
    def finding(self) -> Finding:
        """What the newest version repeats."""
        return finding_from(self.version.overlap if self.version else None)


@dataclass(frozen=True)
class Queue:
    """The list of one office in one campaign; a constant number of queries."""

    shown: str
    tiles: tuple[tuple[str, int, str], ...]
    page: Page[Plan]
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, visible: QuerySet[Plan], user: User, *, shown: str, page: str | None) -> Queue:
        """The plans of one state, those that wait longest first."""
        mine = for_office(visible, user)
        counted = mine.order_by().aggregate(
            **{key: Count("pk", filter=Q(status__in=states)) for key, states in STATES.items()}
        )
        if shown not in SHOWN:
            shown = "waiting"
        current = Paginator(_ordered(mine, shown), PER_PAGE).get_page(page)
        return cls(
            shown=shown,
            tiles=tuple((key, counted[key], words) for key, words in SHOWN.items()),
            page=current,
            rows=tuple(_row(plan) for plan in current.object_list),
        )


def _ordered(mine: QuerySet[Plan], shown: str) -> QuerySet[Plan]:
    """The plans of one state by the time they were handed in, with organisation and versions."""
    versions = PlanVersion.objects.defer("content", "comment").order_by("-number")
    return (
        mine.filter(status__in=STATES[shown])
        .annotate(handed=Max("versions__submitted_at"))
        .select_related("organization")
        .prefetch_related(Prefetch("versions", versions))
        .order_by("handed" if shown == "waiting" else "-handed", "organization__path")
    )


def _row(plan: Plan) -> Row:
    """One line of the list."""
    newest = next(iter(plan.versions.all()), None)
    waited = (timezone.localdate() - timezone.localtime(newest.submitted_at).date()).days if newest else 0
    return Row(plan, newest, waited)


def next_waiting(visible: QuerySet[Plan], user: User, plan: Plan) -> Plan | None:
    """The plan of the queue to read after this one; None when none waits."""
    return _ordered(for_office(visible, user), "waiting").exclude(pk=plan.pk).first()


def waiting(visible: QuerySet[Plan], user: User) -> int:
    """How many of these plans wait for this person's office."""
    return for_office(visible, user).filter(status__in=STATES["waiting"]).count()
