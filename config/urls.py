"""All addresses: the home page over all apps, each app under its own prefix."""

from django.urls import include, path

from config.home import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("branches.urls")),
]
