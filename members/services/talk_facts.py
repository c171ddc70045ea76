"""What is pointed out when a talk was recorded, from the facts this app may read."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from branches.models import Campaign, Organization, StepMark
from branches.rules.steps import MEETINGS
from branches.services.rounds import round_of
from members.models import Talk, TalkState
from members.rules.talk_checks import Occasion, warnings_for
from members.rules.talk_people import Person
from members.services.purging import last_day


def met_on(campaign: Campaign, organization: Organization, round_no: int) -> datetime.date | None:
    """The first day of this round on which a meeting was opened here, else was noted by hand."""
    where = {"campaign": campaign, "organization": organization, "round_no": round_no}
    kept = TalkState.objects.filter(**where).values_list("met_on", flat=True).first()
    marks = StepMark.objects.filter(**where, step__in=MEETINGS).order_by("done_on")
    return kept or marks.values_list("done_on", flat=True).first()


def note_met(*, campaign: Campaign, organization: Organization, day: datetime.date) -> None:
    """Keep the day of the first meeting of the present round, so that later talks are pointed out."""
    state, _made = TalkState.objects.select_for_update().get_or_create(
        campaign=campaign,
        organization=organization,
        round_no=round_of(campaign, organization),
        defaults={"settled_at": timezone.now()},
    )
    if state.met_on is None or day < state.met_on:
        state.met_on = day
        state.save(update_fields=["met_on"])


def warnings_of(talk: Talk, people: Iterable[Person]) -> tuple[str, ...]:
    """What about this talk is not as the notice asks, in words; nothing is refused for it."""
    rules = talk.campaign.rules_for(talk.organization)
    sides = {side.key for side in talk.sides.all()}
    said = Occasion(
        tuple(person for person in people if person.key in sides),
        talk.held_on,
        talk.mode,
        talk.together,
    )
    finish = last_day(talk.campaign, rules) if talk.campaign.finish_by or rules.finish_by else None
    return warnings_for(
        rules, said, met_on=met_on(talk.campaign, talk.organization, talk.round_no), finish=finish
    )
