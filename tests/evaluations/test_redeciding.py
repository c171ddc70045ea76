"""After an objection a meeting may decide anew: what was is kept, the cap is reckoned again, the member is told again."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.models import AuditEvent, ClosingHold, Notice, Role
from branches.workflow import NotAllowed
from evaluations.models import Feedback, HelpPlan, Redecision
from evaluations.services import feedback as feedbacks
from evaluations.services.redeciding import Decided, Heard, redecide
from meetings.models import Meeting, MeetingStatus
from tests.factories.branches import account_with
from tests.factories.following import Followed, followed, held_meeting

pytestmark = pytest.mark.django_db
ROW = 1


def today() -> datetime.date:
    """Today where the branch is."""
    return timezone.localdate()


def objected(grades: list[str] | None = None, **how: Any) -> Followed:
    """A branch where one member was told and objects."""
    made = followed(grades or [], **how)
    made.tell(ROW)
    feedbacks.object_to(feedback=made.again(ROW), objection="不同意", by=made.account(ROW))
    return made


def meeting_today(made: Followed, **changes: Any) -> Meeting:
    """A meeting of the branch held this moment."""
    meeting = held_meeting(made.evening, changes.pop("kind", "committee"))
    Meeting.objects.filter(pk=meeting.pk).update(**{"starts_at": timezone.now(), **changes})
    return Meeting.objects.get(pk=meeting.pk)


def decided(made: Followed, **changes: Any) -> Decided:
    """What a committee meeting decided today: 基本合格 instead of 合格."""
    usual = Decided(
        meeting=changes.pop("meeting", None) or meeting_today(made),
        decided_on=today(),
        grade="basic",
        opinion="完成任务不够及时。",
        reason="核实了任务登记",
    )
    return dataclasses.replace(usual, **changes)


def test_what_was_and_what_is_are_kept_and_the_member_is_owed_feedback_again() -> None:
    made = objected()
    written = redecide(feedback=made.again(ROW), decided=decided(made), by=made.secretary)
    row = made.rows[ROW]
    row.refresh_from_db()
    made.sheet.refresh_from_db()
    assert (row.grade, row.opinion, row.version, made.sheet.version) == ("basic", "完成任务不够及时。", 1, 1)
    assert (written.old_grade, written.new_grade) == ("qualified", "basic")
    assert (written.old_opinion, written.objection) == (made.rows[0].opinion, "不同意")
    assert str(written) == f"{row.name}重新评定"
    again = made.again(ROW)
    assert (again.status, again.given_on, again.given_by, again.objection, again.objected_on) == (
        "owed",
        None,
        "",
        "",
        None,
    )
    assert ClosingHold.objects.get(kind="feedback").count == 5
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.detail) == ("redecide", {"assessment": str(row.pk), "version": 1})


def test_told_again_only_since_the_new_decision() -> None:
    made = objected()
    redecide(feedback=made.again(ROW), decided=decided(made), by=made.secretary)
    assert feedbacks.told_since(made.rows[ROW]) == today()
    made.tell(ROW)
    feedbacks.object_to(feedback=made.again(ROW), objection="还是不同意", by=made.account(ROW))
    assert made.again(ROW).objection == "还是不同意"


def test_help_is_owed_by_the_new_grade_and_falls_away_while_nothing_was_begun() -> None:
    made = objected()
    redecide(feedback=made.again(ROW), decided=decided(made), by=made.secretary)
    plan = HelpPlan.objects.get(assessment=made.rows[ROW])
    made.tell(ROW)
    feedbacks.object_to(feedback=made.again(ROW), objection="已改正", by=made.account(ROW))
    change = decided(made, grade="qualified", opinion="已经改正。")
    redecide(feedback=made.again(ROW), decided=change, by=made.secretary)
    assert not HelpPlan.objects.filter(pk=plan.pk).exists()


def test_help_that_was_begun_is_left_to_people() -> None:
    made = objected(["qualified", "basic"])
    plan = HelpPlan.objects.create(
        assessment=made.rows[ROW], status="running", measures="结对", helper="刘德福", review_on=today()
    )
    redecide(feedback=made.again(ROW), decided=decided(made, grade="qualified"), by=made.secretary)
    assert HelpPlan.objects.filter(pk=plan.pk, status="running").exists()


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no opinion": ({"opinion": "  "}, "请写明评定意见"),
    "a long opinion": ({"opinion": "长" * 1001}, "最多 1000 个字"),
    "no reason": ({"reason": ""}, "请写明重新评定的理由"),
    "a long reason": ({"reason": "长" * 301}, "最多 300 个字"),
    "another scale": ({"grade": "good"}, "请从给出的等次里选一个"),
    "no grade": ({"grade": ""}, "请从给出的等次里选一个"),
    "a day to come": ({"decided_on": datetime.date(2999, 1, 1)}, "会议那天和今天之间"),
    "a day before the meeting": ({"decided_on": datetime.date(2020, 1, 1)}, "会议那天和今天之间"),
    "the lowest without hearing": ({"grade": "unqualified"}, "改为“不合格”的，要先同本人见面、听取申辩"),
    "heard afterwards": (
        {"heard": Heard(datetime.date(2999, 1, 1), "刘德福", "没有意见")},
        "听取申辩要在重新评定以前",
    ),
    "an empty hearing": ({"heard": Heard(datetime.date(2026, 1, 1), "刘德福", " ")}, "本人的申辩"),
}


def test_what_does_not_fit_is_refused_with_what_to_do_and_nothing_changes() -> None:
    made = objected()
    meeting = meeting_today(made)
    for name, (change, why) in REFUSED.items():
        with pytest.raises(NotAllowed) as refusal:
            redecide(
                feedback=made.again(ROW), decided=decided(made, meeting=meeting, **change), by=made.secretary
            )
        assert why in refusal.value.reason, name
    same = decided(made, meeting=meeting, grade="qualified", opinion=made.rows[ROW].opinion)
    with pytest.raises(NotAllowed, match="评定没有改变"):
        redecide(feedback=made.again(ROW), decided=same, by=made.secretary)
    assert not Redecision.objects.exists()
    assert made.again(ROW).status == "objected"


def test_only_a_meeting_of_this_branch_after_the_objection_decides() -> None:
    made = objected()
    elsewhere = followed()
    wrong = {
        "请选择这样的会议": [
            meeting_today(made, kind="group"),
            meeting_today(elsewhere),
        ],
        "还没有召开": [meeting_today(made, status=MeetingStatus.PLANNED)],
        "早于本人提出异议": [meeting_today(made, starts_at=timezone.now() - datetime.timedelta(days=3))],
    }
    for why, meetings in wrong.items():
        for meeting in meetings:
            with pytest.raises(NotAllowed, match=why):
                redecide(feedback=made.again(ROW), decided=decided(made, meeting=meeting), by=made.secretary)
    Feedback.objects.filter(pk=made.owed[ROW].pk).update(objected_on=None)  # of an older record
    early = meeting_today(made, starts_at=timezone.now() - datetime.timedelta(days=3))
    redecide(feedback=made.again(ROW), decided=decided(made, meeting=early), by=made.secretary)


def test_only_an_open_objection_is_decided_anew_and_only_by_the_leaders() -> None:
    made = objected()
    with pytest.raises(NotAllowed, match="待反馈"):
        redecide(feedback=made.again(0), decided=decided(made), by=made.secretary)
    organizer = account_with(Role.ORGANIZER, made.evening.organization)
    with pytest.raises(NotAllowed, match="支部书记（副书记）答复"):
        redecide(feedback=made.again(ROW), decided=decided(made), by=organizer)


def test_the_lowest_grade_after_a_hearing_and_without_one_where_the_rules_ask_for_none() -> None:
    heard = Heard(datetime.date(2026, 1, 1), "刘德福", "没有意见")
    for rules, hearing in (({}, heard), ({"appeal_before_effect": False}, None)):
        made = objected(rules=rules)
        change = decided(made, grade="unqualified", heard=hearing)
        assert (
            redecide(feedback=made.again(ROW), decided=change, by=made.secretary).new_grade == "unqualified"
        )
        assert made.rows[ROW].hearings.count() == (hearing is not None)


def test_one_more_of_the_best_over_the_cap_is_reasoned_and_agreed_above() -> None:
    made = objected(["excellent"], members=5)  # a third of five is one
    office = account_with(Role.OFFICE, made.evening.campaign.issuer)
    meeting = meeting_today(made)
    best = {"grade": "excellent", "meeting": meeting}
    for more, why in (
        ({}, "超过 1 人。请写明超过比例的理由"),
        ({"cap_reason": "长" * 301}, "超过比例的理由"),
        ({"cap_reason": "任务重"}, "须经上级同意"),
        ({"cap_reason": "任务重", "consent": "长" * 301}, "须经上级同意"),
    ):
        with pytest.raises(NotAllowed, match=why):
            redecide(feedback=made.again(ROW), decided=decided(made, **best, **more), by=made.secretary)
    change = decided(made, **best, cap_reason="任务重", consent="青石镇党委同意")
    redecide(feedback=made.again(ROW), decided=change, by=made.secretary)
    made.sheet.refresh_from_db()
    assert (made.sheet.cap["chosen"], made.sheet.cap_reason) == (2, "任务重")
    assert made.sheet.parent_note == "青石镇党委同意"
    told = Notice.objects.filter(recipient=office, kind__startswith="redecided_over_cap")
    assert "超过 1 人" in told.get().body


def test_where_nobody_above_has_to_agree_a_reason_is_enough() -> None:
    made = objected(["excellent"], rules={"excellent_parent_confirms": False})
    change = decided(made, grade="excellent", cap_reason="任务重")
    redecide(feedback=made.again(ROW), decided=change, by=made.secretary)
    made.sheet.refresh_from_db()
    assert (made.sheet.cap_reason, made.sheet.parent_note) == ("任务重", "")


def test_where_the_rules_forbid_it_nobody_goes_over_the_cap() -> None:
    made = objected(["excellent"], rules={"excellent_hard_block": True})
    with pytest.raises(NotAllowed, match="不允许超过"):
        redecide(
            feedback=made.again(ROW),
            decided=decided(made, grade="excellent", cap_reason="任务重", consent="同意"),
            by=made.secretary,
        )


def test_a_change_below_the_best_grade_asks_nothing_of_a_cap_exceeded_before() -> None:
    made = objected(["excellent", "excellent"])
    redecide(feedback=made.again(ROW), decided=decided(made), by=made.secretary)
    made.sheet.refresh_from_db()
    assert made.sheet.cap["chosen"] == 1


def test_without_grades_only_the_opinion_is_decided_anew() -> None:
    made = objected(preset="luoyang_2014")
    with pytest.raises(NotAllowed, match="只提评定意见，不定等次"):
        redecide(feedback=made.again(ROW), decided=decided(made), by=made.secretary)
    written = redecide(feedback=made.again(ROW), decided=decided(made, grade=""), by=made.secretary)
    assert (written.new_grade, written.new_opinion) == ("", "完成任务不够及时。")


def test_who_is_given_no_grade_gets_none_by_objecting() -> None:
    made = objected()
    type(made.rows[ROW]).objects.filter(pk=made.rows[ROW].pk).update(graded=False, grade="", note="预备党员")
    with pytest.raises(NotAllowed, match="预备党员，不能填写等次"):
        redecide(feedback=made.again(ROW), decided=decided(made), by=made.secretary)
    redecide(feedback=made.again(ROW), decided=decided(made, grade=""), by=made.secretary)


def test_where_nobody_has_to_assess_either_kind_of_meeting_decides_anew() -> None:
    made = objected(rules={"assessment_by": "none"})
    plenary = meeting_today(made, kind="plenary")
    assert (
        redecide(feedback=made.again(ROW), decided=decided(made, meeting=plenary), by=made.secretary).meeting
        == plenary
    )
