"""Two reviewers at one material at the same moment: on PostgreSQL, with real connections."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from branches.models import Appointment, AuditEvent, Notice, Organization, Portfolio, Role, User
from branches.services.audit import first_broken_link
from branches.workflow import perform
from members.models import Decision, Material, MaterialStatus, ReviewSlot
from members.services.review_decisions import add_remark, pass_slot, return_slot
from members.services.reviewing import reassign_reviews
from members.workflow.preparing import MATERIAL
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.members import MemberFactory
from tests.factories.preparing import ITEM_ID, in_review
from tests.races import at_once, refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
Desk = tuple[Material, list[ReviewSlot], User, User, User]


@pytest.fixture
def desk(tree: Tree) -> Desk:
    """A school's material at two seats of its line: material, seats, head, the one in charge, author."""
    Organization.objects.filter(pk=tree.school.pk).update(line_superior=tree.other_township)
    tree.school.refresh_from_db()
    head = account_with(Role.SECRETARY, tree.other_township, full_name="高明远")
    in_charge = account_with(Role.DEPUTY, tree.other_township, full_name="秦小雨")
    Portfolio.objects.create(appointment=in_charge.appointments.get(), organization=tree.school)
    author = account_with(Role.SECRETARY, tree.school, full_name="刘校长")
    member = MemberFactory.create(organization=tree.school, name="刘校长", user=author)
    campaign = CampaignFactory.create(
        issuer=tree.county, slug="race", preset="luoyang_2014", status="running"
    )
    material, slots = in_review(campaign=campaign, organization=tree.school, member=member, author=author)
    return material, slots, head, in_charge, author


def test_two_who_pass_at_once_pass_it(desk: Desk) -> None:
    material, slots, head, in_charge, _author = desk
    results = at_once(
        lambda: pass_slot(slot=slots[0], checklist={}, by=head),
        lambda: pass_slot(slot=slots[1], checklist={}, by=in_charge),
    )
    material.refresh_from_db()
    assert (refused(results), material.status) == (0, MaterialStatus.PASSED)
    assert material.settled_on == timezone.localdate()
    assert AuditEvent.objects.filter(action="pass").count() == 1
    assert first_broken_link() is None


def test_of_passing_and_returning_at_once_the_return_holds(desk: Desk) -> None:
    material, slots, head, in_charge, _author = desk
    at_once(
        lambda: pass_slot(slot=slots[0], checklist={}, by=head),
        lambda: return_slot(slot=slots[1], note="请改。", checklist={}, by=in_charge),
    )
    material.refresh_from_db()
    assert material.status == MaterialStatus.RETURNED
    assert ReviewSlot.objects.get(pk=slots[1].pk).decision == Decision.RETURNED


def test_one_who_presses_twice_decides_once(desk: Desk) -> None:
    _material, slots, head, _in_charge, author = desk
    results = at_once(
        *[lambda: return_slot(slot=slots[0], note="请改。", checklist={}, by=head) for _ in range(4)]
    )
    assert refused(results) == 3
    assert AuditEvent.objects.filter(action="decide_review").count() == 1
    assert Notice.objects.filter(recipient=author).count() == 1


def test_withdrawing_and_passing_at_once_end_in_one_state(desk: Desk) -> None:
    material, slots, head, in_charge, author = desk
    pass_slot(slot=slots[0], checklist={}, by=head)
    results = at_once(
        lambda: pass_slot(slot=slots[1], checklist={}, by=in_charge),
        lambda: perform(MATERIAL, material, "withdraw", by=author),
    )
    material.refresh_from_db()
    assert refused(results) == 1
    assert material.status in (MaterialStatus.PASSED, MaterialStatus.DRAFT)
    passed = ReviewSlot.objects.get(pk=slots[1].pk).decision == Decision.PASSED
    assert passed == (material.status == MaterialStatus.PASSED)


def test_the_same_remark_at_once_is_one(desk: Desk) -> None:
    _material, slots, head, _in_charge, _author = desk
    at_once(
        *[
            lambda: add_remark(slot=slots[0], block=ITEM_ID, paragraph=0, text="太笼统。", by=head)
            for _ in range(4)
        ]
    )
    assert slots[0].remarks.count() == 1


def test_a_change_of_holder_is_noticed_once(desk: Desk, tree: Tree) -> None:
    _material, slots, head, _in_charge, _author = desk
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Appointment.objects.filter(user=head).update(ends_on=yesterday)
    successor = account_with(Role.SECRETARY, tree.other_township, full_name="沈文博")
    results = at_once(*[reassign_reviews] * 4)
    assert sum(results) == 1
    assert ReviewSlot.objects.get(pk=slots[0].pk).holder == successor
    assert AuditEvent.objects.filter(action="reassign_review").count() == 1
    assert Notice.objects.filter(recipient=successor).count() == 1
