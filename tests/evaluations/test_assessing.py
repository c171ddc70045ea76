"""The assessment is begun from ballot and roster, written by people, decided at a meeting; no grade comes by itself."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from django.utils import timezone

from branches.models import AuditEvent, Notice, Role, Run, User
from branches.services.steps import order_redo
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from evaluations.models import (
    Assessment,
    AssessmentSheet,
    AssessmentStatus,
    BallotStatus,
    Feedback,
    FeedbackStatus,
    Hearing,
    HelpPlan,
    HelpStatus,
)
from evaluations.rules.known_facts import Attended, DuesPaid, KnownFacts
from evaluations.services import assessing, assessing_decisions, present, setup
from evaluations.services.assessing_facts import reckon_cap
from meetings.models import Attendance, AttendanceStatus, Meeting, MeetingKind, MeetingStatus
from members.models import Member, RosterEntry, Standing
from members.services.rosters import exempt_from_count
from tests.factories.assessing import REASON, assessed, decide, hear, write_all
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, bring_to, evening, meeting_of

pytestmark = pytest.mark.django_db

EFFECTIVE, DRAFT, AWAITING = AssessmentStatus.EFFECTIVE, AssessmentStatus.DRAFT, AssessmentStatus.AWAITING


def begin(made: Evening, by: User | None = None) -> AssessmentSheet:
    return assessing.begin_assessment(
        campaign=made.campaign, organization=made.organization, by=by or made.secretary
    )


def save(row: Assessment, by: User, *, version: int | None = None, **typed: object) -> Assessment:
    said: dict[str, object] = {"opinion": "肯吃苦。", "grade": "", "evidence": {}, **typed}
    current = row.version if version is None else version
    return assessing.save_assessment(assessment=row, version=current, by=by, **said)  # type: ignore[arg-type]


# Begun


def test_a_sheet_has_everybody_on_the_roster_in_the_forms_order_and_no_grade() -> None:
    found = assessed("draft", members=4, probationary=2)
    names = list(RosterEntry.objects.order_by("ordinal").values_list("name", flat=True))
    assert [row.name for row in found.rows] == names
    assert {(row.grade, row.opinion) for row in found.rows} == {("", "")}
    assert [row.note for row in found.rows if not row.graded] == ["预备党员，不评定等次"] * 2
    assert found.sheet.labels == {
        "excellent": "优秀",
        "qualified": "合格",
        "basic": "基本合格",
        "unqualified": "不合格",
    }
    assert AuditEvent.objects.filter(action="begin_assessment").count() == 1


def test_probationary_members_not_on_the_form_are_named_as_well() -> None:
    begin(evening("certified", members=3, probationary=1, rules={"probationary_subject": "omit"}))
    assert [row.note for row in Assessment.objects.filter(graded=False)] == ["预备党员，不评定等次"]


def test_those_exempted_and_those_elsewhere_are_noted() -> None:
    made = evening("certified", members=5)
    first, second, third = RosterEntry.objects.order_by("ordinal")[:3]
    exempt_from_count(
        entry=first, reason="bedridden", note="瘫痪", rated=False, why="长期卧床", by=made.secretary
    )
    exempt_from_count(entry=second, reason="abroad", why="探亲", by=made.secretary)
    Attendance.objects.filter(entry=third).update(status=AttendanceStatus.ELSEWHERE)
    begin(made)
    rows = list(Assessment.objects.order_by("ordinal"))
    assert [row.graded for row in rows] == [False, True, True, True, True]
    assert rows[0].note == "不计应到：年老体弱卧床不起或长期患病生活不能自理；瘫痪；免评，不评定等次"
    assert rows[1].note == "不计应到：自费出国（出境）半年以上"
    assert rows[2].note == "在流入地党组织参加"


def test_leaders_who_are_not_rated_are_not_graded() -> None:
    made = evening("setup", members=4)
    RosterEntry.objects.filter(ordinal=2).update(is_subject=False, is_leader_exempt=True)
    made.ballot.delete()
    made.ballot = setup.prepare_ballot(meeting=made.meeting, by=made.secretary)
    bring_to(made, "certified")
    begin(made)
    row = Assessment.objects.get(ordinal=2)
    assert (row.graded, row.note) == (False, "已参加领导班子民主生活会；免评，不评定等次")


def test_only_the_branchs_clerks_begin_and_only_from_a_certified_ballot() -> None:
    made = evening("matched", members=3)
    with pytest.raises(NotAllowed, match="结果核定以后"):
        begin(made)
    with pytest.raises(NotAllowed, match="由本支部书记"):
        begin(made, account_with(Role.PUBLICITY, made.organization))
    bring = evening("certified", members=3)
    bring.campaign.status = "closed"
    bring.campaign.save()
    with pytest.raises(NotAllowed, match="已经结束"):
        begin(bring)
    empty = evening("certified", members=3)
    empty.ballot.subjects.all()
    assert begin(empty).status == DRAFT


def test_a_committees_ballot_is_nothing_to_begin_from() -> None:
    made = evening("certified", members=8, preset="xinyi_2018", subject_kind="committee")
    assert present.present_ballot(made.campaign, made.organization) is None
    with pytest.raises(NotAllowed, match="结果核定以后"):
        begin(made)


def test_beginning_again_changes_nothing() -> None:
    found = assessed("written", members=3)
    again = begin(found.evening)
    assert again.pk == found.sheet.pk
    assert again.version == found.sheet.version
    assert [row.grade for row in found.rows] == ["qualified"] * 3
    assert not AuditEvent.objects.filter(action="refresh_assessment").exists()


def test_a_decided_sheet_is_left_alone_by_beginning_again() -> None:
    found = assessed("decided", members=3)
    exempt_from_count(entry=found.rows[0].entry, reason="abroad", rated=False, why="出国", by=found.secretary)
    assert begin(found.evening).status == EFFECTIVE
    assert found.rows[0].graded


def test_a_draft_follows_the_roster_and_somebody_exempted_loses_the_grade() -> None:
    found = assessed("written", members=3)
    first = found.rows[0]
    exempt_from_count(entry=first.entry, reason="abroad", rated=False, why="出国", by=found.secretary)
    with pytest.raises(NotAllowed, match="花名册在提出意见以后有变更"):
        decide(found)
    before = found.sheet.version
    begin(found.evening)
    row = found.rows[0]
    assert (row.graded, row.grade, row.version) == (False, "", first.version + 1)
    assert row.opinion == first.opinion
    assert found.reload().version == before + 1
    assert decide(found).status == EFFECTIVE


def test_a_draft_whose_ballot_was_voided_goes_on_with_the_new_one() -> None:
    found = assessed("written", members=3)
    made = found.evening
    setup.void_ballot(ballot=made.reload(), by=made.secretary, reason="票箱没有当场清点")
    with pytest.raises(NotAllowed, match="已经作废"):
        save(found.rows[0], found.secretary, opinion="改一改")
    made.ballot = setup.prepare_ballot(meeting=made.meeting, by=made.secretary)
    bring_to(made, "certified")
    begin(made)
    assert found.reload().ballot_id == made.ballot.pk
    assert [row.grade for row in found.rows] == ["qualified"] * 3
    assert decide(found).status == EFFECTIVE


def test_another_round_begins_its_own_sheet_and_leaves_the_old_one() -> None:
    found = assessed("decided", members=3)
    made = found.evening
    order_redo(campaign=made.campaign, organization=made.organization, reason="走过场", by=found.office)
    Run.objects.update(opened_at=timezone.now() + datetime.timedelta(minutes=1))
    assert present.present_sheet(made.campaign, made.organization) is None
    assert present.present_ballot(made.campaign, made.organization) is None
    with pytest.raises(NotAllowed, match="结果核定以后"):
        begin(made)
    setup.void_ballot(ballot=made.reload(), by=made.secretary, reason="上级责令重新进行")
    Run.objects.update(opened_at=timezone.now())
    meeting, made.scrutineer, made.tellers = meeting_of(
        made.organization, made.campaign, made.secretary, made.people
    )
    made.meeting = meeting
    made.ballot = setup.prepare_ballot(meeting=meeting, by=made.secretary)
    bring_to(made, "certified")
    second = begin(made)
    assert (second.round_no, second.status) == (2, DRAFT)
    assert found.reload().status == EFFECTIVE
    assert found.sheet.ballot.status == BallotStatus.VOID


# Written


def test_saving_without_a_grade_keeps_it_empty() -> None:
    found = assessed("draft", members=3)
    row = save(found.rows[0], found.secretary, evidence={"performance": " 防汛带头 ", "tasks": ""})
    assert (row.grade, row.opinion, row.evidence) == ("", "肯吃苦。", {"performance": "防汛带头"})
    assert row.version == 1
    assert found.reload().version == 1
    event = AuditEvent.objects.get(action="save_assessment")
    assert event.detail == {"assessment": str(row.pk), "version": 1, "graded": False}


def test_the_same_again_is_taken_as_saved_and_something_else_is_not_overwritten() -> None:
    found = assessed("draft", members=3)
    row = found.rows[0]
    save(row, found.secretary, grade="basic")
    assert save(row, found.secretary, version=0, grade="basic").version == 1
    with pytest.raises(Stale) as stale:
        save(row, found.secretary, version=0, grade="qualified")
    assert isinstance(stale.value.saved, Assessment)
    assert stale.value.saved.grade == "basic"
    assert AuditEvent.objects.filter(action="save_assessment").count() == 1


def test_what_may_not_be_kept_is_refused_with_the_reason() -> None:
    found = assessed("draft", members=3, probationary=1)
    graded = next(row for row in found.rows if row.graded)
    new = next(row for row in found.rows if not row.graded)
    for row, typed, reason in (
        (new, {"grade": "excellent"}, "预备党员，不评定等次，不能填写等次"),
        (graded, {"grade": "好"}, "从给出的等次里选"),
        (graded, {"evidence": {"ballot": "8 票"}}, "不用填写"),
        (graded, {"opinion": "长" * 1001}, "最多 1000 个字"),
        (graded, {"evidence": {"tasks": "长" * 301}}, "最多 300 个字"),
    ):
        with pytest.raises(NotAllowed, match=reason):
            save(row, found.secretary, **typed)
    with pytest.raises(NotAllowed, match="由本支部书记"):
        save(graded, found.office)
    assert {(row.opinion, row.grade) for row in found.rows} == {("", "")}


def test_nothing_is_written_once_it_is_out_of_hand() -> None:
    for stage, word in (("awaiting", "待上级确认"), ("decided", "已评定")):
        found = assessed(stage, members=3)
        with pytest.raises(NotAllowed, match=f"现在是「{word}」，评定意见不能再改"):
            save(found.rows[0], found.secretary, opinion="改一改")
        with pytest.raises(NotAllowed, match=word):
            hear(found, found.rows[0])


def test_a_hearing_is_noted_once_with_who_when_and_what() -> None:
    found = assessed("draft", members=3)
    row = found.rows[0]
    hear(found, row)
    hear(found, row)
    assert Hearing.objects.count() == 1
    assert AuditEvent.objects.filter(action="note_hearing").count() == 1
    today = timezone.localdate()
    for held_on, who, said, reason in (
        (today + datetime.timedelta(days=1), "刘书记", "没有意见", "还没有到"),
        (today, " ", "没有意见", "写明谈话人"),
        (today, "刘书记", " ", "写明谈话人"),
        (today, "长" * 101, "没有意见", "最多 100 个字"),
        (today, "刘书记", "长" * 1001, "最多 1000 个字"),
    ):
        with pytest.raises(NotAllowed, match=reason):
            assessing.note_hearing(
                assessment=row, held_on=held_on, heard_by=who, statement=said, by=found.secretary
            )


# What the program knows


def test_attendance_is_counted_once_a_meeting_however_many_sittings_it_had() -> None:
    found = assessed("draft", members=3)
    made = found.evening
    row = found.rows[0]
    first, cancelled = (
        Meeting.objects.create(
            organization=made.organization,
            campaign=made.campaign,
            kind=MeetingKind.THEMATIC,
            starts_at=timezone.now() - datetime.timedelta(days=days),
            place="礼堂",
            status=status,
        )
        for days, status in ((5, MeetingStatus.CLOSED), (9, MeetingStatus.CANCELLED))
    )
    second = Meeting.objects.create(
        organization=made.organization,
        campaign=made.campaign,
        kind=MeetingKind.THEMATIC,
        starts_at=timezone.now() - datetime.timedelta(days=4),
        place="礼堂",
        status=MeetingStatus.CLOSED,
        continues=first,
    )
    Attendance.objects.create(meeting=first, entry=row.entry, status=AttendanceStatus.ABSENT)
    Attendance.objects.create(meeting=second, entry=row.entry, status=AttendanceStatus.PRESENT)
    Attendance.objects.create(meeting=cancelled, entry=row.entry, status=AttendanceStatus.LEAVE)
    Attendance.objects.create(
        meeting=first, entry=found.rows[1].entry, status=AttendanceStatus.NOT_COUNTED, reason="abroad"
    )
    Attendance.objects.create(meeting=first, entry=found.rows[2].entry, status=AttendanceStatus.LEAVE)
    write_all(found)
    decide(found)
    read = [KnownFacts.read(row.facts).attended for row in found.rows]
    assert read == [Attended(present=2), Attended(present=1), Attended(present=1, leave=1)]


def test_dues_are_looked_at_where_the_rules_keep_a_ledger_or_name_them() -> None:
    for rules, asked in (
        ({"dues_ledger": True}, True),
        ({"assessment_evidence": ["dues"]}, True),
        ({}, False),
    ):
        found = assessed("decided", members=3, rules=rules)
        known = KnownFacts.read(found.rows[0].facts)
        assert known.dues == (DuesPaid() if asked else None)


# The cap


@pytest.mark.parametrize(("base", "number"), [("full_members", 7), ("assessed", 6), ("present", 8)])
def test_the_base_is_counted_as_the_rules_say(base: str, number: int) -> None:
    made = evening("certified", members=7, probationary=1, rules={"excellent_base": base})
    entry = RosterEntry.objects.filter(kind="full")[0]
    exempt_from_count(entry=entry, reason="abroad", rated=False, why="出国", by=made.secretary)
    sheet = begin(made)
    cap = reckon_cap(sheet, list(sheet.assessments.all()), sheet.rules())
    assert cap is not None
    assert (cap.base, cap.number, cap.share, cap.chosen) == (base, number, Fraction(1, 3), 0)


def test_a_member_who_left_the_branch_is_no_longer_in_the_base() -> None:
    found = assessed("written", members=6)
    Member.objects.filter(pk=found.rows[0].entry.member_id).update(standing=Standing.TRANSFERRED)
    decide(found)
    cap = found.sheet.decided_cap
    assert cap is not None
    assert (cap.number, cap.most) == (5, 1)


def test_without_a_share_or_a_scale_there_is_no_cap() -> None:
    for how in ({"rules": {"excellent_cap": None}}, {"preset": "luoyang_2014"}):
        found = assessed("decided", members=3, **how)
        assert found.sheet.cap == {}
        assert found.sheet.decided_cap is None


# Decided


def test_a_decision_within_the_cap_takes_effect_and_owes_everybody_feedback() -> None:
    found = assessed("decided", members=6, probationary=1, grades={0: "excellent"})
    sheet = found.sheet
    day = found.evening.meeting.day
    assert (sheet.status, sheet.meeting_id, sheet.decided_on, sheet.effective_on) == (
        EFFECTIVE,
        found.evening.meeting.pk,
        day,
        day,
    )
    assert sheet.cap_reason == ""
    assert Feedback.objects.filter(status=FeedbackStatus.OWED).count() == 7
    assert not HelpPlan.objects.exists()
    assert AuditEvent.objects.get(action="decide").detail == {"from": "draft", "to": "effective"}


def test_the_last_grade_but_one_owes_a_help_plan() -> None:
    found = assessed("decided", members=4, grades={1: "basic"})
    plan = HelpPlan.objects.get()
    assert (plan.assessment_id, plan.status) == (found.rows[1].pk, HelpStatus.OWED)


def test_over_the_cap_the_superior_is_asked_and_what_it_confirms_takes_effect() -> None:
    found = assessed("awaiting", members=3)
    sheet = found.sheet
    assert (sheet.status, sheet.cap_reason, sheet.effective_on) == (AWAITING, REASON, None)
    assert sheet.cap == {
        "share": "1/3",
        "base": "full_members",
        "number": 3,
        "chosen": 3,
        "grade": "优秀",
    }
    assert not Feedback.objects.exists()
    told = Notice.objects.get(recipient=found.office, kind__startswith="assessment_asked")
    assert "超过优秀比例，请确认" in told.title
    assessing_decisions.confirm(sheet=sheet, version=sheet.version, note="同意", by=found.office)
    sheet = found.reload()
    assert (sheet.status, sheet.effective_on, sheet.parent_note) == (
        EFFECTIVE,
        timezone.localdate(),
        "同意",
    )
    assert Feedback.objects.count() == 3
    assert Notice.objects.filter(recipient=found.secretary, kind__startswith="assessment_confirmed").exists()


def test_the_superior_returns_it_and_the_branch_decides_anew() -> None:
    found = assessed("awaiting", members=3)
    assessing_decisions.return_sheet(
        sheet=found.sheet, version=found.sheet.version, note="请再研究", by=found.office
    )
    sheet = found.reload()
    assert (sheet.status, sheet.cap, sheet.parent_note) == (DRAFT, {}, "请再研究")
    told = Notice.objects.get(recipient=found.secretary, kind__startswith="assessment_returned")
    assert told.body == "意见：请再研究"
    for row in found.rows[1:]:
        save(row, found.secretary, opinion=row.opinion, grade="qualified")
    sheet = decide(found)
    assert (sheet.status, sheet.parent_note, sheet.cap_reason) == (EFFECTIVE, "", "")


def test_it_is_taken_back_while_the_superior_has_it() -> None:
    found = assessed("awaiting", members=3)
    assessing_decisions.take_back(sheet=found.sheet, by=found.secretary)
    assert (found.reload().status, found.sheet.cap) == (DRAFT, {})
    with pytest.raises(Stale):
        assessing_decisions.confirm(
            sheet=found.sheet, version=found.sheet.version - 1, note="", by=found.office
        )
    with pytest.raises(NotAllowed, match="现在是「提出意见」，不能再确认"):
        assessing_decisions.confirm(sheet=found.sheet, version=found.sheet.version, note="", by=found.office)


def test_over_the_cap_it_takes_effect_at_once_where_nobody_above_has_to_confirm() -> None:
    rules = {"excellent_parent_confirms": False}
    found = assessed("written", members=3, grades={0: "excellent", 1: "excellent"}, rules=rules)
    with pytest.raises(NotAllowed, match="请写明理由"):
        decide(found, cap_reason=" ")
    sheet = decide(found)
    assert (sheet.status, sheet.cap_reason) == (EFFECTIVE, REASON)


def test_over_the_cap_is_refused_where_the_rules_allow_none() -> None:
    rules = {"excellent_hard_block": True}
    found = assessed("written", members=3, grades={0: "excellent", 1: "excellent"}, rules=rules)
    with pytest.raises(NotAllowed, match="超过 1 人。本次活动不允许超过"):
        decide(found)
    assert found.reload().status == DRAFT
    assert found.sheet.cap == {}


@pytest.mark.parametrize("members", [1, 2])
def test_of_one_or_two_members_one_of_the_best_grade_is_over_the_cap(members: int) -> None:
    made = evening("certified", members=3)
    sheet = begin(made)
    leaving = [row.entry.member_id for row in sheet.assessments.all()][members:]
    Member.objects.filter(pk__in=leaving).update(standing=Standing.TRANSFERRED)
    rows = list(sheet.assessments.all())
    rows[0].grade = "excellent"
    cap = reckon_cap(sheet, rows, sheet.rules())
    assert cap is not None
    assert (cap.number, cap.most, cap.over) == (members, 0, 1)


def test_a_decision_rests_on_what_was_read() -> None:
    found = assessed("written", members=3)
    version = found.sheet.version
    save(found.rows[0], found.secretary, opinion="别人又改了")
    with pytest.raises(Stale):
        assessing_decisions.decide(
            sheet=found.sheet,
            version=version,
            meeting=found.evening.meeting,
            decided_on=found.evening.meeting.day,
            cap_reason="",
            by=found.secretary,
        )


def test_it_is_decided_once() -> None:
    found = assessed("decided", members=3)
    with pytest.raises(NotAllowed, match="现在是「已评定」"):
        decide(found)
    assert Feedback.objects.count() == 3


def test_only_fitting_meetings_are_offered() -> None:
    found = assessed("written", members=3)
    made = found.evening
    assert assessing_decisions.fitting_meetings(found.sheet) == [made.meeting]

    def meeting(**fields: object) -> Meeting:
        values: dict[str, object] = {
            "organization": made.organization,
            "campaign": made.campaign,
            "kind": MeetingKind.COMMITTEE,
            "starts_at": timezone.now() + datetime.timedelta(hours=1),
            "place": "会议室",
            "status": MeetingStatus.CLOSED,
        }
        return Meeting.objects.create(**{**values, **fields})

    fits = meeting()
    meeting(kind=MeetingKind.BRIEFING)
    meeting(status=MeetingStatus.PLANNED)
    meeting(starts_at=timezone.now() - datetime.timedelta(days=3))
    assert assessing_decisions.fitting_meetings(found.sheet) == [fits, made.meeting]
    committee = assessed("written", members=3, rules={"assessment_by": "committee"})
    assert assessing_decisions.fitting_meetings(committee.sheet) == []


def test_where_no_assessment_is_asked_for_no_meeting_and_no_opinion_is_needed() -> None:
    found = assessed("draft", members=5, preset="xianning_2015")
    sheet = assessing_decisions.decide(
        sheet=found.sheet,
        version=found.sheet.version,
        meeting=None,
        decided_on=None,
        cap_reason="",
        by=found.secretary,
    )
    assert (sheet.status, sheet.effective_on) == (EFFECTIVE, timezone.localdate())
    assert Feedback.objects.count() == 5
    assert assessing_decisions.fitting_meetings(sheet) == []


# The ballot it rests on


def test_a_ballot_is_not_voided_under_a_decision() -> None:
    for stage, reason in (("decided", "请上级责令重新进行"), ("awaiting", "请先撤回组织评定")):
        found = assessed(stage, members=3)
        with pytest.raises(NotAllowed, match=reason):
            setup.void_ballot(ballot=found.evening.reload(), by=found.secretary, reason="重来")
        assert found.evening.reload().status == BallotStatus.CERTIFIED
