"""The roster (评议花名册) of a branch: drawn up from the roll by the campaign's rules, frozen, then amended with a reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import can_manage_branch
from branches.rules import Rules
from branches.services.audit import record
from branches.workflow import NotAllowed, perform
from members.models import (
    ExemptReason,
    Member,
    MemberKind,
    Roster,
    RosterAmendment,
    RosterEntry,
    RosterStatus,
)
from members.permissions import can_exempt, can_use_campaign
from members.rules.cells import as_text
from members.rules.roster_parts import Part, part_of
from members.workflow import ROSTER

COLUMNS = (
    "ordinal",
    "name",
    "kind",
    "is_expected",
    "is_voter",
    "is_subject",
    "listed_only",
    "is_leader_exempt",
)


def draft_roster(*, campaign: Campaign, organization: Organization, by: User) -> Roster:
    """Draw up the branch's roster from its roll, or bring a draft up to date; exemptions marked before stay.

    Returns the roster; a frozen one is returned as it is. Raises NotAllowed with the reason.
    """
    for answer in (can_manage_branch(by, organization), can_use_campaign(organization, campaign)):
        if not answer:
            raise NotAllowed(answer.reason)
    with transaction.atomic():
        roster, made = Roster.objects.select_for_update().get_or_create(
            campaign=campaign, organization=organization
        )
        if roster.is_frozen:
            return roster
        _save(roster, proposed_entries(campaign=campaign, organization=organization))
        if made:
            record(by=by, action="draft_roster", about=roster)
    return roster


def freeze_roster(*, campaign: Campaign, organization: Organization, by: User) -> Roster:
    """Bring the branch's roster up to date and freeze it; from then on a change is an amendment with a reason.

    Returns the frozen roster. Raises NotAllowed when it is frozen already, the campaign is not open, nobody is expected, or by may not.
    """
    with transaction.atomic():
        draft = draft_roster(campaign=campaign, organization=organization, by=by)
        frozen = perform(ROSTER, draft, "freeze", by=by, detail={"entries": draft.entries.count()})
        frozen.frozen_on = timezone.localdate()
        frozen.rules_version = campaign.rule_set().version
        frozen.save(update_fields=["frozen_on", "rules_version"])
    return frozen


def _part(member: Member, rules: Rules, today: datetime.date) -> Part:
    return part_of(
        probationary=member.kind == MemberKind.PROBATIONARY,
        suspended=member.suspended_until is not None and member.suspended_until >= today,
        leader=member.is_leader,
        probationary_subject=rules.probationary_subject,
        probationary_votes=rules.probationary_votes,
        suspended_votes=rules.suspended_votes,
        leader_exempt=rules.leader_exempt,
    )


def _give_part(entry: RosterEntry, part: Part) -> None:
    entry.is_expected, entry.is_voter, entry.is_subject = part.is_expected, part.is_voter, part.is_subject
    entry.listed_only, entry.is_leader_exempt = part.listed_only, part.leader_exempt


def proposed_entries(*, campaign: Campaign, organization: Organization) -> list[RosterEntry]:
    """Returns the entries the branch's roster would have if it were drawn up now, in order; nothing is saved.

    Entries of a draft are the same objects brought up to date: exemptions of those still on the roll stay.
    """
    rules, today = campaign.rules_for(organization), timezone.localdate()
    roster = roster_of(campaign=campaign, organization=organization) or Roster(
        campaign=campaign, organization=organization
    )
    before = {entry.member_id: entry for entry in RosterEntry.objects.filter(roster=roster.pk)}
    entries = []
    roll = Member.objects.active().filter(organization=organization).in_order(rules.name_order)
    for ordinal, member in enumerate(roll, start=1):
        entry = before.get(member.pk) or RosterEntry(roster=roster)
        rated = entry.is_subject or not entry.exempt_reason
        entry.roster, entry.member = roster, member
        entry.ordinal, entry.name, entry.kind = ordinal, member.name, member.kind
        _give_part(entry, _part(member, rules, today))
        if entry.exempt_reason:
            _take_out(entry, entry.exempt_reason, entry.exempt_note, rated=rated)
        entries.append(entry)
    return entries


def _save(roster: Roster, entries: list[RosterEntry]) -> None:
    """Make these the entries of the draft."""
    kept = [entry for entry in entries if entry.pk is not None]
    roster.entries.exclude(pk__in=[entry.pk for entry in kept]).delete()
    RosterEntry.objects.bulk_create([entry for entry in entries if entry.pk is None], batch_size=1000)
    RosterEntry.objects.bulk_update(kept, COLUMNS, batch_size=500)


@dataclass(frozen=True, slots=True)
class HeadCounts:
    """How many on a roster are expected (应到), fill in a form, are rated (应评), and are not counted."""

    expected: int
    voters: int
    subjects: int
    exempt: int


def head_counts(entries: Iterable[RosterEntry]) -> HeadCounts:
    """Returns the head-counts of roster entries, saved or proposed."""
    rows = list(entries)
    return HeadCounts(
        expected=sum(entry.is_expected for entry in rows),
        voters=sum(entry.is_voter for entry in rows),
        subjects=sum(entry.is_subject for entry in rows),
        exempt=sum(not entry.is_expected for entry in rows),
    )


def _take_out(entry: RosterEntry, reason: str, note: str, *, rated: bool) -> None:
    entry.is_expected = entry.is_voter = False
    entry.is_subject = entry.is_subject and rated
    entry.exempt_reason, entry.exempt_note = reason, note


def exempt_from_count(
    *, entry: RosterEntry, reason: str, by: User, note: str = "", rated: bool = True, why: str = ""
) -> RosterEntry:
    """Take a member out of 应到 for one of the reasons of ExemptReason; the person then fills in no form.

    rated=False also takes the person off the list of those rated (免评). On a frozen roster this is an amendment and needs why.
    Returns the entry. Raises NotAllowed with the reason.
    """
    if reason not in ExemptReason.values:
        raise NotAllowed("请选择不计应到的情形。")
    label = ExemptReason(reason).label
    with transaction.atomic():
        entry = _locked(entry, by)
        if entry.roster.is_frozen:
            _amend(entry, f"第{entry.ordinal}号不计应到：{label}", why, by)
        _take_out(entry, reason, note.strip()[:200], rated=rated)
        entry.save()
        record(by=by, action="exempt", about=entry.roster, detail={"entry": entry.pk, "reason": reason})
    return entry


def count_again(*, entry: RosterEntry, by: User, why: str = "") -> RosterEntry:
    """Take an exemption back: the member has again the parts the campaign's rules give.

    On a frozen roster, whose rules are those of the day it was frozen, this is an amendment and needs why.
    Returns the entry. Raises NotAllowed with the reason.
    """
    with transaction.atomic():
        entry = _locked(entry, by)
        if entry.roster.is_frozen:
            _amend(entry, f"第{entry.ordinal}号恢复计入应到", why, by)
        _give_part(entry, _part(entry.member, entry.roster.rules(), timezone.localdate()))
        entry.exempt_reason = entry.exempt_note = ""
        entry.save()
        record(by=by, action="count_again", about=entry.roster, detail={"entry": entry.pk})
    return entry


def add_to_roster(*, roster: Roster, member: Member, why: str, by: User) -> RosterEntry:
    """Put a member who joined the branch after freezing onto the roster, at its end: an amendment with a reason.

    Returns the entry. Raises NotAllowed when the person is on it already, or is not on this branch's roll.
    """
    with transaction.atomic():
        roster = Roster.objects.select_for_update().get(pk=roster.pk)
        if roster.entries.filter(member=member).exists():
            raise NotAllowed("这名党员已经在花名册上。")
        if member not in Member.objects.active().filter(organization=roster.organization):
            raise NotAllowed("这名党员不在本支部名册上，请先办理组织关系转接。")
        last = roster.entries.aggregate(last=Max("ordinal"))["last"] or 0
        part = _part(member, roster.rules(), timezone.localdate())
        entry = RosterEntry(
            roster=roster, member=member, ordinal=last + 1, name=member.name, kind=member.kind
        )
        _give_part(entry, part)
        entry.save()
        _amend(entry, f"第{entry.ordinal}号增加", why, by)
    return entry


def missing_from_roster(roster: Roster) -> list[Member]:
    """Returns the members on the branch's roll who are not on its roster, for the page's warning."""
    roll = Member.objects.active().filter(organization=roster.organization)
    return list(roll.exclude(roster_entries__roster=roster).in_order("stroke"))


def _locked(entry: RosterEntry, by: User) -> RosterEntry:
    Roster.objects.select_for_update().get(pk=entry.roster_id)
    locked = (
        RosterEntry.objects.select_for_update(of=("self",))
        .select_related("roster__campaign__issuer", "roster__organization", "member")
        .get(pk=entry.pk)
    )
    answer = can_exempt(by, locked.roster)
    if not answer:
        raise NotAllowed(answer.reason)
    return locked


def _amend(entry: RosterEntry, change: str, why: str, by: User) -> None:
    """Raise the roster's version and keep what changed, by whom and why."""
    roster = perform(ROSTER, entry.roster, "amend", by=by, note=why, detail={"entry": entry.pk})
    roster.version += 1
    roster.save(update_fields=["version"])
    RosterAmendment.objects.create(
        roster=roster,
        version=roster.version,
        made_on=timezone.localdate(),
        made_by=by,
        change=change[:200],
        reason=as_text(why)[:200],
    )
    entry.roster = roster


def roster_of(*, campaign: Campaign, organization: Organization) -> Roster | None:
    """Returns the branch's roster in the campaign, frozen or not, or None."""
    return Roster.objects.filter(campaign=campaign, organization=organization).first()


def is_frozen(*, campaign: Campaign, organization: Organization) -> bool:
    """Returns whether the branch may go on to a ballot: its roster in the campaign is frozen."""
    return Roster.objects.filter(
        campaign=campaign, organization=organization, status=RosterStatus.FROZEN
    ).exists()
