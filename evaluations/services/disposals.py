"""Disposal cases (组织处置): proposed, heard, resolved by a counted vote, approved above, with its clock; only by people."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import LEADERS
from branches.rules.dates import months_after
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from evaluations.models import Assessment, DisposalCase, DisposalKind, DisposalStatus
from evaluations.permissions import can_handle_disposal, can_propose_disposal
from evaluations.rules.assessing import Resolution
from evaluations.workflow import DISPOSAL
from evaluations.workflow.disposals import rules_of
from meetings.models import Meeting
from meetings.services.postponing import offices_asked
from members.models import Member

LONGEST_TEXT = 1_000  # characters, as the columns
LONGEST_NOTE = 300
LONGEST_HEARER = 100
OPEN = (
    DisposalStatus.PROPOSED,
    DisposalStatus.RESOLVED,
    DisposalStatus.SUBMITTED,
    DisposalStatus.IN_FORCE,
)


@dataclass(frozen=True)
class Vote:
    """The resolution of a 党员大会 with its counted vote."""

    meeting: Meeting | None
    count: Resolution | None


def locked_case(case: DisposalCase, version: int | None = None) -> DisposalCase:
    """The case under a lock; raises Stale when it was saved since `version`."""
    related = ("campaign__issuer", "organization", "meeting", "member")
    return locked_row(case, *related, version=version)


def _save(case: DisposalCase, *fields: str) -> None:
    """Save these fields as a new version."""
    case.version += 1
    case.save(update_fields=[*fields, "version"])


def _text(written: str, what: str, longest: int = LONGEST_TEXT) -> str:
    """A text without blank ends; raises NotAllowed when it is missing or too long."""
    text = written.strip()
    if not text or len(text) > longest:
        raise NotAllowed(f"请写明{what}，最多 {longest} 个字。")
    return text


def propose(
    *,
    campaign: Campaign,
    organization: Organization,
    member: Member,
    kind: str,
    reason: str,
    by: User,
    assessment: Assessment | None = None,
    previous: DisposalCase | None = None,
) -> DisposalCase:
    """Open a case on a member of the branch; one at a time. Raises NotAllowed with what to do."""
    insist(can_propose_disposal(by, organization))
    if kind not in DisposalKind.values:
        raise NotAllowed("请选择怎样处置。")
    with transaction.atomic():
        person = Member.objects.select_for_update().get(pk=member.pk)
        if person.organization_id != organization.pk:
            raise NotAllowed("只能对组织关系在本支部的党员提出组织处置。")
        if DisposalCase.objects.filter(member=person, status__in=OPEN).exists():
            raise NotAllowed("对这名党员的组织处置还没有办结，不能再提出一件。")
        case = DisposalCase.objects.create(
            campaign=campaign,
            organization=organization,
            member=person,
            assessment=assessment,
            previous=previous,
            kind=kind,
            reason=_text(reason, "事实和理由"),
        )
        record(by=by, action="propose_disposal", about=case, detail={"kind": kind})
    return case


def follow(*, previous: DisposalCase, kind: str, reason: str, by: User) -> DisposalCase:
    """Propose what follows a case that has ended (没有改正的，劝其退党 …); a person's decision.

    Raises NotAllowed while it has not ended, and where something follows it already.
    """
    if previous.status != DisposalStatus.ENDED:
        raise NotAllowed("原来的处置还没有结束。期满的，先登记结果、结束原来的处置。")
    if previous.following.exclude(status__in=(DisposalStatus.DROPPED, DisposalStatus.REFUSED)).exists():
        raise NotAllowed("已经提出接续的处置，请在原件上办理。")
    return propose(
        campaign=previous.campaign,
        organization=previous.organization,
        member=previous.member,
        assessment=previous.assessment,
        previous=previous,
        kind=kind,
        reason=reason,
        by=by,
    )


def note_hearing(
    *, case: DisposalCase, version: int, heard_on: datetime.date, heard_by: str, statement: str, by: User
) -> DisposalCase:
    """Note that the member was met and heard (同本人见面、听取申辩) before the 大会."""
    with transaction.atomic():
        locked = locked_case(case, version)
        insist(can_handle_disposal(by, locked))
        if locked.status != DisposalStatus.PROPOSED:
            raise NotAllowed(f"现在是「{locked.get_status_display()}」，申辩要在大会决议以前登记。")
        if heard_on > timezone.localdate():
            raise NotAllowed("听取申辩的日期还没有到，请核对。")
        locked.heard_on = heard_on
        locked.heard_by = _text(heard_by, "谈话人", LONGEST_HEARER)
        locked.statement = _text(statement, "本人的申辩（没有意见的写“没有意见”）")
        _save(locked, "heard_on", "heard_by", "statement")
        record(by=by, action="hear_disposal", about=locked, detail={"version": locked.version})
    return locked


def resolve(*, case: DisposalCase, version: int, vote: Vote, by: User) -> DisposalCase:
    """Note the resolution of the 大会 with its counted vote; raises Stale, and NotAllowed when it is not carried."""
    with transaction.atomic():
        locked = locked_case(case, version)
        if locked.status == DisposalStatus.PROPOSED:
            _keep_vote(locked, vote)
        return perform(DISPOSAL, locked, "resolve", by=by)


def _keep_vote(case: DisposalCase, vote: Vote) -> None:
    """The numbers of the vote; the step judges them. A hearing after the meeting is none."""
    meeting, count = vote.meeting, vote.count
    if meeting is not None and case.heard_on is not None and meeting.day < case.heard_on:
        raise NotAllowed("听取申辩在这次大会以后，请核对会议和日期。")
    if count is not None and count.present > count.expected:
        raise NotAllowed(count.problems(None, rules_of(case).resolution_majority)[0])
    case.meeting = meeting
    for name in ("expected", "present", "in_favour", "against", "abstained"):
        setattr(case, name, None if count is None else getattr(count, name))
    _save(case, "meeting", "expected", "present", "in_favour", "against", "abstained")


def submit(*, case: DisposalCase, version: int, by: User) -> DisposalCase:
    """Hand the case in; the offices that judge it are told that there is one, not about whom."""
    with transaction.atomic():
        locked = locked_case(case, version)
        if locked.status == DisposalStatus.RESOLVED:
            locked.submitted_on = timezone.localdate()
            _save(locked, "submitted_on")
        moved = perform(DISPOSAL, locked, "submit", by=by)
        _tell(moved, "disposal_submitted", offices_asked(moved.organization), by, "报来一件组织处置，请审批")
    return moved


def latest_due(case: DisposalCase, starts_on: datetime.date) -> datetime.date | None:
    """The last day a 限期改正 that begins on this day may last; None for the other kinds."""
    if case.kind != DisposalKind.DEADLINE:
        return None
    return months_after(starts_on, rules_of(case).disposal_months)


def _set_days(case: DisposalCase, starts_on: datetime.date, due_on: datetime.date | None) -> None:
    """The day it begins and, of a 限期改正, the day it is up: the latest unless an earlier one is given."""
    latest = latest_due(case, starts_on)
    if case.meeting is not None and starts_on < case.meeting.day:
        raise NotAllowed("起算日期早于大会作出决议的日期，请核对。")
    case.starts_on, case.due_on = starts_on, None if latest is None else due_on or latest
    if latest is None or case.due_on is None:
        return
    if not starts_on < case.due_on <= latest:
        months = rules_of(case).disposal_months
        raise NotAllowed(f"限期改正最长 {months} 个月，期满日期最迟 {latest.isoformat()}，请核对。")


def approve(
    *,
    case: DisposalCase,
    version: int,
    starts_on: datetime.date,
    due_on: datetime.date | None,
    note: str,
    by: User,
) -> DisposalCase:
    """Approve a case as it was read at `version`; its clock begins on `starts_on`. The branch's leaders are told."""
    with transaction.atomic():
        locked = locked_case(case, version)
        if locked.status == DisposalStatus.SUBMITTED:
            _set_days(locked, starts_on, due_on)
            locked.approved_on, locked.parent_note = timezone.localdate(), note.strip()[:LONGEST_NOTE]
            insist(DISPOSAL.step(locked, "approve", by))
            _save(locked, "starts_on", "due_on", "approved_on", "parent_note")
        moved = perform(DISPOSAL, locked, "approve", by=by)
        _tell(moved, "disposal_approved", _leaders(moved), by, "上级批准了报送的组织处置")
    return moved


