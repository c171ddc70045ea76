"""Two people at the same moment, on PostgreSQL: one visit a draw, one sign-off a stage, one summary, nothing lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from branches.services.audit import first_broken_link
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from rectification.models import Finding, StageSignOff, SupervisionSummary, Visit
from rectification.services import draws, supervision_summary, visit_findings, visits
from tests.conftest import build_tree
from tests.factories.supervising import SEEN, Watched, finding_of, typed, visit_to, watched
from tests.races import at_once, refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def made() -> Watched:
    """A campaign with supervision."""
    return watched(build_tree())


def test_a_drawn_branch_is_visited_once(made: Watched) -> None:
    drawn = draws.draw_visits(
        campaign=made.campaign, body=made.tree.township, size=5, seed="6-3-1", by=made.supervisor
    )

    def plan(by: Any) -> Visit:
        return visits.plan_visit(
            campaign=made.campaign,
            organization=made.tree.village,
            typed=typed(mode="random"),
            by=by,
            drawn=drawn,
        )

    results = at_once(lambda: plan(made.supervisor), lambda: plan(made.township), lambda: plan(made.leader))
    assert refused(results) == 2
    assert Visit.objects.count() == 1


def test_a_stage_is_signed_off_once_and_a_summary_begun_once(made: Watched) -> None:
    place: dict[str, Any] = {"campaign": made.campaign, "organization": made.tree.village}

    def sign(by: Any) -> StageSignOff:
        return visit_findings.sign_off(**place, part="会前", on=timezone.localdate(), passed={0, 1}, by=by)

    assert refused(at_once(lambda: sign(made.supervisor), lambda: sign(made.township))) == 1

    def begin(by: Any) -> SupervisionSummary:
        return supervision_summary.begin_summary(
            campaign=made.campaign, body=made.tree.township, team=None, title="总结", parts={}, by=by
        )

    first, second = at_once(lambda: begin(made.supervisor), lambda: begin(made.township))
    assert first == second
    assert SupervisionSummary.objects.count() == 1


def test_of_two_who_save_one_is_told_and_a_closed_visit_takes_no_finding(made: Watched) -> None:
    visit = visit_to(made)

    def save(by: Any) -> Visit:
        return visits.save_visit(visit=visit, version=0, typed=typed(seen=SEEN), by=by)

    results = at_once(lambda: save(made.supervisor), lambda: save(made.township), expected=(Stale,))
    assert sum(isinstance(one, Stale) for one in results) == 1
    results = at_once(
        lambda: visits.close_visit(visit=visit, version=1, by=made.supervisor),
        lambda: visit_findings.issue_finding(visit=visit, kind="advice", text="抓紧", by=made.township),
    )
    assert refused(results) == 1
    closed = Visit.objects.get().status == "closed"
    assert Finding.objects.count() == (0 if closed else 1)


def test_an_answer_and_a_withdrawal_do_not_both_happen(made: Watched) -> None:
    finding = finding_of(made)
    results = at_once(
        lambda: visit_findings.answer_finding(finding=finding, answer="已办", by=made.secretary),
        lambda: visit_findings.withdraw_finding(finding=finding, note="写错", by=made.supervisor),
        expected=(NotAllowed,),
    )
    assert refused(results) == 1
    assert first_broken_link() is None
