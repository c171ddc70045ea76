"""The members app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """党员"""

    name = "members"
    verbose_name = "党员"
