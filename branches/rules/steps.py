"""The prescribed steps (规定环节) of a campaign for one organisation, with prerequisite and due rule.

They follow from the rule set; a notice that lists its own steps (三个阶段15个环节) is written in `steps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from branches.rules.counting import finish_day
from branches.rules.dates import days_after, months_after, quarter_end
from branches.rules.ruleset import Rules
from branches.rules.steplines import due_parts

BEFORE, AT, AFTER = "会前", "会上", "会后"
MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Due:
    """When a step is due: a fixed day, or days or months after an anchor day, which itself is day 0.

    `anchor` is "planned" (the day set for the meeting), "plenary", "ballot" or "last_meeting"; with a
    `day` as well, that day holds as long as the anchor is not known. `quarter` moves to the quarter's end.
    """

    day: date | None = None
    anchor: str = ""
    days: int = 0
    months: int = 0
    quarter: bool = False

    def on(self, anchors: Mapping[str, date]) -> date | None:
        """The last day in time (day boundaries are local days), None while it is not known."""
        base = anchors.get(self.anchor)
        if base is None:
            return self.day
        moved = days_after(months_after(base, self.months), self.days)
        return quarter_end(moved) if self.quarter else moved

    @property
    def words(self) -> str:
        """The rule in words, for the time when no day is known."""
        if not self.anchor:
            return ""
        if self.anchor == "planned":
            return f"会前 {-self.days} 天" if self.days < 0 else "会前"
        if self.quarter:
            return "每季度"
        if self.months:
            return "会后半年内" if self.months == 2 * MONTHS_A_QUARTER else f"会后 {self.months} 个月内"
        return f"会后 {self.days} 日内"


@dataclass(frozen=True)
class Step:
    """One step: `kind` says which app keeps it, `rule` is the rule key whose clause asks for it."""

    key: str
    label: str
    part: str
    rule: str
    due: Due = Due()
    opens_on: date | None = None
    after: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The key without its number."""
        return self.key.partition("-")[0]

    @property
    def may_tick(self) -> bool:
        """Whether a person may tick it by hand: paper suffices, but not for a reviewed plan or a count."""
        return self.kind not in BY_APP and not (self.kind == "plan" and self.rule == "plan_gate")


MEETINGS = ("upper_meeting", "committee_meeting", "democratic_life", "meeting")
# Steps an app of this program keeps with figures or a review; all others may be ticked by hand.
BY_APP = ("ballot", "committee_ballot", "summary")
OWED = ("list", "full")


def steps_of(
    rules: Rules,
    *,
    year: int,
    finish: date | None = None,
    is_body: bool = False,
    has_committee: bool = True,
) -> tuple[Step, ...]:
    """Return the steps one organisation owes, in order.

    `is_body`: a committee or general branch (党委、党总支班子) and not a branch. `finish` holds where the
    rules name no last day. Before a plan that must be approved nothing else opens.
    """
    last = _finish(rules, year) or finish
    if rules.steps:
        return _written(rules)
    found = [*_before(rules, last), *_at(rules, last, is_body, has_committee), *_after(rules, last, is_body)]
    if rules.plan_gate == "approve":
        found = [s if s.key in ("lead", "plan") else replace(s, after=(*s.after, "plan")) for s in found]
    keys = {step.key for step in found}
    return tuple(replace(s, after=tuple(k for k in s.after if k in keys)) for s in found)


def _finish(rules: Rules, year: int) -> date | None:
    """The last day named by the rules: the end of the window, else the finish date."""
    return rules.finish_by or (rules.window.closes if rules.window else finish_day(rules, year))


def _written(rules: Rules) -> tuple[Step, ...]:
    """The steps as the notice lists them, each after the one before."""
    found: list[Step] = []
    for line in rules.steps:
        day, days, months = due_parts(line.due)
        due = Due(day) if not (days or months) else Due(anchor="last_meeting", days=days, months=months)
        before = (found[-1].key,) if found else ()
        found.append(Step(line.key, line.label, line.stage, "steps", due, after=before))
    return tuple(found)


def _plan_due(rules: Rules) -> Due:
    """When the plan is due."""
    if rules.plan_due is not None or rules.plan_days_before is None:
        return Due(rules.plan_due)
    return Due(anchor="planned", days=-rules.plan_days_before)


