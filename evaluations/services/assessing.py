"""The assessment of a branch is begun from its certified ballot and its roster, and written row by row by people."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import Answer, Denied
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.services.versions import Stale, locked_row
from branches.workflow import NotAllowed, insist
from evaluations.models import (
    Assessment,
    AssessmentSheet,
    AssessmentStatus,
    Ballot,
    BallotStatus,
    Hearing,
)
from evaluations.models.assessment import LONGEST_EVIDENCE, LONGEST_OPINION
from evaluations.permissions import can_begin_assessment, can_write_assessment
from evaluations.rules.assessing import TYPED_EVIDENCE
from evaluations.services.present import RELATED, present_ballot
from evaluations.workflow.assessments import works
from meetings.models import Attendance, AttendanceStatus
from members.models import MemberKind, RosterEntry

LONGEST_HEARER = 100  # characters, as the column
LONGEST_NOTE = 200  # characters, as the column


@dataclass(frozen=True)
class Wanted:
    """A row as the roster of today wants it."""

    entry: RosterEntry
    graded: bool
    note: str


def may_begin(campaign: Campaign, ballot: Ballot | None) -> Answer:
    """Whether the ballot of the present round is one to begin from, in an open campaign."""
    if not campaign.is_open:
        return Denied("活动还没有发布或者已经结束，组织评定不能再办理。")
    if ballot is None or ballot.status != BallotStatus.CERTIFIED:
        return Denied("民主测评结果核定以后，才能提出评定意见。")
    return True


def begin_assessment(*, campaign: Campaign, organization: Organization, by: User) -> AssessmentSheet:
    """Begin the assessment of the present round, or bring a draft begun before up to date with ballot and roster.

    Nobody is given a grade. What was typed stays; somebody the roster exempts meanwhile loses the grade. Raises
    NotAllowed for others than the branch's clerks, and before the members' ballot is certified.
    """
    insist(can_begin_assessment(by, organization))
    with transaction.atomic():
        ballot = _certified_ballot(campaign, organization)
        rules = campaign.rules_for(organization)
        sheet, is_new = AssessmentSheet.objects.get_or_create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            defaults={
                "ballot": ballot,
                "rules_version": campaign.rule_set().version,
                "scale": [{"key": grade.key, "label": grade.label} for grade in rules.grade_scale],
            },
        )
        sheet = locked_sheet(sheet)
        if is_new:
            _bring_up_to_date(sheet)
            record(by=by, action="begin_assessment", about=sheet, detail={"round": sheet.round_no})
        elif sheet.status == AssessmentStatus.DRAFT:
            _refresh(sheet, ballot, by)
    return sheet


def _certified_ballot(campaign: Campaign, organization: Organization) -> Ballot:
    """The ballot to begin from, locked so that it is not voided meanwhile; raises NotAllowed without one."""
    found = present_ballot(campaign, organization)
    if found is not None:
        rows = Ballot.objects.select_for_update(of=("self",)).select_related("meeting")
        found = rows.get(pk=found.pk)
    answer = may_begin(campaign, found)
    if found is None or isinstance(answer, Denied):
        raise NotAllowed(answer.reason if isinstance(answer, Denied) else "")
    return found


def _refresh(sheet: AssessmentSheet, ballot: Ballot, by: User) -> None:
    """Let a draft rest on the ballot that stands now, and follow the roster."""
    moved = sheet.ballot_id != ballot.pk
    if moved:
        sheet.ballot = ballot
        sheet.save(update_fields=["ballot"])
    if _bring_up_to_date(sheet) or moved:
        AssessmentSheet.objects.filter(pk=sheet.pk).update(version=F("version") + 1)
        sheet.version += 1
        record(by=by, action="refresh_assessment", about=sheet, detail={"ballot": str(ballot.pk)})


def rows_wanted(sheet: AssessmentSheet) -> list[Wanted]:
    """Everybody on the roster in the form's order; probationary members and those exempted are not graded."""
    entries = RosterEntry.objects.filter(
        roster__campaign=sheet.campaign_id, roster__organization=sheet.organization_id
    ).order_by("ordinal", "pk")
    away = set(
        Attendance.objects.filter(
            meeting=sheet.ballot.meeting_id, status=AttendanceStatus.ELSEWHERE
        ).values_list("entry", flat=True)
    )
    return [
        Wanted(
            entry,
            entry.is_subject and entry.kind != MemberKind.PROBATIONARY,
            _note(entry, entry.pk in away),
        )
        for entry in entries
    ]


def _note(entry: RosterEntry, away: bool) -> str:
    """What the sheet says beside the name."""
    parts = [entry.remark] if entry.remark else []
    if entry.kind == MemberKind.PROBATIONARY and not entry.listed_only:
        parts.insert(0, "预备党员，不评定等次")
    elif entry.kind != MemberKind.PROBATIONARY and not entry.is_subject:
        parts.append("免评，不评定等次")
    if away:
        parts.append("在流入地党组织参加")
    return "；".join(parts)[:LONGEST_NOTE]


def is_behind(wanted: list[Wanted], rows: Mapping[int, Assessment]) -> bool:
    """Whether somebody on the roster has no row, or is graded on one of them only."""
    return any(w.entry.pk not in rows or rows[w.entry.pk].graded != w.graded for w in wanted)


