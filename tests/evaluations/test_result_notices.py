"""The notice of results: by which rules, by whom, in which state; what it says and what it never says; objections."""

from __future__ import annotations

import datetime
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Organization, User
from branches.services.steps import note_step
from branches.workflow import NotAllowed
from config.home.standings import Standings
from evaluations.models import Assessment, NoticeObjection, NoticeStatus, ResultNotice
from evaluations.permissions import can_see_result_notice
from evaluations.reports.result_notice import notice_pdf
from evaluations.rules.publicity import days_posted, last_day, masked
from evaluations.services import feedback as feedbacks
from evaluations.services import result_notices as n
from evaluations.workflow import RESULT_NOTICE
from evaluations.workflow.notice_rows import rows_of
from tests.factories.disposing import case_of
from tests.factories.following import OPINION, Followed, cast_of, followed, followed_below

pytestmark = pytest.mark.django_db
RULES: dict[str, Any] = {"result_publicity": "scoped_notice", "feedback_required": True}
LEADERS = {"secretary", "deputy"}
CLERKS = LEADERS | {"organizer"}
WHO = {"approve": LEADERS, "post": CLERKS, "take_down": CLERKS, "withdraw": LEADERS}
FROM = {
    "approve": {"draft"},
    "post": {"approved"},
    "take_down": {"posted"},
    "withdraw": {"draft", "approved", "posted"},
}


def typed(notice: ResultNotice, **other: Any) -> dict[str, Any]:
    """What the form sends, with some of it changed."""
    said = {key: getattr(notice, key) for key in n.KEPT}
    return {**said, "place": "村务公开栏", "version": notice.version, **other}


def drafted(
    grades: list[str] | None = None, *, told: bool = True, **how: Any
) -> tuple[Followed, ResultNotice]:
    """A branch whose members were told, and its notice with a place."""
    made = followed(grades or [], rules=RULES | how.pop("rules", {}), **how)
    if told:
        made.tell()
    notice = n.draft(sheet=made.sheet, by=made.secretary)
    return made, n.save(notice=notice, by=made.secretary, **typed(notice))


def posted(**how: Any) -> tuple[Followed, ResultNotice]:
    """The same, approved and hanging."""
    made, notice = drafted(**how)
    approved = n.approve(notice=notice, version=notice.version, by=made.secretary)
    return made, n.post(notice=approved, version=approved.version, by=made.secretary)


def refused(act: Callable[..., Any], **how: Any) -> str:
    """The reason a step is refused with."""
    with pytest.raises(NotAllowed) as refusal:
        act(**how)
    return refusal.value.reason


def test_days_count_first_and_last_and_a_masked_name_shows_no_length() -> None:
    day = datetime.date(2015, 3, 1)
    assert days_posted(day, last_day(day, 5)) == 5
    assert days_posted(day, day - datetime.timedelta(days=1)) == 0
    assert masked("王小明") == masked("王明") == "王**"


def test_everybody_in_every_state() -> None:
    made = followed_below(rules=RULES)
    made.tell()
    notice = n.draft(sheet=made.sheet, by=made.secretary)
    notice.place, today = "村务公开栏", timezone.localdate()
    people = cast_of(made)
    notice.body = rows_of(notice)
    for step, states in FROM.items():
        notice.to_on = today if step == "take_down" else today + datetime.timedelta(days=30)
        for state in NoticeStatus.values:
            notice.status = state
            may = {who for who, person in people.items() if RESULT_NOTICE.step(notice, step, person, "原因")}
            assert may == (WHO[step] if state in states else set()), (step, state)


def test_a_stranger_drafts_nothing_and_an_objection_after_approval_holds_the_posting(member: User) -> None:
    made, notice = drafted()
    assert "起草" in refused(n.draft, sheet=made.sheet, by=member)
    approved = n.approve(notice=notice, version=notice.version, by=made.secretary)
    feedbacks.object_to(feedback=made.again(0), objection="不同意", by=made.secretary, on_paper=True)
    assert "异议没有答复" in refused(n.post, notice=approved, version=approved.version, by=made.secretary)


