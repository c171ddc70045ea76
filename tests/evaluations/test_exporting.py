"""What leaves the system for other systems: rows, masks, encodings, rights, and the record of every export."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Job, JobState, Organization, Role, User
from branches.services.jobs import open_result
from branches.services.steps import order_redo
from evaluations.models import AssessmentSheet, AssessmentStatus, DisposalCase, DisposalKind, DisposalStatus
from evaluations.permissions.exporting import (
    can_export_backfill,
    can_export_id_numbers,
    can_print_registration,
    can_retype,
    can_take_results,
)
from evaluations.reports.backfill import HEADS, NOT_ASSESSED, NOT_GRADED, backfill_table
from evaluations.reports.backfill_csv import cell, csv_bytes
from evaluations.reports.backfill_file import BackfillWish, ask_for_backfill
from evaluations.reports.statistics import statistics_table, typing_lines
from evaluations.services.exporting import (
    KEPT,
    NOT_BEGUN,
    ORDERED_AGAIN,
    VOIDED,
    standing_sheets,
    superseded,
)
from evaluations.tasks import backfill_file
from members.models import ExemptReason, Member, RosterEntry
from members.permissions import can_export_unmasked
from members.rules.id_numbers import mask_id_number
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import evening, published_campaign
from tests.factories.exporting import assessed
from tests.factories.members import invented_id_number

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
NUMBERS = [invented_id_number(n) for n in range(1, 10)]


@pytest.fixture
def open_campaign(tree: Tree) -> Campaign:
    """A campaign of the county that lets grades go up."""
    return published_campaign(tree.county, slug="open", rules={"result_publicity": "file_up"})


def in_force(
    campaign: Campaign, branch: Organization, *grades: str, probationary: int = 0
) -> AssessmentSheet:
    """A branch of six full members with their assessment in force, all with ID numbers."""
    made = evening("certified", organization=branch, campaign=campaign, members=6, probationary=probationary)
    offset = Member.objects.exclude(organization=branch).count()
    for number, member in enumerate(made.people, start=offset + 1):
        member.id_number = invented_id_number(number)
        member.save()
    return assessed(made, grades or ["excellent", "qualified"])


def numbers_of(branch: Organization) -> list[str]:
    """The full ID numbers of a branch's members."""
    return [member.id_number for member in Member.objects.filter(organization=branch)]


def rows_of(data: bytes) -> list[tuple[Any, ...]]:
    """The cells of the first sheet."""
    return list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))


def csv_rows(data: bytes, encoding: str) -> list[list[str]]:
    """The rows of a .csv file, tabs at the end of numbers cut off as importing programs do."""
    text = data.decode(encoding)
    return [[value.rstrip("\t") for value in row] for row in csv.reader(io.StringIO(text, newline=""))]


def take(client: Client, campaign: Campaign, **data: str) -> Any:
    """Ask for the table."""
    return client.post(reverse("evaluations:backfill", args=[campaign.slug]), {"format": "xlsx", **data})


