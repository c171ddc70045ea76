"""Meetings are planned, changed, opened, closed and cancelled; the officers of branch or body are told."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Kind, Organization, User
from branches.permissions import COMMITTEE_ROLES, Answer, Denied
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.services.plans import gate_refusal
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, perform
from meetings.models import Meeting, MeetingKind, MeetingStatus, Participant
from meetings.permissions import can_change_meeting, can_plan_meeting
from meetings.permissions.readiness import can_move_day
from meetings.rules.readiness import not_yet
from meetings.services.clock import stop_clock
from meetings.services.participants import fill_seats
from meetings.services.readiness import readiness_of
from meetings.workflow import MEETING, below_quorum, obstacles
from meetings.workflow.ordering import may_split, out_of_order
from members.services.talk_facts import note_met

TWICE = "本支部这个时间已经安排了党员大会，请核对时间。"


def require_answer(answer: Answer) -> None:
    """Raise NotAllowed with the reason of a refusal."""
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)


def locked_meeting(meeting: Meeting, version: int | None = None) -> Meeting:
    """The meeting's row under a lock; raises Stale when it was saved since `version`.

    Must run inside a transaction.
    """
    return locked_row(meeting, "organization", "campaign", version=version)


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


def tell_with_guests(meeting: Meeting, *, kind: str, title: str, body: str = "") -> None:
    """Write a notice to the committee, and to invited guests who have an account, whose meeting it is as well."""
    tell_officers(meeting, kind=kind, title=title, body=body)
    guests = Participant.objects.filter(meeting=meeting, user__is_active=True).guests()
    announce(
        kind=kind,
        about=meeting,
        recipients=[guest.user for guest in guests.select_related("user") if guest.user is not None],
        title=f"{meeting.organization.short_name}{title}"[:120],
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
    kind: str = MeetingKind.PLENARY,
    group: Organization | None = None,
    continues: Meeting | None = None,
    **more: Any,
) -> Meeting:
    """Plan a meeting of a branch or body in a campaign and tell its officers; the seats of a committee are filled.

    `continues` is an earlier sitting of the same meeting (分次召开); `more` are theme, is_theme_day, notified_on
    and notice_reason. Raises NotAllowed for others than its clerks, for a kind it does not hold, for a campaign that
    is not open or does not cover it, before a plan that must be approved is, for groups below the size of the rules,
    and when the branch already has a 党员大会 at this very time.
    """
    require_answer(can_plan_meeting(by, organization, kind))
    if not campaign.covers(organization):
        raise NotAllowed("这项活动不包括本支部。" if not organization.is_body else "这项活动不包括本级班子。")
    if not campaign.is_open:
        raise NotAllowed("活动还没有发布或者已经结束，不能安排会议。")
    require_answer(gate_refusal(campaign, organization))
    meeting = Meeting(
        organization=organization,
        campaign=campaign,
        kind=kind,
        group=group,
        continues=_first_sitting(organization, campaign, kind, continues),
        starts_at=starts_at,
        place=place,
        **{**more, "theme": more.get("theme") or campaign.theme},
    )
    _check_group(meeting)
    with transaction.atomic():
        _save_once(meeting, force_insert=True)
        fill_seats(meeting)
        record(by=by, action="plan_meeting", about=meeting)
        tell_officers(
            meeting,
            kind="meeting_planned",
            title=f"已安排{meeting.get_kind_display()}：{_when_and_where(meeting)}",
        )
    return meeting


def _first_sitting(
    organization: Organization, campaign: Campaign, kind: str, continues: Meeting | None
) -> Meeting | None:
    """The first of the sittings a meeting goes on with; raises NotAllowed for one of another kind or organisation."""
    if continues is None:
        return None
    same = (organization.pk, campaign.pk, kind) == (
        continues.organization_id,
        continues.campaign_id,
        continues.kind,
    )
    if not same or continues.status == MeetingStatus.CANCELLED:
        raise NotAllowed("分次召开的，只能接着本组织同一活动、同一种会议，请重新选择。")
    return continues.continues or continues


def _check_group(meeting: Meeting) -> None:
    """A 党小组会 is one of the branch's own groups, and only from the size the rules name; no other meeting has one."""
    if meeting.kind != MeetingKind.GROUP:
        meeting.group = None
        return
    group = meeting.group
    if group is None or group.kind != Kind.GROUP or not group.path.startswith(meeting.organization.path):
        raise NotAllowed("请选择本支部的党小组；还没有划分党小组的，请安排党员大会。")
    require_answer(may_split(meeting.campaign, meeting.organization))


