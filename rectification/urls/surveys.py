"""Addresses of the surveys of satisfaction and of what follows them."""

from django.urls import path

from rectification.views import (
    satisfaction,
    satisfaction_below,
    survey_counts,
    survey_scans,
    survey_slips,
    surveys,
)

urlpatterns = [
    path("surveys/<slug:slug>/<int:pk>/", surveys.surveys, name="surveys"),
    path("surveys/<slug:slug>/<int:pk>/<slug:step>/begin/", surveys.begin, name="survey_begin"),
    path("surveys/<uuid:pk>/", surveys.survey, name="survey"),
    path("survey-rounds/<uuid:pk>/heads/", surveys.heads, name="survey_heads"),
    path("survey-rounds/<uuid:pk>/take/", survey_counts.take, name="survey_take"),
    path("survey-rounds/<uuid:pk>/count/", survey_counts.count, name="survey_count"),
    path("survey-rounds/<uuid:pk>/compare/", survey_counts.compare, name="survey_compare"),
    path("survey-rounds/<uuid:pk>/agree/", survey_counts.agree, name="survey_agree"),
    path("survey-rounds/<uuid:pk>/free/<int:number>/", survey_counts.free, name="survey_free"),
    path("survey-rounds/<uuid:pk>/scan/<int:ordinal>/", survey_scans.scan, name="survey_scan"),
    path(
        "survey-rounds/<uuid:pk>/scan/<int:ordinal>/form.pdf",
        survey_scans.scan_form,
        name="survey_scan_form_pdf",
    ),
    path("survey-rounds/<uuid:pk>/form.pdf", surveys.form_paper, name="survey_form_pdf"),
    path("survey-rounds/<uuid:pk>/result.pdf", surveys.result_paper, name="survey_result_pdf"),
    path("survey-rounds/<uuid:pk>/slips/", survey_slips.slips, name="survey_slips"),
    path("survey-rounds/<uuid:pk>/slips/slips.pdf", survey_slips.slips_paper, name="survey_slips_pdf"),
    path("survey-rounds/<uuid:pk>/slips/half/", survey_slips.half, name="survey_slips_half"),
    path("survey-rounds/<uuid:pk>/slips/close/", survey_slips.close, name="survey_slips_close"),
    path("survey-rounds/<uuid:pk>/slips/begin/", survey_slips.begin, name="survey_slips_begin"),
    path("survey-rounds/<uuid:pk>/slips/drop/", survey_slips.drop, name="survey_slips_drop"),
    path("survey-rounds/<uuid:pk>/<slug:step>/", surveys.step, name="survey_step"),
    path("satisfaction-duties/<int:pk>/", satisfaction.duty, name="satisfaction_duty"),
    path("satisfaction-duties/<int:pk>/<slug:step>/", satisfaction.duty_step, name="satisfaction_duty_step"),
    path("measure-cases/<uuid:pk>/", satisfaction.case, name="measure_case"),
    path("measure-cases/<uuid:pk>/<slug:step>/", satisfaction.case_step, name="measure_case_step"),
    path("satisfaction/<slug:slug>/", satisfaction_below.below, name="satisfaction_below"),
    path("satisfaction/history/<int:pk>/", satisfaction_below.history, name="satisfaction_history"),
    path(
        "satisfaction/history/<int:pk>/history.xlsx",
        satisfaction_below.history_file,
        name="satisfaction_history_file",
    ),
]
