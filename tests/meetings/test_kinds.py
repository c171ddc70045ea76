"""Meetings of every kind: who plans them, in which order, whose attendance counts, and the quorum on its base."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Appointment, Campaign, Kind, Organization, Role, RuleSet, StepMark, User
from branches.services.steps import order_redo, waive_step
from branches.workflow import NotAllowed
from meetings.models import Capacity, Counts, Meeting, MeetingStatus, Participant
from meetings.permissions import can_hold, can_plan_any, can_plan_meeting
from meetings.services import (
    change_meeting,
    close_meeting,
    mark_all_present,
    name_officers,
    open_meeting,
    plan_meeting,
    record_attendance,
    renew_seats,
    saved_marks,
)
from meetings.services.participants import seats_changed
from meetings.workflow import can_take_resolution, has_ballot, obstacles, out_of_order
from meetings.workflow.ordering import may_split, steps_arranged, wanted_of
from meetings.workflow.quorum import opening_quorum, resolution_quorum
from members.models import Member, Roster, RosterEntry
from members.services.rosters import freeze_roster
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, OrganizationFactory, account_with
from tests.factories.meetings import MeetingFactory, name_all
from tests.factories.members import MemberFactory, members_of

ON_PAPER = "都已在线下办好"
SOON = datetime.timedelta(days=5)


def under(campaign: Campaign, **values: object) -> Campaign:
    """The campaign with other rules, read anew."""
    rules = campaign.rule_sets.get()
    RuleSet.objects.filter(pk=rules.pk).update(values={**rules.values, **values})
    return Campaign.objects.get(pk=campaign.pk)


def plan(organization: Organization, campaign: Campaign, by: User, kind: str, **more: object) -> Meeting:
    fields = {"starts_at": timezone.now() + SOON, "place": "村委会会议室", **more}
    return plan_meeting(organization=organization, campaign=campaign, by=by, kind=kind, **fields)  # type: ignore[arg-type]


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(NotAllowed) as caught:
        action()
    return caught.value.reason


def seat(organization: Organization, role: str, name: str, user: User | None = None) -> Appointment:
    post: Appointment = AppointmentFactory.create(
        organization=organization, role=role, holder_name=name, user=user
    )
    return post


@pytest.fixture
def committee(tree: Tree, people: list[Member], secretary: User, organizer: User) -> list[Appointment]:
    """Three more seats in the village: with secretary and organiser the committee has five."""
    return [
        seat(tree.village, Role.DEPUTY, people[4].name),
        seat(tree.village, Role.DISCIPLINE, people[5].name),
        seat(tree.village, Role.PUBLICITY, "驻村干部老郑"),
    ]


# Who plans what


def test_a_branch_plans_what_branches_hold_and_a_body_what_bodies_hold(
    tree: Tree, secretary: User, organizer: User, township: User
) -> None:
    for kind in (
        "committee",
        "plenary",
        "group",
        "thematic",
        "briefing",
        "masses_briefing",
        "analysis",
        "mobilise",
    ):
        assert can_plan_meeting(secretary, tree.village, kind)
    for kind in ("upper", "democratic_life"):
        assert "支部不召开" in str(can_plan_meeting(secretary, tree.village, kind))
        assert can_plan_meeting(township, tree.township, kind)
    for kind in ("plenary", "committee", "group"):
        assert "党支部召开" in str(can_plan_meeting(township, tree.township, kind))
    assert "党建办" in str(can_plan_meeting(secretary, tree.township, "upper"))
    assert can_plan_meeting(account_with(Role.SECRETARY, tree.township), tree.township, "democratic_life")
    assert not can_plan_meeting(account_with(Role.COMMITTEE, tree.township), tree.township, "upper")
    assert not can_plan_any(township, tree.village)
    assert not can_plan_any(account_with(Role.SECRETARY, tree.group), tree.group)
    assert "到党支部里安排" in str(can_plan_meeting(secretary, tree.group, "group"))


def test_a_branch_without_a_committee_holds_none(tree: Tree) -> None:
    head = account_with(Role.SECRETARY, tree.school)
    assert "没有设支委会" in str(can_hold(tree.school, "committee"))
    assert "没有设支委会" in str(can_plan_meeting(head, tree.school, "committee"))
    assert can_plan_meeting(head, tree.school, "plenary")


def test_a_work_committee_plans_no_meeting(tree: Tree) -> None:
    place = OrganizationFactory.create(parent=tree.county, kind=Kind.WORK_COMMITTEE, code="YL-GW")
    assert not can_plan_meeting(account_with(Role.SECRETARY, place), place, "upper")


def test_only_what_the_campaign_addresses_is_planned(tree: Tree, campaign: Campaign, township: User) -> None:
    assert "不包括本级班子" in refusal(lambda: plan(tree.township, campaign, township, "upper"))


# The order


def test_the_committee_first_then_the_plenary(
    tree: Tree,
    campaign: Campaign,
    secretary: User,
    committee: list[Appointment],
    roster: Roster,
    people: list[Member],
) -> None:
    campaign = under(campaign, meeting_form="committee_then_plenary")
    assert wanted_of(campaign, tree.village) == ("committee", "plenary")
    plenary = plan(tree.village, campaign, secretary, "plenary")
    assert steps_arranged(campaign, tree.village) == {"meeting"}
    (missed,) = out_of_order(plenary)
    assert "支委会要在先" in missed.text
    assert missed.rule == "meeting_form"
    name_all(plenary, secretary, people)
    mark_all_present(meeting=plenary, by=secretary)
    assert [found.part for found in obstacles(plenary)] == ["order"]
    assert "支委会要在先" in refusal(lambda: open_meeting(meeting=plenary, by=secretary))
    first = plan(tree.village, campaign, secretary, "committee")
    assert out_of_order(first) == ()
    MeetingFactory.create(organization=tree.village, campaign=campaign, kind="committee", status="closed")
    assert out_of_order(plenary) == ()


def test_out_of_order_a_meeting_is_opened_with_a_reason_that_is_kept(
    tree: Tree, campaign: Campaign, secretary: User, roster: Roster, people: list[Member]
) -> None:
    campaign = under(campaign, meeting_form="committee_then_plenary")
    meeting = plan(tree.village, campaign, secretary, "plenary")
    name_all(meeting, secretary, people)
    mark_all_present(meeting=meeting, by=secretary)
    opened = open_meeting(meeting=meeting, by=secretary, unready_reason=" 支委会改到下周 ")
    assert opened.unready_reason == "支委会改到下周"


@pytest.mark.parametrize("how", ["tick", "waived"])
def test_what_is_ticked_on_paper_or_let_off_is_not_missed(
    how: str, tree: Tree, campaign: Campaign, organizer: User, township: User
) -> None:
    campaign = under(campaign, meeting_form="committee_then_plenary")
    meeting = MeetingFactory.create(organization=tree.village, campaign=campaign)
    assert out_of_order(meeting)
    if how == "tick":
        StepMark.objects.create(
            campaign=campaign,
            organization=tree.village,
            step="committee_meeting",
            done_on=timezone.localdate(),
        )
    else:
        waive_step(
            campaign=campaign,
            organization=tree.village,
            step="committee_meeting",
            reason="已在上年开过",
            by=township,
        )
    assert out_of_order(meeting) == ()


def test_a_meeting_of_an_earlier_round_does_not_count_for_the_new_one(
    tree: Tree, campaign: Campaign, organizer: User, township: User
) -> None:
    campaign = under(campaign, meeting_form="committee_then_plenary")
    MeetingFactory.create(
        organization=tree.village,
        campaign=campaign,
        kind="committee",
        status="closed",
        starts_at=timezone.now(),
    )
    order_redo(campaign=campaign, organization=tree.village, reason="走过场", by=township)
    later = MeetingFactory.create(
        organization=tree.village, campaign=campaign, starts_at=timezone.now() + SOON
    )
    assert out_of_order(later)


def test_the_body_above_meets_before_its_branches_where_the_rules_say_so(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    campaign = under(campaign, upper_committee_first=True)
    mill = MeetingFactory.create(organization=tree.mill, campaign=campaign)
    village = MeetingFactory.create(organization=tree.village, campaign=campaign)
    assert out_of_order(mill) == ()  # the general branch is not addressed
    campaign.addressees.create(organization=tree.township, audience="all")
    (missed,) = out_of_order(mill)
    assert missed.rule == "upper_committee_first"
    assert "宏达纺织总支的班子会要在先" in missed.text
    assert out_of_order(village) == ()  # the issuer itself does not hold its branches up
    MeetingFactory.create(organization=tree.general, campaign=campaign, kind="upper", status="opened")
    assert out_of_order(mill) == ()


# Groups


@pytest.mark.parametrize(
    ("counts", "full", "probationary", "may"),
    [
        ("all", 17, 2, False),
        ("all", 17, 3, True),
        ("all", 18, 3, True),
        ("full", 19, 3, False),
        ("full", 20, 0, True),
    ],
)
def test_self_review_is_split_into_groups_from_the_size_of_the_rules(
    counts: str, full: int, probationary: int, may: bool, tree: Tree, campaign: Campaign
) -> None:
    campaign = under(campaign, group_split_from=20, group_split_counts=counts)
    head = account_with(Role.SECRETARY, tree.sibling)
    group = OrganizationFactory.create(parent=tree.sibling, kind=Kind.GROUP, code="G-1")
    members_of(tree.sibling, full, group=group)
    members_of(tree.sibling, probationary, kind="probationary", full_on=None)
    assert bool(may_split(campaign, tree.sibling)) == may
    if may:
        assert plan(tree.sibling, campaign, head, "group", group=group).group == group
    else:
        assert "20 人以上" in refusal(lambda: plan(tree.sibling, campaign, head, "group", group=group))
    freeze_roster(campaign=campaign, organization=tree.sibling, by=head)
    assert bool(may_split(campaign, tree.sibling)) == may


def test_where_the_form_is_the_group_meeting_size_does_not_matter(
    tree: Tree, campaign: Campaign, secretary: User, people: list[Member]
) -> None:
    campaign = under(campaign, meeting_form="group", group_split_from=None)
    meeting = plan(tree.village, campaign, secretary, "group", group=tree.group)
    assert meeting.group == tree.group
    for wrong in (None, tree.sibling):
        assert "本支部的党小组" in refusal(
            lambda group=wrong: plan(tree.village, campaign, secretary, "group", group=group)  # type: ignore[misc]
        )
    assert plan(tree.village, campaign, secretary, "plenary", group=tree.group).group is None


def test_a_group_counts_its_own_people_only(
    tree: Tree, campaign: Campaign, secretary: User, people: list[Member]
) -> None:
    campaign = under(campaign, meeting_form="group")
    Member.objects.filter(pk__in=[one.pk for one in people[4:8]]).update(group=tree.group)
    freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    meeting = plan(tree.village, campaign, secretary, "group", group=tree.group)
    assert mark_all_present(meeting=meeting, by=secretary) == 4
    assert meeting.counts() == Counts(4, 4, 4, 4, 4, 0, 4, 4)
    other = RosterEntry.objects.get(member=people[0])
    assert "名册刚刚有变动" in refusal(
        lambda: record_attendance(meeting=meeting, marks={str(other.pk): ("present", "")}, by=secretary)
    )
    assert not has_ballot(meeting)
    assert "不作决议" in str(can_take_resolution(meeting))


# Seats


def test_the_seats_are_filled_from_the_posts_in_their_order(
    tree: Tree, campaign: Campaign, secretary: User, people: list[Member], committee: list[Appointment]
) -> None:
    meeting = plan(tree.village, campaign, secretary, "committee")
    seats = list(meeting.participants.seats())
    assert [(one.name, one.post) for one in seats] == [
        (people[0].name, "书记"),
        (people[4].name, "副书记"),
        (people[1].name, "组织委员"),
        ("驻村干部老郑", "宣传委员"),
        (people[5].name, "纪检委员"),
    ]
    assert [one.member for one in seats] == [people[0], people[4], people[1], None, people[5]]
    assert meeting.counts() == Counts(5, 5, 0, 0, 0, 5, 5, 0)
    assert not plan(tree.village, campaign, secretary, "plenary").participants.exists()


def test_changed_posts_are_taken_over_and_marks_are_kept(
    tree: Tree, campaign: Campaign, secretary: User, committee: list[Appointment], member: User
) -> None:
    meeting = plan(tree.village, campaign, secretary, "committee")
    keys = {one.name: str(one.pk) for one in meeting.participants.seats()}
    record_attendance(meeting=meeting, marks={keys[secretary.full_name]: ("leave", "住院")}, by=secretary)
    committee[2].ends_on = timezone.localdate()
    committee[2].starts_on = timezone.localdate() - SOON
    committee[2].save()
    Participant.objects.create(
        meeting=meeting, capacity=Capacity.OBSERVER, name=member.full_name, user=member, ordinal=9
    )
    seat(tree.village, Role.COMMITTEE, member.full_name, member)
    assert seats_changed(meeting)
    assert renew_seats(meeting=meeting, by=secretary)
    assert not renew_seats(meeting=meeting, by=secretary)
    names = list(meeting.participants.seats().values_list("name", flat=True))
    assert "驻村干部老郑" not in names
    assert names[-1] == member.full_name
    assert meeting.participants.count() == 5
    assert saved_marks(meeting) == {keys[secretary.full_name]: ("leave", "住院")}
    assert "登记" in refusal(lambda: renew_seats(meeting=meeting, by=member))
    Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.OPENED)
    seat(tree.village, Role.COMMITTEE, "新来的")
    assert not seats_changed(Meeting.objects.get(pk=meeting.pk))


def test_somebody_entered_on_the_roll_since_keeps_the_mark(
    tree: Tree, campaign: Campaign, secretary: User, committee: list[Appointment]
) -> None:
    meeting = plan(tree.village, campaign, secretary, "committee")
    zheng = next(one for one in meeting.participants.seats() if one.name == "驻村干部老郑")
    record_attendance(meeting=meeting, marks={str(zheng.pk): ("leave", "下乡")}, by=secretary)
    entered = MemberFactory.create(organization=tree.village, name="驻村干部老郑")
    assert renew_seats(meeting=meeting, by=secretary)
    zheng.refresh_from_db()
    assert (zheng.key, zheng.member, zheng.status) == (f"m{entered.pk.hex}", entered, "leave")


def test_seats_are_marked_as_present_on_leave_or_absent_and_in_no_other_way(
    tree: Tree, campaign: Campaign, secretary: User, committee: list[Appointment]
) -> None:
    meeting = plan(tree.village, campaign, secretary, "committee")
    first = str(meeting.participants.seats()[0].pk)
    for status in ("elsewhere", "not_counted"):
        assert "只登记到会" in refusal(
            lambda s=status: record_attendance(meeting=meeting, marks={first: (s, "x")}, by=secretary)  # type: ignore[misc]
        )
    assert "刚刚有变动" in refusal(
        lambda: record_attendance(meeting=meeting, marks={"0": ("present", "")}, by=secretary)
    )
    record_attendance(meeting=meeting, marks={first: ("leave", "出差")}, by=secretary)
    record_attendance(meeting=meeting, marks={first: ("", "")}, by=secretary)
    assert saved_marks(meeting) == {}


def test_a_committee_meets_from_its_quorum_on_and_below_it_with_a_reason(
    tree: Tree, campaign: Campaign, secretary: User, people: list[Member], committee: list[Appointment]
) -> None:
    meeting = plan(tree.village, campaign, secretary, "committee")
    name_officers(
        meeting=meeting, chair=people[0], recorder=people[1], scrutineers=[], tellers=[], by=secretary
    )
    assert [found.part for found in obstacles(meeting)] == ["attendance", "quorum"]
    keys = [str(one.pk) for one in meeting.participants.seats()]
    record_attendance(meeting=meeting, marks=dict.fromkeys(keys[:2], ("present", "")), by=secretary)
    meeting = Meeting.objects.get(pk=meeting.pk)
    assert "全体委员 5 人，实到 2 人，不到规则要求的 3 人" in obstacles(meeting)[0].text
    assert "至少 3 人，不够" in str(can_take_resolution(meeting))
    refused = refusal(lambda: open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER))
    assert "请写明原因" in refused
    record_attendance(meeting=meeting, marks={keys[2]: ("present", "")}, by=secretary)
    opened = open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)
    assert can_take_resolution(opened) is True
    assert "没有登记到会情况" in refusal(lambda: close_meeting(meeting=opened, by=secretary))
    record_attendance(meeting=meeting, marks=dict.fromkeys(keys[3:], ("absent", "")), by=secretary)
    assert close_meeting(meeting=opened, by=secretary).status == MeetingStatus.CLOSED


def test_a_democratic_life_meeting_is_not_opened_below_two_thirds(
    tree: Tree, campaign: Campaign, township: User
) -> None:
    campaign = under(campaign, meeting_form="democratic_life")
    campaign.addressees.create(organization=tree.township, audience="all")
    head = account_with(Role.SECRETARY, tree.township, full_name="郑书记")
    for number in range(4):
        seat(tree.township, Role.COMMITTEE, f"委员{number}")
    meeting = plan(tree.township, campaign, township, "democratic_life")
    name_officers(
        meeting=meeting, chair=head.full_name, recorder="周敏", scrutineers=[], tellers=[], by=township
    )
    keys = [str(one.pk) for one in meeting.participants.seats()]
    assert len(keys) == 5
    record_attendance(meeting=meeting, marks=dict.fromkeys(keys[:3], ("present", "")), by=township)
    refused = refusal(
        lambda: open_meeting(meeting=meeting, by=township, quorum_reason="人难凑齐", unready_reason=ON_PAPER)
    )
    assert "班子成员 5 人，实到 3 人，不到规则要求的 4 人，不能开会" in refused
    record_attendance(meeting=meeting, marks={keys[3]: ("present", "")}, by=township)
    opened = open_meeting(meeting=meeting, by=township, unready_reason=ON_PAPER)
    assert opened.status == MeetingStatus.OPENED


def test_a_briefing_needs_neither_roster_nor_attendance(
    tree: Tree, campaign: Campaign, secretary: User, people: list[Member]
) -> None:
    MeetingFactory.create(organization=tree.village, campaign=campaign, status="closed")
    meeting = plan(tree.village, campaign, secretary, "briefing")
    assert [found.part for found in obstacles(meeting)] == ["officers"]
    name_officers(meeting=meeting, chair=people[0], recorder="老周", scrutineers=[], tellers=[], by=secretary)
    assert meeting.counts() == Counts()
    assert meeting.people().count() == 0
    assert opening_quorum(meeting) is resolution_quorum(meeting) is None
    opened = open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)
    assert close_meeting(meeting=opened, by=secretary).status == MeetingStatus.CLOSED


def test_an_analysis_has_seats_and_no_quorum(
    tree: Tree, campaign: Campaign, secretary: User, committee: list[Appointment]
) -> None:
    meeting = plan(tree.village, campaign, secretary, "analysis")
    assert meeting.participants.seats().count() == 5
    assert opening_quorum(meeting) is None
    assert "不作决议" in str(can_take_resolution(meeting))


# Quorum of the plenary


def test_a_resolution_counts_full_members_with_a_right_to_vote_only(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    """Ten full members (one 留党察看, one exempt, one in the 流入地) and two on probation."""
    head = account_with(Role.SECRETARY, tree.sibling)
    full = members_of(tree.sibling, 10)
    members_of(tree.sibling, 2, kind="probationary", full_on=None)
    Member.objects.filter(pk=full[0].pk).update(suspended_until=timezone.localdate() + SOON)
    Member.objects.filter(pk=full[1].pk).update(suspended_until=timezone.localdate() - SOON)
    freeze_roster(campaign=campaign, organization=tree.sibling, by=head)
    meeting = plan(tree.sibling, campaign, head, "plenary", starts_at=timezone.now())
    entries = {entry.member_id: str(entry.pk) for entry in meeting.people()}
    marks = {entries[one.pk]: ("present", "") for one in full[:5]}
    marks[entries[full[8].pk]] = ("not_counted", "bedridden")
    marks[entries[full[9].pk]] = ("elsewhere", "广东某厂党支部，电话确认")
    record_attendance(meeting=meeting, marks=marks, by=head)
    counts = meeting.counts()
    assert (counts.expected, counts.expected_full, counts.expected_probationary) == (11, 9, 2)
    assert (counts.present, counts.present_full) == (5, 5)
    # base: 10 full, less one 留党察看, less one exempt; the one elsewhere stays in it
    assert (counts.entitled, counts.entitled_present) == (8, 4)
    assert can_take_resolution(meeting) is True
    record_attendance(meeting=meeting, marks={entries[full[4].pk]: ("leave", "生病")}, by=head)
    refused = str(can_take_resolution(Meeting.objects.get(pk=meeting.pk)))
    assert "应到会有表决权的正式党员 8 人，到会 3 人；须半数以上到会，即至少 4 人，不够" in refused
    probationary = [str(entry.pk) for entry in meeting.people() if entry.kind == "probationary"]
    record_attendance(meeting=meeting, marks=dict.fromkeys(probationary, ("present", "")), by=head)
    assert not can_take_resolution(Meeting.objects.get(pk=meeting.pk))


# Several sittings


def test_another_sitting_expects_those_who_came_to_none_before(
    meeting: Meeting, roster: Roster, people: list[Member], secretary: User, tree: Tree, campaign: Campaign
) -> None:
    entries = roster.entries.order_by("kind", "pk")  # the ten full members, then the two on probation
    keys = [str(entry.pk) for entry in entries]
    record_attendance(meeting=meeting, marks=dict.fromkeys(keys[:8], ("present", "")), by=secretary)
    record_attendance(meeting=meeting, marks=dict.fromkeys(keys[8:], ("leave", "外出务工")), by=secretary)
    close_meeting(meeting=open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER), by=secretary)
    second = plan(tree.village, campaign, secretary, "plenary", continues=meeting)
    assert second.counts() == Counts(4, 2, 0, 0, 0, 4, 2, 0)
    assert not has_ballot(second)
    assert mark_all_present(meeting=second, by=secretary) == 4
    record_attendance(
        meeting=second, marks={keys[11]: ("leave", "没回来"), keys[0]: ("present", "")}, by=secretary
    )
    assert second.counts() == Counts(5, 3, 4, 3, 4, 0, 3, 3)  # somebody came twice, one did not come
    name_officers(
        meeting=second, chair=people[0], recorder=people[1], scrutineers=[], tellers=[], by=secretary
    )
    close_meeting(meeting=open_meeting(meeting=second, by=secretary, unready_reason=ON_PAPER), by=secretary)
    third = plan(
        tree.village, campaign, secretary, "plenary", continues=second, starts_at=timezone.now() + 2 * SOON
    )
    assert third.continues == meeting
    assert third.counts().expected == 1
    assert out_of_order(third) == ()


def test_a_sitting_goes_on_with_a_meeting_of_its_own_kind(
    meeting: Meeting, secretary: User, tree: Tree, campaign: Campaign
) -> None:
    assert "同一种会议" in refusal(
        lambda: plan(tree.village, campaign, secretary, "thematic", continues=meeting)
    )
    Meeting.objects.filter(pk=meeting.pk).update(status=MeetingStatus.CANCELLED)
    meeting.refresh_from_db()
    assert "同一种会议" in refusal(
        lambda: plan(tree.village, campaign, secretary, "plenary", continues=meeting)
    )


# The chair


def test_who_chairs_in_the_secretarys_place_is_kept_with_the_reason(
    meeting: Meeting, people: list[Member], secretary: User
) -> None:
    def name(chair: Member | str | None) -> Meeting:
        name_officers(
            meeting=meeting,
            chair=chair,
            recorder=None,
            scrutineers=[],
            tellers=[],
            by=secretary,
            chair_reason=" 书记外出，委托主持 ",
        )
        return Meeting.objects.get(pk=meeting.pk)

    assert name(people[5]).chair_reason == "书记外出，委托主持"
    assert name(people[0]).chair_reason == ""
    assert name(secretary.full_name).chair_reason == ""
    assert name("镇里的老周").chair_reason == "书记外出，委托主持"
    assert name(None).chair_reason == ""
    Appointment.objects.filter(role=Role.SECRETARY).update(
        ends_on=timezone.localdate() - SOON, starts_on="2020-01-01"
    )
    assert name(people[5]).chair_reason == ""


def test_a_group_is_chaired_by_its_leader(
    tree: Tree, campaign: Campaign, people: list[Member], secretary: User, group_leader: User
) -> None:
    campaign = under(campaign, meeting_form="group")
    leader = MemberFactory.create(organization=tree.village, name=group_leader.full_name, user=group_leader)
    meeting = plan(tree.village, campaign, secretary, "group", group=tree.group)
    for chair, reason in ((leader, ""), (people[0], "组长请假")):
        name_officers(
            meeting=meeting,
            chair=chair,
            recorder=None,
            scrutineers=[],
            tellers=[],
            by=secretary,
            chair_reason="组长请假",
        )
        meeting.refresh_from_db()
        assert meeting.chair_reason == reason


def test_who_sits_on_a_body_is_named_though_on_the_roll_of_another_branch(
    tree: Tree, campaign: Campaign, township: User, secretary: User
) -> None:
    campaign.addressees.create(organization=tree.township, audience="all")
    head = account_with(Role.SECRETARY, tree.township, full_name="郑书记")
    known = MemberFactory.create(organization=tree.school, name="郑书记", user=head)
    other = MemberFactory.create(organization=tree.school, name="不相干")
    meeting = plan(tree.township, campaign, township, "upper")
    rest: dict[str, Any] = {"recorder": None, "scrutineers": [], "tellers": [], "by": township}
    (duty,) = name_officers(meeting=meeting, chair=known, **rest)
    assert duty.member == known
    assert "不在本支部名册上" in refusal(lambda: name_officers(meeting=meeting, chair=other, **rest))


def test_another_day_of_the_meeting_takes_the_seats_of_that_day(
    tree: Tree, campaign: Campaign, secretary: User, organizer: User
) -> None:
    meeting = plan(tree.village, campaign, secretary, "committee")
    assert meeting.participants.seats().count() == 2
    AppointmentFactory.create(
        organization=tree.village,
        role=Role.COMMITTEE,
        holder_name="下月到任",
        starts_on=timezone.localdate() + 4 * SOON,
    )
    change_meeting(meeting=meeting, by=secretary, starts_at=timezone.now() + 6 * SOON)
    assert list(meeting.participants.seats().values_list("name", flat=True))[-1] == "下月到任"


def test_who_holds_two_posts_has_one_seat(tree: Tree, campaign: Campaign, secretary: User) -> None:
    account = account_with(Role.DEPUTY, tree.village, full_name="双职")
    AppointmentFactory.create(
        organization=tree.village, role=Role.DISCIPLINE, holder_name="双职", user=account
    )
    assert plan(tree.village, campaign, secretary, "committee").counts().expected == 2


def test_the_list_asks_one_query_for_the_counts_of_all_kinds(
    tree: Tree,
    campaign: Campaign,
    secretary: User,
    organizer: User,
    roster: Roster,
    django_assert_num_queries: Any,
) -> None:
    for kind in ("committee", "plenary", "briefing", "analysis"):
        plan(tree.village, campaign, secretary, kind)
    with django_assert_num_queries(1):
        counted = list(Meeting.objects.with_counts())
        found = {one.kind: one.counts().expected for one in counted}
    assert found == {"committee": 2, "plenary": 12, "briefing": 0, "analysis": 2}
    alone = Meeting.objects.filter(pk__in=[one.pk for one in counted])
    assert {one.pk: one.counts() for one in alone} == {one.pk: one.counts() for one in counted}
