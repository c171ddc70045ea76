"""Single rules of a draft or of a revision that is being prepared."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from branches.models import Campaign, CampaignStatus, RuleSet, User
from branches.permissions import can_change_rules
from branches.rules import resolve, tidy
from branches.services.audit import record
from branches.services.campaigns.drafting import allow, locked, preset_of
from branches.workflow import NotAllowed

LOCKED = (
    "活动已经发布，规则已锁定，不能直接改。需要修改的，请先在规则页点“修改规则”，改好以后作为新的一版发布。"
)


def pending_of(campaign: Campaign) -> RuleSet | None:
    """The unlocked version: a draft's rules, or the revision being prepared; None when there is none."""
    newest = list(campaign.rule_sets.order_by("-version")[:2])
    prepared = len(newest) > 1 or campaign.status == CampaignStatus.DRAFT
    return newest[0] if newest and newest[0].locked_at is None and prepared else None


def change_rule(
    *,
    campaign: Campaign,
    key: str,
    value: Any,
    by: User,
    category: str = "",
    clause: str = "",
    source: str = "",
) -> RuleSet:
    """Set one key of a draft's rules (or of the pending revision), for all or for one category.

    `value` is plain JSON; `clause` the words of the notice behind it and `source` their place, when the
    issuer quotes them. Raises NotAllowed, or RuleError when the value does not fit the key or contradicts
    another rule.
    """
    with transaction.atomic():
        current = _open_rules(campaign, by)
        written = tidy({key: value})
        _put(current, category, written)
        if clause.strip():
            name = f"{category}.{key}" if category else key
            quoted = {
                "text": clause.strip(),
                "source": source.strip(),
                "value": written[key],
                "own": True,
            }
            current.clauses = {**current.clauses, name: quoted}
        _save(current, "change_rule", by, key, category)
    return current


def reset_rule(*, campaign: Campaign, key: str, by: User, category: str = "") -> RuleSet:
    """Set one key back to what the preset says, with the preset's clause.

    A key the preset leaves open goes back to this system's default, a category's to the general rule.
    Raises NotAllowed; RuleError when another rule contradicts the old value by now.
    """
    with transaction.atomic():
        current = _open_rules(campaign, by)
        preset = preset_of(current.campaign)
        if preset is None:
            raise NotAllowed("原来的预设已经没有了，请直接填写这条规则。")
        part = preset.overlays.get(category, {}) if category else preset.values
        name = f"{category}.{key}" if category else key
        clauses = {k: v for k, v in current.clauses.items() if k != name}
        if key in part:
            _put(current, category, {key: part[key]})
            was = preset.clauses[name]
            clauses[name] = {"text": was.text, "source": was.source, "value": was.value, "own": False}
        else:
            _drop(current, category, key)
        current.clauses = clauses
        _save(current, "reset_rule", by, key, category)
    return current


def drop_overlay(*, campaign: Campaign, key: str, category: str, by: User) -> RuleSet:
    """Let one category follow the general rule again; raises NotAllowed and RuleError like reset_rule."""
    with transaction.atomic():
        current = _open_rules(campaign, by)
        _drop(current, category, key)
        _save(current, "drop_overlay", by, key, category)
    return current


def _open_rules(campaign: Campaign, by: User) -> RuleSet:
    """The version that may be changed now, of a campaign whose row is locked; raises NotAllowed."""
    current = locked(campaign)
    allow(can_change_rules(by, current))
    rule_set = pending_of(current)
    if rule_set is None:
        raise NotAllowed(LOCKED)
    rule_set.campaign = current
    return rule_set


def _put(rule_set: RuleSet, category: str, written: dict[str, Any]) -> None:
    """Write tidy values into the base or into the overlay of a category."""
    if category:
        special = {**rule_set.overlays.get(category, {}), **written}
        rule_set.overlays = {**rule_set.overlays, category: special}
    else:
        rule_set.values = {**rule_set.values, **written}


def _drop(rule_set: RuleSet, category: str, key: str) -> None:
    """Take a key out of the base or out of the overlay of a category."""
    if category:
        special = {k: v for k, v in rule_set.overlays.get(category, {}).items() if k != key}
        others = {name: part for name, part in rule_set.overlays.items() if name != category}
        rule_set.overlays = {**others, category: special} if special else others
    else:
        rule_set.values = {k: v for k, v in rule_set.values.items() if k != key}


def _save(rule_set: RuleSet, action: str, by: User, key: str, category: str) -> None:
    """Check all rules together, save and record; raises RuleError."""
    resolve(rule_set.values, rule_set.overlays)
    rule_set.save(update_fields=["values", "overlays", "clauses"])
    record(by=by, action=action, about=rule_set.campaign, detail={"key": key, "category": category})
