"""The evaluations app."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    """民主测评"""

    name = "evaluations"
    verbose_name = "民主测评"
