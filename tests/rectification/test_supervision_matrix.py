"""Every step of teams, points, visits, findings, sign-offs and summaries × everybody × every state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Role, User
from branches.permissions import Answer, Denied
from branches.workflow import Workflow
from rectification import permissions as p
from rectification.models import (
    FindingStatus,
    LinkedPoint,
    SignOffStatus,
    StageSignOff,
    SummaryStatus,
    SupervisionSummary,
    TeamStatus,
    VisitStatus,
)
from rectification.permissions.supervision import can_export_visits
from rectification.workflow import FINDING, LINKED_POINT, SIGN_OFF, SUMMARY, TEAM, VISIT
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory
from tests.factories.supervising import Watched, finding_of, team_of, visit_to, watched

pytestmark = pytest.mark.django_db
CLERKS = {"secretary", "deputy", "organizer"}
OFFICES = {"township", "county"}
ABOVE = {"supervisor", "instructor", "township", "leader", "county"}
WRITERS = {"supervisor", *OFFICES}  # the supervisor planned it
BODY = {"supervisor", "township"}
WHO: dict[str, dict[str, set[str]]] = {
    "team": {"end_team": {"township"}},
    "point": {"end_point": {"township"}},
    "visit": {"make_visit": WRITERS, "close_visit": WRITERS, "cancel_visit": WRITERS},
    "finding": {"answer_finding": CLERKS, "settle_finding": WRITERS, "withdraw_finding": WRITERS},
    "sign_off": {"revoke_sign_off": WRITERS},
    "summary": {"finish_summary": BODY, "reopen_summary": BODY},
}
TABLES: dict[str, dict[str, tuple[set[str], str]]] = {
    "team": {"end_team": ({"active"}, "ended")},
    "point": {"end_point": ({"active"}, "ended")},
    "visit": {
        "make_visit": ({"planned"}, "made"),
        "close_visit": ({"made"}, "closed"),
        "cancel_visit": ({"planned"}, "cancelled"),
    },
    "finding": {
        "answer_finding": ({"issued"}, "answered"),
        "settle_finding": ({"issued", "answered"}, "settled"),
        "withdraw_finding": ({"issued"}, "withdrawn"),
    },
    "sign_off": {"revoke_sign_off": ({"signed"}, "revoked")},
    "summary": {"finish_summary": ({"draft"}, "final"), "reopen_summary": ({"final"}, "draft")},
}
FLOWS: dict[str, Workflow[Any]] = {
    "team": TEAM,
    "point": LINKED_POINT,
    "visit": VISIT,
    "finding": FINDING,
    "sign_off": SIGN_OFF,
    "summary": SUMMARY,
}
STATES: dict[str, list[str]] = {
    "team": list(TeamStatus.values),
    "point": list(TeamStatus.values),
    "visit": list(VisitStatus.values),
    "finding": list(FindingStatus.values),
    "sign_off": list(SignOffStatus.values),
    "summary": list(SummaryStatus.values),
}


def whole_point(made: Watched) -> LinkedPoint:
    """A linked point of somebody without an account."""
    return LinkedPoint.objects.create(
        campaign=made.campaign,
        organization=made.tree.village,
        sender=made.tree.township,
        leader_name="魏秀英",
        from_on=timezone.localdate(),
    )


def whole_finding(made: Watched) -> Any:
    """A finding with its outcome written down."""
    found = finding_of(made)
    found.outcome = "改好了"
    return found


def whole_sign_off(made: Watched) -> StageSignOff:
    """A stage signed off by the supervisor."""
    return StageSignOff.objects.create(
        campaign=made.campaign,
        organization=made.tree.village,
        part="会前",
        on=timezone.localdate(),
        signed_by="李敏",
        author=made.supervisor,
    )


def whole_summary(made: Watched) -> SupervisionSummary:
    """A summary that says how it went."""
    return SupervisionSummary.objects.create(
        campaign=made.campaign, organization=made.tree.township, title="督查总结", overall="不错。"
    )


WHOLE: dict[str, Callable[[Watched], Any]] = {
    "team": team_of,
    "point": whole_point,
    "visit": visit_to,
    "finding": whole_finding,
    "sign_off": whole_sign_off,
    "summary": whole_summary,
}


@pytest.mark.parametrize("name", FLOWS)
def test_the_table_is_the_table(name: str) -> None:
    steps = FLOWS[name].transitions
    assert {key: (set(t.sources), t.target) for key, t in steps.items()} == TABLES[name]
    noted = {key for key, t in steps.items() if t.note_required}
    assert noted == {"cancel_visit", "withdraw_finding", "revoke_sign_off"} & set(steps)


@pytest.mark.parametrize("name", FLOWS)
def test_every_step_by_everybody_in_every_state(name: str, tree: Tree) -> None:
    made = watched(tree)
    document, asked = WHOLE[name](made), 0
    for state in STATES[name]:
        document.status = state
        for step, (sources, _target) in TABLES[name].items():
            for who, person in made.people.items():
                asked += 1
                answer = FLOWS[name].step(document, step, person, note="原因")
                assert bool(answer) == (state in sources and who in WHO[name][step]), (
                    state,
                    step,
                    who,
                    answer,
                )
                if isinstance(answer, Denied):
                    assert answer.reason.endswith("。")
    assert asked == len(STATES[name]) * len(TABLES[name]) * len(made.people)


def allowed(made: Watched, ask: Callable[[Any], Answer]) -> set[str]:
    """Who may; every refusal carries a sentence."""
    found = set()
    for who, person in made.people.items():
        answer = ask(person)
        if isinstance(answer, Denied):
            assert answer.reason.endswith("。")
        else:
            found.add(who)
    return found


def test_who_may_what(tree: Tree) -> None:
    made, body, village = watched(tree), tree.township, tree.village
    assert allowed(made, lambda u: p.can_visit(u, village)) == ABOVE
    assert allowed(made, lambda u: p.can_see_branch_visits(u, village)) == ABOVE | CLERKS | {"committee"}
    assert allowed(made, lambda u: p.can_run_supervision(u, body)) == {"township"}
    assert not p.can_run_supervision(made.township, village)
    assert allowed(made, lambda u: p.can_draw_visits(u, body)) == BODY
    assert allowed(made, lambda u: p.can_write_summary(u, body)) == BODY
    assert allowed(made, lambda u: p.can_read_supervision(u, body)) == BODY | {"leader", "county"}
    assert allowed(made, lambda u: can_export_visits(u, made.campaign, body)) == {
        "township",
        "leader",
        "county",
    }
    finding = finding_of(made, kind="redo")
    assert allowed(made, lambda u: p.can_decide_redo(u, finding)) == {"township", "leader", "county"}


def test_the_county_looks_in_on_the_township_itself_and_the_township_does_not(tree: Tree) -> None:
    made = watched(tree)
    assert allowed(made, lambda u: p.can_visit(u, tree.township)) == {"supervisor", "county"}


def test_a_team_and_a_leader_write_their_own_visits(tree: Tree) -> None:
    made = watched(tree)
    visit = visit_to(made, by=made.township, team=team_of(made))
    assert allowed(made, lambda u: p.can_write_visit(u, visit)) == {"supervisor", "township", "county"}
    point = whole_point(made)
    point.user = made.leader
    point.save()
    visit = visit_to(made, by=made.instructor, point=point)
    assert allowed(made, lambda u: p.can_write_visit(u, visit)) == {
        "instructor",
        "leader",
        "township",
        "county",
    }


def test_the_export_needs_the_rule(tree: Tree) -> None:
    made = watched(tree, appraisal_use=False)
    answer = can_export_visits(made.township, made.campaign, tree.township)
    assert isinstance(answer, Denied)
    assert "没有把活动情况作为考核内容" in answer.reason


def test_a_secretary_with_a_post_above_hears_nothing_of_a_visit_to_the_own_branch_in_secret(
    tree: Tree,
) -> None:
    made = watched(tree)
    AppointmentFactory.create(user=made.secretary, role=Role.DEPUTY, organization=tree.township)
    both = User.objects.get(pk=made.secretary.pk)
    visit, other = visit_to(made, seen="", mode="covert"), visit_to(made, seen="", place=tree.sibling)
    assert not p.can_visit(both, tree.village)
    assert not type(visit).objects.visible_to(both).filter(pk=visit.pk).exists()
    assert type(visit).objects.visible_to(both).filter(pk=other.pk).exists()


def test_nobody_sees_what_is_planned_in_secret_but_those_who_look_in(tree: Tree) -> None:
    made = watched(tree)
    visit, proposal = visit_to(made, seen="", mode="random"), finding_of(made, kind="redo")
    visits, findings = type(visit).objects, type(proposal).objects
    sees = {who for who, u in made.people.items() if visits.visible_to(u).filter(pk=visit.pk).exists()}
    assert sees == ABOVE
    assert {who for who, u in made.people.items() if findings.visible_to(u).exists()} == ABOVE
    told = visit_to(made, seen="", announced=True)
    sees = {who for who, u in made.people.items() if visits.visible_to(u).filter(pk=told.pk).exists()}
    assert sees == ABOVE | CLERKS | {"committee"}
    for model in (SupervisionSummary, StageSignOff, LinkedPoint, type(team_of(made))):
        assert not model.objects.visible_to(made.nobody).exists()
    assert not visits.watched_by(made.nobody).exists()
