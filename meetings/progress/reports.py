"""How far each organisation is with its report: one query for any number of organisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from branches.models import Campaign, Organization
from branches.rules.standing import Fact
from meetings.models import Report, ReportStatus

STEP = "report"
_OUT = (ReportStatus.SUBMITTED, ReportStatus.RECEIVED)
_AGAINST = (ReportStatus.IN_REVIEW, ReportStatus.RETURNED)


@dataclass(frozen=True)
class ReportProgress:
    """What the report of one organisation says of its step; `stands_against` a tick by hand as well."""

    fact: Fact
    stands_against: bool

    def merge(self, facts: dict[str, Fact]) -> None:
        """Add it to the facts known. Paper suffices: a tick holds, unless the report kept here came back or waits."""
        if STEP not in facts or self.fact.done or self.stands_against:
            facts[STEP] = self.fact


def reports_by_organization(
    campaign: Campaign, organizations: QuerySet[Organization], rounds: Mapping[int, int]
) -> dict[int, ReportProgress]:
    """The report of each organisation that has begun one in its present round (`rounds`; absent: the first)."""
    rows = Report.objects.filter(campaign=campaign, organization__in=organizations.order_by().values("pk"))
    found = {}
    for pk, number, status, day in rows.values_list("organization_id", "round_no", "status", "submitted_on"):
        if number == rounds.get(pk, 1):
            word = ReportStatus(status).label
            fact = Fact(word=word)
            if status in _OUT:
                fact = Fact(done=True, on=day, word=word)
            elif status == ReportStatus.IN_REVIEW:
                fact = Fact(handed_in=day, word=word)
            elif status == ReportStatus.REVIEWED:
                fact = Fact(word=f"{word}，待上报")
            found[pk] = ReportProgress(fact, status in _AGAINST)
    return found
