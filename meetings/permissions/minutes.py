"""Who may read, write and sign minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import User
from branches.permissions import Answer, Denied, can_see_people, is_user
from meetings.models import Duty, DutyKind, Meeting, MeetingStatus, Minutes
from meetings.permissions.meetings import can_run_meeting, is_recorder

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

HELD = (MeetingStatus.OPENED, MeetingStatus.CLOSED)


def _chairs(user: User | AnonymousUser, meeting: Meeting) -> bool:
    """Whether the meeting named the user 主持人."""
    chairs = Duty.objects.filter(meeting=meeting, kind=DutyKind.CHAIR)
    return is_user(user) and chairs.filter(member__user=user).exists()


def can_read_minutes(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Read the minutes: the committee, offices and supervisors above, chair and recorder of the meeting.

    Criticism stands in them: those who only count or scrutinise at the meeting, and other members, do not read them.
    """
    if can_see_people(user, meeting.organization) or is_recorder(user, meeting) or _chairs(user, meeting):
        return True
    return Denied("会议记录由支部委员会、本次会议的主持人和记录人、上级党组织查看。")


def _keeps(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Whether the user keeps the minutes of this meeting: its recorder, and the branch's clerks."""
    if is_recorder(user, meeting) or can_run_meeting(user, meeting):
        return True
    return Denied("会议记录由本次会议的记录人和支部书记、副书记、组织委员整理。")


def can_draft_minutes(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Have minutes drafted: who keeps them, from the opening of the meeting on."""
    answer = _keeps(user, meeting)
    if answer and meeting.status not in HELD:
        return Denied("宣布开会以后才能整理会议记录；空白的记录纸现在就可以打印。")
    return answer


def can_write_minutes(user: User | AnonymousUser, minutes: Minutes) -> Answer:
    """Write, settle and take up again: who keeps them; signed minutes take no step any more."""
    return _keeps(user, minutes.meeting)


def can_sign_minutes(user: User | AnonymousUser, minutes: Minutes) -> Answer:
    """Note that chair and recorder have signed the paper: the branch's clerks."""
    if can_run_meeting(user, minutes.meeting):
        return True
    return Denied("签字情况由支部书记、副书记或组织委员登记。")
