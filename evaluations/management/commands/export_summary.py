"""manage.py export_summary --campaign SLUG --organization CODE --format xlsx|pdf --output FILE"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches.models import Campaign, Kind, Organization
from config.lib.files import write_whole
from evaluations.models import Ballot, BallotStatus, SubjectKind
from evaluations.reports.branch import branch_summary
from evaluations.reports.render_pdf import branch_pdf
from evaluations.reports.render_xlsx import branch_workbook
from evaluations.reports.rollup import rollup, rollup_bytes

FORMATS = ("xlsx", "pdf")


class Command(BaseCommand):
    """Writes the summary table of a branch, or the roll-up of a superior, to a file.

    Votes of a ballot with few valid papers are withheld here too: they stand on the signed copy only.
    """

    help = "导出测评汇总表：党支部编码导出本支部的表，上级编码导出所属各支部的汇总"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which campaign, whose table, where to."""
        parser.add_argument("--campaign", required=True, metavar="SLUG", help="活动的网址名")
        parser.add_argument("--organization", required=True, metavar="CODE", help="党组织编码")
        parser.add_argument("--format", choices=FORMATS, default="xlsx", help="文件格式")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="写到哪个文件")
        parser.add_argument(
            "--subject", choices=SubjectKind.values, default=SubjectKind.MEMBERS.value, help="测评对象"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Find, make, write whole."""
        campaign = Campaign.objects.filter(slug=options["campaign"]).select_related("issuer").first()
        if campaign is None:
            raise CommandError(f"没有网址名为“{options['campaign']}”的活动。")
        organization = Organization.objects.filter(code=options["organization"]).first()
        if organization is None:
            raise CommandError(f"没有编码为“{options['organization']}”的党组织。")
        if organization.kind == Kind.BRANCH:
            content = self._branch(campaign, organization, options["subject"], options["format"])
        else:
            table = rollup(campaign, organization, subject_kind=options["subject"])
            self.stdout.write(table.progress)
            content = rollup_bytes(table, options["format"])
        output: Path = options["output"]
        try:
            write_whole(output, content)
        except OSError as error:
            raise CommandError(f"文件写不进去：{output}（{error.strerror}）") from error
        self.stdout.write(f"已写入 {output}")

    def _branch(self, campaign: Campaign, organization: Organization, subject: str, ending: str) -> bytes:
        """The table of the branch's certified ballot."""
        certified = Ballot.objects.filter(
            campaign=campaign,
            organization=organization,
            subject_kind=subject,
            status=BallotStatus.CERTIFIED,
        )
        ballot = certified.order_by("-meeting__starts_at").first()
        if ballot is None:
            raise CommandError(f"{organization.name}还没有核定的测评结果。")
        summary = branch_summary(ballot, for_signing=False)
        if summary.withheld:
            self.stdout.write(summary.withheld_reason)
        return branch_pdf(summary) if ending == "pdf" else branch_workbook(summary)
