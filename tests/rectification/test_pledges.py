"""Promises: written by the member or copied, kept, taken back; by everybody in every state; the step they fulfil."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Organization, Role
from branches.services.steps import note_step, order_redo
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.home.standings import Standings
from members.models import Member
from rectification import permissions as p
from rectification.models import Commitment, CommitmentStatus, GivenReport
from rectification.progress.clocks import clocks_for
from rectification.reports.commitments import OwnPage, PledgePage
from rectification.services import commitments as s
from rectification.services.items import withdraw as withdraw_item
from rectification.workflow import COMMITMENT
from tests.factories.branches import account_with
from tests.factories.evaluations import account_of
from tests.factories.rectifying import Rectifying, cast_of, rectifying

pytestmark = pytest.mark.django_db
CLERKS = {"secretary", "deputy", "organizer"}
TABLE = {
    "fulfil_pledge": ({"made"}, "fulfilled"),
    "resume_pledge": ({"fulfilled"}, "made"),
    "withdraw_pledge": ({"made"}, "withdrawn"),
}


def test_the_table_and_every_step_by_everybody_in_every_state() -> None:
    made = rectifying()
    people, one = cast_of(made), made.pledge(1)
    assert {key: (set(t.sources), t.target) for key, t in COMMITMENT.transitions.items()} == TABLE
    for state in CommitmentStatus.values:
        one.status = state
        for step, (sources, _target) in TABLE.items():
            may = {who for who, person in people.items() if COMMITMENT.step(one, step, person, note="原因")}
            assert may == (CLERKS if state in sources else set()), (step, state)


def test_who_writes_and_reads_a_promise_and_notes_a_report() -> None:
    made = rectifying()
    people, one = cast_of(made), made.pledge(1)
    member = Member.objects.get(pk=made.people[1].pk)
    report = GivenReport(**made.place, kind="committee")
    asked: tuple[tuple[Callable[[Any], Any], set[str]], ...] = (
        (lambda u: p.can_write_commitment(u, member), CLERKS | {"own"}),
        (lambda u: p.can_read_commitment(u, one), CLERKS | {"own"}),
        (lambda u: p.can_note_report(u, made.organization), CLERKS),
        (lambda u: p.can_remove_report(u, report), {"secretary", "deputy"}),
    )
    for ask, who in asked:
        assert {name for name, person in people.items() if ask(person)} == who
    reach = {who for who, u in people.items() if Commitment.objects.visible_to(u).exists()}
    assert reach >= CLERKS | {"own", "township"}
    assert reach.isdisjoint({"other_member", "stranger", "nobody", "system", "auditor"})
    report.organization = made.township
    assert p.can_remove_report(account_with(Role.OFFICE, made.township), report)


def test_what_does_not_fit_is_refused_with_what_to_do() -> None:
    made = rectifying()
    member = made.people[0]
    how: dict[str, Any] = {"campaign": made.campaign, "version": 0, "by": made.secretary}
    for text, words in ((" ", "请写下承诺"), ("好" * 1001, "最多写")):
        with pytest.raises(NotAllowed, match=words):
            s.write(**how, member=member, text=text)
    other = rectifying()
    with pytest.raises(NotAllowed, match="没有发给"):
        s.write(campaign=made.campaign, member=other.people[0], version=0, text="好", by=other.secretary)
    with pytest.raises(NotAllowed, match="由本人填写"):
        s.write(**{**how, "by": account_of(made.people[1])}, member=member, text="好")
    made.pledge(0)
    with pytest.raises(Stale) as stale:
        made.pledge(0, "另一句")
    assert stale.value.saved.text == "每月联系两户群众。"
    one = s.fulfil(commitment=stale.value.saved, by=made.secretary)
    assert (one.status, one.fulfilled_on) == ("fulfilled", timezone.localdate())
    with pytest.raises(NotAllowed, match="继续履行"):
        s.write(**{**how, "version": 1}, member=member, text="改")
    one = s.resume(commitment=one, by=made.secretary)
    with pytest.raises(NotAllowed, match="最多写"):
        s.withdraw(commitment=one, note="长" * 201, by=made.secretary)
    assert s.withdraw(commitment=one, note="写错了", by=made.secretary).reason == "写错了"
    assert made.pledge(0, "重新写。").version == 1
    assert s.write(**{**how, "version": 1}, member=member, text="再改一次。").version == 2
    Member.objects.filter(pk=member.pk).update(standing="transferred")
    with pytest.raises(NotAllowed, match="不在册"):
        s.write(**how, member=Member.objects.get(pk=member.pk), text="好")


def fact(made: Rectifying, step: str) -> tuple[str, str]:
    """State and word of a step of the branch today."""
    only = Organization.objects.filter(pk=made.organization.pk)
    rows = Standings.of(made.campaign, only, timezone.localdate()).rows[made.organization.pk]
    return next((one.state, one.word) for one in rows if one.step.key == step)


def test_the_steps_are_done_when_everybody_has_promised_and_every_problem_has_measures() -> None:
    made = rectifying(rules={"plan_gate": "none"})
    assert fact(made, "commitments")[0] == "pending"
    made.pledge(0)
    assert fact(made, "commitments")[0] == "pending"
    made.pledge(1)
    made.item("本人学习少。", member=made.people[2])
    assert fact(made, "commitments") == ("done", "都已登记")
    Member.objects.filter(pk=made.people[0].pk).update(standing="transferred")
    assert fact(made, "commitments") == ("done", "都已登记")
    empty = made.item(measures="")
    note_step(**made.place, step="rectification", done_on=timezone.localdate(), by=made.secretary)
    assert fact(made, "rectification")[0] == "done"
    withdraw_item(item=empty, note="重复", by=made.secretary)
    made.item("另一条问题。")
    assert fact(made, "rectification") == ("done", "已列 1 条")
    order_redo(**made.place, reason="流于形式", by=account_with(Role.OFFICE, made.township))
    assert fact(made, "rectification")[0] == "pending"
    assert [clock.number for clock in clocks_for(made.campaign, made.organization, timezone.localdate())] == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_what_is_missing_stands_in_the_words_of_the_steps() -> None:
    made = rectifying(rules={"plan_gate": "none", "ballot_place": "none"})
    made.held(timezone.localdate())
    made.pledge(0)
    made.item(measures="")
    assert fact(made, "commitments") == ("open", "已有 1 / 3 人")
    assert fact(made, "rectification") == ("open", "还有 1 条没写措施")


def test_the_pages_of_promises_show_who_has_promised() -> None:
    made = rectifying(members=3)
    made.pledge(0)
    page = PledgePage.of(made.campaign, made.organization)
    assert (page.made, page.what, page.reports, page.rows[0].word) == (1, "整改承诺", 4, page.rows[0].word)
    assert sorted(row.tone for row in page.rows) == ["idle", "idle", "now"]
    own = OwnPage.of(account_of(Member.objects.get(pk=made.people[1].pk)))
    assert own.to_write == (made.campaign,)
    assert OwnPage.of(made.secretary).is_empty
