"""An assessment is decided at a meeting, taken back, and confirmed or returned above; those concerned are told."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Organization, User
from branches.permissions import CLERK_ROLES
from branches.services.notices import announce, holders
from branches.workflow import NotAllowed, perform
from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus
from evaluations.services.assessing import is_behind, locked_sheet, rows_wanted
from evaluations.services.assessing_facts import facts_of, kept_cap, reckon_cap
from evaluations.services.taking_effect import take_effect
from evaluations.workflow import ASSESSMENT
from evaluations.workflow.assessments import MEETING_KINDS, asks_above
from meetings.models import Meeting
from meetings.services.postponing import offices_asked

LONGEST_REASON = 300  # characters, as the columns
BEHIND = "花名册在提出意见以后有变更。请回到评定表，按花名册更新，再登记评定结果。"


def fitting_meetings(sheet: AssessmentSheet) -> list[Meeting]:
    """The branch's meetings that may have decided: of a kind the rules name, held, not before the ballot; newest first."""
    kinds = MEETING_KINDS.get(sheet.rules().assessment_by, ())
    held = Meeting.objects.held().filter(
        campaign=sheet.campaign_id, organization=sheet.organization_id, kind__in=kinds
    )
    return [meeting for meeting in held if meeting.day >= sheet.ballot.meeting.day]


def decide(
    *,
    sheet: AssessmentSheet,
    version: int,
    meeting: Meeting | None,
    decided_on: datetime.date | None,
    cap_reason: str,
    by: User,
) -> AssessmentSheet:
    """Note that a meeting decided as the sheet stands at `version`; over the cap the superior is asked where the rules say so.

    The cap is reckoned and kept, and so is what the program knows of each member. Where the rules ask for no
    assessment no meeting is needed. Raises Stale when anything was saved since `version`, NotAllowed with the
    reason why it may not be decided so.
    """
    with transaction.atomic():
        locked = locked_sheet(sheet, version)
        if locked.status == AssessmentStatus.DRAFT:
            _prepare(locked, meeting, decided_on, cap_reason)
        asks = asks_above(locked)
        decided = perform(ASSESSMENT, locked, "ask" if asks else "decide", by=by)
        if asks:
            _tell(decided, "assessment_asked", offices_asked(decided.organization), "超过优秀比例，请确认")
        else:
            take_effect(decided)
    return decided


def _prepare(
    sheet: AssessmentSheet, meeting: Meeting | None, decided_on: datetime.date | None, cap_reason: str
) -> None:
    """Set what the decision rests on; the step judges it, and a refusal undoes it."""
    rules, rows = sheet.rules(), list(sheet.assessments.all())
    wanted = rows_wanted(sheet)
    if is_behind(wanted, {row.entry_id: row for row in rows}):
        raise NotAllowed(BEHIND)
    _keep_facts(sheet, rows)
    cap = reckon_cap(sheet, rows, rules)
    sheet.meeting, sheet.decided_on, sheet.cap = meeting, decided_on, kept_cap(cap)
    sheet.cap_reason = cap_reason.strip()[:LONGEST_REASON] if cap is not None and cap.over else ""
    sheet.effective_on = None if asks_above(sheet) else decided_on or timezone.localdate()
    sheet.parent_note = ""
    sheet.version += 1
    sheet.save(
        update_fields=[
            "meeting",
            "decided_on",
            "cap",
            "cap_reason",
            "effective_on",
            "parent_note",
            "version",
        ]
    )


def _keep_facts(sheet: AssessmentSheet, rows: list[Assessment]) -> None:
    """Keep with each row what the program knows of the member today."""
    facts = facts_of(sheet, sheet.rules())
    for row in rows:
        row.facts = facts[row.entry_id].stored()
    Assessment.objects.bulk_update(rows, ["facts"])


def take_back(*, sheet: AssessmentSheet, by: User) -> AssessmentSheet:
    """Take the sheet back from the superior, to change it."""
    with transaction.atomic():
        return _reopened(perform(ASSESSMENT, sheet, "take_back", by=by), "")


def return_sheet(*, sheet: AssessmentSheet, version: int, note: str, by: User) -> AssessmentSheet:
    """Return a sheet over the cap with a reason; its clerks are told. Raises Stale when it changed since `version`."""
    with transaction.atomic():
        moved = perform(ASSESSMENT, locked_sheet(sheet, version), "return", by=by, note=note)
        moved = _reopened(moved, note.strip()[:LONGEST_REASON])
        _tell(moved, "assessment_returned", _clerks(moved), "上级退回了，请重新研究", moved.parent_note)
    return moved


def _reopened(sheet: AssessmentSheet, note: str) -> AssessmentSheet:
    """A draft again: the arithmetic is made anew when it is decided."""
    sheet.cap, sheet.parent_note, sheet.version = {}, note, sheet.version + 1
    sheet.save(update_fields=["cap", "parent_note", "version"])
    return sheet


def confirm(*, sheet: AssessmentSheet, version: int, note: str, by: User) -> AssessmentSheet:
    """Confirm a sheet over the cap as it was read at `version`: it takes effect today; its clerks are told."""
    with transaction.atomic():
        locked = locked_sheet(sheet, version)
        if locked.status == AssessmentStatus.AWAITING:
            locked.effective_on, locked.parent_note = timezone.localdate(), note.strip()[:LONGEST_REASON]
            locked.version += 1
            locked.save(update_fields=["effective_on", "parent_note", "version"])
        confirmed = perform(ASSESSMENT, locked, "confirm", by=by, note=note)
        take_effect(confirmed)
        _tell(confirmed, "assessment_confirmed", _clerks(confirmed), "上级已经确认，可以反馈", note.strip())
    return confirmed


def _clerks(sheet: AssessmentSheet) -> list[User]:
    """The branch's secretary, deputy and organiser with an account."""
    return holders(Organization.objects.filter(pk=sheet.organization_id), CLERK_ROLES)


def _tell(sheet: AssessmentSheet, kind: str, people: Iterable[User], what: str, note: str = "") -> None:
    """Write a notice about the sheet; the same step taken again later is told again."""
    announce(
        kind=f"{kind}_{sheet.version}",
        about=sheet,
        recipients=people,
        title=f"{sheet.organization.short_name}的组织评定：{what}"[:120],
        body=f"意见：{note}" if note else "",
        url=reverse("evaluations:assessment", args=[sheet.pk]),
    )
