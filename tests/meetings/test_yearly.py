"""The yearly checks: what is on record, days noted in two taps, leaders in both kinds of life, the branches below."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Kind, Organization, Role, User
from branches.workflow import NotAllowed
from meetings.models import AttendanceStatus, HeldNote, MeetingKind, Participant
from meetings.permissions.yearly import can_note_held, can_see_yearly, can_see_yearly_below
from meetings.reports.yearly import Overview, YearlyPage
from meetings.services.held import note_held, remove_held
from members.models import Roster, RosterEntry
from members.services.rosters import freeze_roster
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, OrganizationFactory, account_with
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.members import MemberFactory, members_of

ClientOf = Callable[[User], Client]
NOW = datetime.datetime(2026, 8, 20, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def in_august() -> Any:
    """The twentieth of August 2026."""
    with time_machine.travel(NOW):
        yield


def day(month: int, number: int = 10) -> datetime.date:
    return datetime.date(2026, month, number)


def moment(month: int, number: int = 10) -> datetime.datetime:
    return datetime.datetime(2026, month, number, 9, tzinfo=timezone.get_default_timezone())


def states(page: YearlyPage, title: str) -> list[str]:
    return [period.state for line in page.lines if line.title == title for period in line.periods]


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_meetings_kept_here_and_days_from_paper_stand_side_by_side(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    MeetingFactory.create(organization=tree.village, campaign=campaign, status="closed", starts_at=moment(2))
    MeetingFactory.create(organization=tree.village, campaign=campaign, status="planned", starts_at=moment(5))
    note_held(organization=tree.village, kind="plenary", on=day(7), by=secretary)
    page = YearlyPage.of(tree.village, 2026, secretary)
    assert states(page, "党员大会") == ["held", "short", "held", "ahead"]
    assert states(page, "组织生活会") == ["held"]
    assert page.open == ("党员大会：第2季度", *page.open[1:])


def test_an_ordinary_meeting_on_paper_is_no_life_meeting(tree: Tree, secretary: User) -> None:
    note_held(organization=tree.village, kind="plenary", on=day(7), by=secretary)
    assert states(YearlyPage.of(tree.village, 2026, secretary), "组织生活会") == ["now"]
    note_held(organization=tree.village, kind="thematic", on=day(7), by=secretary)
    page = YearlyPage.of(tree.village, 2026, secretary)
    assert states(page, "组织生活会") == ["held"]
    assert states(page, "党员大会")[2] == "held"


def test_branches_without_committee_or_groups_are_not_asked_for_their_meetings(
    tree: Tree, secretary: User, sibling_secretary: User
) -> None:
    assert [line.title for line in YearlyPage.of(tree.sibling, 2026, sibling_secretary).lines] == [
        "党员大会",
        "组织生活会",
    ]
    AppointmentFactory.create(organization=tree.village, role=Role.ORGANIZER)
    AppointmentFactory.create(organization=tree.village, role=Role.PUBLICITY)
    titles = [line.title for line in YearlyPage.of(tree.village, 2026, secretary).lines]
    assert titles == ["党员大会", "支委会", "党小组会（一组）", "组织生活会"]


def test_each_group_has_its_own_line_and_a_closed_one_none(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    second = OrganizationFactory.create(parent=tree.village, kind=Kind.GROUP, short_name="二组")
    OrganizationFactory.create(parent=tree.village, kind=Kind.GROUP, short_name="三组", status="abolished")
    MeetingFactory.create(
        organization=tree.village,
        campaign=campaign,
        kind="group",
        group=second,
        status="closed",
        starts_at=moment(3),
    )
    note_held(organization=tree.group, kind="group", on=day(4), by=secretary)
    page = YearlyPage.of(Organization.objects.get(pk=tree.village.pk), 2026, secretary)
    assert [line.title for line in page.lines if line.check.key == "group"] == [
        "党小组会（一组）",
        "党小组会（二组）",
    ]
    assert states(page, "党小组会（二组）")[2] == "held"
    assert states(page, "党小组会（一组）")[3] == "held"
    assert states(page, "党小组会（一组）")[2] == "short"


def test_a_day_is_noted_once_and_taken_off_once(tree: Tree, secretary: User) -> None:
    note = note_held(organization=tree.village, kind="plenary", on=day(7), by=secretary)
    assert note_held(organization=tree.village, kind="plenary", on=day(7), by=secretary) == note
    remove_held(note=note, by=secretary)
    remove_held(note=note, by=secretary)
    assert not HeldNote.objects.exists()
    assert list(AuditEvent.objects.order_by("sequence").values_list("action", flat=True)) == [
        "note_held",
        "remove_held",
    ]


@pytest.mark.parametrize(
    ("kind", "on", "words"),
    [
        ("plenary", day(8, 21), "不能晚于今天"),
        ("plenary", datetime.date(2019, 1, 1), "太早了"),
        ("group", day(7), "不用登记这种会议"),
        ("committee", day(7), "不用登记这种会议"),
        ("democratic_life", day(7), "不用登记这种会议"),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    tree: Tree, secretary: User, kind: str, on: datetime.date, words: str
) -> None:
    with pytest.raises(NotAllowed, match=words):
        note_held(organization=tree.village, kind=kind, on=on, by=secretary)


def test_who_notes_what(
    tree: Tree,
    secretary: User,
    group_leader: User,
    member: User,
    township: User,
    supervisor: User,
    stranger: User,
) -> None:
    assert can_note_held(secretary, tree.village)
    assert can_note_held(secretary, tree.group)
    assert can_note_held(township, tree.village)
    assert can_note_held(group_leader, tree.group)
    assert not can_note_held(group_leader, tree.village)
    assert can_see_yearly(group_leader, tree.group)
    assert can_see_yearly(supervisor, tree.village)
    for person in (member, stranger, supervisor):
        assert not can_note_held(person, tree.village)
    assert not can_see_yearly(stranger, tree.village)
    assert can_see_yearly_below(township)
    assert not can_see_yearly_below(secretary)


def test_the_secretary_notes_a_day_in_two_taps(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    client = client_of(secretary)
    place = {"pk": tree.village.pk, "year": 2026}
    page = text(client.get(reverse("meetings:yearly", kwargs=place)))
    assert f'value="{tree.village.pk}-plenary"' in page
    assert 'value="2026-08-20"' in page
    kind = f"{tree.village.pk}-plenary"
    done = client.post(
        reverse("meetings:held_note", kwargs=place), {"kind": kind, "on": "2026-08-20"}, follow=True
    )
    assert "8月20日" in text(done)
    note = HeldNote.objects.get()
    gone = client.post(reverse("meetings:held_remove", kwargs={**place, "note": note.pk}), follow=True)
    assert "已删去" in text(gone)
    assert client.post(reverse("meetings:held_remove", kwargs={**place, "note": note.pk})).status_code == 404


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "", "on": "2026-08-20"}, "错误："),
        ({"kind": "0-plenary", "on": "2026-08-20"}, "请选择是什么会"),
        ({"kind": "own", "on": "2026-09-20"}, "不能晚于今天"),
        ({"kind": "own", "on": "昨天"}, "错误："),
    ],
)
def test_a_wrong_day_is_pointed_out_and_what_was_typed_stays(
    tree: Tree, secretary: User, client_of: ClientOf, data: dict[str, str], words: str
) -> None:
    place = {"pk": tree.village.pk, "year": 2026}
    sent = {**data, "kind": f"{tree.village.pk}-plenary" if data["kind"] == "own" else data["kind"]}
    page = text(client_of(secretary).post(reverse("meetings:held_note", kwargs=place), sent))
    assert words in page
    assert f'value="{data["on"]}"' in page
    assert not HeldNote.objects.exists()


def test_a_branch_secretary_notes_for_a_group(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    place = {"pk": tree.village.pk, "year": 2026}
    kind = f"{tree.group.pk}-group"
    client_of(secretary).post(reverse("meetings:held_note", kwargs=place), {"kind": kind, "on": "2026-07-02"})
    assert HeldNote.objects.get().organization == tree.group


def test_a_group_leader_sees_and_notes_the_group_only(
    tree: Tree, group_leader: User, client_of: ClientOf
) -> None:
    client = client_of(group_leader)
    page = text(client.get(reverse("meetings:yearly", kwargs={"pk": tree.group.pk, "year": 2026})))
    assert "党小组会" in page
    assert "党员大会" not in page
    note_held(organization=tree.group, kind="group", on=day(7), by=group_leader)
    assert states(YearlyPage.of(tree.group, 2026, group_leader), "党小组会")[6] == "held"


def test_years_that_are_none_have_no_page(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    client = client_of(secretary)
    for year, status in ((1999, 404), (2000, 200), (2025, 200), (2027, 200), (2028, 404)):
        answer = client.get(reverse("meetings:yearly", kwargs={"pk": tree.village.pk, "year": year}))
        assert answer.status_code == status, year


def leaders(tree: Tree, campaign: Campaign) -> tuple[User, User]:
    """The township's secretary, a member of the village, and its deputy, on no roll here."""
    head = account_with(Role.SECRETARY, tree.township, full_name="郑书记")
    deputy = account_with(Role.DEPUTY, tree.township, full_name="钱副书记")
    MemberFactory.create(organization=tree.village, name="郑书记", user=head)
    return head, deputy


