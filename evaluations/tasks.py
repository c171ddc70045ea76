"""Celery tasks of the count: re-tally a campaign, make the roll-up files, read sheets. Safe to run twice."""

from celery import shared_task

from branches.services.jobs import run_job
from evaluations.reports import backfill_file as backfills
from evaluations.reports import graded_file as summaries
from evaluations.reports import registration_file as registrations
from evaluations.reports.rollup import write_rollup
from evaluations.services.destruction import forget_leftovers
from evaluations.services.results import retally_campaign
from evaluations.services.scan_files import sweep_stored
from evaluations.services.scanning import TASK, read_batch


@shared_task(name="evaluations.tasks.retally")
def retally(job_id: str) -> None:
    """Sum all certified ballots of a campaign anew."""
    run_job(job_id, retally_campaign)


@shared_task(name="evaluations.tasks.rollup_file")
def rollup_file(job_id: str) -> None:
    """Make the roll-up of a campaign as a file to download."""
    run_job(job_id, write_rollup)


@shared_task(name="evaluations.tasks.forget_leftovers")
def forget_left_keys() -> None:
    """Destroy keys of ballots that are no longer counted, and sheets nobody will read, should a crash have left any."""
    forget_leftovers()
    sweep_stored()


@shared_task(name=TASK)
def read_scans(job_id: str) -> None:
    """Read an upload of scanned sheets, page by page."""
    run_job(job_id, read_batch)


@shared_task(name=registrations.TASK)
def registration_forms(job_id: str) -> None:
    """Make the registration forms of a branch as a file to download."""
    run_job(job_id, registrations.write_registrations)


@shared_task(name=summaries.TASK)
def graded_file(job_id: str) -> None:
    """Make the summary with grades as a file to download."""
    run_job(job_id, summaries.write_graded)


@shared_task(name=backfills.TASK)
def backfill_file(job_id: str) -> None:
    """Make the table for the national system as a file to download."""
    run_job(job_id, backfills.write_backfill)
