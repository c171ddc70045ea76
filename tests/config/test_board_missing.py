"""谁缺什么: lines to copy and a workbook to telephone by, made by a job that asks for the right again."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, Campaign, Job, JobState, Organization, PlanStatus, Role, User
from branches.services.jobs import open_result, request_job
from branches.services.steps import postpone_step, waive_step
from config.home import tasks
from config.home.board import export
from config.home.board.asked import Asked
from config.home.board.page import Board
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory
from tests.factories.evaluations import published_campaign
from tests.factories.plans import PlanFactory

ClientOf = Callable[[User], Client]
AUGUST_10 = datetime.datetime(2026, 8, 10, 2, tzinfo=datetime.UTC)


def board_of(top: Organization, campaign: Campaign, **asked: str) -> Board:
    """The board as `top` sees it today."""
    return Board.of(top, campaign, Asked.read(asked), today=timezone.localdate())


@pytest.fixture
def plans(tree: Tree) -> Campaign:
    """洛阳镇's rules, two days after the plans were due: one is with the office, one approved, three are missing."""
    campaign = published_campaign(tree.county, preset="luoyang_2014", slug="ly")
    for organization, status in ((tree.village, PlanStatus.SUBMITTED), (tree.school, PlanStatus.APPROVED)):
        PlanFactory.create(
            campaign=campaign,
            organization=organization,
            status=status,
            submitted_on=datetime.date(2026, 8, 5),
            decided_on=datetime.date(2026, 8, 6),
        )
    return campaign


