"""Reports for tests: a campaign that asks for one, and a report at any stage, made by the real services."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from branches.models import Campaign, Organization, User
from meetings.models import Report
from meetings.rules.report import Section
from meetings.services import reports
from tests.factories.branches import CampaignFactory

SECTIONS = (
    Section("before", "一、会前准备", "组织集中学习〔study_times〕次。"),
    Section("next", "二、下一步", "每月走完一个组。"),
)
NUMBERS = {"study_times": "3", "expected": "21"}
STAGES = ("draft", "in_review", "reviewed", "submitted", "received")


def reporting(issuer: Organization, slug: str = "reporting", **rules: Any) -> Campaign:
    """A running campaign that asks for a 专项报告 to the organisation above."""
    asked = {"report": "special", "report_recipients": ["上一级党组织"], "plan_gate": "none", **rules}
    made: Campaign = CampaignFactory.create(
        issuer=issuer, slug=slug, status="running", year=timezone.localdate().year, rules=asked
    )
    return made


def report_of(
    campaign: Campaign,
    organization: Organization,
    by: User,
    *,
    reviewer: User | None = None,
    stage: str = "draft",
) -> Report:
    """A report of the organisation that has come to `stage`, one of STAGES."""
    report = reports.open_report(
        campaign=campaign,
        organization=organization,
        title=f"{organization.name}的专项报告",
        sections=SECTIONS,
        numbers=NUMBERS,
        by=by,
    )
    goal = STAGES.index(stage)
    if reviewer is not None and goal >= 1:
        report = reports.send_to_review(report=report, revision=report.revision, by=by)
        if goal >= 2:
            report = reports.review_report(report=report, revision=report.revision, by=reviewer)
    if goal >= 3:
        report = reports.submit_report(report=report, revision=report.revision, by=by)
    return report
