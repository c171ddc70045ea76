"""The main job in a real browser: from the notice to the township's files, on two notices' rules."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from branches.models import Appointment, Role, User
from evaluations.models import Ballot, BallotStatus, PaperEntry
from evaluations.services.sealing import key_path
from members.models import Member
from tests.browser.conftest import Visitor, give_password, sheet_shot
from tests.conftest import Tree
from tests.worker.conftest import Worker, start_worker  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SURNAMES = "丁万马王尹史吕朱刘汤杜李杨吴何余汪宋张陈郝侯秦夏郭常彭傅谭魏"
PRESENT = 25
SCALES = {
    "luoyang_2014": ("好", "一般", "差"),
    "xinyi_2018": ("优秀", "合格", "基本合格", "不合格"),
}
NewVisitor = Callable[..., Visitor]


def roster_file(folder: Path) -> Path:
    """Thirty invented members as an office keeps them: titles above, months only, a total at the end."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["新河村党支部党员花名册"])
    sheet.append(["填报单位：新河村党支部", None, None, "2026年"])
    sheet.append(["序号", "党员姓名", "性别", "加入党组织日期", "党员类别"])
    for number, surname in enumerate(SURNAMES, start=1):
        year = 1975 + number
        name = "王𠮷林" if surname == "王" else f"{surname}新{'民国华'[number % 3]}"
        sheet.append([number, name, "男", f"{year}.7", "正式党员"])
    sheet.append(["合计", 30])
    sheet.merge_cells("A1:E1")
    file = folder / "花名册.xlsx"
    book.save(file)
    return file


def papers_on_the_table(options: int) -> list[str]:
    """Twenty-five papers of thirty rows, as they lie in the box; the seventh is void as a whole."""
    chance = random.Random(options)
    marks = "".join(str(n) for n in range(1, options + 1)) + "0x"
    weights = [50, 40, *([4] * (options - 2)), 3, 1]
    return ["".join(chance.choices(marks, weights, k=30)) for _ in range(PRESENT)]


def recount(papers: list[str], void: int, options: int) -> list[list[int]]:
    """Votes of each row counted in a way of its own: options, then abstained, then invalid."""
    standing = [paper for index, paper in enumerate(papers) if index != void]
    columns = [Counter(column) for column in zip(*standing, strict=True)]
    keys = [str(n) for n in range(1, options + 1)] + ["0", "x"]
    return [[column[key] for key in keys] for column in columns]


def publish_campaign(office: Visitor, preset: str, slug: str) -> None:
    """The township drafts from a preset, looks at the rules, publishes and starts."""
    page = office.open("/campaigns/new/")
    page.fill("[name=name]", "2026年度组织生活会和民主评议党员")
    page.fill("[name=slug]", slug)
    page.fill("[name=year]", "2026")
    page.select_option("[name=preset]", preset)
    page.fill("[name=document_number]", "青党发〔2026〕21号")
    page.fill("[name=finish_by]", "2026-12-20")
    page.fill("[name=theme]", "严肃组织生活，发挥先锋模范作用")
    office.press("保存草稿")
    office.press("查看和修改规则")
    office.shot(f"campaign-rules-{preset}")
    page.go_back()
    office.shot("campaign-draft")
    office.press("发布活动")
    office.press("启动活动")
    assert "进行中" in page.inner_text("main")


