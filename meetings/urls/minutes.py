"""Addresses of the minutes of a meeting."""

from django.urls import path

from meetings.views import minutes

urlpatterns = [
    path("<uuid:pk>/minutes/", minutes.minutes_page, name="minutes"),
    path("<uuid:pk>/minutes/draft/", minutes.minutes_draft, name="minutes_draft"),
    path("<uuid:pk>/minutes/edit/", minutes.minutes_edit, name="minutes_edit"),
    path("<uuid:pk>/minutes/changes/", minutes.minutes_take, name="minutes_take"),
    path(
        "<uuid:pk>/minutes/settle/", minutes.minutes_step, {"name": "settle_minutes"}, name="minutes_settle"
    ),
    path(
        "<uuid:pk>/minutes/rework/", minutes.minutes_step, {"name": "rework_minutes"}, name="minutes_rework"
    ),
    path("<uuid:pk>/minutes/sign/", minutes.minutes_sign, name="minutes_sign"),
    path("<uuid:pk>/minutes.<slug:ending>", minutes.minutes_file, name="minutes_file"),
]
