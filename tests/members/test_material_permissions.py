"""Who may write, read, hand in, return and review a material: everybody asked, in every state."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from branches.models import Appointment, Campaign, Role, User
from branches.permissions import Denied
from members.models import (
    Decision,
    Material,
    MaterialRole,
    MaterialStatus,
    ReviewSlot,
    SpotCheck,
    SpotCheckItem,
)
from members.permissions import materials
from members.permissions.seats import Bench
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.members import MemberFactory
from tests.factories.preparing import MaterialFactory, in_review

NOBODY = AnonymousUser()
UNREAD = ("draft", "returned")


@pytest.fixture
def season(tree: Tree) -> Campaign:
    """A running campaign of the county by the notice of 2014."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.county, slug="season", preset="luoyang_2014", status="running"
    )
    return made


@pytest.fixture
def head(tree: Tree) -> User:
    """The head of the township, who reviews."""
    return account_with(Role.SECRETARY, tree.township, full_name="孟庆山")


@pytest.fixture
def owner(tree: Tree) -> User:
    """A member of the village branch without a post, whose material it is."""
    user = account_with(None, tree.village, full_name="吴长河")
    MemberFactory.create(organization=tree.village, name="吴长河", user=user)
    return user


@pytest.fixture
def material(season: Campaign, tree: Tree, owner: User, head: User) -> Material:
    """Waiting for the head of the township."""
    found, _slots = in_review(campaign=season, organization=tree.village, member=owner.member, author=owner)
    return found


def asked(people: dict[str, User], question: Any, *args: Any) -> set[str]:
    """Whose answer is yes."""
    return {name for name, person in people.items() if question(person, *args)}


@pytest.fixture
def people(
    secretary: User,
    organizer: User,
    member: User,
    township: User,
    county: User,
    supervisor: User,
    stranger: User,
    sibling_secretary: User,
    owner: User,
    head: User,
) -> dict[str, Any]:
    """Everybody by name, and somebody who is not logged in."""
    return {
        "secretary": secretary,
        "organizer": organizer,
        "member": member,
        "township": township,
        "county": county,
        "supervisor": supervisor,
        "stranger": stranger,
        "sibling": sibling_secretary,
        "owner": owner,
        "head": head,
        "nobody": NOBODY,
    }


@pytest.mark.parametrize(
    ("status", "readers"),
    [
        ("draft", {"owner"}),
        ("returned", {"owner", "head"}),
        ("submitted", {"owner", "head", "secretary"}),
        ("passed", {"owner", "head", "secretary"}),
        ("done", {"owner", "head", "secretary"}),
    ],
)
def test_who_reads_a_persons_material(
    material: Material, people: dict[str, Any], status: str, readers: set[str]
) -> None:
    Material.objects.filter(pk=material.pk).update(status=status)
    material.refresh_from_db()
    assert asked(people, materials.can_read_material, material) == readers


@pytest.mark.parametrize("status", MaterialStatus.values)
def test_who_reads_the_committees_material(
    season: Campaign, tree: Tree, people: dict[str, Any], status: str
) -> None:
    found, _slots = in_review(campaign=season, organization=tree.village, role=MaterialRole.COMMITTEE)
    found.status = status
    found.save(update_fields=["status"])
    publicity = account_with(Role.PUBLICITY, tree.village)
    expected = {"secretary", "organizer"} | (set() if status == "draft" else {"head"})
    assert asked(people, materials.can_read_material, found) == expected
    assert bool(materials.can_read_material(publicity, found)) == (status not in UNREAD)


def test_an_office_reads_what_it_drew_on_the_page_of_the_draw_only(
    material: Material, people: dict[str, Any], tree: Tree, season: Campaign
) -> None:
    check = SpotCheck.objects.create(
        campaign=season,
        organization=tree.township,
        seed="1",
        size=1,
        pool=[],
        drawn_at=timezone.now(),
        drawn_by="周敏",
    )
    SpotCheckItem.objects.create(check_of=check, material=material, position=1)
    assert asked(people, materials.can_read_material, material) == {"owner", "head", "secretary"}
    Material.objects.filter(pk=material.pk).update(status="returned")
    material.refresh_from_db()
    assert asked(people, materials.can_read_material, material) == {"owner", "head"}


