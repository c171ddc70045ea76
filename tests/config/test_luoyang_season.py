"""A whole campaign of 洛阳镇, 1 August to 30 September 2014, day by day against a table made by hand."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from kombu.exceptions import OperationalError

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
    Role,
    StepMark,
    User,
)
from branches.services.campaigns import draft_campaign, publish
from branches.services.plan_reviews import review_plan
from branches.services.plans import current_plan, open_plan, save_plan, submit_plan
from branches.services.rounds import round_of
from branches.services.steps import note_step, postpone_step, waive_step
from branches.tasks import deliver
from config.celery import app
from config.home import tasks
from config.home.standings import Standings
from config.home.steps_page import redo
from config.lib.outgoing import NotSent
from evaluations.models import Ballot, BallotStatus
from evaluations.services import setup
from meetings.models import Meeting, MeetingStatus
from meetings.services import mark_all_present, name_officers, open_meeting, plan_meeting
from members.services.rosters import freeze_roster
from tests.config import luoyang_table
from tests.config.luoyang_table import NOT_YET, STEPS, Event, Item, Table, day
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import Evening, account_of, bring_to
from tests.factories.meetings import ON_PAPER, MeetingFactory
from tests.factories.members import members_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAME = "专题组织生活会并开展民主评议党员工作"
FIRST, LAST, PUBLISHED = day("8.1"), day("9.30"), day("8.5")
BROKER_AWAY = (day("8.14"), day("8.15"))
DEAD_BROKER = "redis://127.0.0.1:1/0"
CATEGORIES = {
    "机关站所": Category.OFFICE,
    "学校": Category.SCHOOL,
    "医院": Category.HOSPITAL,
    "学校总支": Category.SCHOOL,
    "村": Category.VILLAGE,
    "社区": Category.COMMUNITY,
    "非公": Category.PRIVATE,
    "社会组织": Category.SOCIAL,
    "非公总支": Category.PRIVATE,
}
BODIES = {"丁": ("乙1", "乙2"), "癸": ("辛1", "辛2", "辛3")}  # and what stands below their one organisation
BY_SERVICES = ("甲1", "戊1")  # their evenings go through every service; the others' rows are written directly
CHANNELS = {"镇群": "镇", "癸群": "癸1", "己群": "己1"}


@pytest.fixture(scope="module")
def table() -> Table:
    """The table."""
    return luoyang_table.read()


@dataclass
class Season:
    """The township with its organisations and people, as the days go by."""

    table: Table
    clock: time_machine.Traveller
    township: Organization
    office: User
    places: dict[str, Organization] = field(default_factory=dict)
    secretaries: dict[str, User] = field(default_factory=dict)
    told: dict[str, list[User]] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    evenings: dict[str, Evening] = field(default_factory=dict)
    sent: Counter[tuple[str, datetime.date, str, str]] = field(default_factory=Counter)
    refused: int = 0
    campaign: Campaign | None = None

    def move(self, when: datetime.date, hour: int, minute: int = 0) -> None:
        """Go to a moment."""
        self.clock.move_to(datetime.datetime.combine(when, datetime.time(hour, minute), SHANGHAI))

    def found(self) -> None:
        """Make the 42 organisations, their secretaries and the groups' channels."""
        for group in sorted(self.table.groups.values(), key=lambda group: group.letter not in BODIES):
            for name in group.names:
                above = next((f"{body}1" for body, below in BODIES.items() if name in below), "")
                place = OrganizationFactory.create(
                    parent=Organization.objects.get(pk=(self.places.get(above) or self.township).pk),
                    name=f"洛阳镇{name}",
                    short_name=name,
                    category=CATEGORIES[group.category],
                    kind=Kind.GENERAL_BRANCH if group.letter in BODIES else Kind.BRANCH,
                    committee_override=group.committee == "设",
                )
                self.places[name] = place
                self.secretaries[name] = account_with(Role.SECRETARY, place)
                self.told[name] = [self.secretaries[name]]
        self.told["甲1"].append(account_with(Role.ORGANIZER, self.places["甲1"]))
        self.places["镇"], self.told["镇"] = self.township, [self.office]
        for label, name in CHANNELS.items():
            self.channels[label] = Channel.objects.create(
                organization=self.places[name], kind="wecom", label=label, address="sealed"
            )

    def publish(self) -> None:
        """The notice of 5 August goes out to all branches and to the two general branches."""
        drafted = draft_campaign(
            issuer=self.township, name=NAME, slug="luoyang", year=2014, preset="luoyang_2014", by=self.office
        )
        Addressee.objects.create(campaign=drafted, organization=self.township, audience=Audience.BRANCHES)
        for letter in BODIES:
            Addressee.objects.create(
                campaign=drafted, organization=self.places[f"{letter}1"], audience=Audience.BODIES
            )
        self.campaign = publish(campaign=Campaign.objects.get(pk=drafted.pk), by=self.office)

    def act(self, when: datetime.date) -> None:
        """Whatever the table says is done on this day, between the two runs."""
        for group in self.table.groups.values():
            for minute, event in enumerate(e for e in group.events if e.day == when):
                for name in group.names:
                    self.move(when, 10, minute)
                    self.do(event, name)

    def do(self, event: Event, name: str) -> None:
        """One organisation does one thing."""
        assert self.campaign is not None
        place, own = self.places[name], self.secretaries[name]
        at: dict[str, Any] = {"campaign": self.campaign, "organization": place}
        match event.action, event.words:
            case "上报", ():
                plan = open_plan(**at, by=own)
                text = f"{name}：{event.day:%m月%d日}的安排，先学习，再谈心，后开会。"
                plan = save_plan(plan=plan, revision=plan.revision, by=own, requirements=text)
                submit_plan(plan=plan, revision=plan.revision, by=own)
            case ("批准" | "退回") as word, ():
                handed_in = current_plan(**at)
                assert handed_in is not None
                step, comment = ("approve", "") if word == "批准" else ("return", "请写明谈心谈话的安排")
                number = handed_in.versions.latest("number").number
                review_plan(plan=handed_in, step=step, number=number, comment=comment, by=self.office)
            case "登记", steps:
                for key in (STEPS[step][0] for step in steps):
                    if name == f"{name[0]}1":
                        note_step(**at, step=key, done_on=event.day, by=own)
                    else:  # the others of a group the short way
                        number = round_of(self.campaign, place)
                        StepMark.objects.create(**at, step=key, done_on=event.day, round_no=number)
            case "定会", (date,):
                starts = datetime.datetime.combine(day(date), datetime.time(10), SHANGHAI)
                plan_meeting(**at, starts_at=starts, place="会议室", by=own)
            case "开会", ():
                self.meet(name)
            case "核定", ():
                self.certify(name)
            case "延期", steps:
                for step in steps:
                    postpone_step(**at, step=STEPS[step][0], reason="准备不充分", until=day("9.5"), by=own)
            case "同意不做", (step,):
                waive_step(**at, step=STEPS[step][0], reason="已随园区一并动员", by=self.office)
            case "责令重新进行", ():
                redo(**at, reason="民主评议流于形式", by=self.office)
            case _:
                raise AssertionError(event)

    def meet(self, name: str) -> None:
        """The meeting that was set for today is held, or one nobody entered before."""
        place, today = self.places[name], timezone.localdate()
        planned = Meeting.objects.filter(organization=place, status=MeetingStatus.PLANNED).first()
        assert planned is None or planned.day == today
        assert self.campaign is not None
        if name not in BY_SERVICES:
            if planned is None:
                planned = MeetingFactory.create(
                    organization=place, campaign=self.campaign, starts_at=timezone.now()
                )
            Meeting.objects.filter(pk=planned.pk).update(status=MeetingStatus.CLOSED)
            return
        assert planned is not None
        own, people = self.secretaries[name], members_of(place, 4)
        freeze_roster(campaign=self.campaign, organization=place, by=own)
        chair, scrutineer, *tellers = people
        name_officers(
            meeting=planned,
            chair=chair,
            recorder=chair,
            scrutineers=[scrutineer],
            tellers=tellers,
            by=own,
        )
        mark_all_present(meeting=planned, by=own)
        meeting = open_meeting(meeting=planned, by=own, unready_reason=ON_PAPER)
        accounts = [account_of(member) for member in (scrutineer, *tellers)]
        ballot = setup.prepare_ballot(meeting=meeting, by=own)
        self.evenings[name] = Evening(
            place, self.campaign, meeting, people, own, accounts[0], accounts[1:], ballot
        )

    def certify(self, name: str) -> None:
        """The ballot of the meeting held last is certified."""
        if name in self.evenings:
            bring_to(self.evenings[name], "certified")
            return
        meeting = Meeting.objects.filter(organization=self.places[name]).latest("starts_at")
        earlier = meeting.organization.ballots.count()
        same = ("expected", "present", "printed", "issued", "returned")
        heads = {**dict.fromkeys(same, 9), "replaced": 0, "unused": 0, "void_papers": 0}
        ballot = Ballot.objects.create(
            meeting=meeting,
            campaign=meeting.campaign,
            organization=meeting.organization,
            round_no=earlier + 1,
            scale=[{"key": "good", "label": "好"}],
            percent_base="valid",
            min_to_show=5,
            **heads,
        )
        ballot.__dict__["status"] = BallotStatus.CERTIFIED  # the workflow is tested elsewhere
        ballot.certified_on = timezone.localdate()
        ballot.save()

    def ring(self, *, broker: bool) -> None:
        """Two beats ring for two workers; while the broker is away nobody hears them."""
        for _ in range(2):
            for task in (tasks.remind, deliver, tasks.send):
                if broker:
                    task.apply_async(retry=False)
                    continue
                nobody = app.connection_for_write(DEAD_BROKER, transport_options={"max_retries": 0})
                with nobody, pytest.raises(OperationalError):
                    app.send_task(task.name, connection=nobody, retry=False)
                self.refused += 1

    def leave(self, channel: Channel, title: str, body: str) -> str:
        """A message leaves; the group of 己1 cannot be reached on the morning of 3 September."""
        now = timezone.localtime()
        if channel.label == "己群" and now.date() == day("9.3") and now.hour < 20:
            raise NotSent("对方没有回应。")
        self.sent[channel.label, now.date(), title, body] += 1
        return ""


