"""Where a step stands on a day: nothing is late that a person put off, or that lies with the superior."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import PRESETS, Rules, resolve
from branches.rules.standing import (
    DONE,
    OPEN,
    OVERDUE,
    PENDING,
    POSTPONED,
    STATES,
    WAIVED,
    Decision,
    Fact,
    Standing,
    stand,
)
from branches.rules.steps import AT, BEFORE, MEETINGS, Due, Step, steps_of
from tests.branches.steps import rules_of

DUE = date(2014, 8, 20)
PLAN = Step("plan", "实施方案报上级", BEFORE, "plan_gate", Due(date(2014, 8, 8)))
TALKS = Step("talks", "谈心谈话", BEFORE, "talk_pairs", Due(DUE, "planned"))
MEETING = Step("meeting", "召开党员大会", AT, "meeting_form", Due(DUE), date(2014, 8, 1), ("plan",))
BALLOT = Step("ballot", "民主测评党员", AT, "ballot_place", Due(DUE), after=("meeting",))
REPORT = Step("report", "专项报告", AT, "report", Due(anchor="last_meeting", days=15), after=("ballot",))
CHAIN = (PLAN, TALKS, MEETING, BALLOT, REPORT)
APPROVED = Fact(done=True, on=date(2014, 8, 7), handed_in=date(2014, 8, 6))
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(2014, 7, 1), date(2014, 12, 31))
FACTS = st.builds(
    Fact,
    done=st.booleans(),
    on=st.none() | DAYS,
    handed_in=st.none() | DAYS,
    planned=st.none() | DAYS,
    word=st.sampled_from(("", "待审核")),
    by_hand=st.booleans(),
)
DECISIONS = st.builds(
    Decision, kind=st.sampled_from((WAIVED, POSTPONED)), reason=st.just("防汛"), until=st.none() | DAYS
)


def on(day: int, month: int = 8) -> date:
    """A day of 2014, of August unless said otherwise."""
    return date(2014, month, day)


def held(day: date) -> Fact:
    """Done on a day."""
    return Fact(done=True, on=day)


def put_off(until: date | None = None) -> Decision:
    """Postponed for a reason."""
    return Decision(POSTPONED, "防汛", until)


def judged(
    today: date, facts: dict[str, Fact] | None = None, decisions: dict[str, Decision] | None = None
) -> dict[str, Standing]:
    """The chain of steps above on a day, by key."""
    return {s.step.key: s for s in stand(CHAIN, facts or {}, decisions or {}, today)}


def test_a_step_is_open_until_its_day_is_over_and_overdue_after_it() -> None:
    assert judged(on(8))["plan"].state == OPEN
    late = judged(on(9))["plan"]
    assert (late.state, late.late, late.word) == (OVERDUE, 1, "已逾期 1 天")
    assert late.is_owed
    assert not late.is_settled


def test_what_must_wait_for_the_plan_says_so_and_is_overdue_with_it_when_its_own_day_is_over() -> None:
    before, after = judged(on(20))["meeting"], judged(on(21))["meeting"]
    assert (before.state, before.reason) == (PENDING, "先完成：实施方案报上级")
    assert (after.state, after.reason) == (OVERDUE, "先完成：实施方案报上级")
    assert not before.is_owed


def test_a_window_that_has_not_opened_keeps_a_step_pending_unless_it_was_begun() -> None:
    facts = {"plan": APPROVED}
    early = judged(on(31, 7), facts)["meeting"]
    assert (early.state, early.reason) == (PENDING, "8月1日开始")
    assert judged(on(1), facts)["meeting"].state == OPEN
    begun = judged(on(31, 7), facts | {"meeting": Fact(word="已通知")})["meeting"]
    assert (begun.state, begun.word) == (OPEN, "已通知")


def test_what_is_done_says_when_and_how_many_days_late() -> None:
    done = judged(on(30), {"plan": APPROVED, "meeting": held(on(23))})
    assert (done["meeting"].state, done["meeting"].late, done["meeting"].done_on) == (DONE, 3, on(23))
    assert done["meeting"].is_settled
    assert done["meeting"].word == STATES[DONE]
    assert done["plan"].late == 0
    assert judged(on(30), {"plan": Fact(done=True)})["plan"].late == 0
    assert judged(on(30), {"plan": Fact(done=True, word="已审批", by_hand=True)})["plan"].by_hand


def test_the_clock_stops_when_the_plan_is_handed_in_not_when_it_is_approved() -> None:
    waiting = judged(on(30), {"plan": Fact(handed_in=on(8), word="待审批")})["plan"]
    assert (waiting.state, waiting.word, waiting.late) == (OPEN, "待审批", 0)
    assert not waiting.is_owed
    assert judged(on(30), {"plan": Fact(handed_in=on(10))})["plan"].late == 2
    assert judged(on(30), {"plan": Fact(handed_in=on(10))})["plan"].word == STATES[OPEN]
    assert judged(on(30), {"plan": Fact(done=True, on=on(25), handed_in=on(8))})["plan"].late == 0
    assert judged(on(30), {"plan": Fact(done=True, on=on(25), handed_in=on(10))})["plan"].late == 2


def test_what_waits_for_the_superior_is_not_late_if_the_plan_was_handed_in_before_its_day() -> None:
    in_time = judged(on(30), {"plan": Fact(handed_in=on(20))})
    assert (in_time["meeting"].state, in_time["ballot"].state) == (PENDING, PENDING)
    too_late = judged(on(30), {"plan": Fact(handed_in=on(21))})
    assert too_late["meeting"].state == OVERDUE
    approved = {"plan": Fact(done=True, on=on(25), handed_in=on(7))}
    assert judged(on(25), approved)["meeting"].state == OPEN
    assert judged(on(25), approved)["meeting"].due == on(25)
    assert judged(on(26), approved)["meeting"].late == 1
    approved_late = {"plan": Fact(done=True, on=on(25), handed_in=on(21))}
    assert judged(on(25), approved_late)["meeting"].late == 5


def test_what_has_no_day_waits_for_the_superior_too_and_so_does_what_follows_it() -> None:
    undated = Step("study", "学习", BEFORE, "study_list", after=("plan",))
    dated = Step("meeting", "大会", AT, "meeting_form", Due(DUE), after=("study",))
    found = stand((replace(PLAN, due=Due()), undated, dated), {"plan": Fact(handed_in=on(7))}, {}, on(30))
    assert [s.state for s in found] == [OPEN, PENDING, PENDING]


def test_a_waived_step_is_settled_and_lets_the_next_one_open() -> None:
    found = judged(on(12), decisions={"plan": Decision(WAIVED, "新成立")})
    assert (found["plan"].state, found["plan"].reason) == (WAIVED, "新成立")
    assert found["plan"].is_settled
    assert found["meeting"].state == OPEN


def test_a_postponed_step_is_never_overdue_nor_what_waits_for_it() -> None:
    facts = {"plan": APPROVED}
    found = judged(on(31, 12), facts, {"meeting": put_off(on(10, 9))})
    assert found["meeting"].word == "已延期，预计9月10日"
    assert found["meeting"].reason == "防汛"
    assert [found[key].state for key in ("meeting", "ballot", "report")] == [POSTPONED, PENDING, PENDING]
    assert judged(on(31, 12), facts, {"meeting": put_off()})["meeting"].word == STATES[POSTPONED]


def test_what_leads_up_to_a_postponed_meeting_may_take_until_its_new_day() -> None:
    facts = {"plan": APPROVED}
    open_end = judged(on(31, 12), facts, {"meeting": put_off()})["talks"]
    assert (open_end.state, open_end.due) == (OPEN, None)
    later = put_off(on(10, 9))
    assert judged(on(10, 9), facts, {"meeting": later})["talks"].state == OPEN
    assert judged(on(11, 9), facts, {"meeting": later})["talks"].state == OVERDUE
    planned = facts | {"meeting": Fact(planned=on(12, 9))}
    assert judged(on(1, 9), planned, {"meeting": put_off()})["talks"].due == on(12, 9)


def test_a_late_day_set_for_the_meeting_does_not_move_the_last_day_of_what_comes_before_it() -> None:
    assert judged(on(1), {"meeting": Fact(planned=on(15))})["talks"].due == on(15)
    assert judged(on(1), {"meeting": Fact(planned=on(30))})["talks"].due == DUE
    assert judged(on(1), {"meeting": held(on(12))})["talks"].due == on(12)


def test_a_postponed_step_done_in_the_end_is_not_late_nor_is_what_waited_for_it() -> None:
    facts = {"plan": APPROVED, "meeting": held(on(10, 9))}
    decisions = {"meeting": put_off(on(5, 9))}
    found = judged(on(10, 9), facts, decisions)
    assert (found["meeting"].late, found["meeting"].reason) == (0, "防汛")
    assert (found["ballot"].state, found["ballot"].due) == (OPEN, on(10, 9))
    assert judged(on(11, 9), facts, decisions)["ballot"].late == 1
    ended = judged(on(10, 9), facts)
    assert (ended["meeting"].late, ended["ballot"].late) == (21, 21)


def test_days_after_the_meeting_are_known_once_every_meeting_and_the_ballot_were_held() -> None:
    steps = (replace(MEETING, key="committee_meeting", label="支委会", after=()), *CHAIN[2:])
    facts = {"committee_meeting": held(on(12))}
    assert stand(steps, facts, {}, on(13))[-1].due is None
    facts["meeting"] = held(on(15))
    assert stand(steps, facts, {}, on(16))[-1].due is None
    facts["ballot"] = held(on(18))
    assert stand(steps, facts, {}, on(19))[-1].due == on(2, 9)
    assert stand(steps, facts | {"ballot": held(on(14))}, {}, on(19))[-1].due == on(30)
    without = {"committee_meeting": held(on(12)), "meeting": held(on(15))}
    assert stand(steps, without, {"ballot": Decision(WAIVED, "")}, on(16))[-1].due == on(30)
    only = {"meeting": held(on(15)), "ballot": held(on(15))}
    assert stand(steps, only, {"committee_meeting": Decision(WAIVED, "")}, on(16))[-1].due == on(30)


@pytest.mark.parametrize(("anchor", "expected"), [("plenary", on(15)), ("ballot", on(18))])
def test_days_may_be_counted_from_the_plenary_or_the_ballot(anchor: str, expected: date) -> None:
    steps = (MEETING, BALLOT, replace(REPORT, due=Due(anchor=anchor)))
    facts = {"meeting": held(on(15)), "ballot": held(on(18))}
    assert stand(steps, {}, {}, on(1))[-1].due is None
    assert stand(steps, facts, {}, on(19))[-1].due == expected


def test_the_meeting_of_leaders_counts_as_their_plenary() -> None:
    leaders = Step("democratic_life", "民主生活会", AT, "meeting_form")
    steps = (leaders, replace(REPORT, due=Due(anchor="plenary", days=15), after=("democratic_life",)))
    assert stand(steps, {"democratic_life": held(on(15, 7))}, {}, on(16, 7))[-1].due == on(30, 7)


def all_steps(rules: Rules) -> tuple[Step, ...]:
    """The steps of a branch in 2014."""
    return steps_of(rules, year=2014)


@given(st.sampled_from(list(PRESETS)), st.sampled_from(("", "village", "office")), st.data(), DAYS)
def test_whatever_happened_nothing_put_off_is_late_and_states_fit_the_facts(
    preset: str, category: str, data: st.DataObject, today: date
) -> None:
    steps = all_steps(rules_of(preset, category))
    keys = st.sampled_from([step.key for step in steps])
    facts = data.draw(st.dictionaries(keys, FACTS, max_size=6))
    decisions = data.draw(st.dictionaries(keys, DECISIONS, max_size=3))
    found = {s.step.key: s for s in stand(steps, facts, decisions, today)}
    assert list(found) == [step.key for step in steps]
    for key, standing in found.items():
        fact, decision = facts.get(key, Fact()), decisions.get(key)
        assert standing.word
        assert (standing.state == DONE) == fact.done
        assert (standing.state == OVERDUE) <= (standing.due is not None and today > standing.due)
        assert standing.late >= 0
        if decision is not None and decision.kind == POSTPONED:
            assert standing.late == 0
            assert standing.state in (POSTPONED, DONE)
        if decision is not None and decision.kind == WAIVED and not fact.done:
            assert standing.state == WAIVED
        waits = [found[before] for before in standing.step.after if found[before].state == POSTPONED]
        if waits and not fact.done and decision is None and fact.handed_in is None:
            assert standing.state == PENDING
        if standing.is_settled:
            assert not standing.is_owed


@given(st.sampled_from(list(PRESETS)), st.booleans(), DAYS)
def test_once_the_meeting_is_put_off_without_a_day_nothing_up_to_it_is_ever_late(
    preset: str, is_body: bool, today: date
) -> None:
    steps = steps_of(rules_of(preset, "village"), year=2014, is_body=is_body)
    decisions = {step.key: put_off() for step in steps if step.kind in MEETINGS}
    if decisions:
        found = stand(steps, {}, decisions | {"plan": Decision(WAIVED, "")}, today)
        assert OVERDUE not in {standing.state for standing in found}


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (datetime(2014, 8, 8, 0, 0, tzinfo=SHANGHAI), OPEN),
        (datetime(2014, 8, 8, 23, 59, 59, tzinfo=SHANGHAI), OPEN),
        (datetime(2014, 8, 9, 0, 0, tzinfo=SHANGHAI), OVERDUE),
        (datetime(2014, 8, 8, 16, 0, tzinfo=ZoneInfo("UTC")), OVERDUE),
        (datetime(2014, 8, 8, 15, 59, tzinfo=ZoneInfo("UTC")), OPEN),
    ],
)
def test_the_day_ends_at_midnight_in_shanghai(moment: datetime, state: str) -> None:
    with time_machine.travel(moment, tick=False):
        assert judged(timezone.localdate())["plan"].state == state


@pytest.mark.parametrize("year", [2015, 2016])
def test_half_a_year_later_is_over_on_the_first_of_march(year: int) -> None:
    steps = all_steps(resolve({"committee_report_months": 6, "ballot_place": "none"}))
    facts = {"meeting": held(date(year - 1, 8, 31))}
    last = date(year, 3, 1) - timedelta(days=1)
    assert stand(steps, facts, {}, last)[-1].state == OPEN
    assert stand(steps, facts, {}, date(year, 3, 1))[-1].state == OVERDUE
