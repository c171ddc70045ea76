"""Addresses of heart-to-heart talks; `pk` is the organisation."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
