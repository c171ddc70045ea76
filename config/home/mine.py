"""What a person has to do or may look forward to without any post: counting, and the branch's meeting."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from branches.models import Campaign, Organization, User
from config.home.branch_tasks import TASKS
from evaluations.models import Ballot, BallotStatus
from meetings.models import Duty, DutyKind, Meeting, MeetingStatus, Participant
from meetings.rules.kinds import OPEN, OWN_GROUP, ROSTER, kinds_of_people

BALLOT_DUTIES = (DutyKind.SCRUTINEER, DutyKind.TELLER)


@dataclass(frozen=True)
class Counting:
    """One ballot on which the person counts or scrutinises."""

    title: str
    branch: str
    duty: str
    status: str
    state: str
    url: str
    action: str


@dataclass(frozen=True)
class ComingMeeting:
    """The next meeting of the person's branch."""

    meeting: Meeting
    duties: tuple[str, ...]


def counting(user: User) -> list[Counting]:
    """The ballots of open meetings that wait for this person's count; three queries at most."""
    duties: dict[object, str] = {}
    mine = Duty.objects.filter(member__user=user, kind__in=BALLOT_DUTIES)
    for meeting, kind in mine.filter(meeting__status=MeetingStatus.OPENED).values_list("meeting", "kind"):
        duties[meeting] = kind
    if not duties:
        return []
    ballots = Ballot.objects.standing().filter(meeting__in=list(duties)).select_related("organization")
    return [
        _counting(b, duties[b.meeting_id]) for b in ballots.order_by("meeting__starts_at", "subject_kind")
    ]


def _counting(ballot: Ballot, duty: str) -> Counting:
    """One line, with the page and the words of its button."""
    what = TASKS[ballot.kind]
    counts = ballot.status == BallotStatus.COLLECTED and duty == DutyKind.TELLER
    done = ballot.status == BallotStatus.CERTIFIED
    typing = counts and ballot.on_paper
    page = "evaluations:enter" if typing else "evaluations:ballot"
    words = {
        BallotStatus.MATCHED: "核对结果并签字",
        BallotStatus.COLLECTED: "开电子票箱" if counts else "查看进度",
    }
    action = "开始录票" if typing else words.get(BallotStatus(ballot.status), "查看进度")
    return Counting(
        title=what,
        branch=ballot.organization.short_name,
        duty=DutyKind(duty).label,
        status=ballot.get_status_display(),
        state="ok" if done else "now",
        url=reverse(page, args=[ballot.pk]),
        action=action,
    )


def coming_meeting(user: User) -> ComingMeeting | None:
    """The open or next planned meeting of the person's own branch, with the person's tasks at it."""
    if user.home is None:
        return None
    branch = own_branch(user.home)
    waiting = (MeetingStatus.OPENED, MeetingStatus.PLANNED)
    rows = Meeting.objects.filter(organization=branch, status__in=waiting)
    open_to_all = Q(kind__in=(*kinds_of_people(ROSTER), *kinds_of_people(OPEN)))
    sits = Q(pk__in=Participant.objects.filter(user=user).values("meeting"))
    in_group = Q(kind__in=kinds_of_people(OWN_GROUP), group__group_members__user=user)
    meeting = rows.filter(open_to_all | sits | in_group).order_by("starts_at", "pk").first()
    if meeting is None:
        return None
    kinds = Duty.objects.filter(meeting=meeting, member__user=user).values_list("kind", flat=True)
    return ComingMeeting(meeting, tuple(DutyKind(kind).label for kind in kinds))


def own_branch(home: Organization) -> Organization:
    """The branch a person at home there belongs to: the organisation itself, or the one above a group."""
    above = home.superior() if home.kind == "group" else None
    return above or home


def open_campaigns(organization: Organization) -> list[Campaign]:
    """The campaigns that are open and cover the organisation, newest first."""
    return list(Campaign.objects.open().covering(organization).select_related("issuer"))
