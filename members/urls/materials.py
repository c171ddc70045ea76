"""Addresses of self-examination materials."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
