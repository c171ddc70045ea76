"""What of an organisation's campaign goes into its archive, for one reader: each document with how it is made.

Only what was settled goes in. What was said in talks, outlines of criticism and papers of a ballot are never asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from branches.models import Campaign, Organization, PlanStatus, User
from branches.reports.plans import PlanText
from branches.rules import Rules
from branches.services.plans import current_consultation, current_plan
from branches.services.rounds import round_of
from branches.services.steps import steps_for
from config.home.archive.after import After
from config.home.archive.classes import Filed, Never, classes
from config.home.archive.sheets import attendance_paper, consultation_paper, plan_paper, study_paper
from config.home.archive.shelf import Item, Shelf, pdf
from config.home.report.papers import ReportPaper
from evaluations.models import Ballot, BallotStatus
from evaluations.permissions import can_print_result
from evaluations.reports.branch import branch_summary
from evaluations.reports.render_pdf import branch_pdf
from evaluations.reports.render_xlsx import branch_workbook
from meetings.models import Meeting, MeetingStatus, Minutes, MinutesStatus, ReportStatus
from meetings.permissions import can_see_attendance
from meetings.permissions.minutes import can_read_minutes
from meetings.reports.minutes import MinutesSheet
from meetings.reports.notice import MeetingNotice
from meetings.services.reports import current_report
from members.models import Material, OpinionPoint
from members.permissions.materials import can_read_material
from members.permissions.opinions import can_read_originals
from members.permissions.talks import can_read_grid
from members.reports.material_papers import MaterialSheet
from members.reports.opinion_table import CompiledTable
from members.reports.talk_papers import TalkTable
from members.rules.paper import Paper
from members.services.opinions import is_asked
from members.services.studies import sessions_of
from members.services.talk_grid import Grid
from members.workflow.preparing import SETTLED
from rectification.permissions import can_see_ledger
from rectification.reports.ledger import Ledger
from rectification.reports.ledger_files import ledger_pdf, ledger_xlsx
from rectification.services.supervision import has_supervision

SETTLED_PLANS = (PlanStatus.SUBMITTED, PlanStatus.APPROVED, PlanStatus.FILED, PlanStatus.MADE)
# The steps that bring about what stands on a shelf; other shelves every campaign has.
STEPS = {
    "plan": {"plan"},
    "study": {"study"},
    "opinions": {"opinions"},
    "talks": {"talks"},
    "materials": {"material", "lists"},
    "summary": {"ballot", "committee_ballot", "masses_ballot"},
    "report": {"report"},
    "rectification": {"rectification"},
    "publicity": {"material_notice", "pledge", "publicity", "result_notice"},
    "satisfaction": {"satisfaction"},
}
MATERIALS = ("committee_material", "head_material", "official_material", "member_material")
LISTS = "问题清单和整改措施"
SETTLED_REPORTS = (ReportStatus.SUBMITTED, ReportStatus.RECEIVED)


@dataclass(frozen=True)
class Archive:
    """Everything one reader may have of an organisation's campaign, in the order of the bundle."""

    campaign: Campaign
    organization: Organization
    shelves: tuple[Shelf, ...]
    never: tuple[Never, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, reader: User) -> Archive:
        """What there is now, and what the notice asks for and is missing. Nothing is rendered yet."""
        found, known = _Finder(campaign, organization, reader), classes()
        asked = {step.kind for step in steps_for(campaign, organization)}
        unasked = {key for key, steps in STEPS.items() if not steps & asked}
        rules = campaign.rules_for(organization)
        if rules.plan_gate == "consult":  # it is talked over, no plan is written
            unasked.add("plan")
        if not has_supervision(campaign, organization):
            unasked.add("supervision")
        shelves = (found.shelf(_named(filed, rules)) for filed in known.entries)
        return cls(
            campaign,
            organization,
            tuple(shelf for shelf in shelves if shelf.items or shelf.filed.key not in unasked),
            tuple(one for one in known.never if one.step in asked),
        )

    @property
    def files(self) -> int:
        """How many files there will be, without the index."""
        return sum(len(item.makers) for shelf in self.shelves for item in shelf.items)


def _named(filed: Filed, rules: Rules) -> Filed:
    """The kind under the name the notice gives it: where only lists are asked for, they are called so."""
    if filed.key == "materials" and "full" not in {getattr(rules, key) for key in MATERIALS}:
        return replace(filed, title=LISTS)
    return filed


