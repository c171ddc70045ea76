"""Supervision on the home page and on the page of steps: only where the rules want it, never with what is secret."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Campaign, User
from config.home.watching import Watching
from tests.conftest import Tree
from tests.factories.supervising import finding_of, visit_to, watched

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
SILENT = {"supervision": [], "visit_modes": [], "linked_points": False, "superior_attendance": "none"}


def test_the_branch_sees_what_waits_for_its_answer_and_nothing_of_a_visit_in_secret(
    tree: Tree, client_of: ClientOf
) -> None:
    made = watched(tree)
    client = client_of(made.secretary)
    assert "督查" not in client.get("/").content.decode()
    visit_to(made, seen="", mode="covert")
    assert "督查" not in client.get("/").content.decode()
    finding_of(made, kind="redo")
    assert "督查情况" in client.get("/").content.decode()
    finding_of(made)
    text = client.get("/").content.decode()
    assert "上级督查反馈了 1 条意见" in text
    assert reverse("rectification:branch_visits", args=["watched", tree.village.pk]) in text


@pytest.mark.parametrize("who", ["supervisor", "township", "leader", "instructor"])
def test_those_who_look_in_find_their_day(who: str, tree: Tree, client_of: ClientOf) -> None:
    made = watched(tree)
    finding_of(made)
    text = client_of(made.people[who]).get("/").content.decode()
    assert "今天的督导</a>：1 条发现正在办理" in text


def test_a_member_and_a_campaign_without_supervision_show_nothing(tree: Tree, client_of: ClientOf) -> None:
    made = watched(tree)
    assert Watching.of(made.member, None, made.campaign) == Watching()
    assert Watching.of(made.supervisor, None, None) == Watching()
    assert "督导</a>" not in client_of(made.member).get("/").content.decode()
    silent = watched_silent(made.campaign)
    assert Watching.of(made.supervisor, None, silent) == Watching()


def watched_silent(campaign: Campaign) -> Campaign:
    """The same campaign under rules that want nobody to look in."""
    rule_set = campaign.rule_set()
    rule_set.values = {**rule_set.values, **SILENT}
    rule_set.save()
    return Campaign.objects.get(pk=campaign.pk)


def test_the_page_of_steps_leads_to_the_visits(tree: Tree, client_of: ClientOf) -> None:
    made = watched(tree)
    url = reverse("org_steps", args=[made.campaign.slug, tree.village.pk])
    wanted = reverse("rectification:branch_visits", args=[made.campaign.slug, tree.village.pk])
    assert wanted in client_of(made.supervisor).get(url).content.decode()
    watched_silent(made.campaign)
    assert wanted not in client_of(made.supervisor).get(url).content.decode()
