"""Reminders: one digest a person and day of everything owed; superiors hear numbers; nothing twice, nothing late."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from branches.models import (
    Addressee,
    Audience,
    Campaign,
    Category,
    Channel,
    Delivery,
    DeliveryState,
    Kind,
    Notice,
    Organization,
    Plan,
    PlanStatus,
    Role,
    StepMark,
    Tick,
    User,
)
from branches.services.campaigns import change_rule, draft_campaign, publish
from branches.services.steps import postpone_step, waive_step
from branches.workflow import CAMPAIGN, perform
from config.celery import app
from config.home import reminders, tasks
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, OrganizationFactory, account_with

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAME = "专题组织生活会"
PLAN = f"《{NAME}》实施方案报上级："


def at(month: int, day: int, hour: int = 8) -> datetime.datetime:
    """A moment of 2014, local time."""
    return datetime.datetime(2014, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The morning of 5 August 2014, before anybody here has an account."""
    with time_machine.travel(at(8, 5), tick=False) as traveller:
        yield traveller


def published(tree: Tree, by: User, *, name: str = NAME, slug: str = "luoyang", **rules: object) -> Campaign:
    """The campaign of 洛阳镇 with single rules changed; plans are due on Friday, 8 August."""
    drafted = draft_campaign(
        issuer=tree.township, name=name, slug=slug, year=2014, preset="luoyang_2014", by=by
    )
    for key, value in rules.items():
        change_rule(campaign=drafted, key=key, value=value, by=by)
    return publish(campaign=Campaign.objects.get(pk=drafted.pk), by=by)


@pytest.fixture
def luoyang(tree: Tree, township: User) -> Campaign:
    """The campaign, published."""
    return published(tree, township)


@pytest.fixture
def remind_on(clock: time_machine.Traveller) -> Callable[..., int]:
    """Runs the reminders at 8 o'clock of a day of 2014."""

    def run(month: int, day: int) -> int:
        clock.move_to(at(month, day))
        return reminders.remind(timezone.localdate())

    return run


def told(person: User) -> list[tuple[str, list[str]]]:
    """Title and lines of the person's digests, oldest first."""
    rows = Notice.objects.filter(kind="digest", recipient=person).order_by("day")
    return [(notice.title, notice.body.split("\n")) for notice in rows]


def links(person: User) -> set[str]:
    """Where the person's digests lead."""
    return set(Notice.objects.filter(kind="digest", recipient=person).values_list("url", flat=True))


def hand_in(campaign: Campaign, organization: Organization, author: User) -> None:
    """The plan lies at the superior's."""
    Plan.objects.create(
        campaign=campaign,
        organization=organization,
        author=author,
        status=PlanStatus.SUBMITTED,
        submitted_on=timezone.localdate(),
    )


def settle_plan(campaign: Campaign, organization: Organization, author: User) -> None:
    """The plan is approved."""
    Plan.objects.create(
        campaign=campaign,
        organization=organization,
        author=author,
        status=PlanStatus.APPROVED,
        submitted_on=timezone.localdate(),
        decided_on=timezone.localdate(),
    )


def test_a_secretary_is_told_before_on_and_after_the_day_and_not_otherwise(
    luoyang: Campaign, secretary: User, remind_on: Callable[..., int]
) -> None:
    for day in range(6, 13):
        remind_on(8, day)
    assert told(secretary) == [
        ("今天有 1 件事要办", [f"{PLAN}8月8日（周五）前，还剩 1 天"]),
        ("今天有 1 件事要办", [f"{PLAN}8月8日（周五）前，就是今天"]),
        ("今天有 1 件事要办", [f"{PLAN}8月8日（周五）到期，已逾期 3 天"]),
    ]
    days = Notice.objects.filter(kind="digest", recipient=secretary).order_by("day")
    assert [day.day for day in days.values_list("day", flat=True)] == [7, 8, 11]
    steps = f"/campaigns/luoyang/steps/{secretary.home_id}/"
    assert {(n.about_id, n.url) for n in days} == {(f"branches.user:{secretary.pk}", steps)}


