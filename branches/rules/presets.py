"""Presets: a rule set read from a notice, every value with the clause it comes from."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from branches.rules.resolving import resolve, tidy

FOLDER = Path(__file__).resolve().parent.parent / "presets"

PRESETS: dict[str, str] = {
    "current_year": "现行年度组织生活会和民主评议党员",
    "luoyang_2014": "乡镇专题组织生活会和民主评议党员（2014年）",
    "xianning_2015": "市直机关专题组织生活会（2015年）",
    "yancheng_2005": "先进性教育活动四项制度（2005年）",
    "xinyi_2018": "村党组织生活会和民主评议党员（2018年度）",
    "town_leadership_2014": "乡镇领导班子专题民主生活会（2014年）",
}


@dataclass(frozen=True)
class Clause:
    """The words a value comes from, where they stand, and the value (plain JSON) they support.

    An empty text means that the preset sets the value but no notice says so: 本系统默认. `own`: quoted
    by the issuer of the campaign from its own notice, not by the preset.
    """

    text: str
    source: str
    value: Any = field(default=None, compare=False)
    own: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Preset:
    """A ready rule set; `clauses` is keyed by rule, or by `category.rule` for an overlay.

    `year` is that of the notice's own campaign: its fixed days lie in or after it. None: no fixed days.
    """

    key: str
    name: str
    document: str
    values: dict[str, Any]
    overlays: dict[str, dict[str, Any]]
    clauses: dict[str, Clause]
    year: int | None = None


def load_preset(key: str) -> Preset:
    """Return a preset of `PRESETS` with its own copy of the values; raises KeyError."""
    return copy.deepcopy(_load(key))


def clause_for(
    key: str, clauses: Mapping[str, Clause] | str = "current_year", category: str = ""
) -> Clause | None:
    """Return the clause a rule comes from, None meaning 本系统默认.

    `clauses` is the mapping of a preset, or the key of a preset. The clause of the
    category comes before the general one.
    """
    found = _load(clauses).clauses if isinstance(clauses, str) else clauses
    clause = found.get(f"{category}.{key}") or found.get(key)
    return clause if clause is not None and clause.text else None


@cache
def _load(key: str) -> Preset:
    """Read and check one preset file."""
    name = PRESETS[key]
    with (FOLDER / f"{key}.toml").open("rb") as file:
        data = tomllib.load(file)
    document = data["document"]
    clauses: dict[str, Clause] = {}
    values = _values(data["rules"], "", document, clauses)
    overlays = {
        category: _values(rules, f"{category}.", document, clauses)
        for category, rules in data.get("overlays", {}).items()
    }
    resolve(values, overlays)
    return Preset(key, name, document, values, overlays, clauses, data.get("year"))


def _values(
    rules: Mapping[str, Any], prefix: str, document: str, clauses: dict[str, Clause]
) -> dict[str, Any]:
    """Return the tidy values of one table of a preset file and collect their clauses."""
    values = tidy({key: entry["value"] for key, entry in rules.items()})
    for key, entry in rules.items():
        source = f"{document} {entry['source']}".strip() if "clause" in entry else ""
        clauses[prefix + key] = Clause(entry.get("clause", ""), source, values[key])
    return values
