"""What stands in the present round of a branch: its ballots and its assessment; an earlier round does not count."""

from __future__ import annotations

from branches.models import Campaign, Organization, Run
from branches.rules import Rules
from branches.services.rounds import round_of
from evaluations.models import AssessmentSheet, Ballot, BallotStatus, SubjectKind

RELATED = ("campaign__issuer", "organization", "ballot__meeting", "meeting")


def present_ballot(
    campaign: Campaign, organization: Organization, kind: SubjectKind = SubjectKind.MEMBERS
) -> Ballot | None:
    """The standing ballot of a kind in the present round, None before it is prepared."""
    found = Ballot.objects.standing().filter(campaign=campaign, organization=organization, subject_kind=kind)
    run = Run.objects.filter(campaign=campaign, organization=organization).order_by("round_no").last()
    if run is not None:  # what was held before that moment belongs to an earlier round
        found = found.filter(meeting__starts_at__gte=run.opened_at)
    return found.select_related("meeting").first()


def masses_ballot_of(sheet: AssessmentSheet, rules: Rules) -> Ballot | None:
    """The certified ballot of 群众代表 that stands beside the members' one, never added to it.

    None where the rules ask for none, before it is certified, and on the sheet of a round that is over.
    """
    if not rules.masses_ballot or round_of(sheet.campaign, sheet.organization) != sheet.round_no:
        return None
    found = present_ballot(sheet.campaign, sheet.organization, SubjectKind.MASSES)
    return found if found is not None and found.status == BallotStatus.CERTIFIED else None


def present_sheet(campaign: Campaign, organization: Organization) -> AssessmentSheet | None:
    """The assessment of the present round, None before it is begun."""
    return (
        AssessmentSheet.objects.filter(
            campaign=campaign, organization=organization, round_no=round_of(campaign, organization)
        )
        .select_related(*RELATED)
        .first()
    )
