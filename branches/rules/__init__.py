"""The rule set of a campaign: typed, cited and free of Django.

Nothing here touches a database. `resolve` turns stored JSON into `Rules`; `load_preset`
gives the JSON of a notice with the clause behind every value.
"""

from branches.rules.counting import committee_report_day, finish_day, report_due_day, third_cap
from branches.rules.dates import (
    Window,
    days_after,
    days_late,
    month_end,
    months_after,
    quarter_end,
    ten_days,
)
from branches.rules.describing import RuleRow, describe
from branches.rules.grades import Grade
from branches.rules.presets import PRESETS, Clause, Preset, clause_for, load_preset
from branches.rules.resolving import SPECS, Problem, RuleError, resolve, show, tidy, to_json
from branches.rules.ruleset import Rules
from branches.rules.spec import CATEGORIES, GROUPS, Spec

__all__ = [
    "CATEGORIES",
    "GROUPS",
    "PRESETS",
    "SPECS",
    "Clause",
    "Grade",
    "Preset",
    "Problem",
    "RuleError",
    "RuleRow",
    "Rules",
    "Spec",
    "Window",
    "clause_for",
    "committee_report_day",
    "days_after",
    "days_late",
    "describe",
    "finish_day",
    "load_preset",
    "month_end",
    "months_after",
    "quarter_end",
    "report_due_day",
    "resolve",
    "show",
    "ten_days",
    "third_cap",
    "tidy",
    "to_json",
]
