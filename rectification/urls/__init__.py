"""Addresses of what follows the meeting; one module a topic."""

from rectification.urls import publicity, surveys

app_name = "rectification"
urlpatterns = [
    *publicity.urlpatterns,
    *surveys.urlpatterns,
]
