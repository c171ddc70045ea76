"""Planning, officers, opening, closing: what is done, what is refused and what is kept on record."""

import datetime
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Notice, Role, User
from branches.services.versions import Stale
from branches.workflow import CAMPAIGN, NotAllowed, perform
from meetings.models import Duty, DutyKind, Meeting, MeetingStatus
from meetings.services import (
    cancel_meeting,
    change_meeting,
    close_meeting,
    mark_all_present,
    name_officers,
    open_duty_account,
    open_meeting,
    plan_meeting,
    record_attendance,
)
from meetings.workflow import obstacles, officers_missing
from members.models import Member, Roster
from members.services.rosters import freeze_roster
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.meetings import ON_PAPER, DutyFactory, MeetingFactory, name_all
from tests.factories.members import MemberFactory, members_of

SOON = datetime.timedelta(days=5)


def plan(tree: Tree, campaign: Campaign, by: User, **more: object) -> Meeting:
    fields = {"starts_at": timezone.now() + SOON, "place": "村委会会议室", **more}
    return plan_meeting(organization=tree.village, campaign=campaign, by=by, **fields)  # type: ignore[arg-type]


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(NotAllowed) as caught:
        action()
    return caught.value.reason


# Planning


def test_a_planned_meeting_takes_the_campaigns_theme_and_tells_the_officers(
    tree: Tree, campaign: Campaign, secretary: User, organizer: User, member: User
) -> None:
    campaign.theme = "学习贯彻党的创新理论"
    meeting = plan(tree, campaign, secretary)
    assert meeting.theme == "学习贯彻党的创新理论"
    assert meeting.status == MeetingStatus.PLANNED
    told = Notice.objects.filter(kind="meeting_planned")
    assert {notice.recipient for notice in told} == {secretary, organizer}
    assert "村委会会议室" in told[0].title
    assert AuditEvent.objects.filter(action="plan_meeting", about_id=str(meeting.pk)).exists()


def test_only_the_branchs_own_clerks_plan(
    tree: Tree, campaign: Campaign, township: User, stranger: User, member: User
) -> None:
    for person in (township, stranger, member):
        assert "支部书记" in refusal(lambda person=person: plan(tree, campaign, person))  # type: ignore[misc]


def test_a_meeting_belongs_to_a_branch(tree: Tree, campaign: Campaign) -> None:
    head = account_with(Role.SECRETARY, tree.township)
    reason = refusal(
        lambda: plan_meeting(
            organization=tree.township, campaign=campaign, starts_at=timezone.now(), place="镇里", by=head
        )
    )
    assert "党支部" in reason


def test_a_campaign_must_be_open_and_cover_the_branch(
    tree: Tree, campaign: Campaign, secretary: User, township: User
) -> None:
    draft = CampaignFactory.create(issuer=tree.township)
    assert "没有发布" in refusal(lambda: plan(tree, draft, secretary))
    elsewhere = CampaignFactory.create(issuer=tree.other_township, status="published")
    assert "不包括" in refusal(lambda: plan(tree, elsewhere, secretary))


