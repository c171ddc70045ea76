"""Addresses of spot checks of materials."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