def test_a_digest_lists_all_that_is_near_or_overdue_when_one_line_is_due(
    luoyang: Campaign, tree: Tree, secretary: User, remind_on: Callable[..., int]
) -> None:
    settle_plan(luoyang, tree.village, secretary)
    StepMark.objects.create(
        campaign=luoyang, organization=tree.village, step="opinions", done_on=timezone.localdate()
    )
    remind_on(8, 22)  # nine days before Sunday 31 August: the seventh day before is a Sunday
    ((title, lines),) = told(secretary)
    assert title == f"今天有 {len(lines) - 1} 件事要办"
    assert lines[:2] == [f"《{NAME}》", "动员部署：8月31日（周日）前，还剩 9 天"]
    assert not any("征求意见" in line or "实施方案" in line for line in lines)
    StepMark.objects.create(
        campaign=luoyang, organization=tree.village, step="committee_meeting", done_on=at(8, 25).date()
    )
    remind_on(8, 26)  # the preparations were due on the day of the meeting; the rest is near
    _, (_, lines) = told(secretary)
    assert lines[1] == "动员部署：8月25日（周一）到期，已逾期 1 天"
    assert lines[-1] == "召开党员大会：8月31日（周日）前，还剩 5 天"


def test_everything_owed_over_campaigns_and_organisations_comes_as_one_notice(
    luoyang: Campaign, tree: Tree, township: User, secretary: User, remind_on: Callable[..., int]
) -> None:
    published(tree, township, name="民主生活会", slug="other")
    AppointmentFactory.create(user=secretary, organization=tree.sibling, role=Role.ORGANIZER)
    AppointmentFactory.create(user=secretary, organization=tree.sibling, role=Role.DEPUTY)
    assert remind_on(8, 8) == 1
    ((title, lines),) = told(secretary)
    assert title == "今天有 4 件事要办"
    assert sorted(lines) == [
        f"《{name}》{branch}：实施方案报上级：8月8日（周五）前，就是今天"
        for name in (NAME, "民主生活会")
        for branch in ("新河村支部", "白沙村支部")
    ]
    assert Notice.objects.get(kind="digest").url == "/"


def test_a_digest_about_two_branches_leads_home(
    luoyang: Campaign, tree: Tree, secretary: User, remind_on: Callable[..., int]
) -> None:
    AppointmentFactory.create(user=secretary, organization=tree.sibling)
    remind_on(8, 8)
    assert links(secretary) == {"/"}


def test_only_who_can_act_and_has_an_open_account_is_told(
    luoyang: Campaign,
    tree: Tree,
    secretary: User,
    organizer: User,
    member: User,
    stranger: User,
    county: User,
    remind_on: Callable[..., int],
) -> None:
    account_with(Role.DISCIPLINE, tree.village)
    account_with(Role.SECRETARY, tree.sibling, is_active=False)
    AppointmentFactory.create(user=None, organization=tree.sibling, holder_name="某某")
    former = account_with(None, tree.sibling)
    AppointmentFactory.create(user=former, organization=tree.sibling, ends_on=at(8, 7).date())
    remind_on(8, 8)
    assert {n.recipient for n in Notice.objects.filter(kind="digest")} == {secretary, organizer}


def test_what_is_done_handed_in_waived_or_postponed_reminds_nobody(
    luoyang: Campaign,
    tree: Tree,
    township: User,
    secretary: User,
    sibling_secretary: User,
    remind_on: Callable[..., int],
) -> None:
    settle_plan(luoyang, tree.village, secretary)
    hand_in(luoyang, tree.sibling, sibling_secretary)
    school, hospital = (account_with(Role.SECRETARY, place) for place in (tree.school, tree.hospital))
    why = {"campaign": luoyang, "step": "plan", "reason": "时间服从质量"}
    waive_step(organization=tree.school, by=township, **why)  # type: ignore[arg-type]
    postpone_step(organization=tree.hospital, until=None, by=hospital, **why)  # type: ignore[arg-type]
    for day in (7, 8, 11):
        remind_on(8, day)
    assert not Notice.objects.filter(
        kind="digest", recipient__in=[secretary, sibling_secretary, school, hospital]
    ).exists()


