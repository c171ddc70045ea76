"""What pages about one campaign begin with."""

from django.db.models import QuerySet

from branches.http import Request
from branches.models import Campaign


def seen_campaigns(request: Request) -> QuerySet[Campaign]:
    """The campaigns this person may read."""
    return Campaign.objects.visible_to(request.user).select_related("issuer")
