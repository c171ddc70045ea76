"""A secretary plans the 支委会 the notice wants first, marks its seats on a phone, and is warned of a 党员大会 before it."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from branches.models import Campaign, Role, StepMark, User
from meetings.models import Meeting
from meetings.services import mark_all_present, name_officers
from members.models import Member
from members.services.rosters import freeze_roster
from tests.browser.conftest import Visitor, give_password
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory
from tests.factories.meetings import MeetingFactory, name_all
from tests.factories.members import MemberFactory, members_of
from tests.factories.plans import let_go_on

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def luoyang(tree: Tree) -> Campaign:
    """A campaign under the rules of 洛阳镇."""
    campaign: Campaign = CampaignFactory.create(
        issuer=tree.township,
        slug="luoyang",
        status="running",
        preset="luoyang_2014",
        name="党的群众路线教育实践活动专题组织生活会",
    )
    let_go_on(campaign, tree.village)
    for step in ("mobilise", "analysis"):  # noted by hand, as held on paper
        StepMark.objects.create(
            campaign=campaign, organization=tree.village, step=step, done_on=timezone.localdate()
        )
    return campaign


@pytest.fixture
def people(tree: Tree, secretary: User, organizer: User) -> list[Member]:
    """Twelve members of the village, five of them on its committee."""
    known = [
        MemberFactory.create(organization=tree.village, name=user.full_name, user=user)
        for user in (secretary, organizer)
    ]
    for role, name in ((Role.DEPUTY, "赵永生"), (Role.DISCIPLINE, "周满仓"), (Role.PUBLICITY, "郑小燕")):
        known.append(MemberFactory.create(organization=tree.village, name=name))
        AppointmentFactory.create(organization=tree.village, role=role, holder_name=name)
    return [*known, *members_of(tree.village, 7)]


def test_the_committee_is_planned_and_its_seats_are_marked(
    tree: Tree, luoyang: Campaign, people: list[Member], secretary: User, visitor: Callable[..., Visitor]
) -> None:
    give_password(secretary)
    someone = visitor(username=secretary.username)
    page = someone.open(reverse("meetings:new"))
    assert page.locator("#id_kind option:checked").inner_text() == "支委会"
    when = timezone.localdate() + datetime.timedelta(days=5)
    page.fill("#id_starts_at", f"{when}T19:30")
    page.fill("#id_place", "村委会会议室")
    someone.shot("meeting-new")
    someone.phone_shot("meeting-new-phone")
    someone.press("保存会议安排")
    meeting = Meeting.objects.get()
    assert meeting.kind == "committee"
    someone.shot("committee-planned")
    someone.open(reverse("meetings:officers", args=[meeting.pk]))
    someone.shot("committee-officers")
    name_officers(
        meeting=meeting, chair=people[0], recorder=people[1], scrutineers=[], tellers=[], by=secretary
    )
    someone.open(reverse("meetings:attendance", args=[meeting.pk]))
    someone.press("全部到会，再改例外")
    seat = meeting.participants.get(name="周满仓")
    with page.expect_response(lambda answer: "attendance" in answer.url):
        page.locator(f"#s-{seat.pk}-leave").check()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#counts")).to_contain_text("应到 5 人，实到 4 人")
    someone.shot("committee-attendance")
    someone.phone_shot("committee-attendance-phone")
    someone.open(reverse("meetings:detail", args=[meeting.pk]))
    someone.shot("committee-ready")
    someone.phone_shot("committee-ready-phone")


def test_a_plenary_before_its_committee_is_warned_of(
    tree: Tree, luoyang: Campaign, people: list[Member], secretary: User, visitor: Callable[..., Visitor]
) -> None:
    freeze_roster(campaign=luoyang, organization=tree.village, by=secretary)
    meeting = MeetingFactory.create(organization=tree.village, campaign=luoyang)
    name_all(meeting, secretary, people)
    mark_all_present(meeting=meeting, by=secretary)
    give_password(secretary)
    someone = visitor(username=secretary.username)
    page = someone.open(reverse("meetings:detail", args=[meeting.pk]))
    assert "支委会要在先" in page.locator(".next").inner_text()
    someone.shot("meeting-order")
    someone.phone_shot("meeting-order-phone")
    someone.open(reverse("meetings:officers", args=[meeting.pk]))
    someone.shot("plenary-officers")
    someone.open(reverse("meetings:list"))
    someone.shot("meeting-list")
    someone.phone_shot("meeting-list-phone")
