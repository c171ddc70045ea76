"""After an objection the branch may decide anew: a meeting, a reason, the cap reckoned again, and feedback again."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from branches.models import User
from branches.permissions import Answer, Denied
from branches.services.audit import record
from branches.services.notices import announce
from branches.workflow import NotAllowed, insist, perform
from evaluations.models import (
    Assessment,
    AssessmentSheet,
    Feedback,
    Hearing,
    HelpPlan,
    HelpStatus,
    Redecision,
)
from evaluations.models.assessment import LONGEST_OPINION
from evaluations.permissions import can_answer_objection
from evaluations.rules.assessing import DISPOSE, HELP, Cap, use_of
from evaluations.services.assessing import LONGEST_HEARER, locked_sheet
from evaluations.services.assessing_facts import kept_cap, reckon_cap
from evaluations.services.closing import keep_holds
from evaluations.workflow import FEEDBACK
from evaluations.workflow.assessments import MEETING_KINDS, NO_ASSESSMENT
from meetings.models import Meeting, MeetingKind, MeetingStatus
from meetings.services.postponing import offices_asked

LONGEST_REASON = 300  # characters, as the columns


@dataclass(frozen=True)
class Heard:
    """The member was met and heard (听取申辩) before the new decision."""

    held_on: datetime.date
    heard_by: str
    statement: str


@dataclass(frozen=True)
class Decided:
    """What a meeting decided anew: opinion and grade, and why; over the cap also why, and who above agreed."""

    meeting: Meeting
    decided_on: datetime.date
    grade: str
    opinion: str
    reason: str
    cap_reason: str = ""
    consent: str = ""
    heard: Heard | None = None


def redecide(*, feedback: Feedback, decided: Decided, by: User) -> Redecision:
    """Change one assessment by a new decision after an objection; the member is owed feedback again.

    Raises NotAllowed with what to do: no open objection, a meeting that does not fit, a text or a grade missing,
    over the cap without reason (or at all where the rules forbid it), the lowest grade without a hearing.
    """
    with transaction.atomic():
        row = Assessment.objects.select_related("sheet").get(pk=feedback.assessment_id)
        sheet = locked_sheet(row.sheet)
        waiting = Feedback.objects.select_for_update().get(pk=feedback.pk)
        row.sheet, waiting.assessment = sheet, row
        insist(can_answer_objection(by, waiting), FEEDBACK.step(waiting, "again", by))
        insist(_met(waiting, decided), _fits(row, decided))
        _hear(row, decided, by)
        written = Redecision.objects.create(
            assessment=row,
            meeting=decided.meeting,
            decided_on=decided.decided_on,
            old_grade=row.grade,
            old_opinion=row.opinion,
            new_grade=decided.grade,
            new_opinion=decided.opinion.strip(),
            reason=decided.reason.strip(),
            objection=waiting.objection,
        )
        _change(row, decided)
        _keep_cap(sheet, written, decided)
        _follow(row)
        _again(waiting, by)
        record(
            by=by, action="redecide", about=sheet, detail={"assessment": str(row.pk), "version": row.version}
        )
    return written


def kinds_of(sheet: AssessmentSheet) -> tuple[MeetingKind, ...]:
    """The kinds of meetings that may decide anew; of either kind where the rules ask for no assessment."""
    by = sheet.rules().assessment_by
    return MEETING_KINDS["either" if by == NO_ASSESSMENT else by]


def _met(feedback: Feedback, decided: Decided) -> Answer:
    """A meeting of this branch of a kind the rules name decided it after the objection."""
    sheet, meeting = feedback.assessment.sheet, decided.meeting
    kinds = kinds_of(sheet)
    if meeting.kind not in kinds or meeting.organization_id != sheet.organization_id:
        names = "、".join(kind.label for kind in kinds)
        return Denied(f"重新评定由本支部{names}作出，请选择这样的会议。")
    if meeting.status not in (MeetingStatus.OPENED, MeetingStatus.CLOSED):
        return Denied("这次会议还没有召开。请先在会议页面登记到会并宣布开会。")
    if feedback.objected_on is not None and meeting.day < feedback.objected_on:
        return Denied("这次会议早于本人提出异议，请选择提出异议以后召开的会议。")
    if not meeting.day <= decided.decided_on <= timezone.localdate():
        return Denied("重新评定的日期应在会议那天和今天之间，请核对。")
    return True


def _fits(row: Assessment, decided: Decided) -> Answer:
    """Whether opinion, grade and reason may be kept of this member."""
    if not decided.opinion.strip() or len(decided.opinion.strip()) > LONGEST_OPINION:
        return Denied(f"请写明评定意见，最多 {LONGEST_OPINION} 个字。")
    if not decided.reason.strip() or len(decided.reason.strip()) > LONGEST_REASON:
        return Denied(f"请写明重新评定的理由，最多 {LONGEST_REASON} 个字。")
    if not row.graded and decided.grade:
        return Denied(f"{row.name}：{row.note or '不评定等次'}，不能填写等次。")
    if row.graded and row.sheet.scale and decided.grade not in row.sheet.grades:
        return Denied("请从给出的等次里选一个。")
    if not row.sheet.scale and decided.grade:
        return Denied("本次活动只提评定意见，不定等次。")
    if (decided.grade, decided.opinion.strip()) == (row.grade, row.opinion):
        return Denied("评定没有改变。维持原来的评定，请答复本人即可。")
    return True


def _hear(row: Assessment, decided: Decided, by: User) -> None:
    """Keep the hearing; the lowest grade needs one before the decision where the rules say so."""
    heard = decided.heard
    if heard is not None:
        who, said = heard.heard_by.strip(), heard.statement.strip()
        if not who or not said or len(who) > LONGEST_HEARER or len(said) > LONGEST_OPINION:
            raise NotAllowed("请写明谈话人和本人的申辩；本人没有意见的，写“没有意见”。")
        if heard.held_on > decided.decided_on:
            raise NotAllowed("听取申辩要在重新评定以前，请核对日期。")
        Hearing.objects.create(
            assessment=row, held_on=heard.held_on, heard_by=who, statement=said, noted_by=by
        )
    asked = use_of(decided.grade, row.sheet.grades) == DISPOSE
    before = row.hearings.filter(held_on__lte=decided.decided_on)
    if asked and row.sheet.rules().appeal_before_effect and not before.exists():
        label = row.sheet.labels[decided.grade]
        raise NotAllowed(f"改为“{label}”的，要先同本人见面、听取申辩并登记，再作决定。")


def _change(row: Assessment, decided: Decided) -> None:
    """The assessment as it is now."""
    row.grade, row.opinion = decided.grade, decided.opinion.strip()
    row.version += 1
    row.save(update_fields=["grade", "opinion", "version"])
    AssessmentSheet.objects.filter(pk=row.sheet_id).update(version=F("version") + 1)


def _keep_cap(sheet: AssessmentSheet, written: Redecision, decided: Decided) -> None:
    """Reckon the cap again; only one more of the best grade has to be justified, and agreed above where asked."""
    rules = sheet.rules()
    cap = reckon_cap(sheet, list(sheet.assessments.all()), rules)
    best = sheet.grades[0] if sheet.scale else ""
    if cap is not None and cap.over and written.new_grade == best != written.old_grade:
        _justified(cap, decided, hard=rules.excellent_hard_block, above=rules.excellent_parent_confirms)
        sheet.cap_reason = decided.cap_reason.strip()
        sheet.parent_note = decided.consent.strip() or sheet.parent_note
        announce(
            kind=f"redecided_over_cap_{written.pk}",
            about=sheet,
            recipients=offices_asked(sheet.organization),
            title=f"{sheet.organization.short_name}：重新评定后超过优秀比例"[:120],
            body=f"{cap.words}上级意见：{decided.consent.strip()}" if decided.consent.strip() else cap.words,
        )
    sheet.cap = kept_cap(cap)
    sheet.save(update_fields=["cap", "cap_reason", "parent_note"])


def _justified(cap: Cap, decided: Decided, *, hard: bool, above: bool) -> None:
    """Raise NotAllowed unless going over the cap is allowed, reasoned and agreed to."""
    if hard:
        raise NotAllowed(f"{cap.words}本次活动不允许超过，请会议重新研究。")
    reason, consent = decided.cap_reason.strip(), decided.consent.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise NotAllowed(f"{cap.words}请写明超过比例的理由，最多 {LONGEST_REASON} 个字。")
    if above and (not consent or len(consent) > LONGEST_REASON):
        raise NotAllowed(f"{cap.words}须经上级同意，请写明哪级党组织、哪天同意。")


def _follow(row: Assessment) -> None:
    """Help is owed from now on where the new grade says so, and no more where nothing was begun."""
    if row.use == HELP:
        HelpPlan.objects.get_or_create(assessment=row)
    else:
        HelpPlan.objects.filter(assessment=row, status=HelpStatus.OWED).delete()


def _again(feedback: Feedback, by: User) -> None:
    """The member is to be told anew; what was objected to is kept with the new decision."""
    moved = perform(FEEDBACK, feedback, "again", by=by)
    moved.given_by, moved.mode, moved.objection, moved.on_paper = "", "", "", False
    moved.given_on = moved.acknowledged_on = moved.objected_on = None
    moved.save(
        update_fields=[
            "given_by",
            "given_on",
            "mode",
            "acknowledged_on",
            "on_paper",
            "objection",
            "objected_on",
        ]
    )
    sheet = feedback.assessment.sheet
    keep_holds(campaign=sheet.campaign, organization=sheet.organization)
