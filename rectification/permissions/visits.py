"""Who visits an organisation, writes down a visit, answers and settles what it found, signs a stage off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import (
    CLERK_ROLES,
    COMMITTEE_ROLES,
    OFFICE_ROLES,
    READER_ROLES,
    SUPERIOR_KINDS,
    SUPERVISOR_ROLES,
    Answer,
    Denied,
    can_order_redo,
    can_see_people,
    holds,
    posts_at,
)
from rectification.models import Finding, StageSignOff, Visit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_visit(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Visit an organisation and sign its stages off: supervisors sent to it, offices and leaders of bodies above it.

    Nobody who sits in its own committee does.
    """
    if holds(user, COMMITTEE_ROLES, organization):
        return Denied("您在这个党组织任职，不能由您来督导。")
    for post in posts_at(user, READER_ROLES, organization):
        above = post.organization_id != organization.pk and post.organization.kind in SUPERIOR_KINDS
        if post.role in SUPERVISOR_ROLES or above:
            return True
    return Denied("督导由上级党组织和督导组、指导员进行。")


def can_see_branch_visits(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read the page of visits to an organisation: its committee, offices and supervisors above."""
    return can_see_people(user, organization)


def _works_above(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the person works for an office strictly above."""
    return any(p.organization_id != organization.pk for p in posts_at(user, OFFICE_ROLES, organization))


def can_write_visit(user: User | AnonymousUser, visit: Visit) -> Answer:
    """Write a visit down and move it on: who planned it, the people of its team, the leader of its linked point,
    and offices above.
    """
    answer = can_visit(user, visit.organization)
    if not answer:
        return answer
    if visit.author_id == user.pk or _works_above(user, visit.organization):
        return True
    if visit.point is not None and visit.point.user_id == user.pk:
        return True
    if visit.team is not None and any(one.user_id == user.pk for one in visit.team.members.all()):
        return True
    return Denied("这次督查由安排的同志、同组的同志和上级党建办登记。")


def can_settle_finding(user: User | AnonymousUser, finding: Finding) -> Answer:
    """Settle or withdraw a finding: those who may write its visit."""
    return can_write_visit(user, finding.visit)


def can_answer_finding(user: User | AnonymousUser, finding: Finding) -> Answer:
    """Answer for the organisation: its own secretary, deputy or organiser."""
    if holds(user, CLERK_ROLES, finding.organization):
        return True
    return Denied("由本组织书记、副书记或组织委员答复。")


def can_decide_redo(user: User | AnonymousUser, finding: Finding) -> Answer:
    """Go from a proposal to the order itself: who may order another round."""
    return can_order_redo(user, finding.organization)


def can_revoke_sign_off(user: User | AnonymousUser, sign_off: StageSignOff) -> Answer:
    """Revoke a sign-off: who made it, as long as the person may visit, and offices above."""
    answer = can_visit(user, sign_off.organization)
    if not answer:
        return answer
    if sign_off.author_id == user.pk or _works_above(user, sign_off.organization):
        return True
    return Denied("由把关的同志或上级党建办撤销。")
