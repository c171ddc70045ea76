"""Celery tasks of the house: deliver notices, sweep jobs, tidy up. Safe to run twice."""

from celery import shared_task

from branches.services import accounts, deliveries, jobs, leftovers, notices


@shared_task(name="branches.tasks.deliver")
def deliver() -> None:
    """Deliver the outbox."""
    notices.deliver_due()


@shared_task(name="branches.tasks.sweep")
def sweep() -> None:
    """Ring again for jobs whose worker died or whose ring was lost."""
    jobs.sweep()


@shared_task(name="branches.tasks.tidy")
def tidy() -> None:
    """Remove expired results, sessions, processed messages, old failures of logins and old deliveries."""
    leftovers.expire_results()
    leftovers.tidy_broker_files()
    accounts.forget_old_sessions()
    accounts.forget_old_failures()
    deliveries.forget_old_deliveries()
