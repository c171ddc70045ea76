"""Addresses of scanned sheets: upload, pages, strips, reconciliation, report."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
