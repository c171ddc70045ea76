"""The list of meetings, and planning or changing one: nothing typed is lost, nothing is made twice."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, User
from meetings.models import Meeting
from tests.conftest import Tree
from tests.factories.branches import OrganizationFactory
from tests.factories.meetings import MeetingFactory

Open = Callable[[User], Client]


def at(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def in_days(days: int) -> str:
    return f"{timezone.localdate() + datetime.timedelta(days=days)}T14:00"


def test_the_list_shows_what_ones_posts_reach(
    client_of: Open,
    meeting: Meeting,
    secretary: User,
    township: User,
    stranger: User,
    sibling_secretary: User,
) -> None:
    for person, sees in ((secretary, True), (township, True), (stranger, False), (sibling_secretary, False)):
        page = client_of(person).get(reverse("meetings:list")).content.decode()
        assert (at("detail", meeting) in page) == sees
        assert "安排会议" in page  # an office arranges the meetings of its own committee


def test_the_list_is_filtered_by_branch_and_state(client_of: Open, meeting: Meeting, township: User) -> None:
    client = client_of(township)
    url = reverse("meetings:list")
    assert at("detail", meeting) in client.get(url, {"q": "新河"}).content.decode()
    assert "没有符合条件" in client.get(url, {"q": "白沙"}).content.decode()
    assert "没有符合条件" in client.get(url, {"status": "closed"}).content.decode()


def test_the_list_takes_the_same_queries_for_ten_meetings_as_for_forty(
    client_of: Open, tree: Tree, campaign: Campaign, township: User
) -> None:
    client = client_of(township)
    client.get(reverse("meetings:list"))
    counts = []
    for more in (10, 30):
        for number in range(more):
            branch = OrganizationFactory.create(parent=tree.township, code=f"Z{more}-{number}")
            MeetingFactory.create(organization=branch, campaign=campaign)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("meetings:list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_secretary_plans_with_everything_known_filled_in(
    client_of: Open, tree: Tree, campaign: Campaign, secretary: User
) -> None:
    client, url = client_of(secretary), reverse("meetings:new")
    page = client.get(url).content.decode()
    assert f'name="organization" value="{tree.village.pk}"' in page  # there is no other to choose
    data = {
        "organization": tree.village.pk,
        "campaign": campaign.pk,
        "starts_at": in_days(9),
        "place": "村委会会议室",
        "submission": str(uuid.uuid4()),
    }
    first = client.post(url, data)
    again = client.post(url, data)
    meeting = Meeting.objects.get()
    assert first["Location"] == again["Location"] == at("detail", meeting)
    assert timezone.localtime(meeting.starts_at).hour == 14


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client_of: Open, tree: Tree, campaign: Campaign, secretary: User
) -> None:
    data = {"organization": tree.village.pk, "campaign": campaign.pk, "theme": "学思想、强党性"}
    page = client_of(secretary).post(reverse("meetings:new"), data).content.decode()
    assert "请填写开会地点" in page
    assert "请填写开会的日期和时间" in page
    assert "学思想、强党性" in page
    assert not Meeting.objects.exists()


def test_a_late_notice_asks_for_one_sentence_and_is_then_accepted(
    client_of: Open, tree: Tree, campaign: Campaign, secretary: User
) -> None:
    client, url = client_of(secretary), reverse("meetings:new")
    data = {
        "organization": tree.village.pk,
        "campaign": campaign.pk,
        "starts_at": in_days(1),
        "place": "村委会",
        "notified_on": str(timezone.localdate()),
    }
    assert "按规则应在" in client.post(url, data).content.decode()
    assert client.post(url, {**data, "notice_reason": "防汛值守，临时调整"}).status_code == 302
    meeting = Meeting.objects.get()
    assert "防汛值守" in client.get(at("detail", meeting)).content.decode()
    early = {**data, "starts_at": in_days(9)}
    assert client.post(url, early).status_code == 302


def test_a_second_meeting_at_the_same_time_is_refused_beside_the_time(
    client_of: Open, tree: Tree, campaign: Campaign, secretary: User
) -> None:
    client, url = client_of(secretary), reverse("meetings:new")
    data = {
        "organization": tree.village.pk,
        "campaign": campaign.pk,
        "starts_at": in_days(9),
        "place": "村委会",
    }
    client.post(url, data)
    assert "已经安排了党员大会" in client.post(url, data).content.decode()


@pytest.mark.parametrize("who", ["supervisor", "member", "system"])
def test_others_are_told_who_plans_meetings(
    who: str, client_of: Open, campaign: Campaign, request: pytest.FixtureRequest
) -> None:
    answer = client_of(request.getfixturevalue(who)).get(reverse("meetings:new"))
    assert answer.status_code == 403


def test_a_clerk_without_an_open_campaign_sees_the_page_and_cannot_save(
    client_of: Open, tree: Tree, secretary: User
) -> None:
    client = client_of(secretary)
    assert client.get(reverse("meetings:new")).status_code == 200
    answer = client.post(reverse("meetings:new"), {"starts_at": in_days(3), "place": "村委会"})
    assert answer.status_code == 200


def test_a_change_is_saved_and_a_stale_one_keeps_what_was_typed(
    client_of: Open, planned: Meeting, secretary: User
) -> None:
    client, url = client_of(secretary), at("edit", planned)
    data = {"version": 0, "starts_at": in_days(4), "place": "村小学"}
    assert client.post(url, data).status_code == 302
    page = client.post(url, {**data, "place": "祠堂"}).content.decode()
    assert "刚才另有一位同志修改了" in page
    assert 'value="祠堂"' in page
    assert re.search(r'name="version" value="1"', page)
    planned.refresh_from_db()
    assert planned.place == "村小学"
    assert client.post(url, {**data, "version": 1, "place": "祠堂"}).status_code == 302


def test_a_change_onto_another_meeting_is_refused_beside_the_time(
    client_of: Open, planned: Meeting, secretary: User
) -> None:
    other = MeetingFactory.create(organization=planned.organization, campaign=planned.campaign)
    local = timezone.localtime(other.starts_at)
    Meeting.objects.filter(pk=other.pk).update(starts_at=local.replace(second=0, microsecond=0))
    data = {"version": 0, "starts_at": f"{local:%Y-%m-%dT%H:%M}", "place": "村小学"}
    page = client_of(secretary).post(at("edit", planned), data).content.decode()
    assert "已经安排了党员大会" in page