def test_one_branch_has_one_plenary_at_a_time_unless_the_other_is_cancelled(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    at = timezone.now() + SOON
    first = plan(tree, campaign, secretary, starts_at=at)
    assert "已经安排" in refusal(lambda: plan(tree, campaign, secretary, starts_at=at))
    cancel_meeting(meeting=first, by=secretary, note="会议室检修")
    assert plan(tree, campaign, secretary, starts_at=at).pk != first.pk


def test_a_new_time_or_place_is_announced_and_a_new_theme_is_not(planned: Meeting, secretary: User) -> None:
    changed = change_meeting(meeting=planned, by=secretary, theme="新主题", version=0)
    assert changed.version == 1
    assert not Notice.objects.filter(kind__startswith="meeting").exists()
    change_meeting(meeting=planned, by=secretary, place="村小学", version=1)
    change_meeting(meeting=planned, by=secretary, place="党群服务中心")
    assert sorted(
        Notice.objects.filter(recipient=secretary, kind__startswith="meeting").values_list("kind", flat=True)
    ) == [
        "meeting_changed_2",
        "meeting_changed_3",
    ]


def test_a_change_on_top_of_another_persons_change_is_not_saved(
    planned: Meeting, secretary: User, organizer: User
) -> None:
    change_meeting(meeting=planned, by=organizer, place="村小学", version=0)
    with pytest.raises(Stale):
        change_meeting(meeting=planned, by=secretary, place="祠堂", version=0)
    planned.refresh_from_db()
    assert planned.place == "村小学"


def test_a_meeting_is_not_moved_onto_another(
    planned: Meeting, tree: Tree, campaign: Campaign, secretary: User
) -> None:
    other = MeetingFactory.create(
        organization=tree.village, campaign=campaign, starts_at=timezone.now() + SOON
    )
    assert "已经安排" in refusal(
        lambda: change_meeting(meeting=planned, by=secretary, starts_at=other.starts_at)
    )


# Officers


def test_officers_are_named_told_and_replaced(
    planned: Meeting, people: list[Member], secretary: User, teller: User
) -> None:
    duties = name_all(planned, secretary, people)
    assert [(d.kind, d.holder_name) for d in duties] == [
        ("chair", people[0].name),
        ("recorder", people[1].name),
        ("scrutineer", people[2].name),
        ("teller", people[3].name),
        ("teller", people[4].name),
    ]
    assert "计票人" in Notice.objects.get(recipient=teller).title
    name_officers(
        meeting=planned,
        chair=people[0],
        recorder="镇里来的老周",
        scrutineers=[" 李敏 "],
        tellers=[],
        by=secretary,
    )
    left = Duty.objects.filter(meeting=planned)
    assert {(d.kind, d.holder_name, d.member_id is None) for d in left} == {
        ("chair", people[0].name, False),
        ("recorder", "镇里来的老周", True),
        ("scrutineer", "李敏", True),
    }
    assert Notice.objects.filter(recipient=teller).count() == 1


def test_nobody_both_scrutinises_and_counts(planned: Meeting, people: list[Member], secretary: User) -> None:
    first, second = people[:2]
    for scrutineers, tellers in (
        ([first], [first, second]),
        ([first], [second, second]),
        ([first, first], [second]),
        (["李敏"], ["李敏 "]),
    ):
        reason = refusal(
            lambda s=scrutineers, t=tellers: name_officers(  # type: ignore[misc]
                meeting=planned, chair=None, recorder=None, scrutineers=s, tellers=t, by=secretary
            )
        )
        assert "不同的人" in reason
    assert not Duty.objects.exists()


def test_the_database_too_keeps_scrutineers_and_tellers_apart(planned: Meeting, people: list[Member]) -> None:
    DutyFactory.create(meeting=planned, member=people[0], kind=DutyKind.SCRUTINEER)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyFactory.create(meeting=planned, member=people[0], kind=DutyKind.TELLER)
    DutyFactory.create(meeting=planned, member=people[0], kind=DutyKind.CHAIR)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyFactory.create(meeting=planned, kind=DutyKind.CHAIR)


def test_people_of_another_branch_are_not_named(
    planned: Meeting, people: list[Member], secretary: User, tree: Tree
) -> None:
    other = MemberFactory.create(organization=tree.sibling, name="外村人")
    reason = refusal(
        lambda: name_officers(
            meeting=planned, chair=other, recorder=None, scrutineers=[], tellers=[], by=secretary
        )
    )
    assert reason.startswith("外村人不在本支部名册上")


def test_naming_on_top_of_anothers_naming_is_not_saved(
    planned: Meeting, people: list[Member], secretary: User
) -> None:
    name_all(planned, secretary, people)
    with pytest.raises(Stale):
        name_officers(
            meeting=planned, chair=None, recorder=None, scrutineers=[], tellers=[], by=secretary, version=0
        )
    assert Duty.objects.filter(meeting=planned).count() == 5


# Logins of those who count


def test_a_teller_without_an_account_gets_one_tied_to_the_member(
    meeting: Meeting, people: list[Member], secretary: User
) -> None:
    user, password = open_duty_account(meeting=meeting, member=people[4], by=secretary)
    people[4].refresh_from_db()
    assert people[4].user == user
    assert user.check_password(password)
    assert user.must_change_password
    assert user.home == meeting.organization
    assert not user.posts()
    assert "已经有登录账号" in refusal(
        lambda: open_duty_account(meeting=meeting, member=people[4], by=secretary)
    )


def test_an_account_is_opened_only_for_people_with_a_task_and_only_by_the_leader(
    meeting: Meeting, people: list[Member], secretary: User, organizer: User
) -> None:
    assert "不是本次会议的工作人员" in refusal(
        lambda: open_duty_account(meeting=meeting, member=people[9], by=secretary)
    )
    assert "上一级" in refusal(lambda: open_duty_account(meeting=meeting, member=people[4], by=organizer))
    people[4].refresh_from_db()
    assert people[4].user is None


def test_a_name_without_latin_initials_still_gets_a_free_account_name(
    planned: Meeting, tree: Tree, secretary: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = MemberFactory.create(organization=tree.village, name="〇〇")
    Member.objects.filter(pk=odd.pk).update(pinyin_initials="")
    DutyFactory.create(meeting=planned, member=odd, kind=DutyKind.TELLER)
    account_with(None, tree.village, username="dy1007")
    numbers = iter([7, 8])
    monkeypatch.setattr("meetings.services.duties.secrets.randbelow", lambda limit: next(numbers))
    assert open_duty_account(meeting=planned, member=odd, by=secretary)[0].username == "dy1008"


def test_no_account_is_opened_for_a_meeting_that_is_over(
    meeting: Meeting, people: list[Member], secretary: User
) -> None:
    over = cancel_meeting(meeting=meeting, by=secretary, note="并到下月")
    assert "不用再开设" in refusal(lambda: open_duty_account(meeting=over, member=people[4], by=secretary))


# Opening


def test_a_meeting_opens_when_everything_is_ready(meeting: Meeting, secretary: User) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    opened = open_meeting(meeting=meeting, by=secretary, quorum_reason="不需要", unready_reason=ON_PAPER)
    assert opened.status == MeetingStatus.OPENED
    assert opened.quorum_reason == ""
    event = AuditEvent.objects.get(action="open")
    assert event.detail["expected"] == event.detail["present"] == 12
    assert event.detail["below_quorum"] is False


def test_what_is_missing_is_said_in_the_order_in_which_it_is_done(
    planned: Meeting, people: list[Member], campaign: Campaign, tree: Tree, secretary: User
) -> None:
    assert [found.part for found in obstacles(planned)] == ["roster"]
    assert "核定" in refusal(lambda: open_meeting(meeting=planned, by=secretary, unready_reason=ON_PAPER))
    freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    planned = Meeting.objects.get(pk=planned.pk)
    assert [found.part for found in obstacles(planned)] == ["officers", "attendance", "quorum"]
    assert officers_missing(planned) == ["主持人", "记录人", "监票人（还差 1 名）", "计票人（还差 2 名）"]
    name_all(planned, secretary, people)
    assert "登记谁到会" in refusal(
        lambda: open_meeting(meeting=planned, by=secretary, unready_reason=ON_PAPER)
    )


def test_below_the_quorum_a_reason_is_asked_for_and_kept(
    meeting: Meeting, keys: list[str], secretary: User
) -> None:
    record_attendance(meeting=meeting, marks=dict.fromkeys(keys[:5], ("present", "")), by=secretary)
    reason = refusal(
        lambda: open_meeting(meeting=meeting, by=secretary, quorum_reason="  ", unready_reason=ON_PAPER)
    )
    assert "应到 12 人，实到 5 人，不到规则要求的 6 人" in reason
    opened = open_meeting(
        meeting=meeting, by=secretary, quorum_reason="多人外出务工，已报镇党委同意", unready_reason=ON_PAPER
    )
    assert opened.quorum_reason == "多人外出务工，已报镇党委同意"
    assert AuditEvent.objects.get(action="open").detail["below_quorum"] is True


def test_exactly_the_quorum_needs_no_reason(meeting: Meeting, keys: list[str], secretary: User) -> None:
    record_attendance(meeting=meeting, marks=dict.fromkeys(keys[:6], ("present", "")), by=secretary)
    assert open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER).status == MeetingStatus.OPENED


def test_a_closed_campaign_holds_no_meeting(
    meeting: Meeting, secretary: User, campaign: Campaign, township: User
) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    perform(CAMPAIGN, campaign, "close", by=township)
    assert "活动已经结束" in refusal(
        lambda: open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)
    )


