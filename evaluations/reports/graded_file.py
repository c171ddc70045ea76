"""The summary with grades as a file, made by a job."""

from __future__ import annotations

from django.db import transaction

from branches.models import Campaign, Category, Job, Organization, User
from branches.permissions import can_see_rollup
from branches.services.jobs import JobRefused, Report, keep_result, request_job, settle
from evaluations.reports.graded_render import graded_pdf, graded_workbook
from evaluations.reports.graded_rollup import graded_rollup
from evaluations.reports.rollup import PDF_ROWS
from evaluations.services.exporting import record_graded

TASK = "evaluations.tasks.graded_file"
FORMATS = {"xlsx": "Excel", "pdf": "PDF"}


def ask_for_graded(
    *, campaign: Campaign, organization: Organization, category: str, file_format: str, by: User
) -> Job:
    """Queue the summary of an organisation as a file. Returns the job."""
    return request_job(
        kind=TASK,
        key=f"{campaign.pk}:{organization.pk}:{category}:{file_format}:{by.pk}",
        title=f"{organization.short_name}{campaign.year}年度评定等次汇总表（{FORMATS[file_format]}）",
        params={
            "campaign": campaign.pk,
            "organization": organization.pk,
            "category": category,
            "format": file_format,
        },
        by=by,
        organization=organization,
    )


def write_graded(job: Job, report: Report) -> None:
    """The work of that job: the file is kept and its making recorded, both or neither. Raises JobRefused."""
    params = job.params
    campaign = Campaign.objects.filter(pk=params.get("campaign")).select_related("issuer").first()
    organization = Organization.objects.filter(pk=params.get("organization")).first()
    category = params.get("category", "")
    if campaign is None or organization is None or category not in ("", *Category.values):
        raise JobRefused("活动或党组织已不存在。")
    by = job.requested_by
    if by is None or not by.is_active or not can_see_rollup(by, organization):
        raise JobRefused("您已没有查看这份汇总表的权限。")
    report(0, 0, "正在读取各支部评定")
    table = graded_rollup(campaign, organization, reader=by, category=category)
    ending = "pdf" if params.get("format") == "pdf" else "xlsx"
    if ending == "pdf" and table.branches > PDF_ROWS:
        raise JobRefused(f"共 {table.branches} 个支部，PDF 页数太多。请下载 Excel。")
    report(0, table.branches, "正在排版")
    content = graded_pdf(table) if ending == "pdf" else graded_workbook(table)
    keep_result(job=job, name=f"{table.file_stem()}.{ending}", content=content)
    with transaction.atomic():
        settle(job=job)
        record_graded(campaign=campaign, organization=organization, rows=table.branches, by=by)
