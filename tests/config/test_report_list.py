"""The list of reports below: due, late, come in, received with one click; as many queries for many as for few."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, Role, StepMark, User
from config.home.report.listing import ReportList
from tests.conftest import Tree
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.reports import report_of, reporting

ClientOf = Callable[[User], Client]


@pytest.fixture
def asking(tree: Tree) -> Campaign:
    """A campaign of the township with a report that was due yesterday."""
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    return reporting(tree.township, report_due=yesterday.isoformat(), briefing=False)


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def states(campaign: Campaign, user: User, show: str = "") -> dict[str, str]:
    found = ReportList.of(campaign, campaign.organizations().visible_to(user), user, show=show)
    return {line.organization.short_name: line.state for line in found.lines}


def test_every_branch_stands_under_its_state_in_the_order_of_the_tree(
    tree: Tree, asking: Campaign, secretary: User, sibling_secretary: User, township: User
) -> None:
    report_of(asking, tree.village, secretary, stage="submitted")
    StepMark.objects.create(
        campaign=asking, organization=tree.school, step="report", done_on=timezone.localdate()
    )
    report_of(asking, tree.sibling, sibling_secretary)
    found = states(asking, township)
    assert found["新河村支部"] == "here"
    assert found["镇中心学校支部"] == "received"
    assert list(found)[:2] == ["新河村支部", "白沙村支部"]
    assert set(states(asking, township, "here")) == {"新河村支部"}
    assert "白沙村支部" in states(asking, township, "waiting")
    assert states(asking, township, "nonsense") == found


def test_the_office_notes_a_receipt_with_one_click(
    tree: Tree, asking: Campaign, secretary: User, township: User, county: User, client_of: ClientOf
) -> None:
    report = report_of(asking, tree.village, secretary, stage="submitted")
    url = reverse("reports", args=[asking.slug])
    client = client_of(township)
    page = text(client.get(url))
    receive = reverse("report_receive", args=[asking.slug, tree.village.pk, report.recipients.get().pk])
    assert receive in page
    assert receive not in text(client_of(county).get(url))
    done = client.post(receive, {"on": timezone.localdate().isoformat(), "list": "1"}, follow=True)
    assert "已登记青石镇党委收到" in text(done)
    assert states(asking, township)["新河村支部"] == "received"


def test_a_report_that_came_back_is_red(
    tree: Tree, asking: Campaign, secretary: User, township: User
) -> None:
    from_draft = report_of(asking, tree.village, secretary, stage="submitted")
    assert from_draft.status == "submitted"
    type(from_draft).objects.filter(pk=from_draft.pk).update(status="returned")
    found = ReportList.of(asking, asking.organizations(), township)
    line = next(line for line in found.lines if line.organization == tree.village)
    assert line.tone == "bad"


def test_where_no_report_is_asked_the_page_says_so(tree: Tree, township: User, client_of: ClientOf) -> None:
    campaign = reporting(tree.township, report="none")
    page = text(client_of(township).get(reverse("reports", args=[campaign.slug])))
    assert "不要求各组织写报告" in page


def test_the_board_leads_to_the_list_where_reports_are_asked(
    tree: Tree, asking: Campaign, township: User, client_of: ClientOf
) -> None:
    page = text(client_of(township).get(reverse("home"), {"campaign": asking.slug}))
    assert reverse("reports", args=[asking.slug]) in page
    none = reporting(tree.township, "none", report="none")
    page = text(client_of(township).get(reverse("home"), {"campaign": none.slug}))
    assert reverse("reports", args=[none.slug]) not in page


def test_the_list_asks_the_same_for_few_and_for_many(
    tree: Tree, asking: Campaign, township: User, client_of: ClientOf
) -> None:
    client, url = client_of(township), reverse("reports", args=[asking.slug])

    def branch() -> None:
        place = OrganizationFactory.create(parent=Organization.objects.get(pk=tree.township.pk))
        report_of(asking, place, account_with(Role.SECRETARY, place), stage="submitted")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    branch()
    queries()
    few = queries()
    for _ in range(20):
        branch()
    assert queries() == few


def test_what_waits_for_review_stands_apart(
    tree: Tree, secretary: User, supervisor: User, client_of: ClientOf
) -> None:
    campaign = reporting(tree.township, report_reviewer="supervisors")
    report_of(campaign, tree.village, secretary, reviewer=supervisor, stage="in_review")
    assert states(campaign, supervisor, "review") == {"新河村支部": "review"}
    page = text(client_of(supervisor).get(reverse("reports", args=[campaign.slug]), {"show": "review"}))
    assert "送审" in page
