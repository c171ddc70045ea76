"""Imports from real files: checked, confirmed, undone; nothing of anybody else is touched."""

import csv
import datetime
import io
import uuid
from typing import Any

import openpyxl
import pytest

from branches.models import AuditEvent, Campaign, Job, JobState, Kind, Organization, User
from branches.services.jobs import JobRefused, LeaseLost, cancel_job
from branches.workflow import NotAllowed
from config.lib.tables import read_table
from members.models import BatchStatus, ImportBatch, Member, MemberKind, Standing
from members.rules.roster_header import HeaderNotFound
from members.services.import_plan import PlanRow, cells_of, cells_to_line, row_of
from members.services.imports import (
    STALE,
    change_columns,
    check_by_job,
    check_import,
    confirm_by_job,
    confirm_import,
    discard_import,
    open_import,
    undo_by_job,
    undo_import,
)
from members.services.people import ELSEWHERE, change_member
from members.services.rosters import freeze_roster
from tests.conftest import Tree
from tests.factories.branches import JobFactory, OrganizationFactory
from tests.factories.members import MemberFactory, invented_id_number

BIRTH = datetime.date(1949, 12, 31)
NUMBER = invented_id_number(1, BIRTH, male=False)
SECOND = invented_id_number(2, BIRTH, male=True)
Rows = list[list[Any]]


