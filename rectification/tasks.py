"""Celery tasks of what follows the meeting. Safe to run twice."""

from celery import shared_task

from rectification.services.survey_urns import forget_leftovers


@shared_task(name="rectification.tasks.forget_survey_keys")
def forget_survey_keys() -> None:
    """Destroy what keys of surveys a crash left behind."""
    forget_leftovers()
