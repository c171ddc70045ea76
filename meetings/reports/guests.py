"""Guests of a meeting as its page shows them, and how many branch meetings each leader of a body attended."""

from __future__ import annotations

import collections
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import LEADERS, OFFICE_ROLES, SUPERIOR_KINDS
from branches.rules import Clause, clause_for
from meetings.models import AttendanceStatus, Meeting, MeetingStatus, Participant
from meetings.permissions.guests import can_invite, can_note_guests
from meetings.services.guests import Officer, officers_above
from meetings.services.seats import Seat, seats_of


@dataclass(frozen=True)
class GuestPage:
    """Everything the page of guests shows to one person."""

    guests: tuple[Participant, ...]
    officers: tuple[Officer, ...]
    may_invite: bool
    may_note: bool
    is_asked: str
    comments_asked: bool
    clause: Clause | None

    @classmethod
    def of(cls, meeting: Meeting, user: User) -> GuestPage:
        """The guests in the order they were invited, and who of the officers above is not yet among them."""
        guests = tuple(Participant.objects.filter(meeting=meeting).guests())
        invites = bool(can_invite(user, meeting))
        listed = {guest.key for guest in guests}
        above = officers_above(meeting.organization, timezone.localdate()) if invites else ()
        rules, quoted = meeting.rules(), meeting.campaign.rule_set().quoted()
        return cls(
            guests=guests,
            officers=tuple(one for one in above if one.key not in listed),
            may_invite=invites,
            may_note=bool(can_note_guests(user, meeting)),
            is_asked=rules.superior_attendance,
            comments_asked=rules.superior_comments,
            clause=clause_for("superior_attendance", quoted, meeting.organization.category),
        )


@dataclass(frozen=True)
class Visit:
    """One meeting a leader is invited to or attended."""

    meeting: Meeting
    came: bool


@dataclass(frozen=True)
class Leader:
    """One member of the leading body: the branches whose meetings were attended, and those still to come."""

    seat: Seat
    attended: tuple[Visit, ...]
    coming: tuple[Visit, ...]
    branches: int
    lacking: int

    @property
    def word(self) -> str:
        """How this stands to what is asked, in words."""
        return f"还差 {self.lacking} 个" if self.lacking else "已够"


@dataclass(frozen=True)
class Visits:
    """Leaders of a body in the order of their offices, with how many party branches each attended."""

    leaders: tuple[Leader, ...]
    least: int | None
    most: int | None
    clause: Clause | None

    @classmethod
    def of(cls, campaign: Campaign, body: Organization) -> Visits:
        """Count them: each branch once, however many of its meetings were attended; four queries."""
        rules = campaign.rules_for(body)
        seats = seats_of(body, timezone.localdate())
        rows = (
            Participant.objects.guests()
            .filter(meeting__campaign=campaign, meeting__organization__path__range=body.subtree_range)
            .filter(Q(key__in=[s.key for s in seats]) | Q(user__in=[s.user_id for s in seats if s.user_id]))
            .exclude(meeting__status=MeetingStatus.CANCELLED)
            .exclude(meeting__organization=body)
            .select_related("meeting__organization")
            .order_by("meeting__starts_at", "pk")
        )
        by_user = {seat.user_id: seat.key for seat in seats if seat.user_id is not None}
        found: dict[str, list[Participant]] = collections.defaultdict(list)
        for row in rows:
            found[by_user.get(row.user_id, row.key) if row.user_id is not None else row.key].append(row)
        least = rules.leader_visits_min
        return cls(
            leaders=tuple(_leader(seat, found[seat.key], least or 0) for seat in seats),
            least=least,
            most=rules.leader_visits_max,
            clause=clause_for("leader_visits_min", campaign.rule_set().quoted(), body.category),
        )

    @property
    def asked(self) -> str:
        """What the rules ask for, in words; empty where they ask for nothing."""
        if self.least is None:
            return ""
        if self.most is not None and self.most > self.least:
            return f"每名班子成员参加 {self.least}—{self.most} 个党支部的会"
        return f"每名班子成员至少参加 {self.least} 个党支部的会"


def _leader(seat: Seat, rows: list[Participant], least: int) -> Leader:
    """One leader's count."""
    came = [row for row in rows if row.status == AttendanceStatus.PRESENT]
    planned = (MeetingStatus.PLANNED, MeetingStatus.OPENED)
    coming = [row for row in rows if not row.status and row.meeting.status in planned]
    branches = {row.meeting.organization_id for row in came}
    return Leader(
        seat=seat,
        attended=tuple(Visit(row.meeting, True) for row in came),
        coming=tuple(Visit(row.meeting, False) for row in coming),
        branches=len(branches),
        lacking=max(least - len(branches), 0),
    )


def visit_pages(user: User) -> tuple[tuple[Campaign, Organization], ...]:
    """The open campaigns whose rules say how many branches a leader attends, with the bodies this person answers for."""
    bodies = {
        post.organization_id: post.organization
        for post in user.posts()
        if post.role in (*OFFICE_ROLES, *LEADERS) and post.organization.kind in SUPERIOR_KINDS
    }
    if not bodies:
        return ()
    campaigns = list(Campaign.objects.visible_to(user).open())
    return tuple(
        (campaign, body)
        for campaign in campaigns
        for body in bodies.values()
        if campaign.rules_for(body).leader_visits_min is not None
    )
