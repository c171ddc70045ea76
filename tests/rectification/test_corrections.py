"""Corrections by the superior: only powers of the rules, told to the branch, answered, settled; by everybody in every state."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from branches.models import Notice, Role
from branches.workflow import NotAllowed
from rectification import permissions as p
from rectification.models import Correction, CorrectionStatus
from rectification.services import corrections as s
from rectification.workflow import CORRECTION
from tests.factories.branches import account_with
from tests.factories.rectifying import Rectifying, cast_of, leader_of, rectifying

pytestmark = pytest.mark.django_db
BOARD = {"secretary", "deputy", "organizer", "committee"}
ABOVE = {"general", "township", "leader_above"}
TABLE = {
    "answer_correction": ({"issued"}, "answered", {"secretary", "deputy"}),
    "close_correction": ({"issued", "answered"}, "closed", ABOVE),
}


def issued(made: Rectifying) -> Correction:
    """A record of the township."""
    return s.issue(
        **made.place,
        kind="correct",
        on=timezone.localdate(),
        text="整改进展慢。",
        by=account_with(Role.OFFICE, made.township),
    )


def test_the_table_and_every_step_by_everybody_in_every_state() -> None:
    made = rectifying()
    people, one = cast_of(made), issued(made)
    one.answer = "月底前办完。"
    assert {key: (set(t.sources), t.target) for key, t in CORRECTION.transitions.items()} == {
        key: (sources, target) for key, (sources, target, _who) in TABLE.items()
    }
    for state in CorrectionStatus.values:
        one.status = state
        for step, (sources, _target, who) in TABLE.items():
            may = {name for name, person in people.items() if CORRECTION.step(one, step, person)}
            assert may == (who if state in sources else set()), (step, state)
    one.status, one.answer = "issued", " "
    assert not CORRECTION.step(one, "answer_correction", made.secretary)


def test_who_records_and_who_reads() -> None:
    made = rectifying()
    people, one = cast_of(made), issued(made)
    may = {who for who, u in people.items() if p.can_correct(u, made.organization)}
    assert may == ABOVE
    reads = {who for who, u in people.items() if p.can_see_corrections(u, *made.place.values())}
    assert reads == BOARD | ABOVE | {"supervisor"}
    seen = {who for who, u in people.items() if Correction.objects.visible_to(u).filter(pk=one.pk).exists()}
    assert seen >= reads
    assert seen.isdisjoint({"own", "other_member", "stranger", "nobody", "sibling"})


def test_a_leader_above_who_also_leads_the_branch_does_not_correct_it() -> None:
    made = rectifying()
    leader_of(made.township, made.secretary)
    made.secretary = type(made.secretary).objects.get(pk=made.secretary.pk)
    assert not p.can_correct(made.secretary, made.organization)


def test_it_is_told_answered_and_settled() -> None:
    made = rectifying()
    one = issued(made)
    assert Notice.objects.get(kind="correction").recipient == made.secretary
    with pytest.raises(NotAllowed, match="请写下回复"):
        s.answer(correction=one, text=" ", by=made.secretary)
    answered = s.answer(correction=one, text="月底前办完。", by=made.secretary)
    assert (answered.status, answered.answered_on) == ("answered", timezone.localdate())
    told = list(Notice.objects.filter(kind="correction_answered"))
    assert told
    assert {one.recipient.posts()[0].organization for one in told} == {made.township}
    assert all("回复了" in one.title and "月底前" not in one.title + one.body for one in told)
    with pytest.raises(NotAllowed, match="不能再回复上级"):
        s.answer(correction=one, text="再答", by=made.secretary)
    office = account_with(Role.OFFICE, made.township)
    assert s.close(correction=one, by=office).status == "closed"
    with pytest.raises(NotAllowed, match="不能再办结"):
        s.close(correction=one, by=office)


def test_what_does_not_fit_is_refused_with_what_to_do() -> None:
    made = rectifying()
    office, today = account_with(Role.OFFICE, made.township), timezone.localdate()
    how = {**made.place, "kind": "measures", "on": today, "text": "情况", "by": office}
    for change, words in (
        ({"kind": "redo"}, "没有写明这种办法"),
        ({"on": today + datetime.timedelta(days=1)}, "不能晚于今天"),
        ({"text": ""}, "请写明"),
        ({"text": "长" * 1001}, "最多写"),
        ({"by": made.secretary}, "由上级党组织登记"),
    ):
        with pytest.raises(NotAllowed, match=words):
            s.issue(**{**how, **change})
    elsewhere = rectifying()
    with pytest.raises(NotAllowed, match="没有发给"):
        s.issue(
            **{
                **how,
                "organization": elsewhere.organization,
                "by": account_with(Role.OFFICE, elsewhere.township),
            }
        )
    plain = rectifying(rules={"superior_powers": ["redo"]})
    assert s.powers_of(plain.campaign.rules_for(plain.organization)) == {}