def test_the_workbook_has_every_member_cell_by_cell_and_numbers_as_text(
    open_campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    sheet = in_force(open_campaign, tree.village, "excellent", "qualified", probationary=1)
    answer = take(client_of(secretary), open_campaign, organization=tree.village.code, full="on")
    rows = rows_of(answer.content)
    assert rows[0][0] == "民主评议党员回填表"
    assert rows[2] == HEADS
    expected = [
        (
            tree.village.name,
            row.name,
            row.entry.member.id_number,
            sheet.ballot.meeting.day,
            sheet.effective_on,
            row.grade_label or NOT_GRADED,
        )
        for row in sheet.assessments.select_related("entry__member").order_by("ordinal")
    ]
    found = [
        (*row[:3], *(day.date() for day in row[3:5] if isinstance(day, datetime.datetime)), row[5])
        for row in rows[3:10]
    ]
    assert found == expected
    assert [row[5] for row in expected].count("优秀") == 1
    assert [row[5] for row in expected].count(NOT_GRADED) == 1
    assert "含完整身份证号码，请妥善保管" in str(rows[10:])
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert {cell_.data_type for cell_ in book.worksheets[0]["C"][3:10]} == {"s"}
    assert {cell_.number_format for cell_ in book.worksheets[0]["C"][3:10]} == {"@"}
    (event,) = AuditEvent.objects.filter(action="export_backfill_full")
    assert (event.detail, event.actor_id) == ({"campaign": "open", "rows": 7, "unmasked": True}, secretary.pk)
    assert not any(number in str(event.detail) for number in numbers_of(tree.village))


@pytest.mark.parametrize("file_format", ["xlsx", "csv-gbk", "csv-utf8"])
def test_without_the_tick_no_full_number_is_in_any_file(
    file_format: str, open_campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    in_force(open_campaign, tree.village)
    answer = take(client_of(secretary), open_campaign, organization=tree.village.code, format=file_format)
    if file_format == "xlsx":
        text = str(rows_of(answer.content))
    else:
        text = answer.content.decode("gb18030" if file_format == "csv-gbk" else "utf-8-sig")
    assert mask_id_number(numbers_of(tree.village)[0]) in text
    assert not [number for number in numbers_of(tree.village) if number in text]
    (event,) = AuditEvent.objects.filter(action="export_backfill")
    assert event.detail == {"campaign": "open", "rows": 6, "unmasked": False}


def test_full_numbers_are_for_the_very_people_who_may_have_them_in_the_roster(
    tree: Tree, secretary: User, organizer: User, member: User, township: User, county: User,
    supervisor: User, stranger: User, system: User, auditor: User, sibling_secretary: User,
) -> None:  # fmt: skip
    people = (
        secretary, organizer, member, township, county, supervisor, stranger, system, auditor,
        sibling_secretary,
    )  # fmt: skip
    for person in people:
        for place in (tree.village, tree.township, tree.sibling, tree.county):
            assert bool(can_export_id_numbers(person, place)) == bool(can_export_unmasked(person, place))
            if can_export_id_numbers(person, place):
                assert can_export_backfill(person, place)
    assert can_export_id_numbers(secretary, tree.village)
    assert can_export_id_numbers(township, tree.village)
    for person in (member, supervisor, stranger, system, auditor, sibling_secretary):
        assert not can_export_id_numbers(person, tree.village)
        assert not can_export_backfill(person, tree.village)


def test_grades_the_rules_keep_in_the_branch_are_taken_by_its_own_clerks_only(
    tree: Tree, secretary: User, township: User, supervisor: User
) -> None:
    campaign = published_campaign(tree.county, slug="kept", rules={"result_publicity": "branch_only"})
    sheet = in_force(campaign, tree.village)
    assert can_take_results(secretary, tree.village, "branch_only")
    assert not can_take_results(township, tree.village, "branch_only")
    assert can_take_results(township, tree.village, "file_up")
    mine = standing_sheets(campaign=campaign, organization=tree.village, reader=secretary)
    assert [branch for branch, _ in mine.taken()] == [tree.village]
    for reader in (township, None):
        above = standing_sheets(campaign=campaign, organization=tree.township, reader=reader)
        assert above.taken() == []
        assert above.state(tree.village) == KEPT
        assert above.state(tree.sibling) == NOT_BEGUN
    assert can_retype(secretary, sheet)
    assert can_print_registration(secretary, sheet)
    for person in (township, supervisor):
        assert not can_retype(person, sheet)
        assert not can_print_registration(person, sheet)


def test_only_what_is_in_force_in_the_present_round_stands(
    open_campaign: Campaign, tree: Tree, county: User
) -> None:
    sheet = in_force(open_campaign, tree.village)
    waiting = in_force(open_campaign, tree.sibling)
    AssessmentSheet.objects.filter(pk=waiting.pk).update(status=AssessmentStatus.DRAFT)
    void = assessed(evening("void", organization=tree.school, campaign=open_campaign, members=3))
    standing = standing_sheets(campaign=open_campaign, organization=tree.county, reader=county)
    assert [found.pk for _branch, found in standing.taken()] == [sheet.pk]
    assert standing.state(tree.sibling) == "提出意见"
    assert standing.state(tree.school) == VOIDED
    assert (superseded(sheet), superseded(void)) == ("", VOIDED)
    village_only = standing_sheets(
        campaign=open_campaign, organization=tree.county, reader=county, category="village"
    )
    assert {branch.category for branch in village_only.branches} == {"village"}
    order_redo(campaign=open_campaign, organization=tree.village, reason="走过场", by=county)
    standing = standing_sheets(campaign=open_campaign, organization=tree.county, reader=county)
    assert standing.taken() == []
    assert standing.state(tree.village) == ORDERED_AGAIN
    assert superseded(AssessmentSheet.objects.get(pk=sheet.pk)) == ORDERED_AGAIN
    again = AssessmentSheet.objects.get(pk=sheet.pk)
    again.pk = None
    again._state.adding = True
    again.id = type(sheet.pk)(int=7)
    again.round_no = 2
    again.save()
    standing = standing_sheets(campaign=open_campaign, organization=tree.county, reader=county)
    assert [found.round_no for _branch, found in standing.taken()] == [2]


@pytest.mark.parametrize(("file_format", "encoding"), [("csv-gbk", "gb18030"), ("csv-utf8", "utf-8-sig")])
def test_names_beyond_gbk_come_back_from_either_encoding(
    file_format: str, encoding: str, open_campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    sheet = in_force(open_campaign, tree.village)
    rare = "王㛃䶮𬭎𠮷"
    with pytest.raises(UnicodeEncodeError):
        rare.encode("gbk")
    row = sheet.assessments.get(ordinal=1)
    type(row).objects.filter(pk=row.pk).update(name=rare)
    answer = take(
        client_of(secretary), open_campaign, organization=tree.village.code, format=file_format, full="on"
    )
    assert answer.content.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    rows = csv_rows(answer.content, encoding)
    assert rows[0] == list(HEADS)
    assert rows[1][1] == rare
    assert {row[2] for row in rows[1:]} == set(numbers_of(tree.village))
    day = sheet.ballot.meeting.day.isoformat()
    assert {(row[3], row[4]) for row in rows[1:]} == {(day, timezone.localdate().isoformat())}
    names = "filename*=utf-8''"
    assert names in answer["Content-Disposition"]


def test_what_gbk_has_is_written_as_gbk_writes_it() -> None:
    assert csv_bytes([["刘德福", "优秀"]], encoding="gb18030") == "刘德福,优秀\r\n".encode("gbk")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "\r", " ="])
def test_no_cell_can_run_as_a_formula(start: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_bytes([[f"{start}1+1"]], encoding="utf-8").decode(), newline=""))
    assert row[0].startswith("'")


