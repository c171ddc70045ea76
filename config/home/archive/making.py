"""The bundle is long work: asked for by a person, made by a job, sealed on the disk like everything with names in it."""

from __future__ import annotations

from branches.models import Campaign, CampaignStatus, Job, Organization, User
from branches.permissions import Denied
from branches.services.jobs import JobRefused, Report, keep_result, request_job
from branches.workflow import insist
from config.home.archive.bundle import safe, zipped
from config.home.archive.items import Archive
from meetings.permissions.archive import can_make_archive

TASK = "config.home.tasks.archive_file"
NOT_WANTED = "这项活动不要求整理档案。"


def wants_archive(campaign: Campaign, organization: Organization) -> bool:
    """Whether the rules have an archive made of this organisation's campaign (会后整理档案)."""
    return campaign.rules_for(organization).archive_bundle


def ask_for_archive(*, campaign: Campaign, organization: Organization, by: User) -> Job:
    """Queue the bundle of what `by` may read; returns the job. Raises NotAllowed with the reason."""
    insist(
        can_make_archive(by, organization),
        True if wants_archive(campaign, organization) else Denied(NOT_WANTED),
    )
    return request_job(
        kind=TASK,
        key=f"archive:{campaign.pk}:{organization.pk}:{by.pk}",
        title=f"{organization.short_name}{campaign.year}年度档案（压缩包）",
        params={"campaign": campaign.pk, "organization": organization.pk, "sealed": True},
        by=by,
        organization=organization,
    )


def write_archive(job: Job, report: Report) -> None:
    """Make the bundle a job asks for; the right to read is asked again when it runs.

    Parameters: campaign, organization. Only the file is written: a job that was killed is simply done again.
    Raises JobRefused with the reason.
    """
    open_to_all = Campaign.objects.exclude(status=CampaignStatus.DRAFT).select_related("issuer")
    campaign = open_to_all.filter(pk=job.params.get("campaign")).first()
    organization = Organization.objects.filter(pk=job.params.get("organization")).first()
    if campaign is None or organization is None or not campaign.covers(organization):
        raise JobRefused("活动或党组织已不存在。")
    asker = job.requested_by
    if asker is None or not asker.is_active or not can_make_archive(asker, organization):
        raise JobRefused("您已没有整理这份档案的权限。")
    report(0, 0, "正在清点")
    archive = Archive.of(campaign, organization, asker)
    total = archive.files + 1
    content = zipped(archive, lambda done, what: report(done, total, f"正在生成：{what}"[:60]))
    report(total, total, "正在保存")
    name = safe(f"{organization.short_name}{campaign.year}年度组织生活会和民主评议党员档案")
    keep_result(job=job, name=f"{name}.zip", content=content)
