"""What is kept for a time only: contents of talks, who was marked for them, and drafts nobody handed in."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TypeVar

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from branches.models import Campaign, Organization
from branches.rules import Rules
from branches.rules.counting import finish_day
from branches.services.audit import record
from members.models import Material, MaterialStatus, Talk, TalkConcern

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Purged:
    """How much was emptied, or would be."""

    talks: int = 0
    drafts: int = 0
    marks: int = 0

    def __add__(self, other: Purged) -> Purged:
        return Purged(self.talks + other.talks, self.drafts + other.drafts, self.marks + other.marks)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.talks or self.drafts or self.marks)


def last_day(campaign: Campaign, rules: Rules) -> datetime.date:
    """The day the campaign is to be done by; without one the end of its year."""
    closes = rules.window.closes if rules.window else None
    said = rules.finish_by or closes or campaign.finish_by or finish_day(rules, campaign.year)
    return said or datetime.date(campaign.year, 12, 31)


def purge_day(campaign: Campaign, organization: Organization) -> datetime.date:
    """From which day contents of talks are no longer kept for the organisation."""
    rules = campaign.rules_for(organization)
    return last_day(campaign, rules) + datetime.timedelta(days=rules.talk_keep_days)


def purge_kept(*, today: datetime.date | None = None, dry_run: bool = False) -> Purged:
    """Empty what is past its time in every campaign; who talked on which day stays.

    Returns how much; with `dry_run` nothing is changed. Safe to run twice.
    """
    day = today or timezone.localdate()
    held = Q(pk__in=kept_talks().values("campaign")) | Q(pk__in=kept_drafts().values("campaign"))
    held |= Q(pk__in=TalkConcern.objects.values("campaign"))
    found = Purged()
    for campaign in Campaign.objects.filter(held).order_by("pk"):
        found += _purge_campaign(campaign, day, dry_run)
    return found


def kept_talks() -> models.QuerySet[Talk]:
    """Talks with any content."""
    return Talk.objects.exclude(words_sealed="", summary_sealed="")


def kept_drafts() -> models.QuerySet[Material]:
    """Drafts with any content that were never handed in."""
    never = Material.objects.filter(status=MaterialStatus.DRAFT, versions__isnull=True)
    return never.exclude(content_sealed="")


def _purge_campaign(campaign: Campaign, day: datetime.date, dry_run: bool) -> Purged:
    """The same for one campaign, by category of organisation: their rules may differ."""
    talks, drafts = kept_talks().filter(campaign=campaign), kept_drafts().filter(campaign=campaign)
    marks = TalkConcern.objects.filter(campaign=campaign)
    with transaction.atomic():
        found = Purged(
            sum(
                _empty_talks(part, day, dry_run) for part in due_rows(campaign, talks, "talk_keep_days", day)
            ),
            sum(_empty_drafts(part, dry_run) for part in due_rows(campaign, drafts, "draft_keep_days", day)),
            sum(_drop_marks(part, dry_run) for part in due_rows(campaign, marks, "talk_keep_days", day)),
        )
        if found and not dry_run:
            detail = {"talks": found.talks, "drafts": found.drafts, "marks": found.marks}
            record(by=None, action="purge_kept", about=campaign, detail=detail)
    return found


def due_rows(
    campaign: Campaign, rows: models.QuerySet[Row], rule: str, day: datetime.date
) -> list[models.QuerySet[Row]]:
    """The rows past their time, one query set for each category of organisation."""
    categories = rows.order_by().values_list("organization__category", flat=True).distinct()
    return [
        rows.filter(organization__category=category)
        for category in categories
        if _past(campaign, campaign.rule_set().resolved(category), rule, day)
    ]


def _past(campaign: Campaign, rules: Rules, rule: str, day: datetime.date) -> bool:
    """Whether the time the rule gives is over on that day."""
    days: int = getattr(rules, rule)
    return last_day(campaign, rules) + datetime.timedelta(days=days) <= day


def _empty_talks(talks: models.QuerySet[Talk], day: datetime.date, dry_run: bool) -> int:
    """Take the contents out; returns of how many talks."""
    if dry_run:
        return talks.count()
    return talks.update(words_sealed="", summary_sealed="", purged_on=day)


def _empty_drafts(drafts: models.QuerySet[Material], dry_run: bool) -> int:
    """Take the contents out; a page still open is told that the draft has changed. Returns of how many."""
    keys = list(drafts.values_list("pk", flat=True))
    if not dry_run:
        Material.objects.filter(pk__in=keys).update(
            content_sealed="", chars=0, revision=F("revision") + 1, saved_at=timezone.now()
        )
    return len(keys)


def _drop_marks(marks: models.QuerySet[TalkConcern], dry_run: bool) -> int:
    """Forget who was marked for talks; returns how many marks."""
    return marks.count() if dry_run else marks.delete()[0]
