"""Addresses of what follows the meeting; one module a topic."""

from rectification.urls import publicity, supervision, surveys

app_name = "rectification"
urlpatterns = [
    *publicity.urlpatterns,
    *supervision.urlpatterns,
    *surveys.urlpatterns,
]
