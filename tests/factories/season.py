"""The season of 洛阳镇's notice on 12 August 2014: plans approved, returned, waiting and missing; a meeting put off."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import time_machine
from django.utils import timezone

from branches.models import Appointment, Campaign, Organization, Role, User
from branches.services import campaigns, plan_reviews, plans, steps
from branches.workflow import CAMPAIGN, perform
from tests.conftest import Tree
from tests.factories.branches import account_with

BEGIN = datetime.date(2014, 1, 1)  # of all posts


def august(day: int) -> time_machine.travel:
    """Nine o'clock of a day of August 2014."""
    return time_machine.travel(datetime.datetime(2014, 8, day, 9, tzinfo=timezone.get_default_timezone()))


def clerk_of(branch: Organization) -> User:
    """The branch's secretary, made when there is none."""
    found = User.objects.filter(appointments__organization=branch, appointments__role=Role.SECRETARY).first()
    by = found or account_with(Role.SECRETARY, branch)
    Appointment.objects.filter(user=by).update(starts_on=BEGIN)
    return by


def planned(
    campaign: Campaign,
    branch: Organization,
    text: Mapping[str, str],
    office: User,
    decision: str = "",
    comment: str = "",
) -> User:
    """A branch that handed its plan in on the 6th; what the office decided on the 7th, if anything."""
    by = clerk_of(branch)
    with august(6):
        plan = plans.open_plan(campaign=campaign, organization=branch, by=by)
        plan = plans.save_plan(plan=plan, revision=plan.revision, by=by, **text)
        plan = plans.submit_plan(plan=plan, revision=plan.revision, by=by)
    if decision:
        with august(7):
            plan_reviews.review_plan(plan=plan, step=decision, number=1, comment=comment, by=office)
    return by


def season(tree: Tree, office: User, *, slug: str, plan: Mapping[str, str]) -> Campaign:
    """The campaign of the township as it stands on the 12th; every branch hands in the same plan or none."""
    Appointment.objects.update(starts_on=BEGIN)
    with august(4):
        draft = campaigns.draft_campaign(
            issuer=tree.township,
            name="专题组织生活会和民主评议党员",
            slug=slug,
            year=2014,
            preset="luoyang_2014",
            by=office,
        )
        campaign = perform(CAMPAIGN, campaigns.publish(campaign=draft, by=office), "start", by=office)
    village = planned(campaign, tree.village, plan, office, "approve")
    school = planned(campaign, tree.school, plan, office, "approve")
    planned(campaign, tree.sibling, plan, office)
    planned(campaign, tree.mill, plan, office, "return", "没有写清哪天开会。")
    with august(11):
        for branch, by in ((tree.village, village), (tree.school, school)):
            steps.note_step(
                campaign=campaign, organization=branch, step="mobilise", done_on=timezone.localdate(), by=by
            )
        steps.postpone_step(
            campaign=campaign,
            organization=tree.school,
            step="meeting",
            reason="暑期教师外出培训，集中以后再开",
            until=datetime.date(2014, 8, 28),
            by=school,
        )
    return campaign
