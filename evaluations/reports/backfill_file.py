"""The table for the national system as a file: a branch's at once, a superior's whole tree by a job."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from branches.models import Campaign, Job, Kind, Organization, User
from branches.services.jobs import JobRefused, Report, keep_result, request_job, settle
from evaluations.permissions.exporting import can_export_backfill, can_export_id_numbers
from evaluations.reports.backfill import FORMATS, backfill_bytes, backfill_table
from evaluations.services.exporting import record_backfill, standing_sheets

TASK = "evaluations.tasks.backfill_file"


@dataclass(frozen=True, slots=True)
class BackfillWish:
    """What is asked for: whose rows, in which format, with full ID numbers or not."""

    campaign: Campaign
    organization: Organization
    file_format: str
    full: bool

    @property
    def at_once(self) -> bool:
        """Whether it is made while the person waits: one branch."""
        return self.organization.kind == Kind.BRANCH


def made_now(wish: BackfillWish, *, by: User) -> tuple[str, bytes]:
    """The name and the content of one branch's table; it is recorded."""
    standing = standing_sheets(campaign=wish.campaign, organization=wish.organization, reader=by)
    table = backfill_table(wish.campaign, wish.organization, standing, full=wish.full)
    content = backfill_bytes(table, wish.file_format)
    record_backfill(
        campaign=wish.campaign, organization=wish.organization, rows=len(table.rows), full=wish.full, by=by
    )
    return table.file_name(wish.file_format), content


def ask_for_backfill(wish: BackfillWish, *, by: User) -> Job:
    """Queue the table of an organisation and all below it. Returns the job."""
    numbers = "完整身份证号" if wish.full else "身份证号已隐去"
    return request_job(
        kind=TASK,
        key=f"{wish.campaign.pk}:{wish.organization.pk}:{wish.file_format}:{int(wish.full)}:{by.pk}",
        title=f"{wish.organization.short_name}{wish.campaign.year}年度民主评议回填表（{numbers}）",
        params={
            "campaign": wish.campaign.pk,
            "organization": wish.organization.pk,
            "format": wish.file_format,
            "full": wish.full,
            "sealed": True,
        },
        by=by,
        organization=wish.organization,
    )


def write_backfill(job: Job, report: Report) -> None:
    """The work of that job: the file is kept and its making recorded, both or neither. Raises JobRefused."""
    params = job.params
    campaign = Campaign.objects.filter(pk=params.get("campaign")).select_related("issuer").first()
    organization = Organization.objects.filter(pk=params.get("organization")).first()
    if campaign is None or organization is None or params.get("format") not in FORMATS:
        raise JobRefused("活动或党组织已不存在。")
    by, full = job.requested_by, bool(params.get("full"))
    may = can_export_id_numbers if full else can_export_backfill
    if by is None or not by.is_active or not may(by, organization):
        raise JobRefused("您已没有导出这份回填表的权限。")
    report(0, 0, "正在读取各支部评定")
    standing = standing_sheets(campaign=campaign, organization=organization, reader=by)
    table = backfill_table(
        campaign, organization, standing, full=full, told=lambda rows: report(rows, 0, f"已读 {rows:,} 人")
    )
    report(len(table.rows), len(table.rows), "正在保存")
    keep_result(
        job=job, name=table.file_name(params["format"]), content=backfill_bytes(table, params["format"])
    )
    with transaction.atomic():
        settle(job=job)
        record_backfill(campaign=campaign, organization=organization, rows=len(table.rows), full=full, by=by)
