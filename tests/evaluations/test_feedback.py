"""Every member is told, takes note of it or objects; an objection is answered."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.models import AuditEvent, Notice, Role, User
from branches.workflow import NotAllowed
from evaluations.models import Feedback, FeedbackMode, FeedbackStatus
from evaluations.services import feedback as feedbacks
from tests.factories.branches import AppointmentFactory, account_with
from tests.factories.following import Followed, followed

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def give(made: Followed, number: int, *, by: User | None = None, **said: Any) -> Feedback:
    """Note that one member was told; today in a talk unless `said` says otherwise."""
    told: dict[str, Any] = {"given_by": "刘德福", "given_on": TODAY(), "mode": FeedbackMode.TALK, **said}
    return feedbacks.give(feedback=made.again(number), by=by or made.secretary, **told)


def notices(kind: str) -> set[tuple[str, str]]:
    """Who was told what in this kind of notice."""
    return set(Notice.objects.filter(kind=kind).values_list("recipient__username", "title"))


def test_who_told_when_and_how_is_kept_and_the_record_names_nobody() -> None:
    made = followed()
    told = give(made, 1, given_by="  刘德福  ")
    assert (told.status, told.given_by, told.given_on, told.mode) == ("given", "刘德福", TODAY(), "talk")
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.about) == ("give", "evaluations.feedback")
    assert event.detail == {"from": "owed", "to": "given"}


def test_one_evening_of_talks_is_noted_in_one_go() -> None:
    made = followed()
    given = feedbacks.give_all(
        feedbacks=made.owed[1:4], given_by="刘德福", given_on=TODAY(), mode="phone", by=made.secretary
    )
    assert [one.status for one in given] == ["given"] * 3
    assert Feedback.objects.filter(status="given", mode="phone").count() == 3


def test_an_evening_of_talks_is_noted_whole_or_not_at_all() -> None:
    made = followed()
    give(made, 2)
    with pytest.raises(NotAllowed, match=f"{made.rows[2].name}：现在是「已反馈」"):
        made.tell(1, 2, 3)
    assert Feedback.objects.filter(status="given").count() == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"given_by": "  "}, "请写明反馈人"),
        ({"mode": "mail"}, "请选择反馈的方式"),
        ({"given_on": datetime.date(2014, 8, 20)}, "评定那天和今天之间"),
        ({"given_on": datetime.date(2999, 1, 1)}, "评定那天和今天之间"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_kept(said: dict[str, Any], why: str) -> None:
    made = followed()
    with pytest.raises(NotAllowed, match=why):
        give(made, 1, **said)
    assert made.again(1).given_on is None


def test_nobody_chosen_is_told_so() -> None:
    made = followed()
    with pytest.raises(NotAllowed, match="请先选择"):
        feedbacks.give_all(feedbacks=[], given_by="", given_on=TODAY(), mode="talk", by=made.secretary)


def test_without_a_day_of_decision_only_a_day_to_come_is_refused() -> None:
    made = followed()
    type(made.sheet).objects.update(decided_on=None)
    assert feedbacks.told_since(made.owed[1].assessment) == made.sheet.effective_on


def test_nobody_notes_the_own_feedback() -> None:
    made = followed()
    own = made.account(0)
    AppointmentFactory.create(role=Role.DEPUTY, organization=made.evening.organization, user=own)
    with pytest.raises(NotAllowed, match="对自己的反馈"):
        give(made, 0, by=own)


def test_who_is_told_in_writing_hears_of_it_and_others_do_not() -> None:
    made = followed()
    person = made.account(1)
    give(made, 1, mode=FeedbackMode.WRITING)
    give(made, 2)
    assert notices("feedback_given") == {(person.username, "支部向您书面反馈了评议意见，请查看")}


def test_the_member_takes_note_in_person_or_signs_on_paper() -> None:
    made = followed()
    made.tell(1, 2)
    person = made.account(1)
    seen = feedbacks.acknowledge(feedback=made.again(1), on_paper=False, by=person)
    assert (seen.status, seen.acknowledged_on, seen.on_paper) == ("acknowledged", TODAY(), False)
    signed = feedbacks.acknowledge(feedback=made.again(2), on_paper=True, by=made.secretary)
    assert (signed.status, signed.on_paper) == ("acknowledged", True)


def test_nobody_presses_the_button_for_another() -> None:
    made = followed()
    made.tell(1)
    with pytest.raises(NotAllowed, match="只能按纸面签字登记"):
        feedbacks.acknowledge(feedback=made.again(1), on_paper=False, by=made.secretary)
    with pytest.raises(NotAllowed, match="本人请"):
        feedbacks.acknowledge(feedback=made.again(1), on_paper=True, by=made.account(1))
    other = account_with(None, made.evening.organization)
    with pytest.raises(NotAllowed, match="由本人表示"):
        feedbacks.acknowledge(feedback=made.again(1), on_paper=True, by=other)


def test_nobody_takes_note_of_what_was_not_told() -> None:
    made = followed()
    with pytest.raises(NotAllowed, match="待反馈"):
        feedbacks.acknowledge(feedback=made.again(1), on_paper=True, by=made.secretary)


def test_an_objection_is_kept_and_the_leaders_hear_that_there_is_one() -> None:
    made = followed()
    made.tell(1)
    objected = feedbacks.object_to(feedback=made.again(1), objection=" 任务已经完成 ", by=made.account(1))
    assert (objected.status, objected.objection, objected.objected_on) == (
        "objected",
        "任务已经完成",
        TODAY(),
    )
    title = f"{made.rows[1].name}对评议意见有异议，请研究答复"
    assert notices("feedback_objected") == {(made.secretary.username, title)}
    assert "任务" not in "".join(Notice.objects.values_list("body", flat=True))


def test_an_objection_on_paper_is_noted_by_the_branch_and_after_taking_note() -> None:
    made = followed()
    made.tell(1)
    feedbacks.acknowledge(feedback=made.again(1), on_paper=True, by=made.secretary)
    objected = feedbacks.object_to(
        feedback=made.again(1), objection="情况不符", by=made.secretary, on_paper=True
    )
    assert objected.status == FeedbackStatus.OBJECTED
    assert notices("feedback_objected") == set()  # the one who noted it knows


@pytest.mark.parametrize(("text", "why"), [("  ", "请写下本人的异议"), ("长" * 1001, "最多写 1000 个字")])
def test_an_objection_says_something_that_can_be_kept(text: str, why: str) -> None:
    made = followed()
    made.tell(1)
    with pytest.raises(NotAllowed, match=why):
        feedbacks.object_to(feedback=made.again(1), objection=text, by=made.account(1))
    assert made.again(1).objection == ""


def test_nobody_objects_to_what_was_not_told() -> None:
    made = followed()
    with pytest.raises(NotAllowed, match="待反馈"):
        feedbacks.object_to(feedback=made.again(1), objection="不同意", by=made.account(1))


def test_an_objection_is_answered_by_the_leaders_and_the_member_hears_of_it() -> None:
    made = followed()
    made.tell(1, 2)
    person = made.account(1)
    feedbacks.object_to(feedback=made.again(1), objection="不同意", by=person)
    feedbacks.object_to(feedback=made.again(2), objection="不同意", by=made.secretary, on_paper=True)
    with pytest.raises(NotAllowed, match="请写下对异议的答复"):
        feedbacks.answer(feedback=made.again(1), answer=" ", by=made.secretary)
    for number in (1, 2):
        answered = feedbacks.answer(feedback=made.again(number), answer="已当面说明", by=made.secretary)
        assert (answered.status, answered.answer, answered.answered_on) == ("answered", "已当面说明", TODAY())
    expected = {(person.username, "支部答复了您提出的异议，请查看")}
    if other := made.rows[2].entry.member.user:
        expected.add((other.username, "支部答复了您提出的异议，请查看"))
    assert notices("feedback_answered") == expected
    with pytest.raises(NotAllowed, match="异议已答复"):
        feedbacks.answer(feedback=made.again(1), answer="再答复", by=made.secretary)
