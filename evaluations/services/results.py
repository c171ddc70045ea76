"""Sums of certified ballots for roll-ups, for one branch or for a whole campaign."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Count, Q

from branches.models import Campaign, Job
from branches.permissions import can_see_rollup
from branches.services.jobs import JobRefused, Report
from evaluations.models import Ballot, BallotStatus, BranchResult, TallyLine
from evaluations.rules import Line, sum_lines
from members.models import MemberKind, RosterEntry

BATCH = 500
SUMS = ["members_full", "members_probationary", "rated", "counts", "abstained", "invalid"]


def result_of(ballot: Ballot, lines: list[Line], full: int, probationary: int) -> BranchResult:
    """The sums of one certified ballot (not saved)."""
    total = sum_lines(lines, len(ballot.scale))
    return BranchResult(
        ballot=ballot,
        campaign_id=ballot.campaign_id,
        organization_id=ballot.organization_id,
        subject_kind=ballot.subject_kind,
        members_full=full,
        members_probationary=probationary,
        rated=len(lines),
        counts=list(total.counts),
        abstained=total.abstained,
        invalid=total.invalid,
    )


def roster_sizes(ballots: list[Ballot]) -> dict[tuple[int, int], tuple[int, int]]:
    """正式 and 预备 on the roster of each campaign and organisation of these ballots."""
    rows = (
        RosterEntry.objects.filter(
            roster__campaign__in={b.campaign_id for b in ballots},
            roster__organization__in=[b.organization_id for b in ballots],
        )
        .values_list("roster__campaign", "roster__organization")
        .annotate(
            full=Count("pk", filter=Q(kind=MemberKind.FULL)),
            probationary=Count("pk", filter=Q(kind=MemberKind.PROBATIONARY)),
        )
        .order_by()
    )
    return {(campaign, branch): (full, new) for campaign, branch, full, new in rows}


def build_results(ballots: list[Ballot]) -> int:
    """Make the sums of these certified ballots anew, in place of earlier ones; returns how many."""
    lines: dict[object, list[Line]] = defaultdict(list)
    chosen = TallyLine.objects.filter(ballot__in=[b.pk for b in ballots]).order_by("subject__ordinal")
    for pk, counts, abstained, invalid in chosen.values_list("ballot_id", "counts", "abstained", "invalid"):
        lines[pk].append(Line(tuple(counts), abstained, invalid))
    sizes = roster_sizes(ballots)
    results = [
        result_of(b, lines[b.pk], *sizes.get((b.campaign_id, b.organization_id), (0, 0))) for b in ballots
    ]
    BranchResult.objects.bulk_create(
        results,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["ballot"],
        update_fields=SUMS,
    )
    return len(results)


def build_result(ballot: Ballot) -> None:
    """Make the sums of one certified ballot."""
    build_results([ballot])


def retally_campaign(job: Job, report: Report) -> None:
    """Make the sums of all certified ballots of a campaign anew, in batches, reporting progress."""
    campaign = Campaign.objects.filter(pk=job.params.get("campaign")).select_related("issuer").first()
    if campaign is None:
        raise JobRefused("活动不存在。")
    if job.requested_by is not None and not can_see_rollup(job.requested_by, campaign.issuer):
        raise JobRefused("您已没有汇总这项活动的权限。")
    certified = Ballot.objects.filter(campaign=campaign, status=BallotStatus.CERTIFIED)
    keys = list(certified.order_by("pk").values_list("pk", flat=True))
    report(0, len(keys), "正在汇总各支部票数")
    BranchResult.objects.filter(campaign=campaign).exclude(ballot__in=certified).delete()
    for start in range(0, len(keys), BATCH):
        build_results(list(certified.filter(pk__in=keys[start : start + BATCH])))
        report(min(start + BATCH, len(keys)), len(keys), "正在汇总各支部票数")
