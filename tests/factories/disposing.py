"""Help plans and disposal cases in every state, for tests; made by the real services as far as the state goes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from branches.models import Role, User
from evaluations.models import DisposalCase, DisposalKind, DisposalStatus, HelpPlan
from evaluations.rules.assessing import Resolution
from evaluations.services import disposals, follow_up
from evaluations.services.disposals import Vote
from meetings.models import Meeting
from members.models import Member
from tests.factories.branches import account_with
from tests.factories.following import Followed

FACTS = "多次教育没有改进，有谈话记录。"


def today() -> datetime.date:
    """Today where the branch is."""
    return timezone.localdate()


def plan_of(made: Followed, status: str = "owed", *, row: int = 1) -> HelpPlan:
    """A help plan in one state: of a member of the assessment."""
    plan = HelpPlan.objects.create(assessment=made.rows[row])
    if status == "owed":
        return plan
    set_plan = {"measures": "每月谈一次心", "helper": "刘德福"}
    soon = today() + datetime.timedelta(days=30)
    plan = follow_up.start(plan=plan, version=0, review_on=soon, by=made.secretary, **set_plan)
    if status == "running":
        return plan
    plan = follow_up.review(plan=plan, version=1, reviewed_on=today(), outcome="有改进", by=made.secretary)
    if status == "closed":
        plan = follow_up.close(plan=plan, by=made.secretary)
    if status == "escalated":
        follow_up.escalate(plan=plan, kind=DisposalKind.DEADLINE, reason=FACTS, by=made.secretary)
        plan.refresh_from_db()
    return plan


@dataclass
class Case:
    """A case, the branch it is of, and who judges it."""

    made: Followed
    case: DisposalCase
    office: User

    def now(self) -> DisposalCase:
        """The case as it is in the database."""
        return DisposalCase.objects.get(pk=self.case.pk)


def vote(meeting: Meeting | None, in_favour: int = 4) -> Vote:
    """A vote of five people at this meeting."""
    return Vote(meeting, Resolution(5, 5, in_favour, 5 - in_favour, 0))


def case_of(
    made: Followed,
    status: str = DisposalStatus.PROPOSED,
    *,
    kind: str = DisposalKind.DEADLINE,
    row: int = 1,
    meeting: Meeting | None = None,
) -> Case:
    """A case that has come to this state; heard and resolved at the evening's 大会."""
    office = account_with(Role.OFFICE, made.evening.campaign.issuer)
    member: Member = made.rows[row].entry.member
    case = disposals.propose(
        campaign=made.evening.campaign,
        organization=made.evening.organization,
        member=member,
        assessment=made.rows[row],
        kind=kind,
        reason=FACTS,
        by=made.secretary,
    )
    found = Case(made, case, office)
    if status in (DisposalStatus.PROPOSED, DisposalStatus.DROPPED):
        if status == DisposalStatus.DROPPED:
            found.case = disposals.drop(case=case, version=case.version, note="情况有变", by=made.secretary)
        return found
    hear(found)
    plenary = meeting or made.evening.meeting
    found.case = disposals.resolve(
        case=found.now(), version=found.now().version, vote=vote(plenary), by=made.secretary
    )
    if status == DisposalStatus.RESOLVED:
        return found
    found.case = disposals.submit(case=found.now(), version=found.now().version, by=made.secretary)
    if status == DisposalStatus.REFUSED:
        found.case = disposals.refuse(
            case=found.now(), version=found.now().version, note="事实不清", by=office
        )
    elif status != DisposalStatus.SUBMITTED:
        begin(found)
    if status == DisposalStatus.ENDED:
        end(found)
    return found


def hear(found: Case) -> None:
    """The member was heard today."""
    case = found.now()
    found.case = disposals.note_hearing(
        case=case,
        version=case.version,
        heard_on=today(),
        heard_by="刘德福",
        statement="没有意见",
        by=found.made.secretary,
    )


def begin(found: Case) -> None:
    """Approved from the day of the 大会 on."""
    case = found.now()
    assert case.meeting is not None
    found.case = disposals.approve(
        case=case,
        version=case.version,
        starts_on=case.meeting.day,
        due_on=None,
        note="同意",
        by=found.office,
    )


def end(found: Case) -> None:
    """Ended today, as if it had begun earlier."""
    DisposalCase.objects.filter(pk=found.case.pk).update(starts_on=today())
    case = found.now()
    found.case = disposals.end(
        case=case, version=case.version, ended_on=today(), outcome="没有改正", by=found.made.secretary
    )
