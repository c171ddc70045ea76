"""Meetings are planned, changed, opened, closed and cancelled; the branch's officers are told."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import COMMITTEE_ROLES, Answer, Denied
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.services.plans import gate_refusal
from branches.workflow import NotAllowed, perform
from meetings.models import Meeting
from meetings.permissions import can_change_meeting, can_plan_meeting
from meetings.workflow import MEETING, below_quorum
from members.services.talk_facts import note_met

TWICE = "本支部这个时间已经安排了党员大会，请核对时间。"


class Stale(Exception):
    """Somebody else saved the same page meanwhile; nothing was written."""


def require_answer(answer: Answer) -> None:
    """Raise NotAllowed with the reason of a refusal."""
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)


def locked_meeting(meeting: Meeting, version: int | None = None) -> Meeting:
    """The meeting's row under a lock; raises Stale when it was saved since `version`.

    Must run inside a transaction.
    """
    row = Meeting.objects.select_for_update(of=("self",)).select_related("organization", "campaign")
    locked = row.get(pk=meeting.pk)
    if version is not None and version != locked.version:
        raise Stale
    return locked


def tell_officers(meeting: Meeting, *, kind: str, title: str, body: str = "") -> None:
    """Write a notice to the branch's committee and clerks who have an account."""
    branch = Organization.objects.filter(pk=meeting.organization_id)
    announce(
        kind=kind,
        about=meeting,
        recipients=holders(branch, COMMITTEE_ROLES),
        title=title,
        body=body,
        url=reverse("meetings:detail", args=[meeting.pk]),
    )


def _when_and_where(meeting: Meeting) -> str:
    """Day, hour and place as one Chinese phrase."""
    start = timezone.localtime(meeting.starts_at)
    return f"{start.month}月{start.day}日 {start:%H:%M}，{meeting.place}"


def plan_meeting(
    *,
    organization: Organization,
    campaign: Campaign,
    starts_at: datetime.datetime,
    place: str,
    by: User,
    theme: str = "",
    notified_on: datetime.date | None = None,
    notice_reason: str = "",
) -> Meeting:
    """Plan a 党员大会 of a branch in a campaign and tell the branch's officers.

    Raises NotAllowed for others than the branch's clerks, for a campaign that is not open or does
    not cover the branch, before a plan that must be approved is, and when the branch already has a
    meeting at this very time.
    """
    require_answer(can_plan_meeting(by, organization))
    if not campaign.covers(organization):
        raise NotAllowed("这项活动不包括本支部。")
    if not campaign.is_open:
        raise NotAllowed("活动还没有发布或者已经结束，不能安排会议。")
    require_answer(gate_refusal(campaign, organization))
    meeting = Meeting(
        organization=organization,
        campaign=campaign,
        starts_at=starts_at,
        place=place,
        theme=theme or campaign.theme,
        notified_on=notified_on,
        notice_reason=notice_reason,
    )
    with transaction.atomic():
        _save_once(meeting, force_insert=True)
        record(by=by, action="plan_meeting", about=meeting)
        tell_officers(
            meeting,
            kind="meeting_planned",
            title=f"已安排党员大会：{_when_and_where(meeting)}",
        )
    return meeting


def change_meeting(*, meeting: Meeting, by: User, version: int | None = None, **fields: Any) -> Meeting:
    """Change time, place, theme or notice of a meeting; the officers hear of a new time or place.

    Raises NotAllowed, or Stale when somebody saved since `version`; then nothing is written.
    """
    with transaction.atomic():
        locked = locked_meeting(meeting, version)
        require_answer(can_change_meeting(by, locked))
        before = (locked.starts_at, locked.place)
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.version += 1
        _save_once(locked, update_fields=[*fields, "version"])
        record(by=by, action="change_meeting", about=locked, detail={"fields": sorted(fields)})
        if before != (locked.starts_at, locked.place):
            tell_officers(
                locked,
                kind=f"meeting_changed_{locked.version}",
                title=f"党员大会改为：{_when_and_where(locked)}",
            )
    return locked


def _save_once(meeting: Meeting, **how: Any) -> None:
    """Save; a second meeting at the same time is refused with a sentence."""
    try:
        with transaction.atomic():
            meeting.save(**how)
    except IntegrityError as error:
        raise NotAllowed(TWICE) from error


def open_meeting(*, meeting: Meeting, by: User, quorum_reason: str = "") -> Meeting:
    """Declare the meeting open; below the quorum only with a reason, which is kept and printed.

    Raises NotAllowed with the first thing that is still missing; then nothing is written.
    """
    with transaction.atomic():
        locked = locked_meeting(meeting)
        short = below_quorum(locked)
        locked.quorum_reason = quorum_reason.strip() if short else ""
        locked.save(update_fields=["quorum_reason"])
        counts = locked.counts()
        detail = {"expected": counts.expected, "present": counts.present, "below_quorum": bool(short)}
        opened = perform(MEETING, locked, "open", by=by, detail=detail)
        day = timezone.localdate(opened.starts_at)
        note_met(campaign=opened.campaign, organization=opened.organization, day=day)
        return opened


def close_meeting(*, meeting: Meeting, by: User) -> Meeting:
    """Declare the meeting closed; attendance and officers are locked from now on."""
    return perform(MEETING, meeting, "close", by=by)


def cancel_meeting(*, meeting: Meeting, by: User, note: str) -> Meeting:
    """Cancel a planned meeting with a reason and tell the officers; another may be planned instead."""
    with transaction.atomic():
        locked = perform(MEETING, meeting, "cancel", by=by, note=note)
        locked.cancel_reason = note.strip()
        locked.save(update_fields=["cancel_reason"])
        tell_officers(
            locked,
            kind="meeting_cancelled",
            title=f"党员大会取消：{_when_and_where(locked)}",
            body=f"原因：{locked.cancel_reason}",
        )
    return locked
