"""The roll-up of a superior, made from the sums of certified ballots; the same rows for page and file."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from branches.models import Campaign, Category, Job, Organization
from branches.permissions import can_see_rollup
from branches.services.jobs import JobRefused, Report, keep_result
from evaluations.models import Ballot, BallotStatus, BranchResult, Channel, SubjectKind
from evaluations.reports.render_pdf import rollup_pdf
from evaluations.reports.render_xlsx import Told, rollup_workbook
from evaluations.reports.rollup_table import NotYet, RollUp, RollUpLine, RollUpSection
from evaluations.rules import BASES, Heads, base_number, withheld
from evaluations.services.heading import TABLES

NOT_BEGUN = "还没有准备测评"
PDF_ROWS = 3000  # above this many rows a PDF takes minutes and nobody leafs through it
COLUMNS = (
    "organization_id",
    "members_full",
    "members_probationary",
    "rated",
    "counts",
    "abstained",
    "invalid",
    "ballot__scale",
    "ballot__percent_base",
    "ballot__min_to_show",
    "ballot__expected",
    "ballot__present",
    "ballot__issued",
    "ballot__returned",
    "ballot__void_papers",
    "ballot__codes_issued",
    "ballot__codes_used",
    "ballot__channel",
    "ballot__round_no",
)


def kinds_counted(campaign: Campaign, organization: Organization) -> tuple[SubjectKind, ...]:
    """The kinds of ballot a superior can choose from: 群众代表 only where the rules ask for them or one was held."""
    asked = campaign.rules_for(organization).masses_ballot
    held = Ballot.objects.filter(campaign=campaign, subject_kind=SubjectKind.MASSES)
    return tuple(kind for kind in SubjectKind if kind != SubjectKind.MASSES or asked or held.exists())


def rollup(
    campaign: Campaign,
    organization: Organization,
    *,
    category: str = "",
    subject_kind: str = SubjectKind.MEMBERS,
) -> RollUp:
    """One row for each branch below `organization` with a certified ballot; the others as not-yet.

    Four queries, whatever the number of branches.
    """
    below = Organization.objects.in_subtree(organization).in_subtree(campaign.issuer).branches()
    if category:
        below = below.filter(category=category)
    branches = {
        pk: (name, Category(field).label) for pk, name, field in below.values_list("pk", "name", "category")
    }
    results = BranchResult.objects.filter(
        campaign=campaign,
        subject_kind=subject_kind,
        organization__path__range=organization.subtree_range,
        ballot__status=BallotStatus.CERTIFIED,
    )
    found = {row[0]: row for row in results.values_list(*COLUMNS)}
    sections: dict[str, list[RollUpLine]] = {}
    shapes: dict[str, tuple[list[dict[str, str]], str]] = {}
    for pk, (name, field) in branches.items():
        if pk in found:
            row = dict(zip(COLUMNS, found[pk], strict=True))
            key = json.dumps([row["ballot__scale"], row["ballot__percent_base"]])
            shapes[key] = (row["ballot__scale"], row["ballot__percent_base"])
            lines = sections.setdefault(key, [])
            lines.append(_line(row, name, field, len(lines) + 1))
    states = _states(campaign, organization, subject_kind)
    return RollUp(
        title=f"{campaign.year}年度{TABLES[SubjectKind(subject_kind)]}",
        filler=organization.name,
        campaign=campaign.name,
        as_of=timezone.localdate(),
        sections=tuple(
            RollUpSection.of(
                tuple(grade["label"] for grade in shapes[key][0]),
                BASES[shapes[key][1]],
                lines,
                Category.labels,
            )
            for key, lines in sections.items()
        ),
        not_yet=tuple(
            NotYet(name, field, states.get(pk, NOT_BEGUN))
            for pk, (name, field) in branches.items()
            if pk not in found
        ),
    )


def _line(row: dict[str, Any], name: str, field: str, ordinal: int) -> RollUpLine:
    """One branch's row; when few papers were valid its votes are not even in memory any more."""
    channel = Channel(row["ballot__channel"])
    heads = Heads(
        expected=row["ballot__expected"],
        present=row["ballot__present"],
        issued=row["ballot__issued"],
        returned=row["ballot__returned"],
        void=row["ballot__void_papers"],
        codes=row["ballot__codes_issued"],
        cast=row["ballot__codes_used"],
        on_paper=channel.has_paper,
        on_device=channel.has_device,
    )
    hidden = withheld(heads.valid, row["ballot__min_to_show"])
    base = base_number(row["ballot__percent_base"], heads)
    remarks = [f"第{row['ballot__round_no']}轮"] if row["ballot__round_no"] > 1 else []
    if hidden:
        remarks.append("票少，不显示票数")
    return RollUpLine(
        organization=name,
        category=field,
        members=row["members_full"] + row["members_probationary"],
        full=row["members_full"],
        probationary=row["members_probationary"],
        expected=heads.expected,
        present=heads.present,
        issued=heads.all_issued,
        returned=heads.all_returned,
        valid=heads.valid,
        void=heads.all_void,
        subjects=row["rated"],
        counts=(None,) * len(row["counts"]) if hidden else tuple(row["counts"]),
        abstained=None if hidden else row["abstained"],
        invalid=None if hidden else row["invalid"],
        base=None if base is None else base * row["rated"],
        remarks="；".join(remarks),
        withheld=hidden,
        ordinal=ordinal,
    )


