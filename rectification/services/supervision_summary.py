"""The written summary of supervision: begun from a draft, saved, settled, taken up again."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import Answer, Denied
from branches.services.audit import record
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from members.services.spot_checks import is_within
from rectification.models import SummaryStatus, SupervisionSummary, SupervisionTeam
from rectification.permissions.supervision import can_write_summary
from rectification.services.supervision import has_supervision, rules_here
from rectification.workflow import SUMMARY

PARTS = ("overall", "practice", "problems", "suggestions")
RELATED = ("campaign__issuer", "organization", "team")


def wants_summary(campaign: Campaign) -> Answer:
    """Whether the notice wants a written summary; where it wants none, nobody is offered one."""
    asked = any(rules.supervision_summary for rules in rules_here(campaign, None))
    if asked and has_supervision(campaign):
        return True
    return Denied("通知没有要求写督查总结，不用写。")


def begin_summary(
    *,
    campaign: Campaign,
    body: Organization,
    team: SupervisionTeam | None,
    title: str,
    parts: Mapping[str, str],
    by: User,
) -> SupervisionSummary:
    """Begin the summary of a body, or of one of its teams, from a draft; the one there is returned.

    It may be written after the campaign is closed as well. Raises NotAllowed for others and where the
    notice wants none.
    """
    insist(can_write_summary(by, body), wants_summary(campaign))
    if not is_within(campaign, body):
        raise NotAllowed("这次活动没有发给本单位。")
    if team is not None and (team.campaign_id != campaign.pk or team.sender_id != body.pk):
        raise NotAllowed("这个组不是本单位在这次活动里派出的，请重新选择。")
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=body.pk)  # two people begin it at once
        found = SupervisionSummary.objects.filter(campaign=campaign, organization=body, team=team).first()
        if found is not None:
            return found
        texts = {key: parts.get(key, "") for key in PARTS}
        made = SupervisionSummary.objects.create(
            campaign=campaign, organization=body, team=team, title=title, **texts
        )
        record(by=by, action="begin_summary", about=made, detail={"team": team is not None})
    return made


def _locked(summary: SupervisionSummary, version: int) -> SupervisionSummary:
    """The summary under a lock; raises Stale when it was saved since `version`."""
    return locked_row(summary, *RELATED, version=version)


def save_summary(
    *,
    summary: SupervisionSummary,
    version: int,
    title: str,
    parts: Mapping[str, str],
    by: User,
    finish: bool = False,
) -> SupervisionSummary:
    """Keep the text as typed, and with `finish` settle it. Raises Stale, and NotAllowed for others and once it is settled."""
    with transaction.atomic():
        locked = _locked(summary, version)
        insist(can_write_summary(by, locked.organization))
        if locked.status != SummaryStatus.DRAFT:
            raise NotAllowed("总结已经定稿。要改的，先改回草稿。")
        locked.title = " ".join(title.split())
        for key in PARTS:
            setattr(locked, key, parts.get(key, "").replace("\r\n", "\n").strip())
        locked.version += 1
        locked.save(update_fields=["title", *PARTS, "version"])
        record(by=by, action="save_summary", about=locked, detail={"version": locked.version})
        return finish_summary(summary=locked, version=locked.version, by=by) if finish else locked


def finish_summary(*, summary: SupervisionSummary, version: int, by: User) -> SupervisionSummary:
    """Settle what was read at `version`."""
    with transaction.atomic():
        locked = _locked(summary, version)
        insist(SUMMARY.step(locked, "finish_summary", by))
        locked.finished_on, locked.version = timezone.localdate(), locked.version + 1
        locked.save(update_fields=["finished_on", "version"])
        return perform(SUMMARY, locked, "finish_summary", by=by)


def reopen_summary(*, summary: SupervisionSummary, version: int, by: User) -> SupervisionSummary:
    """Take a settled summary up again."""
    with transaction.atomic():
        return perform(SUMMARY, _locked(summary, version), "reopen_summary", by=by)