def refuse(*, case: DisposalCase, version: int, note: str, by: User) -> DisposalCase:
    """Refuse a case with a reason; the branch's leaders are told."""
    with transaction.atomic():
        locked = locked_case(case, version)
        moved = perform(DISPOSAL, locked, "refuse", by=by, note=note)
        moved.parent_note = note.strip()[:LONGEST_NOTE]
        _save(moved, "parent_note")
        _tell(moved, "disposal_refused", _leaders(moved), by, "上级没有同意报送的组织处置")
    return moved


def enforce(
    *, case: DisposalCase, version: int, starts_on: datetime.date, due_on: datetime.date | None, by: User
) -> DisposalCase:
    """Begin a case where the rules ask for nobody's approval above."""
    with transaction.atomic():
        locked = locked_case(case, version)
        if locked.status == DisposalStatus.RESOLVED:
            _set_days(locked, starts_on, due_on)
            insist(DISPOSAL.step(locked, "enforce", by))
            _save(locked, "starts_on", "due_on")
        return perform(DISPOSAL, locked, "enforce", by=by)


def drop(*, case: DisposalCase, version: int, note: str, by: User) -> DisposalCase:
    """Take a case back that is not handed in, with the reason."""
    with transaction.atomic():
        locked = locked_case(case, version)
        moved = perform(DISPOSAL, locked, "drop", by=by, note=note)
        moved.outcome = note.strip()[:LONGEST_TEXT]
        _save(moved, "outcome")
    return moved


def end(*, case: DisposalCase, version: int, ended_on: datetime.date, outcome: str, by: User) -> DisposalCase:
    """Note how it ended; what follows is proposed by a person (`follow`)."""
    with transaction.atomic():
        locked = locked_case(case, version)
        if locked.status == DisposalStatus.IN_FORCE:
            if locked.starts_on is None or not locked.starts_on <= ended_on <= timezone.localdate():
                raise NotAllowed("结束日期应在起算那天和今天之间，请核对。")
            locked.ended_on, locked.outcome = ended_on, _text(outcome, "结果")
            _save(locked, "ended_on", "outcome")
        return perform(DISPOSAL, locked, "end", by=by)


def _leaders(case: DisposalCase) -> list[User]:
    """The branch's secretary and deputy with an account."""
    return holders(Organization.objects.filter(pk=case.organization_id), LEADERS)


def _tell(case: DisposalCase, kind: str, people: list[User], by: User, what: str) -> None:
    """A notice without a name; the page says the rest to those who may read it."""
    announce(
        kind=kind,
        about=case,
        recipients=[person for person in people if person.pk != by.pk],
        title=f"{case.organization.short_name}：{what}"[:120],
        url=reverse("evaluations:disposal", args=[case.pk]),
    )