def agree_on_plan(clerk: Visitor, office: Visitor, slug: str, branch: int) -> None:
    """The secretary writes the plan, looks it through, hands it in; the township approves it."""
    page = clerk.open(f"/campaigns/{slug}/plans/{branch}/edit/")
    page.fill("[name=time]", "11月下旬谈心，12月6日晚开党员大会")
    page.fill("[name=form]", "先开支委会，再开党员大会，大会上无记名测评。")
    page.fill("[name=attendees]", "全体党员，邀请入党积极分子列席，请镇党委派员指导。")
    page.fill(
        "[name=requirements]", "三名支委分片上门听意见，外出的八名党员打电话；会后三天内把清单贴上公开栏。"
    )
    clerk.shot("plan-edit")
    clerk.press("保存方案，去检查")
    page.check("[name=declared]")
    clerk.shot("plan-check")
    clerk.press("上报方案")
    assert "下一步由青石镇党建办审核" in page.inner_text("main")
    clerk.shot("plan-receipt")
    office.open(f"/campaigns/{slug}/plans/")
    office.press("新河村党支部")
    office.shot("plan-review")
    office.phone_shot("plan-review-phone")
    office.press("批准方案")
    assert "没有等您审核的方案" in office.page.inner_text("main")
    clerk.open(f"/campaigns/{slug}/plans/{branch}/")
    assert "已批准，可以部署实施" in page.inner_text("main")


def bring_in_roster(clerk: Visitor, file: Path) -> None:
    """The secretary uploads the file, looks at what was understood, confirms."""
    page = clerk.open("/members/import/")
    page.set_input_files("input[type=file]", file)
    page.locator("main form button.btn:not(.second):not(.quiet)").first.click()
    page.wait_for_load_state("networkidle")
    clerk.shot("import-preview")
    clerk.press("确认导入")
    assert Member.objects.active().count() == len(SURNAMES)


def hold_meeting(clerk: Visitor) -> None:
    """Meeting planned, roster frozen, officers named, who came, opened."""
    page = clerk.open("/meetings/new/")
    page.select_option("[name=kind]", "plenary")
    page.fill("[name=starts_at]", "2026-12-06T19:30")
    page.fill("[name=place]", "村委会会议室")
    page.fill("[name=notified_on]", "2026-11-20")
    clerk.press("保存会议安排")
    home = page.url
    people = list(Member.objects.active().order_by("roster_number"))
    page.goto(re.sub(r"/meetings/.*", f"/members/rosters/{people[0].organization_id}/notice/", home))
    clerk.press("核定评议花名册")
    clerk.shot("roster")
    page.goto(home + "officers/")
    chosen = {"chair": 0, "recorder": 1, "scrutineer_1": 2, "teller_1": 3, "teller_2": 4}
    for field, index in chosen.items():
        page.select_option(f"[name={field}]", str(people[index].pk))
    page.locator("details:has([name=chair_reason]) > summary").click()
    page.fill("[name=chair_reason]", "书记委托副书记主持")
    clerk.press("保存会议分工")
    page.goto(home + "attendance/")
    clerk.press("全部到会")
    for box in page.locator("input[type=radio][value=leave]").all()[PRESENT:]:
        box.check()
    clerk.shot("attendance")
    clerk.phone_shot("attendance-phone")
    clerk.press("保存到会情况")
    page.goto(home)
    page.locator("input[name=unready]").first.check()
    clerk.press("宣布开会")
    clerk.shot("meeting")