def test_a_closed_campaign_reminds_nobody(
    luoyang: Campaign, township: User, secretary: User, remind_on: Callable[..., int]
) -> None:
    perform(CAMPAIGN, luoyang, "close", by=township)
    assert remind_on(8, 8) == 0


def test_a_superior_gets_one_line_a_step_each_working_day_while_somebody_is_late(
    luoyang: Campaign, tree: Tree, township: User, county: User, remind_on: Callable[..., int]
) -> None:
    general = account_with(Role.OFFICE, tree.general)
    for day in range(6, 13):
        remind_on(8, day)
    line = [f"{PLAN}5 个支部未报（到期 8月8日）"]
    assert told(township) == [("下级党组织有 1 个环节逾期", line)] * 2  # Monday and Tuesday, not the week-end
    assert told(general) == [("下级党组织有 1 个环节逾期", [line[0].replace("5", "1", 1)])] * 2
    assert told(county) == []
    assert links(township) == {"/?campaign=luoyang&show=overdue"}


def test_different_days_and_bodies_are_said_as_such(
    tree: Tree, township: User, remind_on: Callable[..., int]
) -> None:
    campaign = published(tree, township)
    for category in (Category.SCHOOL, Category.PRIVATE):
        Addressee.objects.create(
            campaign=campaign, organization=tree.township, category=category, audience=Audience.ALL
        )
    remind_on(9, 1)
    ((title, lines),) = told(township)
    assert title == "下级党组织有 11 个环节逾期"
    assert lines[1] == "实施方案报上级：3 个党组织未报（到期 8月8日）"
    assert "谈心谈话：3 个党组织未完成（最早到期 8月20日）" in lines


def test_superiors_hear_nothing_of_the_late_where_the_rules_say_so(
    tree: Tree, township: User, remind_on: Callable[..., int]
) -> None:
    published(tree, township, remind_superior=False)
    remind_on(8, 11)
    assert told(township) == []


def test_holidays_are_no_matter_where_the_rules_say_so(
    tree: Tree, township: User, secretary: User, remind_on: Callable[..., int]
) -> None:
    published(tree, township, remind_off_holidays=False)
    remind_on(8, 9)  # a Saturday
    assert told(secretary) == [("今天有 1 件事要办", [f"{PLAN}8月8日（周五）到期，已逾期 1 天"])]
    assert told(township) == [("下级党组织有 1 个环节逾期", [f"{PLAN}5 个支部未报（到期 8月8日）"])]


def test_without_days_of_reminders_nobody_is_reminded(
    tree: Tree, township: User, secretary: User, remind_on: Callable[..., int]
) -> None:
    published(tree, township, remind_before=[], remind_after=[3])
    remind_on(8, 8)
    assert told(secretary) == []
    remind_on(8, 11)
    assert len(told(secretary)) == 1


def test_plans_that_wait_are_told_to_the_nearest_office_that_may_review_them(
    luoyang: Campaign,
    tree: Tree,
    township: User,
    secretary: User,
    remind_on: Callable[..., int],
) -> None:
    general = account_with(Role.OFFICE, tree.general)
    for place in (tree.village, tree.sibling, tree.mill):
        hand_in(luoyang, place, secretary)
    remind_on(8, 6)
    assert told(township) == [("今天有 1 件事要办", [f"《{NAME}》2 份方案待审核"])]
    assert told(general) == [("今天有 1 件事要办", [f"《{NAME}》1 份方案待审核"])]
    assert links(general) == {"/?campaign=luoyang&show=review"}
    AppointmentFactory.create(user=general, organization=tree.mill, role=Role.SECRETARY)
    remind_on(8, 7)  # nobody reviews the plan of a branch he runs
    assert [lines for _, lines in told(township)][-1] == [f"《{NAME}》3 份方案待审核"]


def test_a_plan_nobody_above_may_review_is_told_to_nobody(
    luoyang: Campaign, tree: Tree, township: User, remind_on: Callable[..., int]
) -> None:
    AppointmentFactory.create(user=township, organization=tree.village, role=Role.SECRETARY)
    hand_in(luoyang, tree.village, township)
    remind_on(8, 6)
    assert told(township) == []