def rows_of(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


class TestLines:
    """One line for each organisation, by superior, with due day and days late."""

    def test_what_is_overdue_or_near_is_missing(self, tree: Tree, plans: Campaign) -> None:
        with time_machine.travel(AUGUST_10):
            board = board_of(tree.county, plans, tab="missing")
            lines = board.copy_text.splitlines()
        assert board.days_near == max(plans.rules_for(tree.village).remind_before)
        plan = "实施方案报上级（8月8日到期，已逾期 2 天）"
        assert [line for line in lines if "实施方案" in line] == [
            f"白沙村支部：{plan}",
            f"镇卫生院支部：{plan}",
            f"宏达纺织一车间支部：{plan}",
            f"双桥村支部：{plan}",
        ]
        assert [line for line in lines if line.startswith("【")] == [
            "【青石镇】",
            "【宏达纺织总支】",
            "【柳溪镇】",
        ]
        assert not [line for line in lines if line.startswith("新河村")]
        assert [o.place.short_name for o in board.owings if o.overdue] == [
            "白沙村支部",
            "镇卫生院支部",
            "宏达纺织一车间支部",
            "双桥村支部",
        ]
        assert {o.latest for o in board.owings if o.overdue} == {2}

    def test_everything_open_is_listed_when_asked_for(self, tree: Tree, plans: Campaign) -> None:
        with time_machine.travel(AUGUST_10):
            board = board_of(tree.township, plans, tab="missing", show="open", q="中心学校")
            assert board.copy_text.startswith("镇中心学校支部：")
            assert "动员部署（8月20日前，还剩 10 天）" in board.copy_text
            only = board_of(tree.township, plans, tab="missing", show="all", step="mobilise")
            assert only.copy_text == "镇中心学校支部：动员部署（8月20日前，还剩 10 天）"
            late = board_of(tree.township, plans, tab="missing", show="overdue")
            assert [o.place.short_name for o in late.owings] == [
                "白沙村支部",
                "镇卫生院支部",
                "宏达纺织一车间支部",
            ]
            assert {len(o.items) for o in late.owings} == {1}

    def test_what_has_no_day_comes_last_with_its_rule(self, tree: Tree) -> None:
        campaign = published_campaign(tree.township)
        board = board_of(tree.township, campaign, tab="missing", show="all", q="新河")
        (owing,) = board.owings
        assert owing.first_due == min(item.due for item in owing.items if item.due)
        days = [item.due or datetime.date.max for item in owing.items]
        assert days == sorted(days)

    def test_what_was_put_off_or_let_off_is_not_missing(
        self, tree: Tree, campaign: Campaign, township: User
    ) -> None:
        place: dict[str, Any] = {"campaign": campaign, "organization": tree.village, "by": township}
        postpone_step(**place, step="talks", reason="假期", until=None)
        waive_step(**place, step="opinions", reason="刚征求过")
        text = board_of(tree.township, campaign, tab="missing", show="all", q="新河").copy_text
        assert "谈心谈话" not in text
        assert "征求意见" not in text
        assert "召开党员大会（" in text

    def test_a_long_list_is_cut_and_says_so(
        self, plans: Campaign, county: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("config.home.board.page.MOST_LINES", 1)
        with time_machine.travel(AUGUST_10):
            page = client_of(county).get("/?tab=missing&show=overdue").content.decode()
        assert "还有 3 个没有列在上面" in page
        assert page.count("已逾期 2 天") == 1
        assert "readonly" in page

    def test_the_button_of_the_file_carries_the_filter_and_its_token(
        self, campaign: Campaign, township: User
    ) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(township, "django.contrib.auth.backends.ModelBackend")
        page = client.get("/?tab=missing&show=open&step=talks").content.decode()
        form = page.partition(f'action="{reverse("board_file", args=[campaign.slug])}"')[2].partition(
            "</form>"
        )[0]
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        assert fields["csrfmiddlewaretoken"]
        assert client.post(reverse("board_file", args=[campaign.slug]), fields).status_code == 302
        assert Job.objects.get().params["asked"] == {"show": "open", "step": "talks"}

    def test_nothing_missing_is_said(self, campaign: Campaign, township: User, client_of: ClientOf) -> None:
        client = client_of(township)
        assert "没有逾期和" in client.get("/?tab=missing").content.decode()
        assert "没有缺项" in client.get("/?tab=missing&show=done").content.decode()


class TestFile:
    """The workbook, and who may have it."""

    def test_the_workbook_holds_who_is_missing_what_and_every_step(
        self, tree: Tree, plans: Campaign, county: User
    ) -> None:
        AppointmentFactory.create(
            organization=tree.sibling, role=Role.SECRETARY, user=None, holder_name="万国栋"
        )
        reason = "外出务工的党员要到元旦春节期间才能回来，支部商量以后再定日子"
        with time_machine.travel(AUGUST_10):
            postpone_step(
                campaign=plans,
                organization=tree.village,
                step="meeting",
                reason=reason,
                until=None,
                by=county,
            )
            told: list[int] = []
            board = board_of(tree.county, plans, show="overdue")
            sheets = rows_of(export.workbook(board, told.append))
            whole = rows_of(export.workbook(board_of(tree.township, plans, show="all")))
        owed = sheets["谁缺什么"]
        first = next(row for row in owed if row[0] == 1)
        assert first[1:9] == (
            "青石镇",
            "白沙村党支部",
            "村",
            "书记 万国栋",
            1,
            1,
            2,
            datetime.datetime(2026, 8, 8),  # noqa: DTZ001  a day as openpyxl reads it
        )
        assert first[9] == "实施方案报上级（8月8日到期，已逾期 2 天）"
        assert [row[2] for row in owed if isinstance(row[0], int)] == [
            "白沙村党支部",
            "镇卫生院党支部",
            "宏达纺织一车间党支部",
            "双桥村党支部",
        ]
        assert any("筛选：已逾期" in str(row[0]) for row in owed)
        steps = whole["环节总表"]
        heads = next(row for row in steps if row[0] == "序号")
        village = next(row for row in steps if row[2] == "新河村党支部")
        cells = dict(zip(heads, village, strict=True))
        assert cells["方案"] == "待审核"
        assert cells["党员大会"] == f"已延期\n{reason}"
        assert cells["材料公示"].startswith("还不能开始")
        school = dict(zip(heads, next(r for r in steps if r[2] == "镇中心学校党支部"), strict=True))
        assert school["材料公示"] == "不要求"
        total = dict(zip(heads, next(r for r in steps if str(r[2]).startswith("已完成/应完成")), strict=True))
        assert total["方案"] == "1/5"
        assert village[1] == "青石镇"

    def test_what_is_open_without_being_late_has_no_days_late(self, tree: Tree, campaign: Campaign) -> None:
        sheets = rows_of(export.workbook(board_of(tree.township, campaign, show="all")))
        first = next(row for row in sheets["谁缺什么"] if row[0] == 1)
        assert first[6:8] == (0, None)
        assert any("支部全覆盖" in str(row[0]) for row in sheets["环节总表"])

    def test_the_progress_is_told_in_between(
        self, tree: Tree, plans: Campaign, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export, "EVERY", 2)
        told: list[int] = []
        with time_machine.travel(AUGUST_10):
            export.workbook(board_of(tree.county, plans, show="overdue"), told.append)
        assert told == [2, 4, 6, 8]

    def test_the_office_asks_and_fetches(
        self, tree: Tree, campaign: Campaign, township: User, client_of: ClientOf
    ) -> None:
        client = client_of(township)
        answer = client.post(
            reverse("board_file", args=[campaign.slug]),
            {"show": "all", "tab": "missing", "category": "village"},
        )
        job = Job.objects.get()
        assert answer.headers["Location"] == reverse("branches:job", args=[job.pk])
        assert (job.params["asked"], job.organization) == (
            {"show": "all", "category": "village"},
            tree.township,
        )
        tasks.missing_file(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.result_name) == (
            JobState.DONE,
            f"青石镇谁缺什么{timezone.localdate():%Y%m%d}.xlsx",
        )
        with open_result(job) as file:
            rows = rows_of(file.read())
        assert [row[2] for row in rows["谁缺什么"] if isinstance(row[0], int)] == [
            "新河村党支部",
            "白沙村党支部",
        ]
        assert b"PK" not in job.result_path.read_bytes()[:4]

    def test_another_filter_is_another_file(self, tree: Tree, campaign: Campaign, township: User) -> None:
        def ask(**asked: str) -> Job:
            return export.ask_for_file(
                campaign=campaign, organization=tree.township, asked=Asked(**asked), by=township
            )

        assert ask(show="all") == ask(show="all", tab="missing")
        assert ask(show="all") != ask(show="overdue")
        long = {"q": "很长的名称" * 8}
        assert ask(**long, category="village") != ask(**long, category="school")

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"campaign": 0}, "活动或党组织已不存在。"),
            ({"organization": 0}, "活动或党组织已不存在。"),
            ({"asked": {"under": "999999"}}, "没有这个下级党组织，或者不归您查看。"),
        ],
    )
    def test_what_has_gone_is_said(
        self, change: dict[str, Any], reason: str, tree: Tree, campaign: Campaign, township: User
    ) -> None:
        params = {"campaign": campaign.pk, "organization": tree.township.pk, **change}
        job = request_job(kind=export.TASK, key="x", title="x", by=township, params=params)
        tasks.missing_file(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.message) == (JobState.FAILED, reason)

    def test_whoever_has_lost_the_post_gets_nothing(
        self, tree: Tree, campaign: Campaign, township: User
    ) -> None:
        job = export.ask_for_file(campaign=campaign, organization=tree.township, asked=Asked(), by=township)
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        Appointment.objects.filter(user=township).update(ends_on=yesterday)
        tasks.missing_file(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.message) == (JobState.FAILED, "您已没有查看这份清单的权限。")
        assert not job.result_path.exists()

    def test_a_closed_account_and_no_person_get_nothing(
        self, tree: Tree, campaign: Campaign, township: User
    ) -> None:
        User.objects.filter(pk=township.pk).update(is_active=False)
        for key, person in (("a", township), ("b", None)):
            params = {"campaign": campaign.pk, "organization": tree.township.pk, "asked": {}}
            job = request_job(kind=export.TASK, key=key, title="x", by=person, params=params)
            tasks.missing_file(str(job.pk))
            job.refresh_from_db()
            assert job.message == "您已没有查看这份清单的权限。"
