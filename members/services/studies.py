"""Study before the meeting (集中学习): sessions, who took part, and material brought to those who could not come."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable
from typing import Any, TypedDict, cast

from django.db import transaction
from django.db.models import QuerySet

from branches.models import Campaign, Kind, Organization, StepMark, User
from branches.rules.steps import Step
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.services.steps import check_work, steps_for
from branches.workflow import NotAllowed
from members.models import Member, Part, StudyPart, StudySession
from members.permissions.studies import can_keep_study

CAME = (Part.PRESENT, Part.MADE_UP)
GONE = "这次学习的登记已经删除，请刷新页面查看。"


class Answers(TypedDict):
    """What is written down of a session."""

    held_on: datetime.date
    form: str
    topics: list[str]
    place: str


def study_step(campaign: Campaign, organization: Organization) -> Step | None:
    """The step of study as it is asked of the organisation; None where it is not. Groups study with their branch."""
    if organization.kind == Kind.GROUP:
        return None
    return next((step for step in steps_for(campaign, organization) if step.kind == "study"), None)


def sessions_of(campaign: Campaign, organization: Organization) -> QuerySet[StudySession]:
    """The sessions of the organisation's present round, the latest first."""
    number = round_of(campaign, organization)
    found = StudySession.objects.filter(campaign=campaign, organization=organization, round_no=number)
    return found.order_by("-held_on", "pk")


def has_studied(campaign: Campaign, organization: Organization) -> bool:
    """Whether study is on record in the present round: a session, or its step ticked by hand."""
    if sessions_of(campaign, organization).exists():
        return True
    marks = StepMark.objects.filter(
        campaign=campaign, organization=organization, round_no=round_of(campaign, organization)
    )
    return any(step.partition("-")[0] == "study" for step in marks.values_list("step", flat=True))


def study_roll(campaign: Campaign, organization: Organization) -> list[Member]:
    """The members on the organisation's roll today, by group, in the order its lists have."""
    order = campaign.rules_for(organization).name_order
    roll = Member.objects.active().filter(organization=organization).in_order(order).select_related("group")
    return sorted(roll, key=lambda member: member.group.path if member.group else "")


def _may(campaign: Campaign, organization: Organization, day: datetime.date, by: User) -> None:
    """Raise NotAllowed unless a session of this day may be written down."""
    step = study_step(campaign, organization)
    if step is None:
        raise NotAllowed("这项活动对本组织没有集中学习的要求，不用登记。")
    check_work(campaign, organization, step.key, can_keep_study(by, organization), day)


def record_study(
    *, campaign: Campaign, organization: Organization, absent: Collection[uuid.UUID], by: User, **said: Any
) -> StudySession:
    """Write down a session: everybody on the roll took part but those named; `said` are `Answers`.

    Raises NotAllowed with what to do.
    """
    _may(campaign, organization, said["held_on"], by)
    with transaction.atomic():
        session = StudySession.objects.create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            **cast("Answers", said),
        )
        roll = study_roll(campaign, organization)
        parts = [
            StudyPart(session=session, member=m, part=Part.ABSENT if m.pk in absent else Part.PRESENT)
            for m in roll
        ]
        StudyPart.objects.bulk_create(parts)
        came = sum(part.part == Part.PRESENT for part in parts)
        record(by=by, action="record_study", about=session, detail={"present": came, "expected": len(parts)})
    return session


def change_study(
    *, session: StudySession, present: Collection[uuid.UUID], by: User, **said: Any
) -> StudySession:
    """Change a session; `present` are those who took part. Who is not ticked and was not listed stays off it.

    A make-up stays, unless the person took part after all. Raises NotAllowed with what to do.
    """
    with transaction.atomic():
        locked = _locked(session)
        _may(locked.campaign, locked.organization, said["held_on"], by)
        for name, value in cast("Answers", said).items():
            setattr(locked, name, value)
        locked.save()
        parts = {part.member_id: part for part in locked.parts.all()}
        for key, part in parts.items():
            if key in present and part.part != Part.PRESENT:
                _mark(part, Part.PRESENT, None)
            elif key not in present and part.part == Part.PRESENT:
                _mark(part, Part.ABSENT, None)
        came_too = Member.objects.active().filter(organization=locked.organization, pk__in=present)
        new = [StudyPart(session=locked, member=m) for m in came_too.exclude(pk__in=parts)]
        StudyPart.objects.bulk_create(new)
        record(by=by, action="change_study", about=locked, detail={"present": len(present)})
    return locked


