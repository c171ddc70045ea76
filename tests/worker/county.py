"""A county of three thousand branches whose ballots are certified, written in bulk."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from branches.models import Campaign, Kind, Organization, Role, User
from config.demo.land import build, pattern
from evaluations.models import Ballot, BallotStatus, BranchResult, SubjectKind
from meetings.models import Meeting
from tests.factories.branches import CampaignFactory, account_with

BRANCHES = 3000
GRADES = ("优秀", "合格", "基本合格", "不合格")
BATCH = 500


@dataclass(frozen=True)
class County:
    """The county, its campaign, and an account of its office."""

    top: Organization
    campaign: Campaign
    office: User


def build_county() -> County:
    """Write it; takes a few seconds."""
    rows = build(pattern(1, 60, BRANCHES // 60, 20))
    top = next(o for o in rows.values() if o.depth == 1)
    campaign = CampaignFactory.create(issuer=top, status="running")
    branches = [o for o in rows.values() if o.kind == Kind.BRANCH]
    meetings = Meeting.objects.bulk_create(
        (
            Meeting(organization=o, campaign=campaign, starts_at=timezone.now(), place="村部")
            for o in branches
        ),
        batch_size=BATCH,
    )
    ballots = Ballot.objects.bulk_create(map(_certified, meetings), batch_size=BATCH)
    BranchResult.objects.bulk_create(map(_result, ballots), batch_size=BATCH)
    return County(top, campaign, account_with(Role.OFFICE, top))


def _certified(meeting: Meeting) -> Ballot:
    """A certified ballot of twenty papers."""
    return Ballot(
        meeting=meeting,
        campaign=meeting.campaign,
        organization=meeting.organization,
        scale=[{"key": f"g{number}", "label": label} for number, label in enumerate(GRADES)],
        percent_base="valid",
        min_to_show=5,
        status=BallotStatus.CERTIFIED,
        expected=20,
        present=20,
        printed=22,
        issued=20,
        replaced=0,
        unused=2,
        returned=20,
        void_papers=0,
        certified_on=timezone.localdate(),
    )


def _result(ballot: Ballot) -> BranchResult:
    """Its sums."""
    return BranchResult(
        ballot=ballot,
        campaign=ballot.campaign,
        organization=ballot.organization,
        subject_kind=SubjectKind.MEMBERS,
        members_full=20,
        members_probationary=0,
        rated=20,
        counts=[200, 150, 40, 8],
        abstained=1,
        invalid=1,
    )
