"""Campaigns drafted from a preset, edited, published with locked rules."""

from __future__ import annotations

import datetime
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, RuleSet, User
from branches.permissions import Answer, can_edit_campaign, can_issue_campaign
from branches.rules import PRESETS, Preset, load_preset, resolve, to_json
from branches.rules.carrying import carried
from branches.services.audit import record
from branches.services.campaigns.telling import concerned
from branches.services.notices import announce
from branches.workflow import CAMPAIGN, NotAllowed, perform

# What a draft's edit may change; issuer and preset stay: another notice is another campaign.
HEADING = ("name", "slug", "year", "document_number", "issued_on", "finish_by", "theme", "text")


def allow(answer: Answer) -> None:
    """Go on when the answer is yes; raises NotAllowed with its reason."""
    if not answer:
        raise NotAllowed(answer.reason)


def locked(campaign: Campaign) -> Campaign:
    """The campaign as it is now, its row locked: two people's changes follow one another."""
    return Campaign.objects.select_for_update().get(pk=campaign.pk)


def preset_in(key: str, year: int) -> Preset:
    """The preset with the fixed days of its notice moved to a campaign of that year; raises KeyError."""
    chosen = load_preset(key)
    later = 0 if chosen.year is None else year - chosen.year
    overlays = {category: carried(part, later) for category, part in chosen.overlays.items()}
    return replace(chosen, values=carried(chosen.values, later), overlays=overlays)


def preset_of(campaign: Campaign) -> Preset | None:
    """The preset the campaign was drafted from, in its year; None when this system no longer has it."""
    return preset_in(campaign.preset, campaign.year) if campaign.preset in PRESETS else None


def draft_campaign(
    *,
    issuer: Organization,
    name: str,
    slug: str,
    year: int,
    preset: str,
    by: User,
    document_number: str = "",
    issued_on: datetime.date | None = None,
    finish_by: datetime.date | None = None,
    theme: str = "",
    text: str = "",
) -> Campaign:
    """Make a draft with version 1 of the rules copied from the preset.

    The fixed days of a notice of another year move with the year: its clause no longer stands for them,
    and the office looks at them before it publishes.
    """
    allow(can_issue_campaign(by, issuer))
    chosen = preset_in(preset, year)
    with transaction.atomic():
        campaign = Campaign.objects.create(
            issuer=issuer,
            name=name,
            slug=slug,
            year=year,
            preset=preset,
            document_number=document_number,
            issued_on=issued_on,
            finish_by=finish_by,
            theme=theme,
            text=text,
        )
        RuleSet.objects.create(
            campaign=campaign,
            values=chosen.values,
            overlays=chosen.overlays,
            clauses={key: asdict(clause) for key, clause in chosen.clauses.items()},
        )
        record(by=by, action="draft", about=campaign, detail={"preset": preset})
    return campaign


def edit_campaign(*, campaign: Campaign, by: User, **fields: Any) -> Campaign:
    """Change heading facts of a draft (see HEADING); a published notice stands as it was issued.

    Returns the campaign. Raises NotAllowed, TypeError for any other field.
    """
    if unknown := set(fields) - set(HEADING):
        raise TypeError(f"not a heading fact: {sorted(unknown)}")
    with transaction.atomic():
        current = locked(campaign)
        allow(can_edit_campaign(by, current))
        for name, value in fields.items():
            setattr(current, name, value)
        current.save(update_fields=list(fields))
        record(by=by, action="edit", about=current, detail={"fields": sorted(fields)})
    return current


def publish(*, campaign: Campaign, by: User) -> Campaign:
    """Publish: lock the rules and tell the clerks of every addressed organisation and the offices between."""
    with transaction.atomic():
        published = perform(CAMPAIGN, campaign, "publish", by=by)
        rule_set = RuleSet.objects.select_for_update().filter(campaign=published).latest("version")
        # Every value is written down, so that a later default of the program cannot change a locked rule.
        rule_set.values = to_json(resolve(rule_set.values, rule_set.overlays))
        rule_set.locked_at = timezone.now()
        rule_set.save(update_fields=["values", "locked_at"])
        announce(
            kind="campaign_published",
            about=published,
            recipients=concerned(published, published.organizations()),
            title=f"新活动：{published.name}",
            body="请打开查看要做什么、什么时候完成。",
            url=reverse("branches:campaign", args=[published.slug]),
        )
    return published