def test_cells_of_other_kinds() -> None:
    assert cell(None) == ""
    assert cell(datetime.date(2026, 12, 10)) == "2026-12-10"
    assert cell(12) == "12"
    assert cell(NUMBERS[0]) == f"{NUMBERS[0]}\t"
    assert cell(mask_id_number(NUMBERS[0])) == mask_id_number(NUMBERS[0])


def test_somebody_who_was_not_assessed_is_in_the_table_with_the_word_for_it(
    open_campaign: Campaign, tree: Tree, county: User
) -> None:
    made = evening("certified", organization=tree.village, campaign=open_campaign, members=3)
    entry = RosterEntry.objects.filter(roster__organization=tree.village).order_by("ordinal")[0]
    RosterEntry.objects.filter(pk=entry.pk).update(
        is_expected=False, exempt_reason=ExemptReason.ABROAD, is_subject=False
    )
    assessed(made)
    standing = standing_sheets(campaign=open_campaign, organization=tree.township, reader=county)
    table = backfill_table(open_campaign, tree.township, standing, full=True)
    assert [row.result for row in table.rows] == [NOT_ASSESSED, "合格", "合格"]
    assert [row.id_number for row in table.rows] == [""] * 3
    assert table.notes[1:] == (
        "3 人没有登记身份证号码。",
        f"{table.left_out} 个党支部还没有评定，或者按规定由支部掌握，没有列入。",
    )
    assert table.left_out == len(standing.branches) - 1


