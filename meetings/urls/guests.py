"""Addresses of guests: who is invited, the letters, what they said, and the leaders' attendance."""

from django.urls import path

from meetings.views import guests

urlpatterns = [
    path("<uuid:pk>/guests/", guests.guests, name="guests"),
    path("<uuid:pk>/guests/invite/", guests.invite, name="invite"),
    path("<uuid:pk>/guests/notes/", guests.note_guests, name="note_guests"),
    path("<uuid:pk>/guests/<int:guest>/remove/", guests.remove_guest, name="remove_guest"),
    path("<uuid:pk>/guests/<int:guest>/invitation.pdf", guests.invitation, name="invitation"),
    path("visits/<slug:slug>/<int:pk>/", guests.visits, name="visits"),
]
