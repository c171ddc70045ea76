"""Guests of a meeting (列席、上级、指导员、群众代表): invited, taken off, noted as come, and what they said."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, Organization, Role, User, path_and_above
from branches.services.audit import record
from branches.services.notices import announce
from branches.workflow import NotAllowed, insist
from meetings.models import GUESTS, AttendanceStatus, Capacity, Meeting, MeetingStatus, Participant
from meetings.permissions.guests import can_invite, can_note_guests
from meetings.services.meetings import locked_meeting
from meetings.services.seats import seats_of
from members.models import Member

SENT = (Role.SUPERVISOR, Role.INSTRUCTOR)
CAME = (AttendanceStatus.PRESENT, AttendanceStatus.ABSENT, "")
TWICE = "这位同志已经在名单上了。"


@dataclass(frozen=True)
class Officer:
    """Somebody from above who can be invited: key as in `members.rules.talk_people`, post with its organisation."""

    key: str
    name: str
    post: str
    capacity: str
    user_id: int | None
    organization_id: int


def officers_above(organization: Organization, day: datetime.date) -> tuple[Officer, ...]:
    """Who of the organisations above can be invited on `day`: the nearest first, leaders before those sent to look in.

    Those sent to look in (督导组、指导员) come last. Who is on the organisation's own roll comes as its member, and is
    not a guest. Two queries for each organisation above, and four more.
    """
    own = set(Member.objects.active().filter(organization=organization).values_list("pk", flat=True))
    paths = sorted(path_and_above(organization.path), key=len, reverse=True)
    places = {place.path: place for place in Organization.objects.filter(path__in=paths)}
    found: dict[str, Officer] = {}
    for path in paths:
        place = places[path]
        if place.pk != organization.pk and place.is_body:
            for seat in seats_of(place, day):
                if seat.member_id in own:
                    continue
                post = f"{place.short_name}{seat.post}"
                one = Officer(seat.key, seat.name, post, Capacity.SUPERIOR, seat.user_id, place.pk)
                found.setdefault(seat.key, one)
    sent = Appointment.objects.current(day).filter(organization__path__in=paths, role__in=SENT)
    for sender in sent.select_related("organization").order_by("organization__path", "pk"):
        words = f"{sender.organization.short_name}{sender.get_role_display()}"
        one = Officer(
            key=f"a{sender.pk}",
            name=sender.holder_name,
            post=words,
            capacity=Capacity.INSTRUCTOR,
            user_id=sender.user_id,
            organization_id=sender.organization_id,
        )
        found.setdefault(one.key, one)
    return tuple(found.values())


def invite_officer(*, meeting: Meeting, key: str, by: User) -> Participant:
    """Invite one of the officers above; who has an account is told. Raises NotAllowed with what to do."""
    found = {one.key: one for one in officers_above(meeting.organization, timezone.localdate())}
    if key not in found:
        raise NotAllowed("没有找到这位同志，任职可能刚有变动，请重新选择。")
    one = found[key]
    guest = Participant(
        key=one.key,
        name=one.name,
        post=one.post,
        capacity=one.capacity,
        user_id=one.user_id,
        organization_id=one.organization_id,
    )
    return _invite(meeting, guest, by)


def invite_guest(*, meeting: Meeting, name: str, post: str, capacity: str, by: User) -> Participant:
    """Invite somebody by name; raises NotAllowed with what to do, also when the same person is on the list."""
    name, post = name.strip(), post.strip()
    if not name:
        raise NotAllowed("请填写姓名。")
    if capacity not in GUESTS:
        raise NotAllowed("请选择以什么身份参加。")
    return _invite(meeting, Participant(name=name, post=post, capacity=capacity), by)


def _invite(meeting: Meeting, guest: Participant, by: User) -> Participant:
    """Put one guest on the list."""
    with transaction.atomic():
        locked = locked_meeting(meeting)
        insist(can_invite(by, locked))
        there = Participant.objects.filter(meeting=locked)
        if not guest.key and there.filter(name=guest.name, post=guest.post).exists():
            raise NotAllowed(TWICE)
        last = there.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0
        guest.meeting, guest.ordinal, guest.invited_on = locked, last + 1, timezone.localdate()
        try:
            with transaction.atomic():
                guest.save()
        except IntegrityError as error:
            raise NotAllowed(TWICE) from error
        record(by=by, action="invite_guest", about=locked, detail={"guest": guest.pk})
        if guest.user is not None and locked.status == MeetingStatus.PLANNED:
            _tell(locked, guest.user, guest.pk)
    return guest


def _tell(meeting: Meeting, user: User, pk: int) -> None:
    """Tell one invited person when and where."""
    start = timezone.localtime(meeting.starts_at)
    when = "时间待定" if meeting.is_undecided else f"{start.month}月{start.day}日 {start:%H:%M}"
    announce(
        kind=f"invited_{pk}",
        about=meeting,
        recipients=[user],
        title=f"{meeting.organization.short_name}邀请您参加{meeting.get_kind_display()}：{when}"[:120],
        body=f"地点：{meeting.place}",
        url=reverse("meetings:detail", args=[meeting.pk]),
    )


def remove_guest(*, meeting: Meeting, guest: Participant, by: User) -> None:
    """Take a guest off the list; nobody whose coming or words are noted. Raises NotAllowed."""
    with transaction.atomic():
        locked = locked_meeting(meeting)
        insist(can_invite(by, locked))
        row = Participant.objects.guests().filter(meeting=locked, pk=guest.pk).first()
        if row is None:
            return
        if row.status or row.comments:
            raise NotAllowed(f"{row.name}的到会情况或点评已经登记，不能从名单上去掉。")
        record(by=by, action="remove_guest", about=locked, detail={"guest": row.pk})
        row.delete()


@dataclass(frozen=True)
class Noted:
    """What is noted of one guest: came or not, and what was said."""

    status: str
    comments: str


class GuestConflict(Exception):
    """Rows somebody else changed meanwhile to something different; nothing was written."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"{len(names)} rows")
        self.names = names


def note_guests(*, meeting: Meeting, noted: Mapping[int, Noted], seen: Mapping[int, Noted], by: User) -> int:
    """Write who of the guests came and what they said (点评); returns how many rows changed.

    `seen` is what the writer's page showed: a row not touched keeps what is saved meanwhile; one that both
    changed differently raises GuestConflict. Raises NotAllowed once the minutes are signed.
    """
    with transaction.atomic():
        locked = locked_meeting(meeting)
        insist(can_note_guests(by, locked))
        changed, crossed = [], []
        for row in Participant.objects.guests().filter(meeting=locked, pk__in=list(noted)):
            mine, now = noted[row.pk], Noted(row.status, row.comments)
            before = seen.get(row.pk, now)
            if mine in (now, before):
                continue
            if now != before:
                crossed.append(row.name)
            if mine.status not in CAME:
                raise NotAllowed("到会情况请选“到会”或“没有来”。")
            changed.append(Participant(pk=row.pk, status=mine.status, comments=mine.comments))
        if crossed:
            raise GuestConflict(tuple(crossed))
        Participant.objects.bulk_update(changed, ["status", "comments"])
        if changed:
            record(by=by, action="note_guests", about=locked, detail={"rows": len(changed)})
    return len(changed)
