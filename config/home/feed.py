"""The calendar (.ics) of one organisation: days by which its steps are due, and its planned meetings.

It is read without logging in by whoever has the address, so it holds no names and no results.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from branches.models import Campaign, DecisionKind, Organization, StepDecision
from branches.rules.standing import POSTPONED, Standing
from branches.services.feeds import find_feed
from config.home.mine import open_campaigns
from config.home.standings import Standings
from meetings.models import Meeting, MeetingStatus
from meetings.reports.calendar import meeting_event, new_calendar, uid_of

REFRESH = datetime.timedelta(hours=6)
ENDED = "没有这个日历，或者地址已经停用。请向支部书记要新的地址。\n"
PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
AddressOf = Callable[[str], str]  # a path → the whole address


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind an address; a wrong or ended address is not found, and looks like any other."""
    feed = find_feed(token)
    if feed is None:
        return HttpResponseNotFound(ENDED, content_type="text/plain; charset=utf-8", headers=PRIVATE)
    text = calendar_of(feed.organization, request.build_absolute_uri).to_ical()
    named = {"Content-Disposition": 'inline; filename="calendar.ics"', **PRIVATE}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=named)


def calendar_of(organization: Organization, address_of: AddressOf) -> Calendar:
    """The calendar of an organisation now: all campaigns that are open and address it."""
    found = new_calendar()
    for name in ("name", "x-wr-calname"):
        found.add(name, f"组织生活：{organization.short_name}")
    found.add("x-wr-timezone", timezone.get_default_timezone_name())
    found.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    found.add("x-published-ttl", REFRESH)
    for campaign in open_campaigns(organization):
        for event in (*_deadlines(organization, campaign), *_meetings(organization, campaign)):
            event.add("dtstamp", timezone.now().astimezone(datetime.UTC))
            event.add("url", address_of(reverse("branches:campaign", args=[campaign.slug])))
            event.add("description", campaign.name)
            found.add_component(event)
    found.add_missing_timezones()
    return found


def _deadlines(organization: Organization, campaign: Campaign) -> Iterator[Event]:
    """One whole-day event for each step that is still owed and has a day."""
    just_this = Organization.objects.filter(pk=organization.pk)
    standings = Standings.of(campaign, just_this, timezone.localdate())
    put_off = StepDecision.objects.filter(
        campaign=campaign,
        organization=organization,
        round_no=standings.rounds.get(organization.pk, 1),
        kind=DecisionKind.POSTPONED,
        ended_at=None,
    )
    moved = dict(put_off.values_list("step", "until"))
    for standing in standings.rows[organization.pk]:
        day = moved.get(standing.step.key) if standing.state == POSTPONED else standing.due
        if day is None or standing.is_settled or standing.handed_in:
            continue
        yield _deadline(organization, campaign, standing, day)


def _deadline(
    organization: Organization, campaign: Campaign, standing: Standing, day: datetime.date
) -> Event:
    """The day by which one step is due, or to which it was put off."""
    event = Event()
    event.add("uid", uid_of(f"{campaign.slug}/{organization.code}/{standing.step.key}"))
    word = "延期到" if standing.state == POSTPONED else "到期"
    event.add("summary", f"{word}：{standing.step.label}（{organization.short_name}）")
    event.add("dtstart", day)
    event.add("transp", "TRANSPARENT")
    return event


def _meetings(organization: Organization, campaign: Campaign) -> Iterator[Event]:
    """The meetings set and not yet over, with time and place."""
    coming = Meeting.objects.filter(
        organization=organization,
        campaign=campaign,
        status__in=(MeetingStatus.PLANNED, MeetingStatus.OPENED),
    )
    for meeting in coming.select_related("organization").with_undecided().order_by("starts_at"):
        if not meeting.is_undecided:
            yield meeting_event(meeting)
