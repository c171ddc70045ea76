"""Help: a plan with measures, a helper and a day; looked at again; only people go on to a disposal."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Role
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from evaluations.models import DisposalCase, HelpPlan
from evaluations.services import follow_up as s
from tests.factories.branches import account_with
from tests.factories.disposing import FACTS, case_of, plan_of, today
from tests.factories.following import Followed, followed

pytestmark = pytest.mark.django_db
SOON = datetime.timedelta(days=60)


def start(made: Followed, plan: HelpPlan, **changes: Any) -> HelpPlan:
    """Set the plan."""
    said = {"measures": " 每月谈一次心 ", "helper": "刘德福", "review_on": today() + SOON, "version": 0}
    return s.start(plan=plan, by=made.secretary, **{**said, **changes})


def test_a_plan_names_measures_helper_and_a_day_to_come() -> None:
    made = followed()
    plan = plan_of(made)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"measures": " "}, "请写明帮扶措施"),
        ({"helper": ""}, "请写明帮扶措施、帮扶人"),
        ({"measures": "长" * 1001}, "最多写 1000 个字"),
        ({"helper": "长" * 41}, "最多写 40 个字"),
        ({"review_on": today()}, "请填以后的日期"),
    ]
    for change, why in refused:
        with pytest.raises(NotAllowed, match=why):
            start(made, plan, **change)
    done = start(made, plan)
    assert (done.status, done.measures, done.helper, done.version) == (
        "running",
        "每月谈一次心",
        "刘德福",
        1,
    )


def test_nothing_another_has_typed_is_lost() -> None:
    made = followed()
    plan = plan_of(made)
    start(made, plan)
    with pytest.raises(Stale) as stale:
        start(made, plan)
    assert stale.value.saved.status == "running"
    with pytest.raises(NotAllowed, match="正在帮扶"):
        start(made, plan, version=1)


def test_a_look_says_how_it_went_on_a_day_that_has_come() -> None:
    made = followed()
    plan = plan_of(made, "running")
    for change, why in (
        ({"reviewed_on": today() + SOON}, "回访日期还没有到"),
        ({"outcome": " "}, "请写明回访日期和情况"),
        ({"outcome": "长" * 1001}, "最多写 1000 个字"),
    ):
        said: dict[str, Any] = {"reviewed_on": today(), "outcome": "有改进", **change}
        with pytest.raises(NotAllowed, match=why):
            s.review(plan=plan, version=1, by=made.secretary, **said)
    seen = s.review(plan=plan, version=1, reviewed_on=today(), outcome="有改进", by=made.secretary)
    assert (seen.status, seen.outcome, seen.version) == ("reviewed", "有改进", 2)
    with pytest.raises(NotAllowed, match="已回访"):
        s.review(plan=plan, version=2, reviewed_on=today(), outcome="再看", by=made.secretary)


def test_help_goes_on_with_a_new_day_or_ends() -> None:
    made = followed()
    plan = plan_of(made, "reviewed")
    on = {"measures": "结对帮扶", "helper": "王桂兰", "review_on": today() + SOON}
    again = s.go_on(plan=plan, version=2, by=made.secretary, **on)  # type: ignore[arg-type]
    assert (again.status, again.helper, again.outcome) == ("running", "王桂兰", "有改进")
    other = plan_of(made, "reviewed", row=2)
    with pytest.raises(NotAllowed, match="请写明帮扶措施"):
        s.go_on(plan=other, version=2, by=made.secretary, **{**on, "measures": ""})  # type: ignore[arg-type]
    assert s.close(plan=plan_of(made, "reviewed", row=3), by=made.secretary).status == "closed"


def test_a_person_goes_on_to_a_disposal_with_the_reason() -> None:
    made = followed()
    plan = plan_of(made, "reviewed")
    with pytest.raises(NotAllowed, match="须写明原因"):
        s.escalate(plan=plan, kind="deadline", reason=" ", by=made.secretary)
    organizer = account_with(Role.ORGANIZER, made.evening.organization)
    with pytest.raises(NotAllowed, match="由支部书记"):
        s.escalate(plan=plan, kind="deadline", reason=FACTS, by=organizer)
    case = s.escalate(plan=plan, kind="deadline", reason=FACTS, by=made.secretary)
    plan.refresh_from_db()
    assert plan.status == "escalated"
    assert (case.status, case.reason, case.assessment, case.member) == (
        "proposed",
        FACTS,
        made.rows[1],
        made.rows[1].entry.member,
    )


def test_going_on_is_undone_where_no_case_can_be_opened() -> None:
    made = followed()
    case_of(made)
    plan = plan_of(made, "reviewed")
    with pytest.raises(NotAllowed, match="还没有办结"):
        s.escalate(plan=plan, kind="deadline", reason=FACTS, by=made.secretary)
    plan.refresh_from_db()
    assert plan.status == "reviewed"


def test_time_alone_moves_no_plan() -> None:
    made = followed()
    plan = plan_of(made, "running")
    HelpPlan.objects.filter(pk=plan.pk).update(review_on=timezone.localdate() - SOON)
    plan.refresh_from_db()
    assert plan.status == "running"
    assert not DisposalCase.objects.exists()


def test_anybody_may_be_helped_by_decision_of_people_also_without_grades() -> None:
    made = followed(preset="luoyang_2014")
    row = made.rows[1]
    plan = s.open_plan(assessment=row, by=made.secretary)
    assert (plan.status, s.open_plan(assessment=row, by=made.secretary)) == ("owed", plan)
    member = account_with(None, made.evening.organization)
    with pytest.raises(NotAllowed, match="由本支部书记、副书记或组织委员填写"):
        s.open_plan(assessment=made.rows[2], by=member)
    row.sheet.status = "draft"
    with pytest.raises(NotAllowed, match="还没有生效"):
        s.open_plan(assessment=row, by=made.secretary)
