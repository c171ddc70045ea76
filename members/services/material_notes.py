"""What is noted about a material without reading it: handed in on paper, discussed, consulted on, shown in public."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import Answer, Denied, can_manage_branch
from branches.rules import Rules
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.workflow import NotAllowed, insist, perform
from members.models import Material, MaterialRole
from members.permissions.materials import can_receive_material
from members.services.materials import CLOSED, begin, locked, owed_by
from members.workflow.preparing import MATERIAL, SETTLED

FUTURE = "日期不能晚于今天。请填实际办理的日期。"


def _past(*days: datetime.date | None) -> Answer:
    """Whether all days are over or today."""
    today = timezone.localdate()
    return Denied(FUTURE) if any(day is not None and day > today for day in days) else True


def receive_material(
    *, campaign: Campaign, organization: Organization, key: str, day: datetime.date, by: User
) -> Material:
    """Note that the material owed under `key` was handed in on paper that day; that is all that is asked.

    Raises NotAllowed for others than the clerks and the offices above.
    """
    insist(True if campaign.is_open else Denied(CLOSED))
    insist(_past(day))
    one = owed_by(campaign, organization, key)
    with transaction.atomic():
        material = begin(campaign, organization, one, by)
        moved = perform(MATERIAL, material, "receive", by=by)
        moved.is_on_paper, moved.submitted_on, moved.settled_on = True, day, day
        moved.save(update_fields=["is_on_paper", "submitted_on", "settled_on"])
    return moved


def asks_discussion(material: Material, rules: Rules) -> bool:
    """Whether the committee's material is to be discussed and consulted on (rule `committee_discussion`)."""
    return material.role == MaterialRole.COMMITTEE and rules.committee_discussion


def asks_publicity(rules: Rules) -> bool:
    """Whether materials are to be shown to the masses or pledged in public."""
    return rules.material_public_notice or rules.material_pledge


def note_stages(
    *,
    material: Material,
    by: User,
    drafted_by: str = "",
    discussed_on: datetime.date | None = None,
    consulted_on: datetime.date | None = None,
    consulted_scope: str = "",
    shown_on: datetime.date | None = None,
    shown_where: str = "",
) -> Material:
    """Keep the days of a material's stages; what the rules do not ask for stays as it was.

    Raises NotAllowed for others than the clerks and the offices above, and for days to come.
    """
    with transaction.atomic():
        row = locked(material)
        insist(can_receive_material(by, row))
        insist(True if row.campaign.is_open else Denied(CLOSED))
        insist(_past(discussed_on, consulted_on, shown_on))
        rules = row.campaign.rules_for(row.organization)
        fields: list[str] = []
        if row.role == MaterialRole.COMMITTEE:
            row.drafted_by = drafted_by
            fields.append("drafted_by")
        if asks_discussion(row, rules):
            row.discussed_on, row.consulted_on = discussed_on, consulted_on
            row.consulted_scope = consulted_scope
            fields += ["discussed_on", "consulted_on", "consulted_scope"]
        if asks_publicity(rules):
            row.shown_on, row.shown_where = shown_on, shown_where
            fields += ["shown_on", "shown_where"]
        row.save(update_fields=fields or None)
        record(by=by, action="note_stages", about=row, detail={"fields": fields})
    return row


def note_shown(
    *, campaign: Campaign, organization: Organization, day: datetime.date, where: str, by: User
) -> int:
    """Note for all settled materials of the present round at once that they were shown; returns how many.

    Those noted already stay as they are. Raises NotAllowed where the rules do not ask for it.
    """
    insist(can_manage_branch(by, organization))
    insist(True if campaign.is_open else Denied(CLOSED))
    insist(_past(day))
    if not asks_publicity(campaign.rules_for(organization)):
        raise NotAllowed("这项活动没有要求公示或者公开承诺，不用登记。")
    with transaction.atomic():
        rows = Material.objects.filter(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            status__in=SETTLED,
            shown_on__isnull=True,
        )
        noted = rows.update(shown_on=day, shown_where=where)
        record(by=by, action="note_shown", about=organization, detail={"materials": noted})
    return noted


def mark_shown(*, materials: Iterable[Material], day: datetime.date, where: str, by: User) -> int:
    """Note that these were put up in one notice that day; those noted already stay. Returns how many; NotAllowed."""
    with transaction.atomic():
        noted = 0
        for material in materials:
            row = locked(material)
            insist(can_receive_material(by, row))
            if row.shown_on is None:
                row.shown_on, row.shown_where = day, where
                row.save(update_fields=["shown_on", "shown_where"])
                record(by=by, action="note_stages", about=row, detail={"fields": ["shown_on", "shown_where"]})
                noted += 1
    return noted


def unmark_shown(*, materials: Iterable[Material], day: datetime.date, where: str, by: User) -> int:
    """Take back what `mark_shown` noted, because the notice was withdrawn. Returns how many; NotAllowed."""
    with transaction.atomic():
        undone = 0
        for material in materials:
            row = locked(material)
            insist(can_receive_material(by, row))
            if (row.shown_on, row.shown_where) == (day, where):
                row.shown_on, row.shown_where = None, ""
                row.save(update_fields=["shown_on", "shown_where"])
                record(by=by, action="note_stages", about=row, detail={"fields": ["shown_on", "shown_where"]})
                undone += 1
    return undone
