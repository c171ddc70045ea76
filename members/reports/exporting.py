"""Long lists of members as files: made by a job, sealed until they are fetched."""

from __future__ import annotations

from django.db import transaction

from branches.models import Job, Organization, User
from branches.services.jobs import JobRefused, Report, keep_result, request_job, settle
from members.models import ImportBatch, Member
from members.models.member import MemberQuerySet
from members.permissions import can_export, can_export_unmasked, can_step_batch
from members.reports.import_sheets import WRONG_ROWS, wrong_rows_sheet
from members.reports.roster_table import RosterTable
from members.services.people import record_export

AT_ONCE = 2_000  # longer lists are a background job


def listed(organization: Organization, by: User) -> MemberQuerySet:
    """The members of an organisation and below as they are exported."""
    return Member.objects.visible_to(by).within(organization).active().in_order("stroke")


def ask_for_roster(*, organization: Organization, unmasked: bool, by: User) -> Job:
    """Queue the list of an organisation's members as a file. Returns the job."""
    numbers = "完整号码" if unmasked else "号码已隐去"
    return request_job(
        kind="members.tasks.export_roster",
        key=f"{organization.pk}:{int(unmasked)}:{by.pk}",
        title=f"{organization.short_name}党员名册（{numbers}）",
        params={"organization": organization.pk, "unmasked": unmasked, "sealed": True},
        by=by,
        organization=organization,
    )


def write_roster(job: Job, report: Report) -> None:
    """The work of that job: the file is kept and its making recorded, both or neither. Raises JobRefused."""
    by, unmasked = job.requested_by, bool(job.params["unmasked"])
    organization = Organization.objects.filter(pk=job.params["organization"]).first()
    if organization is None:
        raise JobRefused("这个党组织已不存在。")
    may = can_export_unmasked if unmasked else can_export
    if by is None or not by.is_active or not may(by, organization):
        raise JobRefused("您已没有导出这份名册的权限。")
    members = listed(organization, by)
    total = members.count()
    table = RosterTable.from_members(
        organization, members, masked=not unmasked, told=lambda done: report(done, total, "正在读取")
    )
    report(total, total, "正在排版")
    keep_result(job=job, name=table.file_name, content=table.to_xlsx())
    with transaction.atomic():
        settle(job=job)
        record_export(organization=organization, count=len(table.rows), unmasked=unmasked, by=by)


def ask_for_wrong_rows(*, batch: ImportBatch, by: User) -> Job:
    """Queue a long upload with its wrong rows marked as a file. Returns the job."""
    return request_job(
        kind="members.tasks.wrong_rows",
        key=f"{batch.pk}:{by.pk}",
        title="名册核对结果",
        params={"batch": str(batch.pk), "sealed": True},
        by=by,
        organization=batch.organization,
    )


def write_wrong_rows(job: Job, report: Report) -> None:
    """The work of that job. Raises JobRefused with the reason."""
    by, batch = job.requested_by, ImportBatch.objects.filter(pk=job.params["batch"]).first()
    if batch is None or not batch.rows_sealed:
        raise JobRefused("这次导入已经结束，上传的内容没有保留。请重新上传。")
    if by is None or not by.is_active or not can_step_batch(by, batch):
        raise JobRefused("您已没有办理这次导入的权限。")
    content = wrong_rows_sheet(batch, told=lambda done: report(done, batch.row_count, "正在生成"))
    keep_result(job=job, name=WRONG_ROWS, content=content)
