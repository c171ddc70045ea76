"""All addresses of meetings: one module a topic."""

from meetings.urls import meetings

app_name = "meetings"
urlpatterns = [
    *meetings.urlpatterns,
]
