"""Addresses of long work, notices and the record."""

from django.urls import path

from branches.views import jobs

urlpatterns = [
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.job_detail, name="job"),
    path("jobs/<uuid:pk>/file/", jobs.job_result, name="job_result"),
    path("jobs/<uuid:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("jobs/<uuid:pk>/again/", jobs.job_again, name="job_again"),
    path("notices/", jobs.notice_list, name="notices"),
    path("audit/", jobs.audit_list, name="audit"),
]