def xlsx(rows: Rows, merged: tuple[str, ...] = ()) -> io.BytesIO:
    """A workbook as an office sends it."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str) and value.startswith("="):
                cell.data_type = "s"
    for area in merged:
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return io.BytesIO(out.getvalue())


def opened(rows: Rows, organization: Organization, by: User) -> ImportBatch:
    batch = open_import(rows=rows, file_name="名册.xlsx", organization=organization, by=by)
    return check_import(batch=batch, by=by)


def plan(batch: ImportBatch) -> list[PlanRow]:
    return [row_of(line) for line in batch.take("plan")]


def actions(batch: ImportBatch) -> list[str]:
    return [row.action for row in plan(batch)]


def reasons(batch: ImportBatch) -> list[str]:
    return [remark.text for row in plan(batch) for remark in row.problems]


def everything() -> list[Any]:
    return list(Member.objects.order_by("pk").values())


def test_a_workbook_with_every_horror_is_read_as_it_was_meant(tree: Tree, secretary: User) -> None:
    rows = read_table(
        xlsx(
            [
                ["新河村党支部党员花名册"],
                ["填报单位：新河村党支部", None, None, None, None, None, "2026年11月"],
                ["序号", "姓名", "公民身份证号码", "入党情况", None, "联系方式", "党小组", "备注"],
                [None, None, None, "加入党组织日期", "转正时间", None, None, None],
                [1, "王　芳", NUMBER, 1985.7, "1986年7月1日", 13855550001, "新河村第一党小组", "=1+1"],
                [2, "李 强 ", 1.10101e17, "198507", None, "138 5555 0002", None, "@x"],
                [3, "买买提•艾力", None, 31229, datetime.datetime(1986, 7, 1), None, None, None],  # noqa: DTZ001
                [4, "王芳", NUMBER, "１９８５．７", None, None, None, None],
                [5, "名" * 40, None, "1985年2月30日", None, None, None, None],
                ["合计", None, None, None, None, None, None, 5],
                [None, "填表人：刘德福"],
            ],
            ("A1:H1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "G5:G7"),
        )
    )
    batch = opened(rows, tree.village, secretary)
    found = plan(batch)
    assert [(row.row_number, row.action) for row in found] == [
        (5, "n"),
        (6, "w"),
        (7, "n"),
        (8, "w"),
        (9, "w"),
    ]
    assert reasons(batch) == [
        "身份证号被Excel改成科学计数，末尾数字已丢失，请把该列设为文本后重新填写",
        "身份证号与第5行相同",
        "入党时间“1985年2月30日”这一天不存在，请核对",
    ]
    assert (batch.new_count, batch.changed_count, batch.unchanged_count, batch.wrong_count) == (2, 0, 0, 3)
    with pytest.raises(NotAllowed, match="有3行有问题"):
        confirm_import(batch=batch, by=secretary)
    assert not Member.objects.exists()
    done = confirm_import(batch=batch, by=secretary, only_correct=True)
    assert done.status == BatchStatus.IMPORTED
    first = Member.objects.get(name="王芳")
    assert (first.joined_on, first.full_on) == (datetime.date(1985, 7, 1), datetime.date(1986, 7, 1))
    assert (first.id_number, first.phone, first.birth_on, first.sex) == (
        NUMBER,
        "13855550001",
        BIRTH,
        "female",
    )
    assert (first.group, first.note, first.roster_number) == (tree.group, "=1+1", 1)
    assert Member.objects.get(name="买买提·艾力").full_on == datetime.date(1986, 7, 1)
    assert not list(done.take("rows"))
    assert not list(done.take("plan"))


def test_a_gb18030_text_file_is_read_too(tree: Tree, secretary: User) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["党员姓名", "身份证", "入党日期"], ["王镕", NUMBER, "1985/7"], ["", "", ""]])
    rows = read_table(io.BytesIO(text.getvalue().encode("gb18030")))
    confirm_import(batch=opened(rows, tree.village, secretary), by=secretary)
    assert Member.objects.get().name == "王镕"


def test_a_second_import_shows_what_changed_and_never_erases(tree: Tree, secretary: User) -> None:
    rows: Rows = [["姓名", "身份证号", "学历", "联系电话", "是否困难党员"]]
    rows += [["王芳", NUMBER, "高中", "13855550001", "是"], ["李强", SECOND, "小学", "13855550002", None]]
    confirm_import(batch=opened(rows, tree.village, secretary), by=secretary)
    kept = Member.objects.get(name="李强")
    rows[1] = ["王方", NUMBER, None, "13855550009", "否"]
    batch = opened(rows, tree.village, secretary)
    assert actions(batch) == ["c", "u"]
    row = plan(batch)[0]
    assert row.before == {"name": "王芳", "phone": None, "is_poor": True}
    confirm_import(batch=batch, by=secretary)
    member = Member.objects.get(pk=row.member)
    assert (member.name, member.education, member.phone, member.is_poor) == (
        "王方",
        "高中",
        "13855550009",
        False,
    )
    assert (member.version, member.search_key) == (2, "王方 wangfang wf")
    kept.refresh_from_db()
    assert kept.version == 1


def test_without_an_id_number_a_member_is_found_by_name_and_dates(tree: Tree, secretary: User) -> None:
    same = MemberFactory.create(organization=tree.village, name="王芳", joined_on=datetime.date(1985, 7, 1))
    MemberFactory.create(organization=tree.sibling, name="李强")
    rows: Rows = [["姓名", "入党时间", "民族"], ["王芳", "1985-07-01", "回族"], ["李强", None, None]]
    batch = opened(rows, tree.village, secretary)
    assert [(row.action, row.member) for row in plan(batch)] == [("c", str(same.pk)), ("n", "")]
    other = opened([["姓名", "入党时间"], ["王芳", "1999-07-01"]], tree.village, secretary)
    assert actions(other) == ["n"]
    assert any("同名党员，日期不同" in str(text) for text, _ in other.remarks)


def test_an_id_number_is_added_to_the_member_who_had_none(tree: Tree, secretary: User) -> None:
    member = MemberFactory.create(organization=tree.village, name="王芳", birth_on=BIRTH)
    batch = opened([["姓名", "身份证号"], ["王芳", NUMBER]], tree.village, secretary)
    assert plan(batch)[0].member == str(member.pk)
    confirm_import(batch=batch, by=secretary)
    member.refresh_from_db()
    assert member.id_number == NUMBER


def test_what_cannot_be_told_apart_is_wrong_and_says_why(tree: Tree, secretary: User) -> None:
    for _ in range(2):
        MemberFactory.create(organization=tree.village, name="王芳", birth_on=None, joined_on=None)
    MemberFactory.create(organization=tree.village, name="李强", birth_on=BIRTH, id_number=SECOND)
    MemberFactory.create(
        organization=tree.village, name="赵六", standing=Standing.TRANSFERRED, id_number=invented_id_number(9)
    )
    rows: Rows = [["姓名", "身份证号", "民族"]]
    rows += [["王芳", None, "汉族"], ["李强", NUMBER, None], ["赵六", invented_id_number(9), None]]
    assert reasons(opened(rows, tree.village, secretary)) == [
        "本支部有几名同名党员，请填写身份证号以便区分",
        "本支部已有同名、同出生日期的党员，身份证号不同；如是同一人请先更正党员信息",
        "这名党员在本支部已不在册，如已转回请先在党员信息中恢复在册",
    ]


def test_two_rows_for_one_member_are_named_at_the_second(tree: Tree, secretary: User) -> None:
    MemberFactory.create(organization=tree.village, name="王芳", birth_on=BIRTH, id_number=NUMBER)
    rows: Rows = [["姓名", "身份证号", "民族"], ["王芳", NUMBER, None], ["王芳", None, "汉族"]]
    assert reasons(opened(rows, tree.village, secretary)) == ["与第2行是同一名党员"]


def test_somebody_elses_member_is_never_touched_and_never_named(tree: Tree, secretary: User) -> None:
    MemberFactory.create(organization=tree.other_village, name="王芳", id_number=NUMBER)
    before = everything()
    batch = opened([["姓名", "身份证号", "民族"], ["王芳", NUMBER, "回族"]], tree.village, secretary)
    assert reasons(batch) == [ELSEWHERE]
    assert "双桥" not in str(list(batch.take("plan")))
    with pytest.raises(NotAllowed):
        confirm_import(batch=batch, by=secretary)
    with pytest.raises(NotAllowed, match="没有可以导入"):
        confirm_import(batch=batch, by=secretary, only_correct=True)
    assert everything() == before


def test_a_member_who_was_transferred_away_elsewhere_may_be_registered_here(
    tree: Tree, secretary: User
) -> None:
    MemberFactory.create(organization=tree.other_village, id_number=NUMBER, standing=Standing.TRANSFERRED)
    batch = opened([["姓名", "身份证号"], ["王芳", NUMBER]], tree.village, secretary)
    assert actions(batch) == ["n"]
    confirm_import(batch=batch, by=secretary)
    assert Member.objects.active().get().organization == tree.village


def test_a_township_file_spreads_over_its_branches_by_name(tree: Tree, township: User) -> None:
    OrganizationFactory.create(parent=tree.township, name="新河新村党支部", short_name="新村支部")
    rows: Rows = [["姓名", "所在党支部", "党小组"]]
    rows += [
        ["甲一", "新河村党支部", "一组"],
        ["乙二", "中共白沙村支部委员会", None],
        ["丙三", "青石镇中心学校", "一组"],
    ]
    rows += [
        ["丁四", "双桥村党支部", None],
        ["戊五", "新", None],
        ["己六", "YL-QS-04", None],
        ["庚七", "宏达纺织一车间", None],
    ]
    batch = opened(rows, tree.township, township)
    assert actions(batch) == ["n", "n", "n", "w", "w", "n", "n"]
    confirm_import(batch=batch, by=township, only_correct=True)
    placed = {m.name: m.organization for m in Member.objects.select_related("organization")}
    assert placed == {
        "甲一": tree.village, "乙二": tree.sibling, "丙三": tree.school, "己六": tree.hospital, "庚七": tree.mill,
    }  # fmt: skip
    assert Member.objects.get(name="甲一").group == tree.group
    assert Member.objects.get(name="甲一").kind == MemberKind.FULL


def test_a_branch_name_is_needed_above_the_branch_and_must_be_the_own_one_in_it(
    tree: Tree, township: User, secretary: User
) -> None:
    rows: Rows = [["姓名", "民族"], ["甲一", "汉族"]]
    assert reasons(opened(rows, tree.township, township)) == ["没有写所在党支部"]
    rows = [["姓名", "党支部", "党小组"], ["甲一", "白沙村党支部", None], ["乙二", "新河村", "没有的组"]]
    batch = opened(rows, tree.village, secretary)
    assert reasons(batch) == ["所在党支部写的是“白沙村党支部”，不是本支部"]
    assert ["没有找到党小组“没有的组”，没有填党小组", 1] in batch.remarks


def test_two_branches_of_one_name_need_the_full_name(tree: Tree, township: User) -> None:
    for code in ("A", "B"):
        OrganizationFactory.create(parent=tree.township, name=f"{code}桥头村党支部", short_name="桥头支部")
    batch = opened(
        [["姓名", "党支部"], ["甲一", "桥头支部"], ["乙二", "不存在的党支部"]], tree.township, township
    )
    assert reasons(batch)[0] == "有几个党支部都叫“桥头支部”，请写全称"
    assert "没有找到党支部“不存在的党支部”" in reasons(batch)[1]


def test_an_import_undone_leaves_everything_as_it_was(tree: Tree, secretary: User) -> None:
    MemberFactory.create(
        organization=tree.village,
        name="王芳",
        birth_on=BIRTH,
        id_number=NUMBER,
        phone="13855550001",
        group=None,
    )
    before = everything()
    rows: Rows = [["姓名", "身份证号", "入党时间", "联系电话", "党小组"]]
    rows += [["王方", NUMBER, "1990-01-01", "13855550002", "一组"], ["李强", SECOND, None, None, None]]
    done = confirm_import(batch=opened(rows, tree.village, secretary), by=secretary)
    assert everything() != before
    undone = undo_import(batch=done, by=secretary)
    assert everything() == before
    assert undone.status == BatchStatus.UNDONE
    assert not list(undone.take("undo"))
    with pytest.raises(NotAllowed, match="已撤销"):
        undo_import(batch=done, by=secretary)


def test_an_import_is_not_undone_over_somebodys_later_change(tree: Tree, secretary: User) -> None:
    MemberFactory.create(organization=tree.village, name="王芳", birth_on=BIRTH, id_number=NUMBER)
    rows: Rows = [["姓名", "身份证号", "民族"], ["王芳", NUMBER, "回族"], ["李强", SECOND, None]]
    done = confirm_import(batch=opened(rows, tree.village, secretary), by=secretary)
    for name in ("王芳", "李强"):
        member = Member.objects.get(name=name)
        change_member(member=member, version=member.version, by=secretary, note="改过")
        before = everything()
        with pytest.raises(NotAllowed, match="有1名党员在导入之后又改过"):
            undo_import(batch=done, by=secretary)
        assert everything() == before
        Member.objects.filter(pk=member.pk).update(version=member.version)


def test_an_import_is_not_undone_once_its_people_are_on_a_roster(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    done = confirm_import(
        batch=opened([["姓名", "民族"], ["王芳", "汉族"]], tree.village, secretary), by=secretary
    )
    freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    with pytest.raises(NotAllowed, match="评议花名册"):
        undo_import(batch=done, by=secretary)
    assert Member.objects.count() == 1


def test_a_roll_that_changed_after_the_preview_is_shown_again_first(tree: Tree, secretary: User) -> None:
    member = MemberFactory.create(organization=tree.village, name="王芳", birth_on=BIRTH, id_number=NUMBER)
    batch = opened([["姓名", "身份证号", "民族"], ["王芳", NUMBER, "回族"]], tree.village, secretary)
    change_member(member=member, version=1, by=secretary, ethnicity="满族")
    with pytest.raises(NotAllowed, match=STALE[:10]):
        confirm_import(batch=batch, by=secretary)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.READY
    assert plan(batch)[0].before["ethnicity"] == "满族"
    confirm_import(batch=batch, by=secretary)
    member.refresh_from_db()
    assert member.ethnicity == "回族"


def test_columns_can_be_set_by_hand(tree: Tree, secretary: User) -> None:
    batch = opened([["姓名", "家庭住址", "民族"], ["王芳", "高中", "汉族"]], tree.village, secretary)
    batch = change_columns(batch=batch, mapping={"name": 0, "education": 1, "nonsense": 2}, by=secretary)
    batch = check_import(batch=batch, by=secretary)
    assert plan(batch)[0].values["education"] == "高中"
    assert "ethnicity" not in plan(batch)[0].values
    with pytest.raises(NotAllowed, match="哪一列是姓名"):
        change_columns(batch=batch, mapping={"education": 1}, by=secretary)
    for mapping in ({"name": 0, "education": 0}, {"name": 0, "education": 9}):
        with pytest.raises(NotAllowed, match="一列只能对应一项"):
            change_columns(batch=batch, mapping=mapping, by=secretary)


def test_a_discarded_upload_keeps_nothing(tree: Tree, secretary: User) -> None:
    batch = opened([["姓名", "民族"], ["王芳", "汉族"]], tree.village, secretary)
    gone = discard_import(batch=batch, by=secretary)
    assert not list(gone.take("rows"))
    with pytest.raises(NotAllowed, match="已放弃"):
        confirm_import(batch=batch, by=secretary)


def test_imports_are_for_clerks_and_offices(
    tree: Tree, supervisor: User, stranger: User, secretary: User
) -> None:
    rows: Rows = [["姓名", "民族"], ["王芳", "汉族"]]
    for person in (supervisor, stranger):
        with pytest.raises(NotAllowed, match="权限"):
            open_import(rows=rows, file_name="a", organization=tree.village, by=person)
    batch = opened(rows, tree.village, secretary)
    with pytest.raises(NotAllowed, match="权限"):
        confirm_import(batch=batch, by=stranger)


def test_a_table_that_is_no_roster_says_what_is_missing(tree: Tree, secretary: User) -> None:
    for rows in ([["单位", "电话"], ["x", "y"]], [["姓名", "民族"]]):
        with pytest.raises(HeaderNotFound):
            open_import(rows=rows, file_name="a", organization=tree.village, by=secretary)


def test_the_record_of_an_import_holds_counts_and_no_person(tree: Tree, secretary: User) -> None:
    done = confirm_import(
        batch=opened([["姓名", "身份证号"], ["王芳", NUMBER]], tree.village, secretary), by=secretary
    )
    event = AuditEvent.objects.get(action="confirm")
    assert (event.about_id, event.detail["new"]) == (str(done.pk), 1)
    for one in AuditEvent.objects.all():
        assert "王芳" not in str(one.detail)
        assert NUMBER not in str(one.detail)


def test_groups_and_committees_are_no_branches(tree: Tree, township: User) -> None:
    batch = opened(
        [["姓名", "党支部"], ["甲一", tree.group.name], ["乙二", tree.general.name]], tree.township, township
    )
    assert {tree.group.kind, tree.general.kind} == {Kind.GROUP, Kind.GENERAL_BRANCH}
    assert all(row.values.get("organization_id") != tree.group.pk for row in plan(batch))


def test_cells_of_every_kind_survive_being_kept(tree: Tree, secretary: User) -> None:
    row: list[Any] = ["王芳", datetime.datetime(1985, 7, 1, 8, 30), datetime.time(8, 30), True, 1.5, None]  # noqa: DTZ001
    assert cells_of(cells_to_line(row)) == [row[0], row[1], "08:30:00", *row[3:]]
    assert cells_of('[{"x":1,"y":2},{"z":1}]') == [{"x": 1, "y": 2}, {"z": 1}]


def test_a_long_check_reports_its_progress(tree: Tree, secretary: User) -> None:
    rows: Rows = [["姓名", "民族"], *([f"王{chr(0x4E00 + n)}", "汉族"] for n in range(1001))]
    batch = open_import(rows=rows, file_name="a", organization=tree.village, by=secretary)
    told: list[tuple[int, int, str]] = []
    batch = check_import(batch=batch, by=secretary, report=lambda *progress: told.append(progress))
    confirm_import(batch=batch, by=secretary, report=lambda *progress: told.append(progress))
    stages = ("正在核对", "正在再核对一遍", "正在写入名册")
    assert told == [(done, 1001, words) for words in stages for done in (0, 1000)]
    assert Member.objects.count() == 1001


def a_job(batch: ImportBatch | None, by: User | None) -> Job:
    params = {"batch": str(batch.pk if batch else uuid.uuid4()), "only_correct": False}
    return JobFactory.create(requested_by=by, params=params, state=JobState.RUNNING)  # type: ignore[no-any-return]


def no_report(done: int, total: int, message: str = "") -> None:
    """Takes progress and forgets it."""


def test_a_job_that_cannot_go_on_says_why(tree: Tree, secretary: User, supervisor: User) -> None:
    batch = opened([["姓名", "民族"], ["王芳", "汉族"]], tree.village, secretary)
    for work in (check_by_job, confirm_by_job):
        with pytest.raises(JobRefused, match="申请人"):
            work(a_job(batch, None), no_report)
        with pytest.raises(JobRefused, match="重新上传"):
            work(a_job(None, secretary), no_report)
        with pytest.raises(JobRefused, match="权限"):
            work(a_job(batch, supervisor), no_report)


def test_a_job_run_twice_imports_once(tree: Tree, secretary: User) -> None:
    batch = opened([["姓名", "民族"], ["王芳", "汉族"]], tree.village, secretary)
    for _ in range(2):
        confirm_by_job(a_job(batch, secretary), no_report)
    assert Member.objects.count() == 1


@pytest.mark.parametrize("stage", ["check", "confirm", "undo"])
def test_work_that_was_cancelled_changes_nothing_and_leaves_no_record(
    stage: str, tree: Tree, secretary: User
) -> None:
    if stage == "check":
        rows: Rows = [["姓名", "民族"], ["王芳", "汉族"]]
        batch = open_import(rows=rows, file_name="a", organization=tree.village, by=secretary)
    else:
        batch = opened([["姓名", "民族"], ["王芳", "汉族"]], tree.village, secretary)
    if stage == "undo":
        confirm_import(batch=batch, by=secretary)
    batch.refresh_from_db()
    job, events = a_job(batch, secretary), AuditEvent.objects.count()
    cancel_job(job=job, by=secretary)
    work = {"check": check_by_job, "confirm": confirm_by_job, "undo": undo_by_job}[stage]
    with pytest.raises(LeaseLost):
        work(job, no_report)
    assert ImportBatch.objects.get().status == batch.status
    assert Member.objects.count() == (stage == "undo")
    assert AuditEvent.objects.count() == events


def test_a_large_import_is_taken_back_by_a_job_that_closes_with_its_work(tree: Tree, secretary: User) -> None:
    batch = opened([["姓名", "民族"], ["王芳", "汉族"]], tree.village, secretary)
    confirm_import(batch=batch, by=secretary)
    job = a_job(batch, secretary)
    undo_by_job(job, no_report)
    job.refresh_from_db()
    assert (job.state, Member.objects.count()) == (JobState.DONE, 0)
    with pytest.raises(JobRefused, match="已撤销"):
        undo_by_job(a_job(batch, secretary), no_report)


def test_the_numbering_of_a_list_never_renumbers_the_roll(tree: Tree, secretary: User) -> None:
    MemberFactory.create(organization=tree.village, name="王芳", roster_number=7, joined_on=None)
    MemberFactory.create(organization=tree.village, name="李强", roster_number=None, joined_on=None)
    rows: Rows = [["序号", "姓名", "民族"], [1, "王芳", "汉族"], [2, "李强", "汉族"]]
    batch = opened(rows, tree.village, secretary)
    assert actions(batch) == ["u", "c"]
    assert plan(batch)[1].values == {"roster_number": 2}
