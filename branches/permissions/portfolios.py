"""Who may say what a member of a leading body looks after (分管、分工联系)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from branches.models import Appointment, User
from branches.permissions.base import COMMITTEE_ROLES, SUPERIOR_KINDS, Answer, Denied, can_appoint

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def has_portfolio(post: Appointment) -> bool:
    """Whether somebody in this post looks after something: a member of a leading body, today."""
    today = timezone.localdate()
    is_current = post.starts_on <= today and (post.ends_on is None or post.ends_on >= today)
    return is_current and post.role in COMMITTEE_ROLES and post.organization.kind in SUPERIOR_KINDS


def can_assign_portfolio(user: User | AnonymousUser, post: Appointment) -> Answer:
    """Add and remove lines of a post's portfolio: who may give the post."""
    answer = can_appoint(user, post.organization, post.role)
    if not answer:
        return Denied("班子成员的分工由上一级党组织登记；委员的分工也可以由本组织党建办登记。")
    if not has_portfolio(post):
        return Denied("只登记党委、党总支、工委现任班子成员的分工。")
    return True
