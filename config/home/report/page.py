"""What the page of a report shows: the text with its numbers, what has changed, who has it, what may be done next."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.rules import Clause, clause_for, show
from branches.rules.standing import Standing
from config.home.report.draft import Draft
from config.home.report.labels import GROUPS, LABELS
from config.home.report.numbers import Numbers
from config.home.standings import Standings
from meetings.models import Report, ReportRecipient, ReportStatus
from meetings.permissions.reports import can_read_report, can_receive_report, can_write_report
from meetings.rules.report import NOT_ASKED, UNKNOWN, Change, changed, filled, unknown_in, unwritten, used_in
from meetings.services.reports import current_report, receivers_for
from meetings.workflow.reports import EDITABLE, REPORT, is_reviewed_first, sections_of, works


@dataclass(frozen=True)
class Part:
    """One heading with its paragraphs, numbers in their places."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Receipt:
    """One receiver, and whether this person notes the receipt."""

    recipient: ReportRecipient
    may_note: bool


@dataclass(frozen=True)
class ReportPage:
    """Everything the page of one organisation's report shows to one person; `report` is None before it is begun."""

    campaign: Campaign
    organization: Organization
    report: Report | None
    numbers: Numbers
    standing: Standing | None
    clauses: tuple[Clause, ...]
    steps: tuple[str, ...]
    receipts: tuple[Receipt, ...]
    may_write: bool
    may_read: bool
    is_asked: bool

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, user: User) -> ReportPage:
        """The page for this person; a constant number of queries but for the materials counted in it."""
        rules = campaign.rules_for(organization)
        report = current_report(campaign, organization)
        quoted = campaign.rule_set().quoted()
        keys = ("report", "report_due", "report_days_after", "report_recipients", "report_reviewer")
        clauses = [clause_for(key, quoted, organization.category) for key in keys]
        return cls(
            campaign=campaign,
            organization=organization,
            report=report,
            numbers=Numbers.of(campaign, organization),
            standing=_standing(campaign, organization),
            clauses=longest(clause for clause in clauses if clause is not None),
            steps=tuple(name for name, _step in REPORT.available(report, user)) if report else (),
            receipts=_receipts(campaign, organization, report, user),
            may_write=bool(can_write_report(user, organization)) and campaign.is_open,
            may_read=report is not None and bool(can_read_report(user, report)),
            is_asked=rules.report != NOT_ASKED,
        )

    @property
    def kind(self) -> str:
        """What the report is called: 专项报告, 情况总结材料 or 民主生活会情况专题报告."""
        return self.standing.step.label if self.standing else "报告"

    @property
    def due(self) -> datetime.date | None:
        """The last day for handing it in; None while the day it counts from is not known, and where none is set."""
        return self.standing.due if self.standing else None

    @property
    def due_words(self) -> str:
        """The due rule in words while there is no day yet."""
        return self.standing.step.due.words if self.standing and self.standing.due is None else ""

    @property
    def is_out(self) -> bool:
        """Whether nothing is owed any more, by the report or by a tick."""
        return self.standing is not None and (self.standing.is_settled or self.standing.handed_in)

    @cached_property
    def labels(self) -> dict[str, str]:
        """What is called what: the numbers of today, and those of grades that the text has."""
        return self.numbers.labels

    @property
    def may_edit(self) -> bool:
        """Whether this person may change the text now."""
        return (
            self.may_write
            and self.report is not None
            and self.report.status in EDITABLE
            and bool(works(self.report))
        )

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The report as it is read."""
        return parts_of(self.report) if self.report is not None and self.may_read else ()

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The numbers of the text that are others today."""
        if self.report is None:
            return ()
        return changed(sections_of(self.report), self.report.numbers, self.numbers.values, self.labels)

    @property
    def wrong(self) -> tuple[str, ...]:
        """What stands in 〔〕 and is no number."""
        return unknown_in(sections_of(self.report), self.report.numbers) if self.report else ()

    @property
    def empty(self) -> tuple[str, ...]:
        """Headings under which nothing is written."""
        return unwritten(sections_of(self.report)) if self.report else ()

    @property
    def not_on_record(self) -> tuple[str, ...]:
        """The labels of numbers in the text that nobody has entered here; they are written by hand, or left out."""
        if self.report is None:
            return ()
        kept = self.report.numbers
        used = used_in(sections_of(self.report))
        return tuple(self.labels[key] for key in used if key in self.labels and kept.get(key) == UNKNOWN)

    @property
    def is_ready(self) -> bool:
        """Whether it can be sent on as it is."""
        return not self.wrong and not self.empty

    @property
    def is_reviewed_first(self) -> bool:
        """Whether supervisors review it before it goes up."""
        return is_reviewed_first(self.campaign.rules_for(self.organization))

    @property
    def attachments(self) -> tuple[str, ...]:
        """The tables that go with it."""
        return attachments_of(self.campaign, self.organization)

    @property
    def was_returned(self) -> bool:
        """Whether it came back."""
        return self.report is not None and self.report.status == ReportStatus.RETURNED

    @property
    def groups(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """All numbers of today by group, with their labels."""
        return number_groups(self.numbers)


def longest(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """The clauses, without those whose words stand in another one."""
    found = list({clause.text: clause for clause in clauses}.values())
    ends = "。；，,;."
    return tuple(
        one
        for one in found
        if not any(one is not other and one.text.rstrip(ends) in other.text for other in found)
    )


def number_groups(numbers: Numbers) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """All numbers by group: (label, value); votes stand with their ballot."""
    found = []
    for group, keys in GROUPS.items():
        rows = [(label, numbers.values[key]) for key, label in keys.items()]
        prefix = {"民主测评": "votes_", "评议支委会": "committee_votes_"}.get(group)
        if prefix:
            extra = [key for key in numbers.labels if key.startswith(prefix) and key not in LABELS]
            rows += [(numbers.labels[key], numbers.values[key]) for key in extra]
        found.append((group, tuple(rows)))
    return tuple(found)


def parts_of(report: Report) -> tuple[Part, ...]:
    """The text of a report with the numbers it was written with."""
    return tuple(
        Part(
            section.title,
            tuple(line.strip() for line in filled(section.text, report.numbers).split("\n") if line.strip()),
        )
        for section in sections_of(report)
    )


def attachments_of(campaign: Campaign, organization: Organization) -> tuple[str, ...]:
    """The names of the tables the rules want with a report."""
    rules = campaign.rules_for(organization)
    return tuple(show("report_attachments", (name,)) for name in rules.report_attachments)


def draft_for(campaign: Campaign, organization: Organization) -> tuple[Draft, Numbers]:
    """The draft as it would be written now, with its numbers."""
    numbers = Numbers.of(campaign, organization)
    return Draft.of(campaign, organization, numbers), numbers


def _standing(campaign: Campaign, organization: Organization) -> Standing | None:
    """Where the organisation stands with its report."""
    only = Organization.objects.filter(pk=organization.pk)
    row = Standings.of(campaign, only, timezone.localdate()).rows.get(organization.pk, ())
    return next((found for found in row if found.step.kind == "report"), None)


def _receipts(
    campaign: Campaign, organization: Organization, report: Report | None, user: User
) -> tuple[Receipt, ...]:
    """Whom it goes to; before it is begun, whom it will go to."""
    if report is None:
        return tuple(Receipt(row, may_note=False) for row in receivers_for(campaign, organization))
    rows = list(report.recipients.select_related("organization", "received_by"))
    for row in rows:
        row.report = report
    out = report.status == ReportStatus.SUBMITTED
    return tuple(
        Receipt(row, may_note=out and row.received_on is None and bool(can_receive_report(user, row)))
        for row in rows
    )
