"""Who may write down study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import Answer, can_manage_branch

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_keep_study(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Write down a session, change it, note make-ups: the organisation's own clerks, or an office above."""
    return can_manage_branch(user, organization)
