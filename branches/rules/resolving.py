"""Turns stored rule values into `Rules` and back, with precise errors in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from branches.rules.kinds import Wrong
from branches.rules.ruleset import Rules
from branches.rules.spec import CATEGORIES, Spec

SPECS: dict[str, Spec] = {item.name: item.metadata["spec"] for item in fields(Rules)}
DEFAULTS: dict[str, Any] = {item.name: item.default for item in fields(Rules)}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a rule set, in Chinese: which key, what is wrong, what to do."""

    key: str
    label: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.label}（{self.key}）：{self.what}。{self.todo}。"


class RuleError(ValueError):
    """The rule set cannot be used; `problems` says why, `str()` is the Chinese text."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def resolve(values: object, overlays: object = None, category: str = "") -> Rules:
    """Return the rules for one category: defaults, then the campaign's values, then its overlay.

    `values` and `overlays` are plain JSON as stored; every overlay is checked, not only the one
    used. An unknown `category` simply has no overlay. Raises `RuleError`.
    """
    problems: list[Problem] = []
    base = _read(values, "", problems)
    over: dict[str, dict[str, Any]] = {}
    for name, part in _overlay_items(overlays, problems):
        over[name] = _read(part, CATEGORIES[name], problems)
    if not problems:
        for name in ("", *over):
            merged = Rules(**(base | over.get(name, {})))
            problems += _conflicts(merged, CATEGORIES.get(name, ""), problems)
    if problems:
        raise RuleError(problems)
    return Rules(**(base | over.get(category, {})))


def to_json(rules: Rules) -> dict[str, Any]:
    """Return all values of the rules as plain JSON."""
    return {key: spec.kind.dump(getattr(rules, key)) for key, spec in SPECS.items()}


def tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return partial values in the one written form this system stores; raises `RuleError`."""
    problems: list[Problem] = []
    parsed = _read(values, "", problems)
    if problems:
        raise RuleError(problems)
    return {key: SPECS[key].kind.dump(value) for key, value in parsed.items()}


def show(key: str, value: Any) -> str:
    """Return a typed value of `key` as Chinese text."""
    return SPECS[key].kind.show(value)


def _name(key: object) -> str:
    """Return an unknown key short and printable, for the error about it."""
    return str(key)[:40].encode("utf-8", "replace").decode("utf-8")


def _overlay_items(overlays: object, problems: list[Problem]) -> list[tuple[str, object]]:
    """Return the overlays of known categories; notes a problem for everything else."""
    if overlays is None:
        return []
    if not isinstance(overlays, Mapping):
        problems.append(Problem("overlays", "分领域规则", "写法不对", "请按领域分别填写"))
        return []
    known = []
    for name, part in overlays.items():
        if name in CATEGORIES:
            known.append((name, part))
        else:
            todo = f"请改为“{'、'.join(CATEGORIES.values())}”之一"
            problems.append(Problem(_name(name), "分领域规则", "没有这个领域", todo))
    return known


def _read(values: object, where: str, problems: list[Problem]) -> dict[str, Any]:
    """Return the typed values that could be read; notes a problem for each that could not."""
    prefix = f"{where}·" if where else ""
    if not isinstance(values, Mapping):
        problems.append(Problem("values", f"{prefix}规则", "写法不对", "请一项一项填写"))
        return {}
    parsed: dict[str, Any] = {}
    for key, raw in values.items():
        if key not in SPECS:
            problems.append(Problem(_name(key), f"{prefix}规则", "没有这一项规则", "请删去，或核对名称"))
            continue
        try:
            parsed[key] = SPECS[key].kind.parse(raw)
        except Wrong as wrong:
            problems.append(Problem(key, prefix + SPECS[key].label, wrong.what, wrong.todo))
    return parsed


def _conflicts(rules: Rules, where: str, known: list[Problem]) -> list[Problem]:
    """Return the rules that contradict each other and are not `known` already."""
    prefix = f"{where}·" if where else ""
    checks = (
        (
            "ballot_scale",
            rules.ballot_place == "plenary" and not rules.ballot_scale,
            "要进行民主测评，却没有等次",
            "请填写测评等次，或把“在哪里测评”改为不进行民主测评",
        ),
        (
            "committee_scale",
            rules.committee_rated and not rules.committee_scale,
            "要评议支委会，却没有等次",
            "请填写支委会评议等次，或取消评议支委会",
        ),
        (
            "excellent_cap",
            rules.excellent_cap is not None and all(grade.key != "excellent" for grade in rules.grade_scale),
            "规定了优秀比例，评定等次里却没有“优秀”",
            "请在评定等次里加上代号为 excellent 的等次，或删去优秀比例",
        ),
        (
            "ballot_channel",
            rules.ballot_channel == "remote" and rules.online_meeting == "no",
            "不允许网上开会，却选了网上测评",
            "请改为现场测评，或修改“网上开会”",
        ),
        (
            "survey_channel",
            rules.survey_channel != "paper" and rules.online_meeting == "no",
            "不允许网上开会，却允许在网页上填满意度表",
            "请改为只用纸质表，或修改“网上开会”",
        ),
        (
            "steps",
            bool(rules.steps)
            and rules.plan_gate in ("approve", "file_for_record")
            and all(line.key != "plan" for line in rules.steps),
            "方案要报上级，写明的环节里却没有报方案这一步",
            "请加上代号为 plan 的环节，或修改“方案把关”",
        ),
        (
            "leader_visits_max",
            rules.leader_visits_max is not None and rules.leader_visits_max < (rules.leader_visits_min or 0),
            "上限小于下限",
            "请改成不小于“至少参加的支部数”",
        ),
    )
    seen = {(problem.key, problem.what) for problem in known}
    return [
        Problem(key, prefix + SPECS[key].label, what, todo)
        for key, wrong, what, todo in checks
        if wrong and (key, what) not in seen
    ]