@pytest.mark.parametrize("publicity", ["branch_only", "file_up"])
def test_other_rules_know_no_notice(publicity: str, client_of: Callable[[User], Client]) -> None:
    made = followed(rules={"result_publicity": publicity})
    assert "不要求公示" in refused(n.draft, sheet=made.sheet, by=made.secretary)
    assert not can_see_result_notice(made.secretary, made.sheet)
    page = client_of(made.secretary).get(reverse("evaluations:result_notice_begin", args=[made.sheet.pk]))
    assert page.status_code == 403
    assert "不要求公示" in page.content.decode()


def test_nothing_is_drafted_before_the_assessment_is_in_effect() -> None:
    made = followed(rules=RULES)
    made.sheet.status = "draft"
    made.sheet.save(update_fields=["status"])
    assert "还没有生效" in refused(n.draft, sheet=made.sheet, by=made.secretary)


def test_members_are_told_first_where_the_rules_ask_for_it() -> None:
    made, notice = drafted(told=False)
    how: dict[str, Any] = {"notice": notice, "version": notice.version, "by": made.secretary}
    assert "还有 5 人没有反馈" in refused(n.approve, **how)
    made.tell()
    feedbacks.object_to(feedback=made.again(0), objection="不同意", by=made.secretary, on_paper=True)
    assert "异议没有答复" in refused(n.approve, **how)
    feedbacks.answer(feedback=made.again(0), answer="已说明", by=made.secretary)
    assert n.approve(**how).status == "approved"
    made, notice = drafted(told=False, rules={"feedback_required": False})
    assert "反馈" not in notice.wording
    assert n.approve(notice=notice, version=notice.version, by=made.secretary).status == "approved"


def test_too_short_too_early_nowhere_or_nobody_is_refused_with_words() -> None:
    made, notice = drafted()
    today, by = timezone.localdate(), made.secretary
    shorter = today + datetime.timedelta(days=3)
    early = today - datetime.timedelta(days=9)
    everybody = [str(row.pk) for row in made.rows]
    bad = (
        ({"to_on": shorter}, "不少于 5 天（首尾两天都算），现在是 4 天"),
        ({"from_on": early}, "早于评定生效"),
        ({"place": " "}, "公示地点"),
        ({"left_out": everybody}, "名单里没有人"),
    )
    first = typed(notice)
    for change, words in bad:
        notice = n.save(notice=notice, by=by, **(first | {"version": notice.version} | change))
        assert words in refused(n.approve, notice=notice, version=notice.version, by=by)
    notice = n.save(notice=notice, by=by, **(first | {"version": notice.version}))
    later = typed(notice, to_on=today - datetime.timedelta(days=1))
    assert "早于开始" in refused(n.save, notice=notice, by=by, **later)
    assert "姓名" in refused(n.save, notice=notice, by=by, **typed(notice, names="other"))
    assert "票数" in refused(n.save, notice=notice, by=by, **typed(notice, show_votes=True))
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultNotice.objects.update(to_on=today - datetime.timedelta(days=99))
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultNotice.objects.update(status="approved", approved_on=today)  # with no table


def test_who_is_to_be_disposed_of_is_left_out_unless_the_branch_lists_the_person() -> None:
    made = followed(rules=RULES)
    case = case_of(made, "resolved").now()
    notice = n.draft(sheet=made.sheet, by=made.secretary)
    out = set(notice.left_out)
    assert {str(r.pk) for r in made.rows if r.entry.member_id == case.member_id} <= out
    notice = n.save(notice=notice, by=made.secretary, **typed(notice, left_out=["nobody"]))
    assert notice.left_out == []


