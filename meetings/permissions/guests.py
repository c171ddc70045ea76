"""Who invites guests to a meeting, notes what they said, and sees how many meetings leaders attended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import Answer, Denied, can_see_people, is_superior_office
from branches.permissions.base import SUPERIOR_KINDS
from meetings.models import Meeting, MeetingStatus, Minutes, MinutesStatus
from meetings.permissions.meetings import can_change_meeting, can_run_meeting, is_recorder

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_invite(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Invite guests or take them off: those who may change the meeting."""
    return can_change_meeting(user, meeting)


def can_see_guests(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Read who is invited and what they said: who runs or records the meeting, the committee, those above."""
    runs = can_run_meeting(user, meeting) or is_recorder(user, meeting)
    if runs or can_see_people(user, meeting.organization):
        return True
    return Denied("列席人员由本组织委员会和本次会议的工作人员查看。")


def can_note_guests(user: User | AnonymousUser, meeting: Meeting) -> Answer:
    """Write who of the guests came and what they said: clerks and recorder, until the minutes are signed."""
    if not can_run_meeting(user, meeting) and not is_recorder(user, meeting):
        return Denied("列席情况和点评由书记、副书记、组织委员或本次会议的记录人登记。")
    if meeting.status in (MeetingStatus.PLANNED, MeetingStatus.CANCELLED):
        return Denied("会议开始以后再登记列席情况和点评。")
    if Minutes.objects.filter(meeting=meeting, status=MinutesStatus.SIGNED).exists():
        return Denied("会议记录已经签字，不能再改。")
    return True


def can_see_visits(user: User | AnonymousUser, body: Organization) -> Answer:
    """Read how many branch meetings each leader of a body attended: its office and leaders, and those above."""
    if body.kind not in SUPERIOR_KINDS:
        return Denied("只有党委、党总支、党工委有这一页。")
    if is_superior_office(user, body):
        return True
    return Denied("这一页由本级党建办和书记、副书记查看。")
