"""Which meetings come before this one here (先开什么会、后开什么会), as far as they are on record; and who may split into groups."""

from __future__ import annotations

from dataclasses import dataclass

from branches.models import Campaign, DecisionKind, Organization, Run, StepDecision, StepMark
from branches.permissions import Answer, Denied
from branches.rules.steps import kind_of
from meetings.models import Meeting, MeetingStatus
from meetings.models.meeting import MeetingQuerySet
from meetings.rules.kinds import KINDS, PLENARY, UPPER
from meetings.rules.order import Wants, fulfils, kinds_before, split_refusal, waits_for_upper, wanted_kinds
from members.models import Member, MemberKind, Roster, RosterEntry

MEETING_STEP = KINDS[PLENARY].step


def wants_of(campaign: Campaign, organization: Organization) -> Wants:
    """What the rules of the campaign ask of an organisation."""
    rules = campaign.rules_for(organization)
    return Wants(
        meeting_form=rules.meeting_form,
        is_body=organization.is_body,
        has_committee=not organization.is_body and organization.has_committee,
        upper_first=rules.upper_committee_first,
        mobilise=rules.mobilise,
        analysis=rules.problem_analysis,
        briefing=rules.briefing,
        masses_briefing=rules.masses_briefing,
    )


def wanted_of(campaign: Campaign, organization: Organization) -> tuple[str, ...]:
    """The kinds of meetings the organisation is to hold, in their order."""
    return wanted_kinds(wants_of(campaign, organization))


def _newest_run(campaign: Campaign, organization: Organization) -> Run | None:
    """The newest round ordered by the superior."""
    return Run.objects.filter(campaign=campaign, organization=organization).order_by("round_no").last()


def meetings_of_round(campaign: Campaign, organization: Organization) -> MeetingQuerySet:
    """The meetings of the present round that were not cancelled."""
    rows = Meeting.objects.filter(campaign=campaign, organization=organization)
    run = _newest_run(campaign, organization)
    return rows.exclude(status=MeetingStatus.CANCELLED).filter(
        **({"starts_at__gte": run.opened_at} if run else {})
    )


def steps_settled(campaign: Campaign, organization: Organization) -> set[str]:
    """The meeting steps that are done here: by a meeting held, a tick by hand, or because the organisation is let off."""
    form = campaign.rules_for(organization).meeting_form
    held = meetings_of_round(campaign, organization).held().order_by().values_list("kind", flat=True)
    run = _newest_run(campaign, organization)
    scope = {"campaign": campaign, "organization": organization, "round_no": run.round_no if run else 1}
    ticks = StepMark.objects.filter(**scope).values_list("step", flat=True)
    waived = StepDecision.objects.filter(**scope, kind=DecisionKind.WAIVED, ended_at=None)
    by_hand = {kind_of(step) for step in (*ticks, *waived.values_list("step", flat=True))}
    return {step for kind in set(held) if (step := fulfils(kind, form))} | by_hand


def steps_arranged(campaign: Campaign, organization: Organization) -> set[str]:
    """The meeting steps for which nothing is to be planned any more: settled, or a meeting is planned."""
    form = campaign.rules_for(organization).meeting_form
    kinds = meetings_of_round(campaign, organization).order_by().values_list("kind", flat=True)
    return steps_settled(campaign, organization) | {fulfils(kind, form) for kind in set(kinds)}


def upper_body(campaign: Campaign, organization: Organization) -> Organization | None:
    """The body above (党委、党总支) whose own 班子会 comes first; None where the rules ask for none of it."""
    above = organization.superior()
    if above is None or not above.is_body or above.pk == campaign.issuer_id or not campaign.covers(above):
        return None
    return above if campaign.rules_for(above).upper_committee_first else None


@dataclass(frozen=True)
class OutOfOrder:
    """A meeting that comes before this one and is not on record: what to say, and the rule that puts it first."""

    text: str
    rule: str
    is_own: bool = True


def out_of_order(meeting: Meeting) -> tuple[OutOfOrder, ...]:
    """What should have been held before this meeting, in its order; empty for another sitting (分次召开)."""
    if meeting.continues_id is not None:
        return ()
    campaign, organization = meeting.campaign, meeting.organization
    found = []
    above = upper_body(campaign, organization) if waits_for_upper(meeting.kind) else None
    if above is not None and KINDS[UPPER].step not in steps_settled(campaign, above):
        found.append(
            OutOfOrder(
                f"{above.short_name}的班子会要在先，还没有召开的记录", "upper_committee_first", is_own=False
            )
        )
    before = kinds_before(meeting.kind, wants_of(campaign, organization))
    settled = steps_settled(campaign, organization) if before else set()
    found += [
        OutOfOrder(f"{KINDS[kind].label}要在先，还没有召开的记录", "meeting_form")
        for kind in before
        if (KINDS[kind].step or MEETING_STEP) not in settled
    ]
    return tuple(found)


def may_split(campaign: Campaign, organization: Organization) -> Answer:
    """Whether self-review and mutual review may be held in groups: from the size the rules name.

    Counted are the people of the branch's roster, else those on its roll today, those exempt too.
    """
    rules = campaign.rules_for(organization)
    if rules.meeting_form == "group":
        return True
    roster = Roster.objects.filter(campaign=campaign, organization=organization).first()
    people = (
        RosterEntry.objects.filter(roster=roster)
        if roster is not None
        else Member.objects.active().filter(organization=organization)
    )
    if rules.group_split_counts == "full":
        people = people.filter(kind=MemberKind.FULL)
    refused = split_refusal(people.count(), rules.group_split_from)
    return Denied(refused) if refused else True
