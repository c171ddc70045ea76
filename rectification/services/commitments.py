"""Members' promises (整改承诺): written by themselves or copied from paper, kept, or taken back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from branches.models import Campaign, CampaignStatus, User
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.services.versions import Stale, locked_row
from branches.workflow import NotAllowed, insist, perform
from members.models import Member, Standing
from members.models.member import MemberQuerySet
from rectification.models import Commitment, CommitmentStatus
from rectification.models.commitment import LONGEST_PLEDGE
from rectification.permissions import can_write_commitment
from rectification.workflow import COMMITMENT

LONGEST_REASON = 200
RELATED = ("campaign__issuer", "organization", "member")


def people_of(user: User) -> MemberQuerySet:
    """The members whose promise the account may come near: those its posts reach, and itself."""
    reached: MemberQuerySet = Member.objects.filter(
        Q(pk__in=Member.objects.visible_to(user).values("pk")) | Q(user=user)
    )
    return reached.select_related("organization", "user")


def standing_commitment(campaign: Campaign, member: Member) -> Commitment | None:
    """The promise of the member in the present round that is not withdrawn."""
    rows = Commitment.objects.standing().filter(
        campaign=campaign,
        organization=member.organization,
        member=member,
        round_no=round_of(campaign, member.organization),
    )
    return rows.select_related(*RELATED).first()


def write(*, campaign: Campaign, member: Member, version: int, text: str, by: User) -> Commitment:
    """Keep what the member promises. Raises Stale, and NotAllowed for others, once it is kept, and for what does not fit."""
    insist(can_write_commitment(by, member))
    organization = member.organization
    if campaign.status == CampaignStatus.DRAFT or not campaign.covers(organization):
        raise NotAllowed("这项活动没有发给本支部，不用写承诺。")
    if member.standing != Standing.ACTIVE:
        raise NotAllowed("这位党员已不在册，不用写承诺。")
    if not text.strip():
        raise NotAllowed("请写下承诺。")
    if len(text.strip()) > LONGEST_PLEDGE:
        raise NotAllowed(f"承诺最多写 {LONGEST_PLEDGE} 个字，请写短一些。")
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=member.pk)  # one promise a member
        found = standing_commitment(campaign, member)
        if found is not None and found.version != version:
            raise Stale(found)
        if found is None:
            found = Commitment(
                campaign=campaign,
                organization=organization,
                round_no=round_of(campaign, organization),
                member=member,
                made_on=timezone.localdate(),
            )
        elif found.status != CommitmentStatus.MADE:
            raise NotAllowed(f"现在是「{found.get_status_display()}」，不能再改。要改的，先“继续履行”。")
        found.text = text.strip()
        found.version += 1
        found.save()
        record(by=by, action="write_pledge", about=found, detail={"version": found.version})
    return found


def fulfil(*, commitment: Commitment, by: User) -> Commitment:
    """Note that it is kept, as of today: no further reports are owed on it."""
    with transaction.atomic():
        locked = _locked(commitment)
        insist(COMMITMENT.step(locked, "fulfil_pledge", by))
        locked.fulfilled_on = timezone.localdate()
        locked.save(update_fields=["fulfilled_on"])
        return perform(COMMITMENT, locked, "fulfil_pledge", by=by)


def resume(*, commitment: Commitment, by: User) -> Commitment:
    """It has to be kept on, after all."""
    return perform(COMMITMENT, commitment, "resume_pledge", by=by)


def withdraw(*, commitment: Commitment, note: str, by: User) -> Commitment:
    """Take it back, with the reason; another may be written."""
    if len(note.strip()) > LONGEST_REASON:
        raise NotAllowed(f"原因最多写 {LONGEST_REASON} 个字，请写短一些。")
    with transaction.atomic():
        locked = perform(COMMITMENT, _locked(commitment), "withdraw_pledge", by=by, note=note)
        locked.reason = note.strip()
        locked.save(update_fields=["reason"])
    return locked


def _locked(commitment: Commitment) -> Commitment:
    """The promise under a lock."""
    return locked_row(commitment, *RELATED)