def change_meeting(*, meeting: Meeting, by: User, version: int | None = None, **fields: Any) -> Meeting:
    """Change time, place, theme or notice of a meeting; the officers hear of a new time or place.

    Raises NotAllowed, or Stale when somebody saved since `version`; then nothing is written.
    """
    with transaction.atomic():
        locked = locked_meeting(meeting, version)
        require_answer(can_change_meeting(by, locked))
        before = (locked.starts_at, locked.place)
        moved = fields.get("starts_at", locked.starts_at)
        if timezone.localtime(moved).date() != locked.day:
            require_answer(can_move_day(by, locked))
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.version += 1
        _save_once(locked, update_fields=[*fields, "version"])
        if before[0] != locked.starts_at:
            locked.postponements.undecided().update(to=locked.starts_at)  # what was 待定 has its day
            fill_seats(locked)
        record(by=by, action="change_meeting", about=locked, detail={"fields": sorted(fields)})
        if before != (locked.starts_at, locked.place):
            tell_with_guests(
                locked,
                kind=f"meeting_changed_{locked.version}",
                title=f"{locked.get_kind_display()}改为：{_when_and_where(locked)}",
            )
    return locked


def _save_once(meeting: Meeting, **how: Any) -> None:
    """Save; a second meeting at the same time is refused with a sentence."""
    try:
        with transaction.atomic():
            meeting.save(**how)
    except IntegrityError as error:
        raise NotAllowed(TWICE) from error


def open_meeting(*, meeting: Meeting, by: User, quorum_reason: str = "", unready_reason: str = "") -> Meeting:
    """Declare the meeting open; below the quorum, out of order or not ready only with a reason, which is kept.

    Raises NotAllowed with the first thing that is still missing; then nothing is written.
    """
    with transaction.atomic():
        locked = locked_meeting(meeting)
        fill_seats(locked)
        short = below_quorum(locked)
        locked.quorum_reason = quorum_reason.strip() if short else ""
        missing = not_yet(readiness_of(locked, timezone.localdate()))
        warned = bool(missing) or bool(out_of_order(locked))
        locked.unready_reason = unready_reason.strip() if warned else ""
        locked.save(update_fields=["quorum_reason", "unready_reason"])
        if missing and not locked.unready_reason and not obstacles(locked):
            names = "、".join(line.title for line in missing)
            raise NotAllowed(f"还没有准备好：{names}。确要开会的，请写明原因。")
        counts = locked.counts()
        detail = {
            "expected": counts.expected,
            "present": counts.present,
            "below_quorum": bool(short),
            "not_ready": len(missing),
        }
        opened = perform(MEETING, locked, "open", by=by, detail=detail)
        if opened.is_of_self_examination:
            day = timezone.localdate(opened.starts_at)
            note_met(campaign=opened.campaign, organization=opened.organization, day=day)
        return opened


def close_meeting(*, meeting: Meeting, by: User) -> Meeting:
    """Declare the meeting closed; attendance and officers are locked from now on, the slot that runs is over."""
    with transaction.atomic():
        stop_clock(locked_meeting(meeting), by)
        return perform(MEETING, meeting, "close", by=by)


def cancel_meeting(*, meeting: Meeting, by: User, note: str) -> Meeting:
    """Cancel a planned meeting with a reason and tell the officers; another may be planned instead."""
    with transaction.atomic():
        locked = perform(MEETING, meeting, "cancel", by=by, note=note)
        locked.cancel_reason = note.strip()
        locked.save(update_fields=["cancel_reason"])
        tell_with_guests(
            locked,
            kind="meeting_cancelled",
            title=f"{locked.get_kind_display()}取消：{_when_and_where(locked)}",
            body=f"原因：{locked.cancel_reason}",
        )
    return locked
