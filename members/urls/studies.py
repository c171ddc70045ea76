"""Addresses of study sessions; `pk` is the organisation."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
