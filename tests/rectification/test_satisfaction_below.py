"""What a superior reads of satisfaction: all organisations in the order of the tree, and the years with their workbook."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from branches.models import Campaign, Role, User
from branches.services.steps import note_step, order_redo
from rectification.models import SurveyRound
from rectification.reports import satisfaction_history
from rectification.reports.satisfaction_below import lines_of, waiting_for
from rectification.reports.satisfaction_history import history_of
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import published_campaign
from tests.factories.surveys import BAD, GOOD, PRESET, Surveyed, bring_to, make_up_done, surveyed

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(tree: Tree) -> Campaign:
    """A campaign of the county that asks for surveys."""
    return published_campaign(tree.county, preset=PRESET, slug="asked")


def client_of(user: User) -> Client:
    """A browser in which this person is logged in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def twice_failed(tree: Tree, campaign: Campaign) -> Surveyed:
    """The village, failed twice."""
    made = surveyed("closed", organization=tree.village, campaign=campaign, votes=BAD)
    make_up_done(made)
    made.newest()
    return bring_to(made, "closed", votes=BAD)


class TestBelow:
    def test_organisations_stand_in_the_order_of_the_tree_whatever_their_rate(
        self, tree: Tree, asked: Campaign, township: User
    ) -> None:
        surveyed("closed", organization=tree.hospital, campaign=asked, votes=GOOD)
        twice_failed(tree, asked)
        surveyed("typed", organization=tree.sibling, campaign=asked)
        few = surveyed("closed", organization=tree.mill, campaign=asked, votes=(4, 0, 0, 0))
        note_step(
            campaign=asked,
            organization=tree.school,
            step="satisfaction-1",
            done_on=few.now().opened_on,
            by=account_with(Role.SECRETARY, tree.school),
        )
        branches = [tree.village, tree.sibling, tree.school, tree.hospital, tree.mill]
        lines = lines_of(asked, branches)
        assert [line.cells[0].word for line in lines] == [
            "补课后仍没有达到要求",
            "正在计票",
            "已登记（纸质）",
            "已测评，达到要求",
            "已测评，达到要求",
        ]
        assert [line.cells[0].rate is None for line in lines] == [False, True, True, False, True]
        assert all(line.cells[1].word == "还没有测评" for line in lines)
        page = client_of(township).get(reverse("rectification:satisfaction_below", args=["asked"]))
        text = page.content.decode()
        places = [text.index(f">{branch.short_name}</a>") for branch in branches]
        assert places == sorted(places)
        assert "52.17%" in text
        assert "双桥村" not in text, "the other township is another's business"

    def test_a_new_round_begins_empty(self, tree: Tree, asked: Campaign, county: User) -> None:
        surveyed("closed", organization=tree.village, campaign=asked)
        order_redo(campaign=asked, organization=tree.village, reason="走过场", by=county)
        (line,) = lines_of(asked, [tree.village])
        assert line.cells[0].word == "还没有测评"

    def test_what_waits_is_listed_as_far_as_the_reader_may_read_it(
        self, tree: Tree, asked: Campaign, township: User, supervisor: User
    ) -> None:
        twice_failed(tree, asked)
        surveyed("closed", organization=tree.sibling, campaign=asked, votes=BAD)
        waiting = waiting_for(asked, tree.township, township)
        assert [case.organization for case in waiting.cases] == [tree.village]
        kinds = [(duty.organization, duty.kind) for duty in waiting.duties]
        assert kinds == [
            (place, kind)
            for place in (tree.village, tree.sibling)
            for kind in ("self_criticism", "admonition", "accountability")
        ]
        assert waiting_for(asked, tree.township, supervisor).cases == ()

    def test_the_level_is_chosen_and_others_are_out_of_reach(
        self, tree: Tree, asked: Campaign, county: User, township: User, secretary: User
    ) -> None:
        url = reverse("rectification:satisfaction_below", args=["asked"])
        assert "双桥村" in client_of(county).get(url).content.decode()
        one = client_of(county).get(f"{url}?organization={tree.township.code}").content.decode()
        assert "双桥村" not in one
        assert client_of(township).get(f"{url}?organization={tree.other_township.code}").status_code == 404
        assert client_of(secretary).get(url).status_code == 403
        group = client_of(county).get(f"{url}?organization={tree.group.code}").content.decode()
        assert "没有参加这次活动的组织" in group

    def test_the_number_of_queries_does_not_grow(self, tree: Tree, asked: Campaign, township: User) -> None:
        url = reverse("rectification:satisfaction_below", args=["asked"])
        surveyed("closed", organization=tree.village, campaign=asked)
        client = client_of(township)
        client.get(url)
        with CaptureQueriesContext(connection) as few:
            client.get(url)
        for place in (tree.sibling, tree.school, tree.hospital, tree.mill):
            surveyed("closed", organization=place, campaign=asked, votes=BAD)
        with CaptureQueriesContext(connection) as many:
            client.get(url)
        assert len(many) == len(few)


