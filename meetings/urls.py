"""Addresses of meetings."""

from django.urls.resolvers import URLPattern

app_name = "meetings"
urlpatterns: list[URLPattern] = []