def test_leaders_take_part_in_both_kinds_of_life(
    tree: Tree, campaign: Campaign, secretary: User, township: User
) -> None:
    head, deputy = leaders(tree, campaign)
    members_of(tree.village, 4)
    freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    life = MeetingFactory.create(
        organization=tree.township,
        campaign=campaign,
        kind="democratic_life",
        status="closed",
        starts_at=moment(1),
    )
    member = head.member
    Participant.objects.create(
        meeting=life, capacity="seat", key=f"m{member.pk.hex}", name="郑书记", status="present"
    )
    Participant.objects.create(meeting=life, capacity="seat", name="钱副书记", user=deputy, status="present")
    Participant.objects.create(meeting=life, capacity="seat", name="已调走的同志", status="present")
    own = MeetingFactory.create(
        organization=tree.village, campaign=campaign, status="closed", starts_at=moment(6)
    )
    entry = RosterEntry.objects.get(roster=Roster.objects.get(), member=member)
    other = RosterEntry.objects.exclude(pk=entry.pk).first()
    AttendanceFactory.create(meeting=own, entry=entry)
    AttendanceFactory.create(meeting=own, entry=other)
    page = YearlyPage.of(tree.township, 2026, township)
    found = {leader.seat.name: [part.text for part in leader.parts] for leader in page.leaders}
    assert found == {"郑书记": ["1月10日", "6月10日"], "钱副书记": ["1月10日", ""]}
    assert states(page, "民主生活会") == ["held"]
    note_held(organization=tree.township, kind="thematic", on=day(7), person=deputy.pk, by=township)
    note_held(organization=tree.township, kind="democratic_life", on=day(2), person=deputy.pk, by=township)
    again = YearlyPage.of(tree.township, 2026, township)
    found = {leader.seat.name: [part.text for part in leader.parts] for leader in again.leaders}
    assert found["钱副书记"] == ["1月10日、2月10日", "7月10日"]
    assert states(again, "民主生活会") == ["held"]


