"""The secretary's account of the work (述职): one page of facts of the campaign, with blank lines to speak from."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from branches.models import Campaign, Organization
from branches.rules import Clause, Rules, clause_for
from config.home.report.labels import LABELS
from config.home.report.numbers import Numbers
from config.lib.pdf import render_pdf
from evaluations.models import SubjectKind
from meetings.models import Meeting
from meetings.rules.report import UNKNOWN
from rectification.reports.ledger import LedgerRow, committee_rows

STYLESHEET = "css/duty-report.css"
# What is told under each heading: the keys of the numbers, in order, with the unit behind each.
TOLD: dict[str, tuple[tuple[str, str], ...]] = {
    "集中学习": (("study_times", "次"), ("study_people", ""), ("study_made_up", "")),
    "征求意见": (
        ("opinion_rounds", ""),
        ("opinions", "条"),
        ("points", "条"),
        ("points_true", "条"),
        ("points_mostly", "条"),
    ),
    "谈心谈话": (("talk_times", ""), ("talk_owed", ""), ("talk_held", "")),
    "查摆问题和整改措施": (("materials_in", "份"), ("problems", "条"), ("measures", "条")),
}


def asks_duty_report(rules: Rules) -> bool:
    """Whether the notice wants the secretary to give an account."""
    return rules.secretary_duty_report or rules.duty_report_includes


@dataclass(frozen=True)
class Fact:
    """One line: what, and how many."""

    label: str
    value: str


@dataclass(frozen=True)
class Held:
    """One meeting: when, what kind, how many came."""

    kind: str
    on: datetime.date
    people: str


@dataclass(frozen=True)
class DutyReport:
    """The page: facts by heading, meetings, the ballot on the committee, what was put right, and room to write."""

    campaign: Campaign
    organization: Organization
    secretary: str
    as_of: datetime.date
    clauses: tuple[Clause, ...]
    groups: tuple[tuple[str, tuple[Fact, ...]], ...]
    meetings: tuple[Held, ...]
    ballot: tuple[Fact, ...]
    withheld: bool
    includes_rectification: bool
    rectified: tuple[LedgerRow, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization) -> DutyReport:
        """The page as of today."""
        rules = campaign.rules_for(organization)
        numbers = Numbers.of(campaign, organization)
        quoted = campaign.rule_set().quoted()
        found = {
            clause.text: clause
            for key in ("secretary_duty_report", "duty_report_includes")
            if (clause := clause_for(key, quoted, organization.category)) is not None
        }
        posts = organization.appointments.current(timezone.localdate()).filter(role="secretary")
        secretary = posts.first()
        return cls(
            campaign=campaign,
            organization=organization,
            secretary=secretary.holder_name if secretary else "",
            as_of=timezone.localdate(),
            clauses=tuple(found.values()),
            groups=tuple(
                (group, tuple(_fact(numbers, key, unit) for key, unit in keys))
                for group, keys in TOLD.items()
            ),
            meetings=tuple(_held(meeting) for meeting in numbers.meetings),
            ballot=_committee_ballot(numbers),
            withheld=SubjectKind.COMMITTEE in numbers.withheld,
            includes_rectification=rules.duty_report_includes,
            rectified=committee_rows(campaign, organization) if rules.duty_report_includes else (),
        )

    @property
    def title(self) -> str:
        """Title of the page and name of its file."""
        return f"{self.organization.name}书记述职情况表（{self.campaign.year}年度）"

    @property
    def to_write(self) -> tuple[str, ...]:
        """What people write by hand."""
        rectified = ("整改措施落实情况：哪些已经办完，哪些还在办，哪些没有办到，为什么",)
        return (*(rectified if self.includes_rectification else ()), "自己的不足和下一步打算")

    def to_pdf(self) -> bytes:
        """The page as PDF, A4."""
        return render_pdf(
            render_to_string("home/report_duty_paper.html", {"page": self}), stylesheet=STYLESHEET
        )


def _fact(numbers: Numbers, key: str, unit: str) -> Fact:
    value = numbers.values[key]
    return Fact(LABELS[key], value if value == UNKNOWN else f"{value} {unit}".strip())


def _held(meeting: Meeting) -> Held:
    counts = meeting.counts()
    people = f"应到 {counts.expected}，实到 {counts.present}" if counts.expected else ""
    return Held(str(meeting.get_kind_display()), meeting.day, people)


def _committee_ballot(numbers: Numbers) -> tuple[Fact, ...]:
    """评议支委会: papers, and votes as far as they may be told; nothing where none was held."""
    if numbers.values["committee_issued"] == UNKNOWN:
        return ()
    keys = [key for key in numbers.labels if key.startswith("committee_votes_")]
    papers = ("committee_issued", "committee_returned", "committee_valid")
    return tuple(Fact(numbers.labels[key], numbers.values[key]) for key in (*papers, *keys))
