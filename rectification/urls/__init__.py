"""Addresses of what follows the meeting; one module a topic."""

from django.urls import URLPattern

app_name = "rectification"
urlpatterns: list[URLPattern] = []