def test_an_absent_leader_was_not_there(tree: Tree, campaign: Campaign, township: User) -> None:
    head, _deputy = leaders(tree, campaign)
    life = MeetingFactory.create(
        organization=tree.township,
        campaign=campaign,
        kind="democratic_life",
        status="closed",
        starts_at=moment(1),
    )
    Participant.objects.create(
        meeting=life, capacity="seat", user=head, name="郑书记", status=AttendanceStatus.LEAVE
    )
    page = YearlyPage.of(tree.township, 2026, township)
    assert [part.days for leader in page.leaders for part in leader.parts] == [(), (), (), ()]


def test_only_leaders_of_that_day_are_noted_and_only_at_bodies(
    tree: Tree, campaign: Campaign, township: User, secretary: User
) -> None:
    head, _deputy = leaders(tree, campaign)
    with pytest.raises(NotAllowed, match="不在班子里"):
        note_held(organization=tree.township, kind="thematic", on=day(7), person=secretary.pk, by=township)
    with pytest.raises(NotAllowed, match="不用登记这种会议"):
        note_held(organization=tree.village, kind="thematic", on=day(7), person=head.pk, by=secretary)
    with pytest.raises(NotAllowed, match="不用登记这种会议"):
        note_held(organization=tree.township, kind="plenary", on=day(7), person=head.pk, by=township)


