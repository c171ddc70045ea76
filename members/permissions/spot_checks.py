"""Who may draw materials for a spot check (随机抽查), see what was drawn, and check one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import OFFICE_ROLES, READER_ROLES, SUPERIOR_KINDS, Answer, Denied, has_role, holds
from members.models import SpotCheckItem
from members.permissions.materials import UNREAD, is_subject

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_draw(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Draw, and read what was drawn: the organisation's own office, in its own name."""
    if organization.kind in SUPERIOR_KINDS and holds(user, OFFICE_ROLES, organization):
        return True
    return Denied("抽查由上级党组织的党建办（活动办）以本组织的名义办理。")


def can_see_draws(user: User | AnonymousUser, organization: Organization) -> Answer:
    """See which materials were drawn and how far the check is: the body itself, those above, supervisors."""
    if has_role(user, READER_ROLES, organization):
        return True
    return Denied("您的任职不含查看抽查情况的权限。")


def can_read_drawn(user: User | AnonymousUser, item: SpotCheckItem) -> Answer:
    """Read the text of a drawn material on the page of the draw, where reading is recorded: the office that drew it.

    What was taken back or returned is the author's again, until it is handed in anew.
    """
    answer = can_draw(user, item.check_of.organization)
    if answer and item.material.status in UNREAD:
        return Denied("这份材料现在由本人修改，重新提交以后再看。")
    return answer


def can_check_item(user: User | AnonymousUser, item: SpotCheckItem) -> Answer:
    """Write down what the check found: the office that drew it, never about one's own material."""
    answer = can_read_drawn(user, item)
    if not answer:
        return answer
    material = item.material
    is_author = material.author_id is not None and material.author_id == user.pk
    if is_subject(user, material) or is_author:
        return Denied("这是您自己（本组织）的材料，请党建办的其他同志来看。")
    if not material.campaign.is_open:
        return Denied("活动已经结束，抽查情况只供查看。")
    return True
