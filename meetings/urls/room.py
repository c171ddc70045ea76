"""Addresses in the room: agenda, the recorder's screen, the projector."""

from django.urls import path

from meetings.views import room

urlpatterns = [
    path("<uuid:pk>/agenda/", room.agenda, name="agenda"),
    path("<uuid:pk>/room/", room.room, name="room"),
    path("<uuid:pk>/projector/", room.projector, name="projector"),
]
