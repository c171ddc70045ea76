"""Addresses of supervision: the day, teams and linked points, draws, visits and findings, the summary."""

from django.urls import path

from rectification.views import draws, supervision, supervision_summary, teams, visit_findings, visits

urlpatterns = [
    path("supervision/<slug:slug>/", supervision.day, name="supervision"),
    path("supervision/<slug:slug>/of/<int:pk>/", supervision.overview, name="supervision_overview"),
    path("supervision/<slug:slug>/of/<int:pk>/visits.xlsx", supervision.export, name="supervision_export"),
    path("supervision/<slug:slug>/of/<int:pk>/teams/", teams.teams, name="teams"),
    path("supervision/<slug:slug>/of/<int:pk>/teams/new/", teams.team_new, name="team_new"),
    path("supervision/<slug:slug>/of/<int:pk>/points/new/", teams.point_new, name="point_new"),
    path("supervision/<slug:slug>/of/<int:pk>/draws/", draws.draws, name="draws"),
    path(
        "supervision/<slug:slug>/of/<int:pk>/summaries/",
        supervision_summary.summaries,
        name="supervision_summaries",
    ),
    path(
        "supervision/<slug:slug>/branch/<int:pk>/",
        visit_findings.branch_visits,
        name="branch_visits",
    ),
    path("supervision/<slug:slug>/branch/<int:pk>/new/", visits.visit_new, name="visit_new"),
    path("supervision/<slug:slug>/branch/<int:pk>/sign-off/", visit_findings.sign_off, name="sign_off"),
    path("teams/<uuid:pk>/", teams.team, name="team"),
    path("teams/<uuid:pk>/end/", teams.team_end, name="team_end"),
    path("points/<uuid:pk>/", teams.point, name="point"),
    path("points/<uuid:pk>/end/", teams.point_end, name="point_end"),
    path("draws/<uuid:pk>/", draws.draw, name="draw"),
    path("visits/<uuid:pk>/", visits.visit, name="visit"),
    path("visits/<uuid:pk>/record.docx", visits.visit_paper, name="visit_paper"),
    path("visits/<uuid:pk>/<slug:step>/", visits.visit_step, name="visit_step"),
    path("findings/<uuid:pk>/<slug:step>/", visit_findings.finding_step, name="finding_step"),
    path("sign-offs/<uuid:pk>/revoke/", visit_findings.sign_off_revoke, name="sign_off_revoke"),
    path("supervision-summaries/<uuid:pk>/", supervision_summary.summary, name="supervision_summary"),
    path(
        "supervision-summaries/<uuid:pk>/summary.docx",
        supervision_summary.summary_file,
        name="supervision_summary_file",
    ),
    path(
        "supervision-summaries/<uuid:pk>/<slug:step>/",
        supervision_summary.summary_step,
        name="supervision_summary_step",
    ),
]
