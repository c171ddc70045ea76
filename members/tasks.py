"""Background work of large imports and long lists, and what is emptied or worked out anew every night; safe to run twice."""

from celery import shared_task

from branches.services.jobs import run_job
from members.reports import exporting
from members.services import imports, purging, reviewing, talk_resettling


@shared_task(name="members.tasks.check_import")
def check_import(job_id: str) -> None:
    """Compare a large upload with the roll."""
    run_job(job_id, imports.check_by_job)


@shared_task(name="members.tasks.confirm_import")
def confirm_import(job_id: str) -> None:
    """Bring a large upload into the roll."""
    run_job(job_id, imports.confirm_by_job)


@shared_task(name="members.tasks.undo_import")
def undo_import(job_id: str) -> None:
    """Take a large import back."""
    run_job(job_id, imports.undo_by_job)


@shared_task(name="members.tasks.export_roster")
def export_roster(job_id: str) -> None:
    """Make a long list of members as a file."""
    run_job(job_id, exporting.write_roster)


@shared_task(name="members.tasks.wrong_rows")
def wrong_rows(job_id: str) -> None:
    """Make a long upload with its wrong rows marked as a file."""
    run_job(job_id, exporting.write_wrong_rows)


@shared_task(name="members.tasks.reassign")
def reassign() -> None:
    """Give the seats of pending reviews to those who hold the offices today."""
    reviewing.reassign_reviews()


@shared_task(name="members.tasks.purge_kept")
def purge_kept() -> None:
    """Empty contents of talks and drafts that are past the time they are kept for."""
    purging.purge_kept()


@shared_task(name="members.tasks.resettle_talks")
def resettle_talks() -> None:
    """Bring what the board says of talks up to today's rolls, posts and portfolios."""
    talk_resettling.resettle_talks()
