"""Where organisations stand, judged from facts of all apps: again when a fact or the day differs, else once."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Addressee, Campaign, Organization, User
from branches.services.plans import gate_refusal
from branches.services.steps import note_step, order_redo, postpone_step, waive_step
from config.home import standings
from config.home.standings import Standings
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.evaluations import evening

TODAY = datetime.date(2026, 11, 23)


def states(campaign: Campaign, organization: Organization, day: datetime.date) -> dict[str, str]:
    """State of each step of one organisation."""
    only = Organization.objects.filter(pk=organization.pk)
    return {s.step.key: s.state for s in Standings.of(campaign, only, day).rows[organization.pk]}


def test_a_new_fact_is_seen_at_once(tree: Tree, campaign: Campaign, secretary: User, township: User) -> None:
    today = timezone.localdate()
    place: dict[str, Any] = {"campaign": campaign, "organization": tree.village}
    assert states(campaign, tree.village, today)["talks"] == "open"
    note_step(**place, step="talks", done_on=today, by=secretary)
    assert states(campaign, tree.village, today)["talks"] == "done"
    waive_step(**place, step="opinions", reason="刚征求过", by=township)
    assert states(campaign, tree.village, today)["opinions"] == "waived"
    postpone_step(**place, step="material", reason="准备不充分", until=None, by=township)
    assert states(campaign, tree.village, today)["material"] == "postponed"
    order_redo(**place, reason="流于形式", by=township)
    assert states(campaign, tree.village, today)["talks"] == "open"


def test_the_same_facts_are_judged_anew_on_another_day(tree: Tree, campaign: Campaign) -> None:
    assert campaign.finish_by is not None
    assert states(campaign, tree.village, campaign.finish_by)["meeting"] == "open"
    late = campaign.finish_by + datetime.timedelta(days=1)
    assert states(campaign, tree.village, late)["meeting"] == "overdue"


def test_what_stands_alike_is_judged_once(tree: Tree, campaign: Campaign) -> None:
    today = timezone.localdate()
    first = Standings.of(campaign, campaign.organizations(), today)
    assert first.rows[tree.village.pk] is first.rows[tree.sibling.pk]
    again = Standings.of(campaign, campaign.organizations(), today)
    assert again.rows[tree.village.pk] is first.rows[tree.village.pk]


def test_a_ballot_certified_counts_for_the_summary_too(tree: Tree, campaign: Campaign) -> None:
    evening("certified", organization=tree.village, campaign=campaign)
    evening("collected", organization=tree.sibling, campaign=campaign)
    today = timezone.localdate()
    done, counting = (states(campaign, o, today) for o in (tree.village, tree.sibling))
    assert (done["ballot"], done["summary"]) == ("done", "done")
    assert (counting["meeting"], counting["ballot"], counting["summary"]) == ("done", "open", "pending")


def test_what_is_remembered_stays_small(
    tree: Tree, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings._Known, "rows", {})
    Standings.of(campaign, campaign.organizations(), TODAY)
    Standings.of(campaign, campaign.organizations(), TODAY + datetime.timedelta(days=1))
    assert {day for day, _steps in standings._Known.rows} == {TODAY + datetime.timedelta(days=1)}
    monkeypatch.setattr(standings._Known, "most", 0)
    standings._Known.forget(TODAY + datetime.timedelta(days=1))
    assert standings._Known.rows == {}


def test_an_issuer_that_addresses_itself_makes_its_own_plan(tree: Tree, township: User) -> None:
    campaign = CampaignFactory.create(
        issuer=tree.township, status="running", slug="own-plan", rules={"plan_gate": "approve"}
    )
    Addressee.objects.create(campaign=campaign, organization=tree.township, audience="all")
    found = Standings.of(campaign, campaign.organizations(), timezone.localdate())
    labels = {pk: next(s.step.label for s in row if s.step.key == "plan") for pk, row in found.rows.items()}
    assert labels[tree.township.pk] == "制定实施方案"
    assert labels[tree.village.pk] == "实施方案报上级"
    assert gate_refusal(campaign, tree.township) is True
    assert not gate_refusal(campaign, tree.village)
