"""Steps of a plan: every step from every state, under every gate, by those allowed and those not."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Organization, Plan, PlanStatus, Role, RuleSet, Run, User
from branches.permissions import Denied
from branches.workflow import PLAN, NotAllowed, perform
from branches.workflow.plans import PLAN_FIELDS, fields_missing, may_be_made, may_be_submitted
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory, account_with
from tests.factories.plans import PlanFactory

GATES = ("approve", "file_for_record", "own", "consult", "none")
# Step, under which gates, and who of the people here takes it.
WANTED = {
    "submit": (("approve", "file_for_record"), {"secretary"}),
    "withdraw": (("approve", "file_for_record", "own"), {"secretary"}),
    "approve": (("approve",), {"township", "county"}),
    "file": (("file_for_record",), {"township", "county"}),
    "return": (("approve", "file_for_record"), {"township", "county"}),
    "make": (("own",), {"secretary"}),
    "reopen": (("approve", "file_for_record", "own"), {"secretary"}),
}
PEOPLE = (
    "secretary", "organizer", "township", "county", "supervisor", "member", "sibling_secretary", "stranger", "system",
)  # fmt: skip


def campaign_with(tree: Tree, **rules: Any) -> Campaign:
    """A running campaign of the township with these rules over the usual ones."""
    made: Campaign = CampaignFactory.create(issuer=tree.township, status="running", rules=rules)
    return made


def plan_of(tree: Tree, status: str = "draft", gate: str = "approve", **rules: Any) -> Plan:
    """The village's plan in that state under that gate."""
    campaign = campaign_with(tree, plan_gate=gate, **rules)
    made: Plan = PlanFactory.create(campaign=campaign, organization=tree.village, status=status)
    return made


def refusal(plan: Plan, name: str, by: User, note: str = "写得太空") -> str:
    """Why the step is refused; nothing changes."""
    before = Plan.objects.get(pk=plan.pk).status
    with pytest.raises(NotAllowed) as caught:
        perform(PLAN, plan, name, by=by, note=note)
    assert Plan.objects.get(pk=plan.pk).status == before
    return caught.value.reason


def test_the_table_and_the_expectations_name_the_same_steps() -> None:
    assert set(PLAN.transitions) == set(WANTED)


@pytest.mark.parametrize("status", PlanStatus.values)
@pytest.mark.parametrize("name", sorted(WANTED))
def test_a_step_is_taken_from_its_sources_only(
    name: str, status: str, tree: Tree, secretary: User, township: User
) -> None:
    gates, people = WANTED[name]
    plan, step = plan_of(tree, status, gates[0]), PLAN.transitions[name]
    person = secretary if "secretary" in people else township
    if status not in step.sources:
        assert "请刷新页面查看最新情况" in refusal(plan, name, person)
        return
    done = perform(PLAN, plan, name, by=person, note="写得太空")
    assert Plan.objects.get(pk=plan.pk).status == done.status == step.target
    event = AuditEvent.objects.get(action=name)
    assert event.detail == {"from": status, "to": step.target, "note_length": 4}
    assert event.organization_path == tree.village.path


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("name", sorted(WANTED))
def test_a_step_is_taken_only_where_the_rules_know_it(
    name: str, gate: str, tree: Tree, secretary: User, township: User
) -> None:
    gates, people = WANTED[name]
    source = min(PLAN.transitions[name].sources)
    plan = plan_of(tree, source, gate)
    person = secretary if "secretary" in people else township
    if gate in gates:
        assert perform(PLAN, plan, name, by=person, note="同意").status == PLAN.transitions[name].target
    else:
        assert "没有这样的要求" in refusal(plan, name, person)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", sorted(WANTED))
def test_a_step_is_taken_only_by_those_it_is_for(
    name: str, who: str, tree: Tree, request: pytest.FixtureRequest
) -> None:
    gates, people = WANTED[name]
    plan, person = plan_of(tree, min(PLAN.transitions[name].sources), gates[0]), request.getfixturevalue(who)
    assert (name in dict(PLAN.available(plan, person))) is (who in people)
    if who in people:
        assert perform(PLAN, plan, name, by=person, note="同意").status == PLAN.transitions[name].target
    else:
        assert refusal(plan, name, person)


@pytest.mark.parametrize("gate", ["approve", "file_for_record"])
@pytest.mark.parametrize("note", ["", "  \n"])
def test_a_plan_is_returned_only_with_a_reason(gate: str, note: str, tree: Tree, township: User) -> None:
    assert refusal(plan_of(tree, "submitted", gate), "return", township, note) == "退回须写明原因。"


