"""Three whole runs from the notice to the received report, on the days they would happen.

A village under 洛阳镇 2014 (支委会, then 党员大会 with the ballot, a report within its days), a village under 新义村
2018 (the plenary only, nothing asked of members, no report), and a township's leaders (民主生活会: outlines vetted
and disclosed, seats and two thirds, a report read by the supervisors and sent to three).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Audience, Campaign, Organization, Role, User
from branches.services.plan_reviews import review_plan
from branches.services.plans import open_plan, save_plan, submit_plan
from branches.services.steps import note_step
from branches.workflow import NotAllowed
from config.home.report.page import draft_for
from evaluations.services import setup
from meetings.models import (
    Meeting,
    MeetingKind,
    MinutesStatus,
    Outline,
    OutlineStatus,
    Participant,
    Report,
    ReportStatus,
)
from meetings.services import (
    close_meeting,
    mark_all_present,
    name_officers,
    open_meeting,
    plan_meeting,
    record_attendance,
)
from meetings.services import outlines as outlining
from meetings.services import reports as reporting
from meetings.services.agenda import draw_up, slots_of
from meetings.services.guests import Noted, invite_guest, note_guests
from meetings.services.minutes import draft_minutes, sign_minutes, step_minutes
from meetings.services.outline_steps import disclose_outlines, pass_outline
from meetings.services.postponing import postpone_meeting
from meetings.services.readiness import readiness_of
from meetings.services.seats import seats_of
from members.models import Member
from members.services.rosters import freeze_roster
from members.services.studies import record_study
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, account_of, bring_to
from tests.factories.members import members_of
from tests.factories.runs import SHANGHAI, Days, begin_posts, due_day, goes_through, issued, states

ClientOf = Callable[[User], Client]
PLAN = {
    "theme": "为民务实清廉",
    "time": "8月20日",
    "form": "先开支委会，再开党员大会",
    "attendees": "全体党员",
    "requirements": "人人发言。",
}


@pytest.fixture
def days() -> Iterator[Days]:
    """The time before all runs; it stands still."""
    with time_machine.travel(datetime.datetime(2014, 6, 1, tzinfo=SHANGHAI), tick=False) as clock:
        yield Days(clock)


def signed_minutes(meeting: Meeting, by: User, chair: str, recorder: str) -> None:
    """The minutes are drafted, settled and signed on paper."""
    minutes = draft_minutes(meeting=meeting, by=by)
    minutes = step_minutes(minutes=minutes, name="settle_minutes", by=by)
    minutes = sign_minutes(
        minutes=minutes,
        revision=minutes.revision,
        chair=chair,
        recorder=recorder,
        day=timezone.localdate(),
        by=by,
    )
    assert minutes.status == MinutesStatus.SIGNED


def drafted_report(campaign: Campaign, place: Organization, by: User) -> Report:
    """The report as the program drafts it."""
    draft, numbers = draft_for(campaign, place)
    report = reporting.open_report(
        campaign=campaign,
        organization=place,
        title=draft.title,
        sections=draft.sections,
        numbers=numbers.values,
        by=by,
    )
    with pytest.raises(NotAllowed, match=r"下一步|督导组"):  # what comes next is for people to write
        reporting.submit_report(report=report, revision=report.revision, by=by)
    return reporting.save_report(
        report=report,
        revision=report.revision,
        title=report.title,
        texts={"next": "每月走完一个组，年底前办完三件事。"},
        by=by,
    )


def everybody_in(meeting: Meeting, by: User) -> None:
    """All who are expected have come."""
    mark_all_present(meeting=meeting, by=by)


def test_a_village_of_luoyang_from_the_notice_to_the_received_report(
    tree: Tree, township: User, secretary: User, organizer: User, days: Days
) -> None:
    village = tree.village
    discipline = account_with(Role.DISCIPLINE, village, full_name="何秀兰", username="hexiulan-2")
    begin_posts(datetime.date(2014, 1, 1))
    people = members_of(village, 9)
    for member, user in zip(people, (secretary, organizer, discipline), strict=False):
        Member.objects.filter(pk=member.pk).update(user=user, name=user.full_name)
    people = list(Member.objects.filter(organization=village).order_by("pk"))

    days.at(2014, 8, 5)
    campaign = issued(tree, township, "luoyang_2014", 2014, "luoyang")
    assert states(campaign, village)["plan"] == "open"
    with pytest.raises(NotAllowed, match="方案"):
        plan_meeting(
            organization=village,
            campaign=campaign,
            kind=MeetingKind.COMMITTEE,
            starts_at=timezone.now() + datetime.timedelta(days=14),
            place="村委会",
            by=secretary,
        )

    days.at(2014, 8, 6)
    plan = open_plan(campaign=campaign, organization=village, by=secretary)
    plan = save_plan(plan=plan, revision=plan.revision, by=secretary, **PLAN)
    submit_plan(plan=plan, revision=plan.revision, by=secretary)
    days.at(2014, 8, 7)
    plan.refresh_from_db()
    review_plan(plan=plan, step="approve", number=1, comment="", by=township)
    assert states(campaign, village)["plan"] == "done"

    days.at(2014, 8, 8)
    for step in ("mobilise", "opinions", "talks", "material"):
        if step in states(campaign, village):
            note_step(
                campaign=campaign,
                organization=village,
                step=step,
                done_on=timezone.localdate(),
                by=secretary,
            )
    committee = plan_meeting(
        organization=village,
        campaign=campaign,
        kind=MeetingKind.COMMITTEE,
        starts_at=datetime.datetime(2014, 8, 19, 9, tzinfo=SHANGHAI),
        place="村委会",
        by=secretary,
    )
    plenary = plan_meeting(
        organization=village,
        campaign=campaign,
        starts_at=datetime.datetime(2014, 8, 20, 19, tzinfo=SHANGHAI),
        place="村文化礼堂",
        by=secretary,
    )
    assert states(campaign, village)["committee_meeting"] == "pending", "villages begin in mid-August"
    days.at(2014, 8, 12)
    assert states(campaign, village)["committee_meeting"] == "open"

    days.at(2014, 8, 19)
    name_officers(
        meeting=committee, chair=people[0], recorder=people[1], scrutineers=[], tellers=[], by=secretary
    )
    everybody_in(committee, secretary)
    committee = open_meeting(meeting=committee, by=secretary, unready_reason="提前通知过，材料是纸质的")
    draw_up(meeting=committee, by=secretary)
    slots = goes_through(committee, secretary)
    assert len(slots) == 1 + 3 * (3 + 1), "the secretary for the committee, then three times three steps"
    assert slots[0].title.startswith("书记") or "班子" in slots[0].title
    close_meeting(meeting=committee, by=secretary)
    signed_minutes(committee, secretary, secretary.full_name, organizer.full_name)
    assert states(campaign, village)["committee_meeting"] == "done"

    days.at(2014, 8, 20, 19)
    freeze_roster(campaign=campaign, organization=village, by=secretary)
    name_officers(
        meeting=plenary,
        chair=people[0],
        recorder=people[1],
        scrutineers=[people[3]],
        tellers=[people[4], people[5]],
        by=secretary,
    )
    superior = invite_guest(
        meeting=plenary, name="周明远", post="镇党委委员", capacity="superior", by=secretary
    )
    everybody_in(plenary, secretary)
    plenary = open_meeting(meeting=plenary, by=secretary, unready_reason="材料是纸质的，都已看过")
    draw_up(meeting=plenary, by=secretary)
    ballot = setup.prepare_ballot(meeting=plenary, by=secretary)
    goes_through(plenary, secretary)
    accounts = [account_of(member) for member in people[3:6]]
    evening = bring_to(
        Evening(village, campaign, plenary, people, secretary, accounts[0], accounts[1:], ballot), "certified"
    )
    note_guests(
        meeting=plenary,
        noted={superior.pk: Noted(status="present", comments="查摆问题实在。")},
        seen={},
        by=secretary,
    )
    close_meeting(meeting=plenary, by=secretary)
    signed_minutes(plenary, secretary, secretary.full_name, organizer.full_name)
    stand = states(campaign, village)
    assert (stand["meeting"], stand["ballot"], stand["report"]) == ("done", "done", "open")
    days_after = campaign.rules_for(village).report_days_after
    assert days_after is not None
    assert due_day(campaign, village, "report") == datetime.date(2014, 8, 20) + datetime.timedelta(days_after)

    days.at(2014, 8, 25)
    report = drafted_report(campaign, village, secretary)
    assert report.numbers["issued"] == str(evening.ballot.issued)
    assert report.numbers["returned"] == str(evening.ballot.returned)
    report = reporting.submit_report(report=report, revision=report.revision, by=secretary)
    assert states(campaign, village)["report"] == "done"
    days.at(2014, 8, 26)
    recipient = report.recipients.get(organization=tree.township)
    report = reporting.receive_report(recipient=recipient, on=timezone.localdate(), by=township)
    assert report.status == ReportStatus.RECEIVED


def test_a_village_of_xinyi_holds_one_meeting_and_owes_no_paper(
    tree: Tree, township: User, secretary: User, organizer: User, days: Days, client_of: ClientOf
) -> None:
    village = tree.village
    days.at(2018, 12, 1)
    begin_posts(datetime.date(2018, 1, 1))
    people = members_of(village, 8)
    Member.objects.filter(pk=people[0].pk).update(user=secretary, name=secretary.full_name)
    people = list(Member.objects.filter(organization=village).order_by("pk"))

    days.at(2019, 1, 10)
    campaign = issued(tree, township, "xinyi_2018", 2018, "xinyi")
    steps = states(campaign, village)
    assert {"committee_meeting", "lists", "outlines", "report"} & set(steps) == set()
    meeting = plan_meeting(
        organization=village,
        campaign=campaign,
        starts_at=datetime.datetime(2019, 2, 8, 9, tzinfo=SHANGHAI),
        place="村委会",
        by=secretary,
    )
    assert meeting.kind == MeetingKind.PLENARY

    days.at(2019, 1, 20)
    record_study(
        campaign=campaign,
        organization=village,
        by=secretary,
        form="集中学习",
        held_on=datetime.date(2019, 1, 20),
        absent=(),
    )

    days.at(2019, 2, 7)
    put_off = postpone_meeting(
        meeting=meeting,
        reason="返乡的党员明天才能到",
        to=datetime.datetime(2019, 2, 10, 9, tzinfo=SHANGHAI),
        by=secretary,
    )
    assert put_off.needs_consent is False
    meeting.refresh_from_db()
    assert meeting.day == datetime.date(2019, 2, 10)

    days.at(2019, 2, 10)
    freeze_roster(campaign=campaign, organization=village, by=secretary)
    name_officers(
        meeting=meeting,
        chair=people[0],
        recorder=people[1],
        scrutineers=[people[2]],
        tellers=[people[3], people[4]],
        by=secretary,
    )
    away = str(meeting.roster.entries.get(member=people[7]).pk) if meeting.roster else ""
    everybody_in(meeting, secretary)
    record_attendance(
        meeting=meeting, marks={away: ("elsewhere", "流入地：东湖社区党支部，已电话确认")}, by=secretary
    )
    meeting = open_meeting(meeting=meeting, by=secretary, unready_reason="谈心谈话逐个谈过，没有另外记")
    draw_up(meeting=meeting, by=secretary)
    assert {slot.kind for slot in slots_of(meeting)} >= {"duty_report", "ballot"}
    goes_through(meeting, secretary)
    ballot = setup.prepare_ballot(meeting=meeting, by=secretary)
    accounts = [account_of(member) for member in people[2:5]]
    bring_to(
        Evening(village, campaign, meeting, people, secretary, accounts[0], accounts[1:], ballot), "certified"
    )
    close_meeting(meeting=meeting, by=secretary)
    stand = states(campaign, village)
    assert (stand["meeting"], stand["ballot"]) == ("done", "done")

    days.at(2019, 2, 12)
    with pytest.raises(NotAllowed):
        drafted_report(campaign, village, secretary)
    assert not Report.objects.exists()
    page = client_of(secretary).get(reverse("report", args=[campaign.slug, village.pk]))
    assert "不要求" in page.content.decode()


def test_the_leaders_of_a_township_hold_their_life_meeting_and_report_to_three(
    tree: Tree, county: User, days: Days
) -> None:
    body = tree.township
    head = account_with(Role.SECRETARY, body, full_name="孟庆山", username="mengqingshan")
    deputy = account_with(Role.DEPUTY, body, full_name="郝远", username="haoyuan")
    third = account_with(Role.DISCIPLINE, body, full_name="邱实", username="qiushi")
    county_head = account_with(Role.SECRETARY, tree.county, full_name="傅正", username="fuzheng")
    team = account_with(Role.SUPERVISOR, tree.county, full_name="路平", username="luping")
    begin_posts(datetime.date(2014, 1, 1))

    days.at(2014, 7, 1)
    campaign = issued(
        tree,
        county,
        "town_leadership_2014",
        2014,
        "leaders",
        issuer=tree.county,
        audience=Audience.BODIES,
        to=tree.township,
    )
    assert "democratic_life" in states(campaign, body)

    days.at(2014, 7, 5)
    for author in (head, deputy, third):
        others = [seat.key for seat in seats_of(body, timezone.localdate()) if seat.user_id != author.pk]
        saved = outlining.save_outlines(
            campaign=campaign,
            organization=body,
            revision=0,
            texts=dict.fromkeys(others, "下基层少，具体事例：三季度只去过一次联系村。"),
            by=author,
        )
        outlining.submit_outlines(campaign=campaign, organization=body, revision=saved.revision, by=author)
    assert Outline.objects.filter(status=OutlineStatus.SUBMITTED).count() == 3 * 2
    own = Outline.objects.filter(author=head).first()
    assert own is not None
    with pytest.raises(NotAllowed):
        pass_outline(outline=own, revision=own.revision, by=head)
    for outline in Outline.objects.all():
        reviewer = head if outline.author_id != head.pk else team
        pass_outline(outline=outline, revision=outline.revision, by=reviewer)
    for author in (head, deputy, third):
        disclose_outlines(campaign=campaign, organization=body, key=_key_of(body, author), by=author)
    assert set(Outline.objects.values_list("status", flat=True)) == {OutlineStatus.DISCLOSED}
    assert states(campaign, body)["outlines"] == "done"

    days.at(2014, 7, 8)
    meeting = plan_meeting(
        organization=body,
        campaign=campaign,
        kind=MeetingKind.LIFE,
        starts_at=datetime.datetime(2014, 7, 15, 9, tzinfo=SHANGHAI),
        place="镇政府党委会议室",
        by=head,
    )
    assert Participant.objects.filter(meeting=meeting).seats().count() == 3
    guest = invite_guest(meeting=meeting, name="傅正", post="县委常委", capacity="superior", by=head)
    not_yet = [line for line in readiness_of(meeting, timezone.localdate()) if line.state == "not_yet"]
    assert not_yet, "study, talks and materials are not on record yet"

    days.at(2014, 7, 15)
    seats = list(Participant.objects.filter(meeting=meeting).seats())
    record_attendance(
        meeting=meeting,
        marks={str(seats[0].pk): ("present", ""), str(seats[1].pk): ("leave", "在县里开会")},
        by=head,
    )
    name_officers(meeting=meeting, chair="孟庆山", recorder="郝远", scrutineers=[], tellers=[], by=head)
    with pytest.raises(NotAllowed):
        open_meeting(
            meeting=meeting, by=head, unready_reason="材料是纸质的", quorum_reason="确实到不齐"
        )  # one of three is below two thirds: that is a refusal
    record_attendance(meeting=meeting, marks={str(seats[2].pk): ("present", "")}, by=head)
    meeting = open_meeting(meeting=meeting, by=head, unready_reason="学习、谈话和材料是纸质的，督导组看过")
    draw_up(meeting=meeting, by=head)
    goes_through(meeting, head)
    note_guests(
        meeting=meeting,
        noted={guest.pk: Noted(status="present", comments="开得严肃认真。")},
        seen={},
        by=head,
    )
    close_meeting(meeting=meeting, by=head)
    signed_minutes(meeting, head, "孟庆山", "郝远")
    assert states(campaign, body)["democratic_life"] == "done"

    days.at(2014, 7, 18)
    briefing = plan_meeting(
        organization=body,
        campaign=campaign,
        kind=MeetingKind.BRIEFING,
        starts_at=datetime.datetime(2014, 7, 18, 15, tzinfo=SHANGHAI),
        place="镇政府会议室",
        by=head,
    )
    name_officers(meeting=briefing, chair="孟庆山", recorder="郝远", scrutineers=[], tellers=[], by=head)
    briefing = open_meeting(meeting=briefing, by=head, unready_reason="会后通报")
    close_meeting(meeting=briefing, by=head)
    assert states(campaign, body)["briefing"] == "done"

    days.at(2014, 7, 20)
    report = drafted_report(campaign, body, head)
    with pytest.raises(NotAllowed):
        reporting.submit_report(report=report, revision=report.revision, by=head)
    report = reporting.send_to_review(report=report, revision=report.revision, by=head)
    days.at(2014, 7, 22)
    report = reporting.review_report(report=report, revision=report.revision, by=team)
    report = reporting.submit_report(report=report, revision=report.revision, by=head)
    assert report.recipients.count() == 3
    days.at(2014, 7, 25)
    for recipient in report.recipients.all():
        by = county if recipient.organization_id else head
        report = reporting.receive_report(recipient=recipient, on=timezone.localdate(), by=by)
    assert report.status == ReportStatus.RECEIVED
    assert county_head.full_name == "傅正"


def _key_of(body: Organization, user: User) -> str:
    """The key of an account's seat."""
    return next(seat.key for seat in seats_of(body, timezone.localdate()) if seat.user_id == user.pk)
