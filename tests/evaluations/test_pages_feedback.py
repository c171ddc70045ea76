"""Pages of feedback: an evening of talks noted at once, the member's own page, an objection answered or decided anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Role, User
from branches.services import steps
from evaluations.models import Feedback, HelpPlan, Redecision
from evaluations.services import feedback as feedbacks
from evaluations.services.setup import void_ballot
from meetings.models import Meeting
from tests.factories.branches import AppointmentFactory, account_with
from tests.factories.disposing import plan_of
from tests.factories.evaluations import evening
from tests.factories.following import OPINION, assessed, followed, held_meeting

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def text_of(client: Client, name: str, *args: object) -> str:
    """The page, as text."""
    return client.get(reverse(f"evaluations:{name}", args=args)).content.decode()


def test_an_evening_of_talks_is_noted_with_one_day_and_one_way(client_of: ClientOf) -> None:
    made = followed()
    client, url = client_of(made.secretary), reverse("evaluations:feedback", args=[made.sheet.pk])
    page = client.get(url).content.decode()
    assert "还有 <b>5</b> 人没有反馈" in page
    assert "合格" not in page  # no grade stands here
    told = {"given_by": "刘德福", "given_on": str(timezone.localdate()), "mode": "talk"}
    chosen = [made.owed[1].pk, made.owed[2].pk]
    page = client.post(url, {**told, "people": chosen}, follow=True).content.decode()
    assert "已登记向 2 人反馈。" in page
    assert "还有 <b>3</b> 人没有反馈" in page
    wrong = client.post(url, {**told, "people": [made.owed[3].pk], "given_on": "2999-01-01"})
    assert "评定那天和今天之间" in wrong.content.decode()
    assert "请选择已经反馈的党员" in client.post(url, told).content.decode()
    made.tell(0, 3, 4)
    assert "都已经反馈" in client.get(url).content.decode()
    assert client.post(url, told).status_code == 200  # nobody is left; nothing happens


def test_the_own_name_is_not_among_those_to_choose(client_of: ClientOf) -> None:
    made = followed()
    own = made.account(0)
    AppointmentFactory.create(role=Role.DEPUTY, organization=made.evening.organization, user=own)
    url = reverse("evaluations:feedback", args=[made.sheet.pk])
    assert f'value="{made.owed[0].pk}"' not in client_of(own).get(url).content.decode()
    assert f'value="{made.owed[0].pk}"' in client_of(made.secretary).get(url).content.decode()


def test_who_may_note_nobody_is_told_why(client_of: ClientOf) -> None:
    made = followed()
    own = made.account(0)
    AppointmentFactory.create(role=Role.DEPUTY, organization=made.evening.organization, user=own)
    made.tell(1, 2, 3, 4)
    answer = client_of(own).post(reverse("evaluations:feedback", args=[made.sheet.pk]), {})
    assert answer.status_code == 403
    assert "对自己的反馈" in answer.content.decode()


def test_before_an_assessment_is_in_effect_the_page_says_so(client_of: ClientOf) -> None:
    made = followed()
    made.sheet.assessments.all().delete()
    assert "评定生效以后" in text_of(client_of(made.secretary), "feedback", made.sheet.pk)


def test_the_member_reads_the_reason_before_the_grade_and_nothing_of_others(client_of: ClientOf) -> None:
    made = followed(["excellent", "basic"], members=8)
    plan_of(made, "running")
    client = client_of(made.account(1))
    assert "还没有向您反馈" in text_of(client, "own_result")
    made.tell()
    page = text_of(client, "own_result")
    assert page.index(OPINION) < page.index("基本合格")
    assert "指出差距，帮助改进提高" in page
    assert "每月谈一次心" in page
    others = [row.name for n, row in enumerate(made.rows) if n != 1]
    main = page[page.index("<main") : page.index("</main")]
    assert not [name for name in others if name in main.replace("刘德福", "")]
    for word in ("票", "名次", "优秀", "比例", "%"):
        assert word not in main


def test_the_member_takes_note_then_objects_in_words(client_of: ClientOf) -> None:
    made = followed()
    made.tell()
    client, told = client_of(made.account(1)), made.owed[1]
    url = reverse("evaluations:own_acknowledge", args=[told.pk])
    assert "已记下：您已知悉。" in client.post(url, follow=True).content.decode()
    assert "不能再本人已知悉" in client.post(url, follow=True).content.decode()
    url = reverse("evaluations:own_object", args=[told.pk])
    assert "请填写异议" in client.post(url, {"objection": ""}).content.decode()
    page = client.post(url, {"objection": "任务已经完成"}, follow=True).content.decode()
    assert "支部正在研究" in page
    assert "任务已经完成" in page
    again = client.post(url, {"objection": "还有一条"}).content.decode()
    assert "还有一条" not in again or "不能再本人有异议" in again
    feedbacks.answer(feedback=made.again(1), answer="已当面说明", by=made.secretary)
    assert "已当面说明" in text_of(client, "own_result")


def test_without_a_grade_the_page_says_why_or_nothing(client_of: ClientOf) -> None:
    made = followed(probationary=1, preset="luoyang_2014")
    made.tell()
    for number in range(len(made.rows)):
        assert "评定等次" not in text_of(client_of(made.account(number)), "own_result")
    page = text_of(client_of(made.account(0)), "own_result")
    assert "接下来" not in page
    graded = followed()
    type(graded.rows[0]).objects.filter(pk=graded.rows[0].pk).update(
        graded=False, grade="", note="预备党员，不评定等次"
    )
    graded.tell()
    assert "预备党员，不评定等次" in text_of(client_of(graded.account(0)), "own_result")


def test_what_follows_is_said_in_words_of_the_program_where_the_notice_has_none(client_of: ClientOf) -> None:
    made = followed(rules={"grade_uses": []})
    made.tell()
    assert "肯定优点、提出希望和要求" in text_of(client_of(made.account(0)), "own_result")


def test_earlier_years_are_one_line_each(client_of: ClientOf) -> None:
    made = followed(["qualified", "basic"])
    made.tell()
    person, branch = made.account(1), made.evening.organization
    issuer = branch.superior()
    assert issuer is not None
    old = made.evening.campaign
    Campaign.objects.filter(pk=old.pk).update(year=2025, status="closed")
    later = assessed(evening("certified", organization=branch, members=3))
    number = next(n for n, row in enumerate(later.rows) if row.entry.member.user_id == person.pk)
    page = text_of(client_of(person), "own_result")
    assert "2025年，" in page  # nothing newer was told
    later.tell(number)
    page = text_of(client_of(person), "own_result")
    assert "2026年，" in page
    assert f"<li>2025年，{old.name}：基本合格</li>" in page


def test_a_closed_campaign_is_only_read(client_of: ClientOf) -> None:
    made = followed()
    made.tell()
    Campaign.objects.update(status="closed")
    page = text_of(client_of(made.account(1)), "own_result")
    assert OPINION in page
    assert "我已知悉" not in page
    assert "我有异议" not in page


def test_what_was_ordered_to_be_held_again_is_no_result(client_of: ClientOf) -> None:
    made = followed()
    made.tell()
    office = account_with(Role.OFFICE, made.evening.campaign.issuer)
    client = client_of(made.account(1))
    steps.order_redo(
        campaign=made.evening.campaign,
        organization=made.evening.organization,
        reason="程序不符合规定",
        by=office,
    )  # the ballot stands as yet
    assert "还没有向您反馈" in text_of(client, "own_result")
    void_ballot(ballot=made.evening.ballot, by=made.secretary, reason="重新进行")
    assert "还没有向您反馈" in text_of(client, "own_result")


def test_the_branch_notes_what_was_signed_on_paper_and_answers(client_of: ClientOf) -> None:
    made = followed()
    client, told = client_of(made.secretary), made.owed[1]
    assert "还没有反馈" in text_of(client, "feedback_one", told.pk)
    made.tell()
    signed = client.post(reverse("evaluations:feedback_step", args=[told.pk, "acknowledge"]), follow=True)
    assert "在纸面上签字" in signed.content.decode()
    url = reverse("evaluations:feedback_step", args=[told.pk, "object"])
    assert "请填写异议" in client.post(url, {"objection": " "}).content.decode()
    page = client.post(url, {"objection": "情况不符"}, follow=True).content.decode()
    assert "情况不符" in page
    assert "维持原评定" in page
    assert "不能再" in client.post(url, {"objection": "又一条"}).content.decode()
    url = reverse("evaluations:feedback_step", args=[told.pk, "answer"])
    assert "已说明理由" in client.post(url, {"answer": "已说明理由"}, follow=True).content.decode()


def test_the_superior_sees_that_there_is_an_objection_but_reads_it_only_where_results_go_up(
    client_of: ClientOf,
) -> None:
    for publicity, reads in (("branch_only", False), ("file_up", True)):
        made = followed(rules={"result_publicity": publicity})
        made.tell()
        feedbacks.object_to(feedback=made.again(1), objection="情况不符", by=made.account(1))
        office = account_with(Role.OFFICE, made.evening.campaign.issuer)
        page = text_of(client_of(office), "feedback_one", made.owed[1].pk)
        assert "本人有异议" in page
        assert ("情况不符" in page) == reads


def test_a_meeting_decides_anew_and_the_page_keeps_what_was_typed(client_of: ClientOf) -> None:
    made = followed()
    client, told = client_of(made.secretary), made.owed[1]
    url = reverse("evaluations:redecide", args=[told.pk])
    assert "才重新评定" in client.get(url).content.decode()
    made.tell()
    feedbacks.object_to(feedback=made.again(1), objection="情况不符", by=made.account(1))
    meeting = held_meeting(made.evening)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now())
    data = {
        "meeting": str(meeting.pk),
        "decided_on": str(timezone.localdate()),
        "opinion": "完成任务不够及时。",
        "grade": "unqualified",
        "reason": "核实了任务登记",
    }
    page = client.post(url, data).content.decode()
    assert "要先同本人见面、听取申辩" in page
    assert "完成任务不够及时。" in page
    assert "请填写谈话人" in client.post(url, {**data, "held_on": "2026-01-05"}).content.decode()
    heard = {"held_on": "2026-01-05", "heard_by": "刘德福", "statement": "没有意见"}
    page = client.post(url, {**data, **heard}, follow=True).content.decode()
    assert "已登记重新评定" in page
    assert "核实了任务登记" in page
    assert Redecision.objects.get().new_grade == "unqualified"
    assert not HelpPlan.objects.exists()


def test_without_a_scale_the_form_asks_for_no_grade(client_of: ClientOf) -> None:
    made = followed(preset="luoyang_2014")
    made.tell()
    feedbacks.object_to(feedback=made.again(1), objection="情况不符", by=made.account(1))
    meeting = held_meeting(made.evening)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now())
    client, url = client_of(made.secretary), reverse("evaluations:redecide", args=[made.owed[1].pk])
    assert 'name="grade"' not in client.get(url).content.decode()
    data = {
        "meeting": str(meeting.pk),
        "decided_on": str(timezone.localdate()),
        "opinion": "表现较好。",
        "reason": "核实了任务登记",
    }
    client.post(url, data)
    assert Feedback.objects.get(pk=made.owed[1].pk).status == "owed"


def test_the_list_costs_the_same_queries_for_more_members(client_of: ClientOf) -> None:
    counts = []
    for members in (3, 9):
        made = followed(members=members)
        client = client_of(made.secretary)
        client.get("/")  # what a first visit asks is not the page's
        with CaptureQueriesContext(connection) as queries:
            text_of(client, "feedback", made.sheet.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]
