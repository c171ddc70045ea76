"""The secretary's account (述职): facts on one page, only where it is asked, votes only as far as they may be told."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from branches.models import User
from config.home.report.duty import DutyReport
from members.models import StudySession
from tests.conftest import Tree
from tests.factories.evaluations import evening
from tests.factories.reports import reporting

ClientOf = Callable[[User], Client]
RULES: dict[str, Any] = {"plan_gate": "none", "committee_rated": True}


def printed(content: bytes) -> tuple[str, int]:
    """The text of a PDF and its number of pages."""
    read = PdfReader(io.BytesIO(content))
    return "".join(page.extract_text() for page in read.pages), len(read.pages)


def test_the_facts_stand_on_one_page_with_room_to_write(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    campaign = reporting(tree.township, secretary_duty_report=True, duty_report_includes=True)
    StudySession.objects.create(campaign=campaign, organization=tree.village, held_on=timezone.localdate())
    client = client_of(secretary)
    page = client.get(reverse("duty_report", args=[campaign.slug, tree.village.pk])).content.decode()
    assert "<dt>学习次数</dt>" in page
    assert "整改措施落实情况" in page
    text, pages = printed(
        client.get(reverse("duty_report_file", args=[campaign.slug, tree.village.pk])).content
    )
    assert pages == 1
    assert "刘德福" in text
    assert "学习次数：1" in text


def test_without_the_rule_on_rectification_nobody_asks_for_it(tree: Tree, secretary: User) -> None:
    campaign = reporting(tree.township, secretary_duty_report=True, duty_report_includes=False)
    page = DutyReport.of(campaign, tree.village)
    assert page.to_write == ("自己的不足和下一步打算",)
    assert page.ballot == ()
    assert page.meetings == ()


def test_where_no_account_is_asked_there_is_no_page(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    campaign = reporting(tree.township, secretary_duty_report=False, duty_report_includes=False)
    client = client_of(secretary)
    assert client.get(reverse("duty_report", args=[campaign.slug, tree.village.pk])).status_code == 404


def test_votes_on_the_committee_are_told_only_where_there_are_enough_papers(db: None) -> None:
    many = evening("certified", members=9, preset="xinyi_2018", rules=RULES, subject_kind="committee")
    page = DutyReport.of(many.campaign, many.organization)
    first = many.ballot.options[0]
    assert not page.withheld
    assert f"支委会得“{first}”票" in [fact.label for fact in page.ballot]
    assert page.meetings[0].people == "应到 9，实到 9"
    few = evening("certified", members=4, preset="xinyi_2018", rules=RULES, subject_kind="committee")
    page = DutyReport.of(few.campaign, few.organization)
    assert page.withheld
    assert [fact.label for fact in page.ballot] == ["支委会测评发出", "支委会测评收回", "支委会测评有效"]


def test_the_secretary_finds_it_on_the_home_page(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    campaign = reporting(tree.township, secretary_duty_report=True)
    page = client_of(secretary).get(reverse("home"), {"campaign": campaign.slug}).content.decode()
    assert reverse("duty_report", args=[campaign.slug, tree.village.pk]) in page
    assert reverse("meetings:yearly", args=[tree.village.pk, timezone.localdate().year]) in page
