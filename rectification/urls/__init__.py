"""Addresses of what follows the meeting; one module a topic."""

from rectification.urls import surveys

app_name = "rectification"
urlpatterns = [
    *surveys.urlpatterns,
]
