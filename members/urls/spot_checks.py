"""Addresses of spot checks of materials; `slug` is the campaign and the number the organisation whose office draws."""

from django.urls import path

from members.views import spot_checks

urlpatterns = [
    path("spot-checks/<slug:slug>/<int:pk>/", spot_checks.spot_checks_list, name="spot_checks"),
    path("spot-checks/<slug:slug>/<int:pk>/draw/", spot_checks.spot_draw, name="spot_draw"),
    path("spot-checks/<slug:slug>/<int:pk>/summary/", spot_checks.spot_summary, name="spot_summary"),
    path("spot-checks/of/<uuid:pk>/", spot_checks.spot_check, name="spot_check"),
    path("spot-checks/of/<uuid:pk>/verify/", spot_checks.spot_verify, name="spot_verify"),
    path("spot-checks/of/<uuid:pk>/pool/", spot_checks.spot_pool, name="spot_pool"),
    path("spot-checks/of/<uuid:pk>/<int:position>/", spot_checks.spot_item, name="spot_item"),
]
