"""The board of a superior: how many branches are done, which are not, one page of rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, Campaign, Category, Organization, Role
from config.home.days import deadline, said
from config.lib.paging import PER_PAGE
from evaluations.models import Ballot, BallotStatus, SubjectKind
from evaluations.progress import BallotProgress, ballot_progress
from meetings.models import Meeting
from meetings.progress import MeetingProgress, meetings_by_organization
from members.models import Roster, RosterStatus

SHOWN = {"todo": "还没有核定", "no_meeting": "还没有开会", "met": "已开会", "done": "已核定", "all": "全部"}


@dataclass(frozen=True)
class Cell:
    """One step of one branch: a word and its colour."""

    word: str
    state: str = "idle"


@dataclass(frozen=True)
class Row:
    """One branch on the board."""

    organization: Organization
    secretary: str
    roster: Cell
    meeting: Cell
    ballot: Cell


@dataclass(frozen=True)
class Numbers:
    """How many branches there are and how far they have come."""

    total: int
    met: int
    done: int

    @property
    def todo(self) -> int:
        """Branches without a certified result."""
        return self.total - self.done

    @property
    def no_meeting(self) -> int:
        """Branches that have not met."""
        return self.total - self.met


@dataclass(frozen=True)
class Board:
    """Everything the superior's home shows for one organisation and campaign."""

    organization: Organization
    campaign: Campaign
    numbers: Numbers
    deadline: str
    urgency: str
    shown: str
    category: str
    rows: tuple[Row, ...]
    page: Page[Organization]
    rollup_url: str

    @property
    def tiles(self) -> list[tuple[str, str, str]]:
        """The numbers that are filters: key, number, words."""
        n = self.numbers
        return [
            ("met", f"{n.met} / {n.total}", "支部已开会"),
            ("done", f"{n.done} / {n.total}", "支部已核定测评结果"),
            ("no_meeting", str(n.no_meeting), "个支部还没有开会"),
            ("todo", str(n.todo), "个支部还没有核定"),
        ]

    @classmethod
    def of(
        cls, organization: Organization, campaign: Campaign, *, shown: str, category: str, page: str | None
    ) -> Board:
        """The board; a constant number of queries for any number of branches."""
        below = _marked(organization, campaign)
        if category in Category.values:
            below = below.filter(category=category)
        counted = below.order_by().aggregate(
            total=Count("pk"),
            met=Count("pk", filter=Q(has_met=True)),
            done=Count("pk", filter=Q(is_done=True)),
        )
        numbers = Numbers(**counted)
        if shown not in SHOWN:
            shown = "todo" if numbers.todo else "all"
        current = Paginator(_filtered(below, shown), PER_PAGE).get_page(page)
        words, urgency = deadline(campaign.finish_by, timezone.localdate())
        return cls(
            organization=organization,
            campaign=campaign,
            numbers=numbers,
            deadline=words,
            urgency=urgency,
            shown=shown,
            category=category,
            rows=_rows(list(current.object_list), campaign),
            page=current,
            rollup_url=reverse("evaluations:rollup", args=[campaign.slug]),
        )


def _marked(organization: Organization, campaign: Campaign) -> QuerySet[Organization]:
    """The working branches below both, each marked whether it has met and whether it is done."""
    meetings = Meeting.objects.held().filter(campaign=campaign, organization=OuterRef("pk"))
    ballots = Ballot.objects.filter(
        campaign=campaign,
        organization=OuterRef("pk"),
        subject_kind=SubjectKind.MEMBERS,
        status=BallotStatus.CERTIFIED,
    )
    within: QuerySet[Organization] = (
        Organization.objects.in_subtree(organization).in_subtree(campaign.issuer).branches()
    )
    return within.annotate(has_met=Exists(meetings), is_done=Exists(ballots))


def _filtered(below: QuerySet[Organization], shown: str) -> QuerySet[Organization]:
    """The branches one tile stands for."""
    conditions = {
        "met": Q(has_met=True),
        "no_meeting": Q(has_met=False),
        "done": Q(is_done=True),
        "todo": Q(is_done=False),
    }
    return below.filter(conditions[shown]) if shown in conditions else below


def _rows(branches: list[Organization], campaign: Campaign) -> tuple[Row, ...]:
    """The rows of one page: one query a step."""
    here = Organization.objects.filter(pk__in=[branch.pk for branch in branches])
    posts = Appointment.objects.current(timezone.localdate()).filter(
        organization__in=here, role=Role.SECRETARY
    )
    secretaries = dict(posts.values_list("organization_id", "holder_name"))
    rosters = dict(
        Roster.objects.filter(campaign=campaign, organization__in=here).values_list(
            "organization_id", "status"
        )
    )
    meetings = meetings_by_organization(campaign, here)
    ballots = ballot_progress(campaign, here)
    return tuple(
        Row(
            organization=branch,
            secretary=secretaries.get(branch.pk, ""),
            roster=_roster(rosters.get(branch.pk)),
            meeting=_meeting(meetings.get(branch.pk)),
            ballot=_ballot(ballots.get(branch.pk)),
        )
        for branch in branches
    )


def _roster(status: str | None) -> Cell:
    """How far the roster is."""
    if status is None:
        return Cell("未开始")
    return Cell("已核定", "ok") if status == RosterStatus.FROZEN else Cell("待核定", "now")


def _meeting(found: MeetingProgress | None) -> Cell:
    """When the branch met or will meet; red when the planned day has passed."""
    if found is None:
        return Cell("未安排")
    if found.held_on is not None:
        return Cell(said(found.held_on), "ok")
    planned = found.planned_for or timezone.localdate()
    late = planned < timezone.localdate()
    return Cell(f"{said(planned)}{'未开' if late else '召开'}", "bad" if late else "now")


def _ballot(found: BallotProgress | None) -> Cell:
    """How far the ballot is."""
    if found is None:
        return Cell("未开始")
    return Cell(found.label, "ok" if found.certified else "now")
