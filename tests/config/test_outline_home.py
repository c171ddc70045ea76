"""Outlines of criticism on the home page, in the list of steps and in the digest; numbers only."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Addressee, Appointment, Campaign, Notice, Organization, Role, User
from branches.rules.standing import Fact
from branches.services.steps import note_step
from config.home.own_duties import OwnDuties, outlines_waiting
from config.home.reminders import remind
from config.home.standings import Standings
from config.lib.workdays import is_workday
from meetings.progress.outlines import outline_counts, outlines_by_organization
from meetings.services.outline_book import Book
from meetings.services.outline_steps import disclose_outlines, return_outline
from meetings.services.outlines import note_consultation, receive_outlines
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.outlines import WORDS, disclosed, handed_in, outline_campaign, vetted, written

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def asked(tree: Tree) -> Campaign:
    """A campaign that asks the village's committee for outlines, vetted and disclosed."""
    return outline_campaign(tree.township)


def standing(campaign: Campaign, organization: Organization) -> tuple[str, str]:
    """State and word of the step."""
    found = Standings.of(campaign, Organization.objects.filter(pk=organization.pk), timezone.localdate())
    (row,) = [one for one in found.rows[organization.pk] if one.step.kind == "outlines"]
    return row.state, row.word


def test_the_step_follows_the_outlines(
    tree: Tree, asked: Campaign, secretary: User, organizer: User, supervisor: User
) -> None:
    written(asked, tree.village, organizer)
    assert outlines_by_organization(asked, Organization.objects.all(), {}) == {}, "a draft tells nothing"
    row = handed_in(asked, tree.village, organizer)[0]
    assert standing(asked, tree.village) == ("open", "已交 1/2")
    return_outline(outline=row, revision=row.revision, points=[], note="写具体", by=secretary)
    assert standing(asked, tree.village)[1] == "退回 1 份"
    handed_in(asked, tree.village, organizer)
    handed_in(asked, tree.village, secretary)
    assert standing(asked, tree.village)[1] == "待审核 2 份"
    assert outline_counts(asked, tree.village) == (2, 0)


def test_the_step_is_done_when_all_are_disclosed_or_on_paper(
    tree: Tree, asked: Campaign, secretary: User, organizer: User
) -> None:
    row = vetted(asked, tree.village, organizer, secretary)[0]
    key = Book.of(asked, tree.village).seats[0].key
    receive_outlines(campaign=asked, organization=tree.village, key=key, by=organizer)
    assert standing(asked, tree.village) == ("open", "待明示 1 份")
    disclose_outlines(campaign=asked, organization=tree.village, key=row.author_key, by=organizer)
    assert standing(asked, tree.village)[0] == "done"
    assert outline_counts(asked, tree.village) == (2, 2)


def test_a_tick_by_hand_suffices(tree: Tree, asked: Campaign, secretary: User, organizer: User) -> None:
    handed_in(asked, tree.village, organizer)
    note_step(
        campaign=asked,
        organization=tree.village,
        step="outlines",
        done_on=timezone.localdate(),
        by=secretary,
    )
    assert standing(asked, tree.village)[0] == "done"


def test_voluntary_outlines_are_owed_by_nobody(tree: Tree, secretary: User, organizer: User) -> None:
    campaign = outline_campaign(tree.township, outlines="optional")
    assert outline_counts(campaign, tree.village) == (0, 0)
    own = OwnDuties.of(organizer, tree.village, campaign)
    assert own is not None
    assert own.outlines is None


def test_outlines_of_a_committee_that_is_gone_say_nothing(
    tree: Tree, asked: Campaign, secretary: User, organizer: User
) -> None:
    handed_in(asked, tree.village, organizer)
    Appointment.objects.filter(organization=tree.village).update(
        ends_on=timezone.localdate() - datetime.timedelta(days=1)
    )
    known = outlines_by_organization(asked, Organization.objects.all(), {})
    facts: dict[str, Fact] = {}
    known[tree.village.pk].merge(facts)
    assert facts == {}


def test_the_home_page_leads_to_what_is_owed_returned_disclosed_and_to_be_vetted(
    tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
) -> None:
    Addressee.objects.create(campaign=asked, organization=tree.village)
    third = account_with(Role.COMMITTEE, tree.village, full_name="冯永强")
    page = client_of(third).get("/").content.decode()
    assert "还有 2 份" in page
    assert reverse("meetings:outlines_mine", args=[asked.slug, tree.village.pk]) in page
    row = handed_in(asked, tree.village, third)[0]
    assert outlines_waiting(secretary) == 2
    assert "有 2 份批评提纲等您审阅" in client_of(secretary).get("/").content.decode()
    return_outline(outline=row, revision=row.revision, points=[], note="写具体", by=secretary)
    page = client_of(third).get("/").content.decode()
    assert "有 1 份批评提纲退回来了" in page
    disclosed(asked, tree.village, organizer, secretary)
    page = client_of(third).get("/").content.decode()
    assert "有 1 份批评意见向您明示" in page
    assert WORDS[:4] not in page


def test_where_only_talks_are_asked_the_home_page_counts_those_ahead(
    tree: Tree, secretary: User, organizer: User, client_of: ClientOf
) -> None:
    campaign = outline_campaign(tree.township, outlines="off", criticism_consulted=True)
    Addressee.objects.create(campaign=campaign, organization=tree.village)
    third = account_with(Role.COMMITTEE, tree.village, full_name="冯永强")
    assert "还有 2 位同志" in client_of(third).get("/").content.decode()
    keys = [seat.key for seat in Book.of(campaign, tree.village).seats]
    for other in keys[:2]:
        note_consultation(campaign=campaign, organization=tree.village, one=keys[2], other=other, by=third)
    assert "会前要沟通" not in client_of(third).get("/").content.decode()


def test_a_plain_member_hears_nothing_of_it(
    tree: Tree, asked: Campaign, secretary: User, member: User
) -> None:
    own = OwnDuties.of(member, tree.village, asked)
    assert own is not None
    assert own.outlines is None


def test_the_digest_tells_who_vets_how_many_wait_and_leads_there(
    tree: Tree, asked: Campaign, secretary: User, organizer: User
) -> None:
    handed_in(asked, tree.village, organizer)
    day = timezone.localdate() + datetime.timedelta(days=1)
    while not is_workday(day):
        day += datetime.timedelta(days=1)
    remind(day)
    notice = Notice.objects.get(kind="digest", recipient=secretary)
    assert "1 份批评提纲待审核" in notice.body
    assert organizer.full_name not in notice.body
