"""Published rules are revised as a new version: prepared, compared, published with a notice to all."""

from __future__ import annotations

import datetime
import hashlib
import json

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, RuleSet, User
from branches.permissions import can_revise_rules
from branches.rules import RuleError, Rules, resolve, to_json
from branches.rules.differing import Change, differences
from branches.services.audit import record
from branches.services.campaigns.drafting import allow, locked
from branches.services.campaigns.ruling import pending_of
from branches.services.campaigns.telling import concerned
from branches.services.notices import announce
from branches.workflow import NotAllowed

LONGEST_REASON = RuleSet._meta.get_field("reason").max_length or 0
NOTHING_PENDING = "没有正在准备的修改，可能已经由其他同志发布或者放弃。请刷新页面查看。"
NAMED = 5  # so many changed rules are named in the notice


def diff(old: RuleSet, new: RuleSet) -> tuple[Change, ...]:
    """Return what holds differently in the new version, in the order of the rules page."""
    return differences((old.values, old.overlays), (new.values, new.overlays), new.quoted())


def fingerprint(rule_set: RuleSet) -> str:
    """A short mark of what a version says, to notice a colleague's change since a page was shown."""
    said = json.dumps(
        [rule_set.version, rule_set.values, rule_set.overlays, rule_set.clauses], sort_keys=True
    )
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def versions_of(campaign: Campaign) -> list[RuleSet]:
    """The locked versions, newest first."""
    return list(campaign.rule_sets.filter(locked_at__isnull=False).order_by("-version"))


def start_revision(*, campaign: Campaign, by: User) -> RuleSet:
    """Prepare a new version of published rules: an unlocked copy; at most one at a time.

    The version in force holds until the new one is published. Raises NotAllowed.
    """
    with transaction.atomic():
        current = locked(campaign)
        allow(can_revise_rules(by, current))
        if pending_of(current) is not None:
            raise NotAllowed("已经有一份正在准备的修改，请接着改，或者先放弃它。")
        base = current.rule_set()
        started = RuleSet.objects.create(
            campaign=current,
            version=base.version + 1,
            values=base.values,
            overlays=base.overlays,
            clauses=base.clauses,
        )
        record(by=by, action="start_revision", about=current, detail={"version": started.version})
    return started


def discard_revision(*, campaign: Campaign, by: User) -> None:
    """Give up the version being prepared; what is in force stays. Raises NotAllowed."""
    with transaction.atomic():
        current = locked(campaign)
        pending = _pending(current, by)
        version = pending.version
        pending.delete()
        record(by=by, action="discard_revision", about=current, detail={"version": version})


def publish_revision(*, campaign: Campaign, reason: str, by: User, seen: str = "") -> RuleSet:
    """Put the prepared version in force and tell all concerned; ballots and rosters begun stay as they are.

    `seen` is the fingerprint of what the person was shown; empty asks for no such check. When the last
    day of the rules moves, the campaign's own date moves with it. Raises NotAllowed without a reason,
    without a difference, or when a colleague changed something meanwhile.
    """
    reason = reason.strip()
    with transaction.atomic():
        current = locked(campaign)
        pending = _pending(current, by)
        _check_reason(reason)
        if seen and seen != fingerprint(pending):
            raise NotAllowed("刚才有同志又改了规则，请重新核对下面的对照，再发布。")
        before = versions_of(current)[0]
        changes = _changes(before, pending)
        rules = resolve(pending.values, pending.overlays)
        pending.values, pending.locked_at, pending.reason = to_json(rules), timezone.now(), reason
        pending.save(update_fields=["values", "locked_at", "reason"])
        _move_finish(current, last_day(resolve(before.values, before.overlays)), last_day(rules))
        announce(
            kind="rules_revised",
            about=pending,
            recipients=concerned(current, current.organizations()),
            title=f"规则有修改：{current.name}",
            body=f"修改原因：{reason}\n{_named(changes)}",
            url=reverse("branches:rule_version", args=[current.slug, pending.version]),
        )
        detail = {"version": pending.version, "keys": sorted({change.key for change in changes})}
        record(by=by, action="publish_revision", about=current, detail=detail)
    return pending


def last_day(rules: Rules) -> datetime.date | None:
    """The last day the rules name; None when they name none."""
    return rules.finish_by or (rules.window.closes if rules.window else None)


def _pending(campaign: Campaign, by: User) -> RuleSet:
    """The version being prepared; raises NotAllowed."""
    allow(can_revise_rules(by, campaign))
    pending = pending_of(campaign)
    if pending is None:
        raise NotAllowed(NOTHING_PENDING)
    return pending


def _check_reason(reason: str) -> None:
    """Everybody concerned reads why."""
    if not reason:
        raise NotAllowed("请写明修改原因，所有相关党组织都会看到。")
    if len(reason) > LONGEST_REASON:
        raise NotAllowed(f"修改原因有 {len(reason)} 个字，请缩短到 {LONGEST_REASON} 个字以内。")


def _changes(before: RuleSet, pending: RuleSet) -> tuple[Change, ...]:
    """What would change; raises NotAllowed when nothing does or the rules cannot be used."""
    try:
        changes = diff(before, pending)
    except RuleError as error:
        raise NotAllowed(str(error)) from error
    if not changes:
        raise NotAllowed("还没有改动，不用发布。不改了的，请点“放弃修改”。")
    return changes


def _move_finish(campaign: Campaign, before: datetime.date | None, after: datetime.date | None) -> None:
    """The date on the campaign follows the rules' last day when a revision moves it."""
    if after is not None and after != before:
        campaign.finish_by = after
        campaign.save(update_fields=["finish_by"])


def _named(changes: tuple[Change, ...]) -> str:
    """The first changed rules by name, for the notice."""
    labels = list(dict.fromkeys(change.label for change in changes))
    more = f"等 {len(labels)} 条" if len(labels) > NAMED else ""
    return f"改了：{'、'.join(labels[:NAMED])}{more}。请打开查看前后对照。"
