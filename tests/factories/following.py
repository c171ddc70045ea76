"""Branches whose assessment is in effect, for tests of what follows: rows as they are left, every name invented.

`followed(["excellent", "basic"])` is a branch whose first two members have these grades; the others are 合格.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from branches.models import Kind, Role, User
from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus, Feedback, FeedbackMode
from evaluations.services import feedback as feedbacks
from evaluations.services.closing import keep_holds
from meetings.models import Meeting, MeetingStatus
from members.models import RosterEntry
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import Evening, account_of, evening, published_campaign
from tests.factories.meetings import MeetingFactory

OPINION = "能够履行党员义务，希望更多联系群众。"


@dataclass
class Followed:
    """An evening, the assessment that came of it, and the feedback to each member in roster order."""

    evening: Evening
    sheet: AssessmentSheet
    rows: list[Assessment]
    owed: list[Feedback] = field(default_factory=list)

    @property
    def secretary(self) -> User:
        """The branch's secretary."""
        return self.evening.secretary

    def account(self, number: int) -> User:
        """The account of the member in this row."""
        return account_of(self.rows[number].entry.member)

    def again(self, number: int) -> Feedback:
        """The feedback of this row as it is in the database now."""
        return Feedback.objects.get(pk=self.owed[number].pk)

    def tell(self, *numbers: int, mode: str = FeedbackMode.TALK) -> None:
        """Note that these members (all without numbers) were told today."""
        feedbacks.give_all(
            feedbacks=[self.again(n) for n in numbers or range(len(self.owed))],
            given_by="刘德福",
            given_on=timezone.localdate(),
            mode=mode,
            by=self.secretary,
        )


def followed(grades: Sequence[str] = (), *, members: int = 5, **how: Any) -> Followed:
    """A branch with a certified ballot and an assessment in effect, where nobody has been told yet."""
    made = evening("certified", members=members, **how)
    return assessed(made, grades)


def assessed(made: Evening, grades: Sequence[str] = ()) -> Followed:
    """The assessment in effect of a certified evening."""
    rules, today = made.ballot.rules(), timezone.localdate()
    scale = [{"key": grade.key, "label": grade.label} for grade in rules.grade_scale]
    rounds = AssessmentSheet.objects.filter(campaign=made.campaign, organization=made.organization)
    sheet = AssessmentSheet.objects.create(
        campaign=made.campaign,
        organization=made.organization,
        ballot=made.ballot,
        round_no=rounds.count() + 1,
        scale=scale,
        status=AssessmentStatus.EFFECTIVE,
        meeting=held_meeting(made),
        decided_on=today,
        effective_on=today,
    )
    entries = RosterEntry.objects.filter(roster=made.meeting.roster).select_related("member__user").on_form()
    rows = []
    for number, entry in enumerate(entries.order_by("ordinal"), start=1):
        graded = entry.is_subject
        given = grades[number - 1] if number <= len(grades) else "qualified"
        rows.append(
            Assessment.objects.create(
                sheet=sheet,
                entry=entry,
                ordinal=number,
                name=entry.name,
                graded=graded,
                opinion=OPINION,
                grade=given if graded and scale else "",
            )
        )
    owed = [Feedback.objects.create(assessment=row) for row in rows]
    keep_holds(campaign=made.campaign, organization=made.organization)
    return Followed(made, sheet, rows, owed)


def held_meeting(made: Evening, kind: str = "committee", days: int = 1) -> Meeting:
    """A meeting of the branch so many days after the ballot's (which was to be tomorrow), already held."""
    meeting: Meeting = MeetingFactory.create(
        organization=made.organization,
        campaign=made.campaign,
        kind=kind,
        status=MeetingStatus.CLOSED,
        starts_at=made.meeting.starts_at + datetime.timedelta(days=days),
    )
    return meeting


def followed_below(**how: Any) -> Followed:
    """The same in a branch below a general branch of a township."""
    township = OrganizationFactory.create(kind=Kind.COMMITTEE)
    general = OrganizationFactory.create(parent=township, kind=Kind.GENERAL_BRANCH)
    branch = OrganizationFactory.create(parent=general)
    rules = how.pop("rules", None)
    return followed(organization=branch, campaign=published_campaign(township, rules=rules), **how)


def cast_of(made: Followed, own: int = 1) -> dict[str, Any]:
    """Everybody who may come near a result, and some who may not; `own` is the row of the member it is about."""
    branch, township = made.evening.organization, made.evening.campaign.issuer
    general = branch.superior()
    assert general is not None
    group = OrganizationFactory.create(parent=branch, kind=Kind.GROUP)
    sibling = OrganizationFactory.create(parent=general)
    other = OrganizationFactory.create(kind=Kind.COMMITTEE)
    return {
        "own": made.account(own),
        "other_member": made.account(own + 1),
        "secretary": made.secretary,
        "deputy": account_with(Role.DEPUTY, branch),
        "organizer": account_with(Role.ORGANIZER, branch),
        "committee": account_with(Role.COMMITTEE, branch),
        "group_leader": account_with(Role.GROUP_LEADER, group),
        "sibling": account_with(Role.SECRETARY, sibling),
        "general": account_with(Role.SECRETARY, general),
        "township": account_with(Role.OFFICE, township),
        "leader_above": account_with(Role.SECRETARY, township),
        "supervisor": account_with(Role.SUPERVISOR, township),
        "system": account_with(Role.SYSTEM, township),
        "auditor": account_with(Role.AUDITOR, township),
        "stranger": account_with(Role.OFFICE, other),
        "nobody": AnonymousUser(),
    }
