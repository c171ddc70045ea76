"""Half a year and every quarter over two years, a leap day among them: due, satisfied by a linked meeting, told once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from branches.models import Campaign, Notice, Organization
from branches.rules.reminders import reminder_days
from branches.rules.standing import Standing
from branches.services.steps import note_step, order_redo, waive_step
from branches.workflow import NotAllowed
from config.home import reminders
from config.home.outlasting import reminded_of, runs_on
from config.home.standings import Standings
from meetings.models import HeldNote
from meetings.services.held import note_held, remove_held
from rectification.models import GivenReport
from rectification.progress.clocks import clocks_for
from rectification.rules.clocks import comes_after
from rectification.services import given_reports as g
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import evening
from tests.factories.rectifying import Rectifying, rectifying

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = {"member_report_times": 8, "ballot_place": "none", "plan_gate": "none", "remind_off_holidays": False}
MET = datetime.date(2027, 8, 29)  # half a year after is 29 February 2028


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def at(on: datetime.date) -> datetime.datetime:
    """That morning."""
    return datetime.datetime.combine(on, datetime.time(8), tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The day after the meeting, which was on 29 August 2027."""
    with time_machine.travel(at(MET + datetime.timedelta(days=1)), tick=False) as traveller:
        yield traveller


@pytest.fixture
def made() -> Rectifying:
    """A branch that met on that day, with two promises."""
    found = rectifying(rules=RULES, members=2)
    found.held(MET)
    for number in range(2):
        found.pledge(number)
    return found


def standings(made: Rectifying, on: datetime.date) -> dict[str, Standing]:
    """The steps of the branch on a day."""
    only = Organization.objects.filter(pk=made.organization.pk)
    campaign = Campaign.objects.get(pk=made.campaign.pk)
    return {one.step.key: one for one in Standings.of(campaign, only, on).rows[made.organization.pk]}


def give(made: Rectifying, number: int, meeting: str, heard: int = 2) -> GivenReport:
    """The members' report at a meeting, by its key."""
    owed = g.owing(made.campaign, made.organization, number)
    return g.give(
        **made.place,
        kind="pledges",
        number=number,
        meeting=meeting,
        heard=[one.pk for one in owed[:heard]],
        by=made.secretary,
    )


def test_the_days_of_two_years_with_the_leap_day(made: Rectifying) -> None:
    found = standings(made, MET)
    assert found["committee_report"].due == day("2028-02-29")
    assert [found[f"pledge_report-{n}"].due for n in range(1, 9)] == [
        day("2027-12-31"),
        day("2028-03-31"),
        day("2028-06-30"),
        day("2028-09-30"),
        day("2028-12-31"),
        day("2029-03-31"),
        day("2029-06-30"),
        day("2029-09-30"),
    ]
    assert [clock.standing for clock in clocks_for(made.campaign, made.organization, MET)] == [
        one for key, one in found.items() if key.startswith(("committee_report", "pledge_report"))
    ]


def test_another_plenary_of_the_campaign_moves_no_clock_a_further_sitting_does(made: Rectifying) -> None:
    first, days = made.campaign.meetings.get(), ("2027-12-31", "2028-06-30")
    assert standings(made, MET)["pledge_report-1"].due == day(days[0])
    later = made.held(day("2028-01-20"))
    found = standings(made, day("2028-01-20"))
    assert (found["pledge_report-1"].due, found["committee_report"].due) == (day(days[0]), day("2028-02-29"))
    assert (found["meeting"].done_on, found["meeting"].state) == (MET, "done")
    later.continues = first
    later.save()
    assert standings(made, day("2028-01-20"))["pledge_report-1"].due == day(days[1])


@pytest.mark.parametrize(
    ("met", "due"),
    [("2027-08-31", "2028-02-29"), ("2026-08-31", "2027-02-28"), ("2028-02-29", "2028-08-29")],
)
def test_half_a_year_ends_with_a_shorter_month(made: Rectifying, met: str, due: str) -> None:
    made.campaign.meetings.all().delete()
    made.held(day(met))
    assert standings(made, day(met))["committee_report"].due == day(due)


