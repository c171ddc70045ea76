"""Pages of meetings of every kind: planning, attendance of seats, officers, the warnings of order and quorum."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Role, RuleSet, User
from meetings.models import Duty, Meeting
from meetings.services import mark_all_present, plan_meeting, record_attendance
from members.models import Member, Roster
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, account_with
from tests.factories.meetings import MeetingFactory, name_all
from tests.factories.members import MemberFactory

Open = Callable[[User], Client]


def at(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def in_days(days: int) -> str:
    return f"{timezone.localdate() + datetime.timedelta(days=days)}T14:00"


@pytest.fixture
def luoyang(campaign: Campaign) -> Campaign:
    """The campaign of the tests with 支委会 before 党员大会, groups from twenty on, on a 主题党日."""
    rules = campaign.rule_sets.get()
    values = {
        **rules.values,
        "meeting_form": "committee_then_plenary",
        "group_split_from": 20,
        "theme_day": True,
    }
    RuleSet.objects.filter(pk=rules.pk).update(values=values)
    return Campaign.objects.get(pk=campaign.pk)


@pytest.fixture
def committee(
    tree: Tree, luoyang: Campaign, secretary: User, organizer: User, people: list[Member]
) -> Meeting:
    """A planned 支委会 of the village: secretary, organiser, and somebody on no roll."""
    AppointmentFactory.create(organization=tree.village, role=Role.PUBLICITY, holder_name="驻村干部老郑")
    return plan_meeting(
        organization=tree.village,
        campaign=luoyang,
        starts_at=timezone.now() + datetime.timedelta(days=5),
        place="村委会",
        by=secretary,
        kind="committee",
    )


def test_the_page_proposes_what_comes_next_under_the_rules(
    client_of: Open, tree: Tree, luoyang: Campaign, secretary: User, organizer: User
) -> None:
    client, url = client_of(secretary), reverse("meetings:new")
    page = client.get(url).content.decode()
    assert '<option value="committee" selected>支委会</option>' in page
    assert page.index("这次活动要开的会") < page.index('value="committee"') < page.index("其他会议")
    assert page.index("其他会议") < page.index('value="briefing"')
    assert 'value="upper"' not in page
    assert 'name="is_theme_day" id="id_is_theme_day" checked' in page
    assert "分次召开" not in page
    data = {
        "organization": tree.village.pk,
        "campaign": luoyang.pk,
        "starts_at": in_days(9),
        "place": "村委会",
    }
    assert client.post(url, {**data, "kind": "committee"}).status_code == 302
    page = client.get(url).content.decode()
    assert '<option value="plenary" selected>党员大会</option>' in page
    assert "分次召开" in page


def test_a_branch_without_a_committee_is_not_offered_one(
    client_of: Open, tree: Tree, luoyang: Campaign, secretary: User
) -> None:
    client, url = client_of(secretary), reverse("meetings:new")
    page = client.get(url).content.decode()
    assert 'value="committee"' not in page
    assert '<option value="plenary" selected>' in page
    data = {
        "organization": tree.village.pk,
        "campaign": luoyang.pk,
        "starts_at": in_days(9),
        "place": "村委会",
    }
    assert client.post(url, {**data, "kind": "committee"}).status_code == 200
    assert not Meeting.objects.exists()


def test_who_keeps_two_organisations_is_told_which_kind_belongs_to_which(
    client_of: Open, tree: Tree, luoyang: Campaign, secretary: User
) -> None:
    AppointmentFactory.create(
        organization=tree.township, role=Role.SECRETARY, holder_name=secretary.full_name, user=secretary
    )
    client = client_of(secretary)
    url = f"{reverse('meetings:new')}?organization={tree.township.pk}&campaign=x"
    page = client.get(url).content.decode()
    assert f'<option value="{tree.township.pk}" selected' in page
    assert 'value="democratic_life"' in page
    data = {"organization": tree.village.pk, "campaign": luoyang.pk, "starts_at": in_days(9), "place": "镇里"}
    page = client.post(url, {**data, "kind": "democratic_life"}).content.decode()
    assert "支部不召开" in page
    page = client.post(url, {**data, "organization": tree.township.pk, "kind": "upper"}).content.decode()
    assert "不包括本级班子" in page
    assert "镇里" in page


def test_groups_below_the_size_are_refused_beside_the_kind(
    client_of: Open, tree: Tree, luoyang: Campaign, secretary: User, people: list[Member]
) -> None:
    client, url = client_of(secretary), reverse("meetings:new")
    data = {
        "organization": tree.village.pk,
        "campaign": luoyang.pk,
        "starts_at": in_days(9),
        "place": "村委会",
        "kind": "group",
    }
    page = client.post(url, {**data, "group": tree.group.pk}).content.decode()
    assert "本支部按规则计算是 12 人" in page
    for _number in range(8):
        MemberFactory.create(organization=tree.village)
    assert "请在下面选择是哪个党小组" in client.post(url, data).content.decode()
    assert client.post(url, {**data, "group": tree.group.pk}).status_code == 302
    meeting = Meeting.objects.get()
    page = client.get(at("detail", meeting)).content.decode()
    assert "一组党小组会" in page
    assert "其中可以填写测评表" not in page


def test_another_sitting_takes_everything_from_the_one_before(
    client_of: Open, tree: Tree, meeting: Meeting, secretary: User
) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(status="closed")
    client = client_of(secretary)
    assert "分次召开，再安排一次" in client.get(at("detail", meeting)).content.decode()
    url = f"{reverse('meetings:new')}?continues={meeting.pk}"
    assert f'<option value="{meeting.pk}" selected' in client.get(url).content.decode()
    data = {
        "organization": tree.village.pk,
        "campaign": meeting.campaign_id,
        "kind": "briefing",
        "continues": meeting.pk,
        "starts_at": in_days(60),
        "place": "祠堂",
    }
    assert client.post(url, data).status_code == 302
    second = Meeting.objects.get(continues=meeting)
    assert second.kind == "plenary"
    page = client.get(at("detail", second)).content.decode()
    assert "那次已经到会的不再计入应到" in page
    assert "分次召开，再安排一次" not in page
    assert "接着上次" in client.get(reverse("meetings:list")).content.decode()


def test_the_list_is_filtered_by_kind(
    client_of: Open, meeting: Meeting, committee: Meeting, township: User
) -> None:
    client, url = client_of(township), reverse("meetings:list")
    page = client.get(url, {"kind": "committee"}).content.decode()
    assert at("detail", committee) in page
    assert at("detail", meeting) not in page
    assert "没有符合条件" in client.get(url, {"kind": "briefing"}).content.decode()


def test_the_recorder_marks_the_seats_on_the_same_page(
    client_of: Open, committee: Meeting, tree: Tree, secretary: User
) -> None:
    client, url = client_of(secretary), at("attendance", committee)
    page = client.get(url).content.decode()
    assert "驻村干部老郑" in page
    assert "宣传委员" in page
    assert "流入地参加" not in page
    assert "任职有变动" not in page
    keys = [str(one.pk) for one in committee.participants.seats()]
    assert client.post(url, {"action": "all_present"}).status_code == 302
    seen = json.dumps({keys[2]: ["present", ""]})
    data = {"seen": seen, f"s-{keys[2]}": "leave", f"r-{keys[2]}": "出差"}
    assert client.post(url, data).status_code == 302
    assert (committee.counts().expected, committee.counts().present) == (3, 2)
    AppointmentFactory.create(organization=tree.village, role=Role.COMMITTEE, holder_name="新任委员")
    assert "任职有变动" in client.get(url).content.decode()
    page = client.post(url, {"action": "renew_seats"}, follow=True).content.decode()
    assert "名单已按现在的任职更新" in page
    assert "新任委员" in page


def test_only_who_records_takes_changed_posts_over(
    client_of: Open, committee: Meeting, township: User
) -> None:
    assert client_of(township).post(at("attendance", committee), {"action": "renew_seats"}).status_code == 403


def test_officers_of_a_committee_are_chair_and_recorder_from_its_seats(
    client_of: Open, committee: Meeting, people: list[Member], secretary: User
) -> None:
    client, url = client_of(secretary), at("officers", committee)
    page = client.get(url).content.decode()
    assert f'<option value="{people[0].pk}" selected>{people[0].name}（书记）' in page
    assert "驻村干部老郑（宣传委员）" in page
    assert "监票" not in page
    outsider = committee.participants.get(name="驻村干部老郑")
    data = {"version": 0, "chair": f"p{outsider.pk}", "recorder": people[1].pk}
    page = client.post(url, data).content.decode()
    assert "会议由书记主持" in page
    assert f'value="p{outsider.pk}" selected' in page
    assert client.post(url, {**data, "chair_reason": "书记出差，委托主持"}).status_code == 302
    assert Duty.objects.get(meeting=committee, kind="chair").holder_name == "驻村干部老郑"
    page = client.get(url).content.decode()
    assert f'value="p{outsider.pk}" selected' in page
    assert "委托他人主持：书记出差，委托主持" in client.get(at("detail", committee)).content.decode()


def test_out_of_order_the_page_says_so_with_the_clause_and_asks_for_the_reason(
    client_of: Open,
    luoyang: Campaign,
    tree: Tree,
    secretary: User,
    organizer: User,
    roster: Roster,
    people: list[Member],
) -> None:
    meeting = MeetingFactory.create(organization=tree.village, campaign=luoyang)
    name_all(meeting, secretary, people)
    mark_all_present(meeting=meeting, by=secretary)
    client = client_of(secretary)
    page = client.get(at("detail", meeting)).content.decode()
    assert "支委会要在先，还没有召开的记录" in page
    page = client.post(
        at("open", meeting), {"unready_other": "委员在外，先开大会"}, follow=True
    ).content.decode()
    assert "委员在外，先开大会" in page


def test_a_democratic_life_meeting_short_of_people_has_no_button_to_open_it(
    client_of: Open, tree: Tree, campaign: Campaign, township: User
) -> None:
    campaign.addressees.create(organization=tree.township, audience="all")
    for number in range(3):
        AppointmentFactory.create(
            organization=tree.township, role=Role.COMMITTEE, holder_name=f"委员{number}"
        )
    client, url = client_of(township), reverse("meetings:new")
    data = {
        "organization": tree.township.pk,
        "campaign": campaign.pk,
        "starts_at": in_days(9),
        "place": "镇政府会议室",
        "kind": "democratic_life",
    }
    meeting_page = client.post(url, data)["Location"]
    meeting = Meeting.objects.get()
    page = client.get(at("officers", meeting)).content.decode()
    assert "由其他同志主持" in page
    named = {"version": meeting.version, "chair_name": "委员0", "recorder_name": "周敏"}
    assert client.post(at("officers", meeting), named).status_code == 302
    first = str(meeting.participants.seats()[0].pk)
    record_attendance(meeting=meeting, marks={first: ("present", "")}, by=township)
    rest = [str(one.pk) for one in meeting.participants.seats()[1:]]
    record_attendance(meeting=meeting, marks=dict.fromkeys(rest, ("leave", "下乡")), by=township)
    page = client.get(meeting_page).content.decode()
    assert "班子成员 3 人，到会 1 人；须三分之二以上到会，即至少 2 人，不够" in page
    assert ">宣布开会</button>" not in page
    assert "核定花名册" not in page


def test_a_meeting_for_everybody_asks_for_no_attendance(
    client_of: Open, tree: Tree, campaign: Campaign, secretary: User
) -> None:
    meeting = MeetingFactory.create(organization=tree.village, campaign=campaign, kind="mobilise")
    client = client_of(secretary)
    assert "不逐人登记到会" in client.get(at("attendance", meeting)).content.decode()
    assert "动员会不逐人登记到会" in client.get(at("detail", meeting)).content.decode()
    page = client.get(reverse("meetings:list")).content.decode()
    assert "动员会" in page


def test_empty_seats_and_empty_groups_are_explained(
    client_of: Open, tree: Tree, campaign: Campaign, secretary: User, roster: Roster
) -> None:
    client = client_of(secretary)
    seats = MeetingFactory.create(organization=tree.village, campaign=campaign, kind="committee")
    assert "还没有登记班子成员" in client.get(at("attendance", seats)).content.decode()
    group = MeetingFactory.create(
        organization=tree.village, campaign=campaign, kind="group", group=tree.group
    )
    assert "名册上还没有一组的党员" in client.get(at("attendance", group)).content.decode()


def test_who_takes_part_elsewhere_without_proof_is_pointed_out_and_stops_nobody(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User
) -> None:
    client = client_of(secretary)
    mark_all_present(meeting=meeting, by=secretary)
    record_attendance(meeting=meeting, marks={keys[3]: ("elsewhere", "")}, by=secretary)
    assert "流入地党组织、怎样确认的" in client.get(at("attendance", meeting)).content.decode()
    client.post(at("open", meeting), {"unready": "都已在线下办好"})
    name = meeting.roster.entries.get(pk=keys[3]).name  # type: ignore[union-attr]
    assert f"{name}在流入地参加，还没有写" in client.get(at("detail", meeting)).content.decode()
    page = client.post(at("close", meeting), follow=True).content.decode()
    assert "已散会" in page


def test_a_step_leads_to_its_meeting_or_to_planning_it(
    client_of: Open, tree: Tree, luoyang: Campaign, secretary: User, organizer: User, township: User
) -> None:
    def to(user: User, kind: str) -> str:
        url = reverse("meetings:of_kind", args=[luoyang.slug, tree.village.pk, kind])
        return str(client_of(user).get(url).get("Location", "404"))

    assert to(secretary, "committee").startswith(f"{reverse('meetings:new')}?organization={tree.village.pk}")
    assert to(township, "committee").startswith(f"{reverse('meetings:list')}?q=")
    assert to(secretary, "nothing") == "404"
    planned = MeetingFactory.create(organization=tree.village, campaign=luoyang, kind="thematic")
    MeetingFactory.create(
        organization=tree.village,
        campaign=luoyang,
        kind="thematic",
        starts_at=timezone.now() + datetime.timedelta(days=9),
    )
    assert to(township, "plenary") == at("detail", planned)
    held = MeetingFactory.create(organization=tree.village, campaign=luoyang, status="closed")
    assert to(secretary, "plenary") == at("detail", held)


def test_the_officers_of_a_body_find_meetings_in_the_navigation(client_of: Open, tree: Tree) -> None:
    for role in (Role.SECRETARY, Role.OFFICE, Role.COMMITTEE):
        user = account_with(role, tree.township)
        assert f'href="{reverse("meetings:list")}"' in client_of(user).get(reverse("home")).content.decode()
