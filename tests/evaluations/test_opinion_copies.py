"""Opinions copied from each other: a soft line for who writes them, nothing for anybody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Role, User
from evaluations.models import Assessment, AssessmentStatus
from evaluations.reports.assessment import sheet_page
from evaluations.reports.opinion_copies import copied_opinions
from tests.factories.assessing import Assessed, assessed
from tests.factories.branches import UserFactory, account_with

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
HINT = "大段相同"
COPIED = "能按时参加组织生活，按月交纳党费，为邻里办实事，服从支部安排，外出时主动请假。"


def written(copies: int = 3, **how: object) -> Assessed:
    """A draft of five members; the first `copies` of them were given the same opinion, the names changed."""
    found = assessed("draft", members=5, **how)  # type: ignore[arg-type]
    for row in found.rows[:copies]:
        Assessment.objects.filter(pk=row.pk).update(opinion=f"{row.name}{COPIED}")
    return found


def sheet_seen(found: Assessed, browser: Client) -> str:
    """The page of the sheet."""
    return browser.get(reverse("evaluations:assessment", args=[found.sheet.pk])).content.decode()


def test_who_writes_is_told_softly_whose_opinions_are_the_same(client_of: ClientOf) -> None:
    found = written()
    names = "、".join(row.name for row in found.rows[:3])
    page = sheet_seen(found, client_of(found.secretary))
    assert f"有 3 人的意见大段相同：{names}。要改就改，不改也可以；这条提示只有支部自己看得到。" in page
    organizer = account_with(Role.ORGANIZER, found.evening.organization)
    assert HINT in sheet_seen(found, client_of(organizer))


def test_opinions_that_differ_are_not_remarked_on(client_of: ClientOf) -> None:
    found = written(copies=1)
    assert HINT not in sheet_seen(found, client_of(found.secretary))


def test_rules_that_want_no_hints_of_sameness_give_none(client_of: ClientOf) -> None:
    found = written(rules={"uniform_hint": False})
    assert HINT not in sheet_seen(found, client_of(found.secretary))


def test_superiors_and_members_never_see_the_hint_at_any_stage(client_of: ClientOf) -> None:
    found = written()
    member = UserFactory.create(home=found.evening.organization)
    found.rows[0].entry.member.user = member
    found.rows[0].entry.member.save(update_fields=["user"])
    committee = account_with(Role.COMMITTEE, found.evening.organization)
    for status in AssessmentStatus.values:
        effective = "2026-01-01" if status == AssessmentStatus.EFFECTIVE else None
        type(found.sheet).objects.filter(pk=found.sheet.pk).update(status=status, effective_on=effective)
        for reader in (found.office, member, committee):
            assert HINT not in sheet_seen(found, client_of(reader))
            assert copied_opinions(sheet_page(found.reload(), reader)) == ()


def test_once_decided_or_when_the_campaign_is_over_nothing_is_remarked_on(client_of: ClientOf) -> None:
    found = written()
    found.evening.campaign.status = "closed"
    found.evening.campaign.save(update_fields=["status"])
    assert HINT not in sheet_seen(found, client_of(found.secretary))
    done = assessed("decided", members=4)
    assert HINT not in sheet_seen(done, client_of(done.secretary))
