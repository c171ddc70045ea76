"""Background work of meetings; safe to run twice."""

from celery import shared_task

from meetings.services import purging


@shared_task(name="meetings.tasks.purge_outlines")
def purge_outlines() -> None:
    """Empty texts of outlines of criticism that are past the time they are kept for."""
    purging.purge_outlines()
