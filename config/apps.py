"""The project itself as an app: its system checks and its management commands."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from config import checks

__all__ = ["OfficeAdminConfig", "ProjectConfig", "checks"]  # importing the checks registers them


class ProjectConfig(AppConfig):
    """Registers nothing but the project's own checks and commands."""

    name = "config"
    verbose_name = "项目"


class OfficeAdminConfig(AdminConfig):
    """Django's admin with our site."""

    default_site = "config.admin.OfficeAdmin"
