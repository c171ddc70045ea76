"""How far each organisation is with its assessment and with telling its members: two queries for any number of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from branches.models import Campaign, Organization
from branches.rules.standing import Fact
from evaluations.models import AssessmentSheet, AssessmentStatus, Feedback, FeedbackStatus, NoticeStatus

STEP, FEEDBACK, NOTICE = "assessment", "feedback", "result_notice"
HUNG = (NoticeStatus.POSTED, NoticeStatus.ENDED)


@dataclass(frozen=True)
class AssessmentProgress:
    """What the assessment of one organisation says of its steps; None: not decided, so nobody is to be told yet."""

    fact: Fact
    feedback: Fact | None = None
    notice: Fact | None = None

    def merge(self, facts: dict[str, Fact]) -> None:
        """Add it to the facts known. A tick by hand holds beside a draft begun here, not against what is decided here."""
        if STEP not in facts or self.fact.done or self.fact.handed_in:
            facts[STEP] = self.fact
        if self.feedback is not None:
            facts[FEEDBACK] = self.feedback
        if self.notice is not None:
            facts[NOTICE] = self.notice


@dataclass(frozen=True)
class _Told:
    """How many are still to be told, how many objections wait, and the last day somebody was told."""

    owed: int = 0
    objected: int = 0
    last: datetime.date | None = None

    @property
    def fact(self) -> Fact:
        """What it says of the step."""
        waiting = ((self.owed, "待反馈"), (self.objected, "的异议待答复"))
        words = "，".join(f"{number} 人{word}" for number, word in waiting if number)
        return Fact(word=words) if words else Fact(done=True, on=self.last, word="都已反馈")


def assessments_by_organization(
    campaign: Campaign, organizations: QuerySet[Organization], rounds: Mapping[int, int]
) -> dict[int, AssessmentProgress]:
    """The assessment of each organisation that has begun one in its present round (`rounds`; absent: the first)."""
    inside = organizations.order_by().values("pk")
    sheets = AssessmentSheet.objects.filter(campaign=campaign, organization__in=inside)
    told = _told(sheets)
    found = {}
    hung = Max("result_notices__posted_on", filter=Q(result_notices__status__in=HUNG))
    for pk, organization, number, status, day, posted in sheets.annotate(hung=hung).values_list(
        "pk", "organization_id", "round_no", "status", "decided_on", "hung"
    ):
        if number != rounds.get(organization, 1):
            continue
        word = AssessmentStatus(status).label
        if status == AssessmentStatus.EFFECTIVE:
            fact = Fact(done=True, on=day, word=word)
            found[organization] = AssessmentProgress(
                fact,
                told.get(pk, _Told()).fact,
                Fact(done=True, on=posted, word="已公示") if posted else None,
            )
        else:
            away = day if status == AssessmentStatus.AWAITING else None
            found[organization] = AssessmentProgress(Fact(handed_in=away, word=word))
    return found


def _told(sheets: QuerySet[AssessmentSheet]) -> dict[object, _Told]:
    """How far the telling is, by sheet."""
    grouped = (
        Feedback.objects.filter(assessment__sheet__in=sheets)
        .values_list("assessment__sheet")
        .annotate(
            owed=Count("pk", filter=Q(status=FeedbackStatus.OWED)),
            objected=Count("pk", filter=Q(status=FeedbackStatus.OBJECTED)),
            last=Max("given_on"),
        )
    )
    return {pk: _Told(owed, objected, last) for pk, owed, objected, last in grouped.order_by()}
