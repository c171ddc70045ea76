"""Supervision on the home page: findings a branch has not answered, and the way to the day of those who look in."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from branches.models import Campaign, Organization, User
from rectification.models import Finding, Visit
from rectification.models.watching import SENT
from rectification.services.supervision import bodies_of, has_supervision


@dataclass(frozen=True)
class Watching:
    """`day`: the page of the day, empty for those who look in on nothing; `waiting`: findings in reach that wait.

    `branch`: the page of visits to the own branch, empty before there are any; `to_answer`: what it has not answered.
    """

    day: str = ""
    waiting: int = 0
    branch: str = ""
    to_answer: int = 0

    @classmethod
    def of(cls, user: User, branch: Organization | None, campaign: Campaign | None) -> Watching:
        """What there is for this person in this campaign; two queries at most."""
        if campaign is None or not has_supervision(campaign, branch):
            return cls()
        if branch is not None:
            return cls._of_branch(user, branch, campaign)
        if not bodies_of(user, campaign) and not any(post.role in SENT for post in user.posts()):
            return cls()
        visits = Visit.objects.watched_by(user).filter(campaign=campaign)
        waiting = Finding.objects.open().filter(visit__in=visits.order_by().values("pk")).count()
        return cls(day=reverse("rectification:supervision", args=[campaign.slug]), waiting=waiting)

    @classmethod
    def _of_branch(cls, user: User, branch: Organization, campaign: Campaign) -> Watching:
        """What the branch's own clerks are told."""
        visits = Visit.objects.visible_to(user).filter(campaign=campaign, organization=branch)
        if not visits.exists():
            return cls()
        to_answer = Finding.objects.to_answer().filter(visit__campaign=campaign, visit__organization=branch)
        page = reverse("rectification:branch_visits", args=[campaign.slug, branch.pk])
        return cls(branch=page, to_answer=to_answer.count())
