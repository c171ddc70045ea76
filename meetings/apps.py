"""The meetings app."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """会议"""

    name = "meetings"
    verbose_name = "会议"
