"""When the reports after the meeting are due in one organisation, judged as everywhere: facts of all apps below."""

from __future__ import annotations

import datetime

from branches.models import Campaign, Organization
from branches.progress import own_progress
from branches.rules.standing import Fact, stand
from branches.services.steps import steps_for
from evaluations.models import SubjectKind
from evaluations.progress import ballot_progress
from meetings.progress import meetings_by_step, merge_meetings
from rectification.progress.measures import measures_by_organization
from rectification.rules.clocks import Clock, clocks_of


def clocks_for(campaign: Campaign, organization: Organization, today: datetime.date) -> tuple[Clock, ...]:
    """The reports the rules ask the organisation for, each with its day and where it stands; nothing where none."""
    only, pk = Organization.objects.filter(pk=organization.pk), organization.pk
    own = own_progress(campaign, only)
    facts = own.facts_of(pk)
    measures = measures_by_organization(campaign, only, own.rounds)
    held = meetings_by_step(campaign, only, own.since, measures.apart)
    merge_meetings(held.get(pk, {}), campaign.rules_for(organization).meeting_form, facts)
    ballot = ballot_progress(campaign, only, SubjectKind.MEMBERS, own.since).get(pk)
    if ballot is not None and ballot.certified:
        facts["ballot"] = Fact(done=True, on=ballot.held_on)
    if pk in measures.of:
        measures.of[pk].merge(facts)
    return clocks_of(stand(steps_for(campaign, organization), facts, own.decisions.get(pk, {}), today))