@pytest.mark.parametrize("name", sorted(WANTED))
def test_nothing_moves_once_the_campaign_is_closed(
    name: str, tree: Tree, secretary: User, township: User
) -> None:
    gates, people = WANTED[name]
    plan = plan_of(tree, min(PLAN.transitions[name].sources), gates[0])
    Campaign.objects.filter(pk=plan.campaign_id).update(status="closed")
    person = secretary if "secretary" in people else township
    assert "已经结束" in refusal(Plan.objects.get(pk=plan.pk), name, person)


@pytest.mark.parametrize("name", sorted(WANTED))
def test_the_plan_of_a_round_that_was_ordered_anew_is_only_there_to_be_read(
    name: str, tree: Tree, secretary: User, township: User
) -> None:
    gates, people = WANTED[name]
    plan = plan_of(tree, min(PLAN.transitions[name].sources), gates[0])
    Run.objects.create(
        campaign=plan.campaign,
        organization=tree.village,
        round_no=2,
        opened_at=timezone.now(),
        reason="走过场",
    )
    assert "上一轮的方案" in refusal(plan, name, secretary if "secretary" in people else township)


@pytest.mark.parametrize("missing", PLAN_FIELDS)
def test_a_plan_that_leaves_out_what_the_rules_name_is_not_handed_in(
    missing: str, tree: Tree, secretary: User
) -> None:
    plan = plan_of(tree, "draft", "file_for_record", plan_fields=list(PLAN_FIELDS))
    Plan.objects.filter(pk=plan.pk).update(**{missing: "  \n "})
    plan.refresh_from_db()
    label = str(Plan._meta.get_field(missing).verbose_name)  # type: ignore[union-attr]
    assert refusal(plan, "submit", secretary) == f"方案还没有写明：{label}。请补充以后再办。"
    answer = may_be_submitted(plan)
    assert isinstance(answer, Denied)


def test_a_field_the_rules_do_not_name_may_stay_empty(tree: Tree, secretary: User) -> None:
    plan = plan_of(tree, "draft", plan_fields=["form", "time"])
    Plan.objects.filter(pk=plan.pk).update(theme="", attendees="", requirements="")
    plan.refresh_from_db()
    assert perform(PLAN, plan, "submit", by=secretary).status == PlanStatus.SUBMITTED


@pytest.mark.parametrize(
    ("form", "requirements", "missing"),
    [("", "", ("方式或相关要求",)), ("开党员大会", "", ()), ("", "会前谈心", ()), (" ", "\n", ("方式或相关要求",))],
)  # fmt: skip
def test_where_the_rules_name_no_field_the_plan_says_at_least_how(
    form: str, requirements: str, missing: tuple[str, ...], tree: Tree
) -> None:
    plan = plan_of(tree, "draft", "own")
    plan.form, plan.requirements = form, requirements
    assert fields_missing(plan, plan.campaign.rules_for(tree.village)) == missing
    assert bool(may_be_made(plan)) is not bool(missing)


def test_the_rules_of_the_organisations_own_field_decide(tree: Tree, secretary: User) -> None:
    plan = plan_of(tree, "draft", "none")
    RuleSet.objects.filter(campaign=plan.campaign).update(overlays={"village": {"plan_gate": "approve"}})
    assert may_be_submitted(Plan.objects.get(pk=plan.pk))
    school = PlanFactory.create(campaign=plan.campaign, organization=tree.school)
    assert not may_be_submitted(Plan.objects.get(pk=school.pk))


def test_who_wrote_the_plan_or_runs_the_branch_never_reviews_it(tree: Tree, township: User) -> None:
    plan = plan_of(tree, "submitted")
    plan.author = township
    plan.save()
    assert "不能审核自己" in refusal(plan, "approve", township)
    other = account_with(Role.OFFICE, tree.township)
    AppointmentFactory.create(user=other, role=Role.DEPUTY, organization=tree.village)
    assert "不能审核自己" in refusal(plan, "approve", other)
    assert perform(PLAN, plan, "approve", by=account_with(Role.OFFICE, tree.township))


def test_an_organisations_own_office_never_reviews_its_plan(tree: Tree, township: User, county: User) -> None:
    body: Organization = tree.township
    asked = CampaignFactory.create(
        issuer=tree.county, slug="county", status="running", rules={"plan_gate": "approve"}
    )
    plan = PlanFactory.create(campaign=asked, organization=body, status="submitted")
    assert "由上级党组织" in refusal(plan, "approve", township)
    assert perform(PLAN, plan, "approve", by=county).status == PlanStatus.APPROVED