def login_for_teller(clerk: Visitor, visitor: NewVisitor, meeting: str, number: int) -> Visitor:
    """The secretary opens a teller's account; the teller logs in with the slip and sets a password."""
    page = clerk.open(meeting)
    page.locator("aside .officers form button.second").first.click()
    page.wait_for_load_state("networkidle")
    if number == 1:
        clerk.shot("slip")
    slip = page.inner_text("main")
    secret = re.search(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", slip)
    account = User.objects.filter(member__isnull=False).latest("pk")
    assert secret is not None
    teller = visitor()
    teller.login(account.username, secret.group())
    teller.page.fill("[name=new_password1]", f"ji-piao-ren-{number}-hao")
    teller.page.fill("[name=new_password2]", f"ji-piao-ren-{number}-hao")
    teller.page.click("main button[type=submit], main button.btn")
    teller.page.wait_for_load_state("networkidle")
    return teller


def prepare_and_collect(clerk: Visitor) -> None:
    """Ballot prepared, form printed, papers handed out, box emptied."""
    page = clerk.page
    clerk.press("进入民主测评")
    members = page.locator("form", has=page.locator("input[value=members]"))
    members.locator("input[name=entry_mode][value=papers]").check()
    members.locator("button.btn").click()
    page.wait_for_load_state("networkidle")
    clerk.shot("ballot-setup")
    printed = clerk.fetch("只要 1 张")
    sheet_shot("form", printed)
    form = pypdfium2.PdfDocument(printed)
    text = "".join(form[i].get_textpage().get_text_range() for i in range(len(form)))
    assert "民主评议党员测评表" in text
    assert "刘新" in text
    page.fill("[name=printed]", "32")
    clerk.press("保存张数")
    page.fill("[name=issued]", str(PRESENT))
    page.locator("section.next button.btn").first.click()
    page.wait_for_load_state("networkidle")
    page.fill("[name=returned]", str(PRESENT + 1))
    page.fill("[name=unused]", "7")
    page.fill("[name=replaced]", "0")
    page.locator("section.next button.btn").first.click()
    page.wait_for_load_state("networkidle")
    assert "无效，重新进行" in page.inner_text("main")
    clerk.shot("hard-stop")
    page.fill("[name=returned]", str(PRESENT))
    page.locator("section.next button.btn").first.click()
    page.wait_for_load_state("networkidle")
    clerk.shot("ballot-counting")


def type_papers(teller: Visitor, ballot: str, papers: list[str], void: int, shot: str) -> None:
    """One teller types all papers by the keyboard alone."""
    page = teller.open(ballot)
    page.locator("section.next .btn").first.click()
    page.wait_for_load_state("networkidle")
    for number, marks in enumerate(papers, start=1):
        if number == 12:
            page.keyboard.type(marks[:14])
            teller.shot(shot)
            teller.phone_shot(f"{shot}-phone")
            page.reload()  # a closed browser loses nothing
            assert page.locator("tr.rated input:checked").count() == 14
            page.keyboard.type(marks[14:])
        elif number == void + 1:
            page.get_by_text("整张作废", exact=True).first.click()
            page.locator("button[name=void]").click()
            page.wait_for_load_state("networkidle")
            page.get_by_role("link", name="录下一张").click()
            page.wait_for_load_state("networkidle")
            continue
        else:
            page.keyboard.type(marks)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    teller.press("我已录完")


def settle(teller: Visitor, ballot: str, papers: list[str]) -> int:
    """The two look at the differing papers again; how many places differed."""
    page = teller.open(ballot + "mismatches/")
    teller.shot("mismatches")
    settled = 0
    while page.locator("form.differing").count():
        form = page.locator("form.differing").first
        number = int(form.locator("input[name=paper]").get_attribute("value") or 0)
        for group in form.locator("fieldset").all():
            name = group.locator("input[type=radio]").first.get_attribute("name") or ""
            wanted = papers[number - 1][int(name[1:])]
            group.locator(f"input[value='{wanted}']").check(force=True)
            settled += 1
        form.locator("button.btn").click()
        page.wait_for_load_state("networkidle")
    teller.press("两人相符，形成结果")
    return settled


def planted(papers: list[str]) -> list[str]:
    """What the second teller types: three slips."""
    wrong = list(papers)
    for paper, row in ((2, 4), (10, 0), (19, 29)):
        other = "1" if wrong[paper][row] != "1" else "2"
        wrong[paper] = wrong[paper][:row] + other + wrong[paper][row + 1 :]
    return wrong


def read_workbook(file: Path) -> list[list[object]]:
    """All rows of the first sheet."""
    sheet = openpyxl.load_workbook(file).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("preset", sorted(SCALES))
def test_from_the_notice_to_the_signed_table_and_the_townships_files(
    preset: str,
    visitor: NewVisitor,
    tree: Tree,
    secretary: User,
    township: User,
    start_worker: Callable[[], Worker],  # noqa: F811
    tmp_path: Path,
) -> None:
    start_worker()
    options, void = len(SCALES[preset]), 6
    papers = papers_on_the_table(options)
    give_password(secretary, township)
    office, clerk = visitor(username=township.username), visitor(username=secretary.username)
    office.shot("home-township")
    publish_campaign(office, preset, "notice")
    clerk.open("/")
    clerk.shot("home-secretary")
    clerk.phone_shot("home-secretary-phone")
    bring_in_roster(clerk, roster_file(tmp_path))
    if preset == "luoyang_2014":  # 经审批后方可部署实施
        agree_on_plan(clerk, office, "notice", tree.village.pk)
    hold_meeting(clerk)
    meeting = re.sub(r"^.*?(/meetings/[^/]+/).*$", r"\1", clerk.page.url)
    first = login_for_teller(clerk, visitor, meeting, 1)
    second = login_for_teller(clerk, visitor, meeting, 2)
    clerk.open(meeting)
    prepare_and_collect(clerk)
    ballot = re.sub(r"^.*?(/ballots/[^/]+/).*$", r"\1", clerk.page.url)

    type_papers(first, ballot, papers, void, "enter")
    type_papers(second, ballot, planted(papers), void, "enter-second")
    assert settle(first, ballot, papers) == 3
    for teller in (first, second):
        page = teller.open(ballot + "result/")
        teller.shot("result")
        page.locator("main form[action$='/confirm/'] button").first.click()
        page.wait_for_load_state("networkidle")
    page = clerk.open(ballot + "result/")
    clerk.press("监票人已在纸质汇总表上签字")
    page.locator("main form[action$='/confirm/'] button").first.click()
    page.wait_for_load_state("networkidle")
    clerk.open(ballot + "certify/")
    clerk.shot("certify")
    clerk.press("核定结果", exact=True)

    row = Ballot.objects.get()
    assert row.status == BallotStatus.CERTIFIED
    assert not PaperEntry.objects.exists()
    assert not key_path(row.pk).exists()
    expected = recount(papers, void, options)
    lines = row.lines.order_by("subject__ordinal")
    assert [[*line.counts, line.abstained, line.invalid] for line in lines] == expected

    clerk.open(ballot)
    clerk.shot("certified")
    for ending in ("pdf", "xlsx"):
        answer = clerk.context.request.get(f"{clerk.base}{ballot}summary.{ending}")
        (tmp_path / f"branch.{ending}").write_bytes(answer.body())
    sheet_shot("summary", (tmp_path / "branch.pdf").read_bytes())
    assert pypdfium2.PdfDocument(tmp_path / "branch.pdf")[0].get_textpage().count_chars() > 200
    by_name = {str(r[1]): r for r in read_workbook(tmp_path / "branch.xlsx") if isinstance(r[0], int)}
    for line, votes in zip(lines.select_related("subject"), expected, strict=True):
        cells = by_name[line.subject.name]
        assert list(cells[2 : 2 + 2 * options : 2]) == votes[:options]
        assert list(cells[2 + 2 * options : 4 + 2 * options]) == votes[options:]

    office.open("/?show=all")
    office.shot("board")
    office.phone_shot("board-phone")
    office.open("/accounts/")
    office.shot("accounts")
    office.open("/rollup/notice/")
    office.shot("rollup")
    for ending, name in (("xlsx", "下载 Excel"), ("pdf", "下载 PDF")):
        office.open("/rollup/notice/")
        office.press(name)
        office.page.wait_for_selector("main a[href$='/file/']", timeout=60_000)
        office.shot("download")
        file = office.download("下载 青石镇", tmp_path)
        assert file.suffix == f".{ending}"
        if ending == "xlsx":
            ours = next(r for r in read_workbook(file) if r[1] == "新河村党支部")
            sums = [sum(column) for column in zip(*expected, strict=True)]
            assert [v for v in ours if isinstance(v, int)][1:11] == [30, 30, 0, 30, 25, 25, 25, 24, 1, 30]
            assert list(ours[13 : 13 + 2 * options : 2]) == sums[:options]
        else:
            assert "新河村党支部" in pypdfium2.PdfDocument(file)[0].get_textpage().get_text_range()
    assert Appointment.objects.filter(user=secretary, role=Role.SECRETARY).exists()