def test_a_linked_meeting_satisfies_and_starts_no_clock_anew(
    made: Rectifying, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(day("2027-12-10")))
    meeting = made.held(day("2027-12-09"))
    meeting.slots.create(ordinal=1, kind="other", title="党员报告兑现承诺情况")
    (offered,) = g.offered(made.campaign, made.organization, "pledges")
    assert offered.words == "党员大会，议程：党员报告兑现承诺情况"
    report = give(made, 1, f"m{meeting.pk}")
    assert report.slot is not None
    assert report.slot.title == "党员报告兑现承诺情况"
    found = standings(made, day("2027-12-10"))
    assert (found["pledge_report-1"].state, found["pledge_report-1"].done_on) == ("done", day("2027-12-09"))
    assert found["meeting"].done_on == MET
    assert found["committee_report"].due == day("2028-02-29")
    assert found["pledge_report-2"].due == day("2028-03-31")
    g.remove(report=report, by=made.secretary)
    g.remove(report=report, by=made.secretary)
    assert standings(made, day("2027-12-10"))["pledge_report-1"].state != "done"


def test_one_meeting_serves_both_reports_and_many_members(
    made: Rectifying, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(day("2028-02-29")))
    meeting = made.held(day("2028-02-28"))
    key = f"m{meeting.pk}"
    assert standings(made, day("2028-02-29"))["committee_report"].word == "可以办理"
    g.give(**made.place, kind="committee", number=0, meeting=key, by=made.secretary)
    give(made, 1, key)
    found = standings(made, day("2028-03-01"))
    assert (found["committee_report"].state, found["committee_report"].late) == ("done", 0)
    assert found["pledge_report-1"].late == 59
    with pytest.raises(NotAllowed, match="已经登记过的"):
        give(made, 2, key)


def test_two_meetings_of_one_quarter_do_not_stand_for_two_quarters(
    made: Rectifying, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(day("2027-12-20")))
    first, second = made.held(day("2027-12-01")), made.held(day("2027-12-19"))
    give(made, 1, f"m{first.pk}")
    assert g.offered(made.campaign, made.organization, "pledges", 2) == ()
    refused = "第2次报告，请选择 2027年12月31日以后开过的"
    with pytest.raises(NotAllowed, match=refused):
        give(made, 2, f"m{second.pk}")
    promises = [one.pk for one in g.owing(made.campaign, made.organization, 2)]
    how: dict[str, Any] = {"kind": "pledges", "number": 2, "heard": promises, "by": made.secretary}
    clock.move_to(at(day("2028-01-02")))
    with pytest.raises(NotAllowed, match=refused):
        g.give_on(**made.place, **how, on=day("2027-12-31"))
    assert not HeldNote.objects.exists()
    assert g.give_on(**made.place, **how, on=day("2028-01-01")).number == 2


@pytest.mark.parametrize(
    ("every", "number", "after"),
    [(3, 1, "2027-11-30"), (3, 2, "2028-03-31"), (2, 2, "2028-01-30"), (3, 3, "2028-06-30")],
)
def test_after_which_day_a_report_is_given(every: int, number: int, after: str) -> None:
    assert comes_after(day("2027-11-30"), every, number) == day(after)


def test_who_was_not_there_reports_at_another_meeting(
    made: Rectifying, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(day("2027-12-20")))
    first, second = made.held(day("2027-12-01")), made.held(day("2027-12-19"), kind="group")
    give(made, 1, f"m{first.pk}", heard=1)
    found = standings(made, day("2027-12-20"))["pledge_report-1"]
    assert (found.state, found.word) == ("open", "还有 1 人没有报告")
    with pytest.raises(NotAllowed, match="打勾"):
        give(made, 1, f"m{second.pk}", heard=0)
    give(made, 1, f"m{second.pk}")
    done = standings(made, day("2027-12-20"))["pledge_report-1"]
    assert (done.state, done.done_on) == ("done", day("2027-12-19"))


