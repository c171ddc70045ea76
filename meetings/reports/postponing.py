"""Requests for another day that wait for an answer, for who may give it."""

from __future__ import annotations

from django.db.models import Q

from branches.models import User
from branches.permissions import LEADERS, OFFICE_ROLES, SUPERIOR_KINDS
from meetings.models import MeetingStatus, Postponement

MOST = 20  # more are not named on one page; each was announced as well


def requests_for(user: User) -> tuple[Postponement, ...]:
    """What waits for this person's answer, the oldest first: requests of organisations strictly below; one query."""
    below = Q()
    for post in user.posts():
        leads = post.role in LEADERS and post.organization.kind in SUPERIOR_KINDS
        if leads or post.role in OFFICE_ROLES:
            inside = Q(meeting__organization__path__range=post.organization.subtree_range)
            below |= inside & ~Q(meeting__organization=post.organization_id)
    if not below:
        return ()
    rows = Postponement.objects.waiting().filter(below, meeting__status=MeetingStatus.PLANNED)
    return tuple(rows.select_related("meeting__organization")[:MOST])
