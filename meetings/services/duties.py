"""Chair, recorder, scrutineers and tellers are named; those who count get a login."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from branches.models import Appointment, User
from branches.services.accounts import open_account
from branches.services.audit import record
from branches.services.notices import announce
from branches.workflow import NotAllowed
from meetings.models import COUNTING_DUTIES, Duty, DutyKind, Meeting
from meetings.permissions import can_change_meeting, can_open_duty_account
from meetings.rules import repeated
from meetings.services.meetings import locked_meeting, require_answer
from members.models import Member

Person = Member | str  # a member of the branch, or the name of somebody from outside


def name_officers(
    *,
    meeting: Meeting,
    chair: Person | None,
    recorder: Person | None,
    scrutineers: Sequence[Person],
    tellers: Sequence[Person],
    by: User,
    version: int | None = None,
    chair_reason: str = "",
) -> list[Duty]:
    """Name everybody who has a task at the meeting, in place of those named before; returns the duties.

    Nobody may both scrutinise and count, nor be named twice for the same. Whether they are rated
    themselves does not matter. `chair_reason` is kept where somebody else than the secretary chairs. Raises NotAllowed, or Stale when somebody saved since `version`.
    """
    wanted = [
        (kind, person)
        for kind, people in (
            (DutyKind.CHAIR, [chair]),
            (DutyKind.RECORDER, [recorder]),
            (DutyKind.SCRUTINEER, scrutineers),
            (DutyKind.TELLER, tellers),
        )
        for person in people
        if person
    ]
    with transaction.atomic():
        locked = locked_meeting(meeting, version)
        require_answer(can_change_meeting(by, locked))
        _check(locked, wanted)
        named_before = {duty.member_id for duty in Duty.objects.filter(meeting=locked)}
        Duty.objects.filter(meeting=locked).delete()
        duties = Duty.objects.bulk_create(
            Duty(
                meeting=locked,
                kind=kind,
                ordinal=ordinal,
                member=person if isinstance(person, Member) else None,
                holder_name=person.name if isinstance(person, Member) else person.strip(),
            )
            for ordinal, (kind, person) in enumerate(wanted, 1)
        )
        locked.version += 1
        locked.chair_reason = chair_reason.strip() if chair and is_entrusted(locked, chair) else ""
        locked.save(update_fields=["version", "chair_reason"])
        detail = {kind.value: sum(duty.kind == kind for duty in duties) for kind in DutyKind}
        record(by=by, action="name_officers", about=locked, detail=detail)
        _tell(locked, [duty for duty in duties if duty.member_id not in named_before])
    return duties


def is_entrusted(meeting: Meeting, chair: Person) -> bool:
    """Whether somebody chairs whom the secretary entrusts with it (受书记委托): not the holder of the post that chairs.

    Where that post is vacant on the day of the meeting nobody is asked why.
    """
    place = meeting.group if meeting.group is not None else meeting.organization
    posts = Appointment.objects.current(meeting.day).filter(
        organization=place, role__in=meeting.about.chaired_by
    )
    held = [(post.user_id, post.holder_name) for post in posts]
    user, name = (chair.user_id, chair.name) if isinstance(chair, Member) else (None, chair.strip())
    return bool(held) and not any(name == holder or (user and user == key) for key, holder in held)


def _check(meeting: Meeting, wanted: Sequence[tuple[DutyKind, Person]]) -> None:
    """Only people of the branch or of the committee's seats, nobody twice among those who scrutinise and count."""
    seated = set(meeting.participants.seats().values_list("member_id", flat=True))
    for _kind, person in wanted:
        is_ours = isinstance(person, str) or person.organization_id == meeting.organization_id
        if not is_ours and isinstance(person, Member) and person.pk not in seated:
            raise NotAllowed(f"{person.name}不在本支部名册上，请重新选择。")
    counting = {
        str(person.pk) if isinstance(person, Member) else person.strip(): str(person)
        for kind, person in wanted
        if kind in COUNTING_DUTIES
    }
    keys = [
        str(person.pk) if isinstance(person, Member) else person.strip()
        for kind, person in wanted
        if kind in COUNTING_DUTIES
    ]
    twice = repeated(keys)
    if twice:
        names = "、".join(counting[key] for key in twice)
        raise NotAllowed(f"{names}重复了：监票人和计票人须是不同的人，请另选一人。")


def _tell(meeting: Meeting, duties: Sequence[Duty]) -> None:
    """Tell those newly named who have an account, each once with all tasks."""
    people: dict[int, list[str]] = {}
    users: dict[int, User] = {}
    for duty in duties:
        user = duty.member.user if duty.member else None
        if user is not None:
            users[user.pk] = user
            people.setdefault(user.pk, []).append(duty.get_kind_display())
    for pk, labels in people.items():
        announce(
            kind="meeting_duty",
            about=meeting,
            recipients=[users[pk]],
            title=f"请您担任{meeting.get_kind_display()}的{'、'.join(labels)}",
            url=reverse("meetings:detail", args=[meeting.pk]),
        )


def open_duty_account(*, meeting: Meeting, member: Member, by: User) -> tuple[User, str]:
    """Open a login for a scrutineer, teller or recorder of the meeting and tie it to the member.

    Returns the account with its one-time password, which is shown only now. Raises NotAllowed when
    the member has no task at the meeting or already has an account.
    """
    require_answer(can_open_duty_account(by, meeting))
    with transaction.atomic():
        locked = Member.objects.select_for_update().get(pk=member.pk)
        if not Duty.objects.filter(meeting=meeting, member=locked).exists():
            raise NotAllowed(f"{locked.name}不是本次会议的工作人员，请先在会议分工里选定。")
        if locked.user_id is not None:
            raise NotAllowed(f"{locked.name}已经有登录账号；忘记密码的，请在账号页重置密码。")
        user, password = open_account(
            full_name=locked.name,
            username=_free_username(locked),
            organization=meeting.organization,
            by=by,
        )
        locked.user = user
        locked.save(update_fields=["user"])
        record(by=by, action="link_account", about=locked, detail={"user": user.pk})
    return user, password


def _free_username(member: Member) -> str:
    """A short account name nobody has: initials of the name and some digits, easy to read from a slip."""
    stem = "".join(
        letter for letter in member.pinyin_initials.lower() if letter.isascii() and letter.isalpha()
    )
    while True:
        name = f"{stem[:8] or 'dy'}{secrets.randbelow(9000) + 1000}"
        if not User.objects.filter(username=name).exists():
            return name