def test_the_office_notes_a_leader_from_paper(
    tree: Tree, campaign: Campaign, township: User, client_of: ClientOf
) -> None:
    head, _deputy = leaders(tree, campaign)
    client = client_of(township)
    place = {"pk": tree.township.pk, "year": 2026}
    url = reverse("meetings:leader_note", kwargs=place)
    data = {"person": str(head.pk), "kind": "thematic", "on": "2026-07-10"}
    assert "7月10日" in text(client.post(url, data, follow=True))
    assert "请选择是哪位同志" in text(client.post(url, {**data, "person": "0"}))
    assert "不能晚于今天" in text(client.post(url, {**data, "on": "2026-09-10"}))
    assert HeldNote.objects.get().person == head


def test_the_overview_lists_branches_in_their_order_with_coverage(
    tree: Tree, township: User, secretary: User, client_of: ClientOf
) -> None:
    note_held(organization=tree.village, kind="plenary", on=day(2), by=secretary)
    note_held(organization=tree.group, kind="group", on=day(2), by=secretary)
    Organization.objects.filter(pk=tree.school.pk).update(committee_override=True)
    page = text(client_of(township).get(reverse("meetings:yearly_list")))
    assert page.index("新河村支部") < page.index("白沙村支部") < page.index("镇中心学校支部")
    second = OrganizationFactory.create(parent=Organization.objects.get(pk=tree.sibling.pk), kind=Kind.GROUP)
    OrganizationFactory.create(parent=Organization.objects.get(pk=tree.sibling.pk), kind=Kind.GROUP)
    note_held(organization=second, kind="group", on=day(2), by=account_with(Role.SECRETARY, tree.sibling))
    rows = Overview.of(list(Organization.objects.branches()), 2026).branches
    cells = {row.organization.pk: [cell.text if cell else "" for cell in row.cells] for row in rows}
    assert cells[tree.village.pk] == ["1/2 个季度", "", "1/7 个月", "—"]
    assert cells[tree.sibling.pk][2] == "1/14 个月（2 个小组）"
    assert cells[tree.school.pk] == ["0/2 个季度", "0/7 个月", "", "—"]


@pytest.mark.parametrize(
    ("asked", "shown"), [("2025", "2025年"), ("x", "2026年"), ("1990", "2000年"), ("2099", "2026年")]
)
def test_the_overview_of_another_year(
    tree: Tree, township: User, client_of: ClientOf, asked: str, shown: str
) -> None:
    page = text(client_of(township).get(reverse("meetings:yearly_list"), {"year": asked}))
    assert f"各支部{shown}会议登记" in page


def test_the_overview_asks_the_same_for_few_and_for_many(
    tree: Tree, township: User, client_of: ClientOf
) -> None:
    client, url = client_of(township), reverse("meetings:yearly_list")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    queries()
    few = queries()
    for _ in range(30):
        branch = OrganizationFactory.create(parent=Organization.objects.get(pk=tree.township.pk))
        OrganizationFactory.create(parent=branch, kind=Kind.GROUP)
        HeldNote.objects.create(organization=branch, kind=MeetingKind.PLENARY, held_on=day(3), by=township)
    assert queries() == few


def test_everybody_finds_the_page_from_the_list_of_meetings(
    tree: Tree,
    township: User,
    secretary: User,
    group_leader: User,
    member: User,
    supervisor: User,
    client_of: ClientOf,
) -> None:
    own = reverse("meetings:yearly", args=[tree.village.pk, 2026])
    for person, url in (
        (township, reverse("meetings:yearly_list")),
        (supervisor, reverse("meetings:yearly_list")),
        (secretary, own),
        (group_leader, reverse("meetings:yearly", args=[tree.group.pk, 2026])),
    ):
        assert f'href="{url}"' in text(client_of(person).get(reverse("meetings:list")))
    assert "全年会议登记" not in text(client_of(member).get(reverse("meetings:list")))
