"""Addresses of what follows the meeting; one module a topic."""

from rectification.urls import commitments, corrections, items, publicity, supervision, surveys

app_name = "rectification"
urlpatterns = [
    *commitments.urlpatterns,
    *corrections.urlpatterns,
    *items.urlpatterns,
    *publicity.urlpatterns,
    *supervision.urlpatterns,
    *surveys.urlpatterns,
]
