"""The rules page: each rule in Chinese, where it comes from and the clause it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from branches.rules.presets import Clause
from branches.rules.resolving import SPECS, resolve, to_json
from branches.rules.ruleset import Rules
from branches.rules.spec import GROUPS

FROM_PRESET = "预设"
FROM_CATEGORY = "领域"
FROM_CAMPAIGN = "本次活动"
FROM_SYSTEM = "本系统默认"


@dataclass(frozen=True)
class RuleRow:
    """One line of the rules page; `clause` is None when no notice says so."""

    key: str
    group: str
    label: str
    help: str
    value: str
    origin: str
    open_point: bool
    clause: Clause | None


def describe(
    values: Mapping[str, Any],
    overlays: Mapping[str, Mapping[str, Any]],
    category: str,
    clauses: Mapping[str, Clause],
) -> list[RuleRow]:
    """Return one row for every rule, by group, as it holds for one category.

    A clause is only quoted for the value it supports: a value changed for the campaign
    is shown as 本次活动, with the campaign's own clause if there is one. Raises `RuleError`.
    """
    rules = resolve(values, overlays, category)
    written = to_json(rules)
    default = to_json(Rules())
    special = overlays.get(category, {})
    rows = []
    for key, spec in SPECS.items():
        clause = clauses.get(f"{category}.{key}") if key in special else clauses.get(key)
        if clause is not None and clause.value != written[key]:
            clause = None
        if key in special:
            origin = FROM_CATEGORY
        elif clause is not None and clause.text:
            origin = FROM_CAMPAIGN if clause.own else FROM_PRESET
        elif clause is not None or written[key] == default[key]:
            origin = FROM_SYSTEM
        else:
            origin = FROM_CAMPAIGN
        shown = spec.kind.show(getattr(rules, key))
        cited = clause if clause is not None and clause.text else None
        rows.append(RuleRow(key, spec.group, spec.label, spec.help, shown, origin, spec.open_point, cited))
    return sorted(rows, key=lambda row: GROUPS.index(row.group))
