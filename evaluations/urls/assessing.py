"""Addresses of the assessment that follows the count."""

from django.urls import path

from evaluations.views import assessments, history

urlpatterns = [
    path("assessments/<slug:slug>/<int:pk>/", assessments.of_branch, name="assessment_of"),
    path("assessments/<slug:slug>/<int:pk>/feedback/", assessments.feedback_of, name="feedback_of"),
    path("history/<int:pk>/", history.history, name="history"),
    path("assessments/<uuid:pk>/", assessments.sheet, name="assessment"),
    path("assessments/<uuid:pk>/refresh/", assessments.refresh, name="assessment_refresh"),
    path("assessments/<uuid:pk>/rows/<uuid:row>/", assessments.row, name="assessment_row"),
    path("assessments/<uuid:pk>/rows/<uuid:row>/hearing/", assessments.hearing, name="assessment_hearing"),
    path("assessments/<uuid:pk>/decide/", assessments.decide_sheet, name="assessment_decide"),
    path("assessments/<uuid:pk>/take-back/", assessments.take_sheet_back, name="assessment_take_back"),
    path("assessments/<uuid:pk>/confirm/", assessments.confirm_sheet, name="assessment_confirm"),
    path("assessments/<uuid:pk>/return/", assessments.return_to_branch, name="assessment_return"),
]
