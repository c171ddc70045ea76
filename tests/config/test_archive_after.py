"""The shelves of what follows the meeting: what hung, the masses' satisfaction, supervision; nothing of the people above."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from pypdf import PdfReader

from branches.models import Role
from config.home.archive.items import Archive
from config.home.archive.shelf import Shelf
from rectification.models import Survey, SurveyRound
from rectification.services import surveys
from rectification.services.supervision_summary import begin_summary, finish_summary
from tests.conftest import Tree
from tests.factories.archiving import (
    ADVISED,
    ANSWERED,
    PROPOSED,
    RULES,
    SAID,
    SEEN,
    VISITOR,
    fill_after,
)
from tests.factories.branches import account_with
from tests.factories.evaluations import published_campaign
from tests.factories.supervising import finding_of, watched

pytestmark = pytest.mark.django_db


def shelf_of(archive: Archive, key: str) -> Shelf:
    """The shelf of one kind."""
    return next(shelf for shelf in archive.shelves if shelf.filed.key == key)


def said(make: Callable[[], bytes]) -> str:
    """What a PDF says, without blanks and line ends."""
    pages = PdfReader(io.BytesIO(make())).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_what_followed_stands_on_three_shelves(tree: Tree) -> None:
    campaign = published_campaign(tree.township, rules=RULES)
    secretary = account_with(Role.SECRETARY, tree.village)
    fill_after(tree.village, campaign, secretary)
    archive = Archive.of(campaign, tree.village, secretary)
    hung = shelf_of(archive, "publicity")
    assert [item.title for item in hung.items][1:] == ["公示情况"]
    table = said(hung.items[1].makers[0][1])
    assert all(word in table for word in (SAID, ANSWERED, "已列入整改", "村务公开栏", "结束"))
    masses = shelf_of(archive, "satisfaction")
    assert [item.title for item in masses.items] == [
        "群众满意度测评统计表（首次测评）",
        "测评结果和后续办理",
        "历次测评情况",
    ]
    assert masses.lacks == "另有 1 次测评还没有核定，没有收入"
    outcome = said(masses.items[1].makers[0][1])
    assert "已测评，没有达到要求" in outcome
    assert "对主要负责人诫勉谈话：待办" in outcome
    book = openpyxl.load_workbook(io.BytesIO(masses.items[2].makers[0][1]()))
    assert any(row[7:9] == (120, 230) for row in book.worksheets[0].iter_rows(values_only=True))
    (visits,) = shelf_of(archive, "supervision").items
    words = said(visits.makers[0][1])
    assert all(word in words for word in (ADVISED, "已经换新", "准备充分", "明察"))
    assert not any(word in words for word in (SEEN, PROPOSED, VISITOR))


def test_a_later_round_and_a_void_count_are_told_apart(tree: Tree) -> None:
    campaign = published_campaign(tree.township, rules=RULES)
    secretary = account_with(Role.SECRETARY, tree.village)
    fill_after(tree.village, campaign, secretary)
    office = account_with(Role.OFFICE, tree.township)
    again = SurveyRound.objects.select_related(*surveys.RELATED).get(turn=2)
    surveys.void(survey_round=again, version=again.version, note="张数不清", by=office)
    Survey.objects.update(round_no=2)
    masses = shelf_of(Archive.of(campaign, tree.village, secretary), "satisfaction")
    assert masses.items[0].title.endswith("（首次测评，第2轮）")
    assert "已作废：张数不清" in said(masses.items[1].makers[0][1])


def test_a_member_gets_none_of_it_and_the_summary_belongs_to_the_body(tree: Tree) -> None:
    made = watched(tree)
    finding_of(made)
    member = account_with(None, tree.village)
    for key in ("publicity", "satisfaction", "supervision"):
        shelves = [s for s in Archive.of(made.campaign, tree.village, member).shelves if s.filed.key == key]
        assert all(shelf.items == () for shelf in shelves)
    summary = begin_summary(
        campaign=made.campaign,
        body=tree.township,
        team=None,
        title="督查总结",
        parts={"overall": "督查了一遍。"},
        by=made.township,
    )
    assert shelf_of(Archive.of(made.campaign, tree.township, made.township), "supervision").items == ()
    finish_summary(summary=summary, version=summary.version, by=made.township)
    (item,) = shelf_of(Archive.of(made.campaign, tree.township, made.township), "supervision").items
    assert (item.title, item.makers[0][0]) == ("督查总结", "docx")
    assert item.makers[0][1]().startswith(b"PK")
    titles = [
        one.title
        for one in shelf_of(Archive.of(made.campaign, tree.village, made.secretary), "supervision").items
    ]
    assert titles == ["督查情况"]


def test_what_nobody_asks_for_has_no_shelf(tree: Tree) -> None:
    campaign = published_campaign(
        tree.township, rules={"superior_attendance": "none", "result_publicity": "branch_only"}
    )
    archive = Archive.of(campaign, tree.village, account_with(Role.SECRETARY, tree.village))
    assert not {"publicity", "satisfaction", "supervision"} & {shelf.filed.key for shelf in archive.shelves}
