"""The board: each state a worded cell with reason and day, filters, sums of each level, coverage, 谁缺什么."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, PlanStatus, Role, User
from branches.rules import load_preset, resolve
from branches.rules.standing import Fact, stand
from branches.rules.steps import steps_of
from branches.rules.steptypes import Due, Step
from branches.services.steps import note_step, order_redo, postpone_step, waive_step
from config.home.board import scope as scope_module
from config.home.board.asked import SHOWN, Asked, groups_of
from config.home.board.cells import Cell, Head, cells_of, heads_of, short
from config.home.board.form import crumbs_of, fields_of, tabs_of, words_of
from config.home.board.page import Board
from config.home.standings import Row
from evaluations.models import BallotStatus
from members.models import ExemptReason, Member, RosterEntry
from members.services.rosters import exempt_from_count, freeze_roster
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.evaluations import evening, published_campaign
from tests.factories.meetings import MeetingFactory
from tests.factories.members import MemberFactory, members_of
from tests.factories.plans import PlanFactory

ClientOf = Callable[[User], Client]
PRESETS = ("current_year", "luoyang_2014", "town_leadership_2014", "xianning_2015", "xinyi_2018")


def board_of(top: Organization, campaign: Campaign, page: str | None = None, **asked: str) -> Board:
    """The board as `top` sees it today."""
    found = Campaign.objects.get(pk=campaign.pk)
    return Board.of(top, found, Asked.read(asked), today=timezone.localdate(), page=page)


def names(board: Board) -> list[str]:
    """The organisations shown, in order."""
    return [place.short_name for place in board.chosen]


def cells(board: Board, organization: Organization) -> dict[str, Cell]:
    """The cells of one organisation by step."""
    line = next(line for line in board.lines if line.place.pk == organization.pk)
    return {cell.key: cell for cell in line.cells}


def page_of(client: Client, query: str = "") -> str:
    """The home page."""
    response = client.get(f"/{query}")
    assert response.status_code == 200
    return response.content.decode()


def on(day: datetime.date, today: datetime.date) -> str:
    """The day as a cell says it today: the year is said when it is another one."""
    return f"{day.month}月{day.day}日" if day.year == today.year else f"{day.year}年{day.month}月{day.day}日"


class TestCells:
    """A cell says in place how a step stands, by when, and why."""

    def test_each_state_has_a_word_a_colour_a_day_and_a_reason(
        self, tree: Tree, campaign: Campaign, township: User, secretary: User
    ) -> None:
        place: dict[str, Any] = {"campaign": campaign, "organization": tree.village}
        today = timezone.localdate()
        due = campaign.finish_by
        assert due is not None
        note_step(**place, step="talks", done_on=today, by=secretary)
        waive_step(**place, step="opinions", reason="上月刚征求过", by=township)
        until = today + datetime.timedelta(days=3)
        postpone_step(**place, step="lists", reason="多数党员外出", until=until, by=township)
        found = cells(board_of(tree.township, campaign, show="all"), tree.village)
        done = found["talks"]
        assert (done.word, done.tone, done.note) == ("已完成", "ok", f"{today.month}月{today.day}日")
        waived = found["opinions"]
        assert (waived.word, waived.tone, waived.note) == ("同意不做", "ok", "上月刚征求过")
        put_off = found["lists"]
        assert (put_off.word, put_off.tone) == ("已延期", "warn")
        assert put_off.note == f"预计{until.month}月{until.day}日；多数党员外出"
        now = found["meeting"]
        assert (now.word, now.tone) == ("可以办理", "now")
        assert now.note.endswith("前，还剩 30 天")
        waits = found["ballot"]
        assert (waits.word, waits.tone) == ("还不能开始", "idle")
        assert waits.note.startswith("先完成：党员大会；")
        assert waits.note.endswith("前")
        assert [c.leads for c in (done, waived, put_off, now, waits)] == [False, True, True, True, False]

    def test_overdue_is_red_with_the_days_late_and_what_it_waits_for(
        self, tree: Tree, campaign: Campaign
    ) -> None:
        due = campaign.finish_by
        assert due is not None
        with time_machine.travel(timezone.now() + datetime.timedelta(days=32)):
            said = on(due, timezone.localdate())
            found = cells(board_of(tree.township, campaign, show="all"), tree.village)
        assert (found["meeting"].word, found["meeting"].tone) == ("逾期 2 天", "bad")
        assert found["meeting"].note == f"{said}到期"
        assert found["ballot"].note == f"{said}到期；先完成：党员大会"

    def test_a_plan_is_red_when_returned_and_calm_while_it_waits_for_the_review(self, tree: Tree) -> None:
        campaign = published_campaign(tree.township, preset="luoyang_2014")
        with time_machine.travel(datetime.datetime(2026, 8, 10, 10, tzinfo=datetime.UTC)):
            for organization, status, handed_in in (
                (tree.village, PlanStatus.SUBMITTED, 9),
                (tree.sibling, PlanStatus.RETURNED, 5),
                (tree.school, PlanStatus.APPROVED, 10),
            ):
                PlanFactory.create(
                    campaign=campaign,
                    organization=organization,
                    status=status,
                    submitted_on=datetime.date(2026, 8, handed_in),
                    decided_on=datetime.date(2026, 8, 10),
                )
            board = board_of(tree.township, campaign, show="all")
            waiting, returned = cells(board, tree.village)["plan"], cells(board, tree.sibling)["plan"]
            passed, none = cells(board, tree.school)["plan"], cells(board, tree.hospital)["plan"]
        assert (waiting.word, waiting.tone) == ("待审核", "now")
        assert waiting.note == "晚报 1 天"
        assert (returned.word, returned.tone, returned.note) == ("逾期 2 天", "bad", "8月8日到期；已退回")
        assert (passed.word, passed.tone, passed.note) == ("已批准", "ok", "8月10日，晚 2 天")
        assert (none.word, none.note) == ("逾期 2 天", "8月8日到期")

    def test_a_returned_plan_in_time_is_red_too(self, tree: Tree) -> None:
        campaign = published_campaign(tree.township, preset="luoyang_2014")
        with time_machine.travel(datetime.datetime(2026, 8, 5, 10, tzinfo=datetime.UTC)):
            PlanFactory.create(campaign=campaign, organization=tree.village, status=PlanStatus.RETURNED)
            cell = cells(board_of(tree.township, campaign, show="all"), tree.village)["plan"]
        assert (cell.word, cell.tone, cell.note) == ("已退回", "bad", "8月8日前，还剩 3 天")

    def test_what_is_not_asked_of_a_category_says_so(self, tree: Tree) -> None:
        campaign = published_campaign(tree.township, preset="luoyang_2014")
        board = board_of(tree.township, campaign, show="all")
        assert cells(board, tree.village)["material_notice"].word != "不要求"
        school = cells(board, tree.school)["material_notice"]
        assert (school.word, school.tone, school.leads) == ("不要求", "none", False)

    def test_a_long_reason_is_cut_in_the_cell_and_whole_below_the_table(
        self, tree: Tree, campaign: Campaign, township: User, client_of: ClientOf
    ) -> None:
        reason = "外出务工的党员要到元旦春节期间才能回来，支部商量以后再定日子"
        place: dict[str, Any] = {"campaign": campaign, "organization": tree.village}
        postpone_step(**place, step="meeting", reason=reason, until=None, by=township)
        board = board_of(tree.township, campaign, show="all")
        assert cells(board, tree.village)["meeting"].note == f"{reason[:16]}…"
        assert board.reasons == (f"新河村支部，召开党员大会：延期。{reason}",)
        assert reason in page_of(client_of(township))

    def test_many_things_to_do_first_are_counted(self) -> None:
        steps = tuple(
            Step(f"k{n}", f"第{n}件", "会前", "steps", after=("k1", "k2", "k3") if n == 4 else ())
            for n in range(1, 5)
        )
        today = datetime.date(2026, 11, 23)
        row = stand(steps, {}, {}, today)
        last = cells_of(row, heads_of(steps, [steps], today), today)[-1]
        assert last.note == "先完成：第1件、第2件等 3 项"

    def test_a_step_that_opens_later_says_when(self) -> None:
        step = Step("a", "开会", "会上", "steps", Due(), datetime.date(2026, 12, 1))
        today = datetime.date(2026, 11, 23)
        (cell,) = cells_of(stand((step,), {}, {}, today), heads_of([step], [(step,)], today), today)
        assert (cell.word, cell.note) == ("还不能开始", "12月1日开始")

    def test_a_step_without_a_day_says_its_rule_and_one_done_without_a_day_says_nothing(self) -> None:
        step = Step("report", "专项报告", "会后", "report", Due(anchor="last_meeting", days=15))
        today = datetime.date(2026, 11, 23)
        heads = heads_of([step], [(step,)], today)
        assert heads == (Head("report", "专项报告", "专项报告", "会后 15 日内"),)
        (cell,) = cells_of(stand((step,), {}, {}, today), heads, today)
        assert cell.note == "会后 15 日内"
        (cell,) = cells_of(stand((step,), {"report": Fact(done=True)}, {}, today), heads, today)
        assert (cell.word, cell.note) == ("已完成", "")

    def test_heads_say_the_days_of_all_categories(self) -> None:
        def step(*day: int) -> tuple[Step, ...]:
            return (Step("a", "开会", "会上", "steps", Due(datetime.date(*day))),)

        today = datetime.date(2026, 8, 1)
        for days, words in (
            ([(2026, 8, 20), (2026, 8, 20)], "8月20日前"),
            ([(2026, 8, 20), (2026, 8, 31)], "8月20日至31日前"),
            ([(2026, 8, 31), (2027, 1, 5)], "8月31日至2027年1月5日前"),
        ):
            lists = [step(*day) for day in days]
            assert heads_of(lists[0], lists, today)[0].due == words

    def test_every_name_of_a_step_fits_a_column(self) -> None:
        labels = set()
        for name in PRESETS:
            preset = load_preset(name)
            for category in ("", "village", "school"):
                for is_body in (True, False):
                    rules = resolve(preset.values, preset.overlays, category)
                    labels |= {short(s) for s in steps_of(rules, year=2026, is_body=is_body)}
        assert max(map(len, labels)) <= 6, labels
        assert "兑现承诺1" in labels


class TestShown:
    """The numbers are filters; the order is that of the tree, never a ranking."""

    def season(self, tree: Tree, campaign: Campaign, township: User, secretary: User) -> None:
        """The village has done something, the school put something off, the mill was let off all."""
        note_step(
            campaign=campaign,
            organization=tree.village,
            step="talks",
            done_on=timezone.localdate(),
            by=secretary,
        )
        postpone_step(
            campaign=campaign,
            organization=tree.school,
            step="meeting",
            reason="假期",
            until=None,
            by=township,
        )
        board = board_of(tree.township, campaign, show="all")
        for standing in board.standings.rows[tree.mill.pk]:
            waive_step(
                campaign=campaign,
                organization=tree.mill,
                step=standing.step.key,
                reason="停产",
                by=township,
            )

    def test_each_group_has_its_organisations(
        self, tree: Tree, campaign: Campaign, township: User, secretary: User
    ) -> None:
        self.season(tree, campaign, township, secretary)
        found = {show: names(board_of(tree.township, campaign, show=show)) for show in SHOWN}
        everything = ["新河村支部", "白沙村支部", "镇中心学校支部", "镇卫生院支部", "宏达纺织一车间支部"]
        assert found["all"] == everything
        assert found["attention"] == found["open"] == found["pending"] == everything[:4]
        assert found["postponed"] == ["镇中心学校支部"]
        assert found["waived"] == found["done"] == ["宏达纺织一车间支部"]
        assert found["overdue"] == found["review"] == []
        board = board_of(tree.township, campaign)
        assert board.counts["all"] == 5
        assert {tile.words: tile.number for tile in board.tiles} == {
            "支部已开会": "0 / 5",
            "名党员已测评": "0 / 0",
            "个支部有环节逾期": "0",
            "个支部有环节延期": "1",
            "个支部全部办完": "1",
        }

    def test_one_step_narrows_the_groups_to_it(
        self, tree: Tree, campaign: Campaign, township: User, secretary: User
    ) -> None:
        self.season(tree, campaign, township, secretary)
        assert names(board_of(tree.township, campaign, step="talks", show="done")) == ["新河村支部"]
        assert names(board_of(tree.township, campaign, step="meeting", show="postponed")) == [
            "镇中心学校支部"
        ]
        board = board_of(tree.township, campaign, step="talks", show="waived")
        assert (names(board), board.counts["all"]) == (["宏达纺织一车间支部"], 5)
        assert board_of(tree.township, campaign, step="nonsense", show="all").counts["all"] == 5

    def test_what_is_not_asked_of_an_organisation_puts_it_in_no_group(self) -> None:
        assert groups_of(Row(), "talks") == frozenset()

    def test_what_is_overdue_comes_before_what_is_open_else_the_order_of_the_tree(self, tree: Tree) -> None:
        campaign = published_campaign(tree.township, preset="luoyang_2014")
        with time_machine.travel(datetime.datetime(2026, 8, 10, 10, tzinfo=datetime.UTC)):
            for organization in (tree.village, tree.school):
                PlanFactory.create(
                    campaign=campaign,
                    organization=organization,
                    status=PlanStatus.APPROVED,
                    submitted_on=datetime.date(2026, 8, 5),
                )
            board = board_of(tree.township, campaign)
            assert board.show == "attention"
            assert names(board) == [
                "白沙村支部",
                "镇卫生院支部",
                "宏达纺织一车间支部",
                "新河村支部",
                "镇中心学校支部",
            ]
            assert names(board_of(tree.township, campaign, show="review")) == []

    def test_with_nothing_to_attend_to_everything_is_shown(
        self, tree: Tree, campaign: Campaign, township: User
    ) -> None:
        type(tree.mill).objects.exclude(pk__in=[tree.mill.pk, tree.general.pk]).filter(kind="branch").update(
            status="suspended"
        )
        for standing in board_of(tree.township, campaign).standings.rows[tree.mill.pk]:
            waive_step(
                campaign=campaign, organization=tree.mill, step=standing.step.key, reason="停产", by=township
            )
        board = board_of(tree.township, campaign)
        assert (board.show, names(board), words_of(board)) == ("all", ["宏达纺织一车间支部"], "")

    def test_rows_say_who_is_responsible_how_far_it_is_and_which_round(
        self, tree: Tree, campaign: Campaign, township: User, secretary: User
    ) -> None:
        AppointmentFactory.create(
            organization=tree.general, role=Role.INSTRUCTOR, user=None, holder_name="李敏"
        )
        order_redo(campaign=campaign, organization=tree.village, reason="流于形式", by=township)
        lines = {line.place.pk: line for line in board_of(tree.township, campaign, show="all").lines}
        village, mill = lines[tree.village.pk], lines[tree.mill.pk]
        assert (village.people, village.above, village.category) == ("书记 刘德福", "", "村")
        assert (village.round_no, village.settled) == (2, 0)
        assert (mill.people, mill.above) == ("没有登记书记　指导员 李敏", "宏达纺织总支")

    def test_pages_hold_fifty_rows_and_numbers_are_over_all(
        self, tree: Tree, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("config.home.board.page.PER_PAGE", 2)
        board = board_of(tree.township, campaign, page="3", show="all")
        assert [line.place.short_name for line in board.lines] == ["宏达纺织一车间支部"]
        assert [total.asked for head, total in board.totals if head.key == "meeting"] == [5]


class TestScope:
    """Category, part of the tree, liaison and name narrow rows and numbers; nothing reaches beyond the post."""

    def test_category_and_name(self, tree: Tree, campaign: Campaign) -> None:
        board = board_of(tree.township, campaign, category="village", show="all")
        assert (names(board), board.counts["all"]) == (["新河村支部", "白沙村支部"], 2)
        assert words_of(board) == "村，全部"
        board = board_of(tree.township, campaign, q=" 白沙 ", show="all")
        assert (names(board), words_of(board)) == (["白沙村支部"], "全部，名称含“白沙”")

    def test_down_the_tree_and_up_again(self, tree: Tree, county: User) -> None:
        campaign = published_campaign(tree.county)
        top = board_of(tree.county, campaign, show="all")
        assert len(names(top)) == 6
        assert [link.words for link in crumbs_of(top)] == ["云岭县委"]
        town = board_of(tree.county, campaign, show="all", under=str(tree.township.pk))
        assert len(names(town)) == 5
        below = board_of(tree.county, campaign, show="all", under=str(tree.general.pk))
        assert names(below) == ["宏达纺织一车间支部"]
        assert [link.words for link in crumbs_of(below)] == ["云岭县委", "青石镇", "宏达纺织党总支"]
        assert f"under={tree.township.pk}" in crumbs_of(below)[1].url
        assert [tab.words for tab in tabs_of(below)] == ["逐个组织", "谁缺什么"]
        own = board_of(tree.township, campaign, show="all", under=str(tree.township.pk))
        assert names(own) == names(town)
        direct = board_of(tree.township, campaign, show="all", direct="1")
        assert names(direct) == names(town)[:4]
        assert words_of(direct) == "全部，只看直属支部"

    def test_beyond_the_post_there_is_nothing(
        self, tree: Tree, township: User, supervisor: User, client_of: ClientOf
    ) -> None:
        campaign = published_campaign(tree.county)
        for under in (tree.other_township.pk, tree.county.pk, tree.village.pk, 999_999):
            with pytest.raises(Http404):
                board_of(tree.township, campaign, under=str(under))
        for person in (township, supervisor):
            client = client_of(person)
            for query in ("", "?show=all", "?tab=sums", "?tab=missing&show=all", "?q=双桥&show=all"):
                page = page_of(client, query)
                assert "双桥村" not in page
                assert "柳溪镇" not in page
            assert client.get(f"/?under={tree.other_township.pk}").status_code == 404

    def test_whoever_is_sent_to_branches_can_be_chosen(self, tree: Tree, campaign: Campaign) -> None:
        instructor = account_with(None, tree.township, full_name="李敏")
        first = AppointmentFactory.create(
            organization=tree.sibling, role=Role.INSTRUCTOR, user=instructor, holder_name="李敏"
        )
        AppointmentFactory.create(
            organization=tree.general, role=Role.INSTRUCTOR, user=instructor, holder_name="李敏"
        )
        other = AppointmentFactory.create(
            organization=tree.school, role=Role.SUPERVISOR, user=None, holder_name="何静"
        )
        elsewhere = AppointmentFactory.create(
            organization=tree.other_village, role=Role.INSTRUCTOR, holder_name="某某"
        )
        AppointmentFactory.create(organization=tree.township, role=Role.SUPERVISOR, holder_name="全镇")
        board = board_of(tree.township, campaign, show="all", liaison=str(first.pk))
        assert names(board) == ["白沙村支部", "宏达纺织一车间支部"]
        assert words_of(board) == "全部，李敏（指导员）"
        assert board.scope.liaisons is not None
        assert [choice.words for choice in board.scope.liaisons] == [
            "何静（督导组，镇中心学校支部）",
            "李敏（指导员，白沙村支部等 2 个）",
        ]
        assert "联系领导、指导员" in [field.label for field in fields_of(board)]
        assert names(board_of(tree.township, campaign, show="all", liaison=str(other.pk))) == [
            "镇中心学校支部"
        ]
        for unknown in (str(elsewhere.pk), "0", "abc"):
            board = board_of(tree.township, campaign, show="all", liaison=unknown)
            assert (len(names(board)), board.scope.liaison) == (5, None)

    def test_a_chosen_liaison_stays_a_choice_further_down(
        self,
        tree: Tree,
        campaign: Campaign,
        township: User,
        client_of: ClientOf,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        post = AppointmentFactory.create(organization=tree.general, role=Role.INSTRUCTOR, holder_name="李敏")
        board = board_of(tree.township, campaign, under=str(tree.general.pk), liaison=str(post.pk))
        (field,) = (field for field in fields_of(board) if field.name == "liaison")
        assert [choice.words for choice in field.choices] == ["全部", "李敏（指导员）"]
        monkeypatch.setattr(scope_module, "MOST_LIAISONS", 0)
        assert board_of(tree.township, campaign).scope.liaisons is None
        assert "指导员很多" in page_of(client_of(township))

    def test_an_address_with_nonsense_is_as_if_it_were_not_there(self) -> None:
        asked = Asked.read(
            {"tab": "x", "show": "y", "category": "z", "under": "-1", "liaison": "１", "direct": "no"}
        )
        assert asked == Asked(direct="1")
        assert Asked.read({}).url(show="all", step="plan") == "?show=all&step=plan"
        assert not Asked(under="3", tab="sums").narrows
        assert Asked(q="x").narrows


class TestSums:
    """One row for each direct subordinate; each number leads down."""

    def test_levels_of_a_county_and_of_a_township(
        self, tree: Tree, secretary: User, county: User, client_of: ClientOf
    ) -> None:
        campaign = published_campaign(tree.county)
        note_step(
            campaign=campaign,
            organization=tree.village,
            step="talks",
            done_on=timezone.localdate(),
            by=secretary,
        )
        board = board_of(tree.county, campaign, tab="sums", category="", show="")
        assert [(level.name, level.organizations) for level in board.levels] == [("青石镇", 5), ("柳溪镇", 1)]
        talks = next(c for c in board.levels[0].cells if c.name == "谈心谈话")
        assert (talks.sum.done, talks.sum.asked, talks.tone, talks.sum.rest) == (1, 5, "now", "")
        assert talks.url == f"?under={tree.township.pk}&step=talks&show=all"
        assert board.levels[0].url == f"?under={tree.township.pk}"
        town = board_of(tree.county, campaign, tab="sums", under=str(tree.township.pk))
        assert [(level.name, level.organizations) for level in town.levels] == [
            ("宏达纺织总支", 1),
            ("直属支部", 4),
        ]
        assert town.levels[1].url == f"?under={tree.township.pk}&direct=1"
        assert board_of(tree.county, campaign, under=str(tree.general.pk)).levels == ()
        page = page_of(client_of(county), "?tab=sums")
        assert "柳溪镇" in page
        assert "1/5" in page
        assert "没有再下一级" in page_of(client_of(county), f"?tab=sums&under={tree.general.pk}")

    def test_overdue_postponed_and_let_off_stand_beside_the_fraction(
        self, tree: Tree, campaign: Campaign, township: User
    ) -> None:
        place: dict[str, Any] = {"campaign": campaign, "step": "meeting", "by": township}
        postpone_step(**place, organization=tree.village, reason="假期", until=None)
        waive_step(**place, organization=tree.school, reason="联合召开")
        with time_machine.travel(timezone.now() + datetime.timedelta(days=32)):
            board = board_of(tree.township, campaign, tab="sums")
        direct = board.levels[-1]
        cell = next(c for c in direct.cells if c.name == "党员大会")
        assert (cell.sum.asked, cell.sum.done, cell.sum.rest) == (4, 0, "逾期 2，延期 1，免 1")
        assert (cell.tone, cell.url.endswith("&step=meeting&show=overdue")) == ("bad", True)
        assert sum(total.overdue for head, total in board.totals if head.key == "meeting") == 3

    def test_what_is_asked_of_nobody_below_says_so(
        self, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        campaign = published_campaign(tree.township, preset="luoyang_2014")
        board = board_of(tree.township, campaign, tab="sums")
        tones = {cell.name: cell.tone for cell in board.levels[0].cells}
        assert tones["材料公示"] == "none"
        assert "不要求" in page_of(client_of(township), "?tab=sums")


class TestCoverage:
    """两个全覆盖 as exact fractions: who was let off or put off stands apart."""

    def test_branches(self, tree: Tree, campaign: Campaign, township: User) -> None:
        evening("certified", organization=tree.village, campaign=campaign)
        place: dict[str, Any] = {"campaign": campaign, "step": "meeting", "by": township}
        postpone_step(**place, organization=tree.sibling, reason="假期", until=None)
        waive_step(**place, organization=tree.school, reason="联合召开")
        board = board_of(tree.township, campaign)
        covered = board.branches
        assert (covered.done, covered.postponed, covered.waived, covered.total) == (1, 1, 1, 5)
        assert board.coverages[0] == (
            "支部全覆盖：共 5 个支部，已开会 1 个，延期 1 个，同意不开 1 个，还没有开 2 个。"
        )
        assert (board.tiles[0].number, board.tiles[0].words) == ("1 / 5", "支部已开会")
        assert "step=meeting" in board.tiles[0].url

    def test_members_by_the_frozen_roster_else_by_the_roll(
        self, tree: Tree, campaign: Campaign, sibling_secretary: User
    ) -> None:
        evening("certified", organization=tree.village, campaign=campaign, members=6, probationary=2)
        members_of(tree.sibling, 4)
        freeze_roster(campaign=campaign, organization=tree.sibling, by=sibling_secretary)
        entry = RosterEntry.objects.filter(roster__organization=tree.sibling).first()
        assert entry is not None
        exempt_from_count(
            entry=entry, reason=ExemptReason.BEDRIDDEN, why="卧床", rated=False, by=sibling_secretary
        )
        members_of(tree.school, 3)
        members_of(tree.other_village, 7)
        board = board_of(tree.township, campaign)
        found = board.members
        assert found is not None
        assert (found.total, found.assessed, found.exempt.total()) == (15, 6, 3)
        assert found.fraction == "6 + 免 3 / 15"
        reason = ExemptReason.BEDRIDDEN.label
        assert board.coverages[1] == (
            f"党员全覆盖：共 15 名党员，已测评 6 名，免 3 名（预备党员，不评定等次 2 名、{reason} 1 名），"
            "还没有测评 6 名。"
        )

    def test_leaders_and_others_who_are_not_rated_have_their_reason(
        self, tree: Tree, secretary: User, township: User
    ) -> None:
        campaign = published_campaign(tree.township, rules={"leader_exempt": "both"})
        members_of(tree.village, 2)
        MemberFactory.create(organization=tree.village, is_leader=True)
        freeze_roster(campaign=campaign, organization=tree.village, by=secretary)
        one = RosterEntry.objects.filter(roster__organization=tree.village, is_leader_exempt=False).first()
        assert one is not None
        RosterEntry.objects.filter(pk=one.pk).update(is_subject=False)
        found = board_of(tree.township, campaign).members
        assert found is not None
        assert dict(found.exempt) == {"已参加领导班子民主生活会": 1, "其他不参加测评": 1}

    def test_who_was_assessed_and_then_taken_off_the_roster_counts_once(
        self, tree: Tree, campaign: Campaign
    ) -> None:
        made = evening("certified", organization=tree.village, campaign=campaign, members=6)
        entry = RosterEntry.objects.filter(roster__organization=tree.village).first()
        assert entry is not None
        exempt_from_count(entry=entry, reason=ExemptReason.ABROAD, why="出国", rated=False, by=made.secretary)
        found = board_of(tree.township, campaign).members
        assert found is not None
        assert (found.total, found.assessed, found.exempt.total()) == (6, 6, 0)
        assert found.words == "共 6 名党员，已测评 6 名"

    def test_a_count_of_an_earlier_round_assesses_nobody(
        self, tree: Tree, campaign: Campaign, township: User
    ) -> None:
        made = evening("certified", organization=tree.village, campaign=campaign, members=6)
        assert made.ballot.status == BallotStatus.CERTIFIED
        with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
            order_redo(campaign=campaign, organization=tree.village, reason="失真失实", by=township)
            found = board_of(tree.township, campaign).members
        assert found is not None
        assert (found.total, found.assessed) == (6, 0)

    def test_rules_that_ask_for_no_coverage_get_no_sentence(self, tree: Tree) -> None:
        campaign = published_campaign(tree.township, preset="xinyi_2018")
        board = board_of(tree.township, campaign)
        assert (board.coverages, board.members) == ([], None)
        assert board.tiles[0].words == "支部已开会"

    def test_a_campaign_without_a_ballot_counts_no_members(self, tree: Tree) -> None:
        campaign = CampaignFactory.create(
            issuer=tree.township, status="running", slug="no-ballot", rules={"ballot_place": "none"}
        )
        board = board_of(tree.township, campaign)
        assert board.members is None
        assert not [words for words in board.coverages if "名党员" in words]

    def test_bodies_have_no_members_to_count(self, tree: Tree) -> None:
        campaign = published_campaign(tree.county, preset="town_leadership_2014")
        campaign.addressees.create(organization=tree.township, audience="bodies")
        board = board_of(tree.county, campaign, show="all")
        assert names(board) == ["青石镇", "宏达纺织总支"]
        assert board.unit == "党组织"
        assert board.branches.total == 0
        assert not [tile for tile in board.tiles if tile.words == "支部已开会"]
        direct = board_of(tree.township, campaign, tab="sums")
        assert [(level.name, level.organizations) for level in direct.levels] == [
            ("宏达纺织总支", 1),
            ("直属支部", 1),
        ]


class TestPage:
    """What a person sees."""

    def test_the_office_and_the_supervisor_read_the_same_facts(
        self, tree: Tree, campaign: Campaign, township: User, supervisor: User, client_of: ClientOf
    ) -> None:
        evening("certified", organization=tree.village, campaign=campaign)
        evening("collected", organization=tree.sibling, campaign=campaign)
        MeetingFactory.create(organization=tree.hospital, campaign=campaign)
        for person in (township, supervisor):
            page = page_of(client_of(person), "?show=all")
            for words in (
                "进度总览",
                "测评汇总表",
                "新河村支部",
                "已核定",
                "正在计票",
                "2 / 5",
                "领域",
                "合计 5 个",
            ):
                assert words in page
            assert reverse("org_steps", args=[campaign.slug, tree.village.pk]) in page
            assert "责令" not in page

    def test_the_filter_is_said_in_words_with_a_way_out(
        self, campaign: Campaign, township: User, client_of: ClientOf
    ) -> None:
        client = client_of(township)
        page = page_of(client, "?category=village&show=open&step=talks")
        assert "村，谈心谈话，可以办理" in page
        assert '<a href="?">清除</a>' in page
        page = page_of(client)
        assert "看全部" in page
        assert "没有这样的支部" in page_of(client, "?show=overdue")

    def test_a_campaign_chosen_stays_chosen_in_every_link(
        self, tree: Tree, campaign: Campaign, township: User, client_of: ClientOf
    ) -> None:
        CampaignFactory.create(issuer=tree.county, status="running", slug="other", year=2020)
        page = page_of(client_of(township), "?campaign=other")
        assert '<input type="hidden" name="campaign" value="other">' in page
        assert "?campaign=other&amp;tab=missing" in page

    def test_the_county_sees_the_campaign_of_its_township(
        self, campaign: Campaign, county: User, client_of: ClientOf
    ) -> None:
        page = page_of(client_of(county), "?category=village")
        assert "新河村支部" in page
        assert "双桥村" not in page

    def test_a_campaign_of_another_township_is_not_on_the_board(
        self, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        CampaignFactory.create(issuer=tree.other_township, status="running")
        assert "现在没有进行中的活动" in page_of(client_of(township))

    def test_a_campaign_without_branches_says_so(self, tree: Tree, client_of: ClientOf) -> None:
        office = account_with(Role.OFFICE, tree.other_township)
        CampaignFactory.create(issuer=tree.other_township, status="running")
        Organization.objects.filter(pk=tree.other_village.pk).update(kind="group")
        assert "还没有党支部" in page_of(client_of(office))

    def test_a_superior_who_also_counts_finds_the_ballot(self, tree: Tree, client_of: ClientOf) -> None:
        made = evening("collected", organization=tree.village)
        AppointmentFactory.create(user=made.tellers[0], role=Role.SUPERVISOR, organization=tree.township)
        assert "等您计票" in page_of(client_of(made.tellers[0]))

    def test_under_the_rules_of_xinyi_nothing_is_counted_that_is_not_asked(
        self, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        published_campaign(tree.township, preset="xinyi_2018")
        client = client_of(township)
        for query in ("?show=all", "?tab=sums", "?tab=missing&show=all"):
            page = page_of(client, query)
            assert "与上级沟通" in page
            for words in ("方案", "总结", "报告材料", "台账", "发言材料", "照片", "专项报告", "个人材料"):
                assert words not in page, words

    def test_a_general_branch_has_a_board_of_its_own(
        self, tree: Tree, campaign: Campaign, client_of: ClientOf
    ) -> None:
        page = page_of(client_of(account_with(Role.SECRETARY, tree.general)))
        assert "宏达纺织一车间支部" in page
        assert "新河村支部" not in page


def test_a_person_without_an_account_is_not_shown_twice(tree: Tree, campaign: Campaign) -> None:
    for place in (tree.village, tree.school):
        AppointmentFactory.create(organization=place, role=Role.INSTRUCTOR, user=None, holder_name="李敏")
    post = tree.school.appointments.get(role=Role.INSTRUCTOR)
    board = board_of(tree.township, campaign, show="all", liaison=str(post.pk))
    assert names(board) == ["新河村支部", "镇中心学校支部"]
    assert Member.objects.count() == 0
