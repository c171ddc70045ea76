"""Addresses for managing the calendar address of an organisation."""

from django.urls import path

from branches.views import feeds

urlpatterns = [
    path("organizations/<int:pk>/calendar/make/", feeds.feed_make, name="feed_make"),
    path("organizations/<int:pk>/calendar/revoke/", feeds.feed_revoke, name="feed_revoke"),
]