def _bring_up_to_date(sheet: AssessmentSheet) -> bool:
    """Give everybody on the roster a row; returns whether anything changed."""
    rows = {row.entry_id: row for row in sheet.assessments.select_for_update()}
    new, changed = [], []
    for ordinal, want in enumerate(rows_wanted(sheet), start=1):
        row = rows.get(want.entry.pk)
        if row is None:
            new.append(
                Assessment(
                    sheet=sheet,
                    entry=want.entry,
                    ordinal=ordinal,
                    name=want.entry.name,
                    graded=want.graded,
                    note=want.note,
                )
            )
        elif (row.ordinal, row.graded, row.note) != (ordinal, want.graded, want.note):
            row.ordinal, row.graded, row.note = ordinal, want.graded, want.note
            row.grade = row.grade if want.graded else ""
            row.version += 1
            changed.append(row)
    Assessment.objects.bulk_create(new)
    Assessment.objects.bulk_update(changed, ["ordinal", "graded", "note", "grade", "version"])
    return bool(new or changed)


def locked_sheet(sheet: AssessmentSheet, version: int | None = None) -> AssessmentSheet:
    """The sheet's row under a lock; raises Stale when it or a row of it was saved since `version`."""
    return locked_row(sheet, *RELATED, version=version)


def _open_to_change(sheet: AssessmentSheet, by: User) -> None:
    """Raise NotAllowed unless the person may write the sheet now."""
    insist(can_write_assessment(by, sheet))
    if sheet.status != AssessmentStatus.DRAFT:
        raise NotAllowed(f"现在是「{sheet.get_status_display()}」，评定意见不能再改。")
    insist(works(sheet))


def save_assessment(
    *, assessment: Assessment, version: int, opinion: str, grade: str, evidence: Mapping[str, str], by: User
) -> Assessment:
    """Keep what was typed of one member: the opinion, the grade chosen, the evidence by its key.

    Raises Stale when somebody saved something else since `version`, NotAllowed for others than the clerks, for
    a sheet out of their hands, for a grade that is not of the scale or of somebody who is given none, and for a
    text that is too long. The very same that is saved already is taken as saved.
    """
    typed = {key: text.strip() for key, text in evidence.items() if text.strip()}
    with transaction.atomic():
        sheet = locked_sheet(assessment.sheet)
        row = Assessment.objects.select_for_update().get(pk=assessment.pk)
        row.sheet = sheet
        if (row.opinion, row.grade, row.evidence) == (opinion.strip(), grade, typed):
            return row
        if row.version != version:
            raise Stale(row)
        _open_to_change(sheet, by)
        insist(_fits(row, opinion, grade, typed))
        row.opinion, row.grade, row.evidence = opinion.strip(), grade, typed
        row.version += 1
        row.save(update_fields=["opinion", "grade", "evidence", "version"])
        AssessmentSheet.objects.filter(pk=sheet.pk).update(version=F("version") + 1)
        sheet.version += 1
        detail = {"assessment": str(row.pk), "version": row.version, "graded": bool(grade)}
        record(by=by, action="save_assessment", about=sheet, detail=detail)
    return row


def _fits(row: Assessment, opinion: str, grade: str, evidence: Mapping[str, str]) -> Answer:
    """Whether this may be kept of this member."""
    if grade and not row.graded:
        return Denied(f"{row.name}：{row.note or '不评定等次'}，不能填写等次。")
    if grade and grade not in row.sheet.grades:
        return Denied("请从给出的等次里选一个。")
    if set(evidence) - set(TYPED_EVIDENCE):
        return Denied("这一项评定依据不用填写。")
    if len(opinion.strip()) > LONGEST_OPINION:
        return Denied(f"评定意见最多 {LONGEST_OPINION} 个字，请写短一些。")
    if any(len(text) > LONGEST_EVIDENCE for text in evidence.values()):
        return Denied(f"一项评定依据最多 {LONGEST_EVIDENCE} 个字，请写短一些。")
    return True


def note_hearing(
    *, assessment: Assessment, held_on: datetime.date, heard_by: str, statement: str, by: User
) -> Hearing:
    """Note that the member was met and heard before the decision takes effect; the same again is taken as noted.

    Raises NotAllowed for others than the clerks, for a sheet out of their hands, a day to come, and an empty text.
    """
    who, said = heard_by.strip(), statement.strip()
    with transaction.atomic():
        sheet = locked_sheet(assessment.sheet)
        _open_to_change(sheet, by)
        if held_on > timezone.localdate():
            raise NotAllowed("听取申辩的日期还没有到，请核对。")
        if not who or not said or len(who) > LONGEST_HEARER or len(said) > LONGEST_OPINION:
            raise NotAllowed(
                f"请写明谈话人（最多 {LONGEST_HEARER} 个字）和本人的申辩（最多 {LONGEST_OPINION} 个字）；"
                "本人没有意见的，写“没有意见”。"
            )
        fields = {"held_on": held_on, "heard_by": who, "statement": said}
        hearing, is_new = Hearing.objects.get_or_create(
            assessment=assessment, **fields, defaults={"noted_by": by}
        )
        if is_new:
            record(by=by, action="note_hearing", about=sheet, detail={"assessment": str(assessment.pk)})
    return hearing
