"""Whether a meeting is ready, as arithmetic: which steps come before it, and when each is."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules.standing import POSTPONED, WAIVED, Decision, Fact
from branches.rules.steps import AT, BEFORE, Due, Step
from meetings.rules.readiness import (
    NOT_YET,
    READY,
    REFUSED,
    WISH,
    Line,
    forecast,
    is_prepared_for,
    judge_answers,
    judge_guests,
    judge_notice,
    judge_outlines,
    judge_step,
    not_yet,
    own_step,
    steps_ahead,
)

DAY = datetime.date(2026, 12, 10)


def step(key: str, part: str = BEFORE, rule: str = "study_list") -> Step:
    return Step(key, key, part, rule, Due())


STEPS = (
    step("plan"),
    step("study"),
    step("talks"),
    step("committee_meeting", AT),
    step("opinions-2"),
    step("meeting", AT),
    step("lists", "会后"),
)


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("committee", ["study", "talks"]),
        ("plenary", ["study", "talks", "opinions-2"]),
        ("democratic_life", ["study", "talks"]),
    ],
)
def test_what_comes_before_a_meeting_is_what_its_campaign_lists_before_it(kind: str, keys: list[str]) -> None:
    assert [s.key for s in steps_ahead(kind, STEPS)] == keys


def test_without_any_meeting_among_the_steps_it_is_what_comes_before_meetings_at_all() -> None:
    assert [s.key for s in steps_ahead("plenary", (STEPS[1], STEPS[-1]))] == ["study"]


def test_a_briefing_is_prepared_for_by_nothing_and_fulfils_its_own_step() -> None:
    assert not is_prepared_for("briefing")
    assert is_prepared_for("thematic")
    assert own_step("group", STEPS) is None
    found = own_step("briefing", (*STEPS, step("briefing", "会后")))
    assert found is not None
    assert found.key == "briefing"


@pytest.mark.parametrize(
    ("gate", "state", "rule"),
    [("off", WISH, "study_list"), ("warn", NOT_YET, "study_list"), ("refuse", REFUSED, "study_gate")],
)
def test_study_weighs_what_the_rules_say(gate: str, state: str, rule: str) -> None:
    line = judge_step(step("study"), {}, {}, gate)
    assert (line.state, line.rule, line.text) == (state, rule, "还没有登记")


def test_done_and_let_off_are_ready_and_a_word_says_how_far_the_rest_is() -> None:
    talks = step("talks")
    done = judge_step(talks, {"talks": Fact(done=True, on=DAY, word="已谈完")}, {}, "warn")
    assert (done.state, done.day, done.text, done.word) == (READY, DAY, "已谈完", "已准备好")
    off = judge_step(talks, {}, {"talks": Decision(WAIVED, "上级同意")}, "warn")
    assert (off.state, off.text) == (READY, "经上级同意不做")
    later = judge_step(
        talks, {"talks": Fact(word="还差 3 对")}, {"talks": Decision(POSTPONED, "等返乡")}, "refuse"
    )
    assert (later.state, later.text) == (NOT_YET, "还差 3 对")


def test_opinions_are_answered_or_it_is_said_how_many_are_not() -> None:
    assert judge_answers(0).text == "没有漏下的"
    assert judge_answers(2).text == "还有 2 条意见，交来的材料里没有回应"


def test_outlines_are_through_when_all_are_or_when_ticked_on_paper() -> None:
    outlines = step("outlines")
    assert judge_outlines(outlines, needed=20, done=19, fact=Fact()).text == "应有 20 份，已办好 19 份"
    assert judge_outlines(outlines, needed=20, done=20, fact=Fact()).state == READY
    assert judge_outlines(outlines, needed=20, done=0, fact=Fact(done=True, on=DAY)).day == DAY


def test_guests_are_asked_for_only_where_the_rules_do() -> None:
    assert judge_guests("none", 0) is None
    states = [judge_guests(asked, n) for asked, n in (("required", 0), ("invited", 0), ("required", 2))]
    assert [line.state for line in states if line] == [NOT_YET, WISH, READY]


@pytest.mark.parametrize(
    ("told", "reason", "today", "state", "text"),
    [
        (None, "", datetime.date(2026, 12, 7), NOT_YET, "还没有登记通知，最迟12月7日"),
        (None, "", datetime.date(2026, 12, 8), NOT_YET, "还没有登记通知，已经晚了"),
        (datetime.date(2026, 12, 7), "", DAY, READY, "已通知"),
        (datetime.date(2026, 12, 8), "", DAY, NOT_YET, "通知晚了，还没有写原因"),
        (datetime.date(2026, 12, 8), "临时改期", DAY, READY, "通知晚了，原因：临时改期"),
    ],
)
def test_notice_in_time_or_with_a_reason(
    told: datetime.date | None, reason: str, today: datetime.date, state: str, text: str
) -> None:
    line = judge_notice(notified_on=told, meets_on=DAY, days=3, reason=reason, today=today)
    assert (line.state, line.text) == (state, text)


def test_the_forecast_only_says_and_never_asks_for_a_reason() -> None:
    assert forecast(expected=0, away=0, share=Fraction(1, 2), rule="r") is None
    enough = forecast(expected=10, away=5, share=Fraction(1, 2), rule="r")
    short = forecast(expected=10, away=6, share=Fraction(1, 2), rule="r")
    assert enough == Line("quorum", "到会人数", READY, "应到 10 人，已知 5 人不能到会", rule="r")
    assert short is not None
    assert (short.state, short.text) == (
        WISH,
        "应到 10 人，已知 6 人不能到会，不到规则要求的 5 人，可以改期",
    )


@given(st.integers(1, 500), st.integers(0, 600), st.fractions(0, 1))
def test_a_short_forecast_and_too_few_people_are_the_same(expected: int, away: int, share: Fraction) -> None:
    line = forecast(expected=expected, away=away, share=share, rule="r")
    assert line is not None
    assert (line.state == READY) == (max(expected - away, 0) >= share * expected)
    assert not_yet([line]) == ()
