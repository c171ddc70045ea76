"""Reminders: once a day one digest for each person and channel of everything owed, looked at again when sent."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from branches.models import Appointment, Campaign, Channel, Delivery, Organization, Role, Tick, path_and_above
from branches.models.organization import BODIES
from branches.permissions import CLERK_ROLES
from branches.services.deliveries import Outgoing, Text, queue_all
from branches.services.notices import Personal, announce_each
from config.home.digest import Digest, Judge, Line, Place, Standpoint, look_below, own_line, own_lines
from config.home.follow_lines import follow_lines
from config.home.outlasting import reminded_of, still_told
from config.home.review_lines import review_lines
from config.home.standings import Standings
from config.lib.workdays import is_workday

KIND = "digest"
TICK, WORKDAY_TICK = "remind", "remind_workday"
Lines = dict[int, list[Line]]  # by organisation


def remind(today: datetime.date) -> int:
    """Write the digests of the local day `today`; returns how many, 0 when they are written already.

    Whoever runs it at the same time, each person and channel gets one a day. A day on which nothing ran
    is not told afterwards, but a reminder that fell on it comes with today's.
    """
    since = _last_day(TICK, today)
    if since >= today:
        return 0
    judge = Judge(today, since, _last_day(WORKDAY_TICK, today), is_workday)
    own, below, ears = _gather(judge)
    people = ears.people(own, below)
    for found in (review_lines(judge.rests), follow_lines(judge, ears.clerks)):
        for user, lines in found.items():
            people[user] = [*people.get(user, []), *lines]
    letters = [Personal(user, digest.title, digest.body, digest.url) for user, digest in _digests(people)]
    messages = [
        Outgoing(ears.channels[pk], KIND, today, digest.title, digest.body, digest.about)
        for pk, digest in _digests(ears.ways(own, below))
    ]
    with transaction.atomic():
        written = announce_each(kind=KIND, day=today, messages=letters)
        written += queue_all(messages, now=timezone.now())
        for name in (TICK, WORKDAY_TICK) if is_workday(today) else (TICK,):
            Tick.mark(name, timezone.now())
    return written


def _last_day(tick: str, today: datetime.date) -> datetime.date:
    """The day of the last run; yesterday when there was none."""
    last = Tick.last(tick)
    return timezone.localdate(last) if last else today - datetime.timedelta(days=1)


def look_again(delivery: Delivery) -> Text | None:
    """Title and body of a waiting digest as they should be now; None when all of it is done meanwhile.

    A later day's digest of the same channel takes the place of an earlier one that still waits.
    """
    if delivery.kind != KIND:
        return delivery.title, delivery.body
    if Delivery.objects.filter(channel=delivery.channel_id, kind=KIND, day__gt=delivery.day).exists():
        return None
    told = {(campaign, key) for campaign, _organization, key in delivery.about}
    today = timezone.localdate()
    asked = {pk for pk, _key in told}
    campaigns = [campaign for campaign in reminded_of(today) if campaign.pk in asked]
    lines = [
        line
        for campaign in campaigns
        for line in _all_lines(campaign, delivery.channel.organization, today)
        if (campaign.pk, line.key) in told
    ]
    if not lines:
        return None
    digest = Digest.of(lines)
    return digest.title, digest.body


def _gather(judge: Judge) -> tuple[Lines, Lines, Ears]:
    """The lines of organisations and of superiors over all campaigns; a constant number of queries each."""
    ears = Ears.on(judge.today, Organization.objects.all())
    own: Lines = collections.defaultdict(list)
    below: Lines = collections.defaultdict(list)
    for campaign in reminded_of(judge.today):
        found = _look(campaign, campaign.organizations(), judge.today)
        for place, row, rules in found.rows:
            own[place.pk] += own_lines(campaign, place, row, rules, judge)
        for pk, lines in look_below(found, ears.superiors, ears.reviewer, judge).items():
            below[pk] += lines
    return own, below, ears


def _look(campaign: Campaign, organizations: QuerySet[Organization], today: datetime.date) -> Standpoint:
    """The organisations with their standings and rules; one that is added this moment comes tomorrow.

    Of a closed campaign only the steps whose clocks run on.
    """
    standings = Standings.of(campaign, organizations, today)
    fields = organizations.values_list("pk", "path", "short_name", "kind")
    rows = [
        (Place(pk, path, name, kind in BODIES), still_told(campaign, standings.rows[pk]), standings.rules[pk])
        for pk, path, name, kind in fields
        if pk in standings.rows
    ]
    return Standpoint(campaign, rows, standings.columns)


def _all_lines(campaign: Campaign, organization: Organization, today: datetime.date) -> list[Line]:
    """All that could be told about one organisation and what is below it, whatever the day."""
    place = Place(organization.pk, organization.path, organization.short_name, organization.is_body)
    found = _look(campaign, campaign.organizations().in_subtree(organization), today)
    own = [
        own_line(campaign, place, standing, today)
        for seen, row, _rules in found.rows
        if seen.pk == place.pk
        for standing in row
        if standing.is_owed and standing.due is not None
    ]
    inside = Ears.on(today, Organization.objects.in_subtree(organization))
    every_day = Judge(today, today, today, lambda day: True)
    below = look_below(found, {place.path: place}, inside.reviewer, every_day)
    return [*own, *below.get(place.pk, [])]


def _digests(lines: Mapping[int, list[Line]]) -> Iterator[tuple[int, Digest]]:
    """A digest for each who has lines."""
    return ((who, Digest.of(found)) for who, found in lines.items() if found)


@dataclass(frozen=True)
class Ears:
    """Who hears reminders on a day: holders of posts who have an account, and channels that are on."""

    clerks: dict[int, set[int]]  # accounts by organisation
    offices: dict[int, set[int]]
    channels: dict[int, Channel]
    superiors: dict[str, Place]

    @classmethod
    def on(cls, today: datetime.date, organizations: QuerySet[Organization]) -> Ears:
        """Read those of these organisations: three queries."""
        here = organizations.order_by().values("pk")
        posts = Appointment.objects.current(today).filter(organization__in=here, user__is_active=True)
        clerks: dict[int, set[int]] = collections.defaultdict(set)
        offices: dict[int, set[int]] = collections.defaultdict(set)
        held = posts.filter(role__in=(*CLERK_ROLES, Role.OFFICE))
        for user, pk, role in held.values_list("user__pk", "organization_id", "role"):
            (offices if role == Role.OFFICE else clerks)[pk].add(user)
        channels = Channel.objects.filter(is_on=True, organization__in=here).in_bulk()
        above = {*offices, *(channel.organization_id for channel in channels.values())}
        fields = organizations.filter(pk__in=above).values_list("pk", "path", "short_name", "kind")
        superiors = {path: Place(pk, path, name, kind in BODIES) for pk, path, name, kind in fields}
        return cls(clerks, offices, channels, superiors)

    def reviewer(self, place: Place) -> str:
        """The path of the nearest office above with somebody who does not run the organisation; else empty."""
        own = self.clerks.get(place.pk, set())
        for path in reversed(path_and_above(place.path)[:-1]):
            superior = self.superiors.get(path)
            if superior is not None and self.offices.get(superior.pk, set()) - own:
                return path
        return ""

    def people(self, own: Lines, below: Lines) -> Lines:
        """The lines of each person: those of the own organisations, and for an office those of what is below."""
        found: Lines = collections.defaultdict(list)
        for posts, lines in ((self.clerks, own), (self.offices, below)):
            for pk, told in lines.items():
                for user in posts.get(pk, ()):
                    found[user] += told
        return found

    def ways(self, own: Lines, below: Lines) -> Lines:
        """The lines of each channel: all of its organisation."""
        return {
            pk: [*own.get(way.organization_id, []), *below.get(way.organization_id, [])]
            for pk, way in self.channels.items()
        }
