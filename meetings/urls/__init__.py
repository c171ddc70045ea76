"""All addresses of meetings: one module a topic."""

from meetings.urls import guests, meetings, minutes, outlines, readiness, room

app_name = "meetings"
urlpatterns = [
    *meetings.urlpatterns,
    *readiness.urlpatterns,
    *guests.urlpatterns,
    *room.urlpatterns,
    *minutes.urlpatterns,
    *outlines.urlpatterns,
]