def _before(rules: Rules, last: date | None) -> list[Step]:
    """Everything before the meeting."""
    ahead = Due(last, "planned")
    talking = ahead if rules.talk_before_meeting else Due(last)
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
            Step("study", "集中学习", BEFORE, "study_list", ahead),
        ),
        (rules.opinions_asked, Step("opinions", "征求意见", BEFORE, "opinions_asked", ahead)),
        (rules.problem_analysis, Step("analysis", "专门会议分析问题", BEFORE, "problem_analysis", ahead)),
        (
            bool(rules.talk_pairs) and rules.talk_record_level != "none",
            Step("talks", "谈心谈话", BEFORE, "talk_pairs", talking),
        ),
        (bool(_material(rules)), Step("material", _material(rules), BEFORE, "committee_material", ahead)),
        (
            rules.member_material in OWED,
            Step("lists", "党员问题清单和整改措施", BEFORE, "member_material", ahead),
        ),
        (
            rules.committee_discussion,
            Step("discussion", "班子材料集体讨论", BEFORE, "committee_discussion", ahead),
        ),
        (rules.outlines == "required", Step("outlines", "批评提纲", BEFORE, "outlines", ahead)),
    )
    return [step for wanted, step in asked if wanted]


def _material(rules: Rules) -> str:
    """What the material of the committee and its head is called; empty when none is owed."""
    owed = {rules.committee_material, rules.head_material, rules.official_material}
    return "对照检查材料" if "full" in owed else "问题清单和整改措施" if "list" in owed else ""


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
    return found


def _after(rules: Rules, last: date | None, is_body: bool) -> list[Step]:
    """What follows the meeting."""
    ballot = rules.ballot_place != "none" and not is_body
    held = ("ballot",) if ballot else MEETINGS
    counted = {"last_meeting": "last_meeting", "ballot": "ballot", "plenary": "plenary"}
    from_report = counted[rules.report_counts_from]
    from_rectify = counted[rules.rectification_counts_from]
    report = Due(rules.report_due)
    if rules.report_due is None and rules.report_days_after is not None:
        report = Due(anchor=from_report, days=rules.report_days_after)
    months = rules.committee_report_months
    briefed = Due(anchor=from_rectify, months=months) if months else Due()
    words = "专项报告" if rules.report == "special" else "情况总结材料"
    asked = (
        (ballot, Step("assessment", "组织评定", AFTER, "assessment_by", Due(last), after=("ballot",))),
        (
            ballot and rules.feedback_required,
            Step("feedback", "向本人反馈", AFTER, "feedback_required", after=("assessment",)),
        ),
        (
            ballot,
            Step(
                "summary",
                "测评汇总表",
                AFTER,
                "summary_form_due" if rules.summary_form_due else "result_publicity",
                Due(rules.summary_form_due or last),
                after=("ballot",),
            ),
        ),
        (
            ballot and rules.result_publicity == "scoped_notice",
            Step("result_notice", "公示评议结果", AFTER, "result_publicity", after=("assessment",)),
        ),
        (
            rules.committee_rectification != "none",
            Step("rectification", "班子整改措施", AFTER, "committee_rectification", after=MEETINGS),
        ),
        (
            rules.member_rectification != "none" and not is_body,
            Step("commitments", "党员整改措施和承诺", AFTER, "member_rectification", after=MEETINGS),
        ),
        (
            rules.material_public_notice,
            Step("material_notice", "材料向群众公示", AFTER, "material_public_notice", after=("material",)),
        ),
        (rules.material_pledge, Step("pledge", "公开承诺", AFTER, "material_pledge", after=("material",))),
        (
            rules.rectification_public or rules.rectification_filed,
            Step("publicity", "整改措施公开、报备", AFTER, "rectification_public", after=("rectification",)),
        ),
        (rules.briefing, Step("briefing", "通报会", AFTER, "briefing", after=MEETINGS)),
        (
            rules.masses_briefing,
            Step("masses_briefing", "向群众通报", AFTER, "masses_briefing", after=MEETINGS),
        ),
        (rules.report != "none", Step("report", words, AFTER, "report", report, after=held)),
        (
            bool(months),
            Step(
                "committee_report",
                "通报班子整改情况",
                AFTER,
                "committee_report_months",
                briefed,
                after=MEETINGS,
            ),
        ),
        *((True, step) for step in _repeated(rules, from_rectify)),
    )
    return [step for wanted, step in asked if wanted]


def _repeated(rules: Rules, anchor: str) -> list[Step]:
    """Steps that come back: 兑现承诺 each so many months, 群众满意度 so many times."""
    every = rules.member_report_every_months
    found = []
    for n in range(1, rules.member_report_times + 1 if every else 1):
        due = Due(anchor=anchor, months=n * (every or 0), quarter=every == MONTHS_A_QUARTER)
        label = f"党员报告兑现承诺（第{n}次）"
        found.append(
            Step(f"pledge_report-{n}", label, AFTER, "member_report_every_months", due, after=MEETINGS)
        )
    for n in range(1, rules.satisfaction_surveys + 1):
        label = f"群众满意度测评（第{n}次）" if rules.satisfaction_surveys > 1 else "群众满意度测评"
        found.append(Step(f"satisfaction-{n}", label, AFTER, "satisfaction_surveys"))
    return found
