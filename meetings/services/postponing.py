"""A meeting is put off in one act: its day, its step in the campaign, and everybody who must know; with consent where needed."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, Role, StepDecision, User, path_and_above
from branches.permissions import LEADERS, is_above
from branches.rules.steps import kind_of
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.services.steps import postpone_step
from branches.workflow import NotAllowed, insist
from meetings.models import Meeting, MeetingStatus, Postponement
from meetings.permissions.readiness import (
    can_answer_postponement,
    can_move_day,
    can_postpone_meeting,
    can_withdraw_request,
    needs_consent,
)
from meetings.rules.kinds import KINDS
from meetings.services.meetings import TWICE, locked_meeting, tell_officers, tell_with_guests
from meetings.services.readiness import step_of

NO_REASON = "请写明延期的原因，一句话就行。"
ANSWERED = "这个请求已经答复过了，请刷新页面查看。"


def day_words(moment: datetime.datetime | None) -> str:
    """A new time in words; 待定 while there is none."""
    if moment is None:
        return "时间待定"
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def postpone_for_step(
    *,
    campaign: Campaign,
    organization: Organization,
    step: str,
    reason: str,
    until: datetime.date | None,
    by: User,
) -> StepDecision | Postponement:
    """Put a step off; where its meeting is planned, the meeting with it, to the same hour of the new day.

    Raises NotAllowed as `postpone_step` and `postpone_meeting` do, and where consent must be asked for first.
    """
    kinds = [kind.key for kind in KINDS.values() if kind.step and kind.step == kind_of(step)]
    coming = Meeting.objects.filter(campaign=campaign, organization=organization, kind__in=kinds)
    planned = coming.filter(status=MeetingStatus.PLANNED, continues=None).order_by("starts_at").first()
    if planned is None or (planned.is_undecided and until is None):
        return postpone_step(
            campaign=campaign, organization=organization, step=step, reason=reason, until=until, by=by
        )
    insist(can_move_day(by, planned))
    hour = timezone.localtime(planned.starts_at)
    to = hour.replace(year=until.year, month=until.month, day=until.day) if until is not None else None
    return postpone_meeting(meeting=planned, reason=reason, to=to, by=by)


def _locked(meeting: Meeting, version: int | None = None) -> Meeting:
    """The meeting under a lock, its campaign before it: steps and rounds are locked in this order as well."""
    Campaign.objects.select_for_update().get(pk=meeting.campaign_id)
    return locked_meeting(meeting, version)


def postpone_meeting(
    *,
    meeting: Meeting,
    reason: str,
    to: datetime.datetime | None,
    by: User,
    version: int | None = None,
    consented_on: datetime.date | None = None,
) -> Postponement:
    """Put a meeting off, to a new time or 待定; the same act postpones its step, which is not late from now on.

    Where another day needs the consent of the organisation above, this only asks for it, unless the superior acts
    or `consented_on` says on which day consent was given on paper or by word of mouth. Raises NotAllowed with what to
    do, or Stale when somebody saved since `version`; then nothing is written.
    """
    with transaction.atomic():
        locked = _locked(meeting, version)
        insist(can_postpone_meeting(by, locked))
        reason = reason.strip()
        _check(locked, reason, to, consented_on)
        row = Postponement(meeting=locked, was=locked.starts_at, to=to, reason=reason, asked_by=by)
        if needs_consent(locked) and not _is_settling(locked):
            row.needs_consent = True
            above = bool(is_above(by, locked.organization))
            if not above and consented_on is None:
                return _ask(locked, row, by)
            row.answered_by, row.consented_on = by, consented_on or timezone.localdate()
        row.save()
        _put_off(locked, row, by)
    return row


def _check(
    meeting: Meeting, reason: str, to: datetime.datetime | None, consented_on: datetime.date | None
) -> None:
    """What must hold for any new time."""
    if not reason:
        raise NotAllowed(NO_REASON)
    if to is not None and to <= timezone.now():
        raise NotAllowed("新的时间已经过去，请填以后的时间；还没有定的，选“时间待定”。")
    if to == meeting.starts_at and not meeting.is_undecided:
        raise NotAllowed("新的时间和原来的一样，请核对。")
    if to is None and meeting.is_undecided:
        raise NotAllowed("这次会议已经延期待定；定下时间以后再来填。")
    if consented_on is not None and consented_on > timezone.localdate():
        raise NotAllowed("上级同意的日期不能晚于今天。")
    if meeting.postponements.waiting().exists():
        raise NotAllowed("已经向上级提出改期，上级还没有答复；要改的，先撤回再提。")


def _is_settling(meeting: Meeting) -> bool:
    """Whether a day is set for a meeting already put off with consent: that needs no second one."""
    return meeting.is_undecided


def _ask(meeting: Meeting, row: Postponement, by: User) -> Postponement:
    """Ask the organisation above; until it answers the old day stands."""
    row.save()
    record(by=by, action="ask_postponement", about=meeting, detail={"postponement": row.pk})
    announce(
        kind=f"postponement_asked_{row.pk}",
        about=meeting,
        recipients=offices_asked(meeting.organization),
        title=f"{meeting.organization.short_name}请求{meeting.get_kind_display()}改期：{day_words(row.to)}"[
            :120
        ],
        body=f"原因：{row.reason}",
        url=reverse("meetings:postpone", args=[meeting.pk]),
    )
    return row


def offices_asked(organization: Organization) -> list[User]:
    """Who answers for the nearest organisation above in which somebody with an account does."""
    above = [path for path in path_and_above(organization.path) if path != organization.path]
    for path in sorted(above, key=len, reverse=True):
        found = holders(Organization.objects.filter(path=path), (Role.OFFICE, *LEADERS))
        if found:
            return found
    return []


def answer_postponement(
    *, postponement: Postponement, consents: bool, by: User, reason: str = ""
) -> Postponement:
    """Consent to another day, or refuse with a reason; whoever answers first decides.

    Raises NotAllowed for others than the organisation above, for what is answered or withdrawn already, for a new
    time that is over, and for a refusal without a reason.
    """
    with transaction.atomic():
        locked = _locked(postponement.meeting)
        insist(can_answer_postponement(by, locked))
        row = Postponement.objects.waiting().filter(pk=postponement.pk).first()
        if row is None:
            raise NotAllowed(ANSWERED)
        if locked.status != MeetingStatus.PLANNED:
            raise NotAllowed(f"会议{locked.get_status_display()}，不用再答复。")
        row.answered_by = by
        if not consents:
            row.refused_on, row.refusal = timezone.localdate(), reason.strip()
            return _refuse(locked, row, by)
        if row.to is not None and row.to <= timezone.now():
            raise NotAllowed("提出的新时间已经过去，请告诉他们另提一个时间。")
        row.consented_on = timezone.localdate()
        row.save()
        record(by=by, action="consent_postponement", about=locked, detail={"postponement": row.pk})
        _put_off(locked, row, by)
    return row


def _refuse(meeting: Meeting, row: Postponement, by: User) -> Postponement:
    """The old day stands; the committee is told why."""
    if not row.refusal:
        raise NotAllowed("不同意的，请写明原因。")
    row.save()
    record(by=by, action="refuse_postponement", about=meeting, detail={"postponement": row.pk})
    tell_officers(
        meeting,
        kind=f"postponement_refused_{row.pk}",
        title=f"上级不同意{meeting.get_kind_display()}改期，仍按{day_words(meeting.starts_at)}",
        body=f"原因：{row.refusal}",
    )
    return row


def withdraw_request(*, postponement: Postponement, by: User) -> None:
    """Take back a request the organisation above has not answered; raises NotAllowed when it has."""
    with transaction.atomic():
        locked = _locked(postponement.meeting)
        insist(can_withdraw_request(by, locked))
        row = Postponement.objects.waiting().filter(pk=postponement.pk).first()
        if row is None:
            raise NotAllowed(ANSWERED)
        record(by=by, action="withdraw_postponement", about=locked, detail={"postponement": row.pk})
        row.delete()


def _put_off(meeting: Meeting, row: Postponement, by: User) -> None:
    """The new time takes effect: the meeting, its step, and everybody who must know.

    Who was told of the old time must be told again, so that 已通知 is taken back.
    """
    fields = ["version"]
    if row.to is not None:
        settle_day(meeting, row.to)
        meeting.starts_at = row.to
        fields.append("starts_at")
    meeting.notified_on, meeting.notice_reason = None, ""
    meeting.version += 1
    try:
        with transaction.atomic():
            meeting.save(update_fields=[*fields, "notified_on", "notice_reason"])
    except IntegrityError as error:
        raise NotAllowed(TWICE) from error
    detail = {"postponement": row.pk, "day": row.to.isoformat() if row.to else ""}
    record(by=by, action="postpone_meeting", about=meeting, detail=detail)
    _postpone_step(meeting, row, by)
    tell_with_guests(
        meeting,
        kind=f"meeting_put_off_{meeting.version}",
        title=f"{meeting.get_kind_display()}延期：{day_words(row.to)}",
        body=f"原因：{row.reason}",
    )


def settle_day(meeting: Meeting, to: datetime.datetime) -> None:
    """A day is set: what was put off without one now has it."""
    meeting.postponements.undecided().update(to=to)


def _postpone_step(meeting: Meeting, row: Postponement, by: User) -> None:
    """The step this meeting fulfils is postponed by the same act; nothing where the campaign asks for none."""
    step = step_of(meeting)
    if step is None or meeting.continues_id is not None:
        return
    until = timezone.localtime(row.to).date() if row.to is not None else None
    postpone_step(
        campaign=meeting.campaign,
        organization=meeting.organization,
        step=step.key,
        reason=row.reason,
        until=until,
        by=by,
    )
