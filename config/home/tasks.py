"""Celery tasks over several apps: remind once a day, send what waits for a channel, make files. Safe to run twice."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from branches.services.deliveries import send_due
from branches.services.jobs import run_job
from config.home import reminders
from config.home.archive.making import write_archive
from config.home.board.export import write_missing


def is_daytime() -> bool:
    """Whether people may be written to: never in the evening or at night."""
    hour: int = timezone.localtime().hour
    return hour in range(settings.REMIND_FROM_HOUR, settings.REMIND_UNTIL_HOUR)


@shared_task(name="config.home.tasks.remind")
def remind() -> None:
    """Write today's digests; what an earlier hour of the day missed, a later one does."""
    if is_daytime():
        reminders.remind(timezone.localdate())


@shared_task(name="config.home.tasks.send")
def send() -> None:
    """Send what waits for e-mail and group robots."""
    if is_daytime():
        send_due(timezone.now(), reminders.look_again)


@shared_task(name="config.home.tasks.missing_file")
def missing_file(job_id: str) -> None:
    """Make 谁缺什么 as a file to download."""
    run_job(job_id, write_missing)


@shared_task(name="config.home.tasks.archive_file")
def archive_file(job_id: str) -> None:
    """Put the archive of an organisation's campaign together as a file to download."""
    run_job(job_id, write_archive)
