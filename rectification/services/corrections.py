"""What a superior records about a branch (批评纠正、组织措施), the branch's answer, and its end."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, CampaignStatus, Organization, User
from branches.permissions import LEADERS, OFFICE_ROLES, posts_at
from branches.rules import Rules
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.services.steps import leaders_of
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from rectification.models import Correction, CorrectionStatus
from rectification.models.correction import LONGEST_TEXT
from rectification.permissions import can_correct
from rectification.workflow import CORRECTION

# Of the rule `superior_powers` those that are recorded here; 责令重新进行、补课、延期 have pages of their own.
POWERS = {"correct": "批评教育、及时纠正", "measures": "采取组织措施"}
RELATED = ("campaign__issuer", "organization", "by_office")


def powers_of(rules: Rules) -> dict[str, str]:
    """The powers the rules give the superior here, with their words."""
    return {key: words for key, words in POWERS.items() if key in rules.superior_powers}


def issue(
    *, campaign: Campaign, organization: Organization, kind: str, on: datetime.date, text: str, by: User
) -> Correction:
    """Record one and tell the branch's leaders. Raises NotAllowed with what to do."""
    insist(can_correct(by, organization))
    if campaign.status == CampaignStatus.DRAFT or not campaign.covers(organization):
        raise NotAllowed("这项活动没有发给这个党组织。")
    if kind not in powers_of(campaign.rules_for(organization)):
        raise NotAllowed("本次活动的规则没有写明这种办法，请从给出的里面选。")
    if on > timezone.localdate():
        raise NotAllowed("日期不能晚于今天，请核对。")
    _kept(text, "请写明情况和要求。")
    offices = [
        post.organization
        for post in posts_at(by, (*OFFICE_ROLES, *LEADERS), organization)
        if post.organization_id != organization.pk
    ]
    with transaction.atomic():
        correction = Correction.objects.create(
            campaign=campaign,
            organization=organization,
            kind=kind,
            on=on,
            text=text.strip(),
            by_office=offices[-1],
            by_name=by.full_name[:40],
        )
        record(by=by, action="issue_correction", about=correction, detail={"kind": kind})
        announce(
            kind="correction",
            about=correction,
            recipients=leaders_of(organization),
            title=f"上级登记了“{POWERS[kind]}”，请回复",
            body="请看情况和要求，写明怎样整改。",
            url=reverse("rectification:corrections", args=[campaign.slug, organization.pk]),
        )
    return correction


def answer(*, correction: Correction, text: str, by: User) -> Correction:
    """The branch answers; the superior that recorded it is told. Raises NotAllowed with what to do."""
    _kept(text, "请写下回复：怎样整改，到什么时候。")
    with transaction.atomic():
        locked = _locked(correction)
        if locked.status == CorrectionStatus.ISSUED:
            locked.answer, locked.answered_on = text.strip(), timezone.localdate()
            insist(CORRECTION.step(locked, "answer_correction", by))
            locked.save(update_fields=["answer", "answered_on"])
        moved = perform(CORRECTION, locked, "answer_correction", by=by)
        place = locked.organization
        above = holders(Organization.objects.filter(pk=locked.by_office_id), (*OFFICE_ROLES, *LEADERS))
        announce(
            kind="correction_answered",
            about=locked,
            recipients=above,
            title=f"{place.short_name}回复了“{POWERS[locked.kind]}”，请看"[:120],
            url=reverse("rectification:corrections", args=[locked.campaign.slug, place.pk]),
        )
        return moved


def close(*, correction: Correction, by: User) -> Correction:
    """The superior settles it, as of today."""
    with transaction.atomic():
        locked = _locked(correction)
        insist(CORRECTION.step(locked, "close_correction", by))
        locked.closed_on = timezone.localdate()
        locked.save(update_fields=["closed_on"])
        return perform(CORRECTION, locked, "close_correction", by=by)


def _kept(text: str, otherwise: str) -> None:
    """Raise NotAllowed for a text that cannot be kept."""
    if not text.strip():
        raise NotAllowed(otherwise)
    if len(text.strip()) > LONGEST_TEXT:
        raise NotAllowed(f"最多写 {LONGEST_TEXT} 个字，请写短一些。")


def _locked(correction: Correction) -> Correction:
    """The record under a lock."""
    return locked_row(correction, *RELATED)
