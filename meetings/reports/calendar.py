"""A meeting as an event for calendars (.ics): the same name for ever, so that a new time replaces the old one."""

from __future__ import annotations

import datetime
import uuid

from django.utils import timezone
from icalendar import Calendar, Event

from meetings.models import Meeting, MeetingStatus

NAMESPACE = uuid.UUID("6f0b7a3e-2f0d-5c1e-9b2a-3d2a5d0c8e11")  # of the addresses of events, never changes


def uid_of(what: str) -> str:
    """A name of an event that stays the same however often the calendar is read."""
    return f"{uuid.uuid5(NAMESPACE, what)}@zuzhi-shenghuo"


def meeting_event(meeting: Meeting) -> Event:
    """One meeting: what, when and where, without names. 待定 is tentative, 取消 is cancelled."""
    event = Event()
    event.add("uid", uid_of(f"meeting/{meeting.pk}"))
    word = "（延期，时间待定）" if meeting.is_undecided else ""
    event.add("summary", f"{meeting.get_kind_display()}{word}（{meeting.organization.short_name}）")
    event.add("dtstart", timezone.localtime(meeting.starts_at))
    event.add("location", meeting.place)
    event.add("sequence", meeting.version)
    if meeting.status == MeetingStatus.CANCELLED:
        event.add("status", "CANCELLED")
    else:
        event.add("status", "TENTATIVE" if meeting.is_undecided else "CONFIRMED")
    return event


def new_calendar() -> Calendar:
    """An empty calendar with what every one of ours has."""
    found = Calendar()
    found.add("prodid", "-//zuzhi-shenghuo//calendar//ZH")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    return found


def meeting_file(meeting: Meeting, address: str) -> bytes:
    """The .ics of one meeting; `address` is its page."""
    found, event = new_calendar(), meeting_event(meeting)
    event.add("dtstamp", timezone.now().astimezone(datetime.UTC))
    event.add("url", address)
    if meeting.theme:
        event.add("description", f"主题：{meeting.theme}")
    found.add_component(event)
    found.add_missing_timezones()
    written: bytes = found.to_ical()
    return written
