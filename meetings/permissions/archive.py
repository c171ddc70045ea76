"""Who may have the archive of a campaign put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import Answer, Denied, can_manage_branch

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_make_archive(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Have the archive put together: the organisation's own secretary, deputy or organiser, or an office above.

    What of it goes in is asked again for each document: nobody gets by it what could not be read otherwise.
    """
    if can_manage_branch(user, organization):
        return True
    return Denied("档案由本支部书记、副书记、组织委员或上级党建办整理。")
