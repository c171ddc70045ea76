"""Addresses of what follows the meeting; one module a topic."""

from rectification.urls import supervision

app_name = "rectification"
urlpatterns = [
    *supervision.urlpatterns,
]