def remove_study(*, session: StudySession, by: User) -> None:
    """Take a session off the record, with who took part; the audit keeps its day."""
    with transaction.atomic():
        locked = _locked(session)
        _may(locked.campaign, locked.organization, locked.held_on, by)
        detail = {"held_on": locked.held_on.isoformat(), "members": locked.parts.count()}
        record(by=by, action="remove_study", about=locked, detail=detail)
        locked.delete()


def _locked(session: StudySession) -> StudySession:
    """The session under a lock; raises NotAllowed when it is gone or of an earlier round."""
    row = StudySession.objects.select_for_update(of=("self",)).select_related("campaign", "organization")
    locked = row.filter(pk=session.pk).first()
    if locked is None:
        raise NotAllowed(GONE)
    if locked.round_no != round_of(locked.campaign, locked.organization):
        raise NotAllowed("这是上一轮的学习，只供查看，不能再改。")
    return locked


def _mark(part: StudyPart, value: Part, day: datetime.date | None) -> None:
    """Set how a member took part."""
    part.part, part.made_up_on = value, day
    part.save(update_fields=["part", "made_up_on"])


def missed(sessions: Iterable[StudySession], roll: Iterable[Member]) -> dict[Member, list[StudyPart]]:
    """Who on the roll has something to make up: the sessions missed; nothing for one who came onto the roll later.

    One who took part in nothing and is on no list of a session came later.
    """
    listed = list(sessions)
    parts: dict[uuid.UUID, list[StudyPart]] = {}
    for part in StudyPart.objects.filter(session__in=listed).select_related("session").order_by("session"):
        parts.setdefault(part.member_id, []).append(part)
    found = {}
    for member in roll if listed else ():
        away = [part for part in parts.get(member.pk, []) if part.part == Part.ABSENT]
        if away or member.pk not in parts:
            found[member] = sorted(away, key=lambda part: part.session.held_on)
    return found


def make_up(
    *,
    campaign: Campaign,
    organization: Organization,
    members: Collection[uuid.UUID],
    on: datetime.date,
    by: User,
) -> int:
    """Note that these members were brought what they had missed (送学); returns how many.

    Raises NotAllowed where the rules ask for no make-up, for a day to come, or when nobody is named.
    """
    _may(campaign, organization, on, by)
    if not campaign.rules_for(organization).study_makeup:
        raise NotAllowed("这项活动没有送学的要求，不用登记。")
    if not members:
        raise NotAllowed("请先勾选给谁送了学习材料，再按“登记送学”。")
    with transaction.atomic():
        sessions = list(sessions_of(campaign, organization).select_for_update())
        owing = {
            member: parts
            for member, parts in missed(sessions, study_roll(campaign, organization)).items()
            if member.pk in members
        }
        for member, parts in owing.items():
            for part in parts or [StudyPart.objects.create(session=sessions[0], member=member)]:
                _mark(part, Part.MADE_UP, on)
        if owing:
            record(by=by, action="make_up_study", about=sessions[0], detail={"members": len(owing)})
    return len(owing)


def undo_make_up(*, part: StudyPart, by: User) -> None:
    """Take a make-up back: the member counts as absent again."""
    with transaction.atomic():
        session = _locked(part.session)
        _may(session.campaign, session.organization, session.held_on, by)
        found = StudyPart.objects.filter(pk=part.pk, part=Part.MADE_UP).first()
        if found is not None:
            _mark(found, Part.ABSENT, None)
            record(by=by, action="undo_make_up", about=session, detail={"members": 1})
