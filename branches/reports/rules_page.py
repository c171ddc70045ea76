"""The rules page: one version of the rules by group, for one category, marked where a person should look."""

from __future__ import annotations

from dataclasses import dataclass

from branches.models import RuleSet
from branches.rules import Preset, RuleRow, describe, resolve, show, to_json
from branches.rules.describing import FROM_SYSTEM

SHOWN = {
    "": "全部规则",
    "preset": "只看与预设不同的",
    "open": "只看通知没有写明的",
    "changed": "只看这次改动的",
}


@dataclass(frozen=True)
class RuleLine:
    """One row with its marks: `before` is the value in force when a revision changes it, else None."""

    row: RuleRow
    before: str | None
    off_preset: bool
    by_system: bool
    own_category: bool

    def fits(self, only: str) -> bool:
        """Whether the row is shown under a filter of SHOWN."""
        marks = {"preset": self.off_preset, "open": self.by_system, "changed": self.before is not None}
        return marks.get(only, True)


def rule_lines(shown: RuleSet, in_force: RuleSet, preset: Preset | None, category: str) -> list[RuleLine]:
    """Return every rule of the version `shown` as it holds for the category ("" for the general rules).

    `in_force` may be the same version: then nothing is marked as changed. Without a preset nothing is
    marked as differing from it.
    """
    now = to_json(resolve(shown.values, shown.overlays, category))
    was_rules = resolve(in_force.values, in_force.overlays, category)
    was = to_json(was_rules)
    first = to_json(resolve(preset.values, preset.overlays, category)) if preset is not None else now
    special = shown.overlays.get(category, {})
    return [
        RuleLine(
            row=row,
            before=show(row.key, getattr(was_rules, row.key)) if was[row.key] != now[row.key] else None,
            off_preset=first[row.key] != now[row.key],
            by_system=row.origin == FROM_SYSTEM,
            own_category=row.key in special,
        )
        for row in describe(shown.values, shown.overlays, category, shown.quoted())
    ]


def grouped(lines: list[RuleLine]) -> list[tuple[str, list[RuleLine]]]:
    """Return the lines by group, in the order they come; empty groups are left out."""
    groups: dict[str, list[RuleLine]] = {}
    for line in lines:
        groups.setdefault(line.row.group, []).append(line)
    return list(groups.items())
