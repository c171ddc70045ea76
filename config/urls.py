"""All addresses: each app under its own prefix, the home page over all of them."""

from django.urls import include, path

urlpatterns = [
    path("", include("branches.urls")),
]