def _states(campaign: Campaign, organization: Organization, subject_kind: str) -> dict[int, str]:
    """How far each branch below without a result is, by organisation id."""
    rows = (
        Ballot.objects.standing()
        .filter(
            campaign=campaign,
            subject_kind=subject_kind,
            organization__path__range=organization.subtree_range,
        )
        .exclude(status=BallotStatus.CERTIFIED)
    )
    return {pk: str(BallotStatus(status).label) for pk, status in rows.values_list("organization", "status")}


def rollup_bytes(table: RollUp, file_format: str, told: Told = lambda rows: None) -> bytes:
    """The roll-up as .xlsx or .pdf; `told` hears how many rows of a workbook are written."""
    return rollup_workbook(table, told) if file_format == "xlsx" else rollup_pdf(table)


def write_rollup(job: Job, report: Report) -> None:
    """Make the file a job asks for; the right to read is asked again when it runs.

    Parameters: campaign, organization, format (xlsx or pdf), and perhaps subject_kind and category.
    """
    params = job.params
    campaign = Campaign.objects.filter(pk=params.get("campaign")).select_related("issuer").first()
    organization = Organization.objects.filter(pk=params.get("organization")).first()
    if campaign is None or organization is None:
        raise JobRefused("活动或党组织已不存在。")
    asker = job.requested_by
    if asker is None or not asker.is_active or not can_see_rollup(asker, organization):
        raise JobRefused("您已没有查看这份汇总表的权限。")
    if params.get("format") not in ("xlsx", "pdf"):
        raise JobRefused("只能下载 Excel 或 PDF。")
    report(0, 0, "正在读取各支部结果")
    table = rollup(
        campaign,
        organization,
        category=params.get("category", ""),
        subject_kind=params.get("subject_kind", SubjectKind.MEMBERS),
    )
    if params["format"] == "pdf" and table.branches > PDF_ROWS:
        raise JobRefused(f"共 {table.branches} 个支部，PDF 页数太多。请下载 Excel。")
    rows = table.branches + len(table.not_yet)
    if params["format"] == "pdf":
        report(0, 0, f"正在排版 {rows:,} 个支部")
    content = rollup_bytes(table, params["format"], lambda written: report(written, rows, "正在生成"))
    report(rows, rows, "正在保存")
    keep_result(job=job, name=f"{table.file_stem()}.{params['format']}", content=content)
