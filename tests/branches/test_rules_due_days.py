"""When each step is due: fixed days, days after the meeting, half a year, quarters, ends of months."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import resolve
from branches.rules.dates import month_end, quarter_end
from branches.rules.steps import Due
from tests.branches.steps import rules_of, steps_by_key, with_rules


def test_days_after_the_meeting_count_from_the_nearest_meeting_written_before() -> None:
    def line(key: str, due: str = "") -> dict[str, str]:
        return {"key": key, "stage": "一", "label": key, "due": due}

    found = steps_by_key(
        resolve(
            {
                "steps": [
                    line("study", "会后3日内"),
                    line("meeting-1", "2005年3月上旬"),
                    line("feedback", "会后15日内"),
                    line("meeting-2"),
                    line("report", "会后6个月内"),
                ]
            }
        )
    )
    held = {"meeting-1": date(2005, 3, 9), "meeting-2": date(2005, 8, 31)}
    assert found["study"].due == Due(anchor="last_meeting", days=3)
    assert found["meeting-1"].due.on({}) == date(2005, 3, 10)
    assert found["feedback"].due.on(held) == date(2005, 3, 24)
    assert found["report"].due.on(held) == date(2006, 2, 28)


def test_days_that_never_come_are_not_counted_from() -> None:
    values = {"report": "special", "report_days_after": 15, "committee_report_months": 6}
    for anchor in ("ballot", "plenary"):
        rules = resolve(values | {"report_counts_from": anchor, "rectification_counts_from": anchor})
        branch, body = steps_by_key(rules), steps_by_key(rules, is_body=True)
        assert branch["report"].due == Due(anchor=anchor, days=15)
        assert branch["committee_report"].due == Due(anchor=anchor, months=6)
        assert body["report"].due == Due(anchor="last_meeting", days=15)
        assert body["committee_report"].due == Due(anchor="last_meeting", months=6)


def test_the_last_day_is_the_rules_else_the_windows_else_the_campaigns_else_counted_from_the_year() -> None:
    window = {"from": "2019-02-01", "to": "2019-02-28"}
    asked = {"finish_months_after_year": 3}
    finish = date(2019, 12, 1)

    def last(values: dict[str, Any], finish: date | None = finish) -> date | None:
        return steps_by_key(resolve(values), finish=finish)["meeting"].due.day

    assert last(asked | {"window": window, "finish_by": "2019-03-20"}) == date(2019, 3, 20)
    assert last(asked | {"window": window}) == date(2019, 2, 28)
    assert last(asked) == finish
    assert last(asked, None) == date(2020, 3, 31)
    assert last({}, None) is None
    assert steps_by_key(resolve({"window": window}))["meeting"].opens_on == date(2019, 2, 1)


def test_a_plan_is_due_on_its_day_or_some_days_before_the_meeting() -> None:
    assert with_rules(plan_gate="approve", plan_days_before=10)["plan"].due == Due(anchor="planned", days=-10)
    fixed = with_rules(plan_gate="own", plan_days_before=10, plan_due="2019-02-01")["plan"]
    assert fixed.due == Due(date(2019, 2, 1))
    assert with_rules(plan_gate="own")["plan"].due == Due()


def test_talks_may_last_as_long_as_the_campaign_where_nobody_wants_them_before_the_meeting() -> None:
    values = {"talk_pairs": ["member_member"], "finish_by": "2019-03-20"}
    assert with_rules(**values)["talks"].due.anchor == "planned"
    assert with_rules(**values, talk_before_meeting=False)["talks"].due == Due(date(2019, 3, 20))


def test_the_report_has_its_fixed_day_before_any_counting() -> None:
    values = {"report": "summary", "report_due": "2015-09-30", "report_days_after": 15}
    assert with_rules(**values)["report"].due == Due(date(2015, 9, 30))
    assert with_rules(report="summary")["report"].due == Due()


@given(st.dates(), st.integers(-400, 400), st.dates())
def test_days_after_the_anchor_never_leave_the_calendar(anchor: date, days: int, day: date) -> None:
    alone = Due(anchor="last_meeting", days=days).on({"last_meeting": anchor})
    wanted = date.fromordinal(min(max(anchor.toordinal() + days, 1), date.max.toordinal()))
    assert alone == wanted
    assert Due(day, "last_meeting", days=days).on({"last_meeting": anchor}) == min(wanted, day)
    assert Due(day, "planned").on({}) == day
    assert Due(day, "planned").on({}, postponed=True) is None
    assert Due(day, "planned").on({"planned": anchor}, postponed=True) == anchor
    assert Due(day).on({"planned": anchor}, postponed=True) == day


@given(st.dates(), st.integers(1, 24))
def test_months_later_is_in_the_right_month_and_quarters_end_on_their_last_day(
    anchor: date, months: int
) -> None:
    known = {"last_meeting": anchor}
    plain = Due(anchor="last_meeting", months=months).on(known)
    quarter = Due(anchor="last_meeting", months=months, quarter=True).on(known)
    assert plain is not None
    if plain != date.max:
        assert (plain.year - anchor.year) * 12 + plain.month - anchor.month == months
        assert plain.day == min(anchor.day, month_end(plain.year, plain.month).day)
    assert quarter == quarter_end(plain)


@pytest.mark.parametrize(
    ("meeting", "half_year", "fifteen_days"),
    [
        (date(2018, 8, 30), date(2019, 2, 28), date(2018, 9, 14)),
        (date(2018, 8, 31), date(2019, 2, 28), date(2018, 9, 15)),
        (date(2019, 8, 31), date(2020, 2, 29), date(2019, 9, 15)),
        (date(2019, 8, 29), date(2020, 2, 29), date(2019, 9, 13)),
        (date(2019, 12, 31), date(2020, 6, 30), date(2020, 1, 15)),
        (date(2020, 2, 29), date(2020, 8, 29), date(2020, 3, 15)),
        (date(9999, 12, 31), date.max, date.max),
    ],
)
def test_half_a_year_and_fifteen_days_over_ends_of_months_and_leap_years(
    meeting: date, half_year: date, fifteen_days: date
) -> None:
    known = {"last_meeting": meeting}
    assert Due(anchor="last_meeting", months=6).on(known) == half_year
    assert Due(anchor="last_meeting", days=15).on(known) == fifteen_days


def test_members_report_once_a_quarter_for_a_year() -> None:
    steps = steps_by_key(rules_of("xinyi_2018", "village"))
    days = [steps[f"pledge_report-{n}"].due.on({"last_meeting": date(2019, 3, 20)}) for n in range(1, 5)]
    assert days == [date(2019, 6, 30), date(2019, 9, 30), date(2019, 12, 31), date(2020, 3, 31)]
    monthly = with_rules(member_report_every_months=1, member_report_times=2)
    assert monthly["pledge_report-2"].due == Due(anchor="last_meeting", months=2)
    assert "pledge_report-1" not in with_rules(member_report_every_months=3, member_report_times=0)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (Due(date(2019, 3, 20)), ""),
        (Due(anchor="planned"), "会前"),
        (Due(anchor="planned", days=-10), "会前 10 天"),
        (Due(anchor="last_meeting", days=15), "会后 15 日内"),
        (Due(anchor="last_meeting", months=6), "会后半年内"),
        (Due(anchor="last_meeting", months=2), "会后 2 个月内"),
        (Due(anchor="last_meeting", months=3, quarter=True), "每季度"),
    ],
)
def test_a_rule_without_a_day_is_said_in_words(due: Due, words: str) -> None:
    assert due.words == words
