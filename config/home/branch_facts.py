"""What the apps know about one branch in one campaign, read by a constant number of queries."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from branches.models import Campaign, Organization
from branches.rules import Rules
from evaluations.models import Ballot, SubjectKind
from evaluations.progress import BallotProgress, ballot_progress
from meetings.models import Duty, DutyKind
from meetings.progress import MeetingProgress, meetings_by_organization
from members.models import Member, MemberKind, Roster, RosterEntry, RosterStatus


@dataclass(frozen=True)
class Facts:
    """What the apps know about the branch, read by a constant number of queries."""

    full: int
    probationary: int
    is_frozen: bool
    on_roster: int
    expected: int
    meeting: MeetingProgress | None
    duties: Mapping[str, int]
    ballots: Mapping[str, BallotProgress]
    signed: Mapping[str, int]
    rules: Rules

    @classmethod
    def of(
        cls, branch: Organization, campaign: Campaign, since: Mapping[int, datetime.datetime] | None = None
    ) -> Facts:
        """Read them; what was before `since` belongs to an earlier round."""
        just_this = Organization.objects.filter(pk=branch.pk)
        people = Member.objects.active().filter(organization=branch)
        heads = people.aggregate(
            full=Count("pk", filter=Q(kind=MemberKind.FULL)),
            probationary=Count("pk", filter=Q(kind=MemberKind.PROBATIONARY)),
        )
        frozen = Roster.objects.filter(campaign=campaign, organization=branch, status=RosterStatus.FROZEN)
        counted = RosterEntry.objects.filter(roster__in=frozen).aggregate(
            everybody=Count("pk"), expected=Count("pk", filter=Q(is_expected=True))
        )
        meeting = meetings_by_organization(campaign, just_this, since).get(branch.pk)
        duties: dict[str, int] = {}
        if meeting is not None:
            named = Duty.objects.filter(meeting=meeting.meeting).values_list("kind", "member")
            duties = dict(collections.Counter(kind for kind, _member in named))
            duties["inside"] = sum(kind == DutyKind.SCRUTINEER and bool(member) for kind, member in named)
        rules, ballots = campaign.rules_for(branch), {}
        for kind in SubjectKind:
            if kind == SubjectKind.MASSES and not rules.masses_ballot:
                continue
            found = ballot_progress(campaign, just_this, kind, since).get(branch.pk)
            if found is not None:
                ballots[kind.value] = found
        standing = Ballot.objects.filter(pk__in=[b.ballot for b in ballots.values()])
        signed = standing.values_list("subject_kind").annotate(n=Count("signatures__duty", distinct=True))
        return cls(
            full=heads["full"],
            probationary=heads["probationary"],
            is_frozen=frozen.exists(),
            on_roster=counted["everybody"],
            expected=counted["expected"],
            meeting=meeting,
            duties=duties,
            ballots=ballots,
            signed=dict(signed.order_by("subject_kind")),
            rules=rules,
        )
