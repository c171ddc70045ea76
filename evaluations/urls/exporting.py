"""Addresses of registration forms, of the summary with grades, and of what is typed into other systems."""

from django.urls import path

from evaluations.views import api, exports, graded, registration

urlpatterns = [
    path("assessments/<uuid:pk>/registration/", registration.registration, name="registration"),
    path("assessments/<uuid:pk>/registration/all/", registration.registration_all, name="registration_all"),
    path(
        "assessments/<uuid:pk>/registration/<uuid:row>/",
        registration.registration_one,
        name="registration_one",
    ),
    path("assessments/<uuid:pk>/retype/", exports.retype, name="retype"),
    path("exports/<slug:slug>/", exports.exports, name="exports"),
    path("exports/<slug:slug>/backfill/", exports.backfill, name="backfill"),
    path("exports/<slug:slug>/statistics/", exports.statistics, name="statistics"),
    path("graded/<slug:slug>/", graded.graded, name="graded"),
    path("graded/<slug:slug>/file/", graded.graded_file, name="graded_file"),
    path("summary-key/<int:pk>/", api.summary_key, name="summary_key"),
    path("summary-key/<int:pk>/make/", api.summary_key_make, name="summary_key_make"),
    path("summary-key/<int:pk>/revoke/", api.summary_key_revoke, name="summary_key_revoke"),
    path("api/openapi.json", api.description, name="openapi"),
    path("api/campaigns.json", api.api_campaigns, name="api_campaigns"),
    path("api/campaigns/<slug:slug>/graded.json", api.api_graded, name="api_graded"),
    path("api/campaigns/<slug:slug>/ballots.json", api.api_ballots, name="api_ballots"),
]
