"""Certified ballots in bulk: rosters, meetings and results of many branches that have finished."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from branches.models import Campaign, Organization
from branches.rules import Rules
from evaluations.models import Ballot, BallotStatus, BallotSubject, SubjectKind, TallyLine
from evaluations.services.results import build_results
from meetings.models import Attendance, AttendanceStatus, Duty, DutyKind, Meeting, MeetingStatus
from members.models import Member, MemberKind, Roster, RosterEntry, RosterStatus

BRANCHES_AT_ONCE = 300
BATCH = 2000
Item = TypeVar("Item")


def batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    walk = iter(items)
    while part := list(islice(walk, size)):
        yield part


def finish(chance: random.Random, campaign: Campaign, organizations: Sequence[Organization]) -> int:
    """Give each organisation a frozen roster, a closed meeting and a certified ballot; returns how many."""
    done = 0
    for part in batches(organizations, BRANCHES_AT_ONCE):
        with transaction.atomic():
            done += _finish_some(chance, campaign, part)
    return done


def _finish_some(chance: random.Random, campaign: Campaign, part: list[Organization]) -> int:
    """Some branches in one transaction; a branch without rated members is left out."""
    rules = {category: campaign.rules_for(o) for o in part for category in (o.category,)}
    people: dict[int, list[Member]] = {}
    members = Member.objects.active().filter(organization__in=part)
    names = members.only("pk", "name", "kind", "organization_id").in_order("stroke")
    for member in names:
        people.setdefault(member.organization_id, []).append(member)
    chosen = [o for o in part if any(m.kind == MemberKind.FULL for m in people.get(o.pk, []))]
    entries = _rosters(campaign, chosen, people, rules)
    ballots: list[Ballot] = []
    subjects: list[BallotSubject] = []
    meetings = _meetings(chance, campaign, chosen, people)
    attendances: list[Attendance] = []
    for organization, meeting in zip(chosen, meetings, strict=True):
        own = entries[organization.pk]
        present = _attend(chance, meeting, own, attendances)
        ballot = _ballot(meeting, rules[organization.category], len(own), present)
        ballots.append(ballot)
        subjects += [
            BallotSubject(
                ballot=ballot,
                ordinal=number,
                name=entry.name,
                entry=entry,
                graded=entry.is_subject,
                note=entry.remark,
            )
            for number, entry in enumerate(own, start=1)
        ]
    Attendance.objects.bulk_create(attendances, batch_size=BATCH)
    BallotSubject.objects.bulk_create(subjects, batch_size=BATCH)
    lines = [_line(chance, s.ballot, s) for s in subjects if s.graded]
    TallyLine.objects.bulk_create(lines, batch_size=BATCH)
    # The rows of a certified ballot cannot be written any more, so the ballots come last.
    Ballot.objects.bulk_create(ballots, batch_size=BATCH)
    return build_results(ballots)


def _rosters(
    campaign: Campaign,
    chosen: list[Organization],
    people: dict[int, list[Member]],
    rules: dict[str, Rules],
) -> dict[int, list[RosterEntry]]:
    """Frozen rosters with their entries, by organisation id."""
    rosters = Roster.objects.bulk_create(
        Roster(
            campaign=campaign,
            organization=o,
            status=RosterStatus.FROZEN,
            frozen_on=timezone.localdate(),
        )
        for o in chosen
    )
    entries: dict[int, list[RosterEntry]] = {}
    for roster, organization in zip(rosters, chosen, strict=True):
        listed = rules[organization.category].probationary_subject == "listed"
        entries[organization.pk] = [
            RosterEntry(
                roster=roster,
                member=member,
                ordinal=number,
                name=member.name,
                kind=member.kind,
                is_subject=member.kind == MemberKind.FULL,
                listed_only=member.kind != MemberKind.FULL and listed,
            )
            for number, member in enumerate(people[organization.pk], start=1)
        ]
    flat = [entry for own in entries.values() for entry in own]
    RosterEntry.objects.bulk_create(flat, batch_size=BATCH)
    return entries


def _meetings(
    chance: random.Random,
    campaign: Campaign,
    chosen: list[Organization],
    people: dict[int, list[Member]],
) -> list[Meeting]:
    """Closed meetings of the last two weeks, with their officers."""
    now = timezone.localtime().replace(hour=19, minute=30, second=0, microsecond=0)
    meetings = Meeting.objects.bulk_create(
        Meeting(
            organization=o,
            campaign=campaign,
            starts_at=now - datetime.timedelta(days=chance.randint(2, 14)),
            place="党群服务中心会议室",
            theme=campaign.theme,
            status=MeetingStatus.CLOSED,
        )
        for o in chosen
    )
    duties = []
    kinds = (DutyKind.CHAIR, DutyKind.RECORDER, DutyKind.SCRUTINEER, DutyKind.TELLER, DutyKind.TELLER)
    for meeting in meetings:
        for number, (kind, who) in enumerate(
            zip(kinds, people[meeting.organization_id], strict=False), start=1
        ):
            duties.append(Duty(meeting=meeting, kind=kind, ordinal=number, member=who, holder_name=who.name))
    Duty.objects.bulk_create(duties, batch_size=BATCH)
    return list(meetings)


def _attend(
    chance: random.Random,
    meeting: Meeting,
    entries: list[RosterEntry],
    attendances: list[Attendance],
) -> int:
    """Add who came; returns 实到."""
    present = 0
    for number, entry in enumerate(entries):
        came = number < 3 or chance.random() < 0.92
        present += came
        status = AttendanceStatus.PRESENT if came else AttendanceStatus.LEAVE
        reason = "" if came else "外出务工"
        attendances.append(Attendance(meeting=meeting, entry=entry, status=status, reason=reason))
    return present


def _ballot(meeting: Meeting, rules: Rules, expected: int, present: int) -> Ballot:
    """A certified ballot whose numbers fit."""
    spare = rules.spare_forms
    return Ballot(
        meeting=meeting,
        campaign_id=meeting.campaign_id,
        organization_id=meeting.organization_id,
        subject_kind=SubjectKind.MEMBERS,
        scale=[{"key": g.key, "label": g.label} for g in rules.ballot_scale],
        percent_base=rules.percent_base,
        min_to_show=rules.min_ballots_to_show_counts,
        status=BallotStatus.CERTIFIED,
        expected=expected,
        present=present,
        printed=present + spare,
        issued=present,
        replaced=0,
        unused=spare,
        returned=present,
        void_papers=1 if present > 12 else 0,
        certified_on=meeting.day,
    )


def _line(chance: random.Random, ballot: Ballot, subject: BallotSubject) -> TallyLine:
    """Votes for one person that sum to the valid papers."""
    valid = ballot.heads.valid or 0
    abstained = chance.randint(0, 1) if valid > 8 else 0
    invalid = chance.randint(0, 1) if valid > 15 else 0
    left = valid - abstained - invalid
    counts = []
    for _ in ballot.scale[:-1]:
        part = chance.randint(left * 3 // 5, left) if left else 0
        counts.append(part)
        left -= part
    return TallyLine(
        ballot=ballot, subject=subject, counts=[*counts, left], abstained=abstained, invalid=invalid
    )
