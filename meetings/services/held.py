"""Days of ordinary meetings are noted and taken off again: paper is kept by the branch, here stands the day only."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from branches.models import Kind, Organization, User
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from meetings.models import HeldNote, MeetingKind
from meetings.permissions.yearly import can_note_held, can_remove_held
from meetings.rules.yearly import EACH_GROUP, delivered
from meetings.services.seats import seats_of

IN_USE = "这次会议已经用来登记通报或报告，不能删去。请先在“通报和报告”里取消登记。"
EARLIEST = 5  # years back; an earlier day is a slip of the finger


def kinds_noted(organization: Organization) -> tuple[str, ...]:
    """The kinds of meeting whose day may be noted for an organisation."""
    if organization.kind == Kind.GROUP:
        return tuple(check.noted for check in delivered().checks if check.who == EACH_GROUP)
    asked = delivered().asked_of(
        is_body=organization.is_body, has_committee=organization.has_committee, has_groups=False
    )
    return tuple(check.noted for check in asked)


def note_held(
    *, organization: Organization, kind: str, on: datetime.date, by: User, person: int | None = None
) -> HeldNote:
    """Note that a meeting was held that day; of a `person` (key of the account): that this leader took part in one.

    The same day noted twice is one note. Raises NotAllowed with what to do.
    """
    insist(can_note_held(by, organization))
    allowed = kinds_noted(organization) if person is None else _kinds_of_leaders(organization)
    if kind not in allowed:
        raise NotAllowed("本组织不用登记这种会议，请重新选择。")
    today = timezone.localdate()
    if on > today:
        raise NotAllowed("会议日期不能晚于今天。请填实际开会的日期。")
    if on.year < today.year - EARLIEST:
        raise NotAllowed(f"{on.year}年太早了，请核对年份。")
    if person is not None and person not in {seat.user_id for seat in seats_of(organization, on)}:
        raise NotAllowed("这位同志那天不在班子里，请核对日期。")
    with transaction.atomic():
        note, is_new = HeldNote.objects.get_or_create(
            organization=organization, kind=kind, held_on=on, person_id=person, defaults={"by": by}
        )
        if is_new:
            detail = {"kind": str(MeetingKind(kind)), "day": on.isoformat()}
            record(by=by, action="note_held", about=note, detail=detail)
    return note


def _kinds_of_leaders(organization: Organization) -> tuple[str, ...]:
    """What is noted of a leader: only bodies have leaders."""
    return tuple(one.noted for one in delivered().double) if organization.is_body else ()


def remove_held(*, note: HeldNote, by: User) -> None:
    """Take a day off the record again; nothing happens when somebody else did so before.

    Raises NotAllowed while another paper refers to the day.
    """
    insist(can_remove_held(by, note))
    with transaction.atomic():
        locked = HeldNote.objects.select_for_update(of=("self",)).filter(pk=note.pk).first()
        if locked is not None:
            detail = {"kind": locked.kind, "day": locked.held_on.isoformat()}
            record(by=by, action="remove_held", about=locked, detail=detail)
            try:
                locked.delete()
            except ProtectedError as error:
                raise NotAllowed(IN_USE) from error
