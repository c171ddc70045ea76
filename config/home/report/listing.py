"""The reports of the organisations below in one campaign: who owes one, who is late, what has come in.

A constant number of queries for any number of organisations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.rules.standing import OVERDUE, Standing
from config.home.standings import TONES, Standings, came_back
from meetings.models import Report, ReportRecipient, ReportStatus
from meetings.permissions.reports import can_receive_report

SHOWN = {
    "": "全部",
    "late": "逾期未报",
    "waiting": "还没有报",
    "review": "待审阅",
    "here": "报来待收",
    "received": "已收到",
}


@dataclass(frozen=True)
class Line:
    """One organisation with its report step, and the receivers this person may note a receipt for."""

    organization: Organization
    standing: Standing
    tone: str
    report: Report | None = None
    mine: tuple[ReportRecipient, ...] = ()

    @property
    def state(self) -> str:
        """Which of the filters it falls under."""
        if self.report is not None and self.report.status == ReportStatus.RECEIVED:
            return "received"
        if self.report is not None and self.report.status == ReportStatus.SUBMITTED:
            return "here"
        if self.report is not None and self.report.status == ReportStatus.IN_REVIEW:
            return "review"
        if self.standing.is_settled:
            return "received" if self.standing.by_hand else "done"
        return "late" if self.standing.state == OVERDUE else "waiting"


@dataclass(frozen=True)
class ReportList:
    """The list for one person, in the order of the tree: never by rank."""

    user: User
    show: str
    counts: dict[str, int]
    total: int
    lines: tuple[Line, ...]

    @classmethod
    def of(
        cls, campaign: Campaign, organizations: QuerySet[Organization], user: User, *, show: str = ""
    ) -> ReportList:
        """Every organisation of the queryset that is asked for a report; `show` is a key of SHOWN."""
        chosen = show if show in SHOWN else ""
        standings = Standings.of(campaign, organizations, timezone.localdate())
        asked = {
            pk: found
            for pk, row in standings.rows.items()
            if (found := next((s for s in row if s.step.kind == "report"), None)) is not None
        }
        reports = {
            report.organization_id: report
            for report in Report.objects.filter(
                campaign=campaign, organization__in=organizations.order_by().values("pk")
            ).order_by("round_no")
            if report.round_no == standings.rounds.get(report.organization_id, 1)
        }
        every = [
            Line(
                organization=organization,
                standing=asked[organization.pk],
                tone="bad" if came_back(asked[organization.pk]) else TONES[asked[organization.pk].state],
                report=reports.get(organization.pk),
            )
            for organization in organizations.order_by("path")
            if organization.pk in asked
        ]
        counts = {key: sum(line.state in _under(key) for line in every) for key in SHOWN}
        return cls(
            user=user,
            show=chosen,
            counts=counts,
            total=len(every),
            lines=tuple(line for line in every if line.state in _under(chosen)),
        )

    @property
    def filters(self) -> tuple[tuple[str, str, int, bool], ...]:
        """The filters with how many fall under each, and which is chosen."""
        return tuple((key, label, self.counts[key], key == self.show) for key, label in SHOWN.items())

    def detailed(self, lines: Iterable[Line]) -> list[Line]:
        """The lines of one page with the receivers this person notes a receipt for; one query."""
        shown = list(lines)
        keys = [line.report.pk for line in shown if line.report is not None]
        rows = ReportRecipient.objects.filter(report__in=keys, received_on=None).select_related(
            "organization", "report__organization"
        )
        mine: dict[object, tuple[ReportRecipient, ...]] = {}
        for row in rows:
            if row.organization is not None and can_receive_report(self.user, row):
                mine[row.report_id] = (*mine.get(row.report_id, ()), row)
        return [
            Line(
                line.organization,
                line.standing,
                line.tone,
                line.report,
                mine.get(line.report.pk, ())
                if line.report is not None and line.report.status == ReportStatus.SUBMITTED
                else (),
            )
            for line in shown
        ]


def _under(key: str) -> tuple[str, ...]:
    """The states of lines that fall under a filter; what is late is not handed in either."""
    if not key:
        return ("late", "waiting", "review", "here", "received", "done")
    return ("waiting", "late") if key == "waiting" else (key,)
