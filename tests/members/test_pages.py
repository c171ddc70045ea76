"""Pages of members, imports and rosters, as the people of a village branch and its township use them."""

import datetime
import io
import re
from collections.abc import Callable
from typing import Any, cast

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from branches.models import AuditEvent, Campaign, Job, JobState, User
from config.lib.tables import read_table
from members import tasks
from members.models import BatchStatus, ImportBatch, Member, Roster, Standing
from members.services import imports
from members.services.rosters import freeze_roster
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory, invented_id_number, members_of

BIRTH = datetime.date(1970, 1, 1)
NUMBER = invented_id_number(1, BIRTH)
ClientOf = Callable[[User], Client]


def workbook(rows: list[list[Any]]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("名册.xlsx", out.getvalue())


def upload(client: Client, tree: Tree, rows: list[list[Any]], **more: Any) -> ImportBatch:
    data = {"organization": tree.village.pk, "file": workbook(rows), **more}
    answer = client.post(reverse("members:import_new"), data)
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.latest("uploaded_at")


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def cells(answer: Any) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


# Members


def test_the_list_shows_the_branch_and_hides_the_numbers(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    MemberFactory.create(
        organization=tree.village, name="王芳", phone="13855550001", is_floating=True, group=tree.group
    )
    MemberFactory.create(organization=tree.sibling, name="邻村")
    text = page(client_of(secretary), "members:list")
    assert "王芳" in text
    assert "138****0001" in text
    assert "13855550001" not in text
    assert "邻村" not in text
    assert "流动" in text
    assert 'name="branch"' not in text


def test_the_list_is_searched_filtered_and_ordered(tree: Tree, township: User, client_of: ClientOf) -> None:
    client = client_of(township)
    MemberFactory.create(organization=tree.village, name="王芳", kind="probationary")
    MemberFactory.create(organization=tree.sibling, name="丁一", is_lost=True)
    MemberFactory.create(organization=tree.sibling, name="转走", standing=Standing.TRANSFERRED)
    assert "丁一" not in page(client, "members:list", q="wf")
    assert "王芳" not in page(client, "members:list", branch="白沙")
    assert "王芳" not in page(client, "members:list", flag="is_lost")
    assert "丁一" not in page(client, "members:list", kind="probationary")
    assert "转走" in page(client, "members:list", standing="transferred")
    text = page(client, "members:list", order="pinyin")
    assert text.index("丁一") < text.index("王芳")
    assert "没有找到" in page(client, "members:list", q="没有这人")


def test_the_list_refreshes_in_part(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    answer = client_of(secretary).get(reverse("members:list"), headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_list(
    tree: Tree, secretary: User, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client = client_of(secretary)
    members_of(tree.village, 45, phone="13855550001", group=tree.group)
    page(client, "members:list")
    with django_assert_max_num_queries(12):
        page(client, "members:list")


def test_an_empty_list_says_what_to_do(
    tree: Tree, secretary: User, supervisor: User, client_of: ClientOf
) -> None:
    assert "直接导入" in page(client_of(secretary), "members:list")
    assert "支部书记联系" in page(client_of(supervisor), "members:list")


def test_a_record_is_shown_with_masked_numbers_until_asked(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    member = MemberFactory.create(organization=tree.village, id_number=NUMBER, phone="13855550001")
    client = client_of(secretary)
    text = page(client, "members:detail", member.pk)
    assert NUMBER not in text
    assert member.masked_id_number in text
    answer = client.post(reverse("members:numbers", args=[member.pk]))
    assert NUMBER in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(action="reveal_numbers").count() == 1
    assert client.get(reverse("members:numbers", args=[member.pk])).status_code == 405


def test_a_member_sees_the_own_record_and_no_list(tree: Tree, member: User, client_of: ClientOf) -> None:
    own = MemberFactory.create(organization=tree.village, user=member, id_number=NUMBER)
    other = MemberFactory.create(organization=tree.village)
    client = client_of(member)
    assert "修改" not in page(client, "members:detail", own.pk).split("<main")[1]
    assert client.get(reverse("members:detail", args=[other.pk])).status_code == 404
    assert client.get(reverse("members:list")).status_code == 403
    assert client.get(reverse("members:edit", args=[own.pk])).status_code == 403
    assert NUMBER in client.post(reverse("members:numbers", args=[own.pk])).content.decode()


def hidden(text: str, name: str) -> str:
    """The value of a hidden input."""
    tag = next(tag for tag in re.findall(r"<input[^>]*>", text) if f'name="{name}"' in tag)
    return str(re.findall(r'value="([^"]*)"', tag)[0])


def test_a_member_is_added_once_even_when_posted_twice(
    tree: Tree, organizer: User, client_of: ClientOf
) -> None:
    client = client_of(organizer)
    key = hidden(page(client, "members:new"), "submission")
    data = {
        "name": "王　芳", "organization": tree.village.pk, "kind": "full", "id_number": NUMBER,
        "phone": "138 5555 0001", "joined_on": "1995年7月1日", "submission": key,
    }  # fmt: skip
    first = client.post(reverse("members:new"), data)
    second = client.post(reverse("members:new"), data)
    assert first.status_code == second.status_code == 302
    member = Member.objects.get()
    assert first["Location"] == second["Location"] == reverse("members:detail", args=[member.pk])
    assert (member.name, member.birth_on, member.sex, member.phone) == ("王芳", BIRTH, "male", "13855550001")
    assert member.joined_on == datetime.date(1995, 7, 1)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "", "姓名"),
        ("name", "12", "请填写姓名"),
        ("name", "名" * 41, "40"),
        ("id_number", "110105194912310021", "校验码"),
        ("id_number", "1.1E+17", "科学计数"),
        ("phone", "不告诉你", "手机号"),
        ("joined_on", "1985年2月30日", "不存在"),
        ("joined_on", "2099-01-01", "不能晚于今天"),
        ("full_on", "1980-01-01", "不能早于入党日期"),
        ("birth_on", "1971-01-01", "与身份证号中的1970-01-01不一致"),
        ("sex", "female", "与身份证号不一致"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_stays(
    tree: Tree, secretary: User, client_of: ClientOf, field: str, value: str, reason: str
) -> None:
    data = {
        "name": "王芳", "organization": tree.village.pk, "kind": "full", "id_number": NUMBER, "phone": "13855550001",
        "joined_on": "1995-07-01", "note": "写了很多", field: value,
    }  # fmt: skip
    answer = client_of(secretary).post(reverse("members:new"), data)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert reason in text
    assert "错误：" in text
    assert "写了很多" in text
    assert value in text
    assert not Member.objects.exists()


def test_a_group_must_belong_to_the_branch(tree: Tree, township: User, client_of: ClientOf) -> None:
    client = client_of(township)
    data = {"name": "王芳", "organization": tree.sibling.pk, "group": tree.group.pk, "kind": "full"}
    assert "不属于所选的党支部" in client.post(reverse("members:new"), data).content.decode()
    assert "请选择" in page(client, "members:new")
    chosen = page(client, "members:new", organization=tree.sibling.pk)
    assert f'<option value="{tree.sibling.pk}" selected' in chosen


def test_a_taken_id_number_is_said_without_losing_the_form(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    MemberFactory.create(organization=tree.other_village, id_number=NUMBER)
    data = {
        "name": "王芳",
        "organization": tree.village.pk,
        "kind": "full",
        "id_number": NUMBER,
        "note": "写了",
    }
    text = client_of(secretary).post(reverse("members:new"), data).content.decode()
    assert "已在其他党组织登记" in text
    assert "写了" in text


def test_a_member_is_changed_and_numbers_left_empty_stay(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    member = MemberFactory.create(
        organization=tree.village, name="王芳", id_number=NUMBER, phone="13855550001"
    )
    client = client_of(secretary)
    text = page(client, "members:edit", member.pk)
    assert NUMBER not in text
    assert member.masked_id_number in text
    data = {"name": "王方", "kind": "full", "version": 1, "is_poor": "on", "joined_on": "1995-07-01"}
    assert client.post(reverse("members:edit", args=[member.pk]), data).status_code == 302
    member.refresh_from_db()
    assert (member.name, member.id_number, member.is_poor, member.version) == ("王方", NUMBER, True, 2)
    stale = client.post(reverse("members:edit", args=[member.pk]), {**data, "name": "王圆"})
    assert "刚刚被别人改过" in stale.content.decode()
    assert "王圆" in stale.content.decode()


def test_a_member_is_taken_off_the_roll(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    member = MemberFactory.create(organization=tree.village)
    client = client_of(secretary)
    client.post(reverse("members:standing", args=[member.pk]), {"standing": "transferred"})
    member.refresh_from_db()
    assert member.standing == Standing.TRANSFERRED
    answer = client.post(reverse("members:standing", args=[member.pk]), {"standing": "?"}, follow=True)
    assert "请选择在册情况" in answer.content.decode()


def test_the_roster_is_exported_masked_and_in_full_for_who_may(
    tree: Tree, secretary: User, supervisor: User, client_of: ClientOf
) -> None:
    MemberFactory.create(
        organization=tree.village, name="=1+1", id_number=NUMBER, phone="13855550001", note="@x"
    )
    MemberFactory.create(organization=tree.village, name="转走", standing=Standing.TRANSFERRED)
    client = client_of(secretary)
    masked = client.post(reverse("members:export"), {"organization": tree.village.pk})
    rows = cells(masked)
    assert "filename*=utf-8''" in masked["Content-Disposition"]
    assert rows[3][1] == "=1+1"
    assert len(rows) == 4
    assert rows[3][6] == f"{NUMBER[:4]}**********{NUMBER[-4:]}"
    full = client.post(reverse("members:export"), {"organization": tree.village.pk, "unmasked": "1"})
    assert cells(full)[3][6:8] == [NUMBER, "13855550001"]
    assert AuditEvent.objects.filter(action="export_unmasked").count() == 1
    refused = client_of(supervisor).post(
        reverse("members:export"), {"organization": tree.village.pk, "unmasked": "1"}
    )
    assert refused.status_code == 403
    assert client.post(reverse("members:export"), {"organization": tree.sibling.pk}).status_code == 404
    assert client.post(reverse("members:export"), {"organization": ""}).status_code == 404


def test_an_exported_roster_can_be_imported_again_without_change(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    MemberFactory.create(
        organization=tree.village, name="王芳", id_number=NUMBER, phone="13855550001", roster_number=1
    )
    client = client_of(secretary)
    full = client.post(reverse("members:export"), {"organization": tree.village.pk, "unmasked": "1"})
    rows = read_table(cast(Any, io.BytesIO(full.content)))
    batch = imports.open_import(rows=rows, file_name="a", organization=tree.village, by=secretary)
    batch = imports.check_import(batch=batch, by=secretary)
    assert (batch.unchanged_count, batch.row_count) == (1, 1)


# Imports


def test_a_roster_goes_from_upload_to_preview_to_the_roll_and_back(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    MemberFactory.create(organization=tree.village, name="李强", joined_on=None, ethnicity="汉族")
    client = client_of(secretary)
    batch = upload(
        client, tree,
        [["花名册"], ["姓名", "身份证号", "民族", "党小组"], ["王芳", NUMBER, "汉族", "一组"], ["李强", None, "回族", None], ["赵六", "1.1E+17", None, None]],
    )  # fmt: skip
    wrong = page(client, "members:import_batch", batch.pk)
    assert "科学计数" in wrong
    assert "有 1 行有问题" in wrong
    changed = page(client, "members:import_batch", batch.pk, rows="c")
    assert "<del>汉族</del>" in changed
    new = page(client, "members:import_batch", batch.pk, rows="n")
    assert NUMBER not in new
    assert "一组" in new
    assert "没有这样的行" in page(client, "members:import_batch", batch.pk, rows="u")
    marked = client.get(reverse("members:import_wrong", args=[batch.pk]))
    assert "科学计数" in str(cells(marked)[3][-1])
    refused = client.post(reverse("members:import_step", args=[batch.pk, "confirm"]), follow=True)
    assert "有1行有问题" in refused.content.decode()
    client.post(reverse("members:import_step", args=[batch.pk, "confirm"]), {"only_correct": "1"})
    assert Member.objects.count() == 2
    assert "已写入名册" in page(client, "members:import_batch", batch.pk)
    assert "名册.xlsx" in page(client, "members:import_new")
    assert client.get(reverse("members:import_wrong", args=[batch.pk])).status_code == 302
    again = client.post(
        reverse("members:import_step", args=[batch.pk, "confirm"]), {"only_correct": "1"}, follow=True
    )
    assert "已导入" in again.content.decode()
    client.post(reverse("members:import_step", args=[batch.pk, "undo"]))
    assert [m.name for m in Member.objects.all()] == ["李强"]
    assert "已撤销" in page(client, "members:import_batch", batch.pk)


def test_the_preview_speaks_chinese_about_every_kind_of_value(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    member = MemberFactory.create(organization=tree.village, name="李强", id_number=NUMBER, joined_on=None)
    client = client_of(secretary)
    batch = upload(
        client, tree,
        [["姓名", "身份证号", "联系电话", "入党时间", "是否流动党员", "人员类别", "党小组"], ["李方", NUMBER, "13855550009", "1995-07-01", "是", "预备党员", "一组"]],
    )  # fmt: skip
    text = page(client, "members:import_batch", batch.pk, rows="c")
    for part in (
        "<del>李强</del>",
        "（原号码）",
        "138****0009",
        "1995-07-01",
        "<del>否</del>",
        "<del>正式党员</del>",
        "一组",
    ):
        assert part in text
    client.post(reverse("members:import_step", args=[batch.pk, "confirm"]))
    member.refresh_from_db()
    assert (member.name, member.phone, member.is_floating) == ("李方", "13855550009", True)


def test_columns_are_corrected_by_hand(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    client = client_of(secretary)
    batch = upload(client, tree, [["姓名", "读到哪", "民族"], ["王芳", "高中", "汉族"]])
    assert "读到哪" in page(client, "members:import_batch", batch.pk)
    address = reverse("members:import_columns", args=[batch.pk])
    client.post(address, {"name": "0", "education": "1"})
    assert "高中" in page(client, "members:import_batch", batch.pk, rows="n")
    assert "哪一列是姓名" in client.post(address, {"education": "1"}, follow=True).content.decode()
    assert "一列只能对应" in client.post(address, {"name": "0", "sex": "0"}, follow=True).content.decode()


def test_an_upload_can_be_given_up(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    client = client_of(secretary)
    batch = upload(client, tree, [["姓名", "民族"], ["王芳", "汉族"]])
    client.post(reverse("members:import_step", args=[batch.pk, "discard"]))
    assert "已放弃" in page(client, "members:import_batch", batch.pk)
    client.post(reverse("members:import_step", args=[batch.pk, "nonsense"]))
    batch.refresh_from_db()
    assert batch.status == BatchStatus.DISCARDED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空"),
        (b"%PDF-1.7", "PDF"),
        ("单位,电话\n甲,乙\n".encode(), "没有找到表头"),
        ("姓名,民族\n".encode(), "没有数据"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_what_to_do(
    tree: Tree, secretary: User, client_of: ClientOf, content: bytes, reason: str
) -> None:
    data = {"organization": tree.village.pk, "file": SimpleUploadedFile("名册.xlsx", content)}
    answer = client_of(secretary).post(reverse("members:import_new"), data)
    assert answer.status_code == 200
    assert reason in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_secretary_cannot_import_into_another_branch(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    data = {"organization": tree.sibling.pk, "file": workbook([["姓名", "民族"], ["王芳", "汉族"]])}
    answer = client_of(secretary).post(reverse("members:import_new"), data)
    assert answer.status_code == 200
    assert not ImportBatch.objects.exists()


def test_an_import_is_seen_by_its_own_branch_and_office_only(
    tree: Tree, secretary: User, township: User, supervisor: User, stranger: User, client_of: ClientOf
) -> None:
    batch = upload(client_of(secretary), tree, [["姓名", "民族"], ["王芳", "汉族"]])
    address = reverse("members:import_batch", args=[batch.pk])
    assert client_of(township).get(address).status_code == 200
    assert client_of(supervisor).get(address).status_code == 403
    assert client_of(stranger).get(address).status_code == 404
    assert client_of(supervisor).get(reverse("members:import_new")).status_code == 403


def test_a_long_roster_is_checked_and_imported_by_background_jobs(
    tree: Tree,
    secretary: User,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 1)
    client = client_of(secretary)
    batch = upload(client, tree, [["姓名", "民族"], ["王芳", "汉族"], ["李强", "汉族"]])
    tasks.check_import(str(Job.objects.get().pk))
    batch.refresh_from_db()
    assert (batch.status, batch.new_count) == (BatchStatus.READY, 2)
    answer = client.post(reverse("members:import_step", args=[batch.pk, "confirm"]))
    job = Job.objects.get(kind="members.tasks.confirm_import")
    assert answer["Location"] == reverse("branches:job", args=[job.pk])
    tasks.confirm_import(str(job.pk))
    tasks.confirm_import(str(job.pk))
    assert Member.objects.count() == 2
    client.post(reverse("members:import_step", args=[batch.pk, "undo"]))
    tasks.undo_import(str(Job.objects.get(kind="members.tasks.undo_import").pk))
    assert Member.objects.count() == 0
    assert {job.state for job in Job.objects.all()} == {JobState.DONE}
    assert job.next_url == reverse("members:import_batch", args=[batch.pk])


def test_a_batch_still_being_checked_says_so_and_a_check_that_was_cancelled_begins_anew(
    tree: Tree, secretary: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 1)
    client = client_of(secretary)
    batch = upload(client, tree, [["姓名", "民族"], ["王芳", "汉族"], ["李强", "汉族"]])
    assert "正在核对，请稍候" in page(client, "members:import_batch", batch.pk)
    client.post(reverse("branches:job_cancel", args=[Job.objects.get().pk]))
    text = page(client, "members:import_batch", batch.pk)
    assert "重新核对" in text
    assert "放弃这次导入" in text
    answer = client.post(reverse("members:import_step", args=[batch.pk, "check"]))
    job = Job.objects.get(state=JobState.QUEUED)
    assert answer["Location"] == reverse("branches:job", args=[job.pk])
    tasks.check_import(str(job.pk))
    assert "确认导入（新增 2" in page(client, "members:import_batch", batch.pk)


def test_the_template_is_filled_in_and_imported(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    client = client_of(secretary)
    answer = client.get(reverse("members:template"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["填写说明", "数据", "字典"]
    assert book["字典"].sheet_state == "hidden"
    sheet = book["数据"]
    assert len(sheet.data_validations.dataValidation) >= 6
    for column, value in ((2, "王芳"), (3, NUMBER), (9, "预备党员"), (10, "2025.12")):
        sheet.cell(3, column, value)
    out = io.BytesIO()
    book.save(out)
    rows = read_table(cast(Any, io.BytesIO(out.getvalue())), sheets=("数据",))
    batch = imports.open_import(rows=rows, file_name="a", organization=tree.village, by=secretary)
    imports.confirm_import(batch=imports.check_import(batch=batch, by=secretary), by=secretary)
    member = Member.objects.get()
    assert (member.name, member.kind, member.joined_on) == (
        "王芳",
        "probationary",
        datetime.date(2025, 12, 1),
    )


# Rosters


def address(tree: Tree, campaign: Campaign, name: str = "roster", *more: Any) -> str:
    return reverse(f"members:{name}", args=[tree.village.pk, campaign.slug, *more])


def test_the_roster_is_looked_through_exempted_from_and_frozen(
    tree: Tree, campaign: Campaign, secretary: User, client_of: ClientOf
) -> None:
    ill, _well = members_of(tree.village, 2)
    client = client_of(secretary)
    text = client.get(address(tree, campaign)).content.decode()
    assert ill.name in text
    assert not Roster.objects.exists()
    exempt = address(tree, campaign, "exempt", ill.pk)
    assert "自费出国" in client.get(exempt).content.decode()
    assert "错误：" in client.post(exempt, {"note": "x"}).content.decode()
    client.post(exempt, {"reason": "bedridden", "note": "已报上级同意", "rated": "on"})
    text = client.get(address(tree, campaign)).content.decode()
    assert "已报上级同意" in text
    client.post(address(tree, campaign, "count", ill.pk))
    assert "已报上级同意" not in client.get(address(tree, campaign)).content.decode()
    client.post(address(tree, campaign, "roster_freeze"))
    roster = Roster.objects.get()
    assert roster.is_frozen
    again = client.post(address(tree, campaign, "roster_freeze"), follow=True)
    assert "已核定" in again.content.decode()


def test_the_clause_is_quoted_only_for_the_rule_it_supports(
    tree: Tree, township: User, secretary: User, client_of: ClientOf
) -> None:
    members_of(tree.village, 1)
    campaign = CampaignFactory.create(issuer=tree.township, status="published")
    client = client_of(secretary)
    assert "依据：" in client.get(address(tree, campaign)).content.decode()
    changed = CampaignFactory.create(
        issuer=tree.township, status="published", rules={"probationary_subject": "omit"}
    )
    assert "依据：" not in client.get(address(tree, changed)).content.decode()
    silent = CampaignFactory.create(issuer=tree.township, status="published", preset="town_leadership_2014")
    assert "依据：" not in client.get(address(tree, silent)).content.decode()


def test_a_frozen_roster_takes_changes_with_a_reason(
    tree: Tree, campaign: Campaign, secretary: User, client_of: ClientOf
) -> None:
    (first,) = members_of(tree.village, 1)
    client = client_of(secretary)
    late_before = client.post(address(tree, campaign, "roster_add", first.pk), {"why": "x"}, follow=True)
    assert "还没有核定" in late_before.content.decode()
    freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
    exempt = address(tree, campaign, "exempt", first.pk)
    assert "错误：" in client.post(exempt, {"reason": "abroad"}).content.decode()
    client.post(exempt, {"reason": "abroad", "why": "上月出国"})
    refused = client.post(address(tree, campaign, "count", first.pk), follow=True)
    assert "须写明原因" in refused.content.decode()
    late = MemberFactory.create(organization=tree.village, name="新来")
    assert "核定以后新来的党员" in client.get(address(tree, campaign)).content.decode()
    client.post(address(tree, campaign, "roster_add", late.pk), {"why": "本月转入"})
    text = client.get(address(tree, campaign)).content.decode()
    assert "上月出国" in text
    assert "本月转入" in text
    assert Roster.objects.get().entries.count() == 2


def test_rosters_are_read_by_those_above_and_changed_by_the_branch(
    tree: Tree,
    campaign: Campaign,
    supervisor: User,
    organizer: User,
    stranger: User,
    member: User,
    client_of: ClientOf,
) -> None:
    (one,) = members_of(tree.village, 1)
    assert one.name in client_of(supervisor).get(address(tree, campaign)).content.decode()
    for person, status in ((supervisor, 403), (stranger, 404), (member, 404)):
        assert client_of(person).post(address(tree, campaign, "exempt", one.pk), {}).status_code == status
    refused = client_of(organizer).post(address(tree, campaign, "roster_freeze"), follow=True)
    assert "书记" in refused.content.decode()
    assert "由支部书记" in client_of(organizer).get(address(tree, campaign)).content.decode()


def test_an_empty_branch_and_a_closed_campaign_say_so(
    tree: Tree, campaign: Campaign, secretary: User, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    assert "还没有党员" in client.get(address(tree, campaign)).content.decode()
    (one,) = members_of(tree.village, 1)
    Campaign.objects.filter(pk=campaign.pk).update(name="x")
    type(campaign).objects.filter(pk=campaign.pk).update(**{"status": "closed"})
    assert "已经结束" in client.get(address(tree, campaign)).content.decode()
    form = {"reason": "abroad", "rated": "on"}
    assert "已经结束" in client.post(address(tree, campaign, "exempt", one.pk), form).content.decode()
