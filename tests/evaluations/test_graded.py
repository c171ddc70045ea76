"""The summary of a superior with grades: one row a branch, scales apart, in tree order, from a fixed number of queries."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import openpyxl
import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Category, Job, JobState, Kind, Organization, Role, User
from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus, Ballot, BallotStatus
from evaluations.reports.graded_file import ask_for_graded
from evaluations.reports.graded_page import graded_page
from evaluations.reports.graded_render import graded_pdf, graded_workbook
from evaluations.reports.graded_rollup import BASES, graded_rollup
from evaluations.reports.graded_table import GradedLine, GradedRollUp, GradedSection
from evaluations.rules.assessing import BASE_WORDS
from evaluations.tasks import graded_file
from members.models import ExemptReason, Member, MemberKind, Roster, RosterEntry
from tests.conftest import Tree
from tests.factories.assessing import assessed, decide, write_all
from tests.factories.branches import CampaignFactory, OrganizationFactory, account_with, invented_name
from tests.factories.meetings import MeetingFactory
from tests.pace import allowed

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
FOUR = [
    {"key": key, "label": label}
    for key, label in (
        ("excellent", "优秀"), ("qualified", "合格"), ("basic", "基本合格"), ("unqualified", "不合格"),
    )
]  # fmt: skip
TWO = [{"key": "good", "label": "好"}, {"key": "poor", "label": "差"}]
CAP = {"share": "1/3", "base": "full_members", "number": 6, "chosen": 3, "grade": "优秀"}
COUNTY_BRANCHES = 400
SECONDS_FOR_A_COUNTY = 3


def campaign_of(above: Organization) -> Campaign:
    """A campaign that lets grades go up."""
    rules = {"result_publicity": "file_up"}
    made: Campaign = CampaignFactory.create(issuer=above, status="published", rules=rules)
    return made


def place_in_force(
    campaign: Campaign, branch: Organization, grades: Sequence[str], *, probationary: int = 0, **fields: Any
) -> AssessmentSheet:
    """An assessment in force of a branch with so many graded members, written directly and in bulk."""
    ballot = Ballot(
        meeting=MeetingFactory.create(organization=branch, campaign=campaign),
        campaign=campaign,
        organization=branch,
        scale=FOUR,
        percent_base="valid",
        min_to_show=5,
    )
    # The workflow is tested elsewhere; here only what a certified ballot looks like matters.
    ballot.__dict__["status"] = BallotStatus.CERTIFIED
    ballot.save()
    kinds = [MemberKind.FULL] * len(grades) + [MemberKind.PROBATIONARY] * probationary
    members = [Member(organization=branch, name=invented_name(n), kind=kind) for n, kind in enumerate(kinds)]
    for member in members:
        member.derive_keys()
    Member.objects.bulk_create(members)
    roster = Roster.objects.create(campaign=campaign, organization=branch)
    entries = RosterEntry.objects.bulk_create(
        RosterEntry(
            roster=roster,
            member=member,
            ordinal=n,
            name=member.name,
            kind=member.kind,
            is_subject=member.kind == MemberKind.FULL,
        )
        for n, member in enumerate(members, 1)
    )
    today = timezone.localdate()
    usual = {"scale": FOUR, "status": AssessmentStatus.EFFECTIVE, "effective_on": today, "round_no": 1}
    sheet: AssessmentSheet = AssessmentSheet.objects.create(
        campaign=campaign, organization=branch, ballot=ballot, **{**usual, **fields}
    )
    Assessment.objects.bulk_create(
        Assessment(
            sheet=sheet, entry=entry, ordinal=n, name=entry.name, graded=n <= len(grades),
            grade=grades[n - 1] if n <= len(grades) else "",
        )
        for n, entry in enumerate(entries, 1)
    )  # fmt: skip
    return sheet


def township_of(count: int, category: str = Category.VILLAGE) -> tuple[Organization, list[Organization]]:
    """A township with so many branches."""
    above = OrganizationFactory.create(kind=Kind.COMMITTEE, category="office")
    return above, [OrganizationFactory.create(parent=above, category=category) for _ in range(count)]


def spare(entry: RosterEntry, reason: str = "", *, leader: bool = False) -> None:
    """Somebody who was not assessed after all."""
    Assessment.objects.filter(entry=entry).update(graded=False, grade="")
    RosterEntry.objects.filter(pk=entry.pk).update(
        is_subject=False, is_expected=not reason, exempt_reason=reason, is_leader_exempt=leader
    )


def test_a_row_counts_people_and_says_who_was_not_assessed_and_why() -> None:
    above, (branch, other) = township_of(2)
    campaign = campaign_of(above)
    sheet = place_in_force(
        campaign, branch, ["excellent", "excellent", "qualified", "qualified", "basic", "unqualified"],
        probationary=2, cap=CAP,
    )  # fmt: skip
    entries = [row.entry for row in sheet.assessments.order_by("ordinal")]
    spare(entries[3], ExemptReason.ABROAD)
    spare(entries[4], leader=True)
    Assessment.objects.filter(entry=entries[5]).update(graded=False, grade="", note="家事")
    table = graded_rollup(campaign, above, reader=None)
    (section,) = table.sections
    (line,) = section.lines
    assert line.heads() == (8, 6, 2, 4, 3)
    assert line.rate == Fraction(3, 4)
    assert line.counts == (2, 1, 0, 0)
    assert line.figures()[0] == (2, Fraction(2, 3))
    assert line.absent == ("3 人：自费出国（出境）半年以上 1 人；已参加领导班子民主生活会 1 人；其他 1 人")
    assert "家事" not in line.absent
    assert line.remarks == "“优秀”最多2人（正式党员6人×1/3），超过1人"
    assert [(x.organization, x.state) for x in table.others] == [(other.name, "还没有开始评定")]
    assert table.progress == "已列入 1 个支部，共 2 个支部"


def test_branches_stand_in_tree_order_whatever_their_grades_and_the_total_is_their_sum() -> None:
    above, branches = township_of(3)
    campaign = campaign_of(above)
    for branch, grades in zip(
        branches, (["unqualified"] * 3, ["excellent"] * 3, ["qualified", "basic"]), strict=True
    ):
        place_in_force(campaign, branch, grades, probationary=1)
    (section,) = graded_rollup(campaign, above, reader=None).sections
    assert [line.organization for line in section.lines] == [branch.name for branch in branches]
    assert [line.ordinal for line in section.lines] == [1, 2, 3]
    assert section.total.counts == (3, 1, 1, 3)
    assert section.total.heads() == (11, 8, 3, 8, 8)
    assert (section.total.absent, section.total.rate) == ("0", Fraction(1))


def test_scales_are_never_mixed_and_opinions_without_grades_are_a_table_of_their_own() -> None:
    above, (one, two, three) = township_of(3)
    campaign = campaign_of(above)
    place_in_force(campaign, one, ["excellent", "qualified"])
    place_in_force(campaign, two, ["good", "poor", "poor"], scale=TWO)
    place_in_force(campaign, three, ["", ""], scale=[])
    table = graded_rollup(campaign, above, reader=None)
    assert [(s.scale, [x.organization for x in s.lines], s.total.counts) for s in table.sections] == [
        ("优秀、合格、基本合格、不合格", [one.name], (1, 1, 0, 0)),
        ("好、差", [two.name], (1, 2)),
        ("只提评定意见，不定等次", [three.name], ()),
    ]
    pages = pypdf.PdfReader(io.BytesIO(graded_pdf(table))).pages
    assert len(pages) == 3
    book = openpyxl.load_workbook(io.BytesIO(graded_workbook(table)))
    assert book.sheetnames == [
        "汇总表（优秀、合格、基本合格、不合格）", "汇总表（好、差）", "汇总表（只提评定意见，不定等次）",
    ]  # fmt: skip


def test_what_the_rules_keep_in_the_branch_is_named_and_not_counted(tree: Tree, township: User) -> None:
    campaign = CampaignFactory.create(issuer=tree.county, rules={"result_publicity": "branch_only"})
    place_in_force(campaign, tree.village, ["excellent"])
    table = graded_rollup(campaign, tree.township, reader=township)
    assert table.sections == ()
    assert (tree.village.name, "由支部掌握") in [(x.organization, x.state) for x in table.others]
    assert "还没有可以列入的党支部" in pypdf.PdfReader(io.BytesIO(graded_pdf(table))).pages[0].extract_text()
    assert openpyxl.load_workbook(io.BytesIO(graded_workbook(table))).sheetnames == ["未列入"]


def test_the_second_round_says_so_and_a_category_is_a_part() -> None:
    above, (branch,) = township_of(1)
    school = OrganizationFactory.create(parent=above, category=Category.SCHOOL)
    campaign = campaign_of(above)
    place_in_force(campaign, branch, ["excellent"])
    campaign.runs.create(organization=branch, round_no=2, opened_at=timezone.now(), reason="走过场")
    assert graded_rollup(campaign, above, reader=None).sections == ()
    AssessmentSheet.objects.update(round_no=2)
    table = graded_rollup(campaign, above, reader=None)
    assert table.sections[0].lines[0].remarks == "第2轮"
    only = graded_rollup(campaign, above, reader=None, category=Category.SCHOOL)
    assert [x.organization for x in only.others] == [school.name]


def test_every_cell_of_the_workbook_is_the_value_of_its_row() -> None:
    above, (one, two) = township_of(2)
    campaign = campaign_of(above)
    place_in_force(campaign, one, ["excellent", "qualified", "qualified"], probationary=1)
    place_in_force(campaign, two, ["basic"], round_no=1)
    table = graded_rollup(campaign, above, reader=None)
    sheet = openpyxl.load_workbook(io.BytesIO(graded_workbook(table))).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == f"{campaign.year}年度民主评议党员情况汇总表"
    assert rows[2][:8] == ("序号", "党支部", "党员总数", "正式", "预备", "应评", "参评", "参评率")
    assert rows[2][8::2][:4] == ("优秀", "合格", "基本合格", "不合格")
    assert rows[3][8:16] == ("人数", "占比") * 4
    assert rows[4][:8] == (1, one.name, 4, 3, 1, 3, 3, 1)
    assert [round(float(str(value)), 9) for value in rows[4][8:12]] == [1, 0.333333333, 2, 0.666666667]
    assert rows[5][:9] == (2, two.name, 1, 1, 0, 1, 1, 1, 0)
    assert rows[6][1:9] == ("合计（2 个党支部）", 5, 4, 1, 4, 4, 1, 1)
    assert any("填报人" in str(row[0]) and "联系电话" in str(row[0]) for row in rows)


def test_a_branch_where_nobody_was_due_has_no_rate() -> None:
    line = GradedLine("党支部", 1, 0, 1, 0, 0, (0, 0))
    section = GradedSection.of(("好", "差"), [line])
    assert (section.total.rate, section.total.figures()[0]) == (None, (0, None))
    table = GradedRollUp("汇总表", "青石镇", "活动", timezone.localdate(), (section,))
    sheet = openpyxl.load_workbook(io.BytesIO(graded_workbook(table))).worksheets[0]
    assert sheet["H5"].value == sheet["J5"].value == "—"


def test_a_county_of_four_hundred_branches_is_summed_in_three_seconds_by_a_fixed_number_of_queries() -> None:
    counted = []
    for size in (3, COUNTY_BRANCHES):
        above, branches = township_of(size)
        campaign = campaign_of(above)
        for branch in branches:
            place_in_force(campaign, branch, ["excellent", "qualified", "qualified", "basic"] * 10)
        campaign = Campaign.objects.select_related("issuer").get(pk=campaign.pk)
        begun = time.process_time()
        with CaptureQueriesContext(connection) as queries:
            table = graded_rollup(campaign, above, reader=None)
        spent = time.process_time() - begun
        assert table.branches == size
        assert table.sections[0].total.counts == (size * 10, size * 20, size * 10, 0)
        counted.append(len(queries))
    assert spent < allowed(SECONDS_FOR_A_COUNTY)
    assert counted[0] == counted[1] <= 8


def test_the_page_has_a_tab_a_scale_and_one_for_those_left_out(
    tree: Tree, township: User, supervisor: User, client_of: ClientOf
) -> None:
    campaign = campaign_of(tree.county)
    place_in_force(campaign, tree.village, ["excellent", "qualified"])
    url = reverse("evaluations:graded", args=[campaign.slug])
    client = client_of(township)
    page = client.get(url).content.decode()
    assert tree.village.name in page
    assert "合计（1 个党支部）" in page
    exports = reverse("evaluations:exports", args=[campaign.slug])
    assert exports in page
    assert exports not in client_of(supervisor).get(url).content.decode()
    assert tree.sibling.name not in page
    left = client.get(f"{url}?tab=open").content.decode()
    assert tree.sibling.name in left
    assert "还没有开始评定" in left
    school = client.get(f"{url}?category=school&tab=9").content.decode()
    assert "只看：学校" in school
    assert tree.village.name not in school
    rollup = client.get(reverse("evaluations:rollup", args=[campaign.slug])).content.decode()
    assert url in rollup


def test_the_rows_of_the_page_are_texts_beside_their_headings() -> None:
    line = GradedLine("党支部", 4, 3, 1, 3, 2, (1, 1), ordinal=1)
    table = GradedRollUp("表", "镇", "活动", timezone.localdate(), (GradedSection.of(("好", "差"), [line]),))
    (row,) = graded_page(table, "").lines
    assert row.heads[-1] == ("参评率", "66.67%")
    assert row.figures == [("好", "1", "50.00%"), ("差", "1", "50.00%")]
    assert graded_page(table, "open").section is None


def test_files_are_made_by_a_job_and_recorded(tree: Tree, township: User, client_of: ClientOf) -> None:
    campaign = campaign_of(tree.county)
    place_in_force(campaign, tree.village, ["excellent", "qualified"])
    url = reverse("evaluations:graded_file", args=[campaign.slug])
    for ending, magic in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        answer = client_of(township).post(url, {"format": ending, "category": "x"})
        job = Job.objects.get(params__format=ending)
        assert answer["Location"] == reverse("branches:job", args=[job.pk])
        graded_file(str(job.pk))
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.message
        assert job.result_path.read_bytes().startswith(magic)
        assert job.result_name.endswith(f"评定等次汇总表_截至{timezone.localdate():%Y%m%d}.{ending}")
    events = AuditEvent.objects.filter(action="export_graded")
    assert [event.detail for event in events] == [{"campaign": campaign.slug, "rows": 1}] * 2


def test_a_job_asks_for_the_right_again(
    tree: Tree, township: User, secretary: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = campaign_of(tree.county)
    place_in_force(campaign, tree.village, ["excellent"])
    asked: dict[str, Any] = {"campaign": campaign, "organization": tree.township, "category": ""}
    gone = account_with(Role.OFFICE, tree.township, is_active=False)
    strange = ask_for_graded(**{**asked, "category": "x"}, file_format="xlsx", by=township)
    monkeypatch.setattr("evaluations.reports.graded_file.PDF_ROWS", 0)
    for job, reason in (
        (ask_for_graded(**asked, file_format="xlsx", by=secretary), "您已没有查看这份汇总表的权限。"),
        (ask_for_graded(**asked, file_format="xlsx", by=gone), "您已没有查看这份汇总表的权限。"),
        (strange, "活动或党组织已不存在。"),
        (
            ask_for_graded(**asked, file_format="pdf", by=township),
            "共 1 个支部，PDF 页数太多。请下载 Excel。",
        ),
    ):
        graded_file(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.message) == (JobState.FAILED, reason)
    assert not AuditEvent.objects.filter(action="export_graded").exists()


def test_people_through_the_services_arrive_in_the_table() -> None:
    rules = {"result_publicity": "file_up", "excellent_cap": "1/3"}
    found = assessed(members=6, probationary=1, rules=rules)
    best, lower, *_ = (place for place, row in enumerate(found.rows) if row.graded)
    write_all(found, {best: "excellent", lower: "basic"})
    decide(found)
    campaign = found.evening.campaign
    (section,) = graded_rollup(campaign, campaign.issuer, reader=found.office).sections
    (line,) = section.lines
    assert line.heads() == (7, 6, 1, 6, 6)
    assert sum(line.counts) == 6
    assert line.counts[2] == 1
    assert line.remarks == "“优秀”最多2人（正式党员6人×1/3）"


def test_every_base_of_the_cap_has_a_short_name() -> None:
    assert set(BASES) == set(BASE_WORDS)
