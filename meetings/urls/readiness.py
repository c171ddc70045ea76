"""Addresses before the meeting: whether it is ready, its notice, its event, another day for it."""

from django.urls import path

from meetings.views import postponing, readiness

urlpatterns = [
    path("<uuid:pk>/ready/", readiness.ready, name="ready"),
    path("<uuid:pk>/tell/", readiness.tell, name="tell"),
    path("<uuid:pk>/meeting.ics", readiness.calendar_file, name="ics"),
    path("<uuid:pk>/postpone/", postponing.postpone, name="postpone"),
    path("<uuid:pk>/postpone/<int:row>/answer/", postponing.answer, name="answer_postponement"),
    path("<uuid:pk>/postpone/<int:row>/withdraw/", postponing.withdraw, name="withdraw_postponement"),
]
