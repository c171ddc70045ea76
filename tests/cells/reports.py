"""Addresses of reports: the page, writing, numbers, steps, receipts, files, the list; and the secretary's account."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from branches.models import Campaign, Organization
from meetings.models import Report, ReportRecipient, ReportStatus
from tests.cells.world import Target, Targets, World
from tests.factories.branches import CampaignFactory

PLACES = ("report", "report_begin", "report_edit", "report_take", "duty_report", "duty_report_file")
SECTIONS = [{"key": "next", "title": "一、下一步", "text": "每月走完一个组。"}]


def _asking(world: World, slug: str, **rules: Any) -> Campaign:
    """A running campaign of the county that asks for a report and an account."""
    asked = {"report": "special", "secretary_duty_report": True, "plan_gate": "none", **rules}
    made: Campaign = CampaignFactory.create(
        issuer=world.tree.county,
        slug=slug,
        status="running",
        year=timezone.localdate().year,
        rules=asked,
    )
    return made


def _report(campaign: Campaign, organization: Organization, status: str) -> Report:
    """A report as it stands, with one receiver here."""
    report = Report.objects.create(
        campaign=campaign,
        organization=organization,
        kind="special",
        title="报告",
        status=status,
        sections=SECTIONS,
        numbers={},
        submitted_on=timezone.localdate() if status == ReportStatus.SUBMITTED else None,
    )
    above = organization.superior()
    ReportRecipient.objects.create(report=report, name="上级", organization=above)
    return report


def targets(world: World) -> Targets:
    """Reports being written, and others that were handed in."""
    written, out = _asking(world, "reporting"), _asking(world, "reported")
    found: Targets = {name: {} for name in (*PLACES, "report_file", "report_receive", "report_step")}
    today = timezone.localdate().isoformat()
    for relation, organization in world.organizations().items():
        _report(written, organization, ReportStatus.DRAFT)
        sent = _report(out, organization, ReportStatus.SUBMITTED)
        where = {"slug": written.slug, "pk": organization.pk}
        data = {"revision": "0", "title": "报告", "next": "年底前办完。", "key": "next"}
        for name in PLACES:
            found[name][relation] = Target(where, data)
        found["report_file"][relation] = Target({**where, "ending": "docx"})
        found["report_step"][relation] = Target({**where, "name": "submit"}, data)
        found["report_receive"][relation] = Target(
            {"slug": out.slug, "pk": organization.pk, "recipient": sent.recipients.get().pk}, {"on": today}
        )
    found["reports"] = {
        relation: Target({"slug": campaign.slug})
        for relation, campaign in (
            ("parent", written),
            ("unrelated", world.campaigns["unrelated"]),
            ("draft", world.campaigns["draft"]),
        )
    }
    return found
