"""Addresses of the notice of results posted within a scope."""

from django.urls import path

from evaluations.views import result_notices

urlpatterns = [
    path("assessments/<slug:slug>/<int:pk>/notice/", result_notices.of_branch, name="result_notice_of"),
    path("assessments/<uuid:pk>/notice/", result_notices.begin, name="result_notice_begin"),
    path("result-notices/<uuid:pk>/", result_notices.notice, name="result_notice"),
    path("result-notices/<uuid:pk>/notice.pdf", result_notices.paper, name="result_notice_pdf"),
    path("result-notices/<uuid:pk>/<slug:step>/", result_notices.step, name="result_notice_step"),
]
