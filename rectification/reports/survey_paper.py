"""Papers of a survey: the form people fill in without a name, several to a page, and the sheet both counters sign."""

from __future__ import annotations

from django.template.loader import render_to_string

from config.lib.pdf import render_pdf
from rectification.models import SEAT_NAMES, SurveyRound
from rectification.reports.survey_page import result_shown

STYLESHEET = "css/survey-paper.css"
ON_A_PAGE = {"4": 4, "2": 2, "1": 1}  # how many forms a page of A4 holds; fewer in larger type


def form_pdf(survey_round: SurveyRound, asked: str = "") -> bytes:
    """The form, one page for each class of respondents, to be copied and cut; `asked` says how many to a page."""
    number = ON_A_PAGE.get(asked, 4)
    survey = survey_round.survey
    context = {
        "survey": survey,
        "round": survey_round,
        "classes": [row.name for row in survey_round.classes.all()],
        "options": [label for _key, label in survey_round.scale],
        "places": range(number),
        "number": number,
    }
    return render_pdf(
        render_to_string("rectification/reports/survey_form.html", context), stylesheet=STYLESHEET
    )


def result_pdf(survey_round: SurveyRound) -> bytes:
    """The sheet with the counts (left open to be written by hand where few papers came in) and places to sign."""
    classes = list(survey_round.classes.all())
    context = {
        "survey": survey_round.survey,
        "round": survey_round,
        "classes": classes,
        "columns": survey_round.columns,
        "result": result_shown(survey_round, classes),
        "issued": sum(row.all_issued or 0 for row in classes),
        "answered": sum(row.answered or 0 for row in classes),
        "returned": sum(row.all_returned or 0 for row in classes),
        "seats": [(SEAT_NAMES[seat.number], seat.name) for seat in survey_round.seats.all()],
    }
    return render_pdf(
        render_to_string("rectification/reports/survey_result.html", context), stylesheet=STYLESHEET
    )
