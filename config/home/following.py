"""What follows the count, on the home page: the person's own result, help and disposals of a branch, cases to judge."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from branches.models import Organization, User
from evaluations.models import DisposalCase, DisposalStatus, FeedbackStatus, HelpStatus
from evaluations.permissions import can_list_disposals
from evaluations.reports.disposals import standing_plans
from evaluations.reports.own_result import OwnResults
from evaluations.services.disposals import OPEN
from rectification.models import RectificationItem
from rectification.reports.commitments import puts_right

OPEN_HELP = (HelpStatus.OWED, HelpStatus.RUNNING, HelpStatus.REVIEWED)


@dataclass(frozen=True)
class Register:
    """The register of a campaign with problems that are still to be put right, how many, and its page."""

    name: str
    unfinished: int
    url: str


@dataclass(frozen=True)
class Following:
    """`has_result`: the person was told a result; `asks`: it waits for 我已知悉. The rest is counts, 0 for none.

    `puts_right`: the person has promised something, or has a problem of the own to put right.
    """

    has_result: bool
    asks: bool
    organization: Organization | None
    help_open: int
    cases_open: int
    to_judge: int
    puts_right: bool = False
    registers: tuple[Register, ...] = ()

    @classmethod
    def of(cls, user: User, branch: Organization | None) -> Following:
        """What there is for this person; `branch`: the one whose work the person does, if any."""
        newest = OwnResults.of(user).newest
        help_open = cases_open = 0
        if branch is not None:
            plans = standing_plans().filter(assessment__sheet__organization=branch)
            help_open = plans.filter(status__in=OPEN_HELP).count()
            cases_open = DisposalCase.objects.filter(organization=branch, status__in=OPEN).count()
        waiting = DisposalCase.objects.visible_to(user).filter(status=DisposalStatus.SUBMITTED)
        return cls(
            has_result=newest is not None,
            asks=newest is not None and newest.is_open and newest.feedback.status == FeedbackStatus.GIVEN,
            organization=branch,
            help_open=help_open,
            cases_open=cases_open,
            to_judge=waiting.count() if can_list_disposals(user) else 0,
            puts_right=puts_right(user),
            registers=() if branch is None else _registers(branch),
        )


def _registers(branch: Organization) -> tuple[Register, ...]:
    """The branch's registers with something to do, the newest campaign first; one query."""
    rows = RectificationItem.objects.unfinished().filter(organization=branch).order_by("-campaign__year")
    counted = rows.values_list("campaign__name", "campaign__slug").annotate(n=Count("pk"))
    return tuple(
        Register(name, count, reverse("rectification:ledger", args=[slug, branch.pk]))
        for name, slug, count in counted
    )