def test_the_table_keeps_the_rosters_order_and_is_frozen_when_approved() -> None:
    made, notice = drafted(["basic", "excellent"])
    n.save(notice=notice, by=made.secretary, **typed(notice, names="masked"))
    notice.refresh_from_db()
    approved = n.approve(notice=notice, version=notice.version, by=made.secretary)
    names = [masked(row.name) for row in made.rows if row.graded]
    assert [row["name"] for row in approved.body] == names
    assert [row["result"] for row in approved.body][:2] == [row.grade_label for row in made.rows[:2]]
    Assessment.objects.filter(pk=made.rows[0].pk).update(grade="excellent")
    assert "评定有变化" in refused(n.post, notice=approved, version=approved.version, by=made.secretary)
    assert "不能再改" in refused(n.save, notice=approved, by=made.secretary, **typed(approved))
    n.withdraw(notice=approved, version=approved.version, note="重新评定", by=made.secretary)
    again = n.draft(sheet=made.sheet, by=made.secretary)
    assert again.pk != approved.pk
    assert n.draft(sheet=made.sheet, by=made.secretary).pk == again.pk


def test_without_grades_it_says_took_part_and_votes_only_when_ticked() -> None:
    made, notice = drafted(rules={"excellent_cap": None, "grade_scale": []})
    assert {row["result"] for row in rows_of(notice)} == {"已参加民主评议"}
    assert {row["votes"] for row in rows_of(notice)} == {""}
    notice = n.save(notice=notice, by=made.secretary, **typed(notice, show_votes=True))
    assert all("票" in row["votes"] for row in rows_of(notice))


def test_it_is_posted_on_its_day_ended_after_its_last_and_objections_are_answered_first() -> None:
    made, notice = drafted()
    by, today = made.secretary, timezone.localdate()
    tomorrow = today + datetime.timedelta(days=1)
    notice = n.save(notice=notice, by=by, **typed(notice, from_on=tomorrow, to_on=last_day(tomorrow, 5)))
    notice = n.approve(notice=notice, version=notice.version, by=by)
    assert "到那天张贴以后" in refused(n.post, notice=notice, version=notice.version, by=by)
    assert "正在公示的时候" in refused(n.note_objection, notice=notice, on=today, text="意见", by=by)
    ResultNotice.objects.update(from_on=today)
    notice = n.post(notice=notice, version=notice.version, by=by)
    assert notice.posted_on == today
    assert "请核对" in refused(n.note_objection, notice=notice, on=tomorrow, text="意见", by=by)
    assert "请写明" in refused(n.note_objection, notice=notice, on=today, text=" ", by=by)
    said = n.note_objection(notice=notice, on=today, text="出勤有出入", by=by)
    assert "还没有到期" in refused(n.end, notice=notice, version=notice.version, by=by)
    ResultNotice.objects.update(to_on=today)
    assert "意见没有答复" in refused(n.end, notice=notice, version=notice.version, by=by)
    n.answer_objection(objection=said, answer="已核实", by=by)
    assert "已经答复" in refused(n.answer_objection, objection=said, answer="再答", by=by)
    assert n.end(notice=notice, version=notice.version, by=by).ended_on == today
    assert {field.name for field in NoticeObjection._meta.get_fields()} == {
        "id", "notice", "on", "text", "answer", "answered_on",
    }  # fmt: skip


def test_the_page_and_the_paper_name_no_number_opinion_or_phone(
    client_of: Callable[[User], Client], tmp_path: Path
) -> None:
    made, notice = posted()
    page = (
        client_of(made.secretary).get(reverse("evaluations:result_notice", args=[notice.pk])).content.decode()
    )
    file = tmp_path / "notice.pdf"
    file.write_bytes(notice_pdf(notice))
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True, text=True).stdout
    for row in made.rows:
        member = row.entry.member
        for private in (OPINION, member.id_number, member.phone):
            assert not private or (str(private) not in page and str(private) not in text)
    assert made.rows[0].name in text
    assert "村务公开栏" in text
    answer = client_of(made.secretary).get(reverse("evaluations:result_notice_pdf", args=[notice.pk]))
    assert answer["Content-Type"] == "application/pdf"