class _Finder:
    """Looks for each kind."""

    def __init__(self, campaign: Campaign, organization: Organization, reader: User) -> None:
        self.campaign, self.organization, self.reader = campaign, organization, reader
        self.left_out = ""

    def shelf(self, filed: Filed) -> Shelf:
        """The shelf of one kind."""
        self.left_out = ""
        items = tuple(getattr(self, f"_{filed.key}")())
        return Shelf(filed, items, self.left_out or ("" if items else "没有"))

    def _plan(self) -> Iterator[Item]:
        plan = current_plan(self.campaign, self.organization)
        if plan is not None and plan.status in SETTLED_PLANS:
            newest = plan.versions.first()
            text = PlanText.of_version(newest) if newest else PlanText.of_plan(plan)
            yield pdf("实施方案", lambda: plan_paper(plan, text))
        noted = current_consultation(self.campaign, self.organization)
        if noted is not None:
            yield pdf("沟通记录", lambda: consultation_paper(noted))

    def _study(self) -> Iterator[Item]:
        sessions = list(sessions_of(self.campaign, self.organization).prefetch_related("parts"))
        if sessions:
            yield pdf("集中学习情况", lambda: study_paper(self.organization, self.campaign, sessions[::-1]))

    def _opinions(self) -> Iterator[Item]:
        if not is_asked(self.campaign, self.organization):
            return
        number = round_of(self.campaign, self.organization)
        points = OpinionPoint.objects.filter(
            campaign=self.campaign, organization=self.organization, round_no=number
        )
        if points.exists() and can_read_originals(self.reader, self.organization):
            table = CompiledTable.of(self.campaign, self.organization)
            yield Item("征求意见汇总表", (("pdf", table.to_pdf), ("xlsx", table.to_xlsx)))

    def _talks(self) -> Iterator[Item]:
        if not can_read_grid(self.reader, self.organization):
            return
        grid = Grid.of(self.campaign, self.organization)
        if grid.done:
            table = TalkTable.of(self.campaign, self.organization, grid)
            yield Item("谈心谈话统计表", (("pdf", table.to_pdf), ("xlsx", table.to_xlsx)))

    def _materials(self) -> Iterator[Item]:
        rows = Material.objects.filter(
            campaign=self.campaign,
            organization=self.organization,
            round_no=round_of(self.campaign, self.organization),
            status__in=SETTLED,
        ).select_related("campaign", "organization", "member", "appointment")
        kept = 0
        for material in sorted(
            rows, key=lambda one: (one.role != "committee", one.role, one.subject, str(one.pk))
        ):
            newest = material.versions.first()
            if newest is None or not can_read_material(self.reader, material):
                kept += 1
                continue
            sheet = MaterialSheet.of(material, Paper.loads(newest.content))
            title = f"{sheet.name or '班子'}{sheet.title}" if sheet.name else sheet.title
            yield Item(title, (("pdf", sheet.to_pdf),))
        if kept:
            self.left_out = f"另有 {kept} 份是纸质的，或者只给本人和支部书记看，没有收入"

    def _meetings(self) -> list[Meeting]:
        held = Meeting.objects.filter(
            campaign=self.campaign,
            organization=self.organization,
            status__in=(MeetingStatus.OPENED, MeetingStatus.CLOSED),
        )
        return list(held.select_related("campaign", "organization", "group").order_by("starts_at", "pk"))

    def _notices(self) -> Iterator[Item]:
        for meeting in self._meetings():
            notice = MeetingNotice.from_meeting(meeting)
            yield Item(f"{_day(meeting)}通知", (("pdf", notice.to_pdf),))

    def _attendance(self) -> Iterator[Item]:
        for meeting in self._meetings():
            paper = attendance_paper(meeting)
            if paper.rows and can_see_attendance(self.reader, meeting):
                yield Item(f"{_day(meeting)}到会名单", (("pdf", paper.to_pdf),))

    def _minutes(self) -> Iterator[Item]:
        drafts = 0
        for meeting in self._meetings():
            minutes = Minutes.objects.filter(meeting=meeting).first()
            if minutes is None or not can_read_minutes(self.reader, meeting):
                continue
            if minutes.status == MinutesStatus.DRAFT:
                drafts += 1
                continue
            sheet = MinutesSheet.of(meeting, minutes)
            mark = "" if minutes.status == MinutesStatus.SIGNED else "（未登记签字）"
            title = f"{_day(meeting)}会议记录{mark}"
            yield Item(title, (("pdf", sheet.to_pdf),))
        if drafts:
            self.left_out = f"另有 {drafts} 次会议的记录还没有定稿，没有收入"

    def _summary(self) -> Iterator[Item]:
        certified = Ballot.objects.filter(
            campaign=self.campaign, organization=self.organization, status=BallotStatus.CERTIFIED
        ).select_related("campaign", "organization", "meeting__campaign", "meeting__organization")
        for ballot in certified.order_by("subject_kind", "round_no", "pk"):
            if not can_print_result(self.reader, ballot):
                self.left_out = "票数少的汇总表只由支部签字保存，没有收入"
                continue
            summary = branch_summary(ballot, for_signing=True)
            title = f"{ballot.get_subject_kind_display()}测评汇总表"
            if ballot.round_no > 1:
                title += f"（第{ballot.round_no}轮）"
            makers = (("pdf", partial(branch_pdf, summary)), ("xlsx", partial(branch_workbook, summary)))
            yield Item(title, makers)

    def _report(self) -> Iterator[Item]:
        report = current_report(self.campaign, self.organization)
        if report is not None and report.status in SETTLED_REPORTS:
            paper = ReportPaper.of(report)
            yield Item(report.title, (("pdf", paper.to_pdf),))

    def _rectification(self) -> Iterator[Item]:
        if not can_see_ledger(self.reader, self.campaign, self.organization):
            return
        ledger = Ledger.of(self.campaign, self.organization, self.reader)
        if ledger.all_rows:
            yield Item(
                ledger.title, (("pdf", partial(ledger_pdf, ledger)), ("xlsx", partial(ledger_xlsx, ledger)))
            )

    def _publicity(self) -> Iterator[Item]:
        return self._after().publicity()

    def _satisfaction(self) -> Iterator[Item]:
        after = self._after()
        yield from after.satisfaction()
        self.left_out = after.left_out

    def _supervision(self) -> Iterator[Item]:
        return self._after().supervision()

    def _after(self) -> After:
        return After(self.campaign, self.organization, self.reader)


def _day(meeting: Meeting) -> str:
    """What tells one meeting from another: its day and kind."""
    group = meeting.group.short_name if meeting.group else ""
    return f"{meeting.day.month}月{meeting.day.day}日{group}{meeting.get_kind_display()}"
