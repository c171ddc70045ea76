"""Pages of the dues ledger, as the clerks of a village branch, its township and a member use them."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pypdfium2
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import AuditEvent, User
from members.models import DuesMonth, DuesRate, DuesTerms, Member
from members.services import dues
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory, members_of

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 23)
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def wang(tree: Tree) -> Member:
    made: Member = MemberFactory.create(organization=tree.village, name="王芳")
    return made


def month(number: int, year: int = 2026) -> datetime.date:
    return datetime.date(year, number, 1)


def terms(by: User, *members: Member, since: datetime.date | None = None) -> None:
    dues.set_terms(
        organization=members[0].organization,
        members=members,
        label="农民",
        monthly=Decimal("0.50"),
        since=since or month(1),
        by=by,
    )


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


def get(client: Client, name: str, *args: Any, **query: Any) -> str:
    return text_of(client.get(reverse(f"members:{name}", args=args), query))


def key(member: Member, number: int) -> str:
    return f"{member.pk.hex}:2026-{number:02d}"


def post(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"members:{name}", args=args), data, follow=True)


# The ledger


def test_two_taps_mark_a_month(tree: Tree, secretary: User, wang: Member, client_of: ClientOf) -> None:
    terms(secretary, wang)
    client = client_of(secretary)
    page = get(client, "dues", tree.village.pk)
    assert f'value="{key(wang, 3)}"' in page
    assert "不得垫交" in page
    text = text_of(post(client, "dues", tree.village.pk, cell=[key(wang, 10), key(wang, 11)], pay="1"))
    assert "已登记已交 2 个月" in text
    assert {(row.month, row.amount, row.paid_on) for row in DuesMonth.objects.all()} == {
        (month(10), Decimal("0.50"), TODAY),
        (month(11), Decimal("0.50"), TODAY),
    }
    assert f'value="{key(wang, 10)}"' not in text


def test_all_of_a_month_are_ticked_by_one_link(
    tree: Tree, secretary: User, wang: Member, client_of: ClientOf
) -> None:
    other = MemberFactory.create(organization=tree.village, name="丁一")
    terms(secretary, wang, other)
    dues.pay_months(organization=tree.village, cells=[(wang.pk, month(3))], paid_on=TODAY, by=secretary)
    page = get(client_of(secretary), "dues", tree.village.pk, pick="3")
    assert re.findall(r'value="([0-9a-f:-]+)"[^>]* checked', page) == [key(other, 3)]
    for odd in ("x", "99", "²", "333"):
        assert " checked" not in get(client_of(secretary), "dues", tree.village.pk, pick=odd)


def test_members_stand_in_stroke_order_and_in_no_other(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    for name in ("魏来", "丁一", "王芳"):
        MemberFactory.create(organization=tree.village, name=name)
    page = get(client_of(secretary), "dues", tree.village.pk, order="amount")
    assert re.findall(r">([^<>]+)</a></th>", page) == ["丁一", "王芳", "魏来"]


def test_a_refusal_keeps_what_was_ticked_and_typed(
    tree: Tree, secretary: User, wang: Member, client_of: ClientOf
) -> None:
    answer = post(client_of(secretary), "dues", tree.village.pk, cell=key(wang, 3), note="家人代交", pay="1")
    text = text_of(answer)
    assert "还没有核定每月交多少：王芳" in text
    assert re.search(rf'value="{key(wang, 3)}"[^>]* checked', text)
    assert "家人代交" in text
    assert "请填数字" in text_of(
        post(client_of(secretary), "dues", tree.village.pk, cell=key(wang, 3), amount="五")
    )
    assert "还没有选中月份" in text_of(post(client_of(secretary), "dues", tree.village.pk, cell="x:2026-03"))
    odd = [f"{wang.pk.hex}:2026-13", f"{wang.pk.hex}:0000-01"]
    assert "还没有选中月份" in text_of(post(client_of(secretary), "dues", tree.village.pk, cell=odd))


def test_waiving_and_making_up_late(tree: Tree, secretary: User, wang: Member, client_of: ClientOf) -> None:
    client = client_of(secretary)
    assert "写明原因" in text_of(post(client, "dues", tree.village.pk, cell=key(wang, 2), waive="1"))
    text = text_of(
        post(client, "dues", tree.village.pk, cell=key(wang, 2), waive="1", note="重病，镇党委批准")
    )
    assert "已登记免交 1 个月" in text
    text = text_of(post(client, "dues", tree.village.pk, cell=[key(wang, 1), key(wang, 2)], amount="1"))
    assert "另有 1 个月以前已经登记" in text
    assert "2026年1月是补交" in text
    assert "不得超过6个月" in text


def test_years_are_kept_within_reach(tree: Tree, secretary: User, wang: Member, client_of: ClientOf) -> None:
    client = client_of(secretary)
    for typed, shown in (("2025", 2025), ("2027", 2027), ("1999", 2026), ("2028", 2026), ("x", 2026)):
        assert f"{shown}年党费台账" in get(client, "dues", tree.village.pk, year=typed)
    page = get(client, "dues", tree.village.pk, year="2027")
    assert "2027-11" in page
    assert f'value="{wang.pk.hex}:2027-12"' not in page  # more than a year ahead
    answer = client.post(
        reverse("members:dues", args=[tree.village.pk]) + "?year=2025&pick=3",
        {"cell": f"{wang.pk.hex}:2025-12", "amount": "1"},
    )
    assert answer.headers["Location"].endswith("?year=2025")


def test_talk_first_is_said_to_the_clerks_and_is_no_verdict(
    tree: Tree, secretary: User, wang: Member, client_of: ClientOf
) -> None:
    other = MemberFactory.create(organization=tree.village, name="丁一")
    terms(secretary, wang, since=month(7))
    terms(secretary, other, since=month(2))
    page = get(client_of(secretary), "dues", tree.village.pk)
    assert "先谈心了解情况" in page
    assert "连续 4 个月" in page
    assert "连续 9 个月" in page
    assert "系统不作认定" in page
    listed = get(client_of(secretary), "list")
    assert "连续" not in listed


def test_an_office_chooses_a_branch(tree: Tree, township: User, client_of: ClientOf) -> None:
    page = get(client_of(township), "dues", tree.township.pk)
    assert reverse("members:dues", args=[tree.village.pk]) in page
    assert "双桥村" not in page
    assert client_of(township).get(reverse("members:dues", args=[tree.group.pk])).status_code == 404


def test_an_empty_branch_says_what_to_do(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    assert "导入名册" in get(client_of(secretary), "dues", tree.village.pk)


def test_the_member_list_leads_to_the_ledger(
    tree: Tree, secretary: User, township: User, supervisor: User, client_of: ClientOf
) -> None:
    address = reverse("members:dues", args=[tree.village.pk])
    quiet = f'<p><a href="{address}">党费台账</a></p>'
    assert quiet in get(client_of(secretary), "list")
    assert reverse("members:dues", args=[tree.township.pk]) in get(client_of(township), "list")
    assert "党费台账" not in get(client_of(supervisor), "list")
    CampaignFactory.create(issuer=tree.township, slug="a", status="running", rules={"dues_ledger": True})
    assert f'<a class="btn second" href="{address}">党费台账</a>' in get(client_of(secretary), "list")
    assert "要求按月登记党费" in get(client_of(secretary), "dues", tree.village.pk)


def test_queries_do_not_grow_with_the_branch(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    client, address = client_of(secretary), reverse("members:dues", args=[tree.village.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    terms(secretary, *members_of(tree.village, 3))
    queries()  # the first page also writes the session
    few = queries()
    more = members_of(tree.village, 40)
    terms(secretary, *more)
    cells = [(person.pk, month(n)) for person in more for n in (1, 2)]
    dues.pay_months(organization=tree.village, cells=cells, paid_on=TODAY, by=secretary)
    assert queries() == few


# One member, oneself


def test_a_member_year_and_taking_back(
    tree: Tree, secretary: User, wang: Member, client_of: ClientOf
) -> None:
    terms(secretary, wang)
    dues.pay_months(
        organization=tree.village, cells=[(wang.pk, month(3))], paid_on=TODAY, note="儿子代交", by=secretary
    )
    client = client_of(secretary)
    page = get(client, "dues_member", tree.village.pk, wang.pk)
    assert "儿子代交" in page
    assert "连续 7 个月没有登记" in page
    text = text_of(post(client, "dues_member", tree.village.pk, wang.pk, month="2026-03"))
    assert "已撤销王芳的这一个月" in text
    assert not DuesMonth.objects.exists()
    for odd in ("2026-03", "x", ""):
        assert "不用撤销" in text_of(post(client, "dues_member", tree.village.pk, wang.pk, month=odd))


def test_a_member_sees_the_own_line_only(
    tree: Tree, secretary: User, member: User, wang: Member, client_of: ClientOf
) -> None:
    client = client_of(member)
    assert "还没有和名册上的党员对应" in get(client, "my_dues")
    own = MemberFactory.create(organization=tree.village, name="吴长河", user=member)
    assert "还没有在这里登记您的党费" in get(client, "my_dues")
    terms(secretary, own, wang)
    cells = [(own.pk, month(3)), (wang.pk, month(4))]
    dues.pay_months(organization=tree.village, cells=cells, paid_on=TODAY, by=secretary)
    dues.waive_months(organization=tree.village, cells=[(own.pk, month(5))], reason="住院", by=secretary)
    page = get(client, "my_dues")
    assert "王芳" not in page
    assert "住院" in page
    assert page.count("已交</span>") == 1
    assert {row.member_id for row in DuesMonth.objects.visible_to(member)} == {own.pk}


# What members pay


def terms_post(client: Client, tree: Tree, **data: Any) -> Any:
    return post(client, "dues_terms", tree.village.pk, **{"since": "2026-01", **data})


def test_dues_are_worked_out_and_the_income_is_nowhere(
    tree: Tree, secretary: User, wang: Member, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    page = get(client, "dues_terms", tree.village.pk, member=wang.pk)
    assert re.search(rf'value="{wang.pk}"[^>]* checked', page)
    asked = {"members": wang.pk, "label": "在职（按月领工资）", "income": "4321.5"}
    text = text_of(terms_post(client, tree, **asked, calculate="1"))
    assert "按标准每月 43.22 元" in text
    assert not DuesTerms.objects.exists()
    text = text_of(terms_post(client, tree, **asked, save="1"))
    assert "已核定 1 人，每人每月 43.22 元" in text
    assert DuesTerms.objects.get().monthly == Decimal("43.22")
    assert not any("4321" in str(event.detail) for event in AuditEvent.objects.all())


def test_what_is_missing_for_working_it_out(
    tree: Tree, secretary: User, wang: Member, client_of: ClientOf
) -> None:
    client, other = client_of(secretary), MemberFactory.create(organization=tree.village)
    one, two = {"members": wang.pk}, {"members": [wang.pk, other.pk]}
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({**one, "label": "农民"}, "每月 0.20 元到 1.00 元"),
        ({**one, "label": "离退休"}, "请填写月收入"),
        ({**one, "label": "离退休", "income": "0"}, "算出来是 0 元"),
        ({**two, "label": "离退休", "income": "3000"}, "一次只选一名"),
        ({"label": "农民", "monthly": "0.5"}, "请至少选一名"),
        ({**one, "label": "农民", "monthly": "0.5", "since": "三月"}, "2026-03 这样"),
        ({**one, "label": "农民", "monthly": "0.5", "since": ""}, "从哪月起"),
    )
    for data, reason in wrong:
        assert reason in text_of(terms_post(client, tree, **{"save": "1", **data})), data
    assert not DuesTerms.objects.exists()
    text = text_of(terms_post(client, tree, **two, label="农民", monthly="0.5", save="1"))
    assert "已核定 2 人" in text
    assert {row.since for row in DuesTerms.objects.all()} == {month(1)}


# Rates


def rate_lines(*lines: tuple[str, str, str, str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {"form-TOTAL_FORMS": len(lines), "form-INITIAL_FORMS": 0}
    for number, line in enumerate(lines):
        names = ("label", "over", "percent", "lowest", "highest")
        data |= {f"form-{number}-{name}": value for name, value in zip(names, line, strict=True)}
    return data


def test_an_office_copies_changes_and_drops_its_table(
    tree: Tree, secretary: User, township: User, client_of: ClientOf
) -> None:
    client = client_of(township)
    page = get(client, "dues_rates", tree.township.pk)
    assert "中组发〔2008〕3号" in page
    assert "超过 5000 元，不超过 10000 元" in page
    assert "收入的 1.5%" in page
    assert "0.2 元到 1 元" in page
    assert "可以修改了" in text_of(post(client, "dues_rates_step", tree.township.pk, "copy"))
    assert DuesRate.objects.count() == 10
    page = get(client, "dues_rates", tree.township.pk)
    assert 'value="0.5"' in page
    data = rate_lines(("农民", "", "", "1", "2"), ("在职", "3000", "1", "", ""), ("", "", "", "", ""))
    assert "标准已保存" in text_of(post(client, "dues_rates", tree.township.pk, **data))
    assert [(r.label, r.share) for r in DuesRate.objects.all()] == [("农民", None), ("在职", Decimal("0.01"))]
    assert "青石镇党委确定的标准" in get(client_of(secretary), "dues_rates", tree.village.pk)
    assert "复制" not in get(client_of(secretary), "dues_rates", tree.village.pk)
    assert "已恢复上级" in text_of(post(client, "dues_rates_step", tree.township.pk, "drop"))
    assert not DuesRate.objects.exists()
    gone = client.post(reverse("members:dues_rates_step", args=[tree.township.pk, "burn"]))
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (("", "3000", "", "", ""), "请写人员类别"),
        (("农民", "", "", "", ""), "请填百分之几"),
        (("农民", "", "", "2", "1"), "最高不能小于最低"),
        (("农民", "", "很多", "", ""), "请填数字"),
    ],
)
def test_lines_that_say_too_little(
    tree: Tree, township: User, client_of: ClientOf, line: tuple[str, str, str, str, str], reason: str
) -> None:
    text = text_of(post(client_of(township), "dues_rates", tree.township.pk, **rate_lines(line)))
    assert reason in text
    assert not DuesRate.objects.exists()


def test_an_empty_table_and_one_too_long_are_refused(tree: Tree, township: User, client_of: ClientOf) -> None:
    client = client_of(township)
    empty = rate_lines(("", "", "", "", ""))
    assert "至少要有一行" in text_of(post(client, "dues_rates", tree.township.pk, **empty))
    many = {**rate_lines(*[("农民", str(n), "", "1", "") for n in range(61)])}
    assert post(client, "dues_rates", tree.township.pk, **many).status_code == 200
    assert not DuesRate.objects.exists()


# On paper, and back


def workbook(rows: list[list[Any]]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("党费.xlsx", out.getvalue())


def test_upload_look_confirm(tree: Tree, secretary: User, wang: Member, client_of: ClientOf) -> None:
    client = client_of(secretary)
    assert "下载今年的台账" in get(client, "dues_import", tree.village.pk)
    rows: list[list[Any]] = [["姓名", "月份", "金额"], ["王芳", "1-3月", 3], ["无此人", "1月", 1]]
    text = text_of(post(client, "dues_import", tree.village.pk, year="2026", file=workbook(rows)))
    assert "名册上没有这个人" in text
    assert "2026年3月 1.00元" in text
    assert not DuesMonth.objects.exists()
    sealed = re.findall(r'name="sealed" value="([^"]+)"', text)[0]
    assert "已登记 3 个月" in text_of(post(client, "dues_import_confirm", tree.village.pk, sealed=sealed))
    again = text_of(post(client, "dues_import_confirm", tree.village.pk, sealed=sealed))
    assert "已登记 0 个月，另有 3 个月已经登记过" in again
    assert "请重新上传" in text_of(post(client, "dues_import_confirm", tree.village.pk, sealed="x"))
    text = text_of(post(client, "dues_import", tree.village.pk, year="2026", file=workbook(rows)))
    assert "没有可以登记的内容" in text


def test_files_that_cannot_be_read(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    client = client_of(secretary)
    pdf = SimpleUploadedFile("党费.xlsx", b"%PDF-1.7")
    long: list[list[Any]] = [["姓名", "月份", "金额"], *[["王芳", "1月", 1]] * 2000]
    for file, reason in (
        (pdf, "这是 PDF 文件"),
        (workbook([["名单"]]), "没有找到表头"),
        (workbook(long), "一次最多 2000 行"),
    ):
        text = text_of(post(client, "dues_import", tree.village.pk, year="2026", file=file))
        assert reason in text


def test_the_workbook_can_be_filled_in_and_imported(
    tree: Tree, secretary: User, wang: Member, client_of: ClientOf
) -> None:
    terms(secretary, wang)
    dues.pay_months(organization=tree.village, cells=[(wang.pk, month(1))], paid_on=TODAY, by=secretary)
    dues.waive_months(organization=tree.village, cells=[(wang.pk, month(2))], reason="住院", by=secretary)
    client = client_of(secretary)
    answer = client.get(reverse("members:dues_xlsx", args=[tree.village.pk]), {"year": "2026"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    row = next(r for r in sheet.iter_rows() if r[1].value == "王芳")
    assert [cell.value for cell in row[2:6]] == ["0.50", "0.50", "免交", None]
    assert row[15].value == "0.50"
    row[5].value = "已交"
    out = io.BytesIO()
    book.save(out)
    upload = SimpleUploadedFile("台账.xlsx", out.getvalue())
    text = text_of(post(client, "dues_import", tree.village.pk, year="2026", file=upload))
    assert "登记这 1 个月次" in text
    assert AuditEvent.objects.filter(action="export_dues").count() == 1


def test_the_printed_ledger_is_one_page_across_with_room_to_sign(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    terms(secretary, *members_of(tree.village, 20))
    answer = client_of(secretary).get(reverse("members:dues_pdf", args=[tree.village.pk]))
    assert answer.headers["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    width, height = document[0].get_size()
    assert len(document) == 1
    assert width > height
    text = document[0].get_textpage().get_text_range()
    assert "新河村党支部2026年党费交纳台账" in text
    assert "党支部书记（签字）" in text
    assert "不得垫交" in text
