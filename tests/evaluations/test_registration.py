"""《民主评议党员登记表》: what each form says, that long things fit, and that a branch's forms are one file in time."""

from __future__ import annotations

import datetime
import io
import time
from collections.abc import Callable
from typing import Any

import docx
import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from branches.models import AuditEvent, Job, JobState, Role, User
from branches.services.jobs import open_result
from branches.services.steps import order_redo
from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus, Redecision
from evaluations.reports.registration import NOT_DECIDED, Registration, registrations
from evaluations.reports.registration_docx import registration_docx
from evaluations.reports.registration_file import ask_for_registrations
from evaluations.reports.registration_form import (
    HEIGHT,
    LEAST_SUMMARY,
    WIDTH,
    WIDTHS,
    fitted,
    form_sheet,
    height_of,
    tidy,
)
from evaluations.reports.registration_pdf import registration_pdf
from evaluations.tasks import registration_forms
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, evening
from tests.factories.exporting import OPINION, assessed
from tests.pace import allowed

ClientOf = Callable[[User], Client]
CAP = {"share": "1/3", "base": "full_members", "number": 6, "chosen": 1, "grade": "优秀"}
SECONDS_FOR_EIGHTY = 20
LONG_NAME = "阿卜杜热合曼·买买提伊明江·阿卜力克木𠮷㛃䶮𬭎㐂"


def forms_of(made: Evening, **fields: Any) -> tuple[AssessmentSheet, tuple[Registration, ...]]:
    """An assessment in force and its forms."""
    sheet = assessed(made, ["excellent", "qualified"], **fields)
    return sheet, registrations(AssessmentSheet.objects.get(pk=sheet.pk))


def office_of(made: Evening) -> User:
    """The office that has issued the campaign."""
    return account_with(Role.OFFICE, made.campaign.issuer)


def form(**fields: Any) -> Registration:
    """One form with these values; the others are usual ones."""
    usual = {
        "title": "2026年度民主评议党员登记表",
        "branch": "青石镇新河村党支部",
        "name": "刘德福",
        "sex": "男",
        "ethnicity": "汉族",
        "born": "1970年1月",
        "education": "大专",
        "joined": "1995年7月",
        "full": "1996年7月",
        "workplace": "",
        "votes": "参加测评 7 人，有效票 7 张；优秀 3 票，合格 4 票。",
        "opinion": OPINION,
        "grade": "合格",
        "has_grades": True,
        "decided": "2026年12月10日",
        "cap": "",
        "remarks": "",
    }
    return Registration(**{**usual, **fields})


def text_of(pdf: bytes) -> list[str]:
    """The text of each page, without breaks of lines."""
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.django_db
def test_a_form_says_who_it_is_how_the_vote_was_and_what_was_decided() -> None:
    made = evening("certified", members=6, probationary=1)
    made.people[0].workplace, made.people[0].education = "新河村合作社会计", "大专"
    made.people[0].save()
    sheet, forms = forms_of(made, cap=CAP, decided_on=datetime.date(2026, 12, 10))
    place = [a.entry.member_id for a in sheet.assessments.order_by("ordinal")].index(made.people[0].pk)
    one = forms[place]
    assert one.name == made.people[0].name
    assert (one.sex, one.ethnicity, one.born, one.joined, one.full) == (
        "男", "汉族", "1970年1月", "1995年7月", "1996年7月",
    )  # fmt: skip
    assert (one.workplace, one.education) == ("新河村合作社会计", "大专")
    assert one.title == "2026年度民主评议党员登记表"
    line = made.ballot.lines.get(subject__entry__member=made.people[0])
    assert one.votes == (
        f"参加测评 7 人，有效票 6 张；优秀 {line.counts[0]} 票，合格 {line.counts[1]} 票，"
        f"基本合格 {line.counts[2]} 票，不合格 {line.counts[3]} 票，弃权 {line.abstained} 票，无效 {line.invalid} 票。"
    )
    assert {f.grade for f in forms if f.grade != "不评定等次"} == {"优秀", "合格"}
    assert one.opinion == OPINION
    assert one.decided == "2026年12月10日"
    assert one.cap == "组织关系在本支部的正式党员 6 人 × 1/3 = 2 人，评定为“优秀” 1 人。"
    (new,) = [f for f in forms if f.full == "预备党员"]
    assert (new.grade, new.votes) == ("不评定等次", "没有列入测评")
    assert "预备党员，不评定等次" in new.remarks


@pytest.mark.django_db
def test_a_draft_prints_no_opinion_and_no_grade() -> None:
    _sheet, forms = forms_of(
        evening("certified", members=3), status=AssessmentStatus.DRAFT, effective_on=None, cap=CAP
    )
    assert {(f.opinion, f.grade, f.decided, f.cap) for f in forms} == {("", NOT_DECIDED, "", "")}
    (text,) = text_of(registration_pdf(forms[:1]))
    assert "评定等次：（会议评定以后填写）" in text
    assert OPINION.rstrip("。") not in text