def test_who_is_secretary_and_office_gets_one_digest_with_both(
    luoyang: Campaign,
    tree: Tree,
    township: User,
    sibling_secretary: User,
    remind_on: Callable[..., int],
) -> None:
    AppointmentFactory.create(user=township, organization=tree.village, role=Role.SECRETARY)
    hand_in(luoyang, tree.sibling, sibling_secretary)
    remind_on(8, 11)
    assert links(township) == {"/"}
    assert told(township) == [
        (
            "今天有 2 件事要办，下级党组织有 1 个环节逾期",
            [
                f"《{NAME}》",
                "新河村支部：实施方案报上级：8月8日（周五）到期，已逾期 3 天",
                "青石镇：1 份方案待审核",
                "青石镇：实施方案报上级：4 个支部未报（到期 8月8日）",
            ],
        )
    ]


def test_a_day_is_written_once_however_often_it_is_run(
    luoyang: Campaign, secretary: User, remind_on: Callable[..., int]
) -> None:
    assert [remind_on(8, 8) for _ in range(3)] == [1, 0, 0]
    Tick.objects.all().delete()  # as if another beat had begun before the first was done
    remind_on(8, 8)
    assert len(told(secretary)) == 1
    assert sorted(map(str, Tick.objects.all())) == ["remind", "remind_workday"]


def test_a_reminder_that_fell_on_a_day_without_a_run_comes_on_the_next_working_day_once(
    luoyang: Campaign, secretary: User, remind_on: Callable[..., int]
) -> None:
    for day in (6, 9, 10, 11, 12):  # nothing ran on Thursday and Friday
        remind_on(8, day)
    assert told(secretary) == [("今天有 1 件事要办", [f"{PLAN}8月8日（周五）到期，已逾期 3 天"])]


def test_where_holidays_do_not_matter_a_missed_reminder_comes_the_next_day(
    tree: Tree, township: User, secretary: User, remind_on: Callable[..., int]
) -> None:
    published(tree, township, remind_off_holidays=False, remind_after=[])
    for day in (6, 9, 10):
        remind_on(8, day)
    assert told(secretary) == [("今天有 1 件事要办", [f"{PLAN}8月8日（周五）到期，已逾期 1 天"])]


@pytest.mark.parametrize(("hour", "runs"), [(7, False), (8, True), (14, True), (20, True), (21, False)])
def test_people_are_written_to_by_day_only(
    luoyang: Campaign, secretary: User, clock: time_machine.Traveller, hour: int, runs: bool
) -> None:
    clock.move_to(at(8, 8, hour))
    tasks.remind()
    tasks.send()
    assert bool(told(secretary)) is runs


def test_the_beat_rings_for_tasks_that_a_worker_knows() -> None:
    app.loader.import_default_modules()
    rung = {line["task"] for line in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"config.home.tasks.remind", "config.home.tasks.send"} <= rung <= set(app.tasks)


def test_ten_times_as_many_branches_take_no_more_queries(
    luoyang: Campaign, tree: Tree, secretary: User, remind_on: Callable[..., int]
) -> None:
    counts = []
    for day in (7, 8):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            remind_on(8, day)
        counts.append(len(seen))
        for _ in range(30):
            branch = OrganizationFactory.create(parent=tree.township, category=Category.VILLAGE)
            account_with(Role.SECRETARY, branch)
        account_with(Role.OFFICE, OrganizationFactory.create(parent=tree.township, kind=Kind.COMMITTEE))
    assert counts[1] <= counts[0]
    assert Notice.objects.filter(kind="digest").count() == 32


# --- Channels ----------------------------------------------------------------------------------------


def channel_of(organization: Organization, **fields: object) -> Channel:
    """A group robot of an organisation."""
    return Channel.objects.create(
        organization=organization, kind="wecom", label="工作群", address="x", **fields
    )


