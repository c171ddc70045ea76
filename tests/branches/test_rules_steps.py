"""Which steps follow from a rule set, in which order, and when each is due."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import CATEGORIES, PRESETS, SPECS, RuleError, resolve
from branches.rules.steps import AFTER, AT, BEFORE, MEETINGS, Due, Step, kind_of, steps_of
from tests.branches.steps import rules_of, steps_by_key, with_rules
from tests.branches.strategies import some_of, written_steps

# The keys the steps depend on.
SHAPING = (
    "assessment_by", "ballot_place", "briefing", "committee_discussion", "committee_material", "committee_rated",
    "committee_rectification", "committee_report_months", "feedback_required", "finish_by",
    "finish_months_after_year", "head_material", "leading_group", "masses_ballot", "masses_briefing", "material_pledge",
    "material_public_notice", "meeting_form", "member_material", "member_rectification",
    "member_report_every_months", "member_report_times", "mobilise", "official_material", "opinions_asked",
    "outlines", "plan_days_before", "plan_due", "plan_gate", "problem_analysis", "rectification_counts_from",
    "rectification_filed", "rectification_public", "report", "report_attachments", "report_counts_from",
    "report_days_after", "report_due", "result_publicity", "satisfaction_surveys", "study_forms", "study_gate",
    "study_list", "summary_form_due", "talk_before_meeting", "talk_pairs", "talk_record_level",
    "talk_upper_pairs", "upper_committee_first", "window",
)  # fmt: skip
SHAPING_VALUES = st.lists(
    st.sampled_from(SHAPING).flatmap(lambda key: some_of([key]).filter(bool)), max_size=20
).map(lambda parts: {key: value for part in parts for key, value in part.items()})
SHAPES = st.fixed_dictionaries(
    {"year": st.integers(1, 9000), "finish": st.none() | st.dates(), "is_body": st.booleans()}
    | {"has_committee": st.booleans()}
)
EVENING = ("last_meeting", "plenary", "ballot", "planned")


def check_order(steps: tuple[Step, ...]) -> None:
    """Keys differ, and every prerequisite is a step that comes earlier: so there is no circle."""
    seen: set[str] = set()
    for step in steps:
        assert step.key not in seen
        assert set(step.after) <= seen, step
        assert step.label
        assert step.rule in SPECS
        seen.add(step.key)


@given(SHAPING_VALUES, SHAPES)
def test_every_step_comes_after_its_prerequisites_whatever_the_rules(
    values: dict[str, Any], shape: dict[str, Any]
) -> None:
    try:
        rules = resolve(values)
    except RuleError:
        return
    steps = steps_of(rules, **shape)
    check_order(steps)
    assert [s.part for s in steps] == sorted(
        (s.part for s in steps), key=lambda part: (BEFORE, AT, AFTER).index(part)
    )
    assert all(s.due.anchor in ("", *EVENING) for s in steps)
    if rules.plan_gate == "approve":
        free = {s.key for s in steps if "plan" not in s.after}
        assert free <= {"lead", "plan"}
    for step in steps:
        if step.due.anchor == "ballot":
            assert "ballot" in {s.key for s in steps}


@given(written_steps(), SHAPES)
def test_written_steps_follow_each_other_whatever_they_are(
    lines: list[dict[str, str]], shape: dict[str, Any]
) -> None:
    steps = steps_of(resolve({"steps": lines}), **shape)
    if lines:
        check_order(steps)
        assert [(s.key, s.part, s.label) for s in steps] == [
            (d["key"], d["stage"], d["label"]) for d in lines
        ]
        assert [s.after for s in steps[1:]] == [(s.key,) for s in steps[:-1]]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("category", ["", *CATEGORIES])
def test_the_steps_of_every_preset_have_their_prerequisites(preset: str, category: str) -> None:
    for is_body in (False, True):
        for has_committee in (False, True):
            rules = rules_of(preset, category)
            check_order(steps_of(rules, year=2019, is_body=is_body, has_committee=has_committee))


def test_the_fifteen_steps_are_five_in_each_stage_with_a_survey_at_its_end() -> None:
    rules = rules_of("yancheng_2005")
    steps = steps_of(rules, year=2005)
    assert len(steps) == rules.linked_steps == 15
    assert len(rules.stages) == rules.linked_stages == 3
    for number, stage in enumerate(rules.stages):
        part = steps[5 * number : 5 * number + 5]
        assert {step.part for step in part} == {stage}
        assert [s.kind for s in part].count("satisfaction") == 1
        assert part[-1].key == f"satisfaction-{number + 1}"
        assert [s.kind for s in part].count("opinions") == 1
    assert rules.satisfaction_surveys == rules.opinion_rounds == 3
    assert not any(step.due != Due() for step in steps)
    assert "publicity" in {step.key for step in steps if step.part == "整改提高"}


def test_a_written_plan_that_goes_to_the_superior_cannot_be_ticked_by_hand() -> None:
    lines = [{"key": key, "stage": "会前", "label": key} for key in ("plan", "plan-2", "ballot", "ballot-2")]
    found = steps_by_key(resolve({"plan_gate": "approve", "steps": lines}))
    assert {key: step.may_tick for key, step in found.items()} == {
        "plan": False,
        "plan-2": True,
        "ballot": False,
        "ballot-2": True,
    }
    assert found["plan"].rule == "plan_gate"
    unasked = steps_by_key(resolve({"steps": lines}))["plan"]
    assert unasked.may_tick
    assert unasked.rule == "steps"


def test_a_written_report_follows_the_rule_that_asks_for_one() -> None:
    lines = [{"key": "report", "stage": "会后", "label": "书面总结"}]
    asked = {
        report: steps_by_key(resolve({"report": report, "steps": lines})) for report in ("none", "special")
    }
    assert {report: steps["report"].rule for report, steps in asked.items()} == {
        "none": "steps",
        "special": "report",
    }


def test_the_number_of_a_key_is_no_part_of_its_kind() -> None:
    assert (
        kind_of("satisfaction-2") == Step("satisfaction-2", "满意度", AFTER, "steps").kind == "satisfaction"
    )


@pytest.mark.parametrize(
    ("preset", "category", "shape", "keys"),
    [
        (
            "luoyang_2014",
            "village",
            {},
            "plan mobilise opinions analysis talks material committee_meeting meeting ballot assessment feedback "
            "summary material_notice report",
        ),
        (
            "luoyang_2014",
            "private",
            {"has_committee": False},
            "plan mobilise opinions analysis talks material meeting ballot assessment feedback summary pledge "
            "report",
        ),
        (
            "luoyang_2014",
            "school",
            {"is_body": True},
            "plan mobilise opinions analysis talks material upper_meeting report",
        ),
        (
            "luoyang_2014",
            "office",
            {"is_body": True},
            "plan mobilise opinions analysis talks material report",
        ),
        (
            "xianning_2015",
            "office",
            {},
            "plan study opinions talks lists meeting ballot feedback summary result_notice commitments report",
        ),
        (
            "xinyi_2018",
            "village",
            {},
            "plan study opinions talks material meeting ballot committee_ballot assessment feedback "
            "rectification commitments publicity committee_report pledge_report-1 pledge_report-2 "
            "pledge_report-3 pledge_report-4",
        ),
        (
            "xinyi_2018",
            "village",
            {"is_body": True},
            "plan study opinions talks material rectification publicity committee_report",
        ),
        (
            "town_leadership_2014",
            "office",
            {"is_body": True},
            "plan study opinions analysis talks material lists discussion outlines democratic_life rectification "
            "publicity briefing masses_briefing report",
        ),
        (
            "current_year",
            "village",
            {},
            "plan opinions talks material lists meeting ballot committee_ballot assessment feedback summary "
            "rectification commitments committee_report",
        ),
    ],
)
def test_each_notice_asks_for_its_own_steps_and_no_others(
    preset: str, category: str, shape: dict[str, bool], keys: str
) -> None:
    assert list(steps_by_key(rules_of(preset, category), **shape)) == keys.split()


def test_the_names_say_what_is_asked_for() -> None:
    leaders = steps_by_key(rules_of("town_leadership_2014"), is_body=True)
    assert leaders["lists"].label == "班子成员对照检查材料"
    assert leaders["report"].label == "民主生活会情况专题报告"
    assert leaders["publicity"].label == "整改措施公开"
    assert "briefing" in leaders["report"].after
    village = steps_by_key(rules_of("xinyi_2018", "village"))
    assert village["plan"].label == "与上级沟通时间和开法"
    assert village["publicity"].label == "整改措施公开、报备"
    filed = with_rules(rectification_filed=True, committee_rectification="measures")["publicity"]
    assert (filed.label, filed.rule) == ("整改措施报备", "rectification_filed")
    assert filed.after == ("rectification",)
    assert with_rules(plan_gate="own")["plan"].label == "制定实施方案"
    assert with_rules(meeting_form="group")["meeting"].label == "召开党小组会"
    assert with_rules(satisfaction_surveys=1)["satisfaction-1"].label == "群众满意度测评"
    assert with_rules(satisfaction_surveys=2)["satisfaction-2"].label == "群众满意度测评（第2次）"
    assert with_rules(leading_group=True)["lead"].label == "成立领导小组和办公室"


def test_a_step_names_the_rule_that_asks_for_it() -> None:
    assert with_rules(study_list=["党章"])["study"].rule == "study_list"
    assert with_rules(study_forms=["党课"])["study"].rule == "study_forms"
    assert with_rules(study_gate="refuse")["study"].rule == "study_gate"
    assert with_rules(head_material="full", committee_material="list")["material"].rule == "head_material"
    assert with_rules(official_material="list")["material"].rule == "official_material"
    assert (
        with_rules(committee_material="full", head_material="full")["material"].rule == "committee_material"
    )
    assert with_rules(summary_form_due="2019-03-01")["summary"].rule == "summary_form_due"
    assert with_rules(report_attachments=["summary_form"])["summary"].rule == "report_attachments"
    assert with_rules(result_publicity="file_up")["summary"].rule == "result_publicity"


def test_what_no_rule_asks_for_is_no_step() -> None:
    assert list(with_rules(ballot_place="none")) == ["meeting"]
    assert list(with_rules()) == ["meeting", "ballot", "assessment"]
    assert "assessment" not in with_rules(assessment_by="none")
    assert "talks" not in with_rules(talk_pairs=["member_member"], talk_record_level="none")
    assert "rectification" not in with_rules(committee_rectification="in_material")
    leaders = with_rules(meeting_form="democratic_life")
    assert list(leaders) == ["democratic_life"]


def test_a_committee_is_rated_only_where_there_is_one() -> None:
    rules = resolve({"committee_rated": True})
    assert "committee_ballot" in steps_by_key(rules)
    assert "committee_ballot" not in steps_by_key(rules, has_committee=False)


def test_a_committee_above_branches_talks_its_own_pairs() -> None:
    rules = resolve({"talk_pairs": ["member_member"], "talk_upper_pairs": ["committee_committee"]})
    assert steps_by_key(rules)["talks"].rule == "talk_pairs"
    assert steps_by_key(rules, is_body=True)["talks"].rule == "talk_upper_pairs"
    assert "talks" not in steps_by_key(resolve({"talk_upper_pairs": ["committee_committee"]}))


def test_the_meetings_come_one_after_the_other() -> None:
    steps = steps_by_key(rules_of("luoyang_2014", "village"))
    assert steps["meeting"].after == ("committee_meeting", "plan")
    assert steps["ballot"].after == ("meeting", "plan")
    assert steps["report"].after == ("ballot", "plan")
    assert set(MEETINGS) & set(steps) == {"committee_meeting", "meeting"}
