"""Every step of feedback, help and disposal × everybody × every state; and who may read a result, a case, the own page."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Campaign, Role, User
from branches.permissions import Answer, Denied
from branches.workflow import Workflow
from evaluations import permissions as p
from evaluations.models import (
    AssessmentSheet,
    DisposalCase,
    DisposalStatus,
    Feedback,
    FeedbackStatus,
    HelpPlan,
    HelpStatus,
)
from evaluations.workflow import DISPOSAL, FEEDBACK, HELP
from tests.factories.branches import AppointmentFactory
from tests.factories.disposing import case_of, plan_of, today
from tests.factories.following import OPINION, Followed, cast_of, followed_below

pytestmark = pytest.mark.django_db
ROW = 1
LEADERS = {"secretary", "deputy"}
CLERKS = LEADERS | {"organizer"}
BOARD = CLERKS | {"committee"}
ABOVE = {"general", "township", "leader_above"}
READERS = ABOVE | {"supervisor"}
WHO = {
    "feedback": {
        "give": BOARD | ABOVE,
        "acknowledge": CLERKS | {"own"},
        "object": CLERKS | {"own"},
        "answer": LEADERS,
        "again": LEADERS,
    },
    "help": {"start": CLERKS, "review": CLERKS, "go_on": CLERKS, "close": CLERKS, "escalate": LEADERS},
    "disposal": {
        "resolve": LEADERS,
        "submit": LEADERS,
        "enforce": LEADERS,
        "approve": ABOVE,
        "refuse": ABOVE,
        "drop": LEADERS,
        "end": LEADERS,
    },
}
TABLES = {
    "feedback": {
        "give": ({"owed"}, "given"),
        "acknowledge": ({"given"}, "acknowledged"),
        "object": ({"given", "acknowledged"}, "objected"),
        "answer": ({"objected"}, "answered"),
        "again": ({"objected"}, "owed"),
    },
    "help": {
        "start": ({"owed"}, "running"),
        "review": ({"running"}, "reviewed"),
        "go_on": ({"reviewed"}, "running"),
        "close": ({"reviewed"}, "closed"),
        "escalate": ({"reviewed"}, "escalated"),
    },
    "disposal": {
        "resolve": ({"proposed"}, "resolved"),
        "submit": ({"resolved"}, "submitted"),
        "enforce": ({"resolved"}, "in_force"),
        "approve": ({"submitted"}, "in_force"),
        "refuse": ({"submitted"}, "refused"),
        "drop": ({"proposed", "resolved"}, "dropped"),
        "end": ({"in_force"}, "ended"),
    },
}
FLOWS: dict[str, Workflow[Any]] = {"feedback": FEEDBACK, "help": HELP, "disposal": DISPOSAL}


def whole_feedback(made: Followed) -> Feedback:
    """A feedback with everything written down, so that only state and person decide."""
    row = made.again(ROW)
    row.given_on, row.given_by, row.mode = today(), "刘德福", "talk"
    row.objection, row.answer = "不同意", "已说明"
    return row


def whole_plan(made: Followed) -> HelpPlan:
    """A plan with everything written down."""
    plan = plan_of(made)
    plan.measures, plan.helper, plan.review_on = "谈心", "刘德福", today()
    plan.reviewed_on, plan.outcome = today(), "有改进"
    return plan


def whole_case(made: Followed) -> DisposalCase:
    """A case with everything written down."""
    case = case_of(made, "resolved").now()
    case.starts_on = case.ended_on = today()
    case.due_on, case.outcome = today() + datetime.timedelta(days=90), "改正"
    return case


WHOLE: dict[str, Callable[[Followed], Any]] = {
    "feedback": whole_feedback,
    "help": whole_plan,
    "disposal": whole_case,
}
STATES: dict[str, list[str]] = {
    "feedback": list(FeedbackStatus.values),
    "help": list(HelpStatus.values),
    "disposal": list(DisposalStatus.values),
}


@pytest.mark.parametrize("name", FLOWS)
def test_the_table_is_the_table(name: str) -> None:
    steps = FLOWS[name].transitions
    assert {key: (set(t.sources), t.target) for key, t in steps.items()} == TABLES[name]
    noted = {key for key, t in steps.items() if t.note_required}
    assert noted == {"feedback": set(), "help": {"escalate"}, "disposal": {"refuse", "drop"}}[name]


@pytest.mark.parametrize(
    ("name", "rules", "out_of_place"),
    [
        ("feedback", {}, set()),
        ("help", {}, set()),
        ("disposal", {}, {"enforce"}),
        ("disposal", {"disposal_needs_parent": False}, {"submit"}),
    ],
)
def test_every_step_by_everybody_in_every_state(
    name: str, rules: dict[str, Any], out_of_place: set[str]
) -> None:
    """`out_of_place`: what the rules take another way for."""
    made = followed_below(rules=rules)
    people, document, asked = cast_of(made, ROW), WHOLE[name](made), 0
    for state in STATES[name]:
        document.status = state
        for step, (sources, _) in TABLES[name].items():
            for who, person in people.items():
                asked += 1
                answer = FLOWS[name].step(document, step, person, note="原因")
                wanted = state in sources and who in WHO[name][step] and step not in out_of_place
                assert bool(answer) == wanted, (state, step, who, answer)
                if isinstance(answer, Denied):
                    assert answer.reason.endswith("。")
    assert asked == len(STATES[name]) * len(TABLES[name]) * len(people)


@pytest.mark.parametrize("name", FLOWS)
def test_the_buttons_follow_state_and_person(name: str) -> None:
    made = followed_below()
    people, document = cast_of(made, ROW), WHOLE[name](made)
    for state in STATES[name]:
        document.status = state
        for who, person in people.items():
            shown = {step for step, _ in FLOWS[name].available(document, person)}
            assert shown == {
                step
                for step, (sources, _) in TABLES[name].items()
                if state in sources and who in WHO[name][step]
            }


def test_nobody_takes_a_step_for_a_sheet_that_does_not_stand() -> None:
    made = followed_below()
    row = whole_feedback(made)
    sheet = row.assessment.sheet
    for change, why in (("status", "draft"), ("round_no", 2)):
        kept = getattr(sheet, change)
        setattr(sheet, change, why)
        assert not FEEDBACK.step(row, "give", made.secretary)
        setattr(sheet, change, kept)
    Campaign.objects.update(status="closed")
    sheet.campaign.refresh_from_db()
    assert not FEEDBACK.step(row, "give", made.secretary)


def test_what_must_be_written_down_is_asked_for() -> None:
    made = followed_below()
    row, case = whole_feedback(made), whole_case(made)
    for field, state, step, words in (
        ("given_by", "owed", "give", "请写明反馈人"),
        ("objection", "given", "object", "请写下本人的异议"),
        ("answer", "objected", "answer", "请写下对异议的答复"),
    ):
        kept = getattr(row, field)
        setattr(row, field, " ")
        row.status = state
        answer = FEEDBACK.step(row, step, made.secretary)
        assert isinstance(answer, Denied)
        assert words in answer.reason
        setattr(row, field, kept)
    office = cast_of(made)["township"]
    case.status, case.due_on = "submitted", None
    answer = DISPOSAL.step(case, "approve", office)
    assert isinstance(answer, Denied)
    assert "期满日期" in answer.reason


def allowed(ask: Callable[[Any], Answer], people: dict[str, Any]) -> set[str]:
    """Who may; every refusal carries a sentence."""
    found = set()
    for who, person in people.items():
        answer = ask(person)
        if isinstance(answer, Denied):
            assert answer.reason.endswith("。")
        else:
            found.add(who)
    return found


@pytest.mark.parametrize(
    ("publicity", "above"), [("branch_only", set()), ("file_up", READERS), ("scoped_notice", READERS)]
)
def test_who_reads_a_result_by_the_rule_of_publicity(publicity: str, above: set[str]) -> None:
    made = followed_below(rules={"result_publicity": publicity})
    people = cast_of(made, ROW)
    sheet, row = made.sheet, made.rows[ROW]
    reach = {who for who, u in people.items() if AssessmentSheet.objects.visible_to(u).exists()}
    assert reach == BOARD | READERS
    assert allowed(lambda u: p.can_see_sheet(u, sheet), people) == BOARD | above
    sheet.status = "draft"
    assert allowed(lambda u: p.can_see_sheet(u, sheet), people) == BOARD
    assert allowed(lambda u: p.can_see_feedback(u, sheet), people) == BOARD
    sheet.status = "awaiting"
    assert allowed(lambda u: p.can_see_sheet(u, sheet), people) == BOARD | READERS
    sheet.status = "effective"
    assert allowed(lambda u: p.can_see_feedback(u, sheet), people) == BOARD | ABOVE
    assert allowed(lambda u: p.can_see_own_result(u, row), people) == set()
    made.tell(ROW)
    assert allowed(lambda u: p.can_see_own_result(u, row), people) == {"own"}


def test_who_reads_a_disposal_and_the_lists_of_what_follows() -> None:
    made = followed_below()
    people, case = cast_of(made, ROW), whole_case(made)
    reach = {who for who, u in people.items() if DisposalCase.objects.visible_to(u).exists()}
    assert reach == BOARD | READERS
    for state in DisposalStatus.values:
        case.status = state
        handed_up = state in {"submitted", "in_force", "ended", "refused"}
        assert allowed(lambda u: p.can_see_disposal(u, case), people) == BOARD | (
            ABOVE if handed_up else set()
        )
    branch = made.evening.organization
    assert allowed(lambda u: p.can_see_follow_up(u, branch), people) == BOARD | ABOVE
    assert allowed(p.can_list_disposals, people) == ABOVE | {"stranger"}
    assert allowed(lambda u: p.can_propose_disposal(u, branch), people) == LEADERS


def test_nobody_gives_the_own_feedback_whatever_the_post() -> None:
    made = followed_below()
    people = cast_of(made, ROW)
    for role in (Role.SECRETARY, Role.DEPUTY, Role.ORGANIZER, Role.COMMITTEE):
        AppointmentFactory.create(role=role, organization=made.evening.organization, user=people["own"])
    own = User.objects.get(pk=people["own"].pk)
    assert not p.can_give_feedback(own, made.again(ROW))
    assert p.can_give_feedback(own, made.again(ROW + 1))


def test_only_the_member_finds_the_own_opinion_on_the_own_page(client_of: Callable[[User], Client]) -> None:
    made = followed_below()
    people = cast_of(made, ROW)
    made.tell(ROW)
    found = set()
    for who, person in people.items():
        if isinstance(person, User) and OPINION in _own_page(client_of(person)):
            found.add(who)
    assert found == {"own"}
    assert Client().get(reverse("evaluations:own_result")).status_code == 302


def _own_page(client: Client) -> str:
    """The page of the own result."""
    return client.get(reverse("evaluations:own_result")).content.decode()
