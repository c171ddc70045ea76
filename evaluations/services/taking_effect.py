"""What an assessment that takes effect opens: everybody is owed feedback, and help where the grade says so."""

from __future__ import annotations

from evaluations.models import AssessmentSheet, Feedback, HelpPlan
from evaluations.rules.assessing import HELP
from evaluations.services.closing import keep_holds


def take_effect(sheet: AssessmentSheet) -> None:
    """Owe everybody on the sheet feedback, also those without a grade, and a help plan to those to be helped.

    Call it in the transaction of the step that made the sheet effective.
    """
    rows = list(sheet.assessments.all())
    for row in rows:
        row.sheet = sheet
    Feedback.objects.bulk_create([Feedback(assessment=row) for row in rows])
    HelpPlan.objects.bulk_create([HelpPlan(assessment=row) for row in rows if row.use == HELP])
    keep_holds(campaign=sheet.campaign, organization=sheet.organization)