def test_without_a_ballot_nobody_counts_and_there_is_no_quorum_for_it(
    tree: Tree, people: list[Member], secretary: User
) -> None:
    silent = CampaignFactory.create(
        issuer=tree.township, status="published", rules={"ballot_place": "none", "ballot_scale": []}
    )
    freeze_roster(campaign=silent, organization=tree.village, by=secretary)
    meeting = MeetingFactory.create(organization=tree.village, campaign=silent)
    name_officers(
        meeting=meeting, chair=people[0], recorder=people[1], scrutineers=[], tellers=[], by=secretary
    )
    key = str(meeting.roster.entries.first().pk)
    record_attendance(meeting=meeting, marks={key: ("present", "")}, by=secretary)
    assert open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER).status == MeetingStatus.OPENED


@pytest.mark.parametrize("size", [1, 3, 150])
def test_branches_of_one_three_and_a_hundred_and_fifty_can_meet(
    tree: Tree, campaign: Campaign, size: int
) -> None:
    leader = account_with(Role.SECRETARY, tree.sibling)
    crowd = members_of(tree.sibling, size)
    freeze_roster(campaign=campaign, organization=tree.sibling, by=leader)
    meeting = MeetingFactory.create(organization=tree.sibling, campaign=campaign)
    name_officers(
        meeting=meeting,
        chair=crowd[0],
        recorder=crowd[0],
        scrutineers=crowd[:1] if size > 1 else [],
        tellers=crowd[1:3] if size > 1 else crowd,
        by=leader,
    )
    assert mark_all_present(meeting=meeting, by=leader) == size
    assert open_meeting(meeting=meeting, by=leader, unready_reason=ON_PAPER).present_count == size


