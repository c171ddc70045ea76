"""Addresses of opinions asked for, compiled and answered; `pk` is the organisation."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