@pytest.fixture
def season(db: None, table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Season]:
    """The morning of 1 August, everybody in office."""
    with time_machine.travel(datetime.datetime(2014, 8, 1, 7, tzinfo=SHANGHAI), tick=False) as clock:
        county = OrganizationFactory.create(name="随县县委", short_name="县委", kind=Kind.COMMITTEE)
        account_with(Role.OFFICE, county)
        township = OrganizationFactory.create(
            parent=county,
            name="洛阳镇党委",
            short_name="洛阳镇",
            kind=Kind.COMMITTEE,
            category=Category.OFFICE,
        )
        made = Season(table, clock, township, account_with(Role.OFFICE, township))
        made.found()
        monkeypatch.setattr("branches.services.deliveries.send_now", made.leave)
        yield made


def every_day() -> list[datetime.date]:
    """1 August to 30 September."""
    return [FIRST + datetime.timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def digest(letter: str, items: list[Item]) -> tuple[str, str]:
    """Title and body the table asks for."""
    above = f"《{NAME}》" + ("\n" if len(items) > 1 else "")
    return luoyang_table.title(items), above + "\n".join(item.text(letter) for item in items)


# --- The table itself --------------------------------------------------------------------------------


def test_every_clause_the_table_quotes_stands_in_the_notice(table: Table) -> None:
    notice = "".join(luoyang_table.NOTICE.read_text(encoding="utf-8").split())
    assert len(table.clauses) > 8
    assert [clause for clause in table.clauses if clause not in notice] == []


def test_the_table_has_42_organisations_and_a_line_for_each_of_their_steps(table: Table) -> None:
    assert sum(group.size for group in table.groups.values()) == 42
    assert {group.category for group in table.groups.values()} == set(CATEGORIES)
    counts = {letter: len(table.steps_of(letter)) for letter in table.groups}
    assert counts == {
        **dict.fromkeys("甲丙", 12),
        **dict.fromkeys("乙己辛壬子", 13),
        **dict.fromkeys("戊庚丑", 14),
        "丁": 8,
        "癸": 9,
    }


def test_the_lines_of_the_table_add_up_to_what_was_counted_by_hand(table: Table) -> None:
    for when, step, counted in table.totals:
        summed: Counter[str] = Counter()
        for letter, group in table.groups.items():
            if (letter, step) in table.changes:
                summed[table.state(letter, step, when).state] += group.size
        assert summed == counted, f"{when} {step}"


def test_each_notice_of_the_table_falls_on_a_day_of_reminders(table: Table) -> None:
    def free(when: datetime.date) -> bool:
        return when == day("9.8") or (when.weekday() > 4 and when != day("9.28"))

    def moved(when: datetime.date, step: int) -> datetime.date:
        while free(when):
            when += datetime.timedelta(days=step)
        return day("8.18") if when in BROKER_AWAY else when

    for (when, who), items in table.notices.items():
        assert not free(when)
        own = [item for item in items if item.due and not item.is_below]
        assert all(item.due and (item.due - when).days == item.days for item in own), (when, who)
        days = {
            moved(item.due - datetime.timedelta(days=n), -1 if n >= 0 else 1)
            for item in own
            if item.due
            for n in (7, 3, 1, 0, -1, -3, -7, -14, -30)
        }
        assert when in days or not own, (when, who)


# --- The season --------------------------------------------------------------------------------------


def test_day_by_day_board_overdue_list_and_notices_are_those_of_the_table(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    for today in every_day():
        away = today in BROKER_AWAY
        monkeypatch.setitem(app.conf, "task_always_eager", not away)
        season.move(today, 8)
        season.ring(broker=not away)
        if today == PUBLISHED:
            season.move(today, 9)
            season.publish()
        season.act(today)
        season.move(today, 20)
        season.ring(broker=not away)
        if season.campaign is not None:
            board_is_as_in_the_table(season, today)
        notices_are_as_in_the_table(season, today)
    messages_left_once(season)
    nothing_was_lost(season)


def board_is_as_in_the_table(season: Season, today: datetime.date) -> None:
    """Every cell, the numbers of each step by state, and who is overdue with what for how long."""
    assert season.campaign is not None
    names = {place.pk: name for name, place in season.places.items()}
    seen = Standings.of(season.campaign, season.campaign.organizations(), today)
    cells = {
        (names[pk], standing.step.key): (standing.state, standing.late if standing.state == "overdue" else 0)
        for pk, row in seen.rows.items()
        for standing in row
    }
    asked = {}
    for letter, group in season.table.groups.items():
        for step in season.table.steps_of(letter):
            change = season.table.state(letter, step, today)
            late = (today - change.due).days if change.due else 0
            asked.update({(name, STEPS[step][0]): (change.state, late) for name in group.names})
    wrong = {
        cell: (cells.get(cell), asked.get(cell))
        for cell in cells | asked
        if cells.get(cell) != asked.get(cell)
    }
    assert not wrong, f"{today}: cell: (seen, in the table) {wrong}"
    numbers = Counter((key, state) for (_, key), (state, _) in cells.items())
    for step in ("方案", "大会", "测评", "报告"):
        assert sum(n for (key, _), n in numbers.items() if key == STEPS[step][0]) == (
            42 if step in ("方案", "报告") else 40
        )
    if today == PUBLISHED:
        assert numbers["plan", "open"] == 42
        assert {state for (key, state) in numbers if key != "plan"} == {NOT_YET}


def notices_are_as_in_the_table(season: Season, today: datetime.date) -> None:
    """Who got a digest today, and what it says."""
    got = {
        notice.recipient_id: (notice.title, notice.body)
        for notice in Notice.objects.filter(kind="digest", day=today)
    }
    asked = {}
    for (when, who), items in season.table.notices.items():
        if when == today and not who.endswith("群"):
            group = season.table.groups.get(who)
            for name in group.names if group else (who,):
                asked.update({person.pk: digest(who, items) for person in season.told[name]})
    people = {person.pk: name for name, told in season.told.items() for person in told}
    wrong = {
        people.get(pk, "somebody else"): (got.get(pk), asked.get(pk))
        for pk in got | asked
        if got.get(pk) != asked.get(pk)
    }
    assert not wrong, f"{today}: (got, in the table) {wrong}"
    assert Notice.objects.filter(kind="digest", day=today).count() == len(asked)


def messages_left_once(season: Season) -> None:
    """Each group got its organisation's digests, once each; the one that was settled meanwhile was dropped."""
    asked: Counter[tuple[str, datetime.date, str, str]] = Counter()
    who_of = {"镇": ["镇群"], "己": ["己群"], "癸": ["癸群"], "癸群": ["癸群"]}
    for (when, who), items in season.table.notices.items():
        for label in who_of.get(who, ()):
            if (label, when) != ("己群", day("9.3")):
                asked[label, when, *digest(who, items)] += 1
    assert season.sent == asked
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states == {DeliveryState.SENT: asked.total(), DeliveryState.DROPPED: 1}
    dropped = Delivery.objects.get(state=DeliveryState.DROPPED)
    assert (dropped.channel.label, dropped.day) == ("己群", day("9.3"))


def nothing_was_lost(season: Season) -> None:
    """What was written while the broker was away was delivered when it was back."""
    assert season.refused == 2 * 2 * 3 * len(BROKER_AWAY)
    assert not Notice.objects.filter(delivered_at=None).exists()
    meanwhile = Notice.objects.filter(day__in=BROKER_AWAY).exclude(kind="digest")
    assert {timezone.localdate(n.delivered_at) for n in meanwhile} <= {day("8.16")}
