"""The prescribed steps (规定环节) of a campaign for one organisation, with prerequisite and due rule.

They follow from the rule set; a notice that lists its own steps (三个阶段15个环节) is written in `steps`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from branches.rules.counting import finish_day
from branches.rules.ruleset import Rules
from branches.rules.steplines import due_parts
from branches.rules.steps_after import steps_after
from branches.rules.steptypes import AFTER, AT, BEFORE, BY_APP, MEETINGS, Due, Step, kind_of

__all__ = ["AFTER", "AT", "BEFORE", "BY_APP", "MEETINGS", "Due", "Step", "kind_of", "steps_of"]

OWED = ("list", "full")
MATERIALS = ("committee_material", "head_material", "official_material")
# The rule whose clause stands behind a step the notice itself counts among its steps.
RULES_OF_KINDS = {
    "lead": "leading_group",
    "mobilise": "mobilise",
    "study": "study_list",
    "opinions": "opinions_asked",
    "analysis": "problem_analysis",
    "rectification": "committee_rectification",
    "publicity": "rectification_public",
    "satisfaction": "satisfaction_surveys",
}


def steps_of(
    rules: Rules,
    *,
    year: int,
    finish: date | None = None,
    is_body: bool = False,
    has_committee: bool = True,
) -> tuple[Step, ...]:
    """Return the steps one organisation owes, in order.

    `is_body`: a committee or general branch (党委、党总支班子) and not a branch. `finish` is the day
    set for the campaign; it holds where the rules name none. Before a plan that must be approved nothing
    else opens.
    """
    if rules.steps:
        return _written(rules)
    last = rules.finish_by or (rules.window.closes if rules.window else finish or finish_day(rules, year))
    found = [
        *_before(rules, last, is_body),
        *_at(rules, last, is_body, has_committee),
        *steps_after(rules, last, is_body),
    ]
    if rules.plan_gate == "approve":
        found = [s if s.key in ("lead", "plan") else replace(s, after=(*s.after, "plan")) for s in found]
    keys = {step.key for step in found}
    return tuple(replace(s, after=tuple(k for k in s.after if k in keys)) for s in found)


def _written(rules: Rules) -> tuple[Step, ...]:
    """The steps as the notice lists them, each after the one before; 会后 counts from the nearest meeting."""
    found: list[Step] = []
    meeting = "last_meeting"
    for line in rules.steps:
        kind = kind_of(line.key)
        if kind in MEETINGS:
            meeting = line.key
        day, days, months = due_parts(line.due)
        due = Due(day) if not (days or months) else Due(anchor=meeting, days=days, months=months)
        rule = RULES_OF_KINDS.get(kind, "steps")
        if line.key == "plan" and rules.plan_gate != "none":
            rule = "plan_gate"
        if line.key == "report" and rules.report != "none":
            rule = "report"
        before = (found[-1].key,) if found else ()
        found.append(Step(line.key, line.label, line.stage, rule, due, after=before))
    return tuple(found)


def _plan_due(rules: Rules) -> Due:
    """When the plan is due."""
    if rules.plan_due is not None or rules.plan_days_before is None:
        return Due(rules.plan_due)
    return Due(anchor="planned", days=-rules.plan_days_before)


def _before(rules: Rules, last: date | None, is_body: bool) -> list[Step]:
    """Everything before the meeting."""
    ahead = Due(last, "planned")
    talking = ahead if rules.talk_before_meeting else Due(last)
    leaders = rules.meeting_form == "democratic_life"
    pairs = "talk_upper_pairs" if is_body and rules.talk_upper_pairs else "talk_pairs"
    study = "study_list" if rules.study_list else "study_forms" if rules.study_forms else "study_gate"
    material, material_rule = _material(rules)
    writing = "问题清单和整改措施" if rules.member_material == "list" else "对照检查材料"
    asked = (
        (rules.leading_group, Step("lead", "成立领导小组和办公室", BEFORE, "leading_group")),
        (rules.plan_gate == "consult", Step("plan", "与上级沟通时间和开法", BEFORE, "plan_gate", ahead)),
        (
            rules.plan_gate in ("approve", "file_for_record"),
            Step("plan", "实施方案报上级", BEFORE, "plan_gate", _plan_due(rules)),
        ),
        (rules.plan_gate == "own", Step("plan", "制定实施方案", BEFORE, "plan_gate", _plan_due(rules))),
        (rules.mobilise, Step("mobilise", "动员部署", BEFORE, "mobilise", ahead)),
        (
            bool(rules.study_list or rules.study_forms) or rules.study_gate == "refuse",
            Step("study", "集中学习", BEFORE, study, ahead),
        ),
        (rules.opinions_asked, Step("opinions", "征求意见", BEFORE, "opinions_asked", ahead)),
        (
            rules.problem_analysis,
            Step("analysis", "专门会议分析问题", BEFORE, "problem_analysis", ahead, after=("opinions",)),
        ),
        (
            bool(getattr(rules, pairs)) and rules.talk_record_level != "none",
            Step("talks", "谈心谈话", BEFORE, pairs, talking),
        ),
        (bool(material), Step("material", material, BEFORE, material_rule, ahead)),
        (
            rules.member_material in OWED and (leaders or not is_body),
            Step("lists", f"{'班子成员' if leaders else '党员'}{writing}", BEFORE, "member_material", ahead),
        ),
        (
            rules.committee_discussion,
            Step(
                "discussion",
                "班子材料集体讨论",
                BEFORE,
                "committee_discussion",
                ahead,
                after=("material",),
            ),
        ),
        (rules.outlines == "required", Step("outlines", "批评提纲", BEFORE, "outlines", ahead)),
    )
    return [step for wanted, step in asked if wanted]


def _material(rules: Rules) -> tuple[str, str]:
    """What the material of the committee and its head is called, and the rule that asks; empty if none is."""
    owed = {getattr(rules, key): key for key in reversed(MATERIALS)}
    if "full" in owed:
        return "对照检查材料", owed["full"]
    return ("问题清单和整改措施", owed["list"]) if "list" in owed else ("", "")


def _at(rules: Rules, last: date | None, is_body: bool, has_committee: bool) -> list[Step]:
    """The meetings and the ballots."""
    opens = rules.window.opens if rules.window else None
    due = Due(last)
    if rules.meeting_form == "democratic_life":
        return [Step("democratic_life", "召开民主生活会", AT, "meeting_form", due, opens)]
    if is_body:
        upper = Step("upper_meeting", "召开党委（总支）班子会", AT, "upper_committee_first", due, opens)
        return [upper] if rules.upper_committee_first else []
    committee = rules.meeting_form == "committee_then_plenary" and has_committee
    found = [Step("committee_meeting", "召开支委会", AT, "meeting_form", due, opens)] if committee else []
    plenary = "召开党小组会" if rules.meeting_form == "group" else "召开党员大会"
    found.append(Step("meeting", plenary, AT, "meeting_form", due, opens, ("committee_meeting",)))
    if rules.ballot_place != "none":
        found.append(Step("ballot", "民主测评党员", AT, "ballot_place", due, opens, ("meeting",)))
        if rules.committee_rated and has_committee:
            what = Step("committee_ballot", "评议支委会", AT, "committee_rated", due, opens, ("meeting",))
            found.append(what)
        if rules.masses_ballot:
            found.append(Step("masses_ballot", "群众代表测评", AT, "masses_ballot", due, opens, ("meeting",)))
    return found
