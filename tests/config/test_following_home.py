"""What follows the count, on the home page and in the digest: only where there is something, and never in names."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Notice, User
from config.home import reminders
from config.home.digest import Judge
from config.home.follow_lines import follow_lines
from evaluations.models import DisposalCase, HelpPlan
from evaluations.services import feedback as feedbacks
from tests.factories.branches import account_with
from tests.factories.disposing import case_of, plan_of
from tests.factories.following import Followed, followed

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
MINE = reverse("evaluations:own_result")


def home(client: Client) -> str:
    """The home page."""
    return client.get("/").content.decode()


def test_the_own_result_is_linked_once_told_and_asks_until_taken_note_of(client_of: ClientOf) -> None:
    made = followed()
    client = client_of(made.account(1))
    assert MINE not in home(client)
    made.tell(1)
    assert "支部向您反馈了评议结果" in home(client)
    feedbacks.acknowledge(feedback=made.again(1), on_paper=False, by=made.account(1))
    page = home(client)
    assert MINE in page
    assert "支部向您反馈了评议结果" not in page


def test_a_secretary_sees_what_is_open_and_nothing_when_nothing_is(client_of: ClientOf) -> None:
    made = followed()
    client, url = (
        client_of(made.secretary),
        reverse("evaluations:follow_up", args=[made.sheet.organization_id]),
    )
    assert url not in home(client)
    plan_of(made, "running", row=2)
    assert "帮扶 1 人</p>" in home(client)
    case_of(made)
    assert "帮扶 1 人，组织处置 1 件</p>" in home(client)
    HelpPlan.objects.update(status="closed")
    assert "</a>：组织处置 1 件</p>" in home(client)


def test_an_office_sees_how_many_cases_wait_also_without_an_open_campaign(client_of: ClientOf) -> None:
    made = followed()
    found = case_of(made, "submitted")
    assert "有 1 件组织处置等您批准" in home(client_of(found.office))
    Campaign.objects.update(status="closed")
    assert "有 1 件组织处置等您批准" in home(client_of(found.office))
    assert "等您批准" not in home(client_of(made.secretary))


def running(made: Followed, review_on: datetime.date, due_on: datetime.date) -> None:
    """A plan and a clock with these days."""
    plan_of(made, "running", row=1)
    case_of(made, "in_force", row=2)
    HelpPlan.objects.update(review_on=review_on)
    DisposalCase.objects.update(due_on=due_on, starts_on=min(due_on, timezone.localdate()))


def judge_of(today: datetime.date) -> Judge:
    """The judge of a day after one on which reminders ran."""
    before = today - datetime.timedelta(days=1)
    return Judge(today, before, before, lambda day: True)


def lines_on(made: Followed, today: datetime.date) -> list[str]:
    """What the branch's secretary is told on this day."""
    clerks = {made.evening.organization.pk: {made.secretary.pk}}
    return [line.text for line in follow_lines(judge_of(today), clerks).get(made.secretary.pk, [])]


def test_help_and_clocks_are_told_on_the_days_the_rules_remind_near_and_past() -> None:
    made = followed()
    review_on, due_on = datetime.date(2027, 3, 10), datetime.date(2027, 9, 15)
    running(made, review_on, due_on)
    rules = made.evening.campaign.rules_for(made.evening.organization)
    for days in rules.remind_before:
        told = lines_on(made, review_on - datetime.timedelta(days=days))
        assert [text for text in told if "1 名党员的帮扶要回访：3月10日" in text], days
        told = lines_on(made, due_on - datetime.timedelta(days=days))
        assert [text for text in told if "1 名党员的限期改正期满：9月15日" in text], days
    for days in rules.remind_after:
        assert f"已逾期 {days} 天" in lines_on(made, review_on + datetime.timedelta(days=days))[0]
    assert lines_on(made, review_on - datetime.timedelta(days=max(rules.remind_before) + 1)) == []
    assert lines_on(made, datetime.date(2027, 6, 1)) == []
    HelpPlan.objects.update(status="closed")
    DisposalCase.objects.update(status="ended", outcome="改正", ended_on=timezone.localdate())
    assert lines_on(made, review_on - datetime.timedelta(days=min(rules.remind_before))) == []


def due_soon() -> tuple[Followed, datetime.date]:
    """A branch that is reminded on holidays too, and a day for which today is one of its reminders."""
    made = followed(rules={"remind_off_holidays": False})
    rules = made.evening.campaign.rules_for(made.evening.organization)
    return made, timezone.localdate() + datetime.timedelta(days=min(rules.remind_before))


def test_the_digest_carries_them_once_a_day_even_after_the_campaign_is_closed() -> None:
    made, soon = due_soon()
    running(made, soon, soon)
    Campaign.objects.update(status="closed")
    account_with(None, made.evening.organization)
    for _ in range(2):
        reminders.remind(timezone.localdate())
    digests = Notice.objects.filter(kind="digest", recipient=made.secretary)
    digest = digests.get()
    assert "1 名党员的帮扶要回访" in digest.body
    assert "1 名党员的限期改正期满" in digest.body
    assert digest.url == reverse("evaluations:follow_up", args=[made.sheet.organization_id])
    assert not [row.name for row in made.rows if row.name in digest.body]
    assert Notice.objects.filter(kind="digest").count() == 1  # nobody else is told


def test_among_other_lines_the_digest_leads_home() -> None:
    made, soon = due_soon()
    running(made, soon, soon)
    Campaign.objects.update(finish_by=soon)
    reminders.remind(timezone.localdate())
    digest = Notice.objects.get(kind="digest", recipient=made.secretary)
    assert "帮扶要回访" in digest.body
    assert digest.url == "/"


def test_any_number_of_branches_costs_the_same_queries() -> None:
    made = followed()
    day = datetime.date(2027, 3, 10)
    running(made, day, day)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            follow_lines(judge_of(day), {})
        counts.append(len(queries))
        other = followed(campaign=made.evening.campaign)
        plan_of(other, "running", row=1)
        HelpPlan.objects.update(review_on=day)
    assert counts[0] == counts[1]
    assert counts[1] <= 8