def test_a_whole_tree_is_a_job_sealed_and_recorded_once(
    open_campaign: Campaign, tree: Tree, township: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluations.reports.backfill.ROWS_BETWEEN", 5)
    in_force(open_campaign, tree.village)
    in_force(open_campaign, tree.sibling)
    draft = in_force(open_campaign, tree.school)
    AssessmentSheet.objects.filter(pk=draft.pk).update(status=AssessmentStatus.DRAFT)
    client = client_of(township)
    answer = take(client, open_campaign, organization=tree.township.code, full="on")
    job = Job.objects.get()
    assert answer["Location"] == reverse("branches:job", args=[job.pk])
    backfill_file(str(job.pk))
    backfill_file(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 12, 12), job.message
    assert not job.result_path.read_bytes().startswith(b"PK")
    with open_result(job) as result:
        rows = rows_of(result.read())
    assert [row[0] for row in rows[3:15]] == [tree.village.name] * 6 + [tree.sibling.name] * 6
    assert AuditEvent.objects.filter(action="export_backfill_full").count() == 1


def test_a_job_without_the_right_makes_nothing(
    open_campaign: Campaign, tree: Tree, secretary: User, township: User, supervisor: User
) -> None:
    in_force(open_campaign, tree.village)
    wish = BackfillWish(open_campaign, tree.township, "xlsx", True)
    gone = account_with(Role.OFFICE, tree.township, is_active=False)
    refused = [ask_for_backfill(wish, by=person) for person in (secretary, supervisor, gone)]
    strange = ask_for_backfill(BackfillWish(open_campaign, tree.township, "exe", False), by=township)
    for job, reason in (
        *((job, "您已没有导出这份回填表的权限。") for job in refused),
        (strange, "活动或党组织已不存在。"),
    ):
        backfill_file(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.message) == (JobState.FAILED, reason)
        assert not job.result_path.exists()
    assert not AuditEvent.objects.filter(action__startswith="export_backfill").exists()


def test_the_page_offers_what_the_person_may_take(
    open_campaign: Campaign, tree: Tree, secretary: User, township: User, supervisor: User, member: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    sheet = in_force(open_campaign, tree.village)
    url = reverse("evaluations:exports", args=[open_campaign.slug])
    page = client_of(secretary).get(url).content.decode()
    assert reverse("evaluations:retype", args=[sheet.pk]) in page
    assert "评定等次汇总" not in page
    assert "汇总接口" not in page
    assert tree.sibling.name not in page
    page = client_of(township).get(url).content.decode()
    assert "评定等次汇总" in page
    assert reverse("evaluations:summary_key", args=[tree.township.pk]) in page
    assert tree.other_township.name not in page
    for person in (supervisor, member):
        assert client_of(person).get(url).status_code == 403
    answer = take(client_of(secretary), open_campaign, organization=tree.village.code, format="exe")
    assert "错误：" in answer.content.decode()
    assert not AuditEvent.objects.filter(action__startswith="export_backfill").exists()


def case_of(campaign: Campaign, branch: Organization, kind: str, status: str) -> DisposalCase:
    """A disposal case of a member of the branch."""
    taken = DisposalCase.objects.values("member")
    member = Member.objects.filter(organization=branch).exclude(pk__in=taken)[0]
    return DisposalCase.objects.create(
        campaign=campaign,
        organization=branch,
        member=member,
        kind=kind,
        reason="不起作用",
        status=status,
        starts_on=timezone.localdate(),
    )


def test_the_yearly_numbers_are_the_sums_and_only_approved_disposals_count(
    open_campaign: Campaign, tree: Tree, township: User, client_of: ClientOf
) -> None:
    in_force(open_campaign, tree.village, "excellent", "basic", "qualified", probationary=1)
    in_force(open_campaign, tree.sibling, "unqualified", "qualified")
    case_of(open_campaign, tree.village, DisposalKind.DEADLINE, DisposalStatus.IN_FORCE)
    case_of(open_campaign, tree.village, DisposalKind.DEADLINE, DisposalStatus.ENDED)
    case_of(open_campaign, tree.sibling, DisposalKind.PERSUADE, DisposalStatus.SUBMITTED)
    case_of(open_campaign, tree.sibling, DisposalKind.REMOVE_LAPSED, DisposalStatus.IN_FORCE)
    table = statistics_table(open_campaign, tree.township, reader=township)
    expected = {
        "列入本表的党支部": 2,
        "党员总数": 13,
        "正式党员": 12,
        "预备党员": 1,
        "应参加评议的党员": 12,
        "参加评议的党员": 12,
        "优秀": 1,
        "合格": 9,
        "基本合格": 1,
        "不合格": 1,
        "未参加评议的党员": 0,
        "组织处置": 3,
        "限期改正": 2,
        "劝其退党": 0,
        "劝而不退除名": 0,
        "自行脱党除名": 1,
    }
    found = {figure.name: figure.number for figure in table.figures}
    assert {name: found[name] for name in expected} == expected
    url = reverse("evaluations:statistics", args=[open_campaign.slug])
    answer = client_of(township).post(url, {"organization": tree.township.code})
    rows = rows_of(answer.content)
    assert rows[2] == ("项目", "数量", "单位")
    assert [(name.strip("　"), number) for name, number, _unit in rows[3 : 3 + len(table.figures)]] == [
        (figure.name, figure.number) for figure in table.figures
    ]
    (event,) = AuditEvent.objects.filter(action="export_statistics")
    assert event.detail == {"campaign": "open", "rows": 2}


def test_the_retype_page_has_the_branchs_numbers_in_typing_order_and_nothing_else(
    open_campaign: Campaign, tree: Tree, secretary: User, county: User, client_of: ClientOf
) -> None:
    sheet = in_force(open_campaign, tree.village, "excellent", "qualified")
    in_force(open_campaign, tree.sibling, "unqualified")
    lines = typing_lines(sheet, reader=secretary)
    assert [name for name, _value, _inner in lines][:7] == [
        "开展评议日期", "结束评议日期", "党员总数", "正式党员", "预备党员", "应参加评议的党员", "参加评议的党员",
    ]  # fmt: skip
    assert {name: value for name, value, _inner in lines}["优秀"] == "1"
    url = reverse("evaluations:retype", args=[sheet.pk])
    page = client_of(secretary).get(url).content.decode()
    places = [page.index(f">{name}</label>") for name, _value, _inner in lines]
    assert places == sorted(places)
    assert not [row.name for row in sheet.assessments.all() if row.name in page.partition("<main")[2]]
    order_redo(campaign=open_campaign, organization=tree.village, reason="走过场", by=county)
    assert client_of(secretary).get(url).status_code == 403


def test_a_draft_has_no_numbers_to_type(open_campaign: Campaign, tree: Tree, secretary: User) -> None:
    sheet = in_force(open_campaign, tree.village)
    sheet.status = AssessmentStatus.DRAFT
    assert "还没有生效" in getattr(can_retype(secretary, sheet), "reason", "")


def test_rows_take_the_same_number_of_queries_however_many_branches_there_are(
    open_campaign: Campaign, tree: Tree, county: User
) -> None:
    counted = []
    for branch in (tree.village, tree.sibling, tree.school):
        in_force(open_campaign, branch)
        campaign = Campaign.objects.select_related("issuer").get(pk=open_campaign.pk)
        with CaptureQueriesContext(connection) as queries:
            standing = standing_sheets(campaign=campaign, organization=tree.county, reader=county)
            table = backfill_table(campaign, tree.county, standing, full=False)
        counted.append((len(queries), len(table.rows)))
    assert [rows for _queries, rows in counted] == [6, 12, 18]
    assert len({queries for queries, _rows in counted}) == 1
