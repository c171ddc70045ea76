"""Every step of a survey, of a duty after a failed one and of a case × everybody × every state; and who may read what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from branches.models import Kind, Role
from branches.permissions import Answer
from branches.workflow import Workflow
from rectification import permissions as package
from rectification.models import CaseStatus, DutyStatus, MeasureCase, RoundStatus, SatisfactionDuty
from rectification.permissions import satisfaction as p
from rectification.workflow.satisfaction import MEASURE_CASE, SATISFACTION_DUTY, SURVEY_ROUND
from tests.factories.branches import AppointmentFactory, OrganizationFactory, account_with
from tests.factories.surveys import BAD, Surveyed, bring_to, make_up_done, surveyed

pytestmark = pytest.mark.django_db
CLERKS = {"secretary", "deputy", "organizer"}
FROM_ABOVE = {"office", "supervisor", "instructor"}
OVER = {"office", "leader_above"}  # may decide about the head
TABLES: dict[str, dict[str, tuple[set[str], str]]] = {
    "round": {
        "collect": ({"open"}, "counting"),
        "fix_papers": ({"counting"}, "open"),
        "match": ({"counting"}, "matched"),
        "recount": ({"matched"}, "counting"),
        "certify": ({"matched"}, "closed"),
        "void": ({"open", "counting", "matched"}, "void"),
    },
    "admonition": {
        "fulfil_duty": ({"owed"}, "done"),
        "waive_duty": ({"owed"}, "waived"),
        "owe_again": ({"done", "waived"}, "owed"),
    },
    "case": {"decide_measures": ({"open"}, "decided"), "settle_measures": ({"decided"}, "closed")},
}
TABLES["self_criticism"] = TABLES["admonition"]
WHO: dict[str, dict[str, set[str]]] = {
    "round": dict.fromkeys(("collect", "fix_papers", "recount", "certify"), CLERKS | FROM_ABOVE | {"double"})
    | {"match": CLERKS | FROM_ABOVE | {"committee", "double"}},
    "admonition": dict.fromkeys(("fulfil_duty", "waive_duty", "owe_again"), OVER),
    "self_criticism": {
        "fulfil_duty": OVER | CLERKS | {"double"},
        "waive_duty": OVER,
        "owe_again": OVER,
    },
    "case": dict.fromkeys(("decide_measures", "settle_measures"), OVER),
}
FLOWS: dict[str, Workflow[Any]] = {
    "round": SURVEY_ROUND,
    "admonition": SATISFACTION_DUTY,
    "self_criticism": SATISFACTION_DUTY,
    "case": MEASURE_CASE,
}
STATES: dict[str, list[str]] = {
    "round": list(RoundStatus.values),
    "admonition": list(DutyStatus.values),
    "self_criticism": list(DutyStatus.values),
    "case": list(CaseStatus.values),
}


def cast_of(made: Surveyed) -> dict[str, Any]:
    """Everybody the matrix knows, `double` leads the branch and the committee above it."""
    parent = made.organization.superior()
    assert parent is not None
    double = account_with(Role.SECRETARY, parent)
    AppointmentFactory.create(user=double, role=Role.DEPUTY, organization=made.organization)
    return {
        "secretary": made.secretary,
        "organizer": made.second,
        "deputy": account_with(Role.DEPUTY, made.organization),
        "committee": account_with(Role.COMMITTEE, made.organization),
        "member": account_with(None, made.organization),
        "office": made.office,
        "leader_above": account_with(Role.SECRETARY, parent),
        "supervisor": account_with(Role.SUPERVISOR, parent),
        "instructor": account_with(Role.INSTRUCTOR, made.organization),
        "system": account_with(Role.SYSTEM, parent),
        "double": double,
        "neighbour": account_with(Role.SECRETARY, OrganizationFactory.create(parent=parent)),
        "stranger": account_with(Role.OFFICE, OrganizationFactory.create(kind=Kind.COMMITTEE)),
        "nobody": AnonymousUser(),
    }


def whole_round(made: Surveyed) -> Any:
    """A round with everything counted, so that only state and person decide."""
    bring_to(made, "typed")
    return made.now()


def whole_duty(kind: str) -> Callable[[Surveyed], Any]:
    """A duty with everything written down."""

    def make(made: Surveyed) -> Any:
        bring_to(made, "closed", votes=BAD)
        duty = SatisfactionDuty.objects.get(round=made.round, kind=kind)
        duty.done_on, duty.heard_by = timezone.localdate(), "镇党委书记"
        return duty

    return make


def whole_case(made: Surveyed) -> Any:
    """A case with everything written down."""
    bring_to(made, "closed", votes=BAD)
    make_up_done(made)
    made.newest()
    bring_to(made, "closed", votes=BAD)
    case = MeasureCase.objects.get(round=made.round)
    case.decided_on = case.closed_on = timezone.localdate()
    case.decision = "调整岗位"
    return case


WHOLE: dict[str, Callable[[Surveyed], Any]] = {
    "round": whole_round,
    "admonition": whole_duty("admonition"),
    "self_criticism": whole_duty("self_criticism"),
    "case": whole_case,
}


@pytest.mark.parametrize("name", FLOWS)
def test_the_table_is_the_table(name: str) -> None:
    steps = FLOWS[name].transitions
    assert {key: (set(t.sources), t.target) for key, t in steps.items()} == TABLES[name]
    noted = {key for key, t in steps.items() if t.note_required}
    assert noted == {"round": {"recount", "void"}, "case": set()}.get(name, {"waive_duty", "owe_again"})


@pytest.mark.parametrize("name", FLOWS)
def test_every_step_by_everybody_in_every_state(name: str) -> None:
    made = surveyed("open")
    people, document, asked = cast_of(made), WHOLE[name](made), 0
    for state in STATES[name]:
        document.status = state
        for step, (sources, _) in TABLES[name].items():
            for who, person in people.items():
                asked += 1
                answer = FLOWS[name].step(document, step, person, note="原因")
                if step == "void":
                    over = {"office", "leader_above", "supervisor", "instructor"}
                    may = CLERKS | FROM_ABOVE | {"double"} if state == "open" else over
                else:
                    may = WHO[name][step]
                assert bool(answer) is (state in sources and who in may), (state, step, who, answer)
    assert asked == len(STATES[name]) * len(TABLES[name]) * len(people)


def test_who_reads_what() -> None:
    made = surveyed("open")
    people = cast_of(made)
    case = whole_case(made)
    parent = made.organization.superior()
    assert parent is not None
    board = CLERKS | {"committee", "double"}
    above = {"office", "leader_above", "supervisor", "double"}
    reads: dict[str, tuple[Callable[[Any], Answer], set[str]]] = {
        "surveys": (lambda u: p.can_see_surveys(u, made.organization), board | above | {"instructor"}),
        "case": (
            lambda u: p.can_see_case(u, case),
            {"secretary", "deputy", "double", "office", "leader_above"},
        ),
        "below": (lambda u: p.can_see_satisfaction_below(u, parent), above),
    }
    for what, (may, wanted) in reads.items():
        assert {who for who, person in people.items() if may(person)} == wanted, what
    assert package.__doc__


def test_a_refusal_says_who_may() -> None:
    made = surveyed("open")
    people = cast_of(made)
    case = whole_case(made)
    duty = SatisfactionDuty.objects.get(kind="self_criticism")
    answers = {
        "由上级党组织的其他同志办理": p.can_decide_case(people["double"], case),
        "由上级党组织研究决定": p.can_decide_case(people["committee"], case),
        "由本组织书记、副书记、组织委员或者上级党组织登记": p.can_note_duty(people["committee"], duty),
        "由上级党组织决定": p.can_waive_duty(people["secretary"], duty),
    }
    for words, answer in answers.items():
        assert words in getattr(answer, "reason", ""), words
