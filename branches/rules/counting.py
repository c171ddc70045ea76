"""Arithmetic that belongs to the rule set: caps and the days by which things are due."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from branches.rules.dates import MONTHS_A_YEAR, days_after, month_end, months_after
from branches.rules.ruleset import Rules


def third_cap(fraction: Fraction | None, n: int) -> int | None:
    """Return how many of `n` people the fraction allows, rounded down; None without a cap."""
    if n < 0:
        raise ValueError("人数不能小于 0")
    return None if fraction is None else n * fraction.numerator // fraction.denominator


def finish_day(rules: Rules, year: int) -> date | None:
    """Return the day a campaign of `year` must be done by, None when nothing is said."""
    if rules.finish_by is not None or rules.finish_months_after_year is None:
        return rules.finish_by
    years, month0 = divmod(rules.finish_months_after_year - 1, MONTHS_A_YEAR)
    return month_end(year + 1 + years, month0 + 1)


def report_due_day(rules: Rules, meeting: date) -> date | None:
    """Return the day the report is due, the meeting being day 0; None when none is asked."""
    if rules.report == "none":
        return None
    if rules.report_due is not None or rules.report_days_after is None:
        return rules.report_due
    return days_after(meeting, rules.report_days_after)


def committee_report_day(rules: Rules, meeting: date) -> date | None:
    """Return the day by which the committee tells how it put things right; None if not asked."""
    months = rules.committee_report_months
    return None if months is None else months_after(meeting, months)
