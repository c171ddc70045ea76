"""Steps of presets and of single rules, for tests."""

from __future__ import annotations

from typing import Any

from branches.rules import Rules, load_preset, resolve
from branches.rules.steps import Step, steps_of


def rules_of(preset: str, category: str = "") -> Rules:
    """The rules of a preset for a category."""
    found = load_preset(preset)
    return resolve(found.values, found.overlays, category)


def steps_by_key(rules: Rules, **shape: Any) -> dict[str, Step]:
    """The steps of 2019 unless said otherwise, by key."""
    return {step.key: step for step in steps_of(rules, **({"year": 2019} | shape))}


def with_rules(**values: Any) -> dict[str, Step]:
    """The steps of a branch under the defaults with a few keys changed."""
    return steps_by_key(resolve(values))
