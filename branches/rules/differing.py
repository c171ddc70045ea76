"""What changed between two versions of a rule set, as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from branches.rules.presets import Clause
from branches.rules.resolving import SPECS, resolve, to_json
from branches.rules.ruleset import Rules
from branches.rules.spec import CATEGORIES, GROUPS

Values = Mapping[str, Any]
Overlays = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """One rule that holds differently now, in Chinese; `category` is empty for the general rule.

    `clause` is the quotation behind the new value, None when nothing is quoted for it.
    """

    key: str
    label: str
    category: str
    before: str
    after: str
    clause: Clause | None

    @property
    def group(self) -> str:
        """The group of the rules page the rule stands in."""
        return SPECS[self.key].group

    @property
    def category_label(self) -> str:
        """The name of the category; empty for the general rule."""
        return CATEGORIES.get(self.category, "")


def differences(
    old: tuple[Values, Overlays], new: tuple[Values, Overlays], clauses: Mapping[str, Clause]
) -> tuple[Change, ...]:
    """Return the changes from one version to the next, in the order of the rules page, general rules first.

    A version is its values and its overlays as stored; a rule nobody set has the system's default.
    `clauses` are those of the new version. A category is named where its own overlay says something
    else than before; what it only takes over from the general rule is said once, there. Raises `RuleError`.
    """
    order = {key: (GROUPS.index(spec.group), place) for place, (key, spec) in enumerate(SPECS.items())}
    special = [name for name in CATEGORIES if name in old[1] or name in new[1]]
    general = (to_json(resolve(*old)), to_json(resolve(*new)))
    found = []
    for category in ("", *special):
        before, after = resolve(*old, category), resolve(*new, category)
        for key in _changed(old[1].get(category), new[1].get(category), general, before, after):
            found.append(_change(key, category, before, after, clauses))
    return tuple(sorted(found, key=lambda change: order[change.key]))


def _changed(
    special: Values | None,
    anew: Values | None,
    general: tuple[dict[str, Any], dict[str, Any]],
    before: Rules,
    after: Rules,
) -> Iterator[str]:
    """The keys to name: all that differ; of a category with overlays, only what an overlay says.

    A category that from now on stays behind a general rule that moves is named too.
    """
    was, now = to_json(before), to_json(after)
    if special is None and anew is None:
        yield from (key for key in SPECS if was[key] != now[key])
        return
    old, new = special or {}, anew or {}
    for key in SPECS:
        stays = key in new and key not in old and general[0][key] != general[1][key]
        if stays or ((key in old or key in new) and was[key] != now[key]):
            yield key


def _change(key: str, category: str, before: Rules, after: Rules, clauses: Mapping[str, Clause]) -> Change:
    """One change in words."""
    kind = SPECS[key].kind
    clause = clauses.get(f"{category}.{key}") if category else clauses.get(key)
    value = kind.dump(getattr(after, key))
    cited = clause if clause is not None and clause.text and clause.value == value else None
    return Change(
        key,
        SPECS[key].label,
        category,
        kind.show(getattr(before, key)),
        kind.show(getattr(after, key)),
        cited,
    )
