"""Assessments for tests at any stage, made by the real services; every name and text is invented.

`assessed("decided", members=7)` is an evening whose ballot is certified, its assessment begun, written and decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from branches.models import Role, User
from evaluations.models import Assessment, AssessmentSheet
from evaluations.services import assessing, assessing_decisions
from meetings.models import Meeting
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, evening

STAGES = ("draft", "written", "awaiting", "decided")
REASON = "本支部年内承担防汛抢险，表现突出的人多"


@dataclass
class Assessed:
    """An evening that has come to its assessment, and an account of the office above."""

    evening: Evening
    sheet: AssessmentSheet
    office: User

    @property
    def secretary(self) -> User:
        """The branch's secretary."""
        return self.evening.secretary

    @property
    def rows(self) -> list[Assessment]:
        """Everybody's row as it is in the database now, in the form's order."""
        return list(self.sheet.assessments.select_related("sheet", "entry__member"))

    def reload(self) -> AssessmentSheet:
        """The sheet as it is in the database now."""
        self.sheet = AssessmentSheet.objects.get(pk=self.sheet.pk)
        return self.sheet


def assessed(
    stage: str = "draft",
    *,
    members: int = 7,
    probationary: int = 0,
    preset: str = "current_year",
    rules: Mapping[str, Any] | None = None,
    grades: Mapping[int, str] | None = None,
    **how: Any,
) -> Assessed:
    """An assessment that has come to `stage` (one of STAGES; awaiting: over the cap, all of the best grade).

    `grades`: the grade of some rows by their place from 0, such as {0: "excellent", 2: "basic"}; the others are
    given the second grade of the scale.
    """
    made = evening("certified", members=members, probationary=probationary, preset=preset, rules=rules, **how)
    Meeting.objects.filter(pk=made.meeting.pk).update(starts_at=timezone.now())  # held today, not tomorrow
    made.meeting.refresh_from_db()
    office = account_with(Role.OFFICE, made.campaign.issuer)
    sheet = assessing.begin_assessment(
        campaign=made.campaign, organization=made.organization, by=made.secretary
    )
    found = Assessed(made, sheet, office)
    if stage == "draft":
        return found
    all_best = dict.fromkeys(range(len(found.rows)), "excellent") if stage == "awaiting" else {}
    write_all(found, {**all_best, **(grades or {})})
    if stage in ("awaiting", "decided"):
        decide(found)
    return found


def write_all(found: Assessed, grades: Mapping[int, str] | None = None) -> None:
    """Write everybody's opinion and grade; somebody of the last grade is heard as well."""
    usual = found.sheet.grades[1] if found.sheet.scale else ""
    for place, row in enumerate(found.rows):
        grade = (grades or {}).get(place, usual) if row.graded and found.sheet.scale else ""
        assessing.save_assessment(
            assessment=row,
            version=row.version,
            opinion=f"{row.name}按时参加组织生活，肯为邻里出力。",
            grade=grade,
            evidence={},
            by=found.secretary,
        )
        if grade and grade == found.sheet.grades[-1]:
            hear(found, row)
    found.reload()


def hear(found: Assessed, row: Assessment) -> None:
    """Note that the member was heard."""
    assessing.note_hearing(
        assessment=row,
        held_on=timezone.localdate(),
        heard_by="支部书记",
        statement="本人说明外出务工的情况，愿意改正。",
        by=found.secretary,
    )


def decide(found: Assessed, *, meeting: Meeting | None = None, cap_reason: str = REASON) -> AssessmentSheet:
    """Note that the meeting (the one of the ballot unless another is given) decided."""
    held = meeting or found.evening.meeting
    current = found.reload()
    assessing_decisions.decide(
        sheet=current,
        version=current.version,
        meeting=held,
        decided_on=held.day,
        cap_reason=cap_reason,
        by=found.secretary,
    )
    return found.reload()
