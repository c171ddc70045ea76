"""All addresses: the home page over all apps, each app under its own prefix."""

from django.contrib import admin
from django.urls import include, path

from config.health import Health
from config.home.views import home

urlpatterns = [
    path("", home, name="home"),
    path("healthz/", Health.as_view(), name="healthz"),
    path("office-admin/", admin.site.urls),
    path("members/", include("members.urls")),
    path("meetings/", include("meetings.urls")),
    path("", include("evaluations.urls")),
    path("", include("branches.urls")),
]
