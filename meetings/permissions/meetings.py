"""Who may do what with meetings: the branch's clerks run them, the recorder may write attendance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Kind, Organization, User
from branches.permissions import (
    CLERK_ROLES,
    Answer,
    Denied,
    can_open_account,
    can_see_people,
    holds,
    is_user,
)
from meetings.models import Duty, DutyKind, Meeting

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def _on_duty(user: User | AnonymousUser, meeting: Meeting, *kinds: str) -> bool:
    """Whether the meeting named the user for one of these duties."""
    if not is_user(user):
        return False
    return Duty.objects.filter(meeting=meeting, kind__in=kinds, member__user=user).exists()


def is_teller(user: User | AnonymousUser, meeting: Meeting) -> bool:
    """Whether the user is a 计票人 of this meeting."""
    return _on_duty(user, meeting, DutyKind.TELLER)


def is_scrutineer(user: User | AnonymousUser, meeting: Meeting) -> bool:
    """Whether the user is a 监票人 of this meeting."""
    return _on_duty(user, meeting, DutyKind.SCRUTINEER)


def is_recorder(user: User | AnonymousUser, meeting: Meeting) -> bool:
    """Whether the user is the 记录人 of this meeting."""
    return _on_duty(user, meeting, DutyKind.RECORDER)


def can_plan_meeting(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Plan a meeting of a branch: its own secretary, deputy or organiser."""
    if organization.kind != Kind.BRANCH:
        return Denied("党员大会由党支部召开，请到党支部里安排。")
    if holds(user, CLERK_ROLES, organization):
        return True
    return Denied("会议由本支部书记、副书记或组织委员安排，请与支部书记联系。")


def can_plan_somewhere(user: User | AnonymousUser) -> Answer:
    """Plan a meeting of some branch: whoever is clerk of one."""
    posts = user.posts() if is_user(user) else []
    if any(can_plan_meeting(user, post.organization) for post in posts):
        return True
    return Denied("会议由党支部书记、副书记或组织委员安排。")


def can_run_meeting(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Change, open, close or cancel the meeting and name its officers: the branch's own clerks."""
    return can_plan_meeting(user, meeting.organization)


def can_change_meeting(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Change time, place or officers: the clerks, until the meeting is closed or cancelled."""
    answer = can_run_meeting(user, meeting)
    if answer and not meeting.is_open_to_change:
        return Denied(f"会议{meeting.get_status_display()}，不能再改。")
    return answer


def can_record_attendance(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Write who came: the clerks and the recorder, until the meeting is closed or cancelled."""
    if not can_run_meeting(user, meeting) and not is_recorder(user, meeting):
        return Denied("到会情况由支部书记、副书记、组织委员或本次会议的记录人登记。")
    if not meeting.is_open_to_change:
        return Denied(f"会议{meeting.get_status_display()}，到会情况不能再改。")
    return True


def can_see_attendance(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Read who came, by name: readers of the branch's people and those with a duty at the meeting."""
    if can_see_people(user, meeting.organization) or _on_duty(user, meeting, *DutyKind.values):
        return True
    return Denied("到会名单由支部委员会和本次会议的工作人员查看。")


def can_open_duty_account(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Open a login for somebody who counts: the branch's leader, while the meeting is not over."""
    if not meeting.is_open_to_change:
        return Denied(f"会议{meeting.get_status_display()}，不用再开设计票账号。")
    return can_open_account(user, meeting.organization)
