"""Addresses of the review of materials."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