def test_a_channel_gets_its_organisations_lines_once_a_day(
    luoyang: Campaign, tree: Tree, remind_on: Callable[..., int]
) -> None:
    village, town = channel_of(tree.village), channel_of(tree.township)
    channel_of(tree.sibling, is_on=False)
    channel_of(tree.other_village)
    assert [remind_on(8, 11) for _ in range(2)] == [3, 0]  # and the notice to the office itself
    assert {d.channel: (d.title, d.body, d.about) for d in Delivery.objects.all()} == {
        village: (
            "今天有 1 件事要办",
            f"{PLAN}8月8日（周五）到期，已逾期 3 天",
            [[luoyang.pk, tree.village.pk, "plan"]],
        ),
        town: (
            "下级党组织有 1 个环节逾期",
            f"{PLAN}5 个支部未报（到期 8月8日）",
            [[luoyang.pk, tree.township.pk, "below:plan"]],
        ),
    }


def test_a_digest_that_waits_says_what_holds_when_it_leaves(
    luoyang: Campaign,
    tree: Tree,
    township: User,
    secretary: User,
    remind_on: Callable[..., int],
    clock: time_machine.Traveller,
) -> None:
    village, town = channel_of(tree.village), channel_of(tree.township)
    remind_on(8, 8)
    hand_in(luoyang, tree.sibling, secretary)
    remind_on(8, 11)
    first = village.deliveries.get(day=at(8, 8).date())
    waiting, above = village.deliveries.get(day=at(8, 11).date()), town.deliveries.get()
    assert reminders.look_again(first) is None, "today's takes its place"
    clock.move_to(at(8, 16, 9))  # a Saturday: what waited too long to be sent is still said as it is now
    assert reminders.look_again(waiting) == (
        "今天有 1 件事要办",
        f"{PLAN}8月8日（周五）到期，已逾期 8 天",
    )
    hand_in(luoyang, tree.village, secretary)
    assert reminders.look_again(waiting) is None
    assert reminders.look_again(above) == (
        "今天有 1 件事要办，下级党组织有 1 个环节逾期",
        f"《{NAME}》\n2 份方案待审核\n实施方案报上级：3 个支部未报（到期 8月8日）",
    )
    perform(CAMPAIGN, luoyang, "close", by=township)
    assert reminders.look_again(above) is None


def test_only_what_was_told_is_told_again(
    luoyang: Campaign, tree: Tree, secretary: User, remind_on: Callable[..., int]
) -> None:
    way = channel_of(tree.village)
    remind_on(8, 8)
    settle_plan(luoyang, tree.village, secretary)  # and now everything else may begin
    assert reminders.look_again(way.deliveries.get()) is None


def test_messages_of_another_kind_leave_as_they_were_written(tree: Tree) -> None:
    other = Delivery(channel=channel_of(tree.village), kind="other", title="标题", body="内容")
    assert reminders.look_again(other) == ("标题", "内容")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_beats_and_two_relays_at_once_send_each_digest_once(
    luoyang: Campaign,
    tree: Tree,
    secretary: User,
    monkeypatch: pytest.MonkeyPatch,
    clock: time_machine.Traveller,
) -> None:
    sent: list[str] = []

    def leave(channel: Channel, title: str, body: str) -> str:
        sent.append(channel.label)
        return ""

    monkeypatch.setattr("branches.services.deliveries.send_now", leave)
    for number in range(20):
        branch = OrganizationFactory.create(parent=tree.township, category=Category.VILLAGE)
        account_with(Role.SECRETARY, branch)
        channel_of(branch).save()
        Channel.objects.filter(organization=branch).update(label=f"群{number}")
    clock.move_to(at(8, 8))
    for work in (tasks.remind, tasks.send):
        gate = threading.Barrier(2)

        def ring(work: Callable[[], None] = work, gate: threading.Barrier = gate) -> None:
            try:
                gate.wait(timeout=10)
                work()
            finally:
                connection.close()

        threads = [threading.Thread(target=ring) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    assert sorted(sent) == sorted(f"群{n}" for n in range(20))
    assert Notice.objects.filter(kind="digest").count() == 21
    assert {d.state for d in Delivery.objects.all()} == {DeliveryState.SENT}
