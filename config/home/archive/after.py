"""What follows the meeting, for the archive: what hung, what the masses said, who looked in and what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.utils import timezone

from branches.models import Campaign, Organization, User
from config.home.archive.after_papers import notices_paper, outcome_paper, visits_paper
from config.home.archive.shelf import Item, pdf
from evaluations.models import NoticeStatus, ResultNotice
from evaluations.permissions import can_see_result_notice
from evaluations.reports.result_notice import notice_pdf as result_notice_pdf
from rectification.models import (
    Finding,
    Publication,
    PublicationKind,
    RoundStatus,
    StageSignOff,
    SummaryStatus,
    SupervisionSummary,
    SurveyRound,
    Visit,
)
from rectification.permissions import can_read_supervision, can_see_branch_visits, can_see_publications
from rectification.permissions.satisfaction import can_see_surveys
from rectification.reports.publications import notice_pdf
from rectification.reports.satisfaction_history import History, history_line, history_workbook
from rectification.reports.supervision_summary import summary_docx
from rectification.reports.survey_paper import result_pdf
from rectification.rules.supervision import PROPOSALS

HUNG = (NoticeStatus.POSTED, NoticeStatus.ENDED)


class After:
    """Looks for each kind, for one reader; `left_out` says what is there and not settled."""

    def __init__(self, campaign: Campaign, organization: Organization, reader: User) -> None:
        self.here = {"campaign": campaign, "organization": organization}
        self.organization, self.reader = organization, reader
        self.left_out = ""

    def publicity(self) -> Iterator[Item]:
        """Each notice that hung as it hung, and one table: scope, place, days, what was said to it and answered."""
        results: list[ResultNotice] = []
        hung: list[Publication] = []
        where = {f"sheet__{key}": value for key, value in self.here.items()}
        for notice in ResultNotice.objects.filter(**where, status__in=HUNG).order_by("from_on", "pk"):
            if can_see_result_notice(self.reader, notice.sheet):
                results.append(notice)
        if can_see_publications(self.reader, self.organization):
            hung = list(Publication.objects.hung().filter(**self.here).order_by("from_on", "pk"))
        for notice in results:
            yield Item(str(notice._meta.verbose_name), (("pdf", partial(result_notice_pdf, notice)),))
        for one in hung:
            if one.kind != PublicationKind.RESULTS:  # the table itself hung, and stands above
                yield Item(one.title, (("pdf", partial(notice_pdf, one)),))
        if results or hung:
            yield pdf("公示情况", lambda: notices_paper(self.organization, results, hung))

    def satisfaction(self) -> Iterator[Item]:
        """The sheet of each certified count, what followed it, and all of them in one table."""
        if not can_see_surveys(self.reader, self.organization):
            return
        place = {f"survey__{key}": value for key, value in self.here.items()}
        rounds = SurveyRound.objects.filter(**place).select_related(
            "survey__campaign__issuer", "survey__organization"
        )
        rows = list(rounds.order_by("survey__round_no", "survey__step", "turn", "opened_on", "pk"))
        closed = [one for one in rows if one.status == RoundStatus.CLOSED]
        for one in closed:
            survey = one.survey
            again = f"，第{survey.round_no}轮" if survey.round_no > 1 else ""
            title = f"{survey.label}统计表（{one.get_turn_display()}{again}）"
            yield Item(title, (("pdf", partial(result_pdf, one)),))
        if closed:
            yield pdf("测评结果和后续办理", lambda: outcome_paper(self.organization, rows))
            lines = tuple(history_line(one) for one in closed)
            history = History(self.organization, lines, timezone.localdate())
            yield Item("历次测评情况", (("xlsx", partial(history_workbook, history)),))
        running = sum(not one.is_over for one in rows)
        if running:
            self.left_out = f"另有 {running} 次测评还没有核定，没有收入"

    def supervision(self) -> Iterator[Item]:
        """Visits made with what they said to the organisation and its answers, and stages signed off; a body's summaries.

        Not what was seen, nor by whom, nor proposals: those are of the people above, the archive is the organisation's.
        """
        if can_see_branch_visits(self.reader, self.organization):
            visits = list(
                Visit.objects.visible_to(self.reader).made().filter(**self.here).order_by("day", "pk")
            )
            said = Finding.objects.visible_to(self.reader).standing().filter(visit__in=visits)
            findings = list(said.exclude(kind__in=PROPOSALS).order_by("issued_on", "pk"))
            signed = list(StageSignOff.objects.holding().filter(**self.here).order_by("on", "pk"))
            if visits or signed:
                yield pdf("督查情况", lambda: visits_paper(self.organization, visits, findings, signed))
        if self.organization.is_body and can_read_supervision(self.reader, self.organization):
            done = SupervisionSummary.objects.filter(**self.here, status=SummaryStatus.FINAL)
            for one in done.select_related("organization", "team").order_by("finished_on", "title", "pk"):
                yield Item(one.title, (("docx", partial(summary_docx, one)),))
