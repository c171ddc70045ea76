"""All addresses: the home page over all apps, each app under its own prefix."""

from django.contrib import admin
from django.urls import include, path

from config.health import Health
from config.home import steps_views
from config.home.board import views as board_views
from config.home.feed import calendar
from config.home.views import home

urlpatterns = [
    path("", home, name="home"),
    path("campaigns/<slug:slug>/steps/<int:pk>/", steps_views.org_steps, name="org_steps"),
    path("campaigns/<slug:slug>/steps/<int:pk>/redo/", steps_views.order_redo, name="order_redo"),
    path(
        "campaigns/<slug:slug>/steps/<int:pk>/<slug:step>/<slug:action>/",
        steps_views.step_action,
        name="step_action",
    ),
    path("board/<slug:slug>/file/", board_views.missing_file, name="board_file"),
    path("calendar/<str:token>.ics", calendar, name="calendar"),
    path("healthz/", Health.as_view(), name="healthz"),
    path("office-admin/", admin.site.urls),
    path("members/", include("members.urls")),
    path("meetings/", include("meetings.urls")),
    path("", include("evaluations.urls")),
    path("", include("branches.urls")),
]
