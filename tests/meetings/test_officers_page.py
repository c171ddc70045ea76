"""Officers are chosen on a form, and those who count get a slip."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from branches.models import User
from meetings.models import Duty, Meeting
from members.models import Member, Roster, RosterEntry
from tests.factories.meetings import name_all

Open = Callable[[User], Client]


def at(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def test_officers_are_chosen_from_the_roll_with_the_secretary_suggested(
    client_of: Open, planned: Meeting, people: list[Member], secretary: User
) -> None:
    client, url = client_of(secretary), at("officers", planned)
    page = client.get(url).content.decode()
    assert page.count(f'value="{people[0].pk}" selected') == 1
    assert page.count(f'value="{people[1].pk}" selected') == 1
    data = {
        "version": 0,
        "chair": people[0].pk,
        "recorder_name": "镇党建办老周",
        "scrutineer_1": people[2].pk,
        "scrutineer_name": "李敏",
        "teller_1": people[3].pk,
        "teller_2": people[4].pk,
    }
    assert client.post(url, data).status_code == 302
    named = {(d.kind, d.holder_name) for d in Duty.objects.filter(meeting=planned)}
    assert ("recorder", "镇党建办老周") in named
    assert ("scrutineer", "李敏") in named
    page = client.get(url).content.decode()
    assert page.count(f'value="{people[4].pk}" selected') == 1
    assert 'value="镇党建办老周"' in page


def test_the_same_person_twice_is_refused_and_the_choice_is_kept(
    client_of: Open, planned: Meeting, people: list[Member], secretary: User
) -> None:
    data = {"version": 0, "scrutineer_1": people[2].pk, "teller_1": people[2].pk}
    page = client_of(secretary).post(at("officers", planned), data).content.decode()
    assert "监票人和计票人须是不同的人" in page
    assert page.count(f'value="{people[2].pk}" selected') == 2


def test_officers_saved_by_two_people_at_once(
    client_of: Open, planned: Meeting, people: list[Member], secretary: User
) -> None:
    name_all(planned, secretary, people)
    data = {"version": 0, "chair": people[5].pk, "chair_reason": "书记外出，受书记委托"}
    page = client_of(secretary).post(at("officers", planned), data).content.decode()
    assert "刚才另有一位同志修改了" in page
    assert 'name="version" value="1"' in page
    assert Duty.objects.filter(meeting=planned).count() == 5
    assert client_of(secretary).post(at("officers", planned), {**data, "version": 1}).status_code == 302


def test_a_teller_who_left_the_roll_can_still_be_seen_in_the_form(
    client_of: Open, meeting: Meeting, people: list[Member], secretary: User
) -> None:
    Member.objects.filter(pk=people[4].pk).update(standing="transferred")
    page = client_of(secretary).get(at("officers", meeting)).content.decode()
    assert page.count(f'value="{people[4].pk}" selected') == 1


def test_the_slip_of_a_teller_is_shown_once(
    client_of: Open, meeting: Meeting, people: list[Member], secretary: User, organizer: User
) -> None:
    url = reverse("meetings:duty_account", args=[meeting.pk, people[4].pk])
    client = client_of(secretary)
    assert url in client.get(at("detail", meeting)).content.decode()
    assert url not in client_of(organizer).get(at("detail", meeting)).content.decode()
    assert client_of(organizer).post(url).status_code == 403
    assert client.get(url).status_code == 405
    page = client.post(url).content.decode()
    account = User.objects.get(member=people[4])
    assert account.username in page
    assert "已经有登录账号" in client.post(url, follow=True).content.decode()
    assert url not in client.get(at("detail", meeting)).content.decode()


def test_people_out_of_reach_get_no_account(client_of: Open, meeting: Meeting, secretary: User) -> None:
    url = reverse("meetings:duty_account", args=[meeting.pk, uuid.uuid4()])
    assert client_of(secretary).post(url).status_code == 404


def test_namesakes_can_be_told_apart_wherever_a_person_is_picked(
    client_of: Open, planned: Meeting, people: list[Member], roster: Roster, secretary: User
) -> None:
    Member.objects.filter(pk__in=[people[4].pk, people[10].pk]).update(name="王家宝")
    Member.objects.filter(pk=people[4].pk).update(birth_on="1962-03-01")
    RosterEntry.objects.filter(member__in=[people[4], people[10]]).update(name="王家宝")
    client = client_of(secretary)
    page = client.get(at("officers", planned)).content.decode()
    assert "王家宝（1962年3月生）" in page
    assert "王家宝（预备党员，1970年1月生）" in page
    assert "1962年3月生" in client.get(at("attendance", planned)).content.decode()


def test_the_secretary_is_suggested_by_the_account_or_by_a_name_nobody_shares(
    client_of: Open, planned: Meeting, people: list[Member], secretary: User
) -> None:
    Member.objects.filter(pk=people[0].pk).update(user=None)
    page = client_of(secretary).get(at("officers", planned)).content.decode()
    assert f'value="{people[0].pk}" selected' in page
    Member.objects.filter(pk=people[7].pk).update(name=people[0].name)
    page = client_of(secretary).get(at("officers", planned)).content.decode()
    assert f'value="{people[0].pk}" selected' not in page
