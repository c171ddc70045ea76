"""Addresses of what a superior records about a branch."""

from django.urls import path

from rectification.views import corrections

urlpatterns = [
    path("campaigns/<slug:slug>/<int:pk>/corrections/", corrections.corrections, name="corrections"),
    path("corrections/<uuid:pk>/<slug:step>/", corrections.step, name="correction_step"),
]
