"""The project itself as an app: its system checks and its management commands."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers nothing but the project's own checks and commands."""

    name = "config"
    verbose_name = "项目"
