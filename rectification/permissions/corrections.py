"""Who records what a superior does about a branch (批评纠正、组织措施), who answers and who reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Campaign, Organization, User
from branches.permissions import COMMITTEE_ROLES, LEADERS, Answer, Denied, holds, is_above
from rectification.models import Correction
from rectification.permissions.items import is_clerk, reads_above

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_see_corrections(user: User | AnonymousUser, campaign: Campaign, organization: Organization) -> Answer:
    """Read them: the organisation's committee, and those above the rules let read the register."""
    if holds(user, COMMITTEE_ROLES, organization) or is_clerk(user, organization):
        return True
    if reads_above(user, campaign, organization):
        return True
    return Denied("批评纠正情况由支部委员会和上级党组织查看。")


def can_correct(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Record one: an office, or the leader of a body, strictly above; nobody of the organisation itself."""
    if is_above(user, organization) and not holds(user, COMMITTEE_ROLES, organization):
        return True
    return Denied("批评纠正和组织措施由上级党组织登记。")


def can_answer_correction(user: User | AnonymousUser, correction: Correction) -> Answer:
    """Answer it: the organisation's secretary or deputy."""
    if holds(user, LEADERS, correction.organization):
        return True
    return Denied("由本组织书记（副书记）回复。")


def can_close_correction(user: User | AnonymousUser, correction: Correction) -> Answer:
    """Settle it: who may record one."""
    return can_correct(user, correction.organization)
