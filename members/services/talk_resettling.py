"""The states of talks worked out anew every night: rolls, posts and portfolios change without a talk being touched.

The pages of talks are always worked out on the spot; what this keeps right is the number on the board.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from branches.models import Campaign, OrganizationStatus
from members.models import TalkState
from members.services.talk_grid import Grid

MOST = 5_000  # organisations a night, those not looked at for longest first


def resettle_talks(*, most: int = MOST) -> int:
    """Bring the states of open campaigns up to today; returns how many numbers changed.

    States of earlier rounds stay as they were. Safe to run twice, and while talks are recorded: each state is
    worked out under the lock of its row, which recording takes last.
    """
    states = TalkState.objects.filter(
        campaign__in=Campaign.objects.open(), organization__status=OrganizationStatus.ACTIVE
    )
    keys = list(states.order_by("settled_at", "pk").values_list("pk", flat=True)[:most])
    return sum(_resettle(key) for key in keys)


def _resettle(key: int) -> bool:
    """One state; whether its numbers changed."""
    with transaction.atomic():
        rows = TalkState.objects.select_for_update(of=("self",)).select_related(
            "campaign__issuer", "organization"
        )
        state = rows.filter(pk=key).first()
        if state is None:
            return False
        before = (state.owed, state.held, state.last_on)
        grid = Grid.of(state.campaign, state.organization)
        if grid.round_no == state.round_no:
            state.owed, state.held, state.last_on = grid.owed, grid.done, grid.last_on
        state.settled_at = timezone.now()
        state.save(update_fields=["owed", "held", "last_on", "settled_at"])
    return before != (state.owed, state.held, state.last_on)
