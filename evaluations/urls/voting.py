"""Addresses of voting on a device: slips, the urn, and the pages for voters."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
