"""What is pointed out when a talk was recorded, from the facts this app may read."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from branches.models import Campaign, Organization, StepMark
from branches.rules.steps import MEETINGS
from members.models import Talk
from members.rules.talk_checks import Occasion, warnings_for
from members.rules.talk_people import Person
from members.services.purging import last_day


def met_on(campaign: Campaign, organization: Organization, round_no: int) -> datetime.date | None:
    """The first day a meeting of this round was noted by hand; a meeting kept here is known further up."""
    marks = StepMark.objects.filter(campaign=campaign, organization=organization, round_no=round_no)
    days = marks.filter(step__in=MEETINGS).order_by("done_on").values_list("done_on", flat=True)
    return days.first()


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