def test_a_branch_without_members_is_told_to_make_its_roster(tree: Tree, campaign: Campaign) -> None:
    leader = account_with(Role.SECRETARY, tree.school)
    meeting = MeetingFactory.create(organization=tree.school, campaign=campaign)
    assert "请先核定" in refusal(lambda: open_meeting(meeting=meeting, by=leader, unready_reason=ON_PAPER))
    assert "请先核定" in refusal(lambda: mark_all_present(meeting=meeting, by=leader))
    assert officers_missing(meeting) == ["主持人", "记录人"]


# Closing and cancelling


def test_a_meeting_closes_when_everybody_is_marked_and_is_then_locked(
    meeting: Meeting, keys: list[str], people: list[Member], secretary: User
) -> None:
    record_attendance(meeting=meeting, marks=dict.fromkeys(keys[:7], ("present", "")), by=secretary)
    open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)
    assert "还有 5 人没有登记" in refusal(lambda: close_meeting(meeting=meeting, by=secretary))
    record_attendance(meeting=meeting, marks=dict.fromkeys(keys[7:], ("absent", "")), by=secretary)
    closed = close_meeting(meeting=meeting, by=secretary)
    assert closed.status == MeetingStatus.CLOSED
    for attempt in (
        lambda: record_attendance(meeting=meeting, marks={keys[0]: ("absent", "")}, by=secretary),
        lambda: change_meeting(meeting=meeting, by=secretary, place="别处"),
        lambda: name_all(meeting, secretary, people),
    ):
        assert "不能再改" in refusal(attempt)


def test_a_meeting_is_cancelled_only_with_a_reason_which_the_officers_read(
    planned: Meeting, secretary: User, organizer: User
) -> None:
    assert "原因" in refusal(lambda: cancel_meeting(meeting=planned, by=secretary, note=" "))
    cancelled = cancel_meeting(meeting=planned, by=secretary, note="  防汛，改到下月 ")
    assert cancelled.cancel_reason == "防汛，改到下月"
    assert "防汛" in Notice.objects.get(kind="meeting_cancelled", recipient=organizer).body


def test_an_open_meeting_is_not_cancelled_and_not_opened_twice(meeting: Meeting, secretary: User) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)
    assert "正在开会" in refusal(lambda: cancel_meeting(meeting=meeting, by=secretary, note="不开了"))
    assert "正在开会" in refusal(lambda: open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER))


def test_the_record_holds_no_names_and_no_reasons(
    meeting: Meeting, keys: list[str], people: list[Member], secretary: User, roster: Roster
) -> None:
    record_attendance(meeting=meeting, marks={keys[0]: ("leave", "住院手术")}, by=secretary)
    open_duty_account(meeting=meeting, member=people[4], by=secretary)
    text = " ".join(str(event.detail) for event in AuditEvent.objects.all())
    assert "住院" not in text
    assert not any(person.name in text for person in people)
