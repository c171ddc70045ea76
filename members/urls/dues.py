"""Addresses of the dues ledger."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
