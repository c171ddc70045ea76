"""Every number of a report, worked out from what all apps keep, each with the words it is called by.

Nothing here says who gave an opinion, what was said in a talk or who voted how. Votes of a ballot with too few
papers are left out, as everywhere.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from branches.models import Campaign, Organization, Run
from branches.services.rounds import round_of
from config.home.report.labels import LABELS, VOTES
from evaluations.models import Ballot, BallotStatus, SubjectKind
from evaluations.reports.branch import branch_summary
from meetings.models import (
    Attendance,
    AttendanceStatus,
    Capacity,
    DutyKind,
    Meeting,
    Participant,
    Slot,
    SlotKind,
    SlotStatus,
)
from meetings.rules.kinds import COMMITTEE, LIFE, PLENARY, THEMATIC, UPPER
from meetings.rules.report import UNKNOWN
from members.models import (
    Material,
    MaterialStatus,
    Opinion,
    OpinionPoint,
    OpinionRound,
    Part,
    StudyPart,
    StudySession,
    Verdict,
)
from members.reports.talk_papers import TalkTable
from members.rules.paper import Paper
from members.services.talk_grid import Grid

HANDED_IN = (MaterialStatus.SUBMITTED, MaterialStatus.PASSED, MaterialStatus.DONE)
SETTLED = (MaterialStatus.PASSED, MaterialStatus.DONE)


@dataclass(frozen=True)
class Numbers:
    """The numbers of one organisation in its present round: `values` by key, and what each key is called.

    `withheld`: the kinds of ballot whose votes are on the signed table only.
    """

    values: dict[str, str]
    labels: dict[str, str]
    withheld: frozenset[str]
    meetings: tuple[Meeting, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization) -> Numbers:
        """Work them out now; a constant number of queries but for the materials, which are opened one by one."""
        place = _Place.of(campaign, organization)
        meetings = place.meetings()
        ballots = {ballot.subject_kind: ballot for ballot in place.ballots(meetings)}
        values = {
            **place.study(),
            **place.opinions(),
            **place.talks(),
            **place.materials(),
            **_committee_meeting(_sittings(meetings, (COMMITTEE,))),
            **_main_meeting(
                _sittings(meetings, (LIFE, UPPER) if organization.is_body else (PLENARY, THEMATIC))
            ),
            **_in_the_room(meetings),
        }
        labels = dict(LABELS)
        for kind in SubjectKind:
            prefix = VOTES[kind][0].removesuffix("votes_")
            values |= _heads(ballots.get(kind), prefix)
            for key, label, votes in _votes(ballots.get(kind)):
                labels[key], values[key] = label, votes
        withheld = frozenset(kind for kind, ballot in ballots.items() if ballot.counts_withheld)
        return cls(values, labels, withheld, meetings)


@dataclass(frozen=True)
class _Place:
    """One organisation in one round of a campaign."""

    campaign: Campaign
    organization: Organization
    round_no: int
    since: datetime.datetime | None

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization) -> _Place:
        number = round_of(campaign, organization)
        run = Run.objects.filter(campaign=campaign, organization=organization, round_no=number).first()
        return cls(campaign, organization, number, run.opened_at if run else None)

    @property
    def scope(self) -> dict[str, object]:
        """What the rows of the preparation are chosen by."""
        return {
            "campaign": self.campaign,
            "organization": self.organization,
            "round_no": self.round_no,
        }

    def meetings(self) -> tuple[Meeting, ...]:
        """The meetings that were held, the earliest first, with their counts."""
        held = Meeting.objects.held().filter(campaign=self.campaign, organization=self.organization)
        if self.since is not None:
            held = held.filter(starts_at__gte=self.since)
        return tuple(held.with_counts().order_by("starts_at", "pk"))

    def ballots(self, meetings: Iterable[Meeting]) -> Iterable[Ballot]:
        """The certified ballots of these meetings."""
        found = Ballot.objects.filter(meeting__in=[m.pk for m in meetings], status=BallotStatus.CERTIFIED)
        return found.select_related("organization", "campaign", "meeting")

    def study(self) -> dict[str, str]:
        """集中学习: sessions, and how many people took part in all of them together."""
        parts = StudyPart.objects.filter(session__in=StudySession.objects.filter(**self.scope))
        sums = parts.aggregate(
            people=Count("pk", filter=Q(part=Part.PRESENT)), brought=Count("pk", filter=Q(part=Part.MADE_UP))
        )
        return {
            "study_times": str(StudySession.objects.filter(**self.scope).count()),
            "study_people": str(sums["people"]),
            "study_made_up": str(sums["brought"]),
        }

    def opinions(self) -> dict[str, str]:
        """征求意见: rounds, forms, opinions that count, points and what checking found."""
        rounds = OpinionRound.objects.filter(**self.scope)
        sums = rounds.aggregate(n=Count("pk"), out=Sum("forms_out"), back=Sum("forms_in"))
        points = OpinionPoint.objects.filter(**self.scope)
        found = points.aggregate(
            n=Count("pk"), **{value: Count("pk", filter=Q(verdict=value)) for value in Verdict.values}
        )
        return {
            "opinion_rounds": str(sums["n"]),
            "forms_out": str(sums["out"] or 0),
            "forms_in": str(sums["back"] or 0),
            "opinions": str(Opinion.objects.accepted().filter(round__in=rounds).count()),
            "points": str(found["n"]),
            **{f"points_{value}": str(found[value]) for value in Verdict.values},
        }

    def talks(self) -> dict[str, str]:
        """谈心谈话, as the table of talks says it."""
        table = TalkTable.of(self.campaign, self.organization, Grid.of(self.campaign, self.organization))
        return {
            "talk_owed": str(table.owed),
            "talk_held": str(table.done),
            "talk_times": str(table.times),
        }

    def materials(self) -> dict[str, str]:
        """对照检查材料: how many were handed in and passed; the problems and measures listed in them."""
        found = list(Material.objects.filter(**self.scope, status__in=HANDED_IN))
        items = [item for material in found for item in Paper.loads(material.content).items]
        return {
            "materials_in": str(len(found)),
            "materials_passed": str(sum(material.status in SETTLED for material in found)),
            "problems": str(sum(bool(item.problem.strip()) for item in items)),
            "measures": str(sum(bool(item.measure.strip()) for item in items)),
        }


def _sittings(meetings: Iterable[Meeting], kinds: tuple[str, ...]) -> list[Meeting]:
    """The last meeting of these kinds with all its sittings, the first sitting first; empty when none was held."""
    held = [meeting for meeting in meetings if meeting.kind in kinds]
    if not held:
        return []
    first = {meeting.pk: meeting.continues_id or meeting.pk for meeting in held}
    return [meeting for meeting in held if first[meeting.pk] == first[held[-1].pk]]


def _when_and_where(sittings: list[Meeting], prefix: str = "") -> dict[str, str]:
    """Days, place and chair of a meeting."""
    if not sittings:
        return {f"{prefix}{key}": UNKNOWN for key in ("day", "place", "chair")}
    days = dict.fromkeys(f"{meeting.day.month}月{meeting.day.day}日" for meeting in sittings)
    chair = sittings[0].duties.filter(kind=DutyKind.CHAIR).first()
    return {
        f"{prefix}day": "、".join(days),
        f"{prefix}place": sittings[0].place or UNKNOWN,
        f"{prefix}chair": chair.holder_name if chair else UNKNOWN,
    }


def _seats(sittings: list[Meeting]) -> tuple[str, str]:
    """应到 and 实到 of a meeting whose seats count; a seat that came to one sitting was there."""
    seats = Participant.objects.seats().filter(meeting__in=[meeting.pk for meeting in sittings])
    people = {seat.key or f"#{seat.pk}" for seat in seats}
    came = {seat.key or f"#{seat.pk}" for seat in seats if seat.status == AttendanceStatus.PRESENT}
    return (str(len(people)), str(len(came))) if people else (UNKNOWN, UNKNOWN)


def _committee_meeting(sittings: list[Meeting]) -> dict[str, str]:
    """支委会."""
    expected, present = _seats(sittings)
    where = _when_and_where(sittings, "committee_")
    return {**where, "committee_expected": expected, "committee_present": present}


def _main_meeting(sittings: list[Meeting]) -> dict[str, str]:
    """党员大会, or the 民主生活会 of a body: who was expected and who came, probationary members apart."""
    found = _when_and_where(sittings)
    if not sittings or sittings[0].kind in (LIFE, UPPER):
        expected, present = _seats(sittings)
        return {
            **found,
            "expected": expected,
            "expected_full": UNKNOWN,
            "present": present,
            "present_full": UNKNOWN,
        }
    counts = sittings[0].counts()
    came = Attendance.objects.filter(
        meeting__in=[meeting.pk for meeting in sittings], status=AttendanceStatus.PRESENT
    ).aggregate(
        n=Count("entry", distinct=True),
        full=Count("entry", distinct=True, filter=Q(entry__kind="full")),
    )
    return {
        **found,
        "expected": str(counts.expected),
        "expected_full": str(counts.expected_full),
        "present": str(came["n"]),
        "present_full": str(came["full"]),
    }


def _in_the_room(meetings: Iterable[Meeting]) -> dict[str, str]:
    """Guests who came, and how many criticisms were spoken (批评意见), over all meetings of the round."""
    keys = [meeting.pk for meeting in meetings]
    guests = list(Participant.objects.guests().filter(meeting__in=keys, status=AttendanceStatus.PRESENT))
    above = [one for one in guests if one.capacity in (Capacity.SUPERIOR, Capacity.INSTRUCTOR)]
    named = dict.fromkeys(f"{one.post}{one.name}" for one in above)
    spoken = Slot.objects.filter(meeting__in=keys, kind=SlotKind.CRITICISM, status=SlotStatus.DONE)
    return {
        "superiors": "、".join(named) or UNKNOWN,
        "guests_superior": str(len(named)),
        "guests_masses": str(sum(one.capacity == Capacity.MASSES for one in guests)),
        "guests_observers": str(sum(one.capacity == Capacity.OBSERVER for one in guests)),
        "criticisms": str(spoken.count()),
    }


def _heads(ballot: Ballot | None, prefix: str) -> dict[str, str]:
    """Papers of a ballot; of the members' ballot also how many are rated."""
    keys = ("all_issued", "all_returned", "valid", "all_void")
    if ballot is None:
        found = dict.fromkeys((f"{prefix}{key.removeprefix('all_')}" for key in keys), UNKNOWN)
        return found if prefix else {"rated": UNKNOWN, **found}
    heads = ballot.heads
    found = {f"{prefix}{key.removeprefix('all_')}": str(getattr(heads, key)) for key in keys}
    return found if prefix else {"rated": str(ballot.rated().count()), **found}


def _votes(ballot: Ballot | None) -> Iterator[tuple[str, str, str]]:
    """Key, label and votes of each grade over all rows; nothing where votes stay on the signed table."""
    if ballot is None or ballot.counts_withheld:
        return
    prefix, label = VOTES[ballot.subject_kind]
    total = branch_summary(ballot, for_signing=False).total()
    for key, grade, votes in zip(ballot.option_keys, ballot.options, total.counts, strict=True):
        yield f"{prefix}{key}", label.format(grade), str(votes)
