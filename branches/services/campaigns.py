"""Campaigns: drafted from a preset, published with locked rules, run, closed."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, Role, RuleSet, User
from branches.permissions import can_edit_campaign, can_issue_campaign
from branches.rules import load_preset, resolve, tidy, to_json
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.workflow import CAMPAIGN, NotAllowed, perform


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
    """Make a draft with version 1 of the rules copied from the preset."""
    answer = can_issue_campaign(by, issuer)
    if not answer:
        raise NotAllowed(answer.reason)
    chosen = load_preset(preset)
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


def change_rule(*, campaign: Campaign, key: str, value: Any, by: User, category: str = "") -> RuleSet:
    """Set one key of a draft's rules, for all or for one category of organisations.

    `value` is plain JSON. Raises NotAllowed, or RuleError when the value does not fit the key or
    contradicts another rule.
    """
    answer = can_edit_campaign(by, campaign)
    if not answer:
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        current = RuleSet.objects.select_for_update().get(pk=campaign.rule_set().pk)
        if current.locked_at is not None:
            raise NotAllowed("活动已经发布，规则已锁定，不能再改。")
        if category:
            special = {**current.overlays.get(category, {}), **tidy({key: value})}
            current.overlays = {**current.overlays, category: special}
        else:
            current.values = {**current.values, **tidy({key: value})}
        resolve(current.values, current.overlays)
        current.save(update_fields=["values", "overlays"])
        record(by=by, action="change_rule", about=campaign, detail={"key": key, "category": category})
    return current


def publish(*, campaign: Campaign, by: User) -> Campaign:
    """Publish: lock the rules and tell every branch secretary below the issuer."""
    with transaction.atomic():
        published = perform(CAMPAIGN, campaign, "publish", by=by)
        rule_set = RuleSet.objects.select_for_update().filter(campaign=published).latest("version")
        # Every value is written down, so that a later default of the program cannot change a locked rule.
        rule_set.values = to_json(resolve(rule_set.values, rule_set.overlays))
        rule_set.locked_at = timezone.now()
        rule_set.save(update_fields=["values", "locked_at"])
        below = Organization.objects.in_subtree(published.issuer).branches()
        announce(
            kind="campaign_published",
            about=published,
            recipients=holders(below, (Role.SECRETARY, Role.DEPUTY, Role.ORGANIZER)),
            title=f"新活动：{published.name}",
            body="请打开查看要做什么、什么时候完成。",
            url=reverse("branches:campaign", args=[published.slug]),
        )
    return published