@pytest.mark.django_db
def test_few_papers_show_no_votes_and_a_word_why() -> None:
    _sheet, forms = forms_of(evening("certified", members=3))
    assert {f.votes for f in forms} == {"参加测评 3 人；按规定不单列票数，见支部留存的汇总表。"}


@pytest.mark.django_db
def test_without_a_scale_the_row_of_the_grade_is_left_out() -> None:
    _sheet, forms = forms_of(evening("certified", members=6, preset="luoyang_2014"))
    assert {(f.grade, f.has_grades) for f in forms} == {("", False)}
    (text,) = text_of(registration_pdf(forms[:1]))
    assert "等次" not in text
    assert "好" in forms[0].votes


@pytest.mark.django_db
def test_remarks_say_what_waits_what_was_decided_anew_and_what_counts_no_more() -> None:
    made = evening("certified", members=3)
    sheet, forms = forms_of(made, status=AssessmentStatus.AWAITING, effective_on=None)
    assert {f.remarks for f in forms} == {"支部的评定待上级确认"}
    AssessmentSheet.objects.filter(pk=sheet.pk).update(
        status=AssessmentStatus.EFFECTIVE, effective_on="2026-12-10"
    )
    again = sheet.assessments.get(ordinal=1)
    Redecision.objects.create(
        assessment=again, meeting=made.meeting, decided_on=datetime.date(2026, 12, 20), reason="事实有出入"
    )
    sheet.refresh_from_db()
    assert [f.remarks for f in registrations(sheet)] == ["2026年12月20日重新评定", "", ""]
    order_redo(campaign=made.campaign, organization=made.organization, reason="走过场", by=office_of(made))
    sheet = AssessmentSheet.objects.get(pk=sheet.pk)
    assert [f.remarks for f in registrations(sheet)][1] == "本轮已作废，不作依据"
    _sheet, forms = forms_of(evening("void", members=3))
    assert {f.remarks for f in forms} == {"本轮已作废，不作依据"}


@pytest.mark.django_db
def test_a_member_on_probation_whom_nobody_has_remarked_on_is_remarked_on() -> None:
    sheet, _forms = forms_of(evening("certified", members=3, probationary=1))
    Assessment.objects.filter(sheet=sheet).update(note="")
    assert sorted(f.remarks for f in registrations(sheet))[-1] == "预备党员，不评定等次"


@pytest.mark.parametrize("length", [0, 100, 1_000])
@pytest.mark.parametrize("name", ["刘敏", LONG_NAME])
def test_every_form_is_one_page_however_long_its_texts_are(name: str, length: int) -> None:
    opinion = ("该同志政治立场坚定，按时参加组织生活，积极完成党组织交给的任务。" * 40)[:length]
    long = form(
        name=name,
        opinion=opinion,
        workplace="云岭县青石镇农业农村综合服务中心（退役军人服务站）四级主任科员兼驻新河村工作队队长" * 2,
        branch="云岭县青石镇新河村股份经济合作联合社流动党员" * 3,
        remarks="免评，不评定等次；在流入地党组织参加；" * 9,
        cap="组织关系在本支部的正式党员 80 人 × 1/3 = 26 人（往下取整），评定为“优秀” 27 人，超过 1 人。",
    )
    (text,) = text_of(registration_pdf([long]))
    assert name.replace("·", "")[:6] in text.replace("·", "")
    assert opinion[-20:] in text
    assert "一式两份" in text
    sheet = form_sheet(long)
    summary = next(row for row in sheet.rows if row.cells[0].text == "个人总结")
    assert summary.mm >= LEAST_SUMMARY
    assert sum(row.mm for row in sheet.rows) <= HEIGHT + LEAST_SUMMARY


def test_a_rare_hanzi_is_printed_and_one_without_a_glyph_is_a_box() -> None:
    (text,) = text_of(registration_pdf([form(name="王㛃䶮"), form(name="李\U000323af")][:1]))
    assert "王㛃䶮" in text
    (text,) = text_of(registration_pdf([form(name="李\U000323af")]))
    assert "李□" in text


def test_type_grows_smaller_as_the_text_grows_longer_and_many_paragraphs_are_run_together() -> None:
    assert fitted("好" * 10, 100, 20)[0] == 10.5
    assert fitted("好" * 400, 100, 20)[0] == 7.0
    assert height_of("好" * 200, 8, 100) > height_of("好" * 100, 8, 100)
    assert tidy(" 一 \n\n 二 ") == "一\n二"
    assert tidy("\n".join("一二三四五六七")) == "一　二　三　四　五　六　七"
    assert sum(WIDTHS) == WIDTH == 186


def test_every_row_of_a_form_fills_the_width() -> None:
    for row in form_sheet(form()).rows:
        assert sum(cell.span for cell in row.cells) == len(WIDTHS)


