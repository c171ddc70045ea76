"""准备不充分的，不急于开会: one act puts off the meeting and its step; a 民主生活会 asks for consent first."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import (
    Addressee,
    AuditEvent,
    Campaign,
    DecisionKind,
    Notice,
    Organization,
    Role,
    StepDecision,
    User,
)
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.home.standings import Standings
from meetings.models import Capacity, Meeting, MeetingStatus, Participant, Postponement
from meetings.permissions.readiness import can_move_day, can_postpone_meeting, needs_consent
from meetings.progress import meetings_by_organization
from meetings.reports.postponing import requests_for
from meetings.services import cancel_meeting, change_meeting
from meetings.services.postponing import (
    answer_postponement,
    day_words,
    offices_asked,
    postpone_for_step,
    postpone_meeting,
    withdraw_request,
)
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.meetings import MeetingFactory
from tests.races import at_once, refused

Open = Callable[[User], Client]


def later(days: int = 7) -> datetime.datetime:
    return timezone.now().replace(microsecond=0, second=0) + datetime.timedelta(days=days)


def fresh(meeting: Meeting) -> Meeting:
    return Meeting.objects.get(pk=meeting.pk)


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(NotAllowed) as caught:
        act()
    return caught.value.reason


def put_off(meeting: Meeting, by: User, to: datetime.datetime | None = None, **more: Any) -> Postponement:
    return postpone_meeting(meeting=meeting, reason="准备不充分", to=to, by=by, **more)


@pytest.fixture
def town_head(tree: Tree) -> User:
    """The secretary of the township committee."""
    return account_with(Role.SECRETARY, tree.township, full_name="韩长河", username="hanchanghe")


@pytest.fixture
def life(tree: Tree, county: User, town_head: User) -> Meeting:
    """A 民主生活会 of the township committee, planned for tomorrow."""
    campaign = CampaignFactory.create(
        issuer=tree.county, status="published", preset="town_leadership_2014", year=2014, finish_by=None
    )
    made: Meeting = MeetingFactory.create(
        organization=tree.township, campaign=campaign, kind="democratic_life"
    )
    Addressee.objects.create(campaign=campaign, organization=tree.township, audience="bodies")
    return made


# One act


def test_one_act_moves_the_meeting_and_postpones_its_step(
    planned: Meeting, secretary: User, organizer: User, township: User, tree: Tree, campaign: Campaign
) -> None:
    Meeting.objects.filter(pk=planned.pk).update(notified_on=timezone.localdate(), notice_reason="晚了")
    when = later()
    row = put_off(planned, secretary, when)
    moved = fresh(planned)
    assert (moved.starts_at, moved.version, moved.notified_on, moved.notice_reason) == (when, 1, None, "")
    assert (row.was, row.to, row.needs_consent) == (planned.starts_at, when, False)
    decision = StepDecision.objects.get(step="meeting", ended_at=None)
    assert (decision.kind, decision.until) == (DecisionKind.POSTPONED, timezone.localtime(when).date())
    long_after = timezone.localdate() + datetime.timedelta(days=400)
    rows = Standings.of(campaign, Organization.objects.filter(pk=tree.village.pk), long_after).rows
    states = {s.step.key: s.state for s in rows[tree.village.pk]}
    assert states["meeting"] == "postponed"
    told = Notice.objects.filter(kind__startswith="meeting_put_off")
    assert {notice.recipient for notice in told} == {secretary, organizer}
    assert Notice.objects.filter(kind="step_postponed_decided", recipient=township).exists()
    assert AuditEvent.objects.filter(action="postpone_meeting").exists()


def test_put_off_without_a_day_keeps_the_old_one_and_is_planned_for_no_day(
    planned: Meeting, secretary: User, campaign: Campaign, tree: Tree
) -> None:
    put_off(planned, secretary)
    moved = fresh(planned)
    assert (moved.starts_at, moved.is_undecided) == (planned.starts_at, True)
    here = Organization.objects.filter(pk=tree.village.pk)
    assert meetings_by_organization(campaign, here)[tree.village.pk].planned_for is None
    assert "已经延期待定" in refusal(lambda: put_off(moved, secretary))
    when = later(20)
    put_off(moved, secretary, when)
    settled = fresh(planned)
    assert (settled.starts_at, settled.is_undecided) == (when, False)
    assert [row.to for row in settled.postponements.all()] == [when, when]
    assert meetings_by_organization(campaign, here)[tree.village.pk].planned_for is not None


def test_the_old_time_may_be_set_again_and_a_plain_change_sets_a_day_too(
    planned: Meeting, secretary: User
) -> None:
    put_off(planned, secretary)
    put_off(fresh(planned), secretary, planned.starts_at)
    assert not fresh(planned).is_undecided
    Meeting.objects.filter(pk=planned.pk).update(starts_at=later(3))
    put_off(fresh(planned), secretary)
    change_meeting(meeting=fresh(planned), by=secretary, place="老会议室")
    assert fresh(planned).is_undecided
    change_meeting(meeting=fresh(planned), by=secretary, starts_at=later(9))
    assert not fresh(planned).is_undecided


def test_what_is_refused_is_said(planned: Meeting, secretary: User, organizer: User) -> None:
    def said(**how: Any) -> str:
        words = {"reason": "准备不充分", "to": later(), "by": secretary, **how}
        return refusal(lambda: postpone_meeting(meeting=planned, **words))

    assert "请写明延期的原因" in said(reason="  ")
    assert "已经过去" in said(to=timezone.now() - datetime.timedelta(minutes=1))
    assert "和原来的一样" in said(to=planned.starts_at)
    assert "不能晚于今天" in said(consented_on=timezone.localdate() + datetime.timedelta(days=1))
    assert "由本组织书记" in said(by=organizer)
    with pytest.raises(Stale):
        put_off(planned, secretary, later(), version=7)
    assert not Postponement.objects.exists()


def test_a_time_at_which_the_branch_meets_already_is_refused(
    planned: Meeting, secretary: User, tree: Tree, campaign: Campaign
) -> None:
    other = MeetingFactory.create(organization=tree.village, campaign=campaign, starts_at=later())
    assert "已经安排了" in refusal(lambda: put_off(planned, secretary, other.starts_at))
    assert not StepDecision.objects.exists()


def test_only_what_is_planned_and_may_wait_is_put_off(
    planned: Meeting, secretary: User, tree: Tree, township: User
) -> None:
    assert can_postpone_meeting(township, planned) is True
    cancel_meeting(meeting=planned, by=secretary, note="并到下月")
    assert "已取消" in refusal(lambda: put_off(fresh(planned), secretary, later()))
    hurried = CampaignFactory.create(issuer=tree.township, status="published", rules={"may_postpone": False})
    meeting = MeetingFactory.create(organization=tree.village, campaign=hurried)
    assert "没有写可以延期" in refusal(lambda: put_off(meeting, secretary, later()))


def test_a_meeting_that_fulfils_no_step_postpones_none(
    campaign: Campaign, tree: Tree, secretary: User, planned: Meeting
) -> None:
    group = MeetingFactory.create(
        organization=tree.village, campaign=campaign, kind="group", group=tree.group
    )
    again = MeetingFactory.create(
        organization=tree.village, campaign=campaign, continues=planned, starts_at=later(2)
    )
    for meeting in (group, again):
        put_off(meeting, secretary, later(12))
    assert not StepDecision.objects.exists()
    assert Postponement.objects.count() == 2


def test_guests_with_an_account_hear_of_the_new_time(planned: Meeting, secretary: User, tree: Tree) -> None:
    guest = account_with(Role.INSTRUCTOR, tree.township, full_name="钱国栋")
    for name, user in (("钱国栋", guest), ("赵大爷", None)):
        Participant.objects.create(meeting=planned, capacity=Capacity.MASSES, name=name, user=user)
    put_off(planned, secretary)
    notice = Notice.objects.get(recipient=guest)
    assert "党员大会延期：时间待定" in notice.title
    change_meeting(meeting=fresh(planned), by=secretary, place="老会议室")
    cancel_meeting(meeting=fresh(planned), by=secretary, note="并到下月")
    told = Notice.objects.filter(recipient=guest).values_list("title", flat=True)
    assert {title.partition("：")[0] for title in told} == {
        "新河村支部党员大会延期",
        "新河村支部党员大会改为",
        "新河村支部党员大会取消",
    }
    assert day_words(None) == "时间待定"


def test_putting_off_the_step_puts_off_its_planned_meeting(
    planned: Meeting, secretary: User, campaign: Campaign, tree: Tree
) -> None:
    place: dict[str, Any] = {"campaign": campaign, "organization": tree.village, "by": secretary}
    day = timezone.localdate() + datetime.timedelta(days=9)
    postpone_for_step(**place, step="meeting", reason="等返乡", until=day)
    moved = fresh(planned)
    assert moved.day == day
    assert timezone.localtime(moved.starts_at).time() == timezone.localtime(planned.starts_at).time()
    postpone_for_step(**place, step="meeting", reason="再等等", until=None)
    assert fresh(planned).is_undecided
    postpone_for_step(**place, step="meeting", reason="还在等", until=None)
    assert StepDecision.objects.get(ended_at=None).reason == "还在等"
    assert Postponement.objects.count() == 2
    postpone_for_step(**place, step="talks", reason="有人外出", until=None)
    assert StepDecision.objects.filter(step="talks", ended_at=None).exists()
    assert Postponement.objects.count() == 2


# Consent


def test_a_democratic_life_meeting_waits_for_consent_and_the_old_day_stands(
    life: Meeting, town_head: User, county: User
) -> None:
    assert needs_consent(life)
    row = put_off(life, town_head, later())
    assert row.is_waiting
    assert fresh(life).starts_at == life.starts_at
    assert not StepDecision.objects.exists()
    notice = Notice.objects.get(kind=f"postponement_asked_{row.pk}")
    assert notice.recipient == county
    assert "请求民主生活会改期" in notice.title
    assert "还没有答复" in refusal(lambda: put_off(life, town_head, later(9)))
    assert "由上级党组织答复" in refusal(
        lambda: answer_postponement(postponement=row, consents=True, by=town_head)
    )
    answered = answer_postponement(postponement=row, consents=True, by=county)
    assert (answered.answered_by, answered.consented_on) == (county, timezone.localdate())
    assert fresh(life).starts_at == row.to
    assert StepDecision.objects.get().step == "democratic_life"
    assert "已经答复过" in refusal(lambda: answer_postponement(postponement=row, consents=True, by=county))
    assert "已经答复过" in refusal(lambda: withdraw_request(postponement=row, by=town_head))


def test_what_waits_stands_above_the_list_of_who_answers(
    life: Meeting, town_head: User, county: User, township: User, member: User, client_of: Open
) -> None:
    row = put_off(life, town_head, later())
    assert requests_for(county) == (row,)
    assert requests_for(town_head) == requests_for(township) == requests_for(member) == ()
    url = reverse("meetings:list")
    assert "青石镇请求民主生活会改期：准备不充分" in client_of(county).get(url).content.decode()
    assert "请求民主生活会改期" not in client_of(town_head).get(url).content.decode()


def test_a_refusal_has_its_reason_and_the_old_day_stands(
    life: Meeting, town_head: User, county: User
) -> None:
    row = put_off(life, town_head)
    assert "请写明原因" in refusal(
        lambda: answer_postponement(postponement=row, consents=False, by=county, reason=" ")
    )
    assert Postponement.objects.get().is_waiting
    answer_postponement(postponement=row, consents=False, by=county, reason="县委书记已定那天到会")
    assert not fresh(life).is_undecided
    assert fresh(life).starts_at == life.starts_at
    notice = Notice.objects.get(recipient=town_head)
    assert "仍按" in notice.title
    assert "县委书记已定那天到会" in notice.body
    assert put_off(life, town_head, later()).is_waiting


def test_consent_given_on_paper_is_noted_by_its_day(life: Meeting, town_head: User) -> None:
    row = put_off(life, town_head, consented_on=timezone.localdate())
    assert (row.is_waiting, row.consented_on) == (False, timezone.localdate())
    assert fresh(life).is_undecided
    settled = put_off(fresh(life), town_head, later(30))
    assert not settled.needs_consent
    assert fresh(life).starts_at == settled.to


def test_the_superior_needs_nobodys_consent(life: Meeting, town_head: User, county: User) -> None:
    row = put_off(life, county, later())
    assert (row.answered_by, row.consented_on) == (county, timezone.localdate())
    assert fresh(life).starts_at == row.to


def test_a_request_can_be_taken_back(life: Meeting, town_head: User, organizer: User) -> None:
    row = put_off(life, town_head, later())
    with pytest.raises(NotAllowed):
        withdraw_request(postponement=row, by=organizer)
    withdraw_request(postponement=row, by=town_head)
    assert not Postponement.objects.exists()
    assert AuditEvent.objects.filter(action="withdraw_postponement").exists()


def test_an_answer_too_late_is_none(life: Meeting, town_head: User, county: User) -> None:
    row = put_off(life, town_head, later())
    Postponement.objects.update(to=timezone.now() - datetime.timedelta(hours=1))
    assert "另提一个时间" in refusal(lambda: answer_postponement(postponement=row, consents=True, by=county))
    Meeting.objects.update(status=MeetingStatus.OPENED)
    assert "不用再答复" in refusal(lambda: answer_postponement(postponement=row, consents=False, by=county))


def test_a_plain_change_moves_no_democratic_life_meeting_to_another_day(
    life: Meeting, town_head: User, county: User
) -> None:
    said = refusal(lambda: change_meeting(meeting=life, by=town_head, starts_at=later()))
    assert "须经上级同意" in said
    same_day = life.starts_at.astimezone(datetime.UTC) + datetime.timedelta(seconds=1)
    if timezone.localtime(same_day).date() == life.day:
        change_meeting(meeting=life, by=town_head, starts_at=same_day)
        assert fresh(life).starts_at == same_day
    assert can_move_day(county, life) is True
    place: dict[str, Any] = {"campaign": life.campaign, "organization": life.organization, "until": None}
    asked = {**place, "step": "democratic_life", "reason": "准备不充分", "by": town_head}
    assert "须经上级同意" in refusal(lambda: postpone_for_step(**asked))
    postpone_for_step(**{**asked, "by": county})
    assert fresh(life).is_undecided


def test_the_nearest_organisation_in_which_somebody_answers_is_asked(
    tree: Tree, county: User, town_head: User
) -> None:
    assert offices_asked(tree.village) == [town_head]
    assert offices_asked(tree.township) == [county]
    assert offices_asked(tree.mill) == [town_head]
    assert offices_asked(tree.county) == []


# The page


def test_the_page_puts_off_keeps_what_was_typed_and_shows_the_list(
    planned: Meeting, secretary: User, organizer: User, client_of: Open
) -> None:
    url, client = reverse("meetings:postpone", args=[planned.pk]), client_of(secretary)
    assert "不算逾期" in client.get(url).content.decode()
    page = client.post(url, {"when": "set", "reason": "等外出党员返乡"}).content.decode()
    assert "请填写新的日期和时间" in page
    assert "等外出党员返乡" in page
    page = client.post(
        url, {"when": "set", "to": "2020-01-01T09:00", "reason": "等外出党员返乡"}
    ).content.decode()
    assert "已经过去" in page
    page = client.post(url, {"when": "open", "reason": "等外出党员返乡", "version": "9"}).content.decode()
    assert "另有一位同志修改了这次会议" in page
    done = client.post(url, {"when": "open", "reason": "等外出党员返乡", "version": "0"}, follow=True)
    assert "已延期，支部委员会收到通知" in done.content.decode()
    assert "定下新的时间" in done.content.decode()
    listed = client.get(reverse("meetings:list")).content.decode()
    assert "延期待定" in listed
    detail = client.get(reverse("meetings:detail", args=[planned.pk])).content.decode()
    assert "延期，新的时间待定" in detail
    assert "延期由本组织书记" in client_of(organizer).get(url).content.decode()
    assert client_of(organizer).post(url, {"when": "open", "reason": "x"}).status_code == 403


def test_the_same_form_sent_twice_puts_off_once(planned: Meeting, secretary: User, client_of: Open) -> None:
    url, client = reverse("meetings:postpone", args=[planned.pk]), client_of(secretary)
    page = client.get(url)
    token = page.content.decode().partition('name="submission" value="')[2].partition('"')[0]
    data = {"when": "open", "reason": "准备不充分", "version": "0", "submission": token}
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 302
    assert Postponement.objects.count() == 1


def test_the_superior_answers_on_the_page(
    life: Meeting, town_head: User, county: User, client_of: Open
) -> None:
    url, head, office = reverse("meetings:postpone", args=[life.pk]), client_of(town_head), client_of(county)
    assert "须经上级党组织同意" in head.get(url).content.decode()
    to = timezone.localtime(later()).strftime("%Y-%m-%dT%H:%M")
    page = head.post(url, {"when": "set", "to": to, "reason": "准备不充分", "version": "0"}, follow=True)
    assert "答复以前仍按原定时间" in page.content.decode()
    row = Postponement.objects.get()
    answer = reverse("meetings:answer_postponement", args=[life.pk, row.pk])
    assert head.post(answer, {"answer": "yes"}).status_code == 403
    assert "同意改期" in office.get(url).content.decode()
    assert "请写明原因" in office.post(answer, {"answer": "no"}).content.decode()
    office.post(answer, {"answer": "no", "reason": "时间不合适"})
    assert "时间不合适" in head.get(url).content.decode()
    head.post(url, {"when": "set", "to": to, "reason": "再请求一次", "version": "0"})
    again = Postponement.objects.waiting().get()
    withdraw = reverse("meetings:withdraw_postponement", args=[life.pk, again.pk])
    assert "已撤回" in head.post(withdraw, follow=True).content.decode()
    assert head.post(withdraw).status_code == 404
    head.post(url, {"when": "set", "to": to, "reason": "第三次", "version": "0"})
    third = Postponement.objects.waiting().get()
    accepted = reverse("meetings:answer_postponement", args=[life.pk, third.pk])
    assert "已同意改期" in office.post(accepted, {"answer": "yes"}, follow=True).content.decode()
    gone = head.post(
        reverse("meetings:withdraw_postponement", args=[life.pk, third.pk]), follow=True
    ).content.decode()
    assert "已经答复过" in gone


# Races


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_count_once(life: Meeting, town_head: User, county: User, tree: Tree) -> None:
    other = account_with(Role.OFFICE, tree.county, full_name="另一位")
    row = put_off(life, town_head, later())
    results = at_once(
        lambda: answer_postponement(postponement=row, consents=True, by=county),
        lambda: answer_postponement(postponement=row, consents=False, by=other, reason="不行"),
    )
    assert refused(results) == 1
    kept = Postponement.objects.get()
    assert (kept.consented_on is None) != (kept.refused_on is None)
    assert (fresh(life).starts_at == row.to) == (kept.consented_on is not None)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_asked_for_twice_at_once_and_withdrawn_while_answered(
    life: Meeting, town_head: User, county: User
) -> None:
    results = at_once(lambda: put_off(life, town_head, later(8)), lambda: put_off(life, town_head, later(9)))
    assert refused(results) == 1
    row = Postponement.objects.get()
    results = at_once(
        lambda: answer_postponement(postponement=row, consents=True, by=county),
        lambda: withdraw_request(postponement=row, by=town_head),
    )
    assert refused(results) == 1
