"""What goes on after the steps: help, disposals, notices, problems to be put right; lines for clerks, never in names."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Iterator, Mapping

from branches.models import Campaign, Organization
from branches.models.organization import BODIES
from branches.rules import Rules
from config.home.digest import FOLLOW, ITEMS, NOTICES, Judge, Line, Place, when
from evaluations.models import DisposalCase, DisposalStatus, HelpStatus, NoticeStatus, ResultNotice
from evaluations.reports.disposals import standing_plans
from rectification.models import Publication, PublicationStatus, RectificationItem

NOTICE, ITEM = NOTICES.removeprefix(FOLLOW), ITEMS.removeprefix(FOLLOW)
WORDS = {
    "help": "名党员的帮扶要回访",
    "disposal": "名党员的限期改正期满",
    NOTICE: "份公示期满，要办理结束",
    ITEM: "条整改事项到期",
}
Due = tuple[int, int, str, datetime.date]  # campaign, organisation, what, day


def follow_lines(judge: Judge, clerks: Mapping[int, set[int]]) -> dict[int, list[Line]]:
    """The lines of each account, by the days on which the rules of the branch remind; seven queries.

    They are told after the campaign is closed as well: help, disposals, notices and what is put right go on.
    """
    dues = list(_dues(judge.today))
    campaigns = Campaign.objects.select_related("issuer").in_bulk({due[0] for due in dues})
    places = Organization.objects.in_bulk({due[1] for due in dues})
    rules: dict[tuple[int, str], Rules] = {}
    told: dict[tuple[int, int, str], list[datetime.date]] = collections.defaultdict(list)
    for campaign, organization, what, day in dues:
        place = places[organization]
        key = (campaign, place.category)
        if key not in rules:
            rules[key] = campaigns[campaign].rules_for(place)
        if judge.is_day(day, rules[key]):
            told[campaign, organization, what].append(day)
    found: dict[int, list[Line]] = collections.defaultdict(list)
    for (campaign, organization, what), days in told.items():
        one, first = places[organization], min(days)
        place = Place(one.pk, one.path, one.short_name, one.kind in BODIES)
        words = f"{len(days)} {WORDS[what]}：{when(first, judge.today)}"
        line = Line(campaigns[campaign], place, f"{FOLLOW}{what}", words, (0, first, 0))
        for user in clerks.get(organization, ()):
            found[user].append(line)
    return found


def _dues(today: datetime.date) -> Iterator[Due]:
    """Running plans, clocks and problems to be put right with their day; notices that hang on their last day or after."""
    plans = standing_plans().filter(status=HelpStatus.RUNNING, review_on__isnull=False)
    sheet = "assessment__sheet"
    for campaign, organization, day in plans.values_list(
        f"{sheet}__campaign", f"{sheet}__organization", "review_on"
    ):
        yield campaign, organization, "help", day
    cases = DisposalCase.objects.filter(status=DisposalStatus.IN_FORCE)
    clocks = cases.values_list("campaign", "organization", "due_on")
    yield from ((one, place, "disposal", day) for one, place, day in clocks if day is not None)
    notices = ResultNotice.objects.filter(status=NoticeStatus.POSTED, to_on__lte=today)
    for one, place, last in notices.values_list("sheet__campaign", "sheet__organization", "to_on"):
        yield one, place, NOTICE, last
    hanging = Publication.objects.filter(status=PublicationStatus.POSTED, to_on__lte=today)
    for one, place, last in hanging.values_list("campaign", "organization", "to_on"):
        yield one, place, NOTICE, last
    items = RectificationItem.objects.unfinished().filter(due_on__isnull=False).order_by()
    days = items.values_list("campaign", "organization", "due_on")
    yield from ((one, place, ITEM, day) for one, place, day in days if day is not None)
