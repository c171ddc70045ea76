"""Assessments in force, written directly; every name is invented."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from branches.rules.grades import Grade
from branches.services.rounds import round_of
from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus, Ballot
from members.models import MemberKind, RosterEntry
from tests.factories.evaluations import Evening

OPINION = "能够履行党员义务，按时交纳党费，参加组织生活。"


def sheet_of(ballot: Ballot, grades: Sequence[str] = (), **fields: Any) -> AssessmentSheet:
    """An assessment in force; `grades` are given to the full members in the order of the roster, the last to the rest."""
    scale: tuple[Grade, ...] = ballot.rules().grade_scale
    today = timezone.localdate()
    given = {"decided_on": today, "effective_on": today, "status": AssessmentStatus.EFFECTIVE, **fields}
    sheet: AssessmentSheet = AssessmentSheet.objects.create(
        campaign=ballot.campaign,
        organization=ballot.organization,
        round_no=round_of(ballot.campaign, ballot.organization),
        ballot=ballot,
        meeting=ballot.meeting,
        rules_version=ballot.rules_version or 1,
        scale=fields.get("scale", [{"key": grade.key, "label": grade.label} for grade in scale]),
        **{key: value for key, value in given.items() if key != "scale"},
    )
    keys = sheet.grades
    left = list(grades or keys[1:2])
    entries = RosterEntry.objects.filter(
        roster__campaign=ballot.campaign, roster__organization=ballot.organization
    )
    for ordinal, entry in enumerate(entries.order_by("ordinal"), 1):
        graded = entry.kind == MemberKind.FULL and not entry.exempt_reason
        grade = (left.pop(0) if len(left) > 1 else left[0]) if graded and keys else ""
        Assessment.objects.create(
            sheet=sheet,
            entry=entry,
            ordinal=ordinal,
            name=entry.name,
            graded=graded,
            note=entry.remark,
            opinion=OPINION if graded else "",
            grade=grade,
        )
    return sheet


def assessed(made: Evening, grades: Sequence[str] = (), **fields: Any) -> AssessmentSheet:
    """The assessment that followed an evening whose ballot is certified."""
    return sheet_of(made.reload(), grades, **fields)