def test_who_writes_and_hands_in(material: Material, people: dict[str, Any]) -> None:
    assert asked(people, materials.can_write_material, material) == {"owner"}
    assert asked(people, materials.can_submit_material, material) == {"owner"}
    assert asked(people, materials.can_receive_material, material) == {
        "secretary",
        "organizer",
        "township",
        "county",
    }
    assert asked(people, materials.can_return_material, material) == {"township", "county"}


def test_who_writes_the_committees_and_hands_it_in(
    season: Campaign, tree: Tree, people: dict[str, Any]
) -> None:
    found = MaterialFactory.create(campaign=season, organization=tree.village, role=MaterialRole.COMMITTEE)
    assert asked(people, materials.can_write_material, found) == {"secretary", "organizer"}
    assert asked(people, materials.can_submit_material, found) == {"secretary"}


def test_a_material_of_a_post_is_its_holders(season: Campaign, tree: Tree, people: dict[str, Any]) -> None:
    post = people["secretary"].appointments.get()
    found = MaterialFactory.create(campaign=season, organization=tree.village, appointment=post)
    assert asked(people, materials.is_subject, found) == {"secretary"}
    loose = Material(campaign=season, organization=tree.village, role=MaterialRole.HEAD)
    assert asked(people, materials.is_subject, loose) == set()


def test_who_reviews(material: Material, people: dict[str, Any]) -> None:
    slot = ReviewSlot.objects.get()
    assert asked(people, materials.holds_seat, slot) == {"head"}
    assert asked(people, materials.can_review_slot, slot) == {"head"}
    assert asked(people, materials.can_settle_review, material) == {"head"}
    reasons = {name: materials.can_review_slot(person, slot) for name, person in people.items()}
    assert isinstance(reasons["owner"], Denied)
    assert reasons["owner"].reason == "不能审核自己（本组织）的材料。"
    assert isinstance(reasons["nobody"], Denied)
    assert "别的同志审核" in reasons["nobody"].reason


def test_who_decided_reads_on_as_long_as_the_post_is_held(material: Material, head: User, tree: Tree) -> None:
    slot = ReviewSlot.objects.get()
    slot.decision, slot.holder, slot.role, slot.office = Decision.PASSED, head, "deputy", tree.township
    slot.save()
    deputy = AppointmentFactory.create(user=head, role=Role.DEPUTY, organization=tree.township)
    Appointment.objects.filter(user=head, role=Role.SECRETARY).delete()
    other = account_with(Role.SECRETARY, tree.township, full_name="沈文博")
    head.__dict__.pop("_posts", None)
    assert materials.holds_seat(head, slot)
    assert materials.holds_seat(other, slot)
    deputy.ends_on = timezone.localdate() - datetime.timedelta(days=1)
    deputy.save()
    head.__dict__.pop("_posts", None)
    assert not materials.holds_seat(head, slot)
    slot.office = None
    assert not materials.holds_seat(head, slot)


def test_a_line_that_is_the_organisation_itself_is_none(season: Campaign, tree: Tree, head: User) -> None:
    tree.school.line_superior = tree.school
    tree.school.save()
    found = MaterialFactory.create(campaign=season, organization=tree.school)
    seats = Bench.of([found]).seats(found)
    assert {seat.holders for seat in seats} == {(head.pk,)}
    assert all("没有登记系统主管单位" in seat.escalated for seat in seats)


def test_the_bench_costs_the_same_for_many(
    season: Campaign, tree: Tree, head: User, django_assert_max_num_queries: Any
) -> None:
    few = [MaterialFactory.create(campaign=season, organization=tree.village) for _ in range(2)]
    many = few + [MaterialFactory.create(campaign=season, organization=tree.sibling) for _ in range(30)]
    with django_assert_max_num_queries(6):
        Bench.of(many)