def test_a_day_of_the_branchs_own_book_serves_as_well_and_is_kept_as_long_as_it_does(
    made: Rectifying, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(day("2027-12-20")))
    promises = [one.pk for one in g.owing(made.campaign, made.organization, 1)]
    how: dict[str, Any] = {"kind": "pledges", "number": 1, "heard": promises, "by": made.secretary}
    with pytest.raises(NotAllowed, match="在这以后"):
        g.give_on(**made.place, **how, on=MET)
    report = g.give_on(**made.place, **how, on=day("2027-12-05"))
    assert standings(made, day("2027-12-20"))["pledge_report-1"].done_on == day("2027-12-05")
    note = HeldNote.objects.get()
    with pytest.raises(NotAllowed, match="取消登记"):
        remove_held(note=note, by=made.secretary)
    g.remove(report=report, by=made.secretary)
    remove_held(note=note, by=made.secretary)
    assert not HeldNote.objects.exists()


def test_what_may_be_linked_is_what_took_place_after_the_meeting(
    made: Rectifying, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(day("2027-12-20")))
    group = OrganizationFactory.create(parent=made.organization, kind="group", short_name="一组")
    note_held(organization=group, kind="group", on=day("2027-12-02"), by=made.secretary)
    made.held(day("2027-12-03"), kind="committee")
    briefing = made.held(day("2027-12-04"), kind="briefing")
    words = [one.words for one in g.offered(made.campaign, made.organization, "pledges")]
    assert words == ["一组党小组会"]
    keys = [one.key for one in g.offered(made.campaign, made.organization, "committee")]
    assert keys[0] == f"m{briefing.pk}"
    with pytest.raises(NotAllowed, match="请选择会后开过的"):
        give(made, 1, f"m{briefing.pk}")


def test_a_report_nobody_asks_for_is_refused(made: Rectifying, clock: time_machine.Traveller) -> None:
    clock.move_to(at(day("2027-12-20")))
    meeting = made.held(day("2027-12-01"))
    with pytest.raises(NotAllowed, match="没有要求这项报告"):
        give(made, 9, f"m{meeting.pk}")
    plain = rectifying(preset="luoyang_2014")
    assert g.numbers_of(plain.campaign, plain.organization, "committee") == ()
    assert g.numbers_of(plain.campaign, plain.organization, "pledges") == ()
    assert g.numbers_of(made.campaign, made.organization, "committee") == (0,)
    other = rectifying()
    with pytest.raises(NotAllowed, match="没有发给本组织"):
        g.give(
            campaign=made.campaign,
            organization=other.organization,
            kind="committee",
            number=0,
            meeting=f"m{meeting.pk}",
            by=other.secretary,
        )


def test_a_round_that_has_to_be_held_again_leaves_promises_and_reports_behind(
    made: Rectifying, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(day("2027-12-20")))
    give(made, 1, f"m{made.held(day('2027-12-01')).pk}")
    made.item()
    order_redo(**made.place, reason="流于形式", by=account_with("office", made.township))
    found = standings(made, day("2027-12-20"))
    assert {found[key].state for key in ("pledge_report-1", "commitments", "rectification")} == {"pending"}
    assert str(made.pledge(0)) == f"{made.people[0].name}的整改承诺"


def test_a_certified_ballot_starts_the_clock_where_the_rules_count_from_it() -> None:
    with_ballot = evening("certified", campaign=None, preset="xinyi_2018")
    place = (with_ballot.campaign, with_ballot.organization)
    today = timezone.localdate()
    only = Organization.objects.filter(pk=with_ballot.organization.pk)
    wanted = Standings.of(with_ballot.campaign, only, today).rows[with_ballot.organization.pk]
    assert [clock.standing for clock in clocks_for(*place, today)] == [
        one for one in wanted if one.step.kind in ("committee_report", "pledge_report")
    ]


