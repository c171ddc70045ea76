"""The pages of an assessment: begun, written one after the other, decided, confirmed or returned above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Role, User
from evaluations.models import AssessmentSheet, AssessmentStatus
from evaluations.reports.assessment import tally_of
from evaluations.services.setup import prepare_ballot, void_ballot
from members.services.rosters import exempt_from_count
from tests.factories.assessing import REASON, Assessed, assessed, write_all
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import bring_to, evening

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def at(found: Assessed, name: str = "assessment", place: int | None = None) -> str:
    args: list[Any] = [found.sheet.pk]
    if place is not None:
        args.append(found.rows[place].pk)
    return reverse(f"evaluations:{name}", args=args)


def test_the_way_in_begins_the_assessment_once_the_ballot_is_certified(client_of: ClientOf) -> None:
    made = evening("matched", members=3)
    url = reverse("evaluations:assessment_of", args=[made.campaign.slug, made.organization.pk])
    browser = client_of(made.secretary)
    assert "民主测评结果核定以后，才能提出评定意见" in browser.get(url).content.decode()
    assert "民主测评结果核定以后" in browser.post(url).content.decode()
    done = evening("certified", members=3)
    url = reverse("evaluations:assessment_of", args=[done.campaign.slug, done.organization.pk])
    browser = client_of(done.secretary)
    assert "开始组织评定" in browser.get(url).content.decode()
    response = browser.post(url)
    sheet = AssessmentSheet.objects.get()
    assert response.headers["Location"] == reverse("evaluations:assessment", args=[sheet.pk])
    assert browser.get(url).headers["Location"] == response.headers["Location"]
    assert browser.post(url).headers["Location"] == response.headers["Location"]
    assert AssessmentSheet.objects.count() == 1


def test_the_sheet_says_what_is_missing_and_whom_to_go_on_with(client_of: ClientOf) -> None:
    found = assessed("draft", members=5, probationary=1)
    page = client_of(found.secretary).get(at(found)).content.decode()
    assert "还有 5 人没有写好" in page
    assert page.count("评定意见、评定等次") == 5
    assert "预备党员，不评定等次" in page
    assert "组织关系在本支部的正式党员 5 人 × 1/3 = 1 人（往下取整），评定为“优秀” 0 人。" in page
    assert "优秀 " in page
    assert "应到会 1 次，到会 1 次" in page
    place = next(i for i, row in enumerate(found.rows) if row.graded)
    link = at(found, "assessment_row", place)
    assert f'href="{link}">填写{found.rows[place].name}的评定意见' in page


def test_few_papers_show_no_votes_anywhere(client_of: ClientOf) -> None:
    found = assessed("draft", members=3)
    browser = client_of(found.secretary)
    for url in (at(found), at(found, "assessment_row", 0)):
        page = browser.get(url).content.decode()
        assert "票数只在签字的汇总表上" in page
        assert "优秀 " not in page.replace("优秀 0 人", "").replace("优秀比例", "")


def test_a_member_is_written_and_the_next_one_comes(client_of: ClientOf) -> None:
    found = assessed("draft", members=3)
    browser = client_of(found.secretary)
    page = browser.get(at(found, "assessment_row", 0)).content.decode()
    assert "checked" not in page
    assert "保存并到下一名" in page
    said = {"version": 0, "opinion": "按时到会。", "grade": "qualified", "evidence_performance": "防汛时带头"}
    response = browser.post(at(found, "assessment_row", 0), {**said, "then": "next"})
    assert response.headers["Location"] == at(found, "assessment_row", 1)
    row = found.rows[0]
    assert (row.opinion, row.grade, row.evidence) == (
        "按时到会。",
        "qualified",
        {"performance": "防汛时带头"},
    )
    response = browser.post(at(found, "assessment_row", 1), {"version": 0, "opinion": "肯帮人。"})
    assert response.headers["Location"] == at(found)
    assert found.rows[1].grade == ""
    last = browser.get(at(found, "assessment_row", 2)).content.decode()
    assert "保存并到下一名" not in last


def test_what_a_colleague_saved_meanwhile_is_shown_and_nothing_typed_is_lost(client_of: ClientOf) -> None:
    found = assessed("draft", members=3)
    browser = client_of(found.secretary)
    url = at(found, "assessment_row", 0)
    browser.post(url, {"version": 0, "opinion": "先存的意见", "grade": "basic"})
    response = browser.post(url, {"version": 0, "opinion": "后写的意见", "grade": "qualified"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "先存的意见" in page
    assert "后写的意见" in page
    assert found.rows[0].opinion == "先存的意见"
    browser.post(url, {"version": 1, "opinion": "后写的意见", "grade": "qualified"})
    assert found.rows[0].opinion == "后写的意见"


def test_what_was_typed_stays_on_the_page_when_it_is_too_late(client_of: ClientOf) -> None:
    found = assessed("decided", members=3)
    browser = client_of(found.secretary)
    url = at(found, "assessment_row", 0)
    page = browser.post(url, {"version": 1, "opinion": "写了半天的意见", "grade": "basic"}).content.decode()
    assert "评定意见不能再改" in page
    assert "写了半天的意见" in page
    assert "评定意见不能再改" in browser.get(url, follow=True).content.decode()
    heard = {"held_on": timezone.localdate().isoformat(), "heard_by": "何文", "statement": "没有意见"}
    assert browser.post(at(found, "assessment_hearing", 0), heard).status_code == 200
    assert "没有登记申辩" in browser.get(at(found, "assessment_hearing", 0)).content.decode()


def test_votes_are_not_told_to_somebody_who_may_not_read_the_result() -> None:
    found = assessed("draft", members=6)
    stranger = account_with(Role.SECRETARY, OrganizationFactory.create())
    assert tally_of(found.evening.reload(), stranger) == ({}, "测评情况由支部掌握并报上一级党组织备案。")


def test_a_grade_that_is_not_of_the_scale_is_refused_on_the_page(client_of: ClientOf) -> None:
    found = assessed("draft", members=3, probationary=1)
    browser = client_of(found.secretary)
    graded = next(i for i, row in enumerate(found.rows) if row.graded)
    response = browser.post(at(found, "assessment_row", graded), {"version": 0, "grade": "best"})
    assert response.status_code == 200
    assert found.rows[graded].grade == ""
    place = next(i for i, row in enumerate(found.rows) if not row.graded)
    page = browser.get(at(found, "assessment_row", place)).content.decode()
    assert 'name="grade"' not in page
    browser.post(at(found, "assessment_row", place), {"version": 0, "grade": "excellent", "opinion": "好"})
    assert (found.rows[place].grade, found.rows[place].opinion) == ("", "好")


def test_the_member_is_heard_on_a_page_of_its_own(client_of: ClientOf) -> None:
    found = assessed("draft", members=3)
    browser = client_of(found.secretary)
    said = {"version": 0, "opinion": "长期不参加活动。", "grade": "unqualified"}
    browser.post(at(found, "assessment_row", 0), said)
    page = browser.get(at(found, "assessment_row", 0)).content.decode()
    assert "登记听取申辩" in page
    assert "听取申辩" in browser.get(at(found)).content.decode()
    url = at(found, "assessment_hearing", 0)
    assert "拟评定" not in browser.get(url).content.decode()
    late = timezone.localdate().replace(year=2099).isoformat()
    answer = browser.post(url, {"held_on": late, "heard_by": "刘书记", "statement": "没有意见"})
    assert "还没有到" in answer.content.decode()
    today = timezone.localdate().isoformat()
    answer = browser.post(url, {"held_on": today, "heard_by": "刘书记", "statement": "没有意见"})
    assert answer.headers["Location"] == at(found)
    assert "刘书记" in browser.get(url).content.decode()


def test_the_meeting_is_chosen_and_the_result_noted(client_of: ClientOf) -> None:
    found = assessed("written", members=4)
    browser = client_of(found.secretary)
    assert "登记评定结果…" in browser.get(at(found)).content.decode()
    page = browser.get(at(found, "assessment_decide")).content.decode()
    meeting = found.evening.meeting
    assert str(meeting.pk) in page
    day = meeting.day.isoformat()
    missing = browser.post(
        at(found, "assessment_decide"), {"version": found.sheet.version, "decided_on": day}
    )
    assert "请选择作出评定的会议" in missing.content.decode()
    said = {"version": found.sheet.version, "meeting": str(meeting.pk), "decided_on": day}
    stale = browser.post(at(found, "assessment_decide"), {**said, "version": 0})
    assert "别人刚刚改过评定表" in stale.content.decode()
    assert found.reload().status == AssessmentStatus.DRAFT
    answer = browser.post(at(found, "assessment_decide"), said)
    assert answer.headers["Location"] == at(found)
    assert found.reload().status == AssessmentStatus.EFFECTIVE
    page = browser.get(at(found)).content.decode()
    assert "下一步：逐人反馈" in page
    again = browser.get(at(found, "assessment_decide"), follow=True).content.decode()
    assert "没有任何改变" in again


def test_without_a_meeting_that_took_place_the_page_says_how_to_record_one(client_of: ClientOf) -> None:
    found = assessed("written", members=3, rules={"assessment_by": "committee"})
    page = client_of(found.secretary).get(at(found, "assessment_decide")).content.decode()
    assert "还没有可以选的会议" in page
    assert "登记支委会" in page


def test_over_the_cap_the_superior_confirms(client_of: ClientOf) -> None:
    found = assessed("written", members=3, grades={0: "excellent", 1: "excellent"})
    browser = client_of(found.secretary)
    page = browser.get(at(found, "assessment_decide")).content.decode()
    assert "评定为“优秀” 2 人，超过 1 人。" in page
    assert "报上级党组织确认以后才生效" in page
    meeting = found.evening.meeting
    said = {
        "version": found.sheet.version,
        "meeting": str(meeting.pk),
        "decided_on": meeting.day.isoformat(),
        "cap_reason": REASON,
    }
    browser.post(at(found, "assessment_decide"), said)
    assert found.reload().status == AssessmentStatus.AWAITING
    assert "等上级确认" in browser.get(at(found)).content.decode()
    above = client_of(found.office)
    page = above.get(at(found, "assessment_confirm")).content.decode()
    assert REASON in page
    assert found.rows[0].name in page
    bare = above.post(at(found, "assessment_return"), {"version": found.sheet.version})
    assert "请填写退回的原因" in bare.content.decode()
    above.post(at(found, "assessment_return"), {"version": found.sheet.version, "note": "请再研究"})
    assert found.reload().status == AssessmentStatus.DRAFT
    assert "请再研究" in browser.get(at(found)).content.decode()
    browser.post(at(found, "assessment_decide"), {**said, "version": found.sheet.version})
    stale = above.post(at(found, "assessment_confirm"), {"version": 0}, follow=True)
    assert "别人刚刚改过" in stale.content.decode()
    above.post(at(found, "assessment_confirm"), {"version": found.reload().version, "note": "同意"})
    assert found.reload().status == AssessmentStatus.EFFECTIVE
    again = above.get(at(found, "assessment_confirm"), follow=True).content.decode()
    assert "没有任何改变" in again


def test_it_can_be_taken_back_from_the_superior(client_of: ClientOf) -> None:
    found = assessed("awaiting", members=3)
    browser = client_of(found.secretary)
    browser.post(at(found, "assessment_take_back"))
    assert found.reload().status == AssessmentStatus.DRAFT
    again = browser.post(at(found, "assessment_take_back"), follow=True)
    assert "不能再撤回" in again.content.decode()


def test_where_the_cap_may_not_be_exceeded_the_page_offers_no_step(client_of: ClientOf) -> None:
    found = assessed(
        "written", members=3, grades={0: "excellent", 1: "excellent"}, rules={"excellent_hard_block": True}
    )
    page = client_of(found.secretary).get(at(found, "assessment_decide")).content.decode()
    assert "本次活动不允许超过优秀比例" in page
    assert 'name="decided_on"' not in page


def test_a_changed_roster_or_a_new_ballot_is_followed_by_one_press(client_of: ClientOf) -> None:
    found = assessed("written", members=3)
    made, browser = found.evening, client_of(found.secretary)
    exempt_from_count(entry=found.rows[0].entry, reason="abroad", rated=False, why="出国", by=found.secretary)
    page = browser.get(at(found)).content.decode()
    assert "花名册有变更" in page
    assert f'action="{at(found, "assessment_refresh")}"' in page
    after = browser.post(at(found, "assessment_refresh"), follow=True).content.decode()
    assert "已按现在的花名册和测评结果更新" in after
    assert "花名册有变更" not in after
    void_ballot(ballot=made.reload(), by=made.secretary, reason="票箱没有当场清点")
    page = browser.get(at(found)).content.decode()
    assert "所依据的测评已经作废" in page
    assert "用新的测评结果继续" not in page
    made.ballot = prepare_ballot(meeting=made.meeting, by=made.secretary)
    bring_to(made, "certified")
    assert "用新的测评结果继续" in browser.get(at(found)).content.decode()
    browser.post(at(found, "assessment_refresh"))
    assert "登记评定结果…" in browser.get(at(found)).content.decode()


def test_opinions_only_have_no_grade_on_any_page(client_of: ClientOf) -> None:
    found = assessed("draft", members=5, preset="luoyang_2014")
    browser = client_of(found.secretary)
    page = browser.get(at(found)).content.decode()
    assert "优秀比例" not in page
    assert '<th scope="col">评定等次</th>' not in page
    assert 'name="grade"' not in browser.get(at(found, "assessment_row", 0)).content.decode()
    write_all(found)
    page = browser.get(at(found, "assessment_decide")).content.decode()
    assert '<th scope="col">评定等次</th>' not in page


def test_a_member_of_the_committee_reads_and_others_do_not(client_of: ClientOf) -> None:
    found = assessed("written", members=3)
    publicity = account_with(Role.PUBLICITY, found.evening.organization)
    page = client_of(publicity).get(at(found))
    assert page.status_code == 200
    assert "assessment_row" not in page.content.decode()
    assert client_of(publicity).get(at(found, "assessment_row", 0)).status_code == 403
    assert client_of(found.office).get(at(found)).status_code == 403
    assert (
        client_of(account_with(Role.SECRETARY, OrganizationFactory.create())).get(at(found)).status_code
        == 404
    )


@pytest.mark.parametrize("count", [3, 80])
def test_the_sheet_costs_the_same_for_any_number_of_members(
    count: int, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    found = assessed("draft", members=count, rules={"min_ballots_to_show_counts": 2})
    browser = client_of(found.secretary)
    browser.get(at(found))
    with django_assert_num_queries(15):
        browser.get(at(found))
