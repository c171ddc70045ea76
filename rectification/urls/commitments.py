"""Addresses of members' promises, and of the reports given at meetings."""

from django.urls import path

from rectification.views import commitments, given_reports

urlpatterns = [
    path("campaigns/<slug:slug>/<int:pk>/commitments/", commitments.commitments, name="commitments"),
    path("campaigns/<slug:slug>/commitments/of/<uuid:pk>/", commitments.commitment, name="commitment"),
    path("commitments/<uuid:pk>/<slug:step>/", commitments.step, name="commitment_step"),
    path("campaigns/<slug:slug>/<int:pk>/reports/", given_reports.reports, name="reports"),
    path(
        "campaigns/<slug:slug>/<int:pk>/reports/<slug:kind>/<int:number>/",
        given_reports.give,
        name="report_give",
    ),
    path("reports/<uuid:pk>/remove/", given_reports.remove, name="report_remove"),
]
