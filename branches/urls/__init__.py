"""All addresses of organisations and what they ask: one module a topic."""

from branches.urls import base, channels, jobs

app_name = "branches"
urlpatterns = [
    *base.urlpatterns,
    *channels.urlpatterns,
    *jobs.urlpatterns,
]
