"""Clocks that run on after a campaign is closed: 班子半年通报, 党员每季度报告. They are reminded of all the same."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from branches.models import Campaign, CampaignStatus
from branches.rules import Rules
from branches.rules.dates import MONTHS_A_QUARTER, MONTHS_A_YEAR, months_after, quarter_end
from branches.rules.standing import Standing
from branches.rules.steptypes import outlasts


def reminded_of(today: datetime.date) -> Iterator[Campaign]:
    """The campaigns somebody may be reminded of: the open ones, and closed ones with a clock that still runs."""
    yield from Campaign.objects.open().select_related("issuer")
    for campaign in Campaign.objects.filter(status=CampaignStatus.CLOSED).select_related("issuer"):
        if runs_on(campaign, today):
            yield campaign


def runs_on(campaign: Campaign, today: datetime.date) -> bool:
    """Whether the rules of a closed campaign ask for a report so late that it may still be owed.

    Counted from the end of the year after the campaign's: by then its meeting was held. A last report is told of for
    a quarter more.
    """
    months = max(_last_month(rules) for rules in campaign.rule_set().every_resolved())
    if not months:
        return False
    last = months_after(datetime.date(campaign.year + 1, MONTHS_A_YEAR, 31), months)
    return today <= quarter_end(months_after(last, MONTHS_A_QUARTER))


def _last_month(rules: Rules) -> int:
    """How many months after the meeting the last report is due; 0 where none is asked for."""
    every = rules.member_report_every_months or 0
    return max(rules.committee_report_months or 0, every * rules.member_report_times)


def still_told(campaign: Campaign, row: tuple[Standing, ...]) -> tuple[Standing, ...]:
    """The standings people are reminded of: all of an open campaign, of a closed one those whose clocks run on."""
    if campaign.is_open:
        return row
    return tuple(standing for standing in row if outlasts(standing.step.key))
