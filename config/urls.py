"""All addresses: the home page over all apps, each app under its own prefix."""

from django.contrib import admin
from django.urls import include, path

from config.health import Health
from config.home import steps_views
from config.home.archive import views as archive_views
from config.home.ballot_minutes import minutes_ballot
from config.home.board import views as board_views
from config.home.feed import calendar
from config.home.report import duty_views
from config.home.report import views as report_views
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
    path("campaigns/<slug:slug>/reports/", report_views.report_list, name="reports"),
    path("campaigns/<slug:slug>/report/<int:pk>/", report_views.report, name="report"),
    path("campaigns/<slug:slug>/report/<int:pk>/begin/", report_views.report_begin, name="report_begin"),
    path("campaigns/<slug:slug>/report/<int:pk>/edit/", report_views.report_edit, name="report_edit"),
    path("campaigns/<slug:slug>/report/<int:pk>/numbers/", report_views.report_take, name="report_take"),
    path(
        "campaigns/<slug:slug>/report/<int:pk>/received/<int:recipient>/",
        report_views.report_receive,
        name="report_receive",
    ),
    path(
        "campaigns/<slug:slug>/report/<int:pk>/file.<str:ending>",
        report_views.report_file,
        name="report_file",
    ),
    path("campaigns/<slug:slug>/report/<int:pk>/<slug:name>/", report_views.report_step, name="report_step"),
    path("campaigns/<slug:slug>/duty-report/<int:pk>/", duty_views.duty_report, name="duty_report"),
    path(
        "campaigns/<slug:slug>/duty-report/<int:pk>/file.pdf",
        duty_views.duty_report_file,
        name="duty_report_file",
    ),
    path("board/<slug:slug>/file/", board_views.missing_file, name="board_file"),
    path("campaigns/<slug:slug>/archive/<int:pk>/", archive_views.archive, name="archive"),
    path("campaigns/<slug:slug>/archive/<int:pk>/make/", archive_views.archive_make, name="archive_make"),
    path("meetings/<uuid:pk>/minutes/ballot/", minutes_ballot, name="minutes_ballot"),
    path("calendar/<str:token>.ics", calendar, name="calendar"),
    path("healthz/", Health.as_view(), name="healthz"),
    path("office-admin/", admin.site.urls),
    path("members/", include("members.urls")),
    path("meetings/", include("meetings.urls")),
    path("rectification/", include("rectification.urls")),
    path("gongshi/", include("rectification.urls.public")),
    path("wenjuan/", include("rectification.urls.answering")),
    path("", include("evaluations.urls")),
    path("", include("branches.urls")),
]
