"""Board, steps and tasks know what the preparation says; paper suffices; where nothing is asked nothing is missing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Campaign, Organization, StepMark, User
from branches.rules.standing import Standing
from branches.services.steps import order_redo
from config.home.board.cells import tone_of
from config.home.standings import Standings, came_back
from members.models import Material, OpinionRound, StudySession, TalkState
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory

RULES = {
    "study_list": ["党章"],
    "opinions_asked": True,
    "talk_pairs": ["secretary_member"],
    "talk_record_level": "tick",
    "committee_material": "none",
    "head_material": "none",
    "member_material": "list",
}


@pytest.fixture
def asking(tree: Tree) -> Campaign:
    """A running campaign that asks for study, opinions, talks and lists."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township, slug="asking", status="running", rules=RULES
    )
    return made


def standing(campaign: Campaign, organization: Organization, step: str) -> Standing:
    """Where a step of the organisation stands today."""
    only = Organization.objects.filter(pk=organization.pk)
    row = Standings.of(campaign, only, timezone.localdate()).rows[organization.pk]
    return next(found for found in row if found.step.key == step)


def tick(campaign: Campaign, organization: Organization, *steps: str) -> None:
    """Tick steps by hand, today."""
    for step in steps:
        StepMark.objects.create(
            campaign=campaign, organization=organization, step=step, done_on=timezone.localdate()
        )


def test_what_is_kept_here_is_seen_at_once(asking: Campaign, tree: Tree) -> None:
    scope: dict[str, Any] = {"campaign": asking, "organization": tree.village}
    assert {standing(asking, tree.village, key).state for key in ("study", "opinions", "talks")} == {"open"}
    StudySession.objects.create(**scope, held_on=timezone.localdate())
    OpinionRound.objects.create(**scope, way="forum", begun_on=timezone.localdate(), status="compiled")
    TalkState.objects.create(**scope, owed=3, held=1, settled_at=timezone.now())
    assert standing(asking, tree.village, "study").state == "done"
    assert standing(asking, tree.village, "opinions").state == "done"
    talks = standing(asking, tree.village, "talks")
    assert (talks.state, talks.word) == ("open", "还差 2 对")
    assert standing(asking, tree.sibling, "study").state == "open"


def test_a_tick_by_hand_suffices_though_less_is_recorded(asking: Campaign, tree: Tree) -> None:
    TalkState.objects.create(
        campaign=asking, organization=tree.village, owed=3, held=1, settled_at=timezone.now()
    )
    OpinionRound.objects.create(
        campaign=asking, organization=tree.village, way="forum", begun_on=timezone.localdate()
    )
    tick(asking, tree.village, "talks", "opinions", "study")
    for key in ("talks", "opinions", "study"):
        found = standing(asking, tree.village, key)
        assert (found.state, found.by_hand) == ("done", True)


@pytest.mark.parametrize(
    ("status", "state", "word"),
    [
        ("draft", "done", "已完成"),
        ("submitted", "open", "待审核 1 份"),
        ("returned", "open", "退回 1 份"),
        ("passed", "done", "已完成"),
    ],
)
def test_a_tick_on_materials_holds_unless_one_waits_or_came_back(
    status: str, state: str, word: str, asking: Campaign, tree: Tree
) -> None:
    member = MemberFactory.create(organization=tree.village)
    today = timezone.localdate()
    Material.objects.create(
        campaign=asking,
        organization=tree.village,
        role="member",
        member=member,
        form="list",
        status=status,
        submitted_on=today,
        settled_on=today if status == "passed" else None,
    )
    tick(asking, tree.village, "lists")
    found = standing(asking, tree.village, "lists")
    assert (found.state, found.word) == (state, word)
    assert found.handed_in is (status == "submitted")
    assert came_back(found) is (status == "returned")
    assert (tone_of(found) == "bad") is (status == "returned")


def test_a_new_round_begins_with_nothing(asking: Campaign, tree: Tree, township: User) -> None:
    StudySession.objects.create(campaign=asking, organization=tree.village, held_on=timezone.localdate())
    assert standing(asking, tree.village, "study").state == "done"
    order_redo(campaign=asking, organization=tree.village, reason="走过场", by=township)
    assert standing(asking, tree.village, "study").state == "open"


def test_rules_that_differ_are_judged_apart(tree: Tree) -> None:
    day = timezone.localdate()
    for slug, rounds, state in (("one", 1, "done"), ("two", 2, "open")):
        made = CampaignFactory.create(
            issuer=tree.township, slug=slug, status="running", rules={**RULES, "opinion_rounds": rounds}
        )
        OpinionRound.objects.create(
            campaign=made, organization=tree.village, way="forum", begun_on=day, status="compiled"
        )
        assert standing(made, tree.village, "opinions").state == state


def test_under_the_rules_of_xinyi_no_member_owes_anything(tree: Tree) -> None:
    made = CampaignFactory.create(
        issuer=tree.township, slug="xinyi", status="running", preset="xinyi_2018", year=2026
    )
    for place in (tree.village, tree.sibling, tree.mill):
        for member in MemberFactory.create_batch(3, organization=place):
            Material.objects.create(
                campaign=made, organization=place, role="member", member=member, form="list", status="draft"
            )
    standings = Standings.of(made, made.organizations(), datetime.date(2027, 12, 31))
    assert {step.kind for step in standings.columns} & {"lists", "outlines", "discussion"} == set()
    for row in standings.rows.values():
        for found in row:
            assert "撰写" not in found.word + found.reason
            assert found.step.rule not in ("member_material", "official_material", "head_material")
