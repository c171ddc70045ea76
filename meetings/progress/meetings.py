"""How far each organisation is with its meetings of every kind: one query for any number of organisations."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Case, DateTimeField, F, QuerySet, When
from django.db.models.functions import TruncDate

from branches.models import Campaign, Organization
from branches.rules.standing import Fact
from meetings.models import Meeting, MeetingStatus
from meetings.rules.kinds import GROUP, KINDS, PLENARY, THEMATIC
from meetings.rules.order import fulfils


@dataclass(frozen=True)
class MeetingProgress:
    """The meeting of one organisation that matters now: the last one held, else the next one planned.

    `first_on`: the day of the first one held. `last_on`: the day of its last sitting (分次召开), from which other days
    are counted; another meeting of the same kind later in the campaign is none and moves nothing.
    """

    meeting: uuid.UUID
    status: str
    planned_for: datetime.date | None
    held_on: datetime.date | None
    first_on: datetime.date | None = None
    last_on: datetime.date | None = None

    @property
    def fact(self) -> Fact:
        """What it says of its step: done with the first sitting, other days are counted from the last."""
        if self.held_on is None:
            return Fact(planned=self.planned_for)
        last = self.last_on if self.last_on != self.first_on else None
        return Fact(done=True, on=self.first_on, last=last)


WHOLE_BRANCH = (PLENARY, THEMATIC)
Held = dict[str, MeetingProgress]  # of one organisation, by step; party groups apart, as `group`


def exact_for(since: Mapping[int, datetime.datetime] | None, field: str) -> Case:
    """The moment in `field` for organisations in a later round, nothing for others: days are read much faster."""
    later = When(organization__in=list(since or ()), then=F(field))
    return Case(later, output_field=DateTimeField(null=True))


def meetings_by_organization(
    campaign: Campaign,
    organizations: QuerySet[Organization],
    since: Mapping[int, datetime.datetime] | None = None,
) -> dict[int, MeetingProgress]:
    """The progress of each organisation with its 党员大会 (专题组织生活会) in the campaign, by the organisation's key.

    Cancelled meetings do not count, nor do those before `since` (an earlier round). Days are local days.
    One put off without a new day (延期待定) is planned for no day.
    """
    rows = _rows(campaign, organizations, since).filter(kind__in=WHOLE_BRANCH)
    step = KINDS[PLENARY].step
    return {pk: held[step] for pk, held in _read(rows, since).items()}


def meetings_by_step(
    campaign: Campaign,
    organizations: QuerySet[Organization],
    since: Mapping[int, datetime.datetime] | None = None,
    apart: Collection[uuid.UUID] = (),
) -> dict[int, Held]:
    """The same for the meetings of every kind: by organisation, then by the step they fulfil.

    `apart`: meetings of branches that fulfil no step of theirs, because they only heard a report months later.
    """
    return _read(_rows(campaign, organizations, since), since, apart)


def merge_meetings(held: Held, meeting_form: str, facts: dict[str, Fact]) -> None:
    """Put what meetings say of their steps upon the facts of one organisation; a planned one leaves a tick by hand.

    The meetings of party groups stand for that of the branch only where the rules name that form.
    """
    for key, progress in held.items():
        step = fulfils(key, meeting_form) if key == GROUP else key
        if not step or (key == GROUP and step in held and not _is_ahead(progress, held[step])):
            continue
        if progress.held_on is not None:
            facts[step] = progress.fact
        else:
            facts.setdefault(step, progress.fact)


def _is_ahead(groups: MeetingProgress, whole: MeetingProgress) -> bool:
    """Whether the party groups have met and the whole branch has not."""
    return groups.held_on is not None and whole.held_on is None


def _rows(
    campaign: Campaign,
    organizations: QuerySet[Organization],
    since: Mapping[int, datetime.datetime] | None,
) -> QuerySet[Meeting]:
    """The meetings that count, the earliest first."""
    return (
        Meeting.objects.filter(campaign=campaign, organization__in=organizations)
        .exclude(status=MeetingStatus.CANCELLED)
        .order_by("starts_at")
        .with_undecided()
        .annotate(on_day=TruncDate("starts_at"), at=exact_for(since, "starts_at"))
    )


def _read(
    rows: QuerySet[Meeting],
    since: Mapping[int, datetime.datetime] | None,
    apart: Collection[uuid.UUID] = (),
) -> dict[int, Held]:
    """The meetings of each organisation by step, without the meetings of self-examination that are set `apart`."""
    columns = ("organization_id", "kind", "pk", "status", "on_day", "at", "n_undecided", "continues_id")
    found: dict[int, Held] = {}
    begun: dict[tuple[int, str], uuid.UUID] = {}  # the first held of each kind
    for organization, kind, pk, status, day, starts_at, undecided, first_sitting in rows.values_list(
        *columns
    ):
        if since and organization in since and starts_at < since[organization]:
            continue
        if pk in apart and kind in (*WHOLE_BRANCH, GROUP):
            continue
        held = found.setdefault(organization, {})
        key = KINDS[kind].step or kind
        earlier = held.get(key)
        if status != MeetingStatus.PLANNED:
            planned = earlier.planned_for if earlier else None
            first = earlier.first_on if earlier and earlier.first_on else day
            series = begun.setdefault((organization, kind), pk)
            sits = kind == GROUP or series in (pk, first_sitting)
            last = day if sits or earlier is None else earlier.last_on
            held[key] = MeetingProgress(pk, status, planned, day, first, last)
        elif earlier is None:
            held[key] = MeetingProgress(pk, status, None if undecided else day, None)
    return found