def test_a_tick_by_hand_still_suffices_even_after_the_campaign_is_closed(
    made: Rectifying, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(day("2028-03-01")))
    Campaign.objects.update(status="closed")
    campaign = Campaign.objects.get(pk=made.campaign.pk)
    place: dict[str, Any] = {"campaign": campaign, "organization": made.organization, "by": made.secretary}
    note_step(**place, step="committee_report", done_on=day("2028-02-27"))
    found = standings(made, day("2028-03-01"))["committee_report"]
    assert (found.state, found.by_hand) == ("done", True)
    with pytest.raises(NotAllowed, match="已经结束"):
        note_step(**place, step="rectification", done_on=day("2028-02-27"))
    office = account_with("office", made.township)
    waive_step(
        campaign=campaign,
        organization=made.organization,
        step="pledge_report-8",
        reason="已换届",
        by=office,
    )
    assert standings(made, day("2028-03-01"))["pledge_report-8"].state == "waived"


DUES = {
    "通报班子整改情况": "2028-02-29",
    **{
        f"党员报告兑现承诺（第{n}次）": on
        for n, on in enumerate(
            (
                "2027-12-31",
                "2028-03-31",
                "2028-06-30",
                "2028-09-30",
                "2028-12-31",
                "2029-03-31",
                "2029-06-30",
            ),
            1,
        )
    },
}
NEVER_GIVEN = "党员报告兑现承诺（第7次）"


def test_each_reminder_of_two_years_comes_once_and_none_after_the_report(
    made: Rectifying, clock: time_machine.Traveller
) -> None:
    """The campaign is closed; everything but the last is reported two days before it is due."""
    Campaign.objects.update(status="closed")
    rules = made.campaign.rules_for(made.organization)
    told: dict[str, list[datetime.date]] = {what: [] for what in (*DUES, "动员部署")}
    for what, due in sorted(DUES.items(), key=lambda one: one[1]):
        given = day(due) - datetime.timedelta(days=2)
        for days in range(-9, 9):
            on = day(due) + datetime.timedelta(days=days)
            clock.move_to(at(on))
            if on == given and what != NEVER_GIVEN:
                key = f"m{made.held(on - datetime.timedelta(days=1)).pk}"
                if "党员" in what:
                    give(made, int(what[10]), key)
                else:
                    g.give(**made.place, kind="committee", number=0, meeting=key, by=made.secretary)
            reminders.remind(on)
            assert reminders.remind(on) == 0
            bodies = list(
                Notice.objects.filter(kind="digest", recipient=made.secretary, day=on).values_list(
                    "body", flat=True
                )
            )
            assert len(bodies) <= 1
            for name, days_told in told.items():
                days_told += [on for body in bodies if name in body]
        wanted = reminder_days(day(due), rules.remind_before, rules.remind_after, None)
        stop = datetime.date.max if what == NEVER_GIVEN else given
        horizon = day(due) + datetime.timedelta(days=9)
        assert {one for one in wanted if one < min(stop, horizon)} <= set(told[what])
        assert all(one < stop for one in told[what])
        assert len(told[what]) == len(set(told[what])) > 0
    assert told["动员部署"] == []


def test_a_closed_campaign_is_told_of_as_long_as_a_report_may_be_owed(made: Rectifying) -> None:
    campaign = made.campaign
    assert list(reminded_of(MET)) == [campaign]
    Campaign.objects.update(status="closed", year=2027)
    campaign = Campaign.objects.get(pk=campaign.pk)
    assert list(reminded_of(day("2029-10-30"))) == [campaign]
    assert not runs_on(campaign, day("2031-04-01"))
    without = rectifying(preset="luoyang_2014").campaign
    assert not runs_on(without, MET)
