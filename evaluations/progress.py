"""How far each organisation is with its ballot: one set-based query for any number of organisations."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from branches.models import Campaign, Organization
from evaluations.models import Ballot, BallotStatus, SubjectKind
from evaluations.rules import Heads


@dataclass(frozen=True)
class BallotProgress:
    """The standing ballot of one organisation."""

    ballot: str
    status: str
    round_no: int
    valid: int | None

    @property
    def certified(self) -> bool:
        """Whether the result is certified."""
        return self.status == BallotStatus.CERTIFIED

    @property
    def label(self) -> str:
        """The state in Chinese."""
        return BallotStatus(self.status).label


def ballot_progress(
    campaign: Campaign,
    organizations: QuerySet[Organization] | list[Organization],
    subject_kind: str = SubjectKind.MEMBERS,
) -> dict[int, BallotProgress]:
    """The standing ballot of each organisation that has one, by organisation id."""
    rows = (
        Ballot.objects.standing()
        .filter(campaign=campaign, subject_kind=subject_kind, organization__in=organizations)
        .order_by("meeting__starts_at", "pk")
        .values("pk", "organization", "status", "round_no", "returned", "void_papers")
    )
    found: dict[int, BallotProgress] = {}
    for row in rows:
        valid = Heads(returned=row["returned"], void=row["void_papers"]).valid
        found[row["organization"]] = BallotProgress(str(row["pk"]), row["status"], row["round_no"], valid)
    return found
