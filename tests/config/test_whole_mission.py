"""From a notice to closed rectification in one village: every app does its part, over more than a year (新义村 2018).

The notice goes out, the committee lists its problems, the plenary is held, votes are counted, the assessment is told,
measures are put up and filed, a visit finds something, promises are reported on every quarter, the masses hear after
half a year, everything is checked and struck off the list.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from django.utils import timezone

from branches.models import Campaign, Notice, Organization, Role, User
from branches.services.plans import note_consultation
from branches.services.steps import note_step
from branches.workflow import CAMPAIGN, NotAllowed, perform
from config.home.reminders import remind
from config.home.standings import Standings
from evaluations.models import AssessmentStatus, Feedback, FeedbackMode
from evaluations.services import assessing, assessing_decisions, feedback, setup
from evaluations.services.present import present_sheet
from meetings.models import Meeting, MeetingStatus
from meetings.services import close_meeting, mark_all_present, name_officers, open_meeting, plan_meeting
from meetings.services.agenda import draw_up
from members.models import Member
from members.rules.paper import Item, Paper
from members.services.materials import open_material, save_material, submit_material
from members.services.rosters import freeze_roster
from members.services.studies import record_study
from rectification.models import ItemStatus, RectificationItem
from rectification.services import candidates, commitments, given_reports, items, publications
from rectification.services import visit_findings as findings
from rectification.services.visits import Typed, plan_visit
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, account_of, bring_to
from tests.factories.members import members_of
from tests.factories.publicity import typed
from tests.factories.runs import SHANGHAI, Days, begin_posts, due_day, goes_through, issued, states

PROBLEM, ADVICE = "组织生活会开得少，有时几个月一次。", "公开栏上的账目要写到每一笔。"
PLEDGE = "每月联系两户群众。"


@pytest.fixture
def days() -> Iterator[Days]:
    """The time before the run; it stands still."""
    with time_machine.travel(datetime.datetime(2018, 12, 1, 9, tzinfo=SHANGHAI), tick=False) as clock:
        yield Days(clock)


def held(campaign: Campaign, village: Organization, by: User, kind: str = "plenary") -> Meeting:
    """A meeting that is held today and over, as the branch notes it."""
    now = timezone.localtime()
    return Meeting.objects.create(
        organization=village,
        campaign=campaign,
        kind=kind,
        starts_at=now,
        place="村委会",
        status=MeetingStatus.CLOSED,
    )


def evening_of(campaign: Campaign, village: Organization, people: list[Member], secretary: User) -> Meeting:
    """The plenary: opened, spoken at, both ballots counted and certified."""
    meeting = plan_meeting(
        organization=village, campaign=campaign, starts_at=timezone.localtime(), place="村委会", by=secretary
    )
    freeze_roster(campaign=campaign, organization=village, by=secretary)
    name_officers(
        meeting=meeting,
        chair=people[0],
        recorder=people[1],
        scrutineers=[people[2]],
        tellers=[people[3], people[4]],
        by=secretary,
    )
    mark_all_present(meeting=meeting, by=secretary)
    meeting = open_meeting(meeting=meeting, by=secretary, unready_reason="谈心谈话逐个谈过，没有另外记")
    draw_up(meeting=meeting, by=secretary)
    goes_through(meeting, secretary)
    accounts = [account_of(member) for member in people[2:5]]
    kinds = ["members", "committee"] if village.has_committee else ["members"]
    for kind in kinds:
        ballot = setup.prepare_ballot(meeting=meeting, by=secretary, subject_kind=kind)
        made = Evening(village, campaign, meeting, people, secretary, accounts[0], accounts[1:], ballot)
        bring_to(made, "certified")
    return close_meeting(meeting=meeting, by=secretary)


def decided_and_told(campaign: Campaign, village: Organization, secretary: User, organizer: User) -> None:
    """People write an opinion and a grade of everybody; the meeting decides; everybody is told."""
    sheet = assessing.begin_assessment(campaign=campaign, organization=village, by=secretary)
    for row in sheet.assessments.filter(graded=True):
        assessing.save_assessment(
            assessment=row,
            version=row.version,
            opinion="肯出力。",
            grade="qualified",
            evidence={},
            by=secretary,
        )
    sheet.refresh_from_db()
    meeting = assessing_decisions.fitting_meetings(sheet)[0]
    assessing_decisions.decide(
        sheet=sheet,
        version=sheet.version,
        meeting=meeting,
        decided_on=meeting.day,
        cap_reason="",
        by=secretary,
    )
    now = present_sheet(campaign, village)
    assert now is not None
    assert now.status == AssessmentStatus.EFFECTIVE
    owed = Feedback.objects.filter(assessment__sheet=now)
    own = owed.filter(assessment__entry__member__user=secretary)  # nobody tells themselves
    for rows, by in ((owed.exclude(pk__in=own), secretary), (own, organizer)):
        feedback.give_all(
            feedbacks=rows,
            given_by=by.full_name,
            given_on=timezone.localdate(),
            mode=FeedbackMode.TALK,
            by=by,
        )


def struck_off(item: RectificationItem, secretary: User, on: datetime.date) -> None:
    """Done, checked by the members, off the list."""
    items.finish(item=item, done_on=on, outcome="已经办好。", evidence="", by=secretary)
    item.refresh_from_db()
    items.verify(item=item, verified_by="members", verified_on=on, verified_how="大会评议", by=secretary)
    item.refresh_from_db()
    items.close(item=item, by=secretary)


def test_one_village_from_the_notice_to_the_last_problem_struck_off(
    tree: Tree, township: User, secretary: User, organizer: User, days: Days
) -> None:
    village = tree.village
    supervisor = account_with(Role.SUPERVISOR, tree.township)
    begin_posts(datetime.date(2018, 1, 1))
    people = members_of(village, 8)
    Member.objects.filter(pk=people[0].pk).update(user=secretary, name=secretary.full_name)
    people = list(Member.objects.filter(organization=village).order_by("pk"))

    # The notice, and what comes before the meeting.
    days.at(2019, 1, 10)
    campaign = perform(CAMPAIGN, issued(tree, township, "xinyi_2018", 2018, "xinyi"), "start", by=township)
    record_study(
        campaign=campaign,
        organization=village,
        by=secretary,
        form="集中学习",
        held_on=datetime.date(2019, 1, 10),
        absent=(),
    )
    material = open_material(campaign=campaign, organization=village, key="", by=secretary)
    lines = Paper(
        items=(Item("a", "定期开展党的组织生活", PROBLEM, measure="每月固定一天开。", due="2019年6月"),)
    )
    material = save_material(material=material, revision=material.revision, paper=lines, by=secretary)
    submit_material(material=material, revision=material.revision, by=secretary)
    note_consultation(
        campaign=campaign,
        organization=village,
        held_on=timezone.localdate(),
        with_whom="镇党建办",
        by=secretary,
    )
    for step in ("opinions", "talks"):
        if states(campaign, village)[step] != "done":
            note_step(
                campaign=campaign, organization=village, step=step, done_on=timezone.localdate(), by=secretary
            )

    # The evening, the assessment, the feedback.
    days.at(2019, 2, 10, 19)
    evening_of(campaign, village, people, secretary)
    days.at(2019, 2, 20)
    decided_and_told(campaign, village, secretary, organizer)

    # Problems are taken over and put right in public; everybody promises something.
    found = candidates.candidates(campaign, village, secretary)
    assert PROBLEM in [one.problem for one in found]
    listed = next(one for one in found if one.problem == PROBLEM)
    item = candidates.pull(
        campaign=campaign, organization=village, key=listed.key, typed=listed.typed(), by=secretary
    )
    for member in people:
        commitments.write(campaign=campaign, member=member, version=0, text=PLEDGE, by=secretary)
    notice = publications.draft(campaign=campaign, organization=village, kind="measures", by=secretary)
    assert PROBLEM.rstrip("。") in notice.text
    notice = publications.save(publication=notice, by=secretary, **typed(notice, text=notice.text))
    notice = publications.approve(publication=notice, version=notice.version, by=secretary)
    notice = publications.post(publication=notice, version=notice.version, by=secretary)
    publications.note_filed(publication=notice, version=notice.version, on=timezone.localdate(), by=secretary)
    stand = states(campaign, village)
    asked = ("rectification", "commitments", "publicity", "feedback")
    assert {key: stand[key] for key in asked} == dict.fromkeys(asked, "done")
    assert due_day(campaign, village, "committee_report") == datetime.date(2019, 8, 10)

    # Somebody looks in from above; what is advised becomes a problem to be put right.
    days.at(2019, 3, 15)
    visit = plan_visit(
        campaign=campaign,
        organization=village,
        typed=Typed(mode="open", day=timezone.localdate(), visitors="指导员", seen="看了公开栏。"),
        by=supervisor,
        make=True,
    )
    finding = findings.issue_finding(visit=visit, kind="advice", text=ADVICE, by=supervisor)
    advised = next(o for o in candidates.candidates(campaign, village, secretary) if o.source == "visit")
    second = candidates.pull(
        campaign=campaign,
        organization=village,
        key=advised.key,
        typed=replace(advised.typed(), measures="逐笔写上。", due_on=datetime.date(2019, 4, 30)),
        by=secretary,
    )
    finding = findings.answer_finding(finding=finding, answer="已列入整改台账。", by=secretary)
    findings.settle_finding(finding=finding, outcome="账目写到了每一笔。", by=supervisor)

    # Month five, the part everybody forgets: reminded, told, reported, linked to meetings that took place.
    notice.refresh_from_db()
    publications.end(publication=notice, version=notice.version, by=secretary)
    for number, (year, month) in enumerate(((2019, 6), (2019, 9), (2019, 12), (2020, 3)), 1):
        days.at(year, month, 20, 20)
        held(campaign, village, secretary)
        (newest, *_) = given_reports.offered(campaign, village, "pledges")
        owing = given_reports.owing(campaign, village, number)
        assert len(owing) == len(people)
        given_reports.give(
            campaign=campaign,
            organization=village,
            kind="pledges",
            number=number,
            meeting=newest.key,
            heard=[one.pk for one in owing],
            by=secretary,
        )
        if number == 1:
            days.at(2019, 8, 7)
            remind(timezone.localdate())
            assert "通报班子整改情况" in str(
                list(Notice.objects.filter(recipient=secretary).values_list("body", "title"))
            )
            days.at(2019, 8, 8, 20)
            held(campaign, village, secretary)
            (newest, *_) = given_reports.offered(campaign, village, "committee")
            given_reports.give(
                campaign=campaign,
                organization=village,
                kind="committee",
                number=0,
                meeting=newest.key,
                by=secretary,
            )

    # All of it is checked and struck off; nothing is left to do, and the campaign is closed.
    days.at(2020, 4, 10)
    for one in (item, second):
        one.refresh_from_db()
        struck_off(one, secretary, timezone.localdate())
        with pytest.raises(NotAllowed):
            struck_off(RectificationItem.objects.get(pk=one.pk), secretary, timezone.localdate())
    assert set(RectificationItem.objects.values_list("status", flat=True)) == {ItemStatus.CLOSED}
    rows = Standings.of(campaign, Organization.objects.filter(pk=village.pk), timezone.localdate())
    left = [
        standing.step.label for standing in rows.rows[village.pk] if standing.state not in ("done", "waived")
    ]
    assert left == []
