"""All addresses of meetings: one module a topic."""

from meetings.urls import guests, meetings, minutes, outlines, readiness, room, yearly

app_name = "meetings"
urlpatterns = [
    *yearly.urlpatterns,
    *meetings.urlpatterns,
    *readiness.urlpatterns,
    *guests.urlpatterns,
    *room.urlpatterns,
    *minutes.urlpatterns,
    *outlines.urlpatterns,
]
