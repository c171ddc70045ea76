"""Who writes members' promises, who notes at which meeting was reported, and who reads both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import LEADERS, Answer, Denied, holds, is_user
from members.models import Member
from rectification.models import Commitment, GivenReport
from rectification.permissions.items import can_see_member_rows, is_clerk

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def is_own_pledge(user: User | AnonymousUser, member: Member) -> bool:
    """Whether the member is the user."""
    return is_user(user) and member.user_id == user.pk


def can_read_commitment(user: User | AnonymousUser, commitment: Commitment) -> Answer:
    """Read the promise of one member: that member and the branch's clerks; superiors see numbers."""
    if is_own_pledge(user, commitment.member):
        return True
    return can_see_member_rows(user, commitment.organization)


def can_write_commitment(user: User | AnonymousUser, member: Member) -> Answer:
    """Write it: the member, or a clerk who copies it from paper."""
    if is_own_pledge(user, member) or is_clerk(user, member.organization):
        return True
    return Denied("整改承诺由本人填写，或者由书记、副书记、组织委员代为登记。")


def can_settle_commitment(user: User | AnonymousUser, commitment: Commitment) -> Answer:
    """Note that it is kept, or take it back: the branch's secretary, deputy or organiser."""
    if is_clerk(user, commitment.organization):
        return True
    return Denied("承诺的兑现和撤销由书记、副书记或组织委员登记。")


def can_note_report(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Note that a report was given at a meeting: the organisation's clerks."""
    if is_clerk(user, organization):
        return True
    return Denied("会上的通报和报告由书记、副书记或组织委员登记。")


def can_remove_report(user: User | AnonymousUser, report: GivenReport) -> Answer:
    """Take it back: the secretary or deputy, and a body's own office."""
    if holds(user, LEADERS, report.organization) or (
        report.organization.is_body and is_clerk(user, report.organization)
    ):
        return True
    return Denied("取消登记由书记（副书记）办理。")
