"""/healthz/: whether the database answers and the workers take up what is queued."""

import dataclasses
import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.utils import timezone
from health_check.base import HealthCheck
from health_check.checks import Database
from health_check.exceptions import ServiceUnavailable
from health_check.views import HealthCheckView

from branches.models import Job

QUEUED_TOO_LONG = datetime.timedelta(minutes=10)


@dataclasses.dataclass
class Workers(HealthCheck):  # type: ignore[misc]
    """Fails when work has been waiting for a worker for ten minutes."""

    async def run(self) -> None:
        """Look at the job that has waited longest."""
        await sync_to_async(self.look)()

    def look(self) -> None:
        """Raise when nobody takes up the queued work."""
        now = timezone.now()
        if Job.objects.claimable(now).filter(requested_at__lt=now - QUEUED_TOO_LONG).exists():
            raise ServiceUnavailable("queued work is not taken up: look at the worker and the beat")


class Health(HealthCheckView):  # type: ignore[misc]
    """The checks as plain text, one a line; 500 when one fails. Names nothing that is secret."""

    checks = (Database, Workers)

    def render_to_response(self, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """Plain text for browsers too."""
        answer: HttpResponse = self.render_to_response_text(status)
        return answer
