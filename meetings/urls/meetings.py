"""Addresses of the meeting itself: list, plan, evening, attendance."""

from django.urls import path

from meetings.views import evening, meetings

urlpatterns = [
    path("", meetings.meeting_list, name="list"),
    path("new/", meetings.meeting_new, name="new"),
    path("of/<slug:slug>/<int:pk>/<slug:kind>/", meetings.meeting_of_kind, name="of_kind"),
    path("<uuid:pk>/", meetings.meeting_detail, name="detail"),
    path("<uuid:pk>/edit/", meetings.meeting_edit, name="edit"),
    path("<uuid:pk>/officers/", evening.officers, name="officers"),
    path("<uuid:pk>/accounts/<uuid:member_pk>/", evening.duty_account, name="duty_account"),
    path("<uuid:pk>/attendance/", evening.attendance, name="attendance"),
    path("<uuid:pk>/sign-in.pdf", meetings.sign_in_sheet, name="sign_in"),
    path("<uuid:pk>/notice.pdf", meetings.notice_sheet, name="notice"),
    path("<uuid:pk>/open/", meetings.meeting_step, {"name": "open"}, name="open"),
    path("<uuid:pk>/close/", meetings.meeting_step, {"name": "close"}, name="close"),
    path("<uuid:pk>/cancel/", meetings.meeting_step, {"name": "cancel"}, name="cancel"),
]