def test_a_conflict_keeps_what_was_typed(client_of: Callable[[User], Client]) -> None:
    made, notice = drafted()
    client, url = client_of(made.secretary), reverse("evaluations:result_notice", args=[notice.pk])
    old = typed(notice, wording="我写的正文")
    n.save(notice=notice, by=made.secretary, **typed(notice))
    answer = client.post(url, old)
    assert answer.status_code == 409
    assert "我写的正文" in answer.content.decode()
    old["version"] += 1
    assert client.post(url, old).status_code == 302
    assert ResultNotice.objects.get().wording == "我写的正文"
    shown = client.post(
        url, typed(notice, wording="另写的", place="", to_on="2000-01-01", version=old["version"] + 1)
    )
    assert "早于开始" in shown.content.decode()
    assert "另写的" in shown.content.decode()
    assert "请填写公示正文" in client.post(url, {"place": "x"}).content.decode()


def test_the_pages_lead_from_the_assessment_to_the_end(client_of: Callable[[User], Client]) -> None:
    made = followed(rules=RULES)
    made.tell()
    client, sheet = client_of(made.secretary), made.sheet
    begin = reverse("evaluations:result_notice_begin", args=[sheet.pk])
    assert begin in client.get(reverse("evaluations:assessment", args=[sheet.pk])).content.decode()
    way = reverse("evaluations:result_notice_of", args=[sheet.campaign.slug, sheet.organization_id])
    assert client.get(way)["Location"] == begin
    assert "起草公示" in client.get(begin).content.decode()
    page = client.post(begin)["Location"]
    assert client.get(begin)["Location"] == page
    assert client.get(f"{page}notice.pdf")["Location"] == page
    short = client.post(f"{page}approve/", {"approve-version": "0"}).content.decode()
    assert "请写明公示地点" in short
    notice = ResultNotice.objects.get()
    client.post(page, typed(notice))
    assert "别人刚刚保存过" in client.post(f"{page}approve/", {"approve-version": "0"}).content.decode()
    assert client.post(f"{page}approve/", {"approve-version": "1"}).status_code == 302
    assert client.post(f"{page}post/", {"post-version": "2"}).status_code == 302
    today = str(timezone.localdate())
    said = {"object-version": "3", "object-on": today, "object-text": "出勤有出入"}
    assert client.post(f"{page}object/", said).status_code == 302
    one = NoticeObjection.objects.get()
    answer = {"answer-version": "3", "answer-objection": str(one.pk), "answer-answer": "已核实"}
    assert client.post(f"{page}answer/", answer).status_code == 302
    assert "已核实" in client.get(page).content.decode()
    ResultNotice.objects.update(to_on=today)
    assert client.post(f"{page}take_down/", {"take_down-version": "3"}).status_code == 302
    assert client.post(f"{page}nothing/").status_code == 404


def test_the_step_is_done_when_it_hangs_and_a_tick_by_hand_is_enough() -> None:
    made, notice = drafted()

    def state() -> str:
        only = Organization.objects.filter(pk=made.sheet.organization_id)
        rows = Standings.of(made.sheet.campaign, only, timezone.localdate()).rows[made.sheet.organization_id]
        return next(found.state for found in rows if found.step.key == "result_notice")

    assert state() != "done"
    approved = n.approve(notice=notice, version=notice.version, by=made.secretary)
    n.post(notice=approved, version=approved.version, by=made.secretary)
    assert state() == "done"
    ResultNotice.objects.update(status="withdrawn")
    assert state() != "done"
    note_step(
        campaign=made.sheet.campaign,
        organization=made.sheet.organization,
        step="result_notice",
        done_on=timezone.localdate(),
        by=made.secretary,
    )
    assert state() == "done"


def test_the_page_asks_the_same_questions_for_any_number_of_members(
    client_of: Callable[[User], Client],
) -> None:
    asked = []
    for members in (3, 9):
        made, notice = drafted(members=members)
        client = client_of(made.secretary)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("evaluations:result_notice", args=[notice.pk]))
        asked.append(len(queries))
    assert asked[0] == asked[1]