def test_word_has_the_same_words_one_table_a_member() -> None:
    forms = [form(name="刘<敏>", opinion="第一段\n第二段"), form(name="李芳", has_grades=False, decided="")]
    document = docx.Document(io.BytesIO(registration_docx(forms * 20)))
    assert len(document.tables) == 40
    first = [cell.text for cell in document.tables[0]._cells]
    assert "刘<敏>" in first
    assert any("第一段\n第二段\n评定等次：合格（2026年12月10日评定）\n书记" in text for text in first)
    second = "".join(cell.text for cell in document.tables[1]._cells)
    assert "等次" not in second
    assert "本表一式两份" in document.paragraphs[1].text


@pytest.mark.django_db
def test_eighty_forms_are_one_file_within_twenty_seconds_with_progress() -> None:
    made = evening("certified", members=80)
    sheet = assessed(made, ["excellent", "qualified"])
    for ending in ("pdf", "docx"):
        job = ask_for_registrations(sheet=sheet, file_format=ending, by=made.secretary)
        begun = time.process_time()
        registration_forms(str(job.pk))
        assert time.process_time() - begun < allowed(SECONDS_FOR_EIGHTY)
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == (JobState.DONE, 80, 80), job.message
        assert not job.result_path.read_bytes().startswith((b"%PDF", b"PK")), "it lies sealed on the disk"
        with open_result(job) as result:
            content = result.read()
        if ending == "pdf":
            assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 80
    events = AuditEvent.objects.filter(action="export_registration")
    assert [event.detail for event in events] == [{"rows": 80}] * 2


@pytest.mark.django_db
def test_a_job_without_right_or_sheet_makes_nothing(township: User) -> None:
    made = evening("certified", members=3)
    sheet = assessed(made)
    empty = assessed(evening("certified", members=3))
    empty.assessments.all().delete()
    job = ask_for_registrations(sheet=sheet, file_format="pdf", by=township)
    gone = ask_for_registrations(sheet=sheet, file_format="docx", by=made.secretary)
    Job.objects.filter(pk=gone.pk).update(params={"sheet": str(made.meeting.pk)})
    nobody = ask_for_registrations(
        sheet=empty, file_format="pdf", by=account_with(Role.SECRETARY, empty.organization)
    )
    for refused, reason in (
        (job, "您已没有打印这些登记表的权限。"),
        (gone, "这份组织评定已不存在。"),
        (nobody, "这份组织评定里没有党员。"),
    ):
        registration_forms(str(refused.pk))
        refused.refresh_from_db()
        assert (refused.state, refused.message) == (JobState.FAILED, reason)
    assert not AuditEvent.objects.filter(action="export_registration").exists()


@pytest.fixture
def sheet(tree: Tree) -> AssessmentSheet:
    """The village's assessment in force."""
    return assessed(evening("certified", organization=tree.village, members=3))


def test_one_form_is_handed_out_at_once_and_recorded(
    sheet: AssessmentSheet, secretary: User, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    row = sheet.assessments.get(ordinal=2)
    page = client.get(reverse("evaluations:registration", args=[sheet.pk])).content.decode()
    assert row.name in page
    url = reverse("evaluations:registration_one", args=[sheet.pk, row.pk])
    answer = client.post(url, {"format": "pdf"})
    assert row.name in text_of(answer.content)[0]
    assert answer["Cache-Control"] == "private, no-store"
    assert client.post(url, {"format": "docx"}).content.startswith(b"PK")
    assert client.post(url, {"format": "exe"}).content.startswith(b"%PDF")
    events = AuditEvent.objects.filter(action="export_registration")
    assert [event.detail for event in events] == [{"rows": 1}] * 3
    assert row.name not in str([event.detail for event in events])


def test_a_form_of_another_branch_is_not_found_under_this_one(
    sheet: AssessmentSheet, tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    other = assessed(evening("certified", organization=tree.sibling, members=3)).assessments.get(ordinal=1)
    url = reverse("evaluations:registration_one", args=[sheet.pk, other.pk])
    assert client_of(secretary).post(url).status_code == 404


def test_the_branchs_forms_are_asked_for_once_a_person(
    sheet: AssessmentSheet, secretary: User, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    url = reverse("evaluations:registration_all", args=[sheet.pk])
    first = client.post(url, {"format": "docx"})
    assert client.post(url, {"format": "docx"})["Location"] == first["Location"]
    assert Job.objects.count() == 1


def test_a_draft_may_be_printed_by_the_branch_only(
    tree: Tree, secretary: User, township: User, client_of: ClientOf
) -> None:
    draft = assessed(
        evening("certified", organization=tree.village, members=3),
        status=AssessmentStatus.DRAFT,
        effective_on=None,
    )
    url = reverse("evaluations:registration", args=[draft.pk])
    assert "会议还没有评定" in client_of(secretary).get(url).content.decode()
    assert client_of(township).get(url).status_code == 403
