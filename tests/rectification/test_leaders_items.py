"""Criticism among the leaders of a Party committee (班子民主生活会) as items: of whom it is, never of whom it came from."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Role, User
from branches.workflow import NotAllowed
from meetings.models import Meeting, Outline, Slot
from rectification.forms.items import ItemForm, typed_of
from rectification.permissions import can_read_item
from rectification.services import candidates as c
from rectification.services.candidate import Candidate
from rectification.services.items import Typed, add, save
from tests.factories.branches import AppointmentFactory, account_with
from tests.factories.evaluations import account_of
from tests.factories.rectifying import Rectifying, rectifying

pytestmark = pytest.mark.django_db
SAID = "到村里少，听汇报多。"


@pytest.fixture
def made() -> Rectifying:
    """A township whose committee met: two leaders are on the roll of a branch below it, one on none."""
    found = rectifying(preset="town_leadership_2014", members=3, rules={"outline_reviewer": "own_head"})
    found.campaign.addressees.create(organization=found.township, audience="all")
    return found


def leader(made: Rectifying, number: int, role: Role) -> User:
    """A member of the branch below as a leader of the township."""
    user = account_of(made.people[number])
    AppointmentFactory.create(user=user, role=role, organization=made.township)
    return user


def life(made: Rectifying) -> Meeting:
    """The 民主生活会 of the committee, held."""
    on = timezone.localdate() - datetime.timedelta(days=3)
    return made.held(on, kind="democratic_life", organization=made.township)


def criticism(made: Rectifying, user: User) -> list[Candidate]:
    """What this person could list of criticism."""
    return [one for one in c.candidates(made.campaign, made.township, user) if one.source == "criticism"]


def test_what_was_said_of_a_leader_is_listed_without_who_said_it(made: Rectifying) -> None:
    head, deputy = leader(made, 0, Role.SECRETARY), leader(made, 1, Role.DEPUTY)
    third = account_with(Role.ORGANIZER, made.township, full_name="周敏")
    about: dict[str, Any] = {"meeting": life(made), "kind": "criticism", "title": "批评"}
    key = f"m{made.people[1].pk.hex}"
    Slot.objects.create(**about, ordinal=1, about_key=key, notes=f"周敏：{SAID}")
    Slot.objects.create(**about, ordinal=2, about_key="a99", notes="谁也不是。")
    (one,) = criticism(made, head)
    assert (one.problem, one.member, one.subject) == (SAID, made.people[1], made.people[1].name)
    typed = Typed(**{**vars(one.typed()), "due_on": timezone.localdate()})
    item = c.pull(campaign=made.campaign, organization=made.township, key=one.key, typed=typed, by=head)
    assert "周敏" not in f"{item.problem}{item.source_note}{item.owner}{item.leader}"
    assert can_read_item(deputy, item)
    assert can_read_item(third, item)
    assert not can_read_item(account_with(Role.COMMITTEE, made.township), item)
    assert criticism(made, head) == []


def test_an_outline_that_was_disclosed_is_listed_by_whom_it_is_about(made: Rectifying) -> None:
    head, deputy = leader(made, 0, Role.SECRETARY), leader(made, 1, Role.DEPUTY)
    row = Outline(
        campaign=made.campaign,
        organization=made.township,
        author=head,
        author_key=f"m{made.people[0].pk.hex}",
        author_name=head.full_name,
        target=deputy,
        target_key=f"m{made.people[1].pk.hex}",
        target_name=deputy.full_name,
        status="disclosed",
    )
    row.text = SAID
    row.save()
    (one,) = criticism(made, deputy)
    assert (one.problem, one.member) == (SAID, made.people[1])


def test_an_item_of_a_leader_who_left_stays_that_persons(made: Rectifying) -> None:
    head = leader(made, 0, Role.SECRETARY)
    leader(made, 1, Role.DEPUTY)
    place: dict[str, Any] = {"campaign": made.campaign, "organization": made.township}
    typed = Typed(problem=SAID, term="lasting", member=made.people[1])
    item = add(**place, typed=typed, by=head)
    with pytest.raises(NotAllowed, match="不在本组织"):
        add(**place, typed=Typed(problem=SAID, term="lasting", member=made.people[2]), by=head)
    account_of(made.people[1]).appointments.all().delete()
    above = made.organization.superior()
    assert above is not None
    form = ItemForm(organization=made.township, about=typed_of(item), version=item.version)
    assert made.people[1] in form.fields["member"].queryset  # type: ignore[attr-defined]
    assert save(item=item, version=item.version, typed=typed_of(item), by=head).member == made.people[1]
    assert "member" not in ItemForm(organization=above).fields  # nobody sits there
