"""The rectification app."""

from django.apps import AppConfig


class RectificationConfig(AppConfig):
    """整改"""

    name = "rectification"
    verbose_name = "整改"