class TestHistory:
    def test_it_shows_the_exact_fraction_and_the_percentage(
        self, tree: Tree, asked: Campaign, township: User
    ) -> None:
        twice_failed(tree, asked)
        surveyed("closed", organization=tree.sibling, campaign=asked, votes=(3, 0, 0, 0))
        found = history_of(tree.township, township)
        assert [(line.organization, line.turn, line.fraction) for line in found.lines] == [
            ("新河村党支部", "首次测评", "120/230"),
            ("新河村党支部", "补课后测评", "120/230"),
            ("白沙村党支部", "首次测评", "票数少，不列"),
        ]
        assert all(line.for_appraisal for line in found.lines)
        assert found.lines[0].demanded == "2/3"
        page = client_of(township).get(reverse("rectification:satisfaction_history", args=[tree.township.pk]))
        text = page.content.decode()
        assert "120/230（52.17%）" in text
        assert "作为考核内容" in text

    def test_the_workbook_holds_values_in_the_order_of_the_tree(
        self, tree: Tree, asked: Campaign, township: User
    ) -> None:
        twice_failed(tree, asked)
        surveyed("closed", organization=tree.sibling, campaign=asked, votes=(3, 0, 0, 0))
        plain = published_campaign(
            tree.township,
            preset=PRESET,
            slug="plain",
            rules={"appraisal_use": False, "satisfaction_threshold": None},
        )
        surveyed("closed", organization=tree.school, campaign=plain, votes=BAD)
        url = reverse("rectification:satisfaction_history_file", args=[tree.township.pk])
        answer = client_of(township).get(url)
        assert "%E5%8E%86%E5%B9%B4%E6%83%85%E5%86%B5" in answer["Content-Disposition"]
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        rows: list[list[Any]] = [list(row) for row in sheet.iter_rows(values_only=True)]
        body = [row for row in rows if isinstance(row[0], int)]
        assert [row[1] for row in body] == [
            "新河村党支部",
            "新河村党支部",
            "白沙村党支部",
            "镇中心学校党支部",
        ]
        assert body[0][7:9] == [120, 230]
        assert abs(body[0][9] - 120 / 230) < 1e-12
        assert body[0][10:12] == ["2/3", "已测评，没有达到要求"]
        assert body[0][12:15] == ["满意、比较满意", "有效票", "是"]
        assert body[2][7:10] == ["票数少，不列", "—", "—"]
        assert body[3][10:12] == ["—", "已测评"]
        assert body[3][14] == "否"

    def test_one_year_may_be_asked_for(self, tree: Tree, asked: Campaign, township: User) -> None:
        surveyed("closed", organization=tree.village, campaign=asked)
        url = reverse("rectification:satisfaction_history_file", args=[tree.township.pk])
        for query, wanted in (("?year=2026", 1), ("?year=2019", 0), ("?year=x", 1), ("?year=99999", 1)):
            sheet = load_workbook(io.BytesIO(client_of(township).get(url + query).content)).active
            assert sheet is not None
            rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
            assert len(rows) == wanted, query

    def test_too_many_rows_are_refused_with_what_to_do(
        self, tree: Tree, asked: Campaign, township: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        surveyed("closed", organization=tree.village, campaign=asked)
        monkeypatch.setattr(satisfaction_history, "MOST_ROWS", 0)
        url = reverse("rectification:satisfaction_history_file", args=[tree.township.pk])
        answer = client_of(township).get(url, follow=True)
        assert "请选择年度，分年度下载" in answer.content.decode()

    def test_a_branch_reads_its_own_years_only(self, tree: Tree, asked: Campaign, secretary: User) -> None:
        url = reverse("rectification:satisfaction_history", args=[tree.village.pk])
        assert "还没有核定过的群众满意度测评" in client_of(secretary).get(url).content.decode()
        surveyed("closed", organization=tree.village, campaign=asked)
        surveyed("closed", organization=tree.sibling, campaign=asked)
        text = client_of(secretary).get(url).content.decode()
        assert "171/230（74.35%）" in text
        assert "白沙村" not in text

    def test_the_number_of_queries_does_not_grow(self, tree: Tree, asked: Campaign, township: User) -> None:
        surveyed("closed", organization=tree.village, campaign=asked)
        url = reverse("rectification:satisfaction_history", args=[tree.township.pk])
        client = client_of(township)
        client.get(url)
        with CaptureQueriesContext(connection) as few:
            client.get(url)
        for place in (tree.sibling, tree.school, tree.hospital, tree.mill):
            surveyed("closed", organization=place, campaign=asked)
        with CaptureQueriesContext(connection) as many:
            client.get(url)
        assert len(many) == len(few)
        assert SurveyRound.objects.count() == 5
