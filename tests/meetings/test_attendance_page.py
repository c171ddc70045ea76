"""Attendance is typed without scripts, with them, by two people at once, and not after the end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pypdfium2
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Campaign, Role, User
from meetings.models import Meeting
from meetings.services import (
    cancel_meeting,
    close_meeting,
    mark_all_present,
    open_meeting,
    record_attendance,
    saved_marks,
)
from members.models import Member, Roster
from members.services.rosters import exempt_from_count, freeze_roster
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.meetings import ON_PAPER, DutyFactory, MeetingFactory
from tests.factories.members import members_of

Open = Callable[[User], Client]


LIVE = {"HX-Request": "true"}


def at(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))


def sheet_of(page: str) -> dict[str, str]:
    """The fields of the attendance form as a browser without scripts would send them."""
    fields = dict(re.findall(r'<input type="radio" name="(s-\d+)" [^>]*?value="(\w*)"[^>]*? checked>', page))
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found
    return {**fields, "seen": found.group(1).replace("&quot;", '"')}


def test_three_presses_make_the_attendance_of_an_evening(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User
) -> None:
    client, url = client_of(secretary), at("attendance", meeting)
    page = client.get(url).content.decode()
    assert "全部到会，再改例外" in page
    assert client.post(url, {**sheet_of(page), "action": "all_present"})["Location"] == url
    page = client.get(url).content.decode()
    assert "全部到会，再改例外" not in page
    fields = sheet_of(page)
    assert set(fields.values()) == {"present", fields["seen"]}
    change = {**fields, f"s-{keys[0]}": "leave", f"r-{keys[0]}": "住院"}
    answer = client.post(url, change, follow=True)
    assert "应到 12 人，实到 11 人" in answer.content.decode()
    assert saved_marks(meeting)[keys[0]] == ("leave", "住院")


def test_who_is_left_is_marked_absent_with_one_press(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User
) -> None:
    client, url = client_of(secretary), at("attendance", meeting)
    fields = {**sheet_of(client.get(url).content.decode()), f"s-{keys[0]}": "present"}
    client.post(url, fields)
    page = client.get(url).content.decode()
    assert "没有登记的 11 人都记为缺席" in page
    client.post(url, {**sheet_of(page), "action": "rest_absent"})
    assert sorted(status for status, _why in saved_marks(meeting).values()) == ["absent"] * 11 + ["present"]


def test_a_missing_reason_is_named_at_its_row_and_nothing_typed_is_lost(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User
) -> None:
    client, url = client_of(secretary), at("attendance", meeting)
    fields = sheet_of(client.get(url).content.decode())
    fields |= {
        f"s-{keys[0]}": "not_counted",
        f"s-{keys[1]}": "leave",
        f"r-{keys[1]}": "很" * 101,
        f"s-{keys[2]}": "elsewhere",
        f"r-{keys[2]}": "深圳龙岗区某社区",
        f"s-{keys[3]}": "nonsense",
    }
    page = client.post(url, fields).content.decode()
    assert "有 2 处需要修改" in page
    assert f'href="#row-{keys[0]}"' in page
    assert "现有 101 字" in page
    assert "深圳龙岗区某社区" in page
    assert saved_marks(meeting) == {}
    fields |= {f"x-{keys[0]}": "bedridden", f"r-{keys[1]}": "住院"}
    assert client.post(url, fields).status_code == 302
    assert saved_marks(meeting)[keys[0]] == ("not_counted", "bedridden")
    assert "应到 11" in client.get(at("detail", meeting)).content.decode()
    page = client.get(url).content.decode()
    assert '<option value="bedridden" selected>' in page


def test_two_people_at_two_doors_lose_nothing(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User, organizer: User
) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    url = at("attendance", meeting)
    mine = sheet_of(client_of(secretary).get(url).content.decode())
    theirs = sheet_of(client_of(organizer).get(url).content.decode())
    assert client_of(secretary).post(url, {**mine, f"s-{keys[0]}": "leave"}).status_code == 302
    assert client_of(organizer).post(url, {**theirs, f"s-{keys[1]}": "absent"}).status_code == 302
    now = saved_marks(meeting)
    assert (now[keys[0]], now[keys[1]]) == (("leave", ""), ("absent", ""))


def test_the_same_person_marked_differently_is_shown_to_the_later_one(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User, organizer: User
) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    url = at("attendance", meeting)
    stale = sheet_of(client_of(organizer).get(url).content.decode())
    marks = {keys[0]: ("leave", "住院"), keys[1]: ("not_counted", "abroad"), keys[4]: ("absent", "")}
    record_attendance(meeting=meeting, marks=marks, by=secretary)
    typed = {**stale, f"s-{keys[0]}": "absent", f"s-{keys[1]}": "absent", f"s-{keys[2]}": "elsewhere"}
    page = client_of(organizer).post(url, typed).content.decode()
    assert "对方登记为请假（住院）" in page
    assert "对方登记为不计应到（自费出国（出境）半年以上）" in page
    assert saved_marks(meeting)[keys[2]] == ("present", "")
    again = sheet_of(page)
    assert again[f"s-{keys[0]}"] == "absent"
    assert again[f"s-{keys[2]}"] == "elsewhere"
    assert again[f"s-{keys[4]}"] == "absent"
    assert client_of(organizer).post(url, again).status_code == 302
    now = saved_marks(meeting)
    assert [now[key][0] for key in keys[:5]] == ["absent", "absent", "elsewhere", "present", "absent"]


def test_a_mark_taken_away_by_another_is_called_unmarked(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User, organizer: User
) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    url = at("attendance", meeting)
    stale = sheet_of(client_of(organizer).get(url).content.decode())
    record_attendance(meeting=meeting, marks={keys[0]: ("", "")}, by=secretary)
    page = client_of(organizer).post(url, {**stale, f"s-{keys[0]}": "leave"}).content.decode()
    assert "对方登记为未登记" in page


def test_with_scripts_each_press_is_saved_at_once_and_answers_with_the_counts(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User
) -> None:
    client, url = client_of(secretary), at("attendance", meeting)
    fields = sheet_of(client.get(url).content.decode())
    fields[f"s-{keys[0]}"] = "present"
    part = client.post(url, fields, headers=LIVE).content.decode()
    assert "<html" not in part
    assert "实到 <b>1</b>" in part
    assert "保存" in part
    fields |= {f"s-{keys[1]}": "not_counted", "seen": sheet_of(part)["seen"]}
    part = client.post(url, fields, headers=LIVE).content.decode()
    assert "请选择原因" in part
    assert set(saved_marks(meeting)) == {keys[0]}
    fields |= {f"x-{keys[1]}": "abroad", f"s-{keys[0]}": "leave", "seen": sheet_of(part)["seen"]}
    part = client.post(url, fields, headers=LIVE).content.decode()
    assert "应到 <b>11</b>" in part
    assert saved_marks(meeting)[keys[0]] == ("leave", "")


def test_with_scripts_a_row_of_another_is_neither_overwritten_nor_hidden(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User, organizer: User
) -> None:
    client, url = client_of(organizer), at("attendance", meeting)
    mark_all_present(meeting=meeting, by=secretary)
    fields = sheet_of(client.get(url).content.decode())
    record_attendance(meeting=meeting, marks={keys[0]: ("leave", ""), keys[3]: ("leave", "")}, by=secretary)
    fields |= {f"s-{keys[0]}": "absent", f"s-{keys[1]}": "absent"}
    part = client.post(url, fields, headers=LIVE).content.decode()
    assert "另有一位同志刚刚登记得不一样" in part
    now = saved_marks(meeting)
    assert [now[key][0] for key in keys[:4]] == ["leave", "absent", "present", "leave"]
    seen = json.loads(sheet_of(part)["seen"])
    assert seen[keys[0]] == ["present", ""]
    assert seen[keys[1]] == ["absent", ""]
    assert seen[keys[3]] == ["present", ""]


def test_a_press_after_the_meeting_was_closed_is_answered_and_not_saved(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User
) -> None:
    client, url = client_of(secretary), at("attendance", meeting)
    mark_all_present(meeting=meeting, by=secretary)
    fields = {**sheet_of(client.get(url).content.decode()), f"s-{keys[0]}": "absent"}
    open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)
    close_meeting(meeting=meeting, by=secretary)
    part = client.post(url, fields, headers=LIVE).content.decode()
    assert "到会情况不能再改" in part
    assert client.post(url, fields).status_code == 403
    assert saved_marks(meeting)[keys[0]] == ("present", "")
    page = client.get(url).content.decode()
    assert "<form method" not in page.split("<h1>")[1]
    assert "到会</td>" in page


def test_a_sheet_with_a_broken_memory_still_saves_what_is_new(
    client_of: Open, meeting: Meeting, keys: list[str], secretary: User
) -> None:
    client, url = client_of(secretary), at("attendance", meeting)
    for broken in ("", "{", "[]", '{"1": 5}', "null"):
        assert client.post(url, {f"s-{keys[0]}": "present", "seen": broken}).status_code == 302
    assert saved_marks(meeting) == {keys[0]: ("present", "")}


def test_before_the_roster_is_frozen_nothing_is_saved_and_the_page_says_why(
    client_of: Open, planned: Meeting, secretary: User
) -> None:
    url = at("attendance", planned)
    assert "还没有核定花名册" in client_of(secretary).get(url).content.decode()
    answer = client_of(secretary).post(url, {"action": "all_present"})
    assert answer.status_code == 200


def test_people_the_roster_does_not_count_stand_apart_and_may_come(
    client_of: Open, meeting: Meeting, roster: Roster, people: list[Member], secretary: User
) -> None:
    entry = roster.entries.get(member=people[9])
    exempt_from_count(entry=entry, reason="bedridden", why="支部大会通过", by=secretary)
    client, url = client_of(secretary), at("attendance", meeting)
    page = client.get(url).content.decode()
    assert "名册上不计入应到会的" in page
    fields = {**sheet_of(page), f"s-{entry.pk}": "present"}
    client.post(url, fields)
    assert saved_marks(meeting) == {str(entry.pk): ("present", "")}
    record_attendance(meeting=meeting, marks={str(entry.pk): ("", "")}, by=secretary)
    cancel_meeting(meeting=meeting, by=secretary, note="改期")
    page = client.get(url).content.decode()
    assert "年老体弱卧床不起" in page
    assert "未登记" in page


def test_the_recorder_writes_and_a_supervisor_only_reads(
    client_of: Open, meeting: Meeting, people: list[Member], teller: User, supervisor: User
) -> None:
    meeting.duties.filter(kind="recorder").delete()
    DutyFactory.create(meeting=meeting, kind="recorder", member=people[3])
    url = at("attendance", meeting)
    assert client_of(teller).post(url, {"action": "all_present"}).status_code == 302
    page = client_of(supervisor).get(url).content.decode()
    assert people[0].name in page
    assert 'name="seen"' not in page
    assert client_of(supervisor).post(url, {"action": "rest_absent"}).status_code == 403


def test_a_branch_of_a_hundred_and_fifty_fits_on_the_sheet(
    client_of: Open, tree: Tree, campaign: Campaign
) -> None:
    leader = account_with(Role.SECRETARY, tree.sibling)
    members_of(tree.sibling, 150)
    freeze_roster(campaign=campaign, organization=tree.sibling, by=leader)
    meeting = MeetingFactory.create(organization=tree.sibling, campaign=campaign)
    client, url = client_of(leader), at("attendance", meeting)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url).content.decode()
    assert page.count("<legend>") == 150
    assert len(queries) < 25
    client.post(url, {**sheet_of(page), "action": "all_present"})
    assert meeting.present_count == 150
    pdf = client.get(at("sign_in", meeting)).content
    assert "应到 150 名" in text(pdf)
    assert len(pypdfium2.PdfDocument(pdf)) == 3
