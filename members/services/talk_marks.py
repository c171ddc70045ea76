"""What is said about talks beside recording them: pairs let off, people marked, partners who are no members."""

from __future__ import annotations

import uuid

from django.db import models, transaction
from django.utils import timezone

from branches.models import Appointment, Campaign, Organization, User, path_and_above
from branches.permissions import COMMITTEE_ROLES, OFFICE_ROLES, can_manage_branch
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.workflow import NotAllowed, insist
from members.models import ConcernKind, Member, Outsider, Standing, TalkConcern, TalkWaiver
from members.permissions.talks import can_mark_concern, can_waive_talk
from members.rules.talk_people import pair
from members.services.talk_grid import settle_talks
from members.services.talk_people import people_of
from members.services.talks import check_open


def waive_pair(
    *, campaign: Campaign, organization: Organization, a: str, b: str, reason: str, by: User
) -> TalkWaiver:
    """Let two people (keys of the grid) off their talk, with the reason; saying it again changes the reason.

    Raises NotAllowed with what to do.
    """
    check_open(campaign, organization, can_waive_talk(by, organization))
    if not reason.strip():
        raise NotAllowed("请写明不要求谈的原因。")
    known = {person.key for person in people_of(campaign, organization)}
    if a == b or not known.issuperset((a, b)):
        raise NotAllowed("请在名单上选两位不同的同志。")
    first, second = pair(a, b)
    with transaction.atomic():
        waiver, _ = TalkWaiver.objects.update_or_create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            first=first,
            second=second,
            defaults={"reason": reason.strip()},
        )
        record(by=by, action="waive_talk", about=waiver, detail={"campaign": campaign.pk})
        settle_talks(campaign=campaign, organization=organization)
    return waiver


def unwaive_pair(*, waiver: TalkWaiver, by: User) -> None:
    """Ask for the talk again; nothing happens when that was done already."""
    campaign, organization = waiver.campaign, waiver.organization
    check_open(campaign, organization, can_waive_talk(by, organization))
    with transaction.atomic():
        for found in TalkWaiver.objects.select_for_update().filter(pk=waiver.pk):
            record(by=by, action="unwaive_talk", about=found, detail={"campaign": campaign.pk})
            found.delete()
        settle_talks(campaign=campaign, organization=organization)


def mark_concern(
    *,
    campaign: Campaign,
    organization: Organization,
    kind: str,
    member: uuid.UUID,
    by: User,
    other: uuid.UUID | None = None,
) -> TalkConcern:
    """Mark a member for talks in this campaign; of two who are estranged `other` is the second.

    The record says that somebody was marked, not who and why. Raises NotAllowed with what to do.
    """
    check_open(campaign, organization, can_mark_concern(by, organization, kind))
    if (kind == ConcernKind.ESTRANGED) != (other is not None):
        raise NotAllowed(
            "请选是和哪一位有分歧。"
            if kind == ConcernKind.ESTRANGED
            else "这种情形只选一位同志，不用选“与谁”。"
        )
    people = {key for key in (member, other) if key is not None}
    roll = Member.objects.filter(organization=organization, standing=Standing.ACTIVE, pk__in=people)
    if member == other or roll.count() != len(people):
        raise NotAllowed("请选本支部名册上的同志；有分歧的要选两位不同的同志。")
    with transaction.atomic():
        concern, is_new = TalkConcern.objects.get_or_create(
            campaign=campaign,
            organization=organization,
            kind=kind,
            member_id=member,
            other_id=other,
            defaults={"by_superior": kind == ConcernKind.PROBLEM_COMMITTEE},
        )
        if is_new:
            record(by=by, action="mark_concern", about=concern, detail={"campaign": campaign.pk})
            settle_talks(campaign=campaign, organization=organization)
    return concern


def unmark_concern(*, concern: TalkConcern, by: User) -> None:
    """Take a mark back; nothing happens when that was done already."""
    campaign, organization = concern.campaign, concern.organization
    check_open(campaign, organization, can_mark_concern(by, organization, concern.kind))
    with transaction.atomic():
        for found in TalkConcern.objects.select_for_update().filter(pk=concern.pk):
            record(by=by, action="unmark_concern", about=found, detail={"campaign": campaign.pk})
            found.delete()
        settle_talks(campaign=campaign, organization=organization)


def add_outsider(*, organization: Organization, name: str, capacity: str, title: str, by: User) -> Outsider:
    """Add a partner of talks who is not on the roll; the same person who had ended is wanted again.

    Raises NotAllowed for others than the clerks and the offices above.
    """
    insist(can_manage_branch(by, organization))
    with transaction.atomic():
        person, is_new = Outsider.objects.get_or_create(
            organization=organization, name=name.strip(), capacity=capacity, title=title.strip()
        )
        if is_new or not person.is_current:
            person.is_current = True
            person.save(update_fields=["is_current"])
            record(by=by, action="add_outsider", about=person)
            _settle_all(organization)
    return person


def end_outsider(*, outsider: Outsider, by: User) -> None:
    """The person is no partner any more; talks held stay."""
    insist(can_manage_branch(by, outsider.organization))
    with transaction.atomic():
        if Outsider.objects.filter(pk=outsider.pk, is_current=True).update(is_current=False):
            record(by=by, action="end_outsider", about=outsider)
            _settle_all(outsider.organization)


def _settle_all(organization: Organization) -> None:
    """The grid has changed in every campaign the organisation works in."""
    for campaign in Campaign.objects.open().covering(organization).select_related("issuer"):
        settle_talks(campaign=campaign, organization=organization)


def waivers_of(campaign: Campaign, organization: Organization) -> models.QuerySet[TalkWaiver]:
    """The pairs let off in the present round."""
    number = round_of(campaign, organization)
    return TalkWaiver.objects.filter(campaign=campaign, organization=organization, round_no=number)


def concerns_of(campaign: Campaign, organization: Organization) -> models.QuerySet[TalkConcern]:
    """Who was marked; the caller shows each only to whom it concerns."""
    rows = TalkConcern.objects.filter(campaign=campaign, organization=organization)
    return rows.select_related("member", "other").order_by("kind", "member__stroke_key", "pk")


def outsiders_of(organization: Organization) -> models.QuerySet[Outsider]:
    """The partners of talks who are not on the roll and are wanted now."""
    return Outsider.objects.filter(organization=organization, is_current=True)


def superiors_of(organization: Organization) -> models.QuerySet[Appointment]:
    """Who may remind: the posts of today in the committees and offices above, the nearest first."""
    posts = Appointment.objects.current(timezone.localdate()).filter(
        organization__path__in=path_and_above(organization.path)[:-1],
        role__in=(*COMMITTEE_ROLES, *OFFICE_ROLES),
    )
    return posts.select_related("organization").order_by("-organization__depth", "role", "pk")
