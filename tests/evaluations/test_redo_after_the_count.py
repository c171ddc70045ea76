"""A superior orders the year's round to be held again: the old assessment stays to be read, and holds nothing up."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, User
from branches.workflow import CAMPAIGN, NotAllowed, perform
from branches.workflow.closing import holding
from config.home.steps_page import redo
from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus, Feedback, HelpPlan
from evaluations.services import assessing, assessing_decisions, feedback, follow_up
from evaluations.services.exporting import standing_sheets
from evaluations.services.setup import prepare_ballot
from meetings.models import Meeting
from tests.factories.assessing import Assessed, assessed, decide, write_all
from tests.factories.evaluations import Evening, account_of, bring_to, meeting_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]

OLD = "上级已经责令重新进行，这是上一轮的评定，只供查看。"


def order_again(found: Assessed) -> None:
    """The office orders another round."""
    redo(
        campaign=found.sheet.campaign,
        organization=found.sheet.organization,
        reason="程序不符合规定",
        by=found.office,
    )
    found.reload()


def held_again(found: Assessed) -> Assessed:
    """The second round: a meeting, a ballot that is certified, and an assessment that is begun."""
    old = found.evening
    branch, campaign = old.organization, Campaign.objects.get(pk=old.campaign.pk)
    meeting, scrutineer, tellers = meeting_of(branch, campaign, old.secretary, old.people)
    ballot = prepare_ballot(meeting=meeting, by=old.secretary)
    made = Evening(branch, campaign, meeting, old.people, old.secretary, scrutineer, tellers, ballot)
    bring_to(made, "certified")
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now())  # held today, not tomorrow
    meeting.refresh_from_db()
    sheet = assessing.begin_assessment(campaign=campaign, organization=branch, by=old.secretary)
    return Assessed(made, sheet, found.office)


def tell(found: Assessed, rows: list[Feedback]) -> None:
    """Note that these were told today."""
    feedback.give_all(
        feedbacks=rows, given_by="何文", given_on=timezone.localdate(), mode="talk", by=found.secretary
    )


def feedback_of(sheet: AssessmentSheet) -> list[Feedback]:
    """The feedback of a sheet in roster order."""
    return list(Feedback.objects.filter(assessment__sheet=sheet).order_by("assessment__ordinal"))


def test_every_step_of_the_old_round_is_refused_with_the_reason() -> None:
    draft, waiting, decided = assessed("written"), assessed("awaiting"), assessed("decided")
    for found in (draft, waiting, decided):
        order_again(found)
    row = draft.rows[0]
    one = feedback_of(decided.sheet)[0]
    today = timezone.localdate()
    steps: list[Callable[[], object]] = [
        lambda: assessing.save_assessment(
            assessment=row,
            version=row.version,
            opinion="改写",
            grade="basic",
            evidence={},
            by=draft.secretary,
        ),
        lambda: assessing.note_hearing(
            assessment=row, held_on=today, heard_by="何文", statement="没有意见", by=draft.secretary
        ),
        lambda: decide(draft),
        lambda: assessing_decisions.take_back(sheet=waiting.sheet, by=waiting.secretary),
        lambda: assessing_decisions.confirm(
            sheet=waiting.sheet, version=waiting.sheet.version, note="同意", by=waiting.office
        ),
        lambda: assessing_decisions.return_sheet(
            sheet=waiting.sheet, version=waiting.sheet.version, note="再研究", by=waiting.office
        ),
        lambda: tell(decided, [one]),
    ]
    for step in steps:
        with pytest.raises(NotAllowed, match=OLD):
            step()
    assert draft.reload().status == AssessmentStatus.DRAFT
    assert waiting.reload().status == AssessmentStatus.AWAITING
    assert {row.opinion for row in draft.rows} & {"改写"} == set()
    assert Feedback.objects.get(pk=one.pk).status == "owed"


def test_who_was_told_in_the_old_round_takes_no_further_step_there() -> None:
    found = assessed("decided", grades={0: "basic"})
    told, objected = feedback_of(found.sheet)[:2]
    tell(found, [told, objected])
    feedback.object_to(feedback=objected, objection="不同意", by=found.secretary, on_paper=True)
    order_again(found)
    steps: list[Callable[[], object]] = [
        lambda: feedback.acknowledge(feedback=told, on_paper=True, by=found.secretary),
        lambda: feedback.object_to(feedback=told, objection="不同意", by=found.secretary, on_paper=True),
        lambda: feedback.answer(feedback=objected, answer="已说明", by=found.secretary),
    ]
    for step in steps:
        with pytest.raises(NotAllowed, match=OLD):
            step()


def test_help_of_the_old_round_goes_no_further() -> None:
    found = assessed("decided", grades={0: "basic"})
    plan = HelpPlan.objects.get()
    order_again(found)
    with pytest.raises(NotAllowed, match=OLD):
        follow_up.start(
            plan=plan,
            version=plan.version,
            measures="每月谈一次心",
            helper="何文",
            review_on=timezone.localdate() + datetime.timedelta(days=30),
            by=found.secretary,
        )
    with pytest.raises(NotAllowed, match=OLD):
        follow_up.open_plan(assessment=found.rows[1], by=found.secretary)
    assert HelpPlan.objects.get().status == "owed"


def test_the_old_sheet_its_feedback_and_its_forms_stay_to_be_read(client_of: ClientOf) -> None:
    found = assessed("decided", grades={0: "basic"})
    tell(found, feedback_of(found.sheet)[:1])
    member = account_of(found.rows[0].entry.member)
    order_again(found)
    pk, browser = found.sheet.pk, client_of(found.secretary)
    sheet = browser.get(reverse("evaluations:assessment", args=[pk])).content.decode()
    assert OLD in sheet
    assert found.rows[0].opinion in sheet
    assert "基本合格" in sheet
    page = browser.get(reverse("evaluations:feedback", args=[pk])).content.decode()
    assert OLD in page
    assert "何文" in page
    assert 'name="given_on"' not in page  # nothing is asked for that cannot be kept
    told = browser.get(reverse("evaluations:feedback_one", args=[feedback_of(found.sheet)[0].pk]))
    assert OLD in told.content.decode()
    assert "登记：本人已在纸面上签字" not in told.content.decode()
    listed = browser.get(reverse("evaluations:registration", args=[pk]))
    assert found.rows[0].name in listed.content.decode()
    row = found.rows[0].pk
    form = browser.post(reverse("evaluations:registration_one", args=[pk, row]), {"format": "docx"})
    assert form.status_code == 200
    own = client_of(member).get(reverse("evaluations:own_result")).content.decode()
    assert "还没有向您反馈" in own  # what is to be held again is no result


def test_no_page_to_write_on_is_offered_in_the_old_round(client_of: ClientOf) -> None:
    draft, waiting = assessed("draft", members=3), assessed("awaiting", members=3)
    pages = [
        (draft, draft.secretary, "assessment_row", [draft.sheet.pk, draft.rows[0].pk]),
        (draft, draft.secretary, "assessment_decide", [draft.sheet.pk]),
        (waiting, waiting.office, "assessment_confirm", [waiting.sheet.pk]),
    ]
    for found in (draft, waiting):
        order_again(found)
    for found, by, name, args in pages:
        answer = client_of(by).get(reverse(f"evaluations:{name}", args=args), follow=True)
        assert answer.redirect_chain == [(reverse("evaluations:assessment", args=[found.sheet.pk]), 302)]
        assert OLD in answer.content.decode()
    typed = {"opinion": "打了一半的意见", "grade": "qualified", "version": 0}
    url = reverse("evaluations:assessment_row", args=[draft.sheet.pk, draft.rows[0].pk])
    page = client_of(draft.secretary).post(url, typed).content.decode()
    assert OLD in page
    assert "打了一半的意见" in page


def test_the_new_round_has_a_ballot_a_sheet_and_feedback_of_its_own() -> None:
    found = assessed("decided", members=5, grades={0: "basic"})
    campaign, branch = found.sheet.campaign, found.sheet.organization
    before = [(row.pk, row.opinion, row.grade) for row in found.rows]
    order_again(found)
    assert holding(campaign) == []
    with pytest.raises(NotAllowed, match="民主测评结果核定以后"):
        assessing.begin_assessment(campaign=campaign, organization=branch, by=found.secretary)
    again = held_again(found)
    assert (again.sheet.round_no, again.sheet.ballot_id) == (2, again.evening.ballot.pk)
    assert again.sheet.ballot_id != found.sheet.ballot_id
    assert {(row.opinion, row.grade) for row in again.rows} == {("", "")}
    assert [str(hold) for hold in holding(campaign)] == [f"{branch.short_name}（还没有评定）"]
    write_all(again)
    decide(again)
    assert again.sheet.status == AssessmentStatus.EFFECTIVE
    assert [str(hold) for hold in holding(campaign)] == [f"{branch.short_name}（5 人还没有反馈）"]
    tell(again, feedback_of(again.sheet))
    assert {one.status for one in feedback_of(found.sheet)} == {"owed"}
    assert holding(campaign) == []
    kept = Assessment.objects.filter(sheet=found.sheet).order_by("ordinal")
    assert [(row.pk, row.opinion, row.grade) for row in kept] == before
    standing = standing_sheets(campaign=campaign, organization=branch, reader=found.secretary)
    assert [sheet.pk for _branch, sheet in standing.taken()] == [again.sheet.pk]
    assert (
        perform(CAMPAIGN, Campaign.objects.get(pk=campaign.pk), "close", by=found.office).status == "closed"
    )
